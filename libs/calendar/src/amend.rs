//! Amendments: what a later decree or a regional letter changes, all or nothing.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::decree::{Decrees, Holiday, HolidayKind, Ramadan, UNCERTAINTY_DAYS};
use crate::error::{Error, Problem};
use crate::zone::{days_between, shift};

/// Most rows that one amendment may carry in each of its lists; a year's joint decree has some 30.
pub const MAX_ROWS: usize = 500;

/// Names one holiday: a date has at most one row per kind and region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HolidayKey {
    /// The day of it, in the local zone of whoever is closed.
    pub date: Date,
    /// The holiday's kind, such as national or regional.
    pub kind: HolidayKind,
    /// Its region, for a regional one.
    pub region: Option<String>,
}

/// The changes that a decree makes. A regional letter is an amendment that only adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amendment {
    /// The amending decree or letter.
    pub decree: String,
    /// Years whose holidays this decree fixes as a whole. A single holiday (an election day) fixes
    /// no year.
    pub fixes_years: Vec<i16>,
    /// Holidays taken back.
    pub revoke: Vec<HolidayKey>,
    /// Holidays added; one with the key of an existing row replaces it (an estimate becomes a
    /// decision).
    pub add: Vec<Holiday>,
    /// Ramadan periods decided or expected; each replaces its year's.
    pub ramadan: Vec<Ramadan>,
}

impl Holiday {
    /// The key of this row.
    pub fn key(&self) -> HolidayKey {
        HolidayKey { date: self.date, kind: self.kind, region: self.region.clone() }
    }
}

impl Decrees {
    /// Applies an amendment as a whole and returns the dates whose answer may have changed, in
    /// order: those whose appointments have to be planned again. Revocations come first, so that a
    /// decree can move a holiday.
    ///
    /// # Errors
    /// Names the bad row; then nothing has changed.
    pub fn amend(&mut self, amendment: &Amendment) -> Result<Vec<Date>, Error> {
        self.check(amendment)?;
        let mut touched = BTreeSet::new();
        for year in &amendment.fixes_years {
            self.years.insert(*year, amendment.decree.clone());
            touched.extend(days_of_year(*year));
        }
        for key in &amendment.revoke {
            if let Some(row) = self.row_mut(key) {
                revoke(row, &amendment.decree, &mut touched);
            }
        }
        for row in &amendment.add {
            self.put(row, &mut touched);
        }
        for period in &amendment.ramadan {
            let before = self.ramadan.insert(period.hijri_year, period.clone());
            touched.extend(before.iter().chain([period]).flat_map(ramadan_days));
        }
        Ok(touched.into_iter().collect())
    }

    fn check(&self, amendment: &Amendment) -> Result<(), Error> {
        not_empty("decree", &amendment.decree)?;
        at_most("fixes_years", amendment.fixes_years.len())?;
        at_most("revoke", amendment.revoke.len())?;
        at_most("add", amendment.add.len())?;
        at_most("ramadan", amendment.ramadan.len())?;
        for (index, key) in amendment.revoke.iter().enumerate() {
            let found =
                self.holidays.get(&key.date).into_iter().flatten().any(|row| row.key() == *key);
            if !found {
                return Err(Error::new(format!("revoke[{index}]"), Problem::NoSuchHoliday));
            }
        }
        for (index, row) in amendment.add.iter().enumerate() {
            check_holiday(row, &format!("add[{index}]"))?;
        }
        for (index, period) in amendment.ramadan.iter().enumerate() {
            check_ramadan(period, &format!("ramadan[{index}]"))?;
        }
        Ok(())
    }

    fn row_mut(&mut self, key: &HolidayKey) -> Option<&mut Holiday> {
        self.holidays.get_mut(&key.date)?.iter_mut().find(|row| row.key() == *key)
    }

    fn put(&mut self, row: &Holiday, touched: &mut BTreeSet<Date>) {
        touched.extend(holiday_days(row));
        match self.row_mut(&row.key()) {
            Some(existing) => {
                touched.extend(holiday_days(existing));
                *existing = row.clone();
            }
            None => self.holidays.entry(row.date).or_default().push(row.clone()),
        }
    }
}

fn revoke(row: &mut Holiday, decree: &str, touched: &mut BTreeSet<Date>) {
    touched.extend(holiday_days(row));
    row.revoked_by = Some(decree.to_owned());
}

fn holiday_days(row: &Holiday) -> impl Iterator<Item = Date> + use<> {
    let margin = if row.estimated { UNCERTAINTY_DAYS } else { 0 };
    let date = row.date;
    (-margin..=margin).map(move |days| shift(date, days))
}

fn ramadan_days(period: &Ramadan) -> impl Iterator<Item = Date> + use<> {
    let first = period.first;
    let length = days_between(first, period.last);
    (-UNCERTAINTY_DAYS..=length + UNCERTAINTY_DAYS).map(move |days| shift(first, days))
}

fn days_of_year(year: i16) -> impl Iterator<Item = Date> {
    let first = Date::new(year, 1, 1).ok();
    first
        .into_iter()
        .flat_map(|first| (0..i64::from(first.days_in_year())).map(move |n| shift(first, n)))
}

fn check_holiday(row: &Holiday, path: &str) -> Result<(), Error> {
    not_empty(&format!("{path}.name.id"), &row.name.id)?;
    not_empty(&format!("{path}.name.en"), &row.name.en)?;
    not_empty(&format!("{path}.decree"), &row.decree)?;
    let regional = row.kind == HolidayKind::Regional;
    let fits = match &row.region {
        Some(code) => regional && is_region_code(code),
        None => !regional,
    };
    if fits { Ok(()) } else { Err(Error::new(format!("{path}.region"), Problem::RegionMismatch)) }
}

pub(crate) fn check_ramadan(period: &Ramadan, path: &str) -> Result<(), Error> {
    not_empty(&format!("{path}.source"), &period.source)?;
    let length = days_between(period.first, period.last) + 1;
    if (29..=30).contains(&length) {
        return Ok(());
    }
    Err(Error::new(format!("{path}.last"), Problem::RamadanLength(length)))
}

/// `51`, `51.71` and so on: pairs of digits, four in a village's part.
fn is_region_code(code: &str) -> bool {
    let is_part = |part: &str| {
        matches!(part.len(), 2 | 4) && part.bytes().all(|digit| digit.is_ascii_digit())
    };
    code.len() <= 13 && code.split('.').all(is_part)
}

fn not_empty(field: &str, text: &str) -> Result<(), Error> {
    if text.trim().is_empty() { Err(Error::new(field, Problem::Empty)) } else { Ok(()) }
}

fn at_most(field: &str, given: usize) -> Result<(), Error> {
    if given <= MAX_ROWS {
        return Ok(());
    }
    Err(Error::new(field, Problem::TooMany { given, limit: MAX_ROWS }))
}
