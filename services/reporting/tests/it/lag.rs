//! A report that lags says so, and by how much.

use mpp_api::{registry::mall::Stage, reporting::Report};
use mpp_reporting::SCHEMA;
use mpp_store::{Actor, Db};
use mpp_testkit::on_both;

use crate::{
    records::{mall, regions},
    world::World,
};

const OPEN: &[(Stage, &str)] = &[(Stage::Operating, "2026-01-05")];

/// Sets the form of the projections; a program that writes an older one leaves them alone.
async fn set_form(options: &mpp_store::Options, change: i64) {
    let db = Db::open(options, &SCHEMA).await.expect("the database");
    let mut tx = db.begin(&Actor::default()).await.expect("a transaction");
    let text = "update inbox_head set form = form + $1 where one = 1";
    sqlx::query(text).bind(change).execute(tx.conn()).await.expect("written");
    tx.commit().await.expect("committed");
    db.close().await;
}

/// A newer program has projected, and is gone: this one reads no feed. The last note, that both are
/// connected and read whole, is still in the database.
#[tokio::test]
async fn what_nobody_reads_any_more_is_neither_connected_nor_complete() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        let read = world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        world.after(read).await;
        let world = world.restart_after(async |options| set_form(options, 1).await).await;
        let report = world.after(0).await;
        assert!(!report.complete && !report.freshness[0].connected, "nobody has read it yet");

        let head = world.registry.put("malls/dua", &mall("dua", "regions/35.78", OPEN)).await;
        let behind = |report: &Report| {
            let registry = &report.freshness[0];
            registry.behind_since.is_some() && registry.head_revision == head
        };
        let report = world.until("it says that it lags", behind).await;
        assert!(!report.complete);
        assert_eq!((report.freshness[0].revision, report.malls.len()), (read, 1));
        let why = report.incomplete_reason.expect("why");
        for text in [why.id, why.en] {
            assert!(text.contains(&read.to_string()) && text.contains(&head.to_string()), "{text}");
        }

        let world = world.restart_after(async |options| set_form(options, -1).await).await;
        let report = world.until("it reads on", |report| report.complete).await;
        assert_eq!((report.freshness[0].behind_since, report.malls.len()), (None, 2));
    })
    .await;
}
