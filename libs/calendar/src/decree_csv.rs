//! Reads the decree files.

use std::collections::BTreeMap;

use csv::StringRecord;
use jiff::civil::Date;

use crate::decree::{Decrees, Holiday, HolidayKind, Ramadan};
use crate::error::{Error, Problem};
use crate::why::Text;

/// Reads the three files. A year is decreed when it has a national row whose date is not estimated.
pub(crate) fn read(holidays: &str, names: &str, ramadan: &str) -> Result<Decrees, Error> {
    let english = rows("holiday_names.csv", names, |row| Ok((cell(row, 0)?, cell(row, 1)?)))?;
    let english: BTreeMap<String, String> = english.into_iter().collect();
    let mut decrees = Decrees::default();
    for holiday in rows("holidays.csv", holidays, |row| holiday(row, &english))? {
        if holiday.kind == HolidayKind::National && !holiday.estimated {
            decrees.years.entry(holiday.date.year()).or_insert_with(|| holiday.decree.clone());
        }
        decrees.holidays.entry(holiday.date).or_default().push(holiday);
    }
    for period in rows("ramadan.csv", ramadan, ramadan_row)? {
        decrees.ramadan.insert(period.hijri_year, period);
    }
    Ok(decrees)
}

fn rows<T>(
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

fn holiday(row: &StringRecord, english: &BTreeMap<String, String>) -> Result<Holiday, String> {
    let name = cell(row, 2)?;
    let translated = english.get(&name).ok_or_else(|| format!("{name:?} has no English name"))?;
    Ok(Holiday {
        date: date(row, 0)?,
        kind: kind(&cell(row, 1)?)?,
        region: None,
        name: Text::new(translated, &name),
        estimated: flag(row, 3)?,
        decree: cell(row, 4)?,
        revoked_by: None,
    })
}

fn ramadan_row(row: &StringRecord) -> Result<Ramadan, String> {
    let period = Ramadan {
        hijri_year: cell(row, 0)?.parse().map_err(|_| "year_hijri is no number".to_owned())?,
        first: date(row, 1)?,
        last: date(row, 2)?,
        estimated: flag(row, 3)?,
        source: cell(row, 4)?,
    };
    crate::amend::check_ramadan(&period, "row").map_err(|error| error.to_string())?;
    Ok(period)
}

fn kind(text: &str) -> Result<HolidayKind, String> {
    match text {
        "national" => Ok(HolidayKind::National),
        "collective_leave" => Ok(HolidayKind::CollectiveLeave),
        _ => Err(format!("kind {text:?} is neither national nor collective_leave")),
    }
}

fn cell(row: &StringRecord, index: usize) -> Result<String, String> {
    let text = row.get(index).map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| format!("column {} is empty", index + 1))
}

fn date(row: &StringRecord, index: usize) -> Result<Date, String> {
    let text = cell(row, index)?;
    text.parse().map_err(|_| format!("{text:?} is no date"))
}

fn flag(row: &StringRecord, index: usize) -> Result<bool, String> {
    let text = cell(row, index)?;
    text.parse().map_err(|_| format!("{text:?} is neither true nor false"))
}
