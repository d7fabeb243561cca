//! How many rows a query, or a view, asks for at most. A limit that is overlooked lets a part of a
//! catalog pass for the whole, so its words are looked for everywhere, and in any form but the
//! plain one the limit counts as unknown.

/// The SQL dialect that a query is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// As PostgreSQL and SQLite read it.
    Standard,
    /// With backslashes in quotes, comments behind `#`, and `--` only before a space.
    Mysql,
}

/// The rows that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// All rows are asked for.
    None,
    /// At most this many, by `LIMIT 100` or `FETCH FIRST 100 ROWS` at the end.
    Rows(u64),
    /// Fewer than all, perhaps, such as by `LIMIT 10 * 10`, by `OFFSET 2` or within brackets.
    Unknown,
}

impl Limit {
    /// The limit that a query sets.
    pub fn of(query: &str, dialect: Dialect) -> Self {
        let words = words(whole(query, dialect), dialect);
        let texts: Vec<&str> = words.iter().map(|(_, text)| text.as_str()).collect();
        let limits = words.iter().enumerate().map(|(at, (depth, _))| {
            let limit = limit_at(&texts, at);
            if *depth > 0 && limit != Self::None { Self::Unknown } else { limit }
        });
        limits.fold(Self::None, |all, one| match (all, one) {
            (limit, Self::None) | (Self::None, limit) => limit,
            _ => Self::Unknown,
        })
    }
}

/// Why a view's rows may be a part, if it sets a limit.
pub fn limited(view: &str, definition: &str, dialect: Dialect) -> Option<String> {
    (Limit::of(definition, dialect) != Limit::None).then(|| {
        format!(
            "the view {view} limits its rows (LIMIT, OFFSET, FETCH or TABLESAMPLE), so nobody \
             knows whether all of them came; take the limit out of it"
        )
    })
}

/// True if a text names a view, even if a quote in its name is written twice.
pub fn names(text: &str, view: &str) -> bool {
    let (text, view) = (text.to_lowercase(), view.to_lowercase());
    let doubled =
        ['"', '`'].map(|quote| view.replace(quote, &[quote, quote].iter().collect::<String>()));
    [view.as_str()]
        .into_iter()
        .chain(doubled.iter().map(String::as_str))
        .any(|view| holds(&text, view))
}

fn holds(text: &str, view: &str) -> bool {
    let is_part =
        |sign: Option<char>| sign.is_some_and(|sign| sign.is_alphanumeric() || sign == '_');
    text.match_indices(view).any(|(at, _)| {
        let after = text[at + view.len()..].chars().next();
        !is_part(text[..at].chars().next_back()) && !is_part(after)
    })
}

/// The limit that a word sets, together with those after it.
fn limit_at(words: &[&str], at: usize) -> Limit {
    let (before, rest) = (at.checked_sub(1).map(|at| words[at]), &words[at + 1..]);
    // AS limit and [limit] name a column.
    if matches!(before, Some("as" | "[")) || !begins_a_value(rest) {
        return Limit::None;
    }
    match without_number(words[at]) {
        "limit" => of_limit(rest),
        "fetch" => of_fetch(rest),
        "offset" => of_offset(rest),
        "tablesample" => Limit::Unknown,
        _ => Limit::None,
    }
}

/// Some databases read `1limit` as two words.
fn without_number(word: &str) -> &str {
    let rest = word.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
    let number = &word[..word.len() - rest.len()];
    if number.contains(|sign: char| sign.is_ascii_digit()) { rest } else { word }
}

/// False behind a name: `offset` may be one.
fn begins_a_value(rest: &[&str]) -> bool {
    !matches!(rest.first(), None | Some(&("," | ")" | ";" | "=" | "<" | ">" | "|" | "from" | "as")))
}

fn of_limit(words: &[&str]) -> Limit {
    match words {
        ["all" | "null", rest @ ..] if ends(rest) => Limit::None,
        // In LIMIT 0, 100 the first number is the offset.
        ["0", ",", rows, rest @ ..] | [rows, rest @ ..] if ends(rest) => rows_of(rows),
        _ => Limit::Unknown,
    }
}

fn of_fetch(words: &[&str]) -> Limit {
    match words {
        ["first" | "next", "row" | "rows", ..] => Limit::Rows(1),
        ["first" | "next", rows, "row" | "rows", ..] => rows_of(rows),
        _ => Limit::Unknown,
    }
}

/// `OFFSET 0` leaves nothing out: people write it to keep PostgreSQL's planner from merging
/// queries.
fn of_offset(words: &[&str]) -> Limit {
    match words {
        ["0", "row" | "rows", rest @ ..] | ["0", rest @ ..] if ends(rest) => Limit::None,
        _ => Limit::Unknown,
    }
}

/// True if the number stands alone, and is no part of an expression.
fn ends(rest: &[&str]) -> bool {
    matches!(rest.first(), None | Some(&(";" | ")" | "limit" | "offset" | "for" | "fetch")))
}

