//! Slots: virtual until the first booking, planned from hours and the offering.
//!
//! No slot is ever held: a place is free or booked, at once (see [`super::appointment`]).
//!
//! A slot's plan is `offered`, the places that are sold from now on. It is worked out afresh from
//! hours and offering at every read and every sale, so that there is no moment between a change of
//! hours and its re-planning in which yesterday's plan sells. `capacity` bounds the places of a
//! sold slot; it is fixed by the row of the first booking and only ever grows with the offering's
//! own. Lowering either never touches a place that was sold.

use jiff::civil::Date;
use mpp_calendar::{Decrees, Status, Zone, format_time, local_to_utc_micros, slots};
use mpp_core::{Error, FieldCode, Micros, Reason, ResourceName, Result};
use mpp_form::day;

use super::{
    date,
    schedule::{Schedule, because, closed},
};

/// How an offering is booked, as the registry's copy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The offering's name.
    pub offering: String,
    /// The service that it offers: an applicant has one appointment for it a day.
    pub service: String,
    /// True once the mall's organiser accepted it.
    pub accepted: bool,
    /// Length of a slot; 0: not bookable.
    pub slot_minutes: u16,
    /// Places in a slot.
    pub slot_capacity: i64,
    /// Places in a day; 0: no limit but the slots.
    pub quota_per_day: i64,
}

impl Terms {
    /// Succeeds if appointments can be made.
    ///
    /// # Errors
    /// `WRONG_STATE`, saying what to do instead.
    pub fn require_bookable(&self) -> Result<()> {
        let offering = &self.offering;
        if !self.accepted {
            let hint =
                format!("{offering} is proposed; its mall's organiser has to accept it first");
            return Err(Error::new(Reason::WrongState, hint));
        }
        if self.slot_minutes == 0 || self.slot_capacity < 1 {
            let hint = format!("{offering} takes no appointments; take a ticket at the counter");
            return Err(Error::new(Reason::WrongState, hint));
        }
        Ok(())
    }
}

/// A slot's name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotName {
    /// The offering's resource name.
    pub offering: String,
    /// The mall's local date.
    pub date: Date,
    /// Its first minute.
    pub minute: u16,
}

impl SlotName {
    /// Reads `malls/x/counters/y/offerings/z/slots/2026-11-25T0900`.
    ///
    /// # Errors
    /// Names `field`.
    pub fn parse(text: &str, field: &str) -> Result<Self> {
        let collections = ["malls", "counters", "offerings", "slots"];
        let name = ResourceName::parse(text, &collections, field)?;
        let (date, minute) = name.id().split_once('T').and_then(time_of_id).ok_or_else(|| {
            Error::field(
                field,
                FieldCode::Name,
                "a slot's id is its date and time, such as 2026-11-25T0900",
            )
        })?;
        Ok(Self { offering: name.parent().to_owned(), date, minute })
    }
}

fn time_of_id((date, time): (&str, &str)) -> Option<(Date, u16)> {
    let digits = time.len() == 4 && time.bytes().all(|byte| byte.is_ascii_digit());
    let clock: u16 = time.parse().ok().filter(|_| digits)?;
    let (hour, minute) = (clock / 100, clock % 100);
    let date = day::parse(date, "slot").ok()?;
    (hour < 24 && minute < 60).then_some((date, hour * 60 + minute))
}

/// A slot of a day's plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The slot's resource name.
    pub name: String,
    /// Its first minute of the day.
    pub minute: u16,
    /// Its first instant, microseconds UTC.
    pub start_at: Micros,
}

/// The slots of one day; an empty list where the day is closed or unknown.
///
/// # Errors
/// Only for dates that no calendar holds.
pub fn plan(
    schedule: &Schedule,
    terms: &Terms,
    date: Date,
    decrees: &Decrees,
) -> Result<Vec<Planned>> {
    let day = schedule.day(date, decrees);
    if terms.slot_minutes == 0 {
        return Ok(Vec::new());
    }
    let starts = slots(day.intervals(), terms.slot_minutes).map_err(Error::internal)?;
    starts.into_iter().map(|minute| planned(terms, date, minute, schedule.zone)).collect()
}

fn planned(terms: &Terms, date: Date, minute: u16, zone: Zone) -> Result<Planned> {
    let start_at = local_to_utc_micros(date, minute, zone).map_err(Error::internal)?;
    Ok(Planned { name: slot_name(&terms.offering, date, minute), minute, start_at })
}

/// The name of an offering's slot, such as `…/slots/2026-11-25T0900`.
pub fn slot_name(offering: &str, date: Date, minute: u16) -> String {
    format!("{offering}/slots/{date}T{:02}{:02}", minute / 60, minute % 60)
}

/// Whether places of a day are sold yet: it lies less than `days_ahead` days ahead.
pub fn is_on_sale(today: Date, day: Date, days_ahead: i64) -> bool {
    date::days_between(today, day) < days_ahead
}

