//! Values of other types than their columns', which SQLite keeps and no program writes: such a row
//! is named, hides no other one, and is put back.

use mpp_api::{
    registry::Mall,
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_store::{Actor, CountedNames, Db, Expect, FeedOptions, Filter, Mended, Progress, Start};
use mpp_testkit::{Backend, TestDatabase, alter_records, execute, on_both};
use sqlx::{Connection as _, Row as _};

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
        let mended = served.feed.mend(&officer(), false, &Progress::default()).await.unwrap();
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
    let left = served.feed.mend(&officer(), false, &Progress::default()).await.unwrap();
    assert_eq!(left, Mended { left: named(&[A]), ..Mended::default() });
    let mended = served.feed.mend(&officer(), true, &Progress::default()).await.unwrap();
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
    let mended = served.feed.mend(&officer(), false, &Progress::default()).await.unwrap();
    assert_eq!((mended.restored, mended.left), (1, CountedNames::default()));
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
        alter_records(database.url(), &format!("drop trigger record_named; {fault}")).await;
        let found = altered(&served.feed).await;
        assert_eq!(found[0].1.names.first().map(String::as_str), Some(A), "{fault}: {found:?}");
        let progress = Progress::default();
        let mended = served.feed.mend(&officer(), false, &progress).await.unwrap();
        assert_eq!((mended.restored, mended.left), (restored, CountedNames::default()), "{fault}");
        assert_eq!((progress.count(), progress.remaining()), (restored, 0), "{fault}");
        is_as_it_was(&served).await;
    }
}

/// The database takes no such name; where somebody has dropped what sees to that, too.
#[tokio::test]
async fn a_record_whose_name_is_not_utf_8_is_refused_or_named_and_written_again_by_the_feed() {
    let garble = "update record set name = cast(x'6d616c6c732fff' as text) where name = 'malls/a'";
    let database = mpp_testkit::database(Backend::Sqlite).await;
    let served = three(&database).await;
    let mut hand = sqlx::AnyConnection::connect(database.url()).await.unwrap();
    let refused = sqlx::query(garble).execute(&mut hand).await.unwrap_err();
    assert!(refused.to_string().contains("plain text"), "{refused}");
    let mut tx = served.db.begin(&officer()).await.unwrap();
    for trigger in ["record_named", "record_updated"] {
        let drop = sqlx::AssertSqlSafe(format!("drop trigger {trigger}"));
        sqlx::query(drop).execute(tx.conn()).await.unwrap();
    }
    sqlx::query(garble).execute(tx.conn()).await.unwrap();
    let now = tx.now();
    let found = served.db.disagreements(tx.conn(), now).await.unwrap();
    tx.mend(&found, false).await.unwrap();
    tx.commit().await.unwrap();
    let mut found = altered(&served.feed).await.remove(0).1;
    found.names.sort();
    assert_eq!(found, named(&[A, "malls/\u{fffd}"]));
    let mended = served.feed.mend(&officer(), false, &Progress::default()).await.unwrap();
    assert_eq!((mended.restored, mended.left), (1, named(&["malls/\u{fffd}"])), "A is back");
    served.feed.mend(&officer(), true, &Progress::default()).await.unwrap();
    is_as_it_was(&served).await;
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
        ("revision", "update revision set actor = cast(x'61ff' as text) where rev = 1", false),
        ("job", "insert into job values (cast(x'ff' as text), 'x', 0)", false),
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

/// All rows are counted and mended, although only a page is looked at at a time.
#[tokio::test]
async fn thousands_of_rows_are_counted_truly() {
    let database = mpp_testkit::database(Backend::Sqlite).await;
    let served = three(&database).await;
    let many = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 4321)
                insert into request select 'a', 'b', i, 'd', x'', 1, 0 from n";
    execute(database.url(), many).await;
    let mut tx = served.db.begin(&officer()).await.unwrap();
    let (mut rounds, mut mended) = (0, 0);
    loop {
        let found = served.db.misfiled(tx.conn(), &[]).await.unwrap();
        let told: i64 = found.iter().map(|one| one.rows).sum();
        assert_eq!(told, 4321 - mended, "all of them, though {} are named", found.len());
        if found.is_empty() {
            break;
        }
        mended += tx.mend(&found, false).await.unwrap();
        rounds += 1;
    }
    assert_eq!(rounds, 3);
}

/// A row of the right type has the key already: nobody but a person knows which of them holds.
#[tokio::test]
async fn a_key_of_another_type_beside_its_twin_is_told_and_goes_once_that_is_accepted() {
    let database = mpp_testkit::database(Backend::Sqlite).await;
    let served = three(&database).await;
    let twin = "insert into job values ('project', 'x', 0), (cast('project' as blob), 'y', 0)";
    execute(database.url(), twin).await;
    let mut tx = served.db.begin(&officer()).await.unwrap();
    let found = served.db.misfiled(tx.conn(), &[]).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].what.contains("stands beside it"), "{found:?}");
    assert_eq!(tx.mend(&found, false).await.unwrap(), 0, "not unasked");
    assert_eq!(tx.mend(&found, true).await.unwrap(), 1);
    assert_eq!(served.db.misfiled(tx.conn(), &[]).await.unwrap(), []);
    let left = sqlx::query("select holder from job").fetch_all(tx.conn()).await.unwrap();
    assert_eq!(left.len(), 1, "the one of the right type");
    assert_eq!(left[0].get::<String, _>("holder"), "x");
}

#[tokio::test]
async fn a_trigger_a_function_or_an_index_that_somebody_has_dropped_is_named_and_made_again() {
    const SQLITE: &[&str] = &[
        "drop index change_history",
        "drop index change_history; create index change_history on change (name, kind)",
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
        for fault in own {
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

/// A repair is one transaction, and an index that is built within one keeps all writers waiting. So
/// a person gets the statement that does not.
#[tokio::test]
async fn on_postgres_an_index_that_is_gone_another_one_or_half_built_is_told_with_its_statement() {
    let database = mpp_testkit::database(Backend::Postgres).await;
    let served = three(&database).await;
    for (fault, first) in [
        ("drop index change_history", ""),
        ("drop index revision_tx; create index revision_tx on revision (tx)", "create"),
        ("drop index revision_at; create index revision_at on revision (at desc, rev)", "drop"),
        (
            "drop index record_tombstones;
          create index record_tombstones on record (update_time) where deleted = 0",
            "drop",
        ),
        (
            "update pg_index set indisvalid = false
          where indexrelid = 'change_history'::regclass",
            "drop",
        ),
    ] {
        execute(database.url(), fault).await;
        let mut tx = served.db.begin(&officer()).await.unwrap();
        let now = tx.now();
        let found = served.db.disagreements(tx.conn(), now).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(found.len(), 1, "{fault}: {found:?}");
        assert!(!found[0].is_mendable(true), "{fault}");
        let told: Vec<&str> = found[0].what.split('`').skip(1).step_by(2).collect();
        assert_eq!(told[0].starts_with("drop index concurrently"), first == "drop", "{told:?}");
        for statement in told.iter().filter(|text| !text.starts_with("mpp")) {
            execute(database.url(), statement).await;
        }
        let mut read = served.db.read().await.unwrap();
        assert_eq!(served.db.disagreements(read.conn(), now).await.unwrap(), [], "{fault}");
    }
}
