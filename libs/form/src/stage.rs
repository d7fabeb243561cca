//! The stage of a mall on a day.

use jiff::civil::Date;
use mpp_api::registry::mall::{Stage, StageEntry};

use crate::parse_date;

/// The last stage that a mall had reached on a day of its own calendar; `None` if none is known. An
/// entry without a date counts as reached once everything before it is.
pub fn reached(stages: &[StageEntry], day: Date) -> Option<&StageEntry> {
    let lies_ahead = |entry: &&StageEntry| parse_date(&entry.date).is_some_and(|date| date > day);
    stages.iter().take_while(|entry| !lies_ahead(entry)).last()
}

/// True for a stage at which a mall serves citizens.
pub fn serves(stage: Stage) -> bool {
    matches!(stage, Stage::Operating | Stage::Inaugurated | Stage::Evaluated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage_on(stages: &[(Stage, &str)], day: &str) -> Option<Stage> {
        let entry = |(stage, date): &(Stage, &str)| {
            let (stage, date) = ((*stage).into(), (*date).to_owned());
            StageEntry { stage, date, ..StageEntry::default() }
        };
        let stages: Vec<_> = stages.iter().map(entry).collect();
        reached(&stages, parse_date(day).expect("a day")).map(StageEntry::stage)
    }

    #[test]
    fn a_stage_that_lies_ahead_is_not_reached() {
        let on = |day| {
            let inaugurated = (Stage::Inaugurated, "2017-10-06");
            stage_on(&[(Stage::Operating, "2017-09-01"), inaugurated], day)
        };
        assert_eq!(on("2016-12-31"), None);
        assert_eq!(on("2017-09-01"), Some(Stage::Operating));
        assert_eq!(on("2017-10-05"), Some(Stage::Operating));
        assert_eq!(on("2026-01-01"), Some(Stage::Inaugurated));
    }

    #[test]
    fn a_stage_without_a_date_waits_for_those_before_it() {
        let operating = (Stage::Operating, "2027-01-01");
        let stages = [(Stage::Agreed, ""), operating, (Stage::Evaluated, "")];
        assert_eq!(stage_on(&stages, "2026-05-01"), Some(Stage::Agreed));
    }
}
