//! A report shows the start of long lists, and refuses sizes that it cannot show.

use std::collections::BTreeSet;

use mpp_api::time::to_timestamp;
use mpp_api::{
    registry::mall::Stage,
    reporting::{GetReportRequest, counter_report::Hours},
    scheduling::{
        Deviation,
        deviation::{Finding, Yardstick, finding::Code},
    },
};
use mpp_client::error_of;
use mpp_core::Micros;
use mpp_testkit::on_both;

use crate::{
    records::{counter, mall, regions, service, text},
    world::{DAY, MORNING, SECOND, World},
};

const EARLY: &str = "Tutup pukul 14.00, 120 menit sebelum 16.00.";

async fn one_mall(world: &World) {
    regions(world).await;
    let stages = [(Stage::Operating, "2026-01-05")];
    world.registry.put("malls/satu", &mall("satu", "regions/35.10", &stages)).await;
}

fn finding(yardstick: Yardstick, code: Code, day: u32, words: &str) -> Finding {
    Finding {
        yardstick: yardstick.into(),
        code: code.into(),
        date: format!("2026-11-{day}"),
        text: text(words),
        ..Finding::default()
    }
}

/// Closes early from Monday to Thursday, against the mall and the nation, and so is short.
fn four_days() -> Deviation {
    let mut findings = Vec::new();
    for yardstick in [Yardstick::Mall, Yardstick::National] {
        for day in 23..=26 {
            findings.push(finding(yardstick, Code::ClosesEarly, day, EARLY));
            let short = "Jam buka kurang 120 menit dari seharusnya.";
            let short = finding(yardstick, Code::ShortHours, day, short);
            findings.push(Finding { implied: true, ..short });
        }
    }
    Deviation { week: "2026-11-23".into(), findings, ..Deviation::default() }
}

#[tokio::test]
async fn counters_beyond_the_bound_are_counted_and_their_mall_tells_all() {
    on_both(async |database| {
        let world = World::start(database).await;
        one_mall(&world).await;
        let name = |number: i32| format!("malls/satu/counters/c{number:03}");
        let counters: Vec<_> =
            (0..101).map(|number| (name(number), counter(&format!("Gerai {number}")))).collect();
        let registry = world.registry.put_all(&counters).await;
        let found: Vec<_> =
            (0..101).map(|number| (format!("{}/deviation", name(number)), four_days())).collect();
        let scheduling = world.scheduling.put_all(&found).await;

        let report = world.after_both(registry, scheduling).await;
        assert_eq!((report.counters_with_findings, report.counters_shown), (101, 100));
        assert_eq!(report.findings_left_out, 0);
        let shown: BTreeSet<_> = report.deviations.iter().map(|one| &one.counter).collect();
        assert_eq!(shown.len(), 100);
        assert_eq!(report.deviations.len(), 400, "every finding of each");

        let all = world.mall("malls/satu").await.expect("the mall");
        assert_eq!((all.counters_with_findings, all.counters_shown), (101, 101));
        assert_eq!(all.deviations.len(), 404, "its mall tells all");
        world.verify().await;
    })
    .await;
}

