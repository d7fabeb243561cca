//! Values of other types than their columns', which SQLite keeps and no program writes: such a row
//! is named, hides no other one, and is put back.

use mpp_api::{
    registry::Mall,
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_store::{Actor, Db, Expect, FeedOptions, Filter, Mended, Named, Start};
use mpp_testkit::{Backend, TestDatabase, alter_records, execute, on_both};

use crate::{
    altered::{A, B, altered, named, serve},
    kit::{Served, changes_to, in_region, mall, officer, write},
};

const DOCUMENTS: [&str; 12] = [
    "update record set doc = cast(doc as text) where name = 'malls/a'",
    "update record set doc = cast(x'ff00fe' as text) where name = 'malls/a'",
    "update record set doc = 4711 where name = 'malls/a'",
    "update record set labels = cast(labels as blob) where name = 'malls/a'",
    "update record set labels = cast(x'ff' as text) where name = 'malls/a'",
    "update record set version = 'many' where name = 'malls/a'",
    "update record set version = version + 0.5 where name = 'malls/a'",
    "update record set deleted = 'no' where name = 'malls/a'",
    "update record set update_time = 'today', create_time = x'00' where name = 'malls/a'",
    "update record set form = 'new' where name = 'malls/a'",
    "update record set proof_version = 'x', sealed = 'x' where name = 'malls/a'",
    "update record set tombstone = 'x', doc = cast(doc as text) where name = 'malls/a'",
];

async fn three(database: &TestDatabase) -> Served {
    let served = serve(database).await;
    write(&served.db, A, "one", "35.10").await;
    write(&served.db, A, "two", "35.10").await;
    write(&served.db, B, "b", "35.10").await;
    served
}

async fn is_as_it_was(served: &Served) {
    assert!(altered(&served.feed).await.is_empty());
    let mut read = served.db.read().await.unwrap();
    let back = read.get::<Mall>(A).await.unwrap().expect("there");
    assert_eq!((back.doc, back.labels), (mall(A, "two"), in_region("35.10")));
}

#[tokio::test]
async fn a_record_with_a_value_of_another_type_is_named_and_put_back() {
    for alteration in DOCUMENTS {
        let database = mpp_testkit::database(Backend::Sqlite).await;
        let served = three(&database).await;
        alter_records(database.url(), alteration).await;
        let found = altered(&served.feed).await;
        assert_eq!(found, [("mall".to_owned(), named(&[A]))], "{alteration}");
        let mended = served.feed.mend(&officer(), false).await.unwrap();
        assert_eq!(mended, Mended { restored: 1, ..Mended::default() }, "{alteration}");
        is_as_it_was(&served).await;

        // Followers still hear of the next write, past the row that was altered in the feed.
        let last = write(&served.db, B, "c", "35.10").await;
        served.feed.wait_for(last).await.unwrap_or_else(|error| panic!("{alteration}: {error}"));
        let mut state = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
        let (all, _) = changes_to(&mut state, last).await;
        assert_eq!(all.len(), 2, "{alteration}");
    }
}

#[tokio::test]
async fn a_write_of_such_a_record_puts_it_right() {
    for alteration in DOCUMENTS {
        let database = mpp_testkit::database(Backend::Sqlite).await;
        let served = three(&database).await;
        alter_records(database.url(), alteration).await;
        let mut tx = served.db.begin(&officer()).await.unwrap();
        let doc = mall(A, "two");
        tx.put(A, &doc, in_region("35.10"), Expect::Any).await.unwrap();
        tx.commit().await.unwrap();
        is_as_it_was(&served).await;
    }
}

#[tokio::test]
async fn where_nothing_has_what_was_written_the_repair_says_so_until_it_is_accepted() {
    let database = mpp_testkit::database(Backend::Sqlite).await;
    let served = three(&database).await;
    let fault = "update record set proof = 'x' where name = 'malls/a'; delete from change";
    alter_records(database.url(), fault).await;
    let left = served.feed.mend(&officer(), false).await.unwrap();
    assert_eq!(left, Mended { left: named(&[A]), ..Mended::default() });
    let mended = served.feed.mend(&officer(), true).await.unwrap();
    assert_eq!(mended, Mended { accepted: 1, ..Mended::default() });
    is_as_it_was(&served).await;
}

#[tokio::test]
async fn a_deletion_with_a_value_of_another_type_is_put_back_as_a_deletion() {
    let database = mpp_testkit::database(Backend::Sqlite).await;
    let served = three(&database).await;
    let mut tx = served.db.begin(&officer()).await.unwrap();
    let tombstone = Tombstone { reason: Why::Withdrawn.into(), successor: String::new() };
    tx.delete::<Mall>(A, &tombstone, Expect::Any).await.unwrap();
    tx.commit().await.unwrap();
    let fault = "update record set tombstone = cast(tombstone as text), deleted = 'x'
                 where name = 'malls/a'";
    alter_records(database.url(), fault).await;
    assert_eq!(altered(&served.feed).await, [("mall".to_owned(), named(&[A]))]);
    let mended = served.feed.mend(&officer(), false).await.unwrap();
    assert_eq!((mended.restored, mended.left), (1, Named::default()));
    assert!(altered(&served.feed).await.is_empty());
    let mut tx = served.db.begin(&officer()).await.unwrap();
    let buried = tx.buried::<Mall>(A).await.unwrap().expect("it is deleted");
    assert_eq!(buried.tombstone, tombstone);
}

#[tokio::test]
async fn a_record_whose_name_is_no_text_is_named_and_filed_again() {
    for (fault, restored) in [
        ("update record set name = cast(name as blob) where name = 'malls/a'", 1),
        ("update record set kind = cast(kind as blob) where name = 'malls/a'", 1),
    ] {
        let database = mpp_testkit::database(Backend::Sqlite).await;
        let served = three(&database).await;
        alter_records(database.url(), fault).await;
        let found = altered(&served.feed).await;
        assert_eq!(found[0].1.names.first().map(String::as_str), Some(A), "{fault}: {found:?}");
        let mended = served.feed.mend(&officer(), false).await.unwrap();
        assert_eq!((mended.restored, mended.left), (restored, Named::default()), "{fault}");
        is_as_it_was(&served).await;
    }
}

async fn misfiled(db: &Db) -> Vec<(&'static str, bool)> {
    let mut read = db.read().await.unwrap();
    let found = db.misfiled(read.conn(), &[]).await.unwrap();
    read.end().await.unwrap();
    found.iter().map(|one| (one.table, one.is_mendable(false))).collect()
}

/// Text stored as bytes and bytes stored as text are put back; the number that stood where now
/// stands a word is lost.
#[tokio::test]
async fn the_small_tables_are_named_by_row_and_column_and_mended_where_nothing_is_lost() {
    for (table, fault, mends) in [
        ("change", "update change set doc = cast(doc as text) where version = 1", true),
        ("change", "update change set labels = cast(labels as blob) where version = 1", true),
        ("change", "update change set version = 'x' where name = 'malls/b'", false),
        ("revision", "update revision set actor = cast(actor as blob) where rev = 1", true),
        ("revision", "update revision set at = 'noon' where rev = 1", false),
        ("feed", "update feed set floor = 'deep'", false),
        ("job", "insert into job values (cast('project' as blob), 'x', 0)", true),
        ("request", "insert into request values ('a', 'b', 'c', 'd', 'e', 1, 0)", true),
    ] {
        let database = mpp_testkit::database(Backend::Sqlite).await;
        let options = database.options(mpp_core::Clock::system());
        let served = Served::start(&options, FeedOptions::default()).await;
        for name in [A, B] {
            write(&served.db, name, "one", "35.10").await;
        }
        assert_eq!(misfiled(&served.db).await, [], "nothing is wrong yet");
        execute(database.url(), fault).await;
        let found = misfiled(&served.db).await;
        assert!(!found.is_empty(), "{fault}");
        assert!(found.iter().all(|one| *one == (table, mends)), "{fault}: {found:?}");
        for accept in [false, true] {
            let by: Actor = officer();
            let mut tx = served.db.begin(&by).await.unwrap();
            let found = served.db.misfiled(tx.conn(), &[]).await.unwrap();
            tx.mend(&found, accept).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(misfiled(&served.db).await.is_empty(), mends || accept, "{fault}");
        }
    }
}

#[tokio::test]
async fn a_trigger_a_function_or_an_index_that_somebody_has_dropped_is_named_and_made_again() {
    const BOTH: &[&str] = &["drop index change_history"];
    const SQLITE: &[&str] = &[
        "drop trigger record_updated",
        "drop trigger record_sealed",
        "drop trigger record_form; create trigger record_form before update on record
         when 1 = 2 begin select 1; end",
    ];
    const POSTGRES: &[&str] = &[
        "drop trigger record_changed on record",
        "drop function record_changed cascade",
        "alter table record disable trigger record_changed",
        "create or replace function record_form() returns trigger language plpgsql as
         $$ begin return new; end $$",
    ];
    on_both(async |database| {
        let own = if database.backend() == Backend::Sqlite { SQLITE } else { POSTGRES };
        let served = three(&database).await;
        for fault in BOTH.iter().chain(own) {
            execute(database.url(), fault).await;
            let by: Actor = officer();
            let mut tx = served.db.begin(&by).await.unwrap();
            let now = tx.now();
            let found = served.db.disagreements(tx.conn(), now).await.unwrap();
            let kinds = ["trigger", "function", "index"];
            assert!(!found.is_empty(), "{fault}");
            assert!(found.iter().all(|one| kinds.contains(&one.table)), "{fault}: {found:?}");
            tx.mend(&found, false).await.unwrap();
            assert_eq!(served.db.disagreements(tx.conn(), now).await.unwrap(), [], "{fault}");
            tx.commit().await.unwrap();
        }
        let last = write(&served.db, B, "c", "35.10").await;
        served.feed.wait_for(last).await.expect("the feed hears of writes");
    })
    .await;
}
