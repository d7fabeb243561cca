//! Appointments that cannot be kept: what was sold stays sold when hours, decrees, stages or
//! offerings change, and somebody has to know of it.

use mpp_api::scheduling::listed_appointment::Conflict;
use mpp_calendar::{Decrees, Status, format_time, local_to_utc_micros};
use mpp_core::{Error, Micros, Result};

use super::{
    schedule::{Schedule, because},
    slot::{SlotName, Terms},
};

/// Why an appointment cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The kind of reason.
    pub conflict: Conflict,
    /// The reason in words, in English.
    pub because: String,
}

/// Why a booked slot cannot be kept, as everything stands now; `None` for one that can be kept, or
/// that has begun already. `offering` is `None` if it is gone.
///
/// A slot is broken only if the counter is not there for the whole of it: if slots are now planned
/// at other minutes, or the offering takes no new appointments, those who have one still come.
///
/// # Errors
/// Only for dates that no calendar holds.
pub fn broken(
    slot: &SlotName,
    offering: Option<&(Schedule, Terms)>,
    now: Micros,
    decrees: &Decrees,
) -> Result<Option<Broken>> {
    let Some((schedule, terms)) = offering else {
        return Ok(broken_by(
            Conflict::NotOffered,
            format!("{} is not there any more", slot.offering),
        ));
    };
    let start = local_to_utc_micros(slot.date, slot.minute, schedule.zone);
    if start.map_err(Error::internal)? <= now {
        return Ok(None);
    }
    if !terms.accepted {
        let text = format!("{} is not accepted by its mall any more", slot.offering);
        return Ok(broken_by(Conflict::NotOffered, text));
    }
    let day = schedule.day(slot.date, decrees);
    let end = slot.minute + terms.slot_minutes.max(1);
    let is_open = day.intervals().iter().any(|open| open.open <= slot.minute && end <= open.close);
    Ok(match day.status {
        Status::Closed => broken_by(Conflict::Closed, because(&day)),
        Status::Unknown => broken_by(Conflict::Unknown, because(&day)),
        Status::Open(_) if is_open => None,
        Status::Open(_) => {
            let hours: Vec<String> = day.intervals().iter().map(ToString::to_string).collect();
            let (at, hours) = (format_time(slot.minute), hours.join(", "));
            broken_by(
                Conflict::OtherHours,
                format!("{at} is not within the hours of that day, {hours}"),
            )
        }
    })
}

fn broken_by(conflict: Conflict, because: String) -> Option<Broken> {
    Some(Broken { conflict, because })
}

#[cfg(test)]
mod tests {
    use mpp_calendar::Zone;

    use super::*;
    use crate::model::{
        date,
        slot::tests::{MONDAY, schedule, terms},
    };

    /// Monday has hours from 08:00 to 10:00, and no other day has any.
    fn found(days: i64, minute: u16, terms: &Terms) -> Option<Conflict> {
        let slot =
            SlotName { offering: terms.offering.clone(), date: date::shift(MONDAY, days), minute };
        let now = local_to_utc_micros(MONDAY, 8 * 60, Zone::Wib).unwrap();
        let known = (schedule(), terms.clone());
        broken(&slot, Some(&known), now, &Decrees::national()).unwrap().map(|one| one.conflict)
    }

    #[test]
    fn what_can_be_kept_is_no_conflict() {
        assert_eq!(found(7, 8 * 60, &terms()), None);
        assert_eq!(found(7, 8 * 60 + 10, &terms()), None, "it is planned at another minute now");
        assert_eq!(found(7, 9 * 60 + 30, &terms()), None, "the last one");
        let by_ticket = Terms { slot_minutes: 0, ..terms() };
        assert_eq!(found(7, 9 * 60 + 59, &by_ticket), None, "no new ones are made");
        assert_eq!(found(0, 7 * 60, &terms()), None, "it has begun");
    }

    #[test]
    fn what_cannot_be_kept_says_why() {
        assert_eq!(found(1, 8 * 60, &terms()), Some(Conflict::Closed));
        assert_eq!(found(7, 10 * 60, &terms()), Some(Conflict::OtherHours));
        assert_eq!(found(7, 9 * 60 + 40, &terms()), Some(Conflict::OtherHours), "it ends too late");
        assert_eq!(found(5_000, 8 * 60, &terms()), Some(Conflict::Unknown), "beyond the decrees");
        let proposed = Terms { accepted: false, ..terms() };
        assert_eq!(found(7, 8 * 60, &proposed), Some(Conflict::NotOffered));
    }
}
