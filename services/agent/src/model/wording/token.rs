//! A text as the grammars take it: words, numbers and marks, each with its place in the text.

use std::ops::Range;

use super::{
    super::text::{lines, squeeze},
    each::is_unit,
};

const PER: &str = "per";

/// Tokens of a text that may still be a fee or a time; a longer one is prose.
const MAX_TOKENS: usize = 300;

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters, or letters and then digits ("m2").
    Word,
    /// Digits, with the dots and commas between them.
    Number,
    /// Any other character.
    Mark,
}

/// One token, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    pub kind: Kind,
    pub text: &'t str,
    /// True if white space or the text's begin stands before it.
    pub spaced: bool,
    start: usize,
    end: usize,
}

/// The rest of the input of a grammar.
pub type Tokens<'t> = &'t [Token<'t>];

/// A text, and beside it the same text in lower case, byte for byte.
pub struct Text {
    shown: String,
    lower: String,
    spans: Vec<(Kind, Range<usize>)>,
}

impl Text {
    pub fn new(text: &str) -> Self {
        let shown = lines(text);
        let lower: String = shown.chars().map(lower_case).collect();
        let spans = spans(&lower);
        Self { shown, lower, spans }
    }

    /// The tokens; none if the text is too long to be a fee or a time, or breaks off.
    pub fn tokens(&self) -> Vec<Token<'_>> {
        if self.spans.len() > MAX_TOKENS || breaks_off(&self.lower) {
            return Vec::new();
        }
        let token = |(kind, range): &(Kind, Range<usize>)| Token {
            kind: *kind,
            text: plain_mark(&self.lower[range.clone()]),
            spaced: self.lower[..range.start].chars().last().is_none_or(char::is_whitespace),
            start: range.start,
            end: range.end,
        };
        self.spans.iter().map(token).collect()
    }

    /// The whole text, on one line.
    pub fn all(&self) -> String {
        squeeze(&self.shown)
    }

    /// The source's words of some tokens.
    pub fn words(&self, tokens: Tokens) -> String {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return String::new();
        };
        squeeze(&self.shown[first.start..last.end])
    }
}

/// One character for one of as many bytes, so that places hold in both texts.
fn lower_case(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if one.len_utf8() == c.len_utf8() => one,
        _ => c,
    }
}

/// All dashes are one, and so are the signs of multiplication.
fn plain_mark(text: &str) -> &str {
    match text {
        "‐" | "‑" | "‒" | "–" | "—" | "−" => "-",
        "×" | "*" => "x",
        "!" => ".",
        _ => text,
    }
}

fn spans(lower: &str) -> Vec<(Kind, Range<usize>)> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(c) = lower[at..].chars().next() {
        let rest = &lower[at..];
        let (kind, len) = match c {
            _ if c.is_ascii_digit() => (Kind::Number, number_len(rest)),
            _ if c.is_alphabetic() => (Kind::Word, word_len(rest)),
            _ => (Kind::Mark, c.len_utf8()),
        };
        if c == '\n' || !(c.is_whitespace() || is_quote(c)) {
            spans.push((kind, at..at + len));
        }
        at += len;
    }
    spans
}

/// "3 hari ...": the text breaks off.
fn breaks_off(text: &str) -> bool {
    text.contains("...") || text.contains('…')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’')
}

/// Digits, and dots and commas that have digits behind them.
fn number_len(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let part = |at: usize| matches!(bytes.get(at), Some(b'.' | b',')) && digit(at + 1);
    (1..).find(|at| !digit(*at) && !part(*at)).unwrap_or(rest.len())
}

/// Letters and digits; a currency and the sign of multiplication end before a digit ("rp50",
/// "x24"), and "per" before its unit ("perorang").
fn word_len(rest: &str) -> usize {
    let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    if matches!(&rest[..letters], "rp" | "idr" | "usd" | "x") {
        return letters;
    }
    let len = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    match rest[..len].strip_prefix(PER) {
        Some(unit) if is_unit(unit) => PER.len(),
        _ => len,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_words_numbers_and_marks() {
        let text = Text::new("Rp50.000,- / 1x24\u{a0}Jam\n2–3 M2 “baik”");
        let tokens = text.tokens();
        let words: Vec<_> = tokens.iter().map(|token| token.text).collect();
        assert_eq!(
            words,
            [
                "rp", "50.000", ",", "-", "/", "1", "x", "24", "jam", "\n", "2", "-", "3", "m2",
                "baik"
            ]
        );
        assert_eq!(text.words(&tokens[4..12]), "/ 1x24 Jam 2–");
    }
}
