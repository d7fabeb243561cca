//! Reads rows of the embedded tables; a row that cannot be read is named by file and number.

use csv::StringRecord;
use jiff::civil::Date;

use crate::error::{Error, Problem};
use crate::interval::parse_time;

/// The rows of a table with a heading.
///
/// # Errors
/// Names the first bad row, such as `ramadan.csv[3]`, with the reason that `parse` gave.
pub(crate) fn rows<T>(
    file: &str,
    text: &str,
    parse: impl Fn(&StringRecord) -> Result<T, String>,
) -> Result<Vec<T>, Error> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let parse_row = |(index, record): (usize, Result<StringRecord, csv::Error>)| {
        let parsed = record.map_err(|error| error.to_string()).and_then(|row| parse(&row));
        parsed.map_err(|reason| Error::new(format!("{file}[{index}]"), Problem::Unreadable(reason)))
    };
    reader.records().enumerate().map(parse_row).collect()
}

/// A cell that must hold something.
pub(crate) fn cell(row: &StringRecord, index: usize) -> Result<String, String> {
    let text = row.get(index).map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| format!("column {} is empty", index + 1))
}

/// A date such as `2023-04-12`.
pub(crate) fn date(row: &StringRecord, index: usize) -> Result<Date, String> {
    let text = cell(row, index)?;
    text.parse().map_err(|_| format!("{text:?} is no date"))
}

/// A date, or nothing.
pub(crate) fn optional_date(row: &StringRecord, index: usize) -> Result<Option<Date>, String> {
    let is_empty = row.get(index).is_none_or(|text| text.trim().is_empty());
    if is_empty { Ok(None) } else { date(row, index).map(Some) }
}

/// `true` or `false`.
pub(crate) fn flag(row: &StringRecord, index: usize) -> Result<bool, String> {
    let text = cell(row, index)?;
    text.parse().map_err(|_| format!("{text:?} is neither true nor false"))
}

/// A time of day such as `07:30`, in minutes from midnight.
pub(crate) fn time(row: &StringRecord, index: usize) -> Result<u16, String> {
    let text = cell(row, index)?;
    parse_time(&text).ok_or_else(|| format!("{text:?} is no time of day"))
}

/// A whole number that is not negative.
pub(crate) fn number(row: &StringRecord, index: usize) -> Result<u16, String> {
    let text = cell(row, index)?;
    text.parse().map_err(|_| format!("{text:?} is no number"))
}
