//! Appointments: how a new one looks, and when one can still be cancelled.
//!
//! There are no holds: a booking is immediate. It can be cancelled until it is called to a window
//! or gets a ticket, on whatever day ([`require_cancellable`]). A citizen who comes late keeps it,
//! and loses only the place in the queue that goes to those on time (`late_grace_minutes` in
//! `policy.rs`).

use jiff::civil::Date;
use mpp_api::Document as _;
use mpp_api::registry::Offering;
use mpp_api::scheduling::{Appointment, appointment};
use mpp_api::time::to_timestamp;
use mpp_calendar::{Zone, local_to_utc_micros};
use mpp_core::{Error, Micros, Reason, ResourceName, Result};
use mpp_form::hours_rule::lies_within;
use rand::Rng;
use subtle::ConstantTimeEq as _;
use uuid::{NoContext, Timestamp, Uuid};

use super::slot::SlotName;

/// Letters and digits that nobody mistakes for each other on paper or aloud.
const CODE: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 32^8, a million millions: nobody guesses one, and it can still be read out at a desk.
const CODE_LENGTH: usize = 8;

/// An appointment that is about to be made.
#[derive(Clone, Debug)]
pub struct NewAppointment {
    /// `malls/banyuwangi/appointments/…`: names sort by time and cannot be guessed.
    pub name: String,
    slot: String,
    offering: String,
    date: String,
    open: String,
    /// Proves that the appointment is its holder's; not part of the record.
    pub code: String,
}

impl NewAppointment {
    /// Names an appointment for a slot, and draws its code.
    ///
    /// # Errors
    /// Only for a slot with a malformed name.
    pub fn new(
        slot: &SlotName,
        slot_name: &str,
        now: Micros,
        random: &mut impl Rng,
    ) -> Result<Self> {
        let offering = ResourceName::parse(&slot.offering, Offering::COLLECTIONS, "slot")?;
        let id = Uuid::new_v7(timestamp(now)).simple();
        let letter = |_| char::from(CODE[random.random_range(0..CODE.len())]);
        Ok(Self {
            name: format!("{}/appointments/{id}", offering.root()),
            slot: slot_name.to_owned(),
            offering: slot.offering.clone(),
            date: slot.date.to_string(),
            open: mpp_calendar::format_time(slot.minute),
            code: (0..CODE_LENGTH).map(letter).collect(),
        })
    }

    /// The record. Everyone may follow records, so the code is not in it.
    pub fn document(self) -> Appointment {
        Appointment {
            name: self.name,
            slot: self.slot,
            offering: self.offering,
            date: self.date,
            open: self.open,
            state: appointment::State::Booked.into(),
            code: String::new(),
            create_time: None,
            update_time: None,
        }
    }
}

/// The appointment with its code and times, for its holder and its counter.
pub fn shown(
    doc: Appointment,
    code: String,
    create_time: Micros,
    update_time: Micros,
) -> Appointment {
    Appointment {
        code,
        create_time: Some(to_timestamp(create_time)),
        update_time: Some(to_timestamp(update_time)),
        ..doc
    }
}

/// A name below `prefix` that sorts before those of all appointments made on that day or later.
///
/// # Errors
/// Only for dates that no calendar holds.
pub fn earliest_name(prefix: &str, day: Date) -> Result<String> {
    let start = local_to_utc_micros(day, 0, Zone::Wit).map_err(Error::internal)?;
    // The first 48 bits of a name are its milliseconds.
    Ok(format!("{prefix}{:012x}", start.max(0) / 1000))
}

fn timestamp(now: Micros) -> Timestamp {
    let seconds = u64::try_from(now.div_euclid(1_000_000)).unwrap_or(0);
    let nanos = u32::try_from(now.rem_euclid(1_000_000) * 1000).unwrap_or(0);
    Timestamp::from_unix(NoContext, seconds, nanos)
}

/// True if the text has the form of the codes that holders get.
pub fn is_a_code(text: &str) -> bool {
    text.len() == CODE_LENGTH && text.bytes().all(|letter| CODE.contains(&letter))
}

/// True if `given`, in either case of letters, is the code. The time that it takes does not tell
/// how much of it is right.
pub fn is_code(given: &str, code: &str) -> bool {
    let same = given.to_ascii_uppercase().as_bytes().ct_eq(code.as_bytes());
    !code.is_empty() && same.into()
}

