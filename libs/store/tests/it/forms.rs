//! Rows that a newer program has written: read, and never rewritten by this one.

use bytes::Bytes;
use mpp_api::{document, registry::Mall, types::Tombstone};
use mpp_core::{Error, Reason, Result};
use mpp_store::{Buried, Db, Expect, Tx};
use mpp_testkit::{TestDatabase, on_both};
use prost::Message as _;

use crate::kit::{SCHEMA, in_region, mall, officer, write};

const NAME: &str = "malls/banyuwangi";

/// A mall as a newer program writes it: with a field that this one does not know, in the next form.
fn newer(title: &str) -> Vec<u8> {
    let mut doc = mall(NAME, title).encode_to_vec();
    prost::encoding::string::encode(4_000, &"of tomorrow".to_owned(), &mut doc);
    doc
}

/// Writes as a newer program would.
async fn upgrade(db: &Db, deleted: bool) {
    let mut tx = db.begin(&officer()).await.unwrap();
    let done = sqlx::query(
        "update record set doc = $3, form = $4, version = version + 1, deleted = $5,
         proof_version = version + 1
         where kind = $1 and name = $2",
    )
    .bind("mall")
    .bind(NAME)
    .bind(newer("MPP"))
    .bind(document::form_number("mall") + 1)
    .bind(i64::from(deleted))
    .execute(tx.conn())
    .await
    .unwrap();
    assert_eq!(done.rows_affected(), 1);
    tx.commit().await.unwrap();
}

async fn raw(db: &Db) -> (i64, i64, Vec<u8>) {
    let mut read = db.read().await.unwrap();
    sqlx::query_as("select version, form, doc from record where name = $1")
        .bind(NAME)
        .fetch_one(read.conn())
        .await
        .unwrap()
}

async fn upgraded(database: &TestDatabase) -> Db {
    let db = database.open(&SCHEMA).await.unwrap();
    write(&db, NAME, "MPP", "35.10").await;
    upgrade(&db, false).await;
    db
}

/// Every way in which a program writes a record that is there.
async fn rewrite(tx: &mut Tx, way: usize) -> Result<()> {
    let (doc, labels) = (mall(NAME, "MPP Baru"), in_region("35.10"));
    let item = || (NAME.to_owned(), doc.clone(), labels.clone());
    match way {
        0 => tx.put(NAME, &doc, labels, Expect::Any).await.map(drop),
        1 => tx.put(NAME, &doc, labels, Expect::Version(2)).await.map(drop),
        2 => tx.put_many(vec![item()]).await.map(drop),
        3 => {
            let bytes = Bytes::from(doc.encode_to_vec());
            tx.put_encoded("mall", vec![(NAME.to_owned(), bytes, labels)]).await.map(drop)
        }
        4 => tx.delete::<Mall>(NAME, &Tombstone::default(), Expect::Any).await.map(drop),
        _ => {
            let text = "update record set form = form - 1, version = version + 1 where name = $1";
            let done = sqlx::query(text).bind(NAME).execute(tx.conn()).await;
            done.map(drop).map_err(mpp_store::db_error)
        }
    }
}

fn assert_waits(error: &Error) {
    assert_eq!(error.reason(), Reason::NewerForm, "{error}");
    assert!(error.retry_after().is_some(), "a client is told when to come again");
}

#[tokio::test]
async fn no_way_of_writing_takes_a_newer_programs_fields_away() {
    on_both(async |database| {
        let db = upgraded(&database).await;
        let before = raw(&db).await;
        for way in 0..6 {
            let mut tx = db.begin(&officer()).await.unwrap();
            assert_waits(&rewrite(&mut tx, way).await.expect_err("refused"));
            tx.rollback().await.unwrap();
        }
        assert_eq!(raw(&db).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_record_of_a_newer_form_is_read_and_locked_and_referred_to() {
    on_both(async |database| {
        let db = upgraded(&database).await;
        let mut tx = db.begin(&officer()).await.unwrap();
        let read = tx.living::<Mall>(NAME).await.unwrap();
        assert_eq!((read.version, read.doc), (2, mall(NAME, "MPP")));
        assert!(tx.require::<Mall>(NAME, "parent").await.is_ok());
        let other = "malls/malang";
        tx.put(other, &mall(other, "MPP"), in_region("35.07"), Expect::New).await.unwrap();
        tx.commit().await.unwrap();
        let all = db.read().await.unwrap().list::<Mall>("malls/", "", 10).await.unwrap();
        assert_eq!(all.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_tombstone_of_a_newer_form_is_not_revived() {
    on_both(async |database| {
        let db = upgraded(&database).await;
        upgrade(&db, true).await;
        let mut tx = db.begin(&officer()).await.unwrap();
        assert!(
            tx.buried::<Mall>(NAME)
                .await
                .unwrap()
                .is_some_and(|Buried { tombstone, .. }| { tombstone == Tombstone::default() })
        );
        let revived = tx.revive(NAME, &mall(NAME, "MPP"), in_region("35.10")).await;
        assert_waits(&revived.expect_err("refused"));
    })
    .await;
}

#[tokio::test]
async fn of_a_batch_with_one_record_of_a_newer_form_nothing_is_written() {
    on_both(async |database| {
        let db = upgraded(&database).await;
        let mut tx = db.begin(&officer()).await.unwrap();
        let names = ["malls/a", NAME, "malls/z"];
        let items = names.map(|name| (name.to_owned(), mall(name, "New"), in_region("35.10")));
        assert_waits(&tx.put_many(items.to_vec()).await.expect_err("refused"));
        drop(tx);
        let all = db.read().await.unwrap().list::<Mall>("malls/", "", 10).await.unwrap();
        assert_eq!(all.iter().map(|mall| mall.name.as_str()).collect::<Vec<_>>(), [NAME]);
    })
    .await;
}

#[tokio::test]
async fn what_is_worked_out_anew_may_stand_in_for_a_newer_program_until_it_is_back() {
    for way in 0..5 {
        on_both(async |database| {
            let db = upgraded(&database).await;
            let mut tx = db.begin(&officer()).await.unwrap();
            tx.stand_in_for_newer();
            rewrite(&mut tx, way).await.expect("written");
            tx.commit().await.unwrap();
            let (version, form, doc) = raw(&db).await;
            assert_eq!((version, form), (3, document::form_number("mall") + 1), "way {way}");
            assert_ne!(doc, newer("MPP"));
            // All others leave it alone as before.
            let mut tx = db.begin(&officer()).await.unwrap();
            let refused = match way {
                4 => tx.revive(NAME, &mall(NAME, "MPP"), in_region("35.10")).await,
                _ => rewrite(&mut tx, 4).await,
            };
            assert_waits(&refused.expect_err("refused"));
        })
        .await;
    }
}

#[tokio::test]
async fn a_newer_program_takes_a_row_of_an_older_form_along() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        write(&db, NAME, "MPP", "35.10").await;
        // Leaves the table as a program from before forms were counted did.
        let mut tx = db.begin(&officer()).await.unwrap();
        let dropped = if db.is_sqlite() { "" } else { " on record" };
        let text = format!("drop trigger record_form{dropped}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(tx.conn()).await.unwrap();
        sqlx::query("update record set form = 0").execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        write(&db, NAME, "MPP", "35.10").await;
        assert_eq!(raw(&db).await.1, 0, "the same record again is no write");
        write(&db, NAME, "MPP Baru", "35.10").await;
        assert_eq!(raw(&db).await.1, document::form_number("mall"));
    })
    .await;
}
