//! Hours, decrees, time zones and deviations of public service malls (*Mal Pelayanan Publik*).
//! Pure: no clock, no I/O; the nation's decrees are embedded.
//!
//! # The question
//! *Is this counter open on that date, when, and why?* [`resolve`] answers it from three inputs:
//! the rules of the place and of everything above it ([`Rule`]), what was decreed ([`Decrees`]),
//! and the mall's region. The answer is open, closed or **unknown**, with the chain of reasons in
//! order.
//!
//! ```
//! use mpp_calendar::{Decrees, civil_service, resolve};
//!
//! let independence_day = "2026-08-17".parse().unwrap();
//! let day = resolve(independence_day, civil_service(), &Decrees::national(), "51.71");
//! assert!(day.closed_by_decree());
//! ```
//!
//! # Precedence
//! Rules inherit national template → mall → counter → offering. Between layers the more specific
//! wins; within a layer the shorter period, then the narrower season, the later start, and the id.
//! A rule is whole: a counter whose week has no Saturday is closed on Saturdays, whatever the mall
//! says. Only [`Observes`] (which holidays are worked) is looked for further up when a rule is
//! silent on it.
//!
//! A closure is a rule too and obeys the same order, unless it is *mandatory*: then it closes its
//! own layer and all below for its whole period, however short another rule's period is. To lift
//! it, end it. (Letting a shorter rule win over it was rejected: an event's hours, written before
//! the flood, would reopen the hall.)
//!
//! Above all rules stands a [`Bar`]: a mall that is not serving yet, or no longer is; an agreement
//! that has ended. The caller says so ([`Day::barred`]), and the rules are then not consulted.
//!
//! # Unknown, never open
//! - A year that no decree fixes is unknown on every day, Sundays included, except where a closure
//!   holds. Formulas are no substitute: computed dates were wrong in 5 of 12 years.
//! - A holiday whose date is only estimated makes its date, and a day on either side, unknown for
//!   those who observe it and would be open; decreed holidays in that window stay closed.
//! - In an expected but undecided Ramadan, and a day on either side, and on any date too far from a
//!   decided Ramadan to be surely outside the next one, the answer is worked out both ways: where
//!   both agree it stands, else it is unknown.
//! - A date that no rule covers is unknown: a place is closed only where somebody said so.
//!
//! # Deviations
//! [`deviation`] measures a counter against a [`Yardstick`]: its mall (binding), the national
//! template (not binding) or its body's [`Baseline`] (binding where the law or its own decision
//! binds it). A day on which everyone is closed by decree is no deviation; a day unknown on either
//! side is listed and not counted. Findings are ordered by day, then as in [`FindingCode`]; one
//! that only follows from another is marked [`implied`](Finding::implied), so that programs that
//! show them need not judge it again.
//!
//! # The law
//! Everything that the law fixes is a dated row in `data/`: `holidays.csv`, `ramadan.csv`,
//! `working_hours.csv` with the civil service's week, start and breaks, and
//! `identity_card_age.csv`. `data/README.md` names the text behind each.
//!
//! # Dates
//! "Today" is the mall's local date, everywhere: [`local_date`]. The zones are fixed offsets, so a
//! local day is always 24 hours and minutes from midnight are exact.

mod amend;
mod bar;
mod baseline;
mod decree;
mod decree_csv;
mod deviation;
mod error;
mod finding;
mod identity_card;
mod interval;
mod reason;
mod resolve;
mod rule;
mod slot;
mod table;
mod text;
mod working_hours;
mod zone;

pub use amend::{Amendment, HolidayKey, MAX_ROWS};
pub use bar::Bar;
pub use baseline::{Baseline, Regime};
pub use decree::{Decrees, Holiday, HolidayKind, Ramadan, RamadanStatus, UNCERTAINTY_DAYS};
pub use deviation::{Compared, Counter, MAX_DAYS, Report, Verdict, Yardstick, deviation};
pub use error::{Error, Problem};
pub use finding::{Finding, FindingCode};
pub use identity_card::identity_card_age;
pub use interval::{DAY, Interval, MAX_INTERVALS, Weekly, format_time, parse_time, total};
pub use reason::{Reason, ReasonCode};
pub use resolve::{Day, Status, resolve, resolve_down_to};
pub use rule::{Closure, Layer, MAX_TEXT, Observes, Rule, Season};
pub use slot::slots;
pub use text::Text;
pub use working_hours::civil_service;
pub use zone::{Zone, day_bounds, local_date, local_time, local_to_utc_micros};
