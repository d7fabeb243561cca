//! What the fault of a record lies in, and so whether the same record may pass later: decided for
//! every code in this one place, from which quarantine, the looks and the pauses follow.

use std::time::Duration;

use mpp_core::FieldCode;

/// What the fault lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// In the record itself, or in what never comes back: it is rejected.
    Itself,
    /// Something that it names is not there yet.
    Missing,
    /// The source may not write where it lies.
    Rights,
    /// Others publish the record of its name.
    Publisher,
    /// In how other records stand: it is tried when what it depends on changes.
    Others,
    /// Only a person can say that it is meant.
    Person,
    /// In the service, which failed on it.
    Service,
}

// No settings: a record is only tried once what it waits for seems to be there, so these bound what
// tries in vain cost, and no record that can pass waits for them.

/// First pause of a record that was tried too early, such as before its batch was committed.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two tries of a record for the same thing.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);
/// The same where each try follows a change of other records. A change counts for so long after its
/// time as well: it may be committed later, and is then seen by a later try; so each brings seven
/// tries at the most.
pub const LONGEST_OF_OTHERS: Duration = Duration::from_secs(60);

impl Lies {
    /// What a fault of this code lies in.
    pub fn of(code: FieldCode) -> Self {
        match code {
            FieldCode::UnitNotFound
            | FieldCode::MallNotFound
            | FieldCode::TargetNotFound
            | FieldCode::RegionNotFound => Self::Missing,
            FieldCode::UnitNotOwned | FieldCode::MallNotOwned | FieldCode::TargetNotOwned => {
                Self::Rights
            }
            FieldCode::OwnedByOtherSource => Self::Publisher,
            FieldCode::Circle | FieldCode::TooDeep | FieldCode::SetByOthers => Self::Others,
            FieldCode::TooManyMoved | FieldCode::Undone => Self::Person,
            FieldCode::Internal => Self::Service,
            _ => Self::Itself,
        }
    }

    /// The same for a code as it is stored. For one that only another version of the program knows,
    /// only a try can tell.
    pub fn of_stored(code: &str) -> Self {
        FieldCode::of(code).map_or(Self::Service, Self::of)
    }

    /// Whether the same record may pass without a change of its own.
    pub fn waits(self) -> bool {
        !matches!(self, Self::Itself | Self::Service)
    }

    /// How long a record is left alone after a try that found the same as the one before: twice as
    /// long as the last time. `before` is how long that was, and `overdue` how much later the try
    /// came. A record that is sent again begins anew, and so does one that others have left alone
    /// for long.
    pub fn pause(self, before: Duration, overdue: Duration) -> Duration {
        match self {
            Self::Others if overdue > LONGEST_OF_OTHERS => FIRST_PAUSE,
            Self::Others => doubled(before, LONGEST_OF_OTHERS),
            _ => doubled(before, LONGEST_PAUSE),
        }
    }
}

fn doubled(before: Duration, longest: Duration) -> Duration {
    before.saturating_mul(2).clamp(FIRST_PAUSE, longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever adds a code decides here whether a record waits with it.
    #[test]
    fn the_table_of_what_faults_lie_in() {
        let table: [(Lies, &[&str]); 6] = [
            (
                Lies::Missing,
                &["UNIT_NOT_FOUND", "MALL_NOT_FOUND", "REGION_NOT_FOUND", "TARGET_NOT_FOUND"],
            ),
            (Lies::Rights, &["UNIT_NOT_OWNED", "MALL_NOT_OWNED", "TARGET_NOT_OWNED"]),
            (Lies::Publisher, &["OWNED_BY_OTHER_SOURCE"]),
            (Lies::Others, &["CIRCLE", "TOO_DEEP", "SET_BY_OTHERS"]),
            (Lies::Person, &["TOO_MANY_MOVED", "UNDONE"]),
            (Lies::Service, &["INTERNAL"]),
        ];
        for (lies, codes) in table {
            let found = FieldCode::ALL.iter().filter(|code| Lies::of(**code) == lies);
            let found: Vec<&str> = found.map(|code| code.as_str()).collect();
            let mut known = codes.to_vec();
            known.sort_by_key(|code| FieldCode::ALL.iter().position(|one| one.as_str() == *code));
            assert_eq!(found, known, "{lies:?}");
            assert!(codes.iter().all(|code| Lies::of_stored(code) == lies));
            assert_eq!(lies.waits(), lies != Lies::Service, "{lies:?}");
        }
        assert!(!Lies::Itself.waits());
    }

    #[test]
    fn pauses_grow_and_end_at_an_hour() {
        let next = |before: &Duration| Some(Lies::Service.pause(*before, Duration::ZERO));
        let pauses = std::iter::successors(next(&Duration::ZERO), next);
        let seconds: Vec<u64> = pauses.take(14).map(|pause| pause.as_secs()).collect();
        assert_eq!(seconds[..4], [1, 2, 4, 8]);
        assert_eq!(seconds[11..], [2_048, 3_600, 3_600]);
        assert_eq!(Lies::Service.pause(Duration::MAX, Duration::ZERO), LONGEST_PAUSE);
    }

    #[test]
    fn what_others_decide_is_tried_each_minute_at_most_and_anew_after_a_rest() {
        let pause = |before, overdue| {
            let pause =
                Lies::Others.pause(Duration::from_secs(before), Duration::from_secs(overdue));
            pause.as_secs()
        };
        assert_eq!([pause(0, 0), pause(1, 0), pause(32, 5), pause(60, 60)], [1, 2, 60, 60]);
        assert_eq!(pause(60, 61), 1, "a change after a rest is followed within seconds");
    }
}
