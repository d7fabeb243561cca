//! The age from which one has an identity card of one's own, and is no child to the offices that
//! issue it: one dated row for each text, in `data/identity_card_age.csv`.

use std::sync::LazyLock;

use csv::StringRecord;
use jiff::civil::Date;

use crate::table::{date, number, optional_date, rows};

/// An age, for as long as its text holds.
struct Row {
    first: Date,
    /// `None` as long as no other text has taken its place.
    last: Option<Date>,
    years: u16,
}

/// The age in years on a day; `None` before the first text that is on record. Whoever is or was
/// married has a card earlier.
pub fn identity_card_age(on: Date) -> Option<u16> {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
        rows("identity_card_age.csv", include_str!("../data/identity_card_age.csv"), row)
            .expect("the file is part of the program, and a test reads it")
    });
    let holds = |row: &&Row| row.first <= on && row.last.is_none_or(|last| on <= last);
    ROWS.iter().find(holds).map(|row| row.years)
}

fn row(row: &StringRecord) -> Result<Row, String> {
    Ok(Row { first: date(row, 1)?, last: optional_date(row, 2)?, years: number(row, 3)? })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn one_has_a_card_from_seventeen_on_under_both_laws_and_before_them_nothing_is_said() {
        assert_eq!(identity_card_age(date(2006, 12, 28)), None);
        for day in [date(2006, 12, 29), date(2013, 12, 23), date(2013, 12, 24), date(2026, 11, 30)]
        {
            assert_eq!(identity_card_age(day), Some(17), "{day}");
        }
    }
}
