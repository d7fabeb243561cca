//! A database is one service's, and says whose.

use mpp_core::{Clock, Reason};
use mpp_store::{Db, Schema, migrate};
use mpp_testkit::{TestDatabase, execute, on_both};
use sqlx::Row as _;

use crate::kit::SCHEMA;

const OTHER: Schema = Schema { service: "other", ..SCHEMA };

async fn refused(database: &TestDatabase, schema: &'static Schema) -> String {
    let options = database.options(Clock::system());
    let error = migrate(&options, schema).await.expect_err("refused");
    assert_eq!(error.reason(), Reason::SchemaMismatch);
    error.message().to_owned()
}

#[tokio::test]
async fn another_services_database_is_neither_migrated_nor_served() {
    on_both(async |database| {
        let options = database.options(Clock::system());
        migrate(&options, &SCHEMA).await.unwrap();
        let told = refused(&database, &OTHER).await;
        assert!(told.contains("is test's, not other's") && told.contains("--database"), "{told}");
        let served = Db::open(&options, &OTHER).await.map(drop).expect_err("refused");
        assert_eq!(served.message(), told);
        let served = Db::open_migrated(&options, &OTHER).await.map(drop).expect_err("refused");
        assert_eq!(served.message(), told);

        let db = Db::open(&options, &SCHEMA).await.unwrap();
        let mut read = db.read().await.unwrap();
        let text = "select count(*) from migration where track = 'other'";
        let rows = sqlx::query(text).fetch_one(read.conn()).await.unwrap();
        assert_eq!(rows.try_get::<i64, _>(0).unwrap(), 0, "nothing was written");
    })
    .await;
}

#[tokio::test]
async fn a_database_from_before_owners_were_named_belongs_to_whose_steps_have_run() {
    on_both(async |database| {
        let options = database.options(Clock::system());
        migrate(&options, &SCHEMA).await.unwrap();
        execute(database.url(), "delete from migration where track = 'owner'").await;
        let told = refused(&database, &OTHER).await;
        assert!(told.contains("is test's, not other's"), "{told}");
        migrate(&options, &SCHEMA).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_database_with_tables_of_another_program_is_left_alone() {
    let tables = [
        ("create table invoice (id bigint primary key)", "invoice"),
        // Tables that happen to have our ledger's name.
        ("create table migration (id bigint primary key, batch bigint)", "migration"),
        ("create view totals as select 1 as one", "totals"),
    ];
    for (text, name) in tables {
        on_both(async |database| {
            execute(database.url(), text).await;
            let told = refused(&database, &SCHEMA).await;
            assert!(told.contains(name) && told.contains("create an empty one"), "{told}");
            let options = database.options(Clock::system());
            let served = Db::open(&options, &SCHEMA).await.map(drop).expect_err("refused");
            assert_eq!(served.reason(), Reason::SchemaMismatch, "{served}");
        })
        .await;
    }
}

#[tokio::test]
async fn of_two_services_that_come_first_one_gets_the_database() {
    on_both(async |database| {
        let options = database.options(Clock::system());
        let (one, other) = tokio::join!(migrate(&options, &SCHEMA), migrate(&options, &OTHER));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    })
    .await;
}
