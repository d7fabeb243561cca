//! Stages of a mall as of a day, and regions as of that day.

use mpp_api::registry::mall::Stage;
use mpp_core::Micros;
use mpp_form::stage;

use super::{
    facts::{MallRow, RegionRow, StageFact},
    nation::{Nation, RowsByName},
};

/// Longest chain of region codes that replaced each other.
const MAX_SUCCESSIONS: usize = 8;

/// A day and a time: which facts hold, and which were known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// ISO 8601 date.
    pub day: String,
    /// Facts that became known after it are left out; `Micros::MAX` leaves out none.
    pub known: Micros,
}

/// A mall as it stood.
pub struct MallThen<'a> {
    /// The mall's resource name.
    pub name: &'a str,
    /// The mall's row.
    pub row: &'a MallRow,
    /// The last stage reached; `None` if none is known at all.
    pub stage: Option<&'a StageFact>,
    /// Its region under the code of that day; `None` if that is not known.
    pub region: Option<&'a str>,
}

impl MallThen<'_> {
    /// Number of `Mall.Stage`: of the last stage reached, 0 if none is known.
    pub fn stage_number(&self) -> i32 {
        self.stage.map_or(0, |fact| fact.stage)
    }

    /// True if it serves citizens: operating, inaugurated or evaluated, and neither returned,
    /// suspended nor closed since.
    pub fn operates(&self) -> bool {
        self.stage.is_some_and(|fact| operates(fact.stage))
    }
}

/// True for the number of a stage at which a mall serves citizens.
pub fn operates(stage: i32) -> bool {
    Stage::try_from(stage).is_ok_and(stage::serves)
}

/// All malls as they stood, by name.
pub fn malls_then<'a>(nation: &'a Nation, at: &AsOf) -> Vec<MallThen<'a>> {
    nation.malls.iter().filter_map(|(name, row)| mall_then(nation, name, row, at)).collect()
}

/// A mall as it stood; `None` if it was not known, or its first stage came later.
pub fn mall_then<'a>(
    nation: &'a Nation,
    name: &'a str,
    row: &'a MallRow,
    at: &AsOf,
) -> Option<MallThen<'a>> {
    if !row.spans.iter().any(|span| span.holds(at.known)) {
        return None;
    }
    let stage = stage_as_of(row, at);
    let later_only = stage.is_none() && row.stages.iter().any(|fact| fact.known.holds(at.known));
    let region = region_as_of(&nation.regions, &row.region, &at.day);
    (!later_only).then_some(MallThen { name, row, stage, region })
}

/// The last stage reached: by date, then by place in the mall's own list. A stage without a date
/// was reached once the one before it was, as in `mpp_form::stage`.
pub fn stage_as_of<'a>(row: &'a MallRow, at: &AsOf) -> Option<&'a StageFact> {
    let holds = |fact: &&StageFact| fact.known.holds(at.known);
    let mut listed: Vec<_> = row.stages.iter().filter(holds).collect();
    listed.sort_by_key(|fact| fact.place);
    let dated = listed.into_iter().scan("", |reached, fact| {
        if !fact.date.is_empty() {
            *reached = &fact.date;
        }
        Some((*reached, fact))
    });
    let last = dated.filter(|(date, _)| *date <= at.day.as_str());
    last.max_by_key(|(date, fact)| (*date, fact.place)).map(|(_, fact)| fact)
}

/// True if the region's code was valid on the day.
pub fn valid(region: &RegionRow, day: &str) -> bool {
    region.valid_from.as_str() <= day
        && (region.valid_to.is_empty() || day < region.valid_to.as_str())
}

