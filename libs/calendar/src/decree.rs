//! Holidays and Ramadan as decreed. Nothing here is computed: formulas were wrong in 5 of 12 years.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::text::Text;
use crate::zone::{days_between, shift};

/// A feast that awaits its decision may move by this many days (the month begins a day earlier or
/// later).
pub const UNCERTAINTY_DAYS: i64 = 1;

/// Twelve lunar months are 354 or 355 days; with sightings a day apart, the next Ramadan begins no
/// earlier than this many days after the last.
const SHORTEST_LUNAR_YEAR: i64 = 353;

/// A holiday's kind, by the authority that declares it and the people that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HolidayKind {
    /// *Hari libur nasional*, by the yearly joint decree of three ministers (SKB 3 Menteri) or the
    /// president.
    National,
    /// *Cuti bersama*, from the same decree.
    CollectiveLeave,
    /// *Hari libur daerah*, by a governor's, regent's or mayor's letter.
    Regional,
}

/// One day off, by one decree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The local date, in every zone.
    pub date: Date,
    /// The authority behind it.
    pub kind: HolidayKind,
    /// Kemendagri code of the region whose holiday it is (`51`, `51.71`); only for regional
    /// holidays. It holds in the regions below too.
    pub region: Option<String>,
    /// Official name and its translation.
    pub name: Text,
    /// The feast is decreed, its date awaits a decision.
    pub estimated: bool,
    /// The decree or letter, with its amendments.
    pub decree: String,
    /// The amendment that took it back. The row stays, so that answers can say so.
    pub revoked_by: Option<String>,
}

impl Holiday {
    /// Whether it is a holiday in `region`.
    pub fn holds_in(&self, region: &str) -> bool {
        let Some(own) = &self.region else { return true };
        region
            .strip_prefix(own.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// The first and last day of one Ramadan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ramadan {
    /// Islamic year, such as 1447.
    pub hijri_year: u16,
    /// First day of fasting.
    pub first: Date,
    /// Last day of fasting.
    pub last: Date,
    /// Expected, not decided.
    pub estimated: bool,
    /// The decision of the Ministry of Religious Affairs (*sidang isbat*).
    pub source: String,
}

impl Ramadan {
    fn margin(&self) -> i64 {
        if self.estimated { UNCERTAINTY_DAYS } else { 0 }
    }

    fn may_hold(&self, date: Date) -> bool {
        shift(self.first, -self.margin()) <= date && date <= shift(self.last, self.margin())
    }

    /// A date too near to this Ramadan, before or after it, to lie in another.
    fn proves_outside(&self, date: Date) -> bool {
        let reach = SHORTEST_LUNAR_YEAR - self.margin();
        !self.may_hold(date)
            && days_between(self.first, date) < reach
            && days_between(date, self.last) < reach
    }
}

/// Whether a date lies in Ramadan, as far as that has been decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RamadanStatus<'a> {
    /// The date lies in this Ramadan.
    In(&'a Ramadan),
    /// The date lies outside Ramadan.
    Outside,
    /// Nobody has decided; the expected period, if there is one.
    Undecided(Option<&'a Ramadan>),
}

/// All decrees, including those that were revoked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decrees {
    pub(crate) holidays: BTreeMap<Date, Vec<Holiday>>,
    pub(crate) ramadan: BTreeMap<u16, Ramadan>,
    pub(crate) years: BTreeMap<i16, String>,
}

impl Decrees {
    /// The decree that fixes a year's holidays; `None` makes every day of that year unknown.
    pub fn year(&self, year: i16) -> Option<&str> {
        self.years.get(&year).map(String::as_str)
    }

    /// The rows of a date that hold in `region`, revoked and estimated ones included.
    pub fn holidays<'a>(
        &'a self,
        date: Date,
        region: &'a str,
    ) -> impl Iterator<Item = &'a Holiday> {
        self.holidays.get(&date).into_iter().flatten().filter(|row| row.holds_in(region))
    }

    /// Estimated holidays that the decision may yet put on `date`.
    pub fn undecided<'a>(
        &'a self,
        date: Date,
        region: &'a str,
    ) -> impl Iterator<Item = &'a Holiday> {
        let near = shift(date, -UNCERTAINTY_DAYS)..=shift(date, UNCERTAINTY_DAYS);
        let rows = self.holidays.range(near).flat_map(|(_, rows)| rows);
        rows.filter(|row| row.estimated && row.revoked_by.is_none() && row.holds_in(region))
    }

    /// Whether `date` lies in Ramadan. An estimated Ramadan is undecided from a day before to a day
    /// after.
    pub fn ramadan(&self, date: Date) -> RamadanStatus<'_> {
        match self.ramadan.values().find(|row| row.may_hold(date)) {
            Some(row) if row.estimated => RamadanStatus::Undecided(Some(row)),
            Some(row) => RamadanStatus::In(row),
            None if self.ramadan.values().any(|row| row.proves_outside(date)) => {
                RamadanStatus::Outside
            }
            None => RamadanStatus::Undecided(None),
        }
    }
}