/// Succeeds while the appointment can be cancelled; `ticket` is the number printed for it.
///
/// # Errors
/// `WRONG_STATE`, naming the state or the ticket.
pub fn require_cancellable(doc: &Appointment, ticket: Option<&str>) -> Result<()> {
    let why = match (doc.state(), ticket) {
        (appointment::State::Cancelled, _) => "is cancelled already".to_owned(),
        (appointment::State::Served, _) => "was called to a window".to_owned(),
        (_, Some(ticket)) => format!("has ticket {ticket}; its holder is at the counter"),
        _ => return Ok(()),
    };
    Err(Error::new(Reason::WrongState, format!("{} {why}", doc.name)))
}

/// Succeeds if a ticket may be printed for the appointment: today, at its own counter.
///
/// # Errors
/// `WRONG_STATE` or `REFERENCE_INVALID`, saying where or when it is.
pub fn require_check_in(doc: &Appointment, counter: &str, today: &str) -> Result<()> {
    if !lies_within(&doc.offering, counter) {
        let text =
            format!("appointment: {} is for {}, not for this counter", doc.name, doc.offering);
        return Err(Error::new(Reason::ReferenceInvalid, text));
    }
    let why = match doc.state() {
        appointment::State::Cancelled => "is cancelled".to_owned(),
        appointment::State::Served => "was called to a window already".to_owned(),
        _ if doc.date != today => {
            format!("is for {} at {}, and today is {today}", doc.date, doc.open)
        }
        _ => return Ok(()),
    };
    Err(Error::new(Reason::WrongState, format!("appointment: {} {why}", doc.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh() -> Appointment {
        let name = "malls/a/counters/b/offerings/c/slots/2026-11-30T0830";
        let slot = SlotName::parse(name, "slot").unwrap();
        NewAppointment::new(&slot, name, 1_790_000_000_000_000, &mut rand::rng())
            .unwrap()
            .document()
    }

    #[test]
    fn a_fresh_appointment_knows_its_slot_and_lies_in_its_mall() {
        let doc = fresh();
        assert!(doc.name.starts_with("malls/a/appointments/"));
        assert_eq!((doc.date.as_str(), doc.open.as_str()), ("2026-11-30", "08:30"));
        assert_eq!(doc.code, "", "the feed carries the record");
        assert_ne!(fresh().name, doc.name);
    }

    #[test]
    fn names_go_by_the_day_on_which_they_were_made() {
        let day = jiff::civil::date(2026, 9, 21);
        let made = fresh().name;
        let (prefix, _) = made.rsplit_once('/').expect("an id");
        let earliest = |day| earliest_name(&format!("{prefix}/"), day).expect("a day");
        assert!(earliest(day) < made && made < earliest(day.tomorrow().expect("a day")));
    }

    #[test]
    fn a_code_is_whole_or_wrong() {
        let name = "malls/a/counters/b/offerings/c/slots/2026-11-30T0830";
        let slot = SlotName::parse(name, "slot").unwrap();
        let code =
            NewAppointment::new(&slot, name, 1_790_000_000_000_000, &mut rand::rng()).unwrap().code;
        assert!(code.len() == 8 && code.bytes().all(|letter| CODE.contains(&letter)));
        assert!(is_code(&code, &code) && is_code(&code.to_lowercase(), &code));
        for wrong in ["", &code[..7], &format!("{code}A"), "!!!!!!!!"] {
            assert!(!is_code(wrong, &code), "{wrong}");
        }
        assert!(!is_code("", ""), "a code that is forgotten");
    }

    #[test]
    fn whoever_is_at_the_counter_cannot_cancel() {
        let mut doc = fresh();
        assert!(require_cancellable(&doc, None).is_ok());
        let refused = require_cancellable(&doc, Some("A-007")).unwrap_err();
        assert!(refused.message().contains("A-007"));
        doc.set_state(appointment::State::Cancelled);
        assert_eq!(require_cancellable(&doc, None).unwrap_err().reason(), Reason::WrongState);
    }

    #[test]
    fn checking_in_needs_the_day_and_the_counter() {
        let doc = fresh();
        let at = |counter, today| require_check_in(&doc, counter, today);
        assert!(at("malls/a/counters/b", "2026-11-30").is_ok());
        assert!(at("malls/a/counters/bb", "2026-11-30").is_err());
        assert!(at("malls/a/counters/b", "2026-11-29").unwrap_err().message().contains("08:30"));
    }
}