/// The slot of that name, if it can be sold now: it lies ahead, but less than `days_ahead` days.
///
/// # Errors
/// `WRONG_STATE` for one that has begun or lies too far ahead, `COUNTER_CLOSED` on a closed or
/// unknown day, `NOT_FOUND` if no slot begins then.
pub fn sellable(
    schedule: &Schedule,
    terms: &Terms,
    name: &SlotName,
    now: Micros,
    decrees: &Decrees,
    days_ahead: i64,
) -> Result<Planned> {
    terms.require_bookable()?;
    let today = schedule.today(now)?;
    let start_at =
        local_to_utc_micros(name.date, name.minute, schedule.zone).map_err(Error::internal)?;
    let clock = format_time(name.minute);
    if start_at <= now {
        let hint = format!("the slot of {} at {clock} has begun; take a later one", name.date);
        return Err(Error::new(Reason::WrongState, hint));
    }
    if !is_on_sale(today, name.date, days_ahead) {
        let (day, ahead) = (name.date, date::days_between(today, name.date));
        let hint = format!("{day} is {ahead} days ahead; book less than {days_ahead} ahead");
        return Err(Error::new(Reason::WrongState, hint));
    }
    let day = schedule.day(name.date, decrees);
    match day.status {
        Status::Open(_) => {}
        Status::Closed => {
            return Err(closed(format!("closed on {}: {}", name.date, because(&day))));
        }
        Status::Unknown => {
            let why = because(&day);
            return Err(closed(format!("nobody knows yet whether {} is open: {why}", name.date)));
        }
    }
    let day_plan = plan(schedule, terms, name.date, decrees)?;
    day_plan.into_iter().find(|slot| slot.minute == name.minute).ok_or_else(|| {
        let hint = format!("no slot of {} begins at {clock} on {}", terms.offering, name.date);
        Error::new(Reason::NotFound, format!("{hint}; ListSlots names those that do"))
    })
}

/// The refusal of a slot that is full: `booked` of its places are taken.
pub fn full_error(slot: &Planned, terms: &Terms, day: &str, booked: i64) -> Error {
    if booked >= terms.slot_capacity || terms.quota_per_day == 0 {
        let hint = format!("{} is full ({booked} booked); ListSlots names others", slot.name);
        return Error::new(Reason::SlotFull, hint);
    }
    let (offering, quota) = (&terms.offering, terms.quota_per_day);
    let hint = format!("all {quota} places of {offering} on {day} are taken; take another day");
    Error::new(Reason::QuotaUsedUp, hint)
}

#[cfg(test)]
pub mod tests {
    use jiff::civil::date;
    use mpp_calendar::{Interval, Layer, Rule, Weekly};

    use super::*;
    use crate::model::standing::AsRegistered;

    pub const MONDAY: Date = date(2026, 11, 30);

    pub fn schedule() -> Schedule {
        let day = vec![Interval::new(8 * 60, 10 * 60)];
        let weekly = Weekly::new([day, vec![], vec![], vec![], vec![], vec![], vec![]]).unwrap();
        let rules = vec![Rule::hours("n", Layer::National, weekly, "SE 1")];
        let target = "malls/a/counters/b/offerings/c".to_owned();
        let (region, standing) = ("35.10".into(), AsRegistered::default());
        Schedule { target, zone: Zone::Wib, region, rules, standing }
    }

    pub fn terms() -> Terms {
        Terms {
            offering: "malls/a/counters/b/offerings/c".into(),
            service: "units/u/services/s".into(),
            accepted: true,
            slot_minutes: 30,
            slot_capacity: 3,
            quota_per_day: 0,
        }
    }

    fn slot(day: Date, minute: u16) -> SlotName {
        SlotName { offering: terms().offering, date: day, minute }
    }

    fn try_at(name: &SlotName, now: (Date, u16), terms: &Terms) -> Result<Planned> {
        let now = local_to_utc_micros(now.0, now.1, Zone::Wib).unwrap();
        sellable(&schedule(), terms, name, now, &Decrees::national(), 92)
    }

    #[test]
    fn a_name_is_read_back() {
        let name = slot(MONDAY, 8 * 60 + 30);
        let planned = try_at(&name, (date(2026, 11, 28), 0), &terms()).unwrap();
        assert_eq!(planned.name, "malls/a/counters/b/offerings/c/slots/2026-11-30T0830");
        assert_eq!(SlotName::parse(&planned.name, "slot").unwrap(), name);
    }

    #[test]
    fn what_cannot_be_sold_says_why() {
        let before = (date(2026, 11, 28), 0);
        let refused = |name: SlotName, now, terms: &Terms| {
            let error = try_at(&name, now, terms).expect_err("it is refused");
            (error.reason(), error.message().to_owned())
        };
        let begun = refused(slot(MONDAY, 480), (MONDAY, 480), &terms());
        assert!(begun.0 == Reason::WrongState && begun.1.contains("has begun"), "{}", begun.1);
        assert_eq!(
            refused(slot(date(2026, 12, 1), 480), before, &terms()).0,
            Reason::CounterClosed
        );
        assert_eq!(refused(slot(MONDAY, 495), before, &terms()).0, Reason::NotFound);
        let far = refused(slot(date(2027, 11, 29), 480), before, &terms());
        assert!(far.1.contains("days ahead"), "{}", far.1);
        let proposed = Terms { accepted: false, ..terms() };
        assert!(refused(slot(MONDAY, 480), before, &proposed).1.contains("accept"));
        let walk_in = Terms { slot_minutes: 0, ..terms() };
        assert!(refused(slot(MONDAY, 480), before, &walk_in).1.contains("ticket"));
    }

    #[test]
    fn beyond_the_last_decree_nothing_is_sold() {
        let error = try_at(&slot(date(2040, 1, 2), 480), (date(2040, 1, 1), 0), &terms());
        assert!(error.expect_err("nobody knows").message().contains("nobody knows yet"));
    }

    #[test]
    fn a_slot_id_is_a_date_and_a_time() {
        for id in ["2026-11-30", "2026-11-30T2400", "2026-11-30T0860", "2026-11-30T800", "T0800"] {
            let text = format!("{}/slots/{id}", terms().offering);
            assert!(SlotName::parse(&text, "slot").is_err(), "{id}");
        }
    }
}
