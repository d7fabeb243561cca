//! A day's slots as they are shown: the plan, and the places that were sold.

use jiff::civil::Date;
use mpp_api::scheduling::Slot;
use mpp_calendar::{format_time, local_to_utc_micros};
use mpp_core::{Error, Result};

use super::{
    schedule::Schedule,
    slot::{Planned, SlotName, Terms},
};

/// A slot's row in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    /// The slot's name.
    pub name: String,
    /// Places that it may hold.
    pub capacity: i64,
    /// Places that are taken.
    pub booked: i64,
}

/// A day's slots: those of the plan with their sold places, and those that were sold but are in no
/// plan any more, with nothing on offer.
///
/// # Errors
/// Only for names that the store should not hold.
pub fn merge(
    schedule: &Schedule,
    terms: &Terms,
    date: Date,
    planned: &[Planned],
    sold: &[Sold],
) -> Result<Vec<Slot>> {
    let taken: i64 = sold.iter().map(|row| row.booked).sum();
    let quota_left = (terms.quota_per_day > 0).then(|| terms.quota_per_day - taken);
    let offered = if terms.accepted { terms.slot_capacity } else { 0 };
    let of = |name: &str| sold.iter().find(|row| row.name == name);
    let shown = |minute, name, sold, offered| {
        shown(schedule, terms, date, ShownSlot { minute, name, sold, offered, quota_left })
    };
    let mut slots: Vec<Slot> = planned
        .iter()
        .map(|slot| shown(slot.minute, &slot.name, of(&slot.name), offered))
        .collect::<Result<_>>()?;
    let in_plan = |row: &&Sold| planned.iter().any(|slot| slot.name == row.name);
    for row in sold.iter().filter(|row| !in_plan(row) && row.booked > 0) {
        let minute = SlotName::parse(&row.name, "slot").map_err(Error::internal)?.minute;
        slots.push(shown(minute, &row.name, Some(row), 0)?);
    }
    slots.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(slots)
}

struct ShownSlot<'a> {
    minute: u16,
    name: &'a str,
    sold: Option<&'a Sold>,
    offered: i64,
    quota_left: Option<i64>,
}

fn shown(schedule: &Schedule, terms: &Terms, date: Date, slot: ShownSlot<'_>) -> Result<Slot> {
    let start_at =
        local_to_utc_micros(date, slot.minute, schedule.zone).map_err(Error::internal)?;
    let close = (slot.minute + terms.slot_minutes).min(mpp_calendar::DAY);
    let booked = slot.sold.map_or(0, |row| row.booked);
    let capacity = slot.sold.map_or(slot.offered, |row| row.capacity.max(slot.offered));
    let free = (slot.offered - booked).max(0);
    Ok(Slot {
        name: slot.name.to_owned(),
        date: date.to_string(),
        open: format_time(slot.minute),
        close: format_time(close),
        start_time: Some(mpp_api::time::to_timestamp(start_at)),
        capacity: count(capacity),
        offered: count(slot.offered),
        booked: count(booked),
        available: count(slot.quota_left.map_or(free, |left| free.min(left.max(0)))),
    })
}

fn count(places: i64) -> i32 {
    i32::try_from(places).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use mpp_calendar::Decrees;

    use super::{
        super::slot::{
            plan, slot_name,
            tests::{MONDAY, schedule, terms},
        },
        *,
    };

    #[test]
    fn what_was_sold_outlives_the_plan() {
        let plan = plan(&schedule(), &terms(), MONDAY, &Decrees::national()).unwrap();
        let sold = |minute, booked| {
            let name = slot_name(&terms().offering, MONDAY, minute);
            Sold { name, capacity: 10, booked }
        };
        let rows = [sold(480, 6), sold(720, 2), sold(750, 0)];
        let merged = merge(&schedule(), &terms(), MONDAY, &plan, &rows).unwrap();
        let figures: Vec<_> = merged
            .iter()
            .map(|s| (s.open.as_str(), s.capacity, s.offered, s.booked, s.available))
            .collect();
        let expected = [
            ("08:00", 10, 3, 6, 0),
            ("08:30", 3, 3, 0, 3),
            ("09:00", 3, 3, 0, 3),
            ("09:30", 3, 3, 0, 3),
            ("12:00", 10, 0, 2, 0),
        ];
        assert_eq!(figures, expected);
    }

    #[test]
    fn the_days_quota_bounds_every_slot() {
        let plan = plan(&schedule(), &terms(), MONDAY, &Decrees::national()).unwrap();
        let name = slot_name(&terms().offering, MONDAY, 480);
        let sold = [Sold { name, capacity: 3, booked: 2 }];
        let quota = Terms { quota_per_day: 3, ..terms() };
        let merged = merge(&schedule(), &quota, MONDAY, &plan, &sold).unwrap();
        assert!(merged.iter().all(|slot| slot.available == 1));
    }
}
