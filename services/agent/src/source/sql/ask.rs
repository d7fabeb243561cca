//! A table or a query, as one statement that only reads.

use super::limit::{Dialect, Limit};
use crate::source::pages::place::Setting;

/// A table or a query.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The table's name, such as `layanan` or `publik.layanan`, or the query.
    pub text: Setting,
    /// It is a table's name.
    pub is_table: bool,
    /// Rows that it leaves out are meant to be left out.
    pub is_whole: bool,
}

impl Ask {
    /// The statement that yields the rows; `quote` goes around the parts of a table's name.
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

    /// Counts the rows that a statement finds. The line's end closes a comment at the statement's
    /// end.
    pub fn counting(statement: &str) -> String {
        format!("SELECT count(*) FROM (\n{statement}\n) AS mpp_rows")
    }

    /// The most rows that a query asks for.
    pub fn limit(&self, dialect: Dialect) -> Limit {
        let is_all = self.is_table || self.is_whole;
        if is_all { Limit::None } else { Limit::of(&self.text.text, dialect) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Ask {
        Ask { text: text.into(), is_table: false, is_whole: false }
    }

    #[test]
    fn a_table_is_named_and_a_query_is_one_statement() {
        let table = |text: &str| Ask { is_table: true, ..query(text) }.statement('"');
        assert_eq!(table("layanan"), "SELECT * FROM \"layanan\"");
        assert_eq!(table("publik.Layanan"), "SELECT * FROM \"publik\".\"Layanan\"");
        assert_eq!(table("x\"; DROP TABLE y; --"), "SELECT * FROM \"x\"\"; DROP TABLE y; --\"");
        assert_eq!(query(" SELECT 1 ; \n").statement('"'), "SELECT 1");
        assert!(Ask::counting("SELECT 1 -- all").ends_with("-- all\n) AS mpp_rows"));
    }

    #[test]
    fn a_name_of_a_table_stays_one_name() {
        bolero::check!().with_iterations(3_000).with_type::<String>().for_each(|text| {
            let asked = Ask { is_table: true, ..query(text) };
            let name = asked.statement('"').replacen("SELECT * FROM ", "", 1);
            // Quotes come in pairs, so that none of them ends the name early.
            for part in name.split('.').filter(|_| !text.contains('.')) {
                let inner = part.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                let inner = inner.expect("quoted").replace("\"\"", "");
                assert!(!inner.contains('"'), "{text:?}");
            }
            let _ = (query(text).statement('"'), query(text).limit(Dialect::Standard));
        });
    }
}