fn rows_of(word: &str) -> Limit {
    word.parse().map_or(Limit::Unknown, Limit::Rows)
}

/// A query without the brackets that hold all of it.
fn whole(query: &str, dialect: Dialect) -> &str {
    let mut query = query.trim();
    while let Some(inner) = query.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let mut depth = 0_usize;
        for (part, sign) in parts(inner, dialect) {
            match (part, sign) {
                (Lexeme::Sign, "(") => depth += 1,
                // It closes another bracket than the first.
                (Lexeme::Sign, ")") if depth == 0 => return query,
                (Lexeme::Sign, ")") => depth -= 1,
                _ => {}
            }
        }
        query = inner.trim();
    }
    query
}

/// The words and signs outside of quotes and comments, in small letters, each with the number of
/// brackets around it. A quoted text stands as its opening sign.
fn words(query: &str, dialect: Dialect) -> Vec<(usize, String)> {
    let (mut words, mut depth) = (Vec::new(), 0_usize);
    for (part, text) in parts(query, dialect) {
        if matches!((part, text), (Lexeme::Sign, ")")) {
            depth = depth.saturating_sub(1);
        }
        match part {
            Lexeme::Nothing => {}
            Lexeme::Quoted => words.push((depth, "'".to_owned())),
            Lexeme::Word | Lexeme::Sign => words.push((depth, text.to_lowercase())),
        }
        if matches!((part, text), (Lexeme::Sign, "(")) {
            depth += 1;
        }
    }
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lexeme {
    Word,
    Quoted,
    /// A comment, or what separates words.
    Nothing,
    Sign,
}

/// A query, part by part.
fn parts(query: &str, dialect: Dialect) -> impl Iterator<Item = (Lexeme, &str)> {
    let mut rest = query;
    std::iter::from_fn(move || {
        let (part, length) = first(rest, dialect)?;
        let (text, after) = rest.split_at(length);
        rest = after;
        Some((part, text))
    })
}

/// The first part of a text and its length; `None` at the end.
fn first(text: &str, dialect: Dialect) -> Option<(Lexeme, usize)> {
    let is_mysql = dialect == Dialect::Mysql;
    let sign = text.chars().next()?;
    let up_to = |from: usize, end: &str| {
        text[from..].find(end).map_or(text.len(), |at| from + at + end.len())
    };
    Some(match sign {
        '-' if is_mysql && is_minus(text) => (Lexeme::Sign, 1),
        '#' if is_mysql => (Lexeme::Nothing, up_to(1, "\n")),
        // MySQL and MariaDB carry out what such a comment holds.
        '/' if is_mysql && text.starts_with("/*!") => (Lexeme::Sign, 3),
        '/' if is_mysql && text.starts_with("/*M!") => (Lexeme::Sign, 4),
        '\'' | '"' if is_mysql => (Lexeme::Quoted, escaped(text, 1, sign)),
        _ if text.starts_with("--") => (Lexeme::Nothing, up_to(2, "\n")),
        _ if text.starts_with("/*") => (Lexeme::Nothing, up_to(2, "*/")),
        _ if text.starts_with("e'") || text.starts_with("E'") => {
            (Lexeme::Quoted, escaped(text, 2, '\''))
        }
        '\'' | '"' | '`' => (Lexeme::Quoted, up_to(1, &text[..1])),
        '$' if !is_mysql => match tag(text) {
            Some(tag) => (Lexeme::Quoted, up_to(tag.len(), tag)),
            None => (Lexeme::Sign, 1),
        },
        _ if sign.is_whitespace() => (Lexeme::Nothing, sign.len_utf8()),
        _ if is_of_word(sign) => {
            (Lexeme::Word, text.find(|sign| !is_of_word(sign)).unwrap_or(text.len()))
        }
        _ => (Lexeme::Sign, sign.len_utf8()),
    })
}

/// True for characters of words, among them the point between table and column, and PostgreSQL's
/// `$`.
fn is_of_word(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '.' | '$')
}

/// MySQL takes `--1` for a number.
fn is_minus(text: &str) -> bool {
    let after = text.strip_prefix("--").and_then(|rest| rest.chars().next());
    after.is_none_or(|sign| !sign.is_whitespace() && !sign.is_control()) && text != "--"
}

/// The length of a quoted text such as `E'it\'s'`, whose opening takes `opens` bytes.
fn escaped(text: &str, opens: usize, closes: char) -> usize {
    let mut is_escaped = false;
    for (at, sign) in text.char_indices().skip(opens) {
        match sign {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if sign == closes => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The mark that opens and closes a text such as `$x$it's$x$`; `None` for `$1`.
fn tag(text: &str) -> Option<&str> {
    let end = 1 + text[1..].find('$')?;
    let name = &text[1..end];
    let is_name = name.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
    let begins = !name.starts_with(|sign: char| sign.is_numeric());
    (is_name && begins).then_some(&text[..=end])
}

#[cfg(test)]
mod tests;