#[tokio::test]
async fn findings_that_are_alike_are_told_once_with_their_days() {
    on_both(async |database| {
        let world = World::start(database).await;
        one_mall(&world).await;
        let name = "malls/satu/counters/a";
        let registry = world.registry.put(name, &counter("A")).await;
        let scheduling = world.scheduling.put(&format!("{name}/deviation"), &four_days()).await;

        let report = world.after_both(registry, scheduling).await;
        let early = &report.deviations[0];
        assert_eq!((early.code(), early.yardstick()), (Code::ClosesEarly, Yardstick::Mall));
        let days = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"];
        assert_eq!(early.dates, days);

        assert_eq!((report.counters_with_findings, report.counters_shown), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn findings_that_are_too_many_to_keep_are_counted() {
    on_both(async |database| {
        let world = World::start(database).await;
        one_mall(&world).await;
        let name = "malls/satu/counters/a";
        let registry = world.registry.put(name, &counter("A")).await;
        let mut odd = four_days();
        odd.findings = (0..40)
            .map(|number| finding(Yardstick::Mall, Code::ClosesEarly, 23, &format!("{number}")))
            .collect();
        let scheduling = world.scheduling.put(&format!("{name}/deviation"), &odd).await;

        let report = world.after_both(registry, scheduling).await;
        assert_eq!((report.deviations.len(), report.findings_left_out), (32, 8));
        let mall = world.mall("malls/satu").await.expect("the mall");
        assert_eq!((mall.deviations.len(), mall.findings_left_out), (32, 8));
    })
    .await;
}

#[tokio::test]
async fn changes_beyond_the_bound_are_counted() {
    on_both(async |database| {
        let world = World::start(database).await;
        let services: Vec<_> = (0..21)
            .map(|number| {
                let name = format!("units/polri/services/s{number:02}");
                (name, service("SKCK", 30_000))
            })
            .collect();
        let registry = world.registry.put_all(&services).await;
        let report = world.after(registry).await;
        assert_eq!((report.changes.len(), report.changes_total), (20, 21));
    })
    .await;
}

#[tokio::test]
async fn a_day_that_no_report_can_answer_for_is_refused() {
    on_both(async |database| {
        let world = World::start(database).await;
        let ask = async |as_of: &str, known_on: Option<Micros>| {
            let request = GetReportRequest {
                as_of: as_of.to_owned(),
                known_on: known_on.map(to_timestamp),
                // Refused at once: it does not wait for what is yet to come.
                min_registry_revision: i64::MAX,
                ..GetReportRequest::default()
            };
            error_of(&world.ask(request).await.expect_err("refused"))
        };
        for (as_of, known_on, field, why) in [
            ("9999-12-31", None, "as_of", "yet to come"),
            ("2026-11-25", None, "as_of", "yet to come"),
            ("1994-12-31", None, "as_of", "too early"),
            ("0000-01-01", None, "as_of", "too early"),
            ("", Some(MORNING + SECOND), "known_on", "yet to come"),
            ("", Some(0), "known_on", "too early"),
        ] {
            let refused = ask(as_of, known_on).await;
            let (at, said) = &refused.fields[0];
            assert_eq!(at, field, "{as_of}");
            assert!(said.contains(why), "{said}");
        }

        let oldest = world.as_of("1995-01-01", Some(MORNING)).await;
        assert_eq!(oldest.coverage_all.expect("a share").numerator, 0);
        // 23:30 in Jakarta is tomorrow in Jayapura, and still today for the nation.
        world.clock.advance(DAY / 2 + 16_200 * SECOND);
        assert!(ask("2026-11-25", None).await.fields[0].1.contains("2026-11-24"));
    })
    .await;
}

#[tokio::test]
async fn a_mall_is_told_in_full_and_its_revision_says_when_to_ask_again() {
    on_both(async |database| {
        let world = World::start(database).await;
        one_mall(&world).await;
        world.registry.put("malls/satu/counters/a", &counter("Dukcapil")).await;
        let registry = world.registry.put("malls/satu/counters/b", &counter("Polri")).await;
        let name = "malls/satu/counters/b/deviation";
        let scheduling = world.scheduling.put(name, &four_days()).await;
        let row = world.after_both(registry, scheduling).await.malls[0].clone();

        let detail = world.mall("malls/satu").await.expect("the mall");
        assert_eq!(detail.mall.as_ref(), Some(&row));
        assert_eq!(
            (row.region_name.as_str(), row.province.as_str()),
            ("Kabupaten Banyuwangi", "regions/35")
        );
        let stages: Vec<_> =
            detail.stages.iter().map(|fact| (fact.stage(), fact.date.as_str())).collect();
        assert_eq!(stages, [(Stage::Operating, "2026-01-05")]);
        assert_eq!(detail.stages[0].evidence, "Keputusan Bupati");
        let hours: Vec<_> = detail
            .counters
            .iter()
            .map(|counter| (counter.display_name.clone(), counter.hours()))
            .collect();
        assert_eq!(
            hours,
            [(text("Dukcapil"), Hours::Unspecified), (text("Polri"), Hours::Deviating)]
        );
        assert_eq!((detail.counters_with_findings, detail.counters_shown), (1, 1));
        assert_eq!(detail.deviations.len(), 4);
        assert_eq!(detail.deviations[0].counter_name, text("Polri"));
        assert_eq!(detail.deviations[0].mall_name, text("MPP satu"));

        // A name is not in the row, yet the row says that there is something new.
        let renamed = world.registry.put("malls/satu/counters/a", &counter("Kependudukan")).await;
        let later = world.after(renamed).await.malls[0].clone();
        assert!(later.detail_revision > row.detail_revision);
        for name in ["-", "malls/-", "units/satu", ""] {
            let refused = world.mall(name).await.expect_err("no name of a mall");
            assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{name}");
        }
        let refused = world.mall("malls/dua").await.expect_err("no such mall");
        assert_eq!(refused.code(), tonic::Code::NotFound);
    })
    .await;
}
