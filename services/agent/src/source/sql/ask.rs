//! What is asked of a database: a table, or a query, as one statement that only reads.

use crate::source::place::Setting;

/// A table or a query.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The table's name, such as `layanan` or `publik.layanan`, or the query.
    pub text: Setting,
    /// It is a table's name.
    pub is_table: bool,
}

/// Words after which a query says how many rows it asks for.
const LIMITS: [&str; 3] = ["limit", "first", "next"];

impl Ask {
    /// The statement that yields the rows. In a table's name `quote` marks what is a name.
    pub fn statement(&self, quote: char) -> String {
        let text = self.text.text.trim();
        if !self.is_table {
            return text.trim_end_matches(|sign: char| sign == ';' || sign.is_whitespace()).into();
        }
        let name = |part: &str| {
            let part = part.trim().trim_matches(quote);
            format!("{quote}{}{quote}", part.replace(quote, &format!("{quote}{quote}")))
        };
        format!("SELECT * FROM {}", text.split('.').map(name).collect::<Vec<_>>().join("."))
    }

    /// How many rows the statement finds. The line's end keeps a comment of it from going on.
    pub fn counting(statement: &str) -> String {
        format!("SELECT count(*) FROM (\n{statement}\n) AS mpp_rows")
    }

    /// The rows that a query asks for at the most, where it says so at its end.
    pub fn limit(&self) -> Option<u64> {
        if self.is_table {
            return None;
        }
        let words = outside(&self.text.text);
        let at = words.iter().rposition(|word| LIMITS.contains(&word.as_str()))?;
        let numbers = words[at + 1..].iter().map(|word| word.parse::<u64>());
        // LIMIT 20, 100 begins with what is passed over.
        match numbers.take_while(Result::is_ok).flatten().collect::<Vec<_>>().as_slice() {
            [] => None,
            [only] => Some(*only),
            [_, rows, ..] => Some(*rows),
        }
    }
}

/// The words of a query that stand in no bracket, quote or comment, in small letters.
fn outside(query: &str) -> Vec<String> {
    let mut words = String::new();
    let mut signs = query.chars().peekable();
    let mut depth = 0_usize;
    while let Some(sign) = signs.next() {
        match (sign, signs.peek()) {
            ('\'' | '"' | '`', _) => {
                signs.by_ref().find(|next| *next == sign);
            }
            ('-', Some('-')) | ('#', _) => {
                signs.by_ref().find(|next| *next == '\n');
            }
            ('/', Some('*')) => {
                let mut before = ' ';
                signs
                    .by_ref()
                    .find(|next| std::mem::replace(&mut before, *next) == '*' && *next == '/');
            }
            ('(', _) => depth += 1,
            (')', _) => depth = depth.saturating_sub(1),
            _ if depth == 0 && (sign.is_alphanumeric() || sign == '_') => {
                words.extend(sign.to_lowercase());
                continue;
            }
            _ => {}
        }
        words.push(' ');
    }
    words.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Ask {
        Ask { text: text.into(), is_table: false }
    }

    #[test]
    fn a_table_is_named_and_a_query_is_one_statement() {
        let table = |text: &str| Ask { text: text.into(), is_table: true }.statement('"');
        assert_eq!(table("layanan"), "SELECT * FROM \"layanan\"");
        assert_eq!(table("publik.Layanan"), "SELECT * FROM \"publik\".\"Layanan\"");
        assert_eq!(table("x\"; DROP TABLE y; --"), "SELECT * FROM \"x\"\"; DROP TABLE y; --\"");
        assert_eq!(query(" SELECT 1 ; \n").statement('"'), "SELECT 1");
        assert!(Ask::counting("SELECT 1 -- all").ends_with("-- all\n) AS mpp_rows"));
    }

    #[test]
    fn a_query_that_asks_for_so_many_rows_says_so() {
        for (text, limit) in [
            ("SELECT * FROM a LIMIT 100", Some(100)),
            ("select * from a limit 20, 50;", Some(50)),
            ("SELECT * FROM a ORDER BY id FETCH FIRST 10 ROWS ONLY -- all", Some(10)),
            ("SELECT * FROM a LIMIT 10 OFFSET 5", Some(10)),
            ("SELECT * FROM (SELECT * FROM a LIMIT 5) AS b", None),
            ("SELECT 'limit 5' AS \"limit\" FROM a", None),
            ("SELECT * FROM a /* limit 5 */", None),
            ("SELECT batas AS limit_5 FROM a", None),
        ] {
            assert_eq!(query(text).limit(), limit, "{text}");
        }
    }
}
