//! Whether a mall serves citizens at all on a day, and whether a counter may be in it: by the
//! mall's stages and the counter's agreement, as the registry has them.

use jiff::civil::Date;
use mpp_api::registry::{
    Counter,
    mall::{Stage, StageEntry},
};
use mpp_calendar::Bar;
use mpp_form::{parse_date, stage};

/// The cooperation agreement (perjanjian kerja sama, PKS) by which a counter is in its mall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    number: String,
    last_day: Date,
}

impl Agreement {
    /// A counter's agreement, if it is known when it ends.
    pub fn of(counter: &Counter) -> Option<Self> {
        let agreement = counter.agreement.as_ref()?;
        let last_day = parse_date(&agreement.expire_date)?;
        Some(Self { number: agreement.number.clone(), last_day })
    }
}

/// What the registry says of a mall, and of the counter that is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AsRegistered {
    /// The mall's stages, in the order in which they were reached.
    pub stages: Vec<StageEntry>,
    /// The counter's agreement; `None` for a mall, and if nobody knows when it ends.
    pub agreement: Option<Agreement>,
}

impl AsRegistered {
    /// What keeps the place shut on a day, if anything does. If a mall has no stage at all, nobody
    /// knows whether it serves, and its rules hold.
    pub fn bar(&self, day: Date) -> Option<Bar> {
        let of_mall = stage::reached(&self.stages, day).and_then(bar_of);
        of_mall.or_else(|| self.agreement.as_ref().and_then(|agreement| agreement.bar(day)))
    }
}

impl Agreement {
    fn bar(&self, day: Date) -> Option<Bar> {
        let Self { number, last_day } = self.clone();
        (day > last_day).then_some(Bar::AgreementEnded { number, last_day })
    }
}

fn bar_of(reached: &StageEntry) -> Option<Bar> {
    let (since, basis) = (parse_date(&reached.date), reached.evidence.clone());
    match reached.stage() {
        Stage::Unspecified => None,
        stage if stage::serves(stage) => None,
        Stage::Suspended => Some(Bar::Suspended { since, basis }),
        Stage::Closed => Some(Bar::ClosedForGood { since, basis }),
        _ => Some(Bar::NotOpenYet { basis }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use mpp_api::registry::counter;

    use super::*;

    fn stages(reached: &[(Stage, &str)]) -> Vec<StageEntry> {
        let entry = |(stage, date): &(Stage, &str)| StageEntry {
            stage: (*stage).into(),
            date: (*date).into(),
            evidence: format!("letter of {date}"),
        };
        reached.iter().map(entry).collect()
    }

    #[test]
    fn a_mall_serves_between_its_opening_and_its_suspension_and_again_after_it() {
        let stages = stages(&[
            (Stage::Preparing, "2026-01-01"),
            (Stage::Operating, "2026-03-02"),
            (Stage::Suspended, "2026-05-04"),
            (Stage::Operating, "2026-06-01"),
        ]);
        let mall = AsRegistered { stages, agreement: None };
        assert_eq!(mall.bar(date(2025, 12, 31)), None, "nobody knows how it stood");
        let basis = "letter of 2026-01-01".to_owned();
        assert_eq!(mall.bar(date(2026, 3, 1)), Some(Bar::NotOpenYet { basis }));
        assert_eq!(mall.bar(date(2026, 5, 3)), None);
        let (since, basis) = (Some(date(2026, 5, 4)), "letter of 2026-05-04".to_owned());
        assert_eq!(mall.bar(date(2026, 5, 31)), Some(Bar::Suspended { since, basis }));
        assert_eq!(mall.bar(date(2026, 6, 1)), None);
    }

    #[test]
    fn an_agreement_holds_on_its_last_day_and_one_without_an_end_holds() {
        let agreement = |expire_date: &str| {
            let expire_date = expire_date.to_owned();
            let agreement = counter::Agreement { expire_date, ..Default::default() };
            Agreement::of(&Counter { agreement: Some(agreement), ..Counter::default() })
        };
        let until =
            |expire_date| AsRegistered { stages: vec![], agreement: agreement(expire_date) };
        assert_eq!(until("2026-11-30").bar(date(2026, 11, 30)), None);
        let last_day = date(2026, 11, 30);
        let ended = Some(Bar::AgreementEnded { number: String::new(), last_day });
        assert_eq!(until("2026-11-30").bar(date(2026, 12, 1)), ended);
        assert_eq!(until("").bar(date(2099, 1, 1)), None);
    }

    #[test]
    fn a_closed_mall_is_told_before_an_agreement_that_ended_with_it() {
        let last_day = date(2026, 1, 1);
        let agreement = Some(Agreement { number: "PKS 1".into(), last_day });
        let counter = AsRegistered { stages: stages(&[(Stage::Closed, "2026-02-01")]), agreement };
        let told = counter.bar(date(2026, 3, 1));
        assert!(matches!(told, Some(Bar::ClosedForGood { .. })), "{told:?}");
    }
}
