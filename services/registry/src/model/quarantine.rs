//! Which records wait, which are rejected, and which leave quarantine: one pure state machine, that
//! batches and redrives run.
//!
//! ```text
//!             sent: Waits                tried: Waits, Failed
//!   Absent ───────────────▶ Waiting ◀──────────────────────────┐
//!     ▲                      │  │ └───────────────────────────┘
//!     │ sent: Taken; tried:  │  └── tried: Wrong ──▶ Refused
//!     │ Taken; Gone          │                         │ sent anything; tried: Taken; Gone
//!     └──────────────────────┴─────────────────────────┘
//! ```
//! **A later record that is wrong leaves the one before it where it is**, waiting or applied: so it
//! makes no difference to what stands in the end whether the unit came before both, between them or
//! after them.
//!
//! **What is due is worked out from how things stand**, not from what happened: a record that was
//! put into quarantine while its unit was just being made, a replica that died between the two, a
//! database that was restored, all find the same answer at the next look.

use std::time::Duration;

use mpp_core::FieldCode;
use mpp_form::record::{Checked, Item};

use super::Check;

/// First pause of a record that was tried too early, as when its batch was not yet through.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two tries of a record for the same thing.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// The change that a record asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A service is to be as it says.
    Put,
    /// A service is to go.
    Delete,
}

/// What a record was answered, as far as it decides whether the record is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It stands as it was sent.
    Taken,
    /// It passes once something else is there, or is allowed.
    Waits,
    /// It is wrong by itself, or for good.
    Wrong,
    /// The registry failed on it.
    Failed,
}

/// Where a name of a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum State {
    /// Nothing is kept of it.
    #[default]
    Absent,
    /// A record is kept, to be applied.
    Waiting,
    /// A record is kept that was rejected when it was tried again, with why.
    Refused,
}

/// What happens to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Its source sends a record of it.
    Sent {
        /// How that is answered.
        answer: Answer,
        /// The source may have this record wait, too.
        has_room: bool,
    },
    /// The record that is kept was tried again.
    Tried(Answer),
    /// Its source has it no more, has it under another unit, or is given up.
    Gone,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// All stays as it is.
    Stays,
    /// What is kept goes.
    Leaves,
    /// The record is kept, in the place of one that was.
    Waits,
    /// The record that is kept waits no more.
    Refused,
    /// There is no room for the record.
    Full,
}

impl Asks {
    /// Of a checked record.
    pub fn of(checked: &Checked) -> Self {
        match checked.item {
            Item::Put(_) => Self::Put,
            Item::Delete(_) => Self::Delete,
        }
    }
}

impl Answer {
    /// By the fault that was found; `None` where there is none.
    pub fn of(fault: Option<FieldCode>, asks: Asks) -> Self {
        match (fault, asks) {
            (None, _) => Self::Taken,
            // It is not there, as its source wants it.
            (Some(FieldCode::NotFound), Asks::Delete) => Self::Taken,
            // Whoever gets the record by a hand-over looks at it, before it is deleted.
            (Some(FieldCode::OwnedByOtherSource), Asks::Delete) => Self::Wrong,
            (
                Some(
                    FieldCode::UnitNotFound
                    | FieldCode::UnitNotOwned
                    | FieldCode::OwnedByOtherSource
                    | FieldCode::TooManyMoved,
                ),
                _,
            ) => Self::Waits,
            (Some(FieldCode::Internal), _) => Self::Failed,
            (Some(_), _) => Self::Wrong,
        }
    }
}

impl State {
    /// What follows from an event.
    pub fn step(self, event: Event) -> Step {
        match (self, event) {
            (_, Event::Sent { answer: Answer::Waits, has_room: true }) => Step::Waits,
            (_, Event::Sent { answer: Answer::Waits, has_room: false }) => Step::Full,
            (Self::Absent, _) => Step::Stays,
            (_, Event::Gone | Event::Tried(Answer::Taken)) => Step::Leaves,
            (_, Event::Sent { answer: Answer::Taken, .. }) => Step::Leaves,
            (Self::Refused, Event::Sent { .. }) => Step::Leaves,
            (Self::Waiting, Event::Sent { .. }) => Step::Stays,
            (_, Event::Tried(Answer::Wrong)) => Step::Refused,
            (_, Event::Tried(Answer::Waits)) => Step::Waits,
            // Nothing was found of it: it stands as before.
            (_, Event::Tried(Answer::Failed)) => Step::Stays,
        }
    }

    /// The state after a step.
    pub fn after(self, step: Step) -> Self {
        match step {
            Step::Stays | Step::Full => self,
            Step::Leaves => Self::Absent,
            Step::Waits => Self::Waiting,
            Step::Refused => Self::Refused,
        }
    }
}

/// What a record of this name waits for; empty where nothing that comes by itself helps.
pub fn awaited(code: FieldCode, name: &str) -> &str {
    match code {
        FieldCode::UnitNotFound | FieldCode::UnitNotOwned => {
            name.split_once("/services/").map_or("", |(unit, _)| unit)
        }
        FieldCode::OwnedByOtherSource => name,
        _ => "",
    }
}

/// How things stand around what is waited for, as a replica sees them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight {
    /// The unit exists.
    pub unit_exists: bool,
    /// The source may write it.
    pub may_write: bool,
    /// Another publishes the record.
    pub is_foreign: bool,
}

