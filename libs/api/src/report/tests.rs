use proptest::prelude::*;

use super::*;

/// Numbers from which the rows of a section are made: of the name, and of the content.
type Picks = Vec<(u8, u8)>;

fn report(picks: &[Picks; 7], head: i32) -> Report {
    let mut report = Report {
        tickets_completed_today: head,
        provinces: rows(&picks[0], |region, value| ProvinceReport {
            region,
            malls: value,
            ..ProvinceReport::default()
        }),
        regions: rows(&picks[1], |region, value| RegionReport {
            region,
            malls: value,
            ..RegionReport::default()
        }),
        malls: rows(&picks[2], |mall, value| MallReport {
            mall,
            region: format!("regions/{}", value % 3),
            ..MallReport::default()
        }),
        sources: rows(&picks[3], |source, value| SourceReport {
            source,
            received: i64::from(value),
            ..SourceReport::default()
        }),
        published: rows(&picks[6], |publisher, value| PublishedCount {
            publisher,
            own_malls: value,
            ..PublishedCount::default()
        }),
        ..Report::default()
    };
    report.changes = picks[4].iter().flat_map(|pick| catalog_changes(*pick)).collect();
    report.deviations = picks[5].iter().flat_map(|pick| deviations(*pick)).collect();
    sorted(report)
}

fn rows<R>(picks: &Picks, row: impl Fn(String, i32) -> R) -> Vec<R> {
    picks.iter().map(|(name, value)| row(format!("n/{name}"), i32::from(*value))).collect()
}

/// Some fields of one service, changed in one revision.
fn catalog_changes((name, value): (u8, u8)) -> Vec<CatalogChange> {
    let revision = i64::from(value / 3);
    let change = |field: u8| CatalogChange {
        service: format!("units/u/services/{name}"),
        revision,
        time: Some(prost_types::Timestamp { seconds: revision / 2, nanos: 0 }),
        before: format!("{field}"),
        ..CatalogChange::default()
    };
    (0..=value % 3).rev().map(change).collect()
}

/// Some findings of one counter.
fn deviations((name, value): (u8, u8)) -> Vec<DeviationReport> {
    let finding = |number: u8| DeviationReport {
        counter: format!("malls/m/counters/{name}"),
        uniform: value % 2 == 0,
        known_time: Some(prost_types::Timestamp { seconds: i64::from(value / 4), nanos: 0 }),
        week: format!("{number}"),
        ..DeviationReport::default()
    };
    (0..=value % 3).rev().map(finding).collect()
}

fn sorted(mut report: Report) -> Report {
    report.provinces.sort_by(ReportRow::order);
    report.regions.sort_by(ReportRow::order);
    report.malls.sort_by(ReportRow::order);
    report.sources.sort_by(ReportRow::order);
    report.changes.sort_by(ReportRow::order);
    report.deviations.sort_by(ReportRow::order);
    report.published.sort_by(ReportRow::order);
    report
}

/// Each name once.
fn picks() -> impl Strategy<Value = Picks> {
    let map = prop::collection::btree_map(0u8..12, 0u8..12, 0..8);
    map.prop_map(|map| map.into_iter().collect())
}

fn reports() -> impl Strategy<Value = Report> {
    let sections = prop::array::uniform7(picks());
    (sections, any::<i32>()).prop_map(|(sections, head)| report(&sections, head))
}

proptest! {
    #[test]
    fn what_changed_makes_of_the_report_before_the_report_after(
        before in reports(), after in reports(),
    ) {
        let mut held = before.clone();
        apply(&mut held, difference(&before, &after));
        prop_assert_eq!(held, after);
    }

    #[test]
    fn of_what_did_not_change_only_the_head_is_sent(report in reports()) {
        let change = difference(&report, &report);
        prop_assert_eq!(change.report, Some(head(&report)));
        prop_assert_eq!(change.removed, Some(Removed::default()));
    }
}

#[test]
fn a_message_over_shared_bytes_is_the_contracts_own() {
    let mut held = Report::default();
    let first = Report { as_of: "2026-11-24".into(), ..Report::default() };
    let encoded = WatchReportResponse::whole(&first).encode_to_vec();
    let message = WatchReportResponse::decode(encoded.as_slice()).expect("a message");
    message.apply_to(&mut held).expect("a report");
    assert_eq!(held, first);
    let next = Report { sample_data: true, ..first.clone() };
    let change = WatchReportResponse::change(&difference(&first, &next));
    change.apply_to(&mut held).expect("a change");
    assert_eq!(held, next);
}
