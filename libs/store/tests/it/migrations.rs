//! Migrations: once each, additive, and which versions work together.

use mpp_core::{Clock, Reason};
use mpp_store::{Db, Migration, Schema, Statements, migrate};
use mpp_testkit::{Backend, database, on_both};

use crate::kit::{SCHEMA, write};

const fn step(version: i64, name: &'static str, text: &'static str) -> Migration {
    Migration { version, name, statements: Statements::Both(text) }
}

const STEPS: [Migration; 3] = [
    step(1, "counter", "create table place (id bigint primary key, taken bigint not null)"),
    step(
        2,
        "note",
        "alter table place add column note text; alter table record add column extra text",
    ),
    step(3, "window", "create table extra (id bigint primary key)"),
];

fn schema(steps: usize) -> Schema {
    Schema { service: "test", steps: &STEPS[..steps], history_kinds: &[], standing_kinds: &[] }
}

#[tokio::test]
async fn racing_migrators_run_each_step_once() {
    on_both(async |database| {
        let options = database.options(Clock::system());
        let racers = (0..6).map(|_| {
            let options = options.clone();
            tokio::spawn(async move { migrate(&options, &schema(3)).await })
        });
        let mut ran = Vec::new();
        for raced in futures::future::join_all(racers).await {
            match raced.unwrap() {
                Ok(steps) => ran.extend(steps),
                // A SQLite file has one owner; whoever finds it taken is told so.
                Err(error) => {
                    assert_eq!(database.backend(), Backend::Sqlite, "{error}");
                    assert_eq!(error.reason(), Reason::Unavailable);
                }
            }
        }
        ran.sort();
        let own = [
            "store 1 records",
            "store 2 marks",
            "store 3 forms",
            "store 4 digests",
            "store 5 proofs",
            "store 6 seals",
            "store 7 names",
            "store 8 sessions",
        ];
        assert_eq!(ran, [&own[..], &["test 1 counter", "test 2 note", "test 3 window"]].concat());
        assert!(migrate(&options, &schema(3)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_program_works_with_one_step_more_and_refuses_two_more_or_one_less() {
    on_both(async |database| {
        let options = database.options(Clock::system());
        let nothing = Db::open(&options, &schema(1)).await.map(drop).unwrap_err();
        assert_eq!(nothing.reason(), Reason::SchemaMismatch);
        assert!(nothing.message().contains("mpp migrate test"), "{nothing}");

        migrate(&options, &schema(2)).await.unwrap();
        let lacks = Db::open(&options, &schema(3)).await.map(drop).unwrap_err();
        assert!(lacks.message().contains("step 3 'window' of test"), "{lacks}");
        let older = Db::open(&options, &schema(1)).await.unwrap();
        older.close().await;
        drop(older);

        migrate(&options, &schema(3)).await.unwrap();
        let ahead = Db::open(&options, &schema(1)).await.map(drop).unwrap_err();
        assert_eq!(ahead.reason(), Reason::SchemaMismatch);
        assert!(ahead.message().contains("is at step 3"), "{ahead}");
        let ahead = migrate(&options, &schema(1)).await.unwrap_err();
        assert_eq!(ahead.reason(), Reason::SchemaMismatch);
    })
    .await;
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing() {
    on_both(async |database| {
        let broken = [
            STEPS[0],
            step(2, "broken", "create table half (id bigint primary key); create nonsense"),
        ];
        let steps: &'static [Migration] = Vec::leak(broken.to_vec());
        let schema = Schema { service: "test", steps, history_kinds: &[], standing_kinds: &[] };
        let options = database.options(Clock::system());
        let failed = migrate(&options, &schema).await.unwrap_err();
        assert!(failed.message().contains("'broken' of test"), "{failed}");
        let mended = [STEPS[0], step(2, "mended", "create table half (id bigint primary key)")];
        let schema = Schema { steps: Vec::leak(mended.to_vec()), ..schema };
        assert_eq!(migrate(&options, &schema).await.unwrap(), ["test 2 mended"]);
    })
    .await;
}

#[tokio::test]
async fn an_old_program_keeps_writing_while_a_newer_one_migrates() {
    let database = database(Backend::Postgres).await;
    let options = database.options(Clock::system());
    let old = Db::open_migrated(&options, &SCHEMA).await.unwrap();
    let writes = tokio::spawn(async move {
        let mut last = 0;
        for number in 0..200 {
            last = write(&old, "malls/banyuwangi", &format!("{number}"), "35.10").await;
        }
        last
    });
    let newer = Schema {
        service: SCHEMA.service,
        steps: &STEPS[..2],
        history_kinds: &[],
        standing_kinds: &[],
    };
    let ran = migrate(&options, &newer).await.unwrap();
    assert_eq!(ran, ["test 2 note"]);
    assert_eq!(writes.await.unwrap(), 200);
}

#[tokio::test]
async fn a_url_that_is_no_database_says_what_would_be() {
    let database = database(Backend::Sqlite).await;
    for url in ["mysql://localhost/x", "sqlite::memory:", "registry.db"] {
        let mut options = database.options(Clock::system());
        options.url = url.to_owned();
        let error = Db::open_migrated(&options, &SCHEMA).await.map(drop).unwrap_err();
        assert_eq!(error.violations()[0].field, "database", "{error}");
    }
}
