//! Tickets: their numbers, and the order in which they are called.
//!
//! # The order
//! Priority tickets (elderly, disabled, pregnant) come before all others. Within each of the two
//! classes a ticket stands at the moment from which its holder may claim to be served: a walk-in's
//! is when it was issued; an appointment's is its slot's start, so that coming early neither
//! helps nor harms, and coming a little late (within the grace) keeps the place. A holder who comes
//! later than that stands where a walk-in would. Equal moments go by number. No window idles
//! meanwhile: an early appointment is called as soon as nobody stands before it.

use jiff::civil::Date;
use mpp_api::Document as _;
use mpp_api::registry::Window;
use mpp_api::scheduling::{Ticket, ticket};
use mpp_core::{Error, FieldCode, Labels, Micros, ResourceName, Result};
use mpp_form::hours_rule::Target;

use super::schedule::Schedule;

/// The prefix of a counter that has none of its own.
const DEFAULT_PREFIX: &str = "A";

/// The rank of a ticket; the smallest is called first. The number decides between equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// 0 for priority, 1 for all others.
    pub class: i64,
    /// The moment from which the holder may claim to be served.
    pub due_at: Micros,
}

impl Rank {
    /// The rank of a ticket issued at `now`, for an appointment whose slot starts at
    /// `appointment_at` and whose holder may be late by `grace`.
    pub fn new(
        priority: ticket::Priority,
        now: Micros,
        appointment_at: Option<Micros>,
        grace: Micros,
    ) -> Self {
        let class = i64::from(priority != ticket::Priority::Priority);
        let on_time = appointment_at.filter(|start| now <= start + grace);
        Self { class, due_at: on_time.unwrap_or(now) }
    }
}

/// How far a ticket has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// Waits to be called.
    Waiting,
    /// Called to a window.
    Called,
    /// The citizen has been served.
    Completed,
}

impl TicketState {
    /// Its number in the contract, which is also the stored one.
    pub fn number(self) -> i64 {
        match self {
            TicketState::Waiting => 1,
            TicketState::Called => 2,
            TicketState::Completed => 3,
        }
    }

    /// The state of a stored number; the table holds no others.
    pub fn of(number: i64) -> Self {
        match number {
            2 => TicketState::Called,
            3 => TicketState::Completed,
            _ => TicketState::Waiting,
        }
    }

    fn wire(self) -> ticket::State {
        match self {
            TicketState::Waiting => ticket::State::Waiting,
            TicketState::Called => ticket::State::Called,
            TicketState::Completed => ticket::State::Completed,
        }
    }
}

/// A ticket in the queue. Times are microseconds UTC, 0 until they happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Its resource name.
    pub name: String,
    /// The counter's resource name.
    pub counter: String,
    /// The mall's local date.
    pub date: String,
    /// The number as printed, such as `A-017`.
    pub number: String,
    /// The number within its prefix and day.
    pub seq: i64,
    /// Its rank in the queue.
    pub rank: Rank,
    /// How far it has come.
    pub state: TicketState,
    /// The window that it was called to; empty before.
    pub window: String,
    /// The appointment that it was printed for; empty for a walk-in.
    pub appointment: String,
    /// When it was printed.
    pub issued_at: Micros,
    /// When it was called.
    pub called_at: Micros,
    /// When it was completed.
    pub completed_at: Micros,
}

impl Queued {
    /// The ticket as a record of the API.
    pub fn document(&self) -> Ticket {
        let time = |at: Micros| (at != 0).then(|| mpp_api::time::to_timestamp(at));
        let priority = match self.rank.class {
            0 => ticket::Priority::Priority,
            _ => ticket::Priority::Normal,
        };
        Ticket {
            name: self.name.clone(),
            counter: self.counter.clone(),
            date: self.date.clone(),
            number: self.number.clone(),
            priority: priority.into(),
            state: self.state.wire().into(),
            window: self.window.clone(),
            appointment: self.appointment.clone(),
            issue_time: time(self.issued_at),
            call_time: time(self.called_at),
            complete_time: time(self.completed_at),
        }
    }

    /// The labels of its record.
    pub fn labels(&self, counter: &Target, schedule: &Schedule) -> Labels {
        counter.labels(&schedule.region, &self.date)
    }

    /// The refusal of another call to its window: the window is busy.
    pub fn busy_text(&self) -> String {
        format!("ticket {} ({}) is still being served; complete it first", self.number, self.name)
    }
}

/// Reads the priority; unspecified is normal.
///
/// # Errors
/// Names the field `priority`.
pub fn priority(number: i32) -> Result<ticket::Priority> {
    match ticket::Priority::try_from(number) {
        Ok(ticket::Priority::Unspecified | ticket::Priority::Normal) => {
            Ok(ticket::Priority::Normal)
        }
        Ok(ticket::Priority::Priority) => Ok(ticket::Priority::Priority),
        Err(_) => Err(Error::field(
            "priority",
            FieldCode::UnknownValue,
            format!("{number} is not a priority"),
        )),
    }
}

/// The letters before a counter's numbers.
pub fn prefix(of_counter: &str) -> &str {
    if of_counter.is_empty() { DEFAULT_PREFIX } else { of_counter }
}

/// `A-017`, as it is printed and called out.
pub fn number(prefix: &str, count: i64) -> String {
    format!("{prefix}-{count:03}")
}

/// A ticket's name, such as `malls/banyuwangi/tickets/2026-11-24-A-017`.
pub fn name(mall: &str, date: Date, number: &str) -> String {
    format!("{mall}/tickets/{date}-{number}")
}

/// The counter of a window.
///
/// # Errors
/// Names the field `window`.
pub fn counter_of_window(window: &str) -> Result<Target> {
    let name = ResourceName::parse(window, Window::COLLECTIONS, "window")?;
    Target::counter_named(name.parent(), "window")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Micros = 60_000_000;
    const NINE: Micros = 9 * 60 * MINUTE;
    const GRACE: Micros = 15 * MINUTE;

    fn normal(now: Micros, appointment_at: Option<Micros>) -> Rank {
        Rank::new(ticket::Priority::Normal, now, appointment_at, GRACE)
    }

    #[test]
    fn priority_goes_before_everyone_who_came_earlier() {
        let elderly = Rank::new(ticket::Priority::Priority, NINE, None, GRACE);
        assert!(elderly < normal(NINE - 60 * MINUTE, None));
        assert!(elderly < normal(NINE, Some(NINE - 10 * MINUTE)));
    }

    #[test]
    fn an_appointment_stands_at_its_time() {
        let early = normal(NINE - 30 * MINUTE, Some(NINE));
        assert!(normal(NINE - MINUTE, None) < early);
        assert!(early < normal(NINE + MINUTE, None));
    }

    #[test]
    fn who_is_a_little_late_keeps_the_place_and_who_is_very_late_does_not() {
        let waiting = normal(NINE + MINUTE, None);
        assert!(normal(NINE + GRACE, Some(NINE)) < waiting);
        assert!(waiting < normal(NINE + GRACE + 1, Some(NINE)));
    }

    #[test]
    fn numbers_are_padded_and_grow_past_three_digits() {
        assert_eq!(number(prefix(""), 7), "A-007");
        assert_eq!(number(prefix("KTP"), 1234), "KTP-1234");
    }
}
