//! A day on the wire.

use jiff::civil::Date;
use mpp_core::{Error, FieldCode, Result};

/// The days about which anything here can be asked: from the first decreed working hours (Keppres
/// 68/1995) to far beyond every plan, and far from where the calendar's own time ends.
const FIRST: Date = jiff::civil::date(1995, 1, 1);
const LAST: Date = jiff::civil::date(2100, 12, 31);

/// Reads a day from 1995 to 2100 that is written `2026-11-24`, and no other way.
///
/// # Errors
/// Names `field`.
pub fn parse(text: &str, field: &str) -> Result<Date> {
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    let date = date.ok_or_else(|| {
        let shown: String = text.chars().take(20).filter(|c| !c.is_control()).collect();
        Error::field(field, FieldCode::Date, format!("'{shown}' is not a date; write 2026-11-24"))
    })?;
    if (FIRST..=LAST).contains(&date) {
        return Ok(date);
    }
    let hint = format!("{date} is not from {FIRST} to {LAST}");
    Err(Error::field(field, FieldCode::OutOfRange, hint))
}

/// Like [`parse`]; an empty text names no date.
///
/// # Errors
/// Names `field`.
pub fn parse_optional(text: &str, field: &str) -> Result<Option<Date>> {
    if text.is_empty() { Ok(None) } else { parse(text, field).map(Some) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn only_iso_dates_are_dates() {
        assert_eq!(parse("2026-11-24", "date").unwrap(), date(2026, 11, 24));
        for text in ["", "20261124", "2026-11-24T09:00", "24-11-2026", "2026-02-30", " 2026-11-24"]
        {
            assert_eq!(parse(text, "date").unwrap_err().violations()[0].field, "date", "{text}");
        }
    }

    #[test]
    fn a_date_lies_within_what_anyone_plans() {
        for text in ["1995-01-01", "2100-12-31"] {
            assert!(parse(text, "date").is_ok(), "{text}");
        }
        for text in ["1994-12-31", "2101-01-01", "9999-12-31", "-000001-01-01"] {
            let error = parse(text, "date").unwrap_err();
            assert_eq!(error.violations()[0].field, "date", "{text}");
        }
    }
}
