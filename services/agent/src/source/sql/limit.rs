//! How many rows a query asks for at the most. A part of a catalog passes for the whole where that
//! is not seen, so whatever is there and cannot be read is told as such.

/// The rows that a query asks for at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// All.
    None,
    /// So many at the most.
    Rows(u64),
    /// It says so in a way that is not understood here, such as `LIMIT 10 * 10`.
    Unread,
}

impl Limit {
    /// Of a query.
    pub fn of(query: &str) -> Self {
        let words = outside(whole(query));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        // AS limit names a column.
        let begins = |at: &usize| {
            matches!(words[*at], "limit" | "fetch") && (*at == 0 || words[*at - 1] != "as")
        };
        match (0..words.len()).rfind(begins) {
            None => Self::None,
            Some(at) if words[at] == "limit" => of_limit(&words[at + 1..]),
            Some(at) => of_fetch(&words[at + 1..]),
        }
    }
}

fn of_limit(words: &[&str]) -> Limit {
    match words {
        ["all" | "null", ..] => Limit::None,
        // LIMIT 20, 100 begins with what is passed over.
        [_, ",", rows, rest @ ..] | [rows, rest @ ..] if ends(rest) => rows_of(rows),
        _ => Limit::Unread,
    }
}

fn of_fetch(words: &[&str]) -> Limit {
    match words {
        ["first" | "next", "row" | "rows", ..] => Limit::Rows(1),
        ["first" | "next", rows, "row" | "rows", ..] => rows_of(rows),
        _ => Limit::Unread,
    }
}

/// True where the number ends, and is no part of something that is worked out.
fn ends(rest: &[&str]) -> bool {
    matches!(rest.first(), None | Some(&";" | &"offset" | &"for" | &"fetch"))
}

fn rows_of(word: &str) -> Limit {
    word.parse().map_or(Limit::Unread, Limit::Rows)
}

/// A query without the brackets that hold all of it.
fn whole(query: &str) -> &str {
    let mut query = query.trim();
    while let Some(inner) = query.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let mut depth = 0_usize;
        for (part, sign) in parts(inner) {
            match (part, sign) {
                (Part::Sign, "(") => depth += 1,
                // It closes another bracket than the first.
                (Part::Sign, ")") if depth == 0 => return query,
                (Part::Sign, ")") => depth -= 1,
                _ => {}
            }
        }
        query = inner.trim();
    }
    query
}

/// The words and signs that stand in no bracket, quote or comment, in small letters. What is left
/// out of brackets and quotes is told by the sign that opens it.
fn outside(query: &str) -> Vec<String> {
    let (mut words, mut depth) = (Vec::new(), 0_usize);
    for (part, text) in parts(query) {
        let before = depth;
        match (part, text) {
            (Part::Sign, "(" | "[") => depth += 1,
            (Part::Sign, ")" | "]") => depth = depth.saturating_sub(1),
            _ => {}
        }
        match part {
            _ if before > 0 => {}
            Part::Nothing => {}
            Part::Quoted => words.push("'".to_owned()),
            Part::Word | Part::Sign => words.push(text.to_lowercase()),
        }
    }
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Word,
    Quoted,
    /// A comment, or what separates words.
    Nothing,
    Sign,
}

/// A query, part by part.
fn parts(query: &str) -> impl Iterator<Item = (Part, &str)> {
    let mut rest = query;
    std::iter::from_fn(move || {
        let (part, length) = first(rest)?;
        let (text, after) = rest.split_at(length);
        rest = after;
        Some((part, text))
    })
}

