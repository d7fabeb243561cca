//! Records that got another version, or were deleted or taken back, in the database beneath the
//! program: no program leaves such a row.

use mpp_api::types::{Tombstone, tombstone::Reason as Why};
use mpp_store::{Expect, Mended, Progress};
use mpp_testkit::{alter_records, on_both};

use crate::{
    altered::{A, ALTERATIONS, B, altered, named, serve},
    kit::{in_region, mall, officer, write},
};

/// Ways in which the version goes with it, or the proof: then the row cannot be a program's either.
const WITH_ITS_VERSION: [&str; 5] = [
    "update record set version = version + 1,
     doc = (select doc from record where name = 'malls/b') where name = 'malls/a'",
    "update record set version = version + 5, labels = '{}' where name = 'malls/a'",
    "update record set version = version - 1 where name = 'malls/a'",
    "update record set deleted = 1, version = version + 2 where name = 'malls/a'",
    "update record set deleted = 1, version = version + 1, proof_version = version + 1
     where name = 'malls/a'",
];

#[tokio::test]
async fn a_row_that_got_another_version_by_hand_is_found_and_put_back() {
    for alteration in WITH_ITS_VERSION {
        on_both(async |database| {
            let served = serve(&database).await;
            write(&served.db, A, "one", "35.10").await;
            write(&served.db, A, "two", "35.10").await;
            write(&served.db, B, "b", "35.10").await;
            alter_records(database.url(), alteration).await;
            let own = served.feed.status(&[]).await.unwrap().own;
            assert_eq!((own.altered.len(), own.unproven), (1, 0), "{alteration}");
            let mended = served.feed.mend(&officer(), false, &Progress::default()).await.unwrap();
            if mended.left.count > 0 {
                // The proof was altered, too, so the written record is not known.
                assert!(alteration.contains("proof_version"), "{alteration}");
                served.feed.mend(&officer(), true, &Progress::default()).await.unwrap();
                assert!(altered(&served.feed).await.is_empty(), "accepted: {alteration}");
                return;
            }
            assert!(altered(&served.feed).await.is_empty(), "mended of {alteration}");
            let mut read = served.db.read().await.unwrap();
            let back = read.get::<mpp_api::registry::Mall>(A).await.unwrap().expect("there");
            assert_eq!((back.doc, back.labels), (mall(A, "two"), in_region("35.10")));
            assert!(back.version > 2, "above whatever copies have read: {alteration}");
        })
        .await;
    }
}

/// A deletion is proven like any other write.
#[tokio::test]
async fn a_deletion_that_is_altered_or_taken_back_by_hand_is_found_and_put_back() {
    for alteration in [
        "update record set deleted = 0 where name = 'malls/a'",
        "update record set labels = '{}' where name = 'malls/a'",
        "update record set tombstone = cast('x' as blob) where name = 'malls/a'",
        "update record set version = version + 1 where name = 'malls/a'",
        "update record set deleted = 0, version = version + 1,
         doc = (select doc from record where name = 'malls/b') where name = 'malls/a'",
    ] {
        on_both(async |database| {
            let served = serve(&database).await;
            write(&served.db, A, "one", "35.10").await;
            write(&served.db, B, "b", "35.10").await;
            let mut tx = served.db.begin(&officer()).await.unwrap();
            let gone = Tombstone { reason: Why::Moved.into(), successor: B.into() };
            tx.delete::<mpp_api::registry::Mall>(A, &gone, Expect::Any).await.unwrap();
            tx.commit().await.unwrap();
            assert!(altered(&served.feed).await.is_empty());
            let text = if served.db.is_sqlite() {
                alteration.to_owned()
            } else {
                alteration.replace("cast('x' as blob)", "'x'")
            };
            alter_records(database.url(), &text).await;
            assert_eq!(altered(&served.feed).await, [("mall".to_owned(), named(&[A]))], "{text}");
            let mended = served.feed.mend(&officer(), false, &Progress::default()).await.unwrap();
            assert_eq!(mended, Mended { restored: 1, ..Mended::default() }, "{text}");
            assert!(altered(&served.feed).await.is_empty(), "mended of {text}");
            let mut tx = served.db.begin(&officer()).await.unwrap();
            let buried = tx.buried::<mpp_api::registry::Mall>(A).await.unwrap().expect("deleted");
            assert_eq!(buried.tombstone, gone, "{text}");
            assert_eq!(buried.labels, in_region("35.10"), "{text}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_bulk_write_of_an_altered_record_writes_what_it_is_given() {
    on_both(async |database| {
        let served = serve(&database).await;
        for alteration in WITH_ITS_VERSION.iter().chain(&ALTERATIONS[..2]) {
            write(&served.db, A, "one", "35.10").await;
            write(&served.db, B, "b", "35.10").await;
            alter_records(database.url(), alteration).await;
            let mut tx = served.db.begin(&officer()).await.unwrap();
            let item = (A.to_owned(), mall(A, "three"), in_region("35.10"));
            let put = tx.put_many(vec![item]).await.unwrap();
            if put[0].tombstoned {
                // A deletion that cannot be told from a program's own.
                assert!(alteration.contains("proof_version"), "{alteration}");
                return;
            }
            assert!(put[0].changed, "{alteration}");
            tx.commit().await.unwrap();
            assert!(altered(&served.feed).await.is_empty(), "{alteration}");
        }
    })
    .await;
}
