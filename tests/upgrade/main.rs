//! Two programs of different releases over the same databases; see `tests/upgrade/run`, which
//! builds them and starts this.
//!
//! The newer one's messages have one more field, `of_tomorrow`, which the older one does not know;
//! so have its callers here, since JSON needs no generated code. On PostgreSQL both run at once, as
//! during a rolling upgrade; a SQLite file belongs to one process, so there they take turns.

#![forbid(unsafe_code)]

mod agent;
mod door;
mod feeds;
mod follows;
mod queue;
mod records;
mod stage;

use std::{path::PathBuf, process::ExitCode};

use mpp_testkit::Backend;
use mpp_tests::cluster::Cluster;

use stage::{Release, Stage};

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [old, next] = args.as_slice() else {
        eprintln!("upgrade OLD-MPP NEXT-MPP; tests/upgrade/run calls it");
        return ExitCode::from(2);
    };
    let cluster = Cluster::start().await;
    for backend in Backend::ALL {
        println!("--- {backend:?}");
        let mut stage = Stage::set(backend, &cluster, (old, next)).await;
        tell(&mut stage).await;
    }
    println!("no field was lost, and nobody was held up for longer than the upgrade");
    ExitCode::SUCCESS
}

/// An upgrade that is taken back once, and then goes through.
async fn tell(stage: &mut Stage) {
    println!("the next release comes beside the old one");
    let copies = feeds::Copies::of(stage).await;
    let ministry = stage.open_town().await;
    let sent_before = records::send_to(stage, Release::Old).await;
    let passed_over = records::Newer::new();
    let first = passed_over.sent(stage, Release::Old).await.expect("a write without the field");
    stage.turn(Release::Next).await;
    passed_over.is_waited_for(stage, Release::Next).await;
    records::is_answered_again(stage, Release::Next, &sent_before).await;
    records::gain_the_field(stage).await;
    let newer = records::Newer::new();
    let etag = newer.sent(stage, Release::Next).await.expect("a write");
    let day = queue::begin(stage).await;
    agent::publishes_the_field(stage, &ministry).await;
    follows::all_is_known(stage, Release::Next).await;
    follows::is_measured_by_the_next(stage).await;

    println!("the old release meets what the next one wrote");
    stage.turn(Release::Old).await;
    follows::all_is_known(stage, Release::Old).await;
    records::are_read_and_not_rewritten(stage).await;
    newer.is_waited_for(stage, Release::Old).await;
    assert_eq!(passed_over.sent(stage, Release::Old).await.ok(), Some(first), "it was done once");
    day.stands(stage).await;
    let copies = copies.go_on(stage, Release::Old).await;
    stage.turn(Release::Next).await;
    assert_eq!(newer.sent(stage, Release::Next).await.ok(), Some(etag), "it was done once");
    records::are_rewritten_with_the_field(stage).await;
    day.goes_on(stage).await;
    let copies = copies.go_on(stage, Release::Next).await;

    println!("the upgrade is taken back");
    stage.roll_back().await;
    follows::go_on_after_a_rollback(stage).await;
    records::are_read_and_not_rewritten(stage).await;
    let copies = copies.go_on(stage, Release::Old).await;
    let agent = agent::waits(stage, &ministry).await;

    println!("the upgrade comes again, and is whole");
    stage.upgrade().await;
    records::are_rewritten_with_the_field(stage).await;
    agent.goes_through(stage).await;
    follows::all_is_known(stage, Release::Next).await;
    follows::is_measured_by_the_next(stage).await;
    copies.go_on(stage, Release::Next).await;
    stage.is_well().await;
}
