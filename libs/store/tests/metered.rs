//! Writes that come to nothing and waits for a connection, as operators see them: by their cause. A
//! process of its own, since what was measured before telemetry began is lost.
#![allow(clippy::unwrap_used)]

use mpp_api::{registry::Mall, types::LocalizedText};
use mpp_core::{Clock, Reason, Result};
use mpp_store::{Actor, Db, Expect, Label, Labels, Schema};
use mpp_testkit::{TestDatabase, on_both};
use sqlx::Connection as _;

const NAME: &str = "malls/banyuwangi";
const METERED: Schema =
    Schema { service: "metered", steps: &[], history_kinds: &[], standing_kinds: &[] };

#[tokio::test]
async fn writes_that_fail_and_connections_that_lack_are_counted_by_their_cause() {
    let config = mpp_telemetry::Config { service: "metered".into(), ..Default::default() };
    let _telemetry = mpp_telemetry::init(config).unwrap();
    on_both(async |database| {
        a_database_that_takes_no_writes(&database).await;
        a_lost_race(&database).await;
        nobody_gives_a_connection_back(&database).await;
    })
    .await;
}

fn officer() -> Actor {
    Actor::new("api", "units/dpmptsp")
}

fn mall(name: &str, title: &str) -> Mall {
    let display_name = Some(LocalizedText { id: title.into(), en: String::new() });
    Mall { name: name.into(), display_name, ..Mall::default() }
}

fn in_region(code: &str) -> Labels {
    Labels::from([(Label::Region, code.to_owned())])
}

/// A value of the text that Prometheus is given.
fn value(metric: &str, labels: &[&str]) -> f64 {
    let text = mpp_telemetry::prometheus_text();
    let is_meant =
        |line: &&str| line.starts_with(metric) && labels.iter().all(|label| line.contains(label));
    let found = text.lines().find(is_meant);
    found.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_default()
}

fn failed(reason: Reason) -> f64 {
    let reason = format!("reason=\"{}\"", reason.as_str());
    value("mpp_db_failed_writes_total", &["database=\"metered\"", &reason])
}

async fn open(database: &TestDatabase) -> Db {
    let mut options = database.options(Clock::system());
    options.max_connections = 8;
    Db::open_migrated(&options, &METERED).await.unwrap()
}

async fn a_write(db: &Db, title: &str) -> Result<i64> {
    let mut tx = db.begin(&officer()).await?;
    let put = tx.put(NAME, &mall(NAME, title), in_region("35.10"), Expect::Any).await;
    put.inspect_err(|error| db.note_failed(error))?;
    tx.commit().await
}

/// PostgreSQL is a standby; the file of SQLite has no page left, as on a full disk.
async fn a_database_that_takes_no_writes(database: &TestDatabase) {
    let db = open(database).await;
    let before = failed(Reason::Unavailable);
    if db.is_sqlite() {
        let mut tx = db.begin(&officer()).await.unwrap();
        sqlx::raw_sql("pragma max_page_count = 1").execute(tx.conn()).await.unwrap();
        tx.rollback().await.unwrap();
    } else {
        let name = database.url().rsplit('/').next().unwrap();
        let text = format!("alter database {name} set default_transaction_read_only = on");
        let mut admin = sqlx::PgConnection::connect(database.url()).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut admin).await.unwrap();
        db.close().await;
    }
    let (db, title) = match db.is_sqlite() {
        true => (db, "x".repeat(500_000)),
        false => {
            (Db::open(&database.options(Clock::system()), &METERED).await.unwrap(), "x".into())
        }
    };
    let error = a_write(&db, &title).await.unwrap_err();
    assert_eq!(error.reason(), Reason::Unavailable, "{error}");
    assert!(["disk is full", "read-only"].iter().any(|why| error.message().contains(why)));
    assert!(failed(Reason::Unavailable) > before, "{error}");
    assert!(value("mpp_db_faults_total", &["reason=\"UNAVAILABLE\""]) > 0.0);
    if !db.is_sqlite() {
        let mut admin = sqlx::PgConnection::connect(database.url()).await.unwrap();
        for text in [
            "set default_transaction_read_only = off",
            "do $$ begin execute format('alter database %I reset all', current_database()); end $$",
        ] {
            sqlx::raw_sql(text).execute(&mut admin).await.unwrap();
        }
    }
    db.close().await;
}

/// Two that make one name: the second is told to send its request again.
async fn a_lost_race(database: &TestDatabase) {
    let db = open(database).await;
    let before = failed(Reason::WriteConflict);
    let mut tx = db.begin(&officer()).await.unwrap();
    let put = tx.put(NAME, &mall(NAME, "one"), in_region("35.10"), Expect::Any).await.unwrap();
    assert!(put.changed);
    let read = tx.get::<Mall>(NAME).await.unwrap().unwrap();
    sqlx::query("update record set version = version + 1 where name = $1")
        .bind(NAME)
        .execute(tx.conn())
        .await
        .unwrap();
    let (doc, etag) = (mall(NAME, "two"), read.etag());
    let late = tx.put(NAME, &doc, in_region("35.10"), Expect::Etag(&etag)).await;
    let error = late.unwrap_err();
    db.note_failed(&error);
    assert_eq!(error.reason(), Reason::WriteConflict);
    assert!(failed(Reason::WriteConflict) > before);
    tx.rollback().await.unwrap();
    db.close().await;
}

async fn nobody_gives_a_connection_back(database: &TestDatabase) {
    let db = open(database).await;
    let pool = ["db_client_connection_pool_name=\"metered/writers\""];
    let mut held = Vec::new();
    // All connections for writing: one on SQLite, two of eight on PostgreSQL.
    for _ in 0..if db.is_sqlite() { 1 } else { 2 } {
        held.push(db.begin(&officer()).await.unwrap());
    }
    let before = failed(Reason::Overloaded);
    let timeouts = value("db_client_connection_timeouts_total", &pool);
    let waits = value("db_client_connection_wait_time_seconds_count", &pool);
    let mut write = Box::pin(a_write(&db, "late"));
    tokio::select! {
        _ = &mut write => panic!("the write has ended, and was not seen to wait"),
        () = a_request_waits(&pool) => {}
    }
    let error = write.await.unwrap_err();
    assert_eq!(error.reason(), Reason::Overloaded, "{error}");
    assert!(failed(Reason::Overloaded) > before);
    assert!(value("db_client_connection_timeouts_total", &pool) > timeouts);
    assert!(value("db_client_connection_wait_time_seconds_count", &pool) > waits);
    drop(held);
    a_write(&db, "in time").await.unwrap();
    db.close().await;
}

async fn a_request_waits(pool: &[&str]) {
    while value("db_client_connection_pending_requests", pool) < 1.0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}