/// Whether it is worth trying what waits for this: only then is it tried, and the try decides.
pub fn is_due(code: &str, sight: Sight) -> bool {
    let is = |known: FieldCode| code == known.as_str();
    if is(FieldCode::UnitNotFound) {
        sight.unit_exists
    } else if is(FieldCode::UnitNotOwned) {
        sight.may_write || !sight.unit_exists
    } else if is(FieldCode::OwnedByOtherSource) {
        !sight.is_foreign
    } else {
        // Many moves are a person's decision.
        !is(FieldCode::TooManyMoved)
    }
}

/// Fails for a code that no record is kept for: who asks for a misspelt one would be told that
/// nothing waits.
pub fn check_code(check: &mut Check, code: &str) {
    if !code.is_empty() && !FieldCode::ALL.iter().any(|known| known.as_str() == code) {
        let waits = |known: &&FieldCode| Answer::of(Some(**known), Asks::Put) == Answer::Waits;
        let all: Vec<&str> =
            FieldCode::ALL.iter().filter(waits).map(|code| code.as_str()).collect();
        let text = format!(
            "is no code of a record; records wait for {}, and may be rejected for any field code",
            all.join(", ")
        );
        check.fail("code", FieldCode::UnknownValue, text);
    }
}

/// How long a record is left alone that a try has found as the one before did: twice as long as the
/// last time. A record that is sent again begins anew, however often it was.
pub fn pause(before: Duration) -> Duration {
    before.saturating_mul(2).clamp(FIRST_PAUSE, LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answers() -> impl Strategy<Value = Answer> {
        prop_oneof![
            Just(Answer::Taken),
            Just(Answer::Waits),
            Just(Answer::Wrong),
            Just(Answer::Failed)
        ]
    }

    fn events() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => (answers(), prop::bool::weighted(0.9))
                .prop_map(|(answer, has_room)| Event::Sent { answer, has_room }),
            3 => answers().prop_map(Event::Tried),
            1 => Just(Event::Gone),
        ]
    }

    proptest! {
        /// What was told to a source adds up with what became of it: each record that was
        /// quarantined was taken since, rejected since, replaced or withdrawn, or is kept still.
        #[test]
        fn whatever_was_quarantined_is_accounted_for(all in prop::collection::vec(events(), 0..40)) {
            let (mut state, mut kept, mut ended) = (State::Absent, 0, 0);
            for event in all {
                let step = state.step(event);
                let after = state.after(step);
                let brings = matches!(event, Event::Sent { .. }) && step == Step::Waits;
                kept += i32::from(brings);
                ended += i32::from(state != State::Absent && (brings || after == State::Absent));
                prop_assert_eq!(kept - ended, i32::from(after != State::Absent));
                state = after;
            }
        }

        /// Only a record that was told so waits, and nothing of it is lost without one of the three
        /// ways out.
        #[test]
        fn what_waits_goes_on_waiting_unless_it_is_decided(event in events()) {
            let after = State::Waiting.after(State::Waiting.step(event));
            let decided = matches!(
                event,
                Event::Sent { answer: Answer::Taken, .. }
                    | Event::Tried(Answer::Taken | Answer::Wrong)
                    | Event::Gone
            );
            prop_assert_eq!(after != State::Waiting, decided);
            let fresh = State::Absent.after(State::Absent.step(event));
            let waits = Event::Sent { answer: Answer::Waits, has_room: true };
            prop_assert_eq!(fresh == State::Waiting, event == waits);
            prop_assert!(fresh != State::Refused);
        }

        /// A record that waits is tried only where what it waits for looks otherwise than when it
        /// was answered.
        #[test]
        fn nothing_is_due_that_stands_as_it_was_answered(
            unit_exists: bool, may_write: bool, is_foreign: bool
        ) {
            let sight = Sight { unit_exists, may_write: may_write && unit_exists, is_foreign };
            let found = if !sight.unit_exists {
                FieldCode::UnitNotFound
            } else if !sight.may_write {
                FieldCode::UnitNotOwned
            } else if is_foreign {
                FieldCode::OwnedByOtherSource
            } else {
                FieldCode::TooManyMoved
            };
            prop_assert!(!is_due(found.as_str(), sight), "{found} {sight:?}");
            let good = Sight { unit_exists: true, may_write: true, is_foreign: false };
            prop_assert_eq!(is_due(found.as_str(), good), found != FieldCode::TooManyMoved);
        }
    }

    #[test]
    fn every_code_is_decided_and_what_waits_names_what_it_waits_for() {
        let name = "units/baru/services/akta";
        for code in FieldCode::ALL {
            let waits = Answer::of(Some(*code), Asks::Put) == Answer::Waits;
            let named = !awaited(*code, name).is_empty();
            assert_eq!(waits, named || *code == FieldCode::TooManyMoved, "{code}");
        }
        assert_eq!(awaited(FieldCode::UnitNotFound, name), "units/baru");
        assert_eq!(awaited(FieldCode::OwnedByOtherSource, name), name);
        let gone = Answer::of(Some(FieldCode::NotFound), Asks::Delete);
        assert_eq!(gone, Answer::Taken, "it is not there, as its source wants it");
    }

    #[test]
    fn pauses_grow_and_end_at_an_hour() {
        let next = |before: &Duration| Some(pause(*before));
        let pauses = std::iter::successors(Some(pause(Duration::ZERO)), next);
        let seconds: Vec<u64> = pauses.take(14).map(|pause| pause.as_secs()).collect();
        assert_eq!(seconds[..4], [1, 2, 4, 8]);
        assert_eq!(seconds[11..], [2_048, 3_600, 3_600]);
        assert_eq!(pause(Duration::MAX), LONGEST_PAUSE);
    }
}
