//! Deviations of many counters: equal weeks are measured once.
//!
//! Counters of a mall that have the same rules of their own and the same regime have the same
//! week; most have no rules of their own at all. So a change of the national template, which
//! touches every counter of the nation, costs a few measurements for each mall.

use std::collections::HashMap;

use jiff::civil::Date;
use mpp_api::{registry::counter::Regime, scheduling::Deviation};
use mpp_calendar::{Decrees, Zone};
use mpp_core::{Micros, Result};
use mpp_form::hours_rule::Target;

use super::Snapshot;
use crate::model::{
    date::{local, monday_of},
    deviation::{Measured, measure},
    schedule::Schedule,
};

/// A mall's counters, ready to be measured without holding the memory's lock.
pub struct MallCounters {
    mall: String,
    region: String,
    zone: Zone,
    /// Counters by name, each with its place in `distinct`.
    counters: Vec<(String, usize)>,
    distinct: Vec<(Schedule, Regime)>,
}

impl MallCounters {
    /// Copies from the memory everything that measuring needs.
    ///
    /// # Errors
    /// `UNAVAILABLE` while the mall's region has not arrived, `NOT_FOUND` for a mall that is gone.
    pub fn collect(state: &Snapshot<'_>, mall: &str) -> Result<Self> {
        let directory = &state.directory;
        let known = directory.mall(mall)?;
        let mut collected = Self {
            mall: mall.to_owned(),
            region: known.region.resource_name(),
            zone: directory.zone(known)?,
            counters: Vec::new(),
            distinct: Vec::new(),
        };
        let mut places = HashMap::new();
        for (name, counter) in directory.counters_of(mall) {
            let regime = counter.regime;
            let key = (state.records.rule_names(name), i32::from(regime));
            let at = match places.get(&key) {
                Some(at) => *at,
                None => {
                    let schedule = state.schedule(&Target::parse(name, "counter")?)?;
                    collected.distinct.push((schedule, regime));
                    *places.entry(key).or_insert(collected.distinct.len() - 1)
                }
            };
            collected.counters.push((name.to_owned(), at));
        }
        Ok(collected)
    }

    /// How many counters there are.
    pub fn len(&self) -> usize {
        self.counters.len()
    }

    /// The Monday of the present week, by the mall's clock.
    ///
    /// # Errors
    /// Only for an instant that no calendar holds.
    pub fn this_week(&self, now: Micros) -> Result<Date> {
        local(now, self.zone).map(|(today, _)| monday_of(today))
    }

    /// Measures the week that begins on `monday`.
    ///
    /// # Errors
    /// Only for dates at the ends of time.
    pub fn measure(self, monday: Date, decrees: &Decrees) -> Result<MeasuredMall> {
        let places = self.distinct.iter();
        let measured = places
            .map(|(schedule, regime)| measure(schedule, *regime, monday, decrees))
            .collect::<Result<_>>()?;
        let Self { mall, region, counters, .. } = self;
        Ok(MeasuredMall { mall, region, counters, measured })
    }
}

/// A mall's counters with their week. Documents are made only for those that are asked for: those
/// of the whole nation would be large.
pub struct MeasuredMall {
    mall: String,
    region: String,
    counters: Vec<(String, usize)>,
    measured: Vec<Measured>,
}

impl MeasuredMall {
    /// The counters, by name.
    pub fn counters(&self) -> impl Iterator<Item = (&str, &Measured)> {
        self.counters.iter().map(|(name, at)| (name.as_str(), &self.measured[*at]))
    }

    /// The record of one of them.
    pub fn document(&self, counter: &str, measured: &Measured) -> Deviation {
        measured.document(counter, &self.mall, &self.region)
    }
}
