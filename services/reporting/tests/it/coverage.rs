//! Coverage and stages, as of a day and as known on a time.

use mpp_api::registry::{Mall, mall::Stage};
use mpp_testkit::on_both;

use crate::{
    records::{mall, regions},
    world::{DAY, MORNING, SECOND, World},
};

const OPEN: &[(Stage, &str)] = &[(Stage::Operating, "2026-01-05")];

#[tokio::test]
async fn a_mall_that_operates_covers_its_region_once_however_many_malls_it_has() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        let revision = world.registry.put("malls/dua", &mall("dua", "regions/35.10", OPEN)).await;

        let report = world.after(revision).await;
        let autonomous = report.coverage_autonomous.expect("a share");
        assert_eq!((autonomous.numerator, autonomous.denominator), (1, 4));
        let name = autonomous.denominator_name.expect("a name");
        assert_eq!(name.en, "4 autonomous regencies and cities");
        let all = report.coverage_all.expect("a share");
        assert_eq!((all.numerator, all.denominator), (1, 5));

        let east_java = report.provinces.iter().find(|province| province.region == "regions/35");
        let east_java = east_java.expect("the province");
        assert_eq!((east_java.covered, east_java.regions, east_java.malls), (1, 2, 2));
        assert_eq!(report.stages.len(), 1);
        assert_eq!((report.stages[0].stage(), report.stages[0].malls), (Stage::Operating, 2));
    })
    .await;
}

#[tokio::test]
async fn jakartas_administrative_units_count_only_in_the_larger_denominator() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        let revision =
            world.registry.put("malls/pusat", &mall("pusat", "regions/31.71", OPEN)).await;

        let report = world.after(revision).await;
        assert_eq!(report.coverage_autonomous.expect("a share").numerator, 0);
        assert_eq!(report.coverage_all.expect("a share").numerator, 1);
    })
    .await;
}

#[tokio::test]
async fn operating_comes_before_inauguration_and_a_closed_mall_covers_nothing() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        let stages = [
            (Stage::Agreed, "2025-11-01"),
            (Stage::Operating, "2026-01-05"),
            (Stage::Inaugurated, "2026-03-10"),
            (Stage::Suspended, "2026-10-01"),
            (Stage::Operating, "2026-11-02"),
        ];
        let revision =
            world.registry.put("malls/satu", &mall("satu", "regions/35.10", &stages)).await;
        world.after(revision).await;

        let mut seen = Vec::new();
        for day in
            ["2025-10-31", "2026-01-04", "2026-01-05", "2026-03-10", "2026-10-01", "2026-11-02"]
        {
            let report = world.as_of(day, None).await;
            let stage = report.malls.first().map_or(Stage::Unspecified, |mall| mall.stage());
            seen.push((stage, report.coverage_all.expect("a share").numerator));
        }
        assert_eq!(
            seen,
            [
                (Stage::Unspecified, 0),
                (Stage::Agreed, 0),
                (Stage::Operating, 1),
                (Stage::Inaugurated, 1),
                (Stage::Suspended, 0),
                (Stage::Operating, 1)
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_became_known_later_is_left_out_of_an_earlier_knowledge() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        let first = [(Stage::Operating, "2026-01-05")];
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", &first)).await;
        // A day later it turns out that it opened only in June, and another had opened in February.
        world.clock.advance(DAY);
        let corrected = [(Stage::Operating, "2026-06-01")];
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", &corrected)).await;
        let late = [(Stage::Operating, "2026-02-01")];
        let revision = world.registry.put("malls/dua", &mall("dua", "regions/35.78", &late)).await;
        world.after(revision).await;

        let covered = async |day: &str, known| {
            let report = world.as_of(day, known).await;
            report.coverage_all.expect("a share").numerator
        };
        let then = Some(MORNING + SECOND);
        assert_eq!(covered("2026-03-01", then).await, 1, "only the first was known, as open");
        assert_eq!(
            covered("2026-03-01", None).await,
            1,
            "only the second was open, as known today"
        );
        assert_eq!(covered("2026-07-01", None).await, 2);
        assert_eq!(covered("2026-07-01", Some(MORNING - SECOND)).await, 0, "nothing was known");

        // Known on is the upstream's commit time: reading everything again changes nothing.
        let world = world.restart().await;
        let report = world.as_of("2026-03-01", then).await;
        assert_eq!(report.coverage_all.expect("a share").numerator, 1);
        assert_eq!(report.malls.len(), 1);
        assert_eq!(report.malls[0].mall, "malls/satu");
    })
    .await;
}

