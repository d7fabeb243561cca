//! Readiness tells whether the database is there.

use mpp_rpc::{HealthPolicy, Readiness, watch_database};
use mpp_store::Schema;
use mpp_testkit::on_both;
use tokio_util::sync::CancellationToken;

use crate::setup::eventually;

const SCHEMA: Schema =
    Schema { service: "test", steps: &[], history_kinds: &[], standing_kinds: &[] };

#[tokio::test]
async fn a_database_that_goes_away_is_missing_by_name() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("a database");
        let at_once = HealthPolicy { fault_counts_millis: 0, ..HealthPolicy::default() };
        let readiness = Readiness::new(at_once);
        let stop = CancellationToken::new();
        let watch = watch_database(&readiness, db.clone(), stop.clone());
        let missing: Vec<_> = readiness.missing().into_keys().collect();
        assert_eq!(missing, ["clock", "database"], "nothing is known yet");
        let watching = tokio::spawn(watch);
        eventually("both", async || readiness.is_ready()).await;
        db.close().await;
        eventually("its end", async || readiness.missing().into_keys().eq(["database"])).await;
        stop.cancel();
        watching.await.expect("it ends");
    })
    .await;
}
