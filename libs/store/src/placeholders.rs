//! Parameters of statements over several rows.

use crate::{Tx, dialect::Engine};

/// Parameters of one statement on SQLite: each is found by a walk over those before it, so that the
/// cost grows with their square. At 6,500 and 2,000 that walk was 38 % of the database's time in a
/// first sync.
const OF_SQLITE: usize = 400;
/// Parameters of one statement on PostgreSQL, which takes 65,535: each statement is a way there and
/// back.
const OF_POSTGRES: usize = 6_500;

impl Tx {
    /// How many rows with this many columns one statement writes.
    pub fn rows_at_once(&self, columns: usize) -> usize {
        let most = match self.db.0.dialect.engine {
            Engine::Sqlite => OF_SQLITE,
            Engine::Postgres => OF_POSTGRES,
        };
        (most / columns).max(1)
    }
}

/// `rows` rows of `columns` columns from parameter `first` on, such as "($1, $2), ($3, $4)".
pub fn placeholders(first: usize, rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let start = first + row * columns;
        let list: Vec<_> = (start..start + columns).map(|number| format!("${number}")).collect();
        format!("({})", list.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_through_all_rows() {
        assert_eq!(placeholders(1, 1, 3), "($1, $2, $3)");
        assert_eq!(placeholders(2, 2, 2), "($2, $3), ($4, $5)");
    }
}
