//! The smallest parts of the grammars: a phrase of a closed list, a mark, something in brackets.

use winnow::{
    Parser, Result as Read,
    combinator::{delimited, eof, fail, repeat},
    token::any,
};

use super::token::{Kind, Token, Tokens};

/// The longest phrase of a list that comes next. A list is one text, with " | " between its
/// phrases; a phrase is words and marks with blanks between.
pub fn one_of<'t>(list: &'static str) -> impl FnMut(&mut Tokens<'t>) -> Read<Tokens<'t>> {
    move |input| {
        let longest = list.split(" | ").filter_map(|phrase| len(phrase, input)).max();
        let Some(len) = longest.filter(|len| *len > 0) else {
            return fail.parse_next(input);
        };
        let (found, rest) = input.split_at(len);
        *input = rest;
        Ok(found)
    }
}

/// True if a list has a word.
pub fn lists(list: &str, word: &str) -> bool {
    list.split(" | ").any(|listed| listed == word)
}

/// How many tokens a phrase takes of the input, if it comes next. A cell's line may break within
/// it.
fn len(phrase: &str, input: Tokens) -> Option<usize> {
    let mut len = 0;
    for word in phrase.split(' ') {
        if len > 0 && word != "\n" && input.get(len).is_some_and(|token| token.text == "\n") {
            len += 1;
        }
        input.get(len).filter(|token| token.text == word)?;
        len += 1;
    }
    Some(len)
}

/// One token of a closed list.
pub fn word_of<'t>(list: &'static str) -> impl FnMut(&mut Tokens<'t>) -> Read<Token<'t>> {
    move |input| any.verify(|token: &Token| lists(list, token.text)).parse_next(input)
}

/// One mark or word.
pub fn mark<'t>(text: &'static str) -> impl FnMut(&mut Tokens<'t>) -> Read<Token<'t>> {
    move |input| any.verify(|token: &Token| token.text == text).parse_next(input)
}

/// A number as it is written.
pub fn digits<'t>(input: &mut Tokens<'t>) -> Read<&'t str> {
    any.verify_map(|token: Token<'t>| (token.kind == Kind::Number).then_some(token.text))
        .parse_next(input)
}

/// Something in round brackets.
pub fn bracketed<'t, O>(
    inner: impl FnMut(&mut Tokens<'t>) -> Read<O>,
) -> impl FnMut(&mut Tokens<'t>) -> Read<O> {
    let mut whole = delimited(mark("("), inner, mark(")"));
    move |input| whole.parse_next(input)
}

/// Runs a grammar; if it fails, the input stays as it was.
pub fn attempt<'t, O>(
    mut grammar: impl FnMut(&mut Tokens<'t>) -> Read<O>,
    input: &mut Tokens<'t>,
) -> Option<O> {
    let mut ahead = *input;
    let found = grammar(&mut ahead).ok()?;
    *input = ahead;
    Some(found)
}

/// The end of the text: at most full stops and the like are left.
pub fn end(input: &mut Tokens) -> Read<()> {
    let stops = repeat(0.., word_of(". | , | ; | \n").void()).map(|()| ());
    (stops, eof).void().parse_next(input)
}

/// The tokens that a grammar took.
pub fn taken<'t>(before: Tokens<'t>, after: Tokens<'t>) -> Tokens<'t> {
    &before[..before.len() - after.len()]
}
