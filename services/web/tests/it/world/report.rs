//! Reporting's answers about the small nation.

use mpp_api::{
    registry::mall::Stage,
    reporting::{
        CatalogChange, DeviationReport, Extent, Freshness, MallReport, ProvinceReport,
        PublishedCount, RegionReport, Report, Share, SourceReport, StageCount,
        catalog_change::Field, freshness::Feed,
    },
    scheduling::deviation::{Yardstick, finding::Code},
};

use super::{MALL, MINUTE, MORNING, POLRI, text, time};

pub fn report() -> Report {
    let share = |numerator, denominator| Some(Share { numerator, denominator, ..Share::default() });
    let province = |code: &str, name: &str, regions, covered| ProvinceReport {
        region: format!("regions/{code}"),
        display_name: name.into(),
        regions,
        covered,
        malls: covered,
        counters: covered * 2,
        deviating_counters: covered,
    };
    let region = |code: &str, name: &str, malls: i32| RegionReport {
        region: format!("regions/{code}"),
        display_name: name.into(),
        province: format!("regions/{}", &code[..2]),
        autonomous: !code.starts_with("31"),
        malls,
        covered: malls > 0,
        stage: if malls > 0 { Stage::Inaugurated.into() } else { 0 },
        stage_date: if malls > 0 { "2021-08-17".into() } else { String::new() },
    };
    let count = |date: &str, operating, publisher: &str| PublishedCount {
        date: date.into(),
        publisher: publisher.into(),
        operating,
        own_malls: 1,
        own_regions: 1,
        ..PublishedCount::default()
    };
    let feed = |feed: Feed| Freshness {
        feed: feed.into(),
        revision: 1_629,
        commit_time: time(MORNING - MINUTE),
        seen_time: time(MORNING),
        connected: true,
        ..Freshness::default()
    };
    Report {
        as_of: "2026-11-24".into(),
        known_on: time(MORNING),
        coverage_all: share(1, 3),
        coverage_autonomous: share(1, 2),
        uniformity: share(1, 2),
        stages: vec![StageCount { stage: Stage::Inaugurated.into(), malls: 1 }],
        provinces: vec![
            province("31", "Daerah Khusus Ibukota Jakarta", 1, 0),
            province("35", "Jawa Timur", 2, 1),
        ],
        regions: vec![
            region("31.71", "Kota Jakarta Pusat", 0),
            region("35.10", "Kabupaten Banyuwangi", 1),
            region("35.78", "Kota Surabaya", 0),
        ],
        malls: vec![MallReport {
            mall: MALL.into(),
            display_name: text("Mal Pelayanan Publik Kabupaten Banyuwangi", "Banyuwangi mall"),
            region: "regions/35.10".into(),
            region_name: "Kabupaten Banyuwangi".into(),
            province: "regions/35".into(),
            stage: Stage::Inaugurated.into(),
            stage_date: "2021-08-17".into(),
            counters: 3,
            uniform_counters: 1,
            deviating_counters: 1,
            offerings: 3,
            tickets_issued_today: 5,
            tickets_completed_today: 3,
            appointments_today: 2,
            ..MallReport::default()
        }],
        tickets_completed_today: 3,
        sources: vec![SourceReport {
            source: "sources/kemendagri".into(),
            display_name: text("Katalog Kemendagri", "Kemendagri's catalog"),
            last_success_time: time(MORNING - MINUTE),
            freshness_target_seconds: 86_400,
            received: 25,
            applied: 24,
            rejected: 1,
            counted: true,
            ..SourceReport::default()
        }],
        changes: vec![CatalogChange {
            service: "units/polri/services/skck".into(),
            title: text("SKCK", ""),
            field: Field::Fees.into(),
            before: "Rp30.000".into(),
            after: "Rp50.000".into(),
            before_en: "Rp30,000".into(),
            after_en: "Rp50,000".into(),
            time: time(MORNING - MINUTE),
            revision: 7,
            unit_name: text("Polri", "Police"),
            ..CatalogChange::default()
        }],
        changes_total: 1,
        deviations: vec![DeviationReport {
            counter: POLRI.into(),
            mall: MALL.into(),
            text: text(
                "Tutup pukul 11:00, 240 menit lebih awal.",
                "Closes at 11:00, 240 minutes earlier.",
            ),
            code: Code::ClosesEarly.into(),
            week: "2026-11-23".into(),
            yardstick: Yardstick::Mall.into(),
            dates: vec!["2026-11-27".into()],
            counter_name: text("Polri", ""),
            mall_name: text("Mal Pelayanan Publik Kabupaten Banyuwangi", "Banyuwangi mall"),
            ..DeviationReport::default()
        }],
        counters_with_findings: 1,
        counters_shown: 1,
        published: vec![
            count("2017-12-31", Some(3), "PANRB"),
            count("2022-05-27", None, "PANRB"),
            count("2024-05-02", Some(216), "Kemendagri"),
            count("2024-06-10", Some(191), "PANRB"),
            count("2025-12-15", Some(305), "PANRB"),
        ],
        extent: Some(Extent {
            malls: 1,
            operating_malls: 1,
            published_malls: Some(305),
            publisher: "PANRB".into(),
            published_date: "2025-12-15".into(),
        }),
        freshness: vec![feed(Feed::Registry), feed(Feed::Scheduling)],
        complete: true,
        sample_data: true,
        ..Report::default()
    }
}