#[tokio::test]
async fn regions_are_those_of_the_day() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        let stages = [(Stage::Operating, "2022-01-05")];
        let merauke = mall("merauke", "regions/93.01", &stages);
        let revision = world.registry.put("malls/merauke", &merauke).await;
        world.after(revision).await;

        for (day, province, code) in [
            ("2022-05-27", "regions/91", "regions/91.01"),
            ("2026-11-24", "regions/93", "regions/93.01"),
        ] {
            let report = world.as_of(day, None).await;
            let covered: Vec<_> =
                report.provinces.iter().filter(|province| province.covered > 0).collect();
            assert_eq!(covered.len(), 1, "{day}");
            assert_eq!(covered[0].region, province);
            assert_eq!(report.malls[0].region, code);
            assert_eq!(report.coverage_autonomous.expect("a share").numerator, 1);
        }
        let then = world.as_of("2022-05-27", None).await;
        assert!(then.provinces.iter().all(|province| province.region != "regions/93"));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_mall_is_gone_but_was_there() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        world.clock.advance(DAY);
        let revision = world.registry.delete::<Mall>("malls/satu").await;

        assert!(world.after(revision).await.malls.is_empty());
        let then = world.as_of("2026-11-24", Some(MORNING + SECOND)).await;
        assert_eq!(then.malls.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_date_is_refused_by_name() {
    on_both(async |database| {
        let world = World::start(database).await;
        let request = mpp_api::reporting::GetReportRequest {
            as_of: "24/11/2026".into(),
            ..Default::default()
        };
        let refused = world.ask(request).await.expect_err("no date");
        let error = mpp_client::error_of(&refused);
        assert_eq!(error.reason, "INVALID_FIELD");
        assert_eq!(error.fields[0].0, "as_of");
    })
    .await;
}

#[tokio::test]
async fn every_region_is_told_with_the_mall_that_has_come_furthest() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        let closed = [(Stage::Operating, "2025-01-05"), (Stage::Closed, "2026-02-01")];
        let agreed = [(Stage::Agreed, "2026-02-03")];
        world.registry.put("malls/lama", &mall("lama", "regions/35.10", &closed)).await;
        world.registry.put("malls/baru", &mall("baru", "regions/35.10", &agreed)).await;
        let revision =
            world.registry.put("malls/surabaya", &mall("surabaya", "regions/35.78", OPEN)).await;

        let report = world.after(revision).await;
        let told: Vec<_> = report
            .regions
            .iter()
            .map(|region| (region.region.as_str(), region.malls, region.covered, region.stage()))
            .collect();
        assert_eq!(
            told,
            [
                ("regions/31.71", 0, false, Stage::Unspecified),
                ("regions/35.10", 2, false, Stage::Agreed),
                ("regions/35.78", 1, true, Stage::Operating),
                ("regions/91.71", 0, false, Stage::Unspecified),
                ("regions/93.01", 0, false, Stage::Unspecified),
            ]
        );
        let surabaya = &report.regions[2];
        assert_eq!(
            (surabaya.display_name.as_str(), surabaya.province.as_str()),
            ("Kota Surabaya", "regions/35")
        );
        assert_eq!((surabaya.stage_date.as_str(), surabaya.autonomous), ("2026-01-05", true));
    })
    .await;
}

#[tokio::test]
async fn a_report_says_how_much_of_the_nation_the_index_holds() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        let proposed = [(Stage::Proposed, "2026-02-03")];
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        let revision =
            world.registry.put("malls/dua", &mall("dua", "regions/35.78", &proposed)).await;

        let report = world.after(revision).await;
        let extent = report.extent.expect("an extent");
        assert_eq!((extent.malls, extent.operating_malls), (2, 1));
        assert_eq!((extent.published_malls, extent.publisher.as_str()), (Some(305), "PANRB"));
        let last = report.published.last().expect("a published count");
        assert_eq!(
            (last.date.as_str(), last.operating, last.own_malls),
            ("2025-12-15", Some(305), 0)
        );
        assert!(!report.sample_data);
        let old = [(Stage::Operating, "2020-02-03")];
        let revision = world.registry.put("malls/dua", &mall("dua", "regions/35.78", &old)).await;
        let later = world.after(revision).await.published.pop().expect("a published count");
        assert_eq!((later.own_malls, later.own_regions), (1, 1), "by all that is known now");
        let earlier = world.as_of("2017-12-30", None).await.extent.expect("an extent");
        assert_eq!((earlier.malls, earlier.published_malls), (0, None));
    })
    .await;
}