/// What begins a text, and its length; `None` at the end.
fn first(text: &str) -> Option<(Part, usize)> {
    let sign = text.chars().next()?;
    let up_to = |from: usize, end: &str| {
        text[from..].find(end).map_or(text.len(), |at| from + at + end.len())
    };
    Some(match sign {
        _ if text.starts_with("--") => (Part::Nothing, up_to(2, "\n")),
        _ if text.starts_with("/*") => (Part::Nothing, up_to(2, "*/")),
        _ if text.starts_with("e'") || text.starts_with("E'") => (Part::Quoted, escaped(text)),
        '\'' | '"' | '`' => (Part::Quoted, up_to(1, &text[..1])),
        '$' => match tag(text) {
            Some(tag) => (Part::Quoted, up_to(tag.len(), tag)),
            None => (Part::Sign, 1),
        },
        _ if sign.is_whitespace() => (Part::Nothing, sign.len_utf8()),
        _ if is_of_word(sign) => {
            (Part::Word, text.find(|sign| !is_of_word(sign)).unwrap_or(text.len()))
        }
        _ => (Part::Sign, sign.len_utf8()),
    })
}

/// With the point that binds a column to its table, and with PostgreSQL's `$`.
fn is_of_word(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '.' | '$')
}

/// The length of a text such as `E'it\'s'`.
fn escaped(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, sign) in text.char_indices().skip(2) {
        match sign {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\'' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// What opens, and closes, a text such as `$x$it's$x$`; `$1` opens none.
fn tag(text: &str) -> Option<&str> {
    let end = 1 + text[1..].find('$')?;
    let name = &text[1..end];
    let is_name = name.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
    let begins = !name.starts_with(|sign: char| sign.is_numeric());
    (is_name && begins).then_some(&text[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_asks_for_so_many_rows_says_so() {
        for (text, rows) in [
            ("SELECT * FROM a LIMIT 100", 100),
            ("select * from a limit 20, 50;", 50),
            ("SELECT * FROM a ORDER BY id FETCH FIRST 10 ROWS ONLY -- all", 10),
            ("SELECT * FROM a FETCH NEXT ROW ONLY", 1),
            ("SELECT * FROM a LIMIT 10 OFFSET 5", 10),
            ("SELECT * FROM a OFFSET 5 LIMIT 10 FOR SHARE", 10),
            ("SELECT data #>> '{nama}' AS nama FROM layanan LIMIT 100", 100),
            ("SELECT a # 2 AS x, b->'c' FROM layanan LIMIT 7", 7),
            ("SELECT $x$it's -- all$x$ AS a, $$'$$ AS b FROM c LIMIT 3", 3),
            ("SELECT E'it\\'s' AS a FROM b LIMIT 3", 3),
            ("SELECT 'it''s' AS \"a\"\"b\" FROM b LIMIT 3", 3),
            ("SELECT a /*/ LIMIT 5 */ FROM b LIMIT 3", 3),
            ("((SELECT * FROM a LIMIT 4))", 4),
            ("SELECT a FROM b LIMIT 4 -- LIMIT 9", 4),
        ] {
            assert_eq!(Limit::of(text), Limit::Rows(rows), "{text}");
        }
    }

    #[test]
    fn what_is_no_limit_is_not_taken_for_one() {
        for text in [
            "SELECT * FROM (SELECT * FROM a LIMIT 5) AS b",
            "(SELECT * FROM a) UNION (SELECT * FROM b)",
            "SELECT 'limit 5' AS \"limit\" FROM a",
            "SELECT 5 AS limit, a.limit FROM a",
            "SELECT * FROM a /* limit 5 */",
            "SELECT * FROM a -- limit 5",
            "SELECT $$ limit 5 $$ AS a",
            "SELECT batas AS limit_5, first, next FROM a ORDER BY 1 NULLS FIRST",
            "SELECT * FROM a LIMIT ALL",
        ] {
            assert_eq!(Limit::of(text), Limit::None, "{text}");
        }
    }

    #[test]
    fn a_limit_that_is_not_understood_is_told() {
        for text in [
            "SELECT * FROM a LIMIT (100)",
            "SELECT * FROM a LIMIT 10 * 10",
            "SELECT * FROM a LIMIT 100::int",
            "SELECT * FROM a LIMIT '100'",
            "SELECT * FROM a LIMIT 1e2",
            "SELECT * FROM a LIMIT (SELECT count(*) / 2 FROM a)",
            "SELECT * FROM a FETCH FIRST (100) ROWS ONLY",
        ] {
            assert_eq!(Limit::of(text), Limit::Unread, "{text}");
        }
    }
}
