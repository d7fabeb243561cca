//! What keeps a place shut, whatever its rules say: how its mall stands, and the agreement by which
//! it is there.

use jiff::civil::Date;

/// Why a place does not serve at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bar {
    /// Its mall does not serve yet.
    NotOpenYet {
        /// The publication or letter that shows how far it is; may be empty.
        basis: String,
    },
    /// Its mall serves nobody for a time.
    Suspended {
        /// The first day, if it is known.
        since: Option<Date>,
        /// The decree or letter; may be empty.
        basis: String,
    },
    /// Its mall is closed for good.
    ClosedForGood {
        /// The first day, if it is known.
        since: Option<Date>,
        /// The decree or letter; may be empty.
        basis: String,
    },
    /// The agreement (perjanjian kerja sama, PKS) by which the counter is in the mall has ended.
    AgreementEnded {
        /// Its number; may be empty.
        number: String,
        /// The last day on which it held.
        last_day: Date,
    },
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::reason::ReasonCode;
    use crate::resolve::Day;

    #[test]
    fn a_barred_day_is_closed_and_says_since_when_in_both_languages() {
        let since = Some(date(2026, 12, 1));
        let suspended = Bar::Suspended { since, basis: "SK Bupati 12/2026".into() };
        let day = Day::barred(date(2026, 12, 2), &suspended);
        assert!(day.intervals().is_empty() && !day.closed_by_decree());
        assert_eq!(day.why[0].code, ReasonCode::MallSuspended);
        assert_eq!(day.why[0].basis, "SK Bupati 12/2026");
        assert_eq!(day.why[0].text.en, "The mall is suspended since 2026-12-01.");
        assert_eq!(day.why[0].text.id, "Layanan mal dihentikan sementara sejak 2026-12-01.");
    }

    #[test]
    fn what_is_not_known_of_it_is_left_out() {
        let text = |bar| Day::barred(date(2026, 12, 2), &bar).why.remove(0).text.en;
        let closed = Bar::ClosedForGood { since: None, basis: String::new() };
        assert_eq!(text(closed), "The mall is closed for good.");
        let (number, last_day) = (String::new(), date(2026, 11, 30));
        let ended = text(Bar::AgreementEnded { number, last_day });
        assert_eq!(ended, "The counter's agreement with the mall ended on 2026-11-30.");
    }
}
