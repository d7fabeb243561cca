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
//! **A later record that is wrong leaves the one before it where it is**, waiting or applied: so
//! the outcome is the same whether the unit came before both, between them or after them.
//!
//! **Whether a record is due is worked out from the present state**, not from what happened: a
//! record that was put into quarantine while its unit was just being made, a replica that died
//! between the two, a database that was restored, all find the same answer at the next look.

use mpp_core::{FieldCode, Micros};
use mpp_form::{
    Check,
    record::{Checked, RecordChange},
};

use super::lies::{LONGEST_OF_OTHERS, Lies};

/// The change that a record asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A record is to be as it says.
    Put,
    /// A record is to go.
    Delete,
}

/// The answer to a record, as far as it decides whether the record is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It stands as it was sent.
    Taken,
    /// It passes once something else is there, or is allowed.
    Waits,
    /// It is wrong by itself, or for good.
    Wrong,
    /// The service failed on it.
    Failed,
}

/// The state of a name of a source in quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum State {
    /// No record of it is kept.
    #[default]
    Absent,
    /// A record is kept, to be applied.
    Waiting,
    /// A record is kept that was rejected when it was tried again, with why.
    Refused,
}

/// An event of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Its source sends a record of it.
    Sent {
        /// The answer to the record.
        answer: Answer,
        /// There is room for this record among those of the source that wait.
        has_room: bool,
    },
    /// The record that is kept was tried again.
    Tried(Answer),
    /// Its source no longer has it, has it under another unit, or is given up.
    Gone,
}

/// The step that an event of a name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// All stays as it is.
    Stays,
    /// The record that is kept is dropped.
    Leaves,
    /// The record is kept, in place of one that was.
    Waits,
    /// The record that is kept is rejected and waits no more.
    Refused,
    /// There is no room for the record.
    Full,
}

impl Asks {
    /// The change that a checked record asks for.
    pub fn of<D>(checked: &Checked<D>) -> Self {
        match checked.item {
            RecordChange::Put(_) => Self::Put,
            RecordChange::Delete(_) => Self::Delete,
        }
    }
}

impl Answer {
    /// The answer that a fault leads to; `None`: no fault was found.
    pub fn of(fault: Option<FieldCode>, asks: Asks) -> Self {
        match (fault, asks) {
            (None, _) => Self::Taken,
            // The service does not exist, as its source wants it.
            (Some(FieldCode::NotFound), Asks::Delete) => Self::Taken,
            // After a hand-over its new owner looks at the service before it is deleted.
            (Some(FieldCode::OwnedByOtherSource), Asks::Delete) => Self::Wrong,
            (Some(code), _) => match Lies::of(code) {
                lies if lies.waits() => Self::Waits,
                Lies::Service => Self::Failed,
                _ => Self::Wrong,
            },
        }
    }
}

impl State {
    /// The step that an event leads to.
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
            // The try found nothing out, so the record stands as before.
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

/// The state of what records wait for, as a replica sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight {
    /// The unit exists, or the mall, the region or the rule's target.
    pub exists: bool,
    /// The source may write there.
    pub may_write: bool,
    /// Another source publishes the record.
    pub is_foreign: bool,
}

/// Whether it is worth trying records that wait for this: only then are they tried, and the try
/// decides.
pub fn is_due(lies: Lies, sight: Sight) -> bool {
    match lies {
        Lies::Missing => sight.exists,
        Lies::Rights => sight.may_write || !sight.exists,
        Lies::Publisher => !sight.is_foreign,
        Lies::Itself | Lies::Others | Lies::Service => true,
        // Whether many records may move, or what was undone may come back, a person decides.
        Lies::Person => false,
    }
}

/// Whether records that wait for how others stand are worth a try: one that they depend on has
/// changed since they were tried, or so shortly before that the try may not have seen it.
pub fn has_changed(changed: Micros, tried: Micros) -> bool {
    let margin = Micros::try_from(LONGEST_OF_OTHERS.as_micros()).unwrap_or(Micros::MAX);
    changed.saturating_add(margin) >= tried
}

/// Refuses a code that no record is ever kept for: a caller who misspells one would otherwise be
/// told that nothing waits.
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
        /// The answers to a source add up with the fates of its records: each that was
        /// quarantined was taken, rejected, replaced or withdrawn since, or is still kept.
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

        /// Only a record that was answered so waits, and it leaves only by one of the three
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

        /// A waiting record is tried only if the thing that it waits for looks different from when
        /// it was answered.
        #[test]
        fn nothing_is_due_that_stands_as_it_was_answered(
            exists: bool, may_write: bool, is_foreign: bool
        ) {
            let sight = Sight { exists, may_write: may_write && exists, is_foreign };
            let found = if !sight.exists {
                FieldCode::UnitNotFound
            } else if !sight.may_write {
                FieldCode::UnitNotOwned
            } else if is_foreign {
                FieldCode::OwnedByOtherSource
            } else {
                FieldCode::TooManyMoved
            };
            let lies = Lies::of(found);
            prop_assert!(!is_due(lies, sight), "{found} {sight:?}");
            let good = Sight { exists: true, may_write: true, is_foreign: false };
            prop_assert_eq!(is_due(lies, good), found != FieldCode::TooManyMoved);
        }
    }

    #[test]
    fn what_is_to_go_and_never_was_is_as_its_source_wants_it() {
        let gone = Answer::of(Some(FieldCode::NotFound), Asks::Delete);
        assert_eq!(gone, Answer::Taken, "it is not there, as its source wants it");
    }

    #[test]
    fn a_change_counts_for_a_minute_after_its_time_and_no_longer() {
        let minute = 60_000_000;
        assert!(has_changed(500 * minute, 500 * minute), "at the time of the try");
        assert!(has_changed(500 * minute, 501 * minute), "committed after the try");
        assert!(!has_changed(500 * minute, 501 * minute + 1), "seen by the try");
        assert!(!has_changed(0, 500 * minute), "what it depends on is not known here");
    }
}
