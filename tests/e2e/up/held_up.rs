//! A machine that answers nothing in time holds the demo up, and does not end it.

use mpp_tests::{PATIENCE, eventually, wait::that};
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

use super::*;

/// Somebody else writes in the registry's database meanwhile, for longer than any call waits.
#[tokio::test]
async fn a_demo_whose_database_is_held_tells_what_it_waits_for_and_goes_on() {
    let home = tempfile::tempdir().expect("a folder");
    let port = free_ports(14);
    let mut process = launch(home.path(), port, &["--demo"], 1);
    eventually(PATIENCE, "it serves", async || {
        that(process.log().contains("data in"), process.log())
    })
    .await;
    let database = home.path().join("mpp-data/registry.db");
    let options = SqliteConnectOptions::new().filename(&database).busy_timeout(PATIENCE);
    let mut conn = options.connect().await.expect("the registry's database");
    let held = conn.begin_with("begin immediate").await.expect("the writer's place");
    eventually(PATIENCE, "it tells what it waits for", async || {
        assert!(process.ended().is_none(), "it gave up:\n{}", process.log());
        that(process.log().contains("; tried again in"), process.log())
    })
    .await;
    held.rollback().await.expect("the place is free again");
    let mut up = Up { home, process, port, lives: 1 };
    up.is_up().await;
    up.run(&["get", "malls/banyuwangi"]).await.succeeded();
    up.interrupt().await;
}