/// The code that a region had on the day: its own, a predecessor's or a successor's.
pub fn region_as_of<'a>(
    regions: &'a RowsByName<RegionRow>,
    name: &str,
    day: &str,
) -> Option<&'a str> {
    let (mut name, mut row) = regions.get_key_value(name)?;
    for _ in 0..MAX_SUCCESSIONS {
        if valid(row, day) {
            return Some(name);
        }
        (name, row) = if row.valid_from.as_str() > day {
            regions.get_key_value(&row.predecessor)?
        } else {
            regions.iter().find(|(_, other)| other.predecessor == *name)?
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};
    use mpp_api::registry::mall::StageEntry;
    use proptest::prelude::*;

    use super::*;
    use crate::model::facts::Span;

    fn fact(stage: Stage, date: &str, place: usize, from: Micros) -> StageFact {
        let known = Span { from, until: None };
        StageFact { stage: stage as i32, date: date.into(), place, evidence: String::new(), known }
    }

    fn at(day: &str, known: Micros) -> AsOf {
        AsOf { day: day.into(), known }
    }

    #[test]
    fn operating_comes_before_inauguration_and_both_count() {
        let row = MallRow {
            stages: vec![
                fact(Stage::Operating, "2024-03-01", 0, 10),
                fact(Stage::Inaugurated, "2024-06-01", 1, 10),
            ],
            ..MallRow::default()
        };
        let stage = |day| stage_as_of(&row, &at(day, Micros::MAX)).map(|fact| fact.stage);
        assert_eq!(stage("2024-02-29"), None);
        assert_eq!(stage("2024-03-01"), Some(Stage::Operating.into()));
        assert_eq!(stage("2024-06-01"), Some(Stage::Inaugurated.into()));
    }

    #[test]
    fn two_stages_of_one_day_follow_the_malls_own_order() {
        let row = MallRow {
            stages: vec![
                fact(Stage::Inaugurated, "2024-03-01", 1, 10),
                fact(Stage::Operating, "2024-03-01", 0, 10),
            ],
            ..MallRow::default()
        };
        let last = stage_as_of(&row, &at("2024-03-01", Micros::MAX)).expect("a stage");
        assert_eq!(last.stage, i32::from(Stage::Inaugurated));
    }

    #[test]
    fn a_suspension_without_a_date_ends_what_came_before_it() {
        let stages = [
            fact(Stage::Agreed, "", 0, 10),
            fact(Stage::Operating, "2020-03-01", 1, 10),
            fact(Stage::Suspended, "", 2, 10),
        ];
        let row = MallRow { stages: stages.into(), ..MallRow::default() };
        let stage = |day| stage_as_of(&row, &at(day, Micros::MAX)).map(|fact| fact.stage);
        assert_eq!(stage("2020-02-29"), Some(Stage::Agreed.into()));
        assert_eq!(stage("2020-03-01"), Some(Stage::Suspended.into()));
    }

    proptest! {
        /// Registry and scheduling read the mall's own list; both ways say the same.
        #[test]
        fn the_rows_say_of_a_day_what_the_list_says(
            steps in prop::collection::vec((1..=12_i32, prop::option::of(0..3_i8)), 0..6),
            after in 0..12_i8,
        ) {
            let mut day = date(2026, 1, 1);
            let listed: Vec<_> = steps.into_iter().map(|(stage, days)| {
                day = days.map_or(day, |days| day.saturating_add(i64::from(days).days()));
                let date = days.map(|_| day.to_string()).unwrap_or_default();
                StageEntry { stage, date, ..StageEntry::default() }
            }).collect();
            let rows = listed.iter().enumerate().map(|(place, entry)| {
                let known = Span { from: 10, until: None };
                let (stage, date) = (entry.stage, entry.date.clone());
                StageFact { stage, date, place, evidence: String::new(), known }
            });
            let row = MallRow { stages: rows.rev().collect(), ..MallRow::default() };
            let day = date(2025, 12, 31).saturating_add(i64::from(after).days());
            let of_rows = stage_as_of(&row, &at(&day.to_string(), Micros::MAX));
            let of_list = stage::reached(&listed, day);
            prop_assert_eq!(of_rows.map(|fact| fact.stage), of_list.map(|entry| entry.stage));
        }
    }

    #[test]
    fn a_region_bears_the_code_of_the_day() {
        let region = |from: &str, to: &str, predecessor: &str| RegionRow {
            valid_from: from.into(),
            valid_to: to.into(),
            predecessor: predecessor.into(),
            ..RegionRow::default()
        };
        let regions = RowsByName::from([
            ("regions/91.01".to_owned(), region("", "2022-07-25", "")),
            ("regions/93.01".to_owned(), region("2022-07-25", "", "regions/91.01")),
        ]);
        let code = |name, day| region_as_of(&regions, name, day);
        assert_eq!(code("regions/93.01", "2022-05-27"), Some("regions/91.01"));
        assert_eq!(code("regions/91.01", "2026-11-24"), Some("regions/93.01"));
        assert_eq!(code("regions/93.01", "2026-11-24"), Some("regions/93.01"));
        assert_eq!(code("regions/99.99", "2026-11-24"), None);
    }
}
