//! How soon a change of the national template has moved every counter's deviation in the feed:
//! 300 malls of 20 counters, on PostgreSQL.
//!
//! `MPP_TEST_POSTGRES=postgres://… cargo run --release -p mpp-scheduling --example deviation_bench`

#[allow(dead_code)]
#[path = "../tests/it/world/mod.rs"]
mod world;

use std::{collections::BTreeSet, time::Instant};

use mpp_api::registry::counter::Regime;
use mpp_calendar::Zone;
use mpp_testkit::{Backend, database};
use world::{BANK, World, follow, week};

const MALLS: usize = 300;
const COUNTERS: usize = 20;

#[tokio::main]
async fn main() {
    let world = World::on(database(Backend::Postgres).await).await;
    for mall in 0..MALLS {
        world.upstream.mall(&format!("m-{mall}"), "35.10", Zone::Wib).await;
        for counter in 0..COUNTERS {
            let regime = if counter % 4 == 0 { Regime::Own } else { Regime::CivilService };
            let name = format!("malls/m-{mall}/counters/c-{counter}");
            world.upstream.counter(&name, regime, 0).await;
        }
    }
    let mut feed = follow(&world.scheduling, "deviation").await;
    let expected = MALLS * COUNTERS + 5;
    let mut known = BTreeSet::new();
    while known.len() < expected {
        let batch = feed.next().await.expect("a feed").expect("not the end");
        known.extend(batch.changes.iter().map(|change| change.name.clone()));
    }
    println!("{expected} counters have their record");
    for (what, target, count) in
        [("one counter's rule", BANK, 1), ("the national template", "national", expected)]
    {
        let begun = Instant::now();
        let mut rule = world::rule_for(target);
        rule.weekly = Some(week("08:00", "14:00"));
        rule.valid_from = "2026-01-01".into();
        rule.valid_through = "2026-12-31".into();
        world.create(&format!("bench-{count}"), rule).await;
        let answered = begun.elapsed();
        let (mut moved, mut first) = (BTreeSet::new(), None);
        while moved.len() < count {
            let batch = feed.next().await.expect("a feed").expect("not the end");
            first = first.or((!batch.changes.is_empty()).then(|| begun.elapsed()));
            moved.extend(batch.changes.iter().map(|change| change.name.clone()));
        }
        let (first, last) = (first.unwrap_or_default(), begun.elapsed());
        println!("{what}: answered in {answered:?}, first in {first:?}, all {count} in {last:?}");
    }
}
