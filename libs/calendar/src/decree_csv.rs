//! Reads the decree files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use csv::StringRecord;

use crate::amend::check_ramadan;
use crate::decree::{Decrees, Holiday, HolidayKind, Ramadan};
use crate::error::Error;
use crate::table::{cell, date, flag, number, rows};
use crate::text::Text;

impl Decrees {
    /// The nation's decrees as embedded in this crate (`data/README.md` has their provenance).
    pub fn national() -> Decrees {
        static NATIONAL: LazyLock<Decrees> = LazyLock::new(|| {
            Decrees::from_csv(
                include_str!("../data/holidays.csv"),
                include_str!("../data/holiday_names.csv"),
                include_str!("../data/ramadan.csv"),
            )
            .expect("the files are part of the program, and a test reads them")
        });
        NATIONAL.clone()
    }

    /// Reads decree files of the embedded ones' format: holidays, their English names, and Ramadan.
    /// A year is decreed when it has a national row whose date is not estimated.
    ///
    /// # Errors
    /// Names the file and row that cannot be read.
    pub fn from_csv(holidays: &str, names: &str, ramadan: &str) -> Result<Decrees, Error> {
        let english = rows("holiday_names.csv", names, |row| Ok((cell(row, 0)?, cell(row, 1)?)))?;
        let english: BTreeMap<String, String> = english.into_iter().collect();
        let mut decrees = Decrees::default();
        for holiday in rows("holidays.csv", holidays, |row| holiday(row, &english))? {
            if holiday.kind == HolidayKind::National && !holiday.estimated {
                let year = holiday.date.year();
                decrees.years.entry(year).or_insert_with(|| holiday.decree.clone());
            }
            decrees.holidays.entry(holiday.date).or_default().push(holiday);
        }
        for period in rows("ramadan.csv", ramadan, ramadan_row)? {
            decrees.ramadan.insert(period.hijri_year, period);
        }
        Ok(decrees)
    }
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
        hijri_year: number(row, 0)?,
        first: date(row, 1)?,
        last: date(row, 2)?,
        estimated: flag(row, 3)?,
        source: cell(row, 4)?,
    };
    check_ramadan(&period, "row").map_err(|error| error.to_string())?;
    Ok(period)
}

fn kind(text: &str) -> Result<HolidayKind, String> {
    match text {
        "national" => Ok(HolidayKind::National),
        "collective_leave" => Ok(HolidayKind::CollectiveLeave),
        _ => Err(format!("kind {text:?} is neither national nor collective_leave")),
    }
}
