//! How a counter's week differs from its mall, the national template and its baseline. The
//! order in which a report lists counters is reporting's: `order_of_deviations` there.

use jiff::civil::Date;
use mpp_api::{
    registry::counter::Regime as WireRegime,
    scheduling::{Deviation, deviation as wire},
};
use mpp_calendar::{Baseline, Counter, Decrees, Regime, Report, Yardstick, deviation, total};
use mpp_core::{Error, Result};

use super::{
    date::shift,
    schedule::Schedule,
    words::{calendar_regime, localized, wire_finding_code, wire_regime},
};

/// A week's measures. Counters with the same rules and regime share one.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    open_minutes: u32,
    mall_minutes: u32,
    national_minutes: u32,
    /// `None` for a body that has not declared its own hours.
    baseline_minutes: Option<u32>,
    unknown_days: usize,
    findings: Vec<wire::Finding>,
    regime: Regime,
    week: Date,
}

/// Measures the week that begins on `monday`; `schedule` is the counter's, with all rules above it.
///
/// # Errors
/// Only for dates at the ends of time.
pub fn measure(
    schedule: &Schedule,
    regime: WireRegime,
    monday: Date,
    decrees: &Decrees,
) -> Result<Measured> {
    let baseline = Baseline::of(calendar_regime(regime));
    let counter = Counter { rules: &schedule.rules, decrees, region: &schedule.region };
    let sunday = shift(monday, 6);
    let against =
        |yardstick| deviation(counter, yardstick, monday, sunday).map_err(Error::internal);
    let mall = against(Yardstick::Mall)?;
    let national = against(Yardstick::National)?;
    let own = against(Yardstick::Baseline(&baseline))?;
    let days: Vec<_> =
        (0..7).map(|day| schedule.day_by_rules(shift(monday, day), decrees)).collect();
    let is_unknown = |day: &&mpp_calendar::Day| day.status == mpp_calendar::Status::Unknown;
    let mut findings = found(wire::Yardstick::Mall, &mall);
    findings.extend(found(wire::Yardstick::National, &national));
    findings.extend(found(wire::Yardstick::Baseline, &own));
    Ok(Measured {
        open_minutes: days.iter().map(|day| total(day.intervals())).sum(),
        mall_minutes: mall.expected_minutes,
        national_minutes: national.expected_minutes,
        baseline_minutes: (!own.undeclared).then_some(own.expected_minutes),
        unknown_days: days.iter().filter(is_unknown).count(),
        findings,
        regime: baseline.regime,
        week: monday,
    })
}

impl Measured {
    /// True if something differs from a yardstick.
    pub fn deviates(&self) -> bool {
        !self.findings.is_empty()
    }

    /// The record of one counter.
    pub fn document(&self, counter: &str, mall: &str, region: &str) -> Deviation {
        let of_baseline = i32::from(wire::Yardstick::Baseline);
        let whole = |minutes: u32| i32::try_from(minutes).unwrap_or(i32::MAX);
        Deviation {
            name: record_name(counter),
            counter: counter.to_owned(),
            mall: mall.to_owned(),
            region: region.to_owned(),
            week: self.week.to_string(),
            open_minutes: whole(self.open_minutes),
            mall_minutes: whole(self.mall_minutes),
            national_minutes: whole(self.national_minutes),
            baseline_minutes: self.baseline_minutes.map(whole),
            unknown_days: i32::try_from(self.unknown_days).unwrap_or(i32::MAX),
            uniform: self.findings.iter().all(|finding| finding.yardstick == of_baseline),
            findings: self.findings.clone(),
            regime: wire_regime(self.regime).into(),
        }
    }
}

/// The name of a counter's record, such as `malls/banyuwangi/counters/dukcapil/deviation`.
pub fn record_name(counter: &str) -> String {
    format!("{counter}/deviation")
}

fn found(yardstick: wire::Yardstick, report: &Report) -> Vec<wire::Finding> {
    let of_day = |day: &mpp_calendar::Compared| {
        let date = day.actual.date.to_string();
        let findings = day.findings.iter().map(move |finding| wire::Finding {
            yardstick: yardstick.into(),
            code: wire_finding_code(finding.code).into(),
            text: Some(localized(&finding.text)),
            date: date.clone(),
            minutes: i32::try_from(finding.minutes).unwrap_or(i32::MAX),
            implied: finding.implied,
        });
        findings.collect::<Vec<_>>()
    };
    report.deviating.iter().flat_map(of_day).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use mpp_calendar::{Interval, Layer, Rule, Weekly, Zone};

    use super::*;
    use crate::model::standing::AsRegistered;

    fn five_days(open: u16, close: u16) -> Weekly {
        let day = vec![Interval::new(open, close)];
        Weekly::new([day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]])
            .unwrap()
    }

    fn counter(rules: Vec<Rule>) -> Schedule {
        let target = "malls/a/counters/b".to_owned();
        let (region, standing) = ("35.10".into(), AsRegistered::default());
        Schedule { target, zone: Zone::Wib, region, rules, standing }
    }

    fn measured(rules: Vec<Rule>, monday: Date) -> Deviation {
        let decrees = Decrees::national();
        measure(&counter(rules), WireRegime::Own, monday, &decrees).unwrap().document(
            "malls/a/counters/b",
            "malls/a",
            "regions/35.10",
        )
    }

    fn national() -> Rule {
        Rule::hours("n", Layer::National, five_days(480, 900), "SE 1")
    }

    #[test]
    fn a_counter_that_keeps_the_template_is_uniform() {
        let week = measured(vec![national()], date(2026, 11, 23));
        assert!(week.uniform && week.findings.is_empty());
        assert_eq!(
            (week.open_minutes, week.mall_minutes, week.national_minutes),
            (2100, 2100, 2100)
        );
    }

    #[test]
    fn closing_early_is_found_against_mall_and_nation() {
        let own = Rule::hours("c", Layer::Counter, five_days(480, 840), "Letter 7");
        let week = measured(vec![national(), own], date(2026, 11, 23));
        assert!(!week.uniform);
        let early = |yardstick: wire::Yardstick| {
            let of = |f: &&wire::Finding| f.yardstick == i32::from(yardstick);
            week.findings
                .iter()
                .filter(of)
                .filter(|f| f.code() == wire::finding::Code::ClosesEarly)
                .count()
        };
        assert_eq!((early(wire::Yardstick::Mall), early(wire::Yardstick::National)), (5, 5));
        assert_eq!(early(wire::Yardstick::Baseline), 0, "an enterprise has told no baseline");
    }

    #[test]
    fn a_week_that_no_decree_covers_counts_nothing() {
        let week = measured(vec![national()], date(2040, 1, 2));
        assert_eq!((week.unknown_days, week.mall_minutes, week.open_minutes), (7, 0, 0));
    }

    #[test]
    fn civil_servants_are_measured_against_the_presidential_text() {
        let decrees = Decrees::national();
        let schedule = counter(vec![national()]);
        let monday = date(2026, 11, 23);
        let week = measure(&schedule, WireRegime::CivilService, monday, &decrees).unwrap();
        assert_eq!(week.baseline_minutes, Some(2250));
        let document = week.document("malls/a/counters/b", "malls/a", "regions/35.10");
        assert!(document.uniform, "the baseline says nothing of uniformity");
        assert!(
            document
                .findings
                .iter()
                .any(|finding| finding.code() == wire::finding::Code::OpensLate)
        );
    }
}
