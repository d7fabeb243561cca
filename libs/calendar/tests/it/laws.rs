//! Properties that hold for any rules on any date.

use jiff::civil::Date;
use mpp_calendar::{
    Baseline, Closure, Counter, Decrees, Interval, Layer, Observes, Regime, Rule, Season, Status,
    Verdict, Weekly, Yardstick, Zone, day_bounds, deviation, local_date, local_to_utc_micros,
    resolve, slots,
};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{DENPASAR, day};

/// From before the first decree to past the last.
fn any_date() -> impl Strategy<Value = Date> {
    (0..2600i64).prop_map(|n| day("2021-10-01").saturating_add(jiff::Span::new().days(n)))
}

fn any_intervals() -> impl Strategy<Value = Vec<Interval>> {
    let pairs = |minutes: std::collections::BTreeSet<u16>| {
        let minutes: Vec<u16> = minutes.into_iter().collect();
        minutes.chunks_exact(2).map(|pair| Interval::new(pair[0], pair[1])).collect()
    };
    btree_set(0u16..=1440, 0..7).prop_map(pairs)
}

fn any_week() -> impl Strategy<Value = Weekly> {
    vec(any_intervals(), 7).prop_map(|days| Weekly::new(days.try_into().unwrap()).unwrap())
}

fn any_layer() -> impl Strategy<Value = Layer> {
    select(vec![Layer::National, Layer::Mall, Layer::Counter, Layer::Offering])
}

fn any_season() -> impl Strategy<Value = Season> {
    select(vec![Season::Any, Season::Any, Season::OutsideRamadan, Season::Ramadan])
}

fn any_observes() -> impl Strategy<Value = Observes> {
    let flags = any::<(bool, bool, bool)>();
    flags.prop_map(|(national, collective, regional)| Observes { national, collective, regional })
}

fn any_closure() -> impl Strategy<Value = Closure> {
    let referral = option::of(Just("Kantor lama".to_owned()));
    (any::<bool>(), referral).prop_map(|(mandatory, referral)| Closure {
        mandatory,
        reason: "tutup".into(),
        referral,
    })
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let period = (option::of(any_date()), option::of(0..400i64));
    let hours = (any_layer(), any_week(), any_season());
    // Few ids, so that ties reach the last comparison.
    ("[ab]", period, hours, option::weighted(0.15, any_closure()), option::of(any_observes()))
        .prop_map(|(id, (valid_from, length), (layer, weekly, season), closure, observes)| Rule {
            valid_from,
            valid_through: valid_from
                .zip(length)
                .map(|(from, days)| from.saturating_add(jiff::Span::new().days(days))),
            season,
            closure,
            observes,
            ..Rule::hours(id, layer, weekly, "SK")
        })
}

fn any_rules() -> impl Strategy<Value = Vec<Rule>> {
    vec(any_rule(), 0..8)
}

fn answer(date: Date, rules: &[Rule]) -> mpp_calendar::Day {
    resolve(date, rules, &Decrees::national(), DENPASAR)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_order_of_rules_never_matters(
        (rules, shuffled) in any_rules().prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle())),
        date in any_date(),
    ) {
        prop_assert_eq!(answer(date, &rules), answer(date, &shuffled));
    }

    #[test]
    fn open_hours_are_some_rules_hours_of_that_day(rules in any_rules(), date in any_date()) {
        if let Status::Open(intervals) = answer(date, &rules).status {
            prop_assert!(!intervals.is_empty());
            let covering = |rule: &&Rule| rule.covers(date) && rule.intervals_on(date) == intervals;
            prop_assert!(rules.iter().any(|rule| covering(&rule)));
        }
    }

    #[test]
    fn every_answer_gives_a_reason(rules in any_rules(), date in any_date()) {
        prop_assert!(!answer(date, &rules).why.is_empty());
    }

    #[test]
    fn nothing_is_open_in_a_year_without_a_decree(rules in any_rules(), date in any_date()) {
        let decreed = (2022..=2027).contains(&date.year());
        let open = matches!(answer(date, &rules).status, Status::Open(_));
        prop_assert!(decreed || !open);
    }

    #[test]
    fn a_mandatory_closure_can_only_close(
        rules in any_rules(),
        closing in any_rule(),
        date in any_date(),
    ) {
        let closure = Closure { mandatory: true, reason: "banjir".into(), referral: None };
        let closing = Rule { closure: Some(closure), ..closing };
        let before = answer(date, &rules);
        let mut more = rules;
        more.push(closing.clone());
        let after = answer(date, &more).status;
        if closing.covers(date) && closing.season == Season::Any {
            prop_assert_eq!(&after, &Status::Closed);
        }
        if matches!(after, Status::Open(_)) || before.status == Status::Closed {
            prop_assert_eq!(after, before.status);
        }
    }

    #[test]
    fn no_slot_crosses_a_break_or_the_end(intervals in any_intervals(), length in 1u16..=1440) {
        let starts = slots(&intervals, length).unwrap();
        let fits = |start: u16| intervals.iter().any(|i| i.open <= start && start + length <= i.close);
        prop_assert!(starts.iter().all(|start| fits(*start)));
        prop_assert!(starts.windows(2).all(|pair| pair[0] + length <= pair[1]));
        let possible: u16 = intervals.iter().map(|i| i.minutes() / length).sum();
        prop_assert_eq!(starts.len(), usize::from(possible));
    }

    #[test]
    fn a_counter_never_deviates_from_itself(rules in vec(any_rule(), 1..8), from in any_date()) {
        let decrees = Decrees::national();
        let itself = Baseline::own(Regime::DirectService, rules.clone());
        let counter = Counter { rules: &rules, decrees: &decrees, region: DENPASAR };
        let to = from.saturating_add(jiff::Span::new().days(13));
        let report = deviation(counter, Yardstick::Baseline(&itself), from, to).unwrap();
        prop_assert_eq!(report.deviating, vec![]);
        let judged = report.days_measured > 0;
        prop_assert_eq!(report.verdict == Verdict::Conforms, judged);
        prop_assert_eq!(report.days_measured as usize + report.unknown.len(), 14);
    }

    #[test]
    fn shortfall_and_surplus_balance_the_books(rules in any_rules(), from in any_date()) {
        let decrees = Decrees::national();
        let counter = Counter { rules: &rules, decrees: &decrees, region: DENPASAR };
        let civil = Baseline::of(Regime::CivilService);
        for against in [Yardstick::Mall, Yardstick::National, Yardstick::Baseline(&civil)] {
            let report = deviation(counter, against, from, from.tomorrow().unwrap()).unwrap();
            let unknown: Vec<Date> = report.unknown.iter().map(|day| day.actual.date).collect();
            let given: u32 = [from, from.tomorrow().unwrap()]
                .into_iter()
                .filter(|date| !unknown.contains(date))
                .map(|date| mpp_calendar::total(answer(date, &rules).intervals()))
                .sum();
            prop_assert_eq!(report.expected_minutes + report.extra_minutes, given + report.short_minutes);
        }
    }

    #[test]
    fn local_minutes_come_back_as_their_date(
        date in any_date(),
        minute in 0u16..1440,
        zone in select(vec![Zone::Wib, Zone::Wita, Zone::Wit]),
    ) {
        let instant = local_to_utc_micros(date, minute, zone).unwrap();
        prop_assert_eq!(local_date(instant, zone).unwrap(), date);
        let (start, end) = day_bounds(date, zone).unwrap();
        prop_assert!(start <= instant && instant < end);
    }
}
