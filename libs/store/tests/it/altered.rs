//! Records that are altered in the database, past the program: found, told, put back; and never
//! taken for altered where a program has written them.

use mpp_api::types::{Tombstone, tombstone::Reason as Why};
use mpp_core::Digest;
use mpp_store::{CountedNames, Expect, Feed, FeedOptions, Filter, Labels, Mended, Progress, Start};
use mpp_testkit::{TestDatabase, alter_records, on_both};

use crate::kit::{Served, changes_to, in_region, mall, officer, unit, write};

pub const A: &str = "malls/a";
pub const B: &str = "malls/b";

pub async fn serve(database: &TestDatabase) -> Served {
    let options = database.options(mpp_core::Clock::system());
    Served::start(&options, FeedOptions::default()).await
}

pub async fn altered(feed: &Feed) -> Vec<(String, CountedNames)> {
    let own = feed.status(&[]).await.unwrap().own;
    own.altered.into_iter().collect()
}

pub fn named(names: &[&str]) -> CountedNames {
    let mut named = CountedNames::default();
    names.iter().for_each(|name| named.add(name));
    named
}

/// Every way in which a row can be altered under its version.
pub const ALTERATIONS: [&str; 5] = [
    "update record set doc = (select doc from record where name = 'malls/b') where name = 'malls/a'",
    "update record set labels = '{\"region\":\"51.03\"}' where name = 'malls/a'",
    "update record set update_time = update_time + 1 where name = 'malls/a'",
    "update record set labels = 'no labels' where name = 'malls/a'",
    "update record set create_time = 0 where name = 'malls/a'",
];

#[tokio::test]
async fn a_row_that_is_altered_under_its_version_is_found_and_put_back_as_it_was_written() {
    for alteration in ALTERATIONS {
        on_both(async |database| {
            let served = serve(&database).await;
            write(&served.db, A, "one", "35.10").await;
            let written = write(&served.db, A, "two", "35.10").await;
            write(&served.db, B, "b", "35.10").await;
            assert!(altered(&served.feed).await.is_empty(), "nothing is wrong yet");
            let before = served.feed.status(&[]).await.unwrap();

            alter_records(database.url(), alteration).await;
            let found = altered(&served.feed).await;
            assert_eq!(found, [("mall".to_owned(), named(&[A]))], "{alteration}");
            let mut state = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
            let (all, _) = changes_to(&mut state, written).await;
            assert_eq!(all.len(), 2, "whoever follows gets all records: {alteration}");

            let mended = served.feed.mend(&officer(), false, &Progress::default()).await.unwrap();
            assert_eq!(mended, Mended { restored: 1, ..Mended::default() }, "{alteration}");
            assert!(altered(&served.feed).await.is_empty(), "mended of {alteration}");
            let mut read = served.db.read().await.unwrap();
            let mall_a = read.get::<mpp_api::registry::Mall>(A).await.unwrap().expect("there");
            assert_eq!(mall_a.doc, mall(A, "two"));
            assert_eq!((mall_a.labels, mall_a.version), (in_region("35.10"), 3));
            let after = served.feed.status(&[written + 1]).await.unwrap();
            assert!(after.head_revision > before.head_revision, "followers hear of it");
        })
        .await;
    }
}

#[tokio::test]
async fn what_the_feed_has_no_more_is_left_and_named_until_it_is_accepted_or_written_anew() {
    on_both(async |database| {
        let served = serve(&database).await;
        let mut tx = served.db.begin(&officer()).await.unwrap();
        for name in ["units/a", "units/b", "units/c"] {
            tx.put(name, &unit(name, "one"), Labels::new(), Expect::New).await.unwrap();
        }
        let head = tx.commit().await.unwrap();
        served.feed.wait_for(head).await.unwrap();
        served.feed.compact(head).await.unwrap();
        let swap = "update record set labels = '{\"region\":\"51.03\"}' where name <> 'units/c';
                    update record set doc = cast('no message' as blob) where name = 'units/c'";
        let swap = if served.db.is_sqlite() {
            swap.to_owned()
        } else {
            swap.replace("cast('no message' as blob)", "'no message'")
        };
        alter_records(database.url(), &swap).await;
        let all = named(&["units/a", "units/b", "units/c"]);
        let own = served.feed.status(&[]).await.unwrap().own;
        assert_eq!(
            own.unreadable.into_iter().collect::<Vec<_>>(),
            [("unit".into(), named(&["units/c"]))]
        );

        let mended = served.feed.mend(&officer(), false, &Progress::default()).await.unwrap();
        assert_eq!(mended, Mended { left: all, ..Mended::default() });
        // A write mends it, even with the values that stand there already.
        let mut tx = served.db.begin(&officer()).await.unwrap();
        let put = tx.put("units/b", &unit("units/b", "one"), in_region("51.03"), Expect::Any).await;
        assert!(put.unwrap().changed, "it is written anew");
        tx.commit().await.unwrap();
        let mended = served.feed.mend(&officer(), true, &Progress::default()).await.unwrap();
        let unreadable = named(&["units/c"]);
        assert_eq!(mended, Mended { accepted: 1, left: unreadable, ..Mended::default() });
    })
    .await;
}

/// Changes the title by what it reads, as a partial update does.
async fn change_title(served: &Served, etag: &str) -> mpp_core::Result<i64> {
    let mut tx = served.db.begin(&officer()).await.unwrap();
    let before = tx.living::<mpp_api::registry::Mall>(A).await?;
    let after = mpp_api::registry::Mall { display_name: mall(A, "new").display_name, ..before.doc };
    tx.put(A, &after, in_region("35.10"), Expect::Etag(etag)).await?;
    tx.commit().await
}

/// A mall whose organiser somebody alters; answers the etag that reads show then.
async fn with_an_altered_organiser(served: &Served, database: &TestDatabase) -> (String, String) {
    let mut tx = served.db.begin(&officer()).await.unwrap();
    let of = |unit: &str| mpp_api::registry::Mall { organiser: unit.into(), ..mall(A, "old") };
    tx.put(A, &of("units/one"), in_region("35.10"), Expect::New).await.unwrap();
    tx.put(B, &of("units/other"), in_region("35.10"), Expect::New).await.unwrap();
    tx.commit().await.unwrap();
    let etag = async || {
        let mut read = served.db.read().await.unwrap();
        read.get::<mpp_api::registry::Mall>(A).await.unwrap().expect("there").etag()
    };
    let written = etag().await;
    alter_records(database.url(), ALTERATIONS[0]).await;
    (written, etag().await)
}

#[tokio::test]
async fn a_partial_update_builds_on_what_was_written_and_never_on_what_was_altered() {
    on_both(async |database| {
        let served = serve(&database).await;
        let (written, shown) = with_an_altered_organiser(&served, &database).await;
        let error = change_title(&served, &shown).await.expect_err("meant for what was altered");
        assert_eq!(error.reason(), mpp_core::Reason::WrongState);
        assert!(error.message().contains("mpp repair"), "{}", error.message());
        assert_eq!(altered(&served.feed).await.len(), 1, "and nothing was proven");

        change_title(&served, &written).await.unwrap();
        let mut read = served.db.read().await.unwrap();
        let now = read.get::<mpp_api::registry::Mall>(A).await.unwrap().expect("there");
        assert_eq!(now.doc.organiser, "units/one", "what was altered is put back");
        assert_eq!((now.doc.display_name, now.version), (mall(A, "new").display_name, 2));
        assert!(altered(&served.feed).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_partial_update_of_what_nobody_has_as_it_was_written_is_refused_until_it_is_accepted() {
    on_both(async |database| {
        let served = serve(&database).await;
        with_an_altered_organiser(&served, &database).await;
        let forget = "delete from change";
        mpp_testkit::execute(database.url(), forget).await;
        let error =
            change_title(&served, "").await.expect_err("what stands there was never written");
        assert_eq!(error.reason(), mpp_core::Reason::WrongState);
        assert!(error.message().contains("--accept-altered"), "{}", error.message());
        assert_eq!(altered(&served.feed).await, [("mall".to_owned(), named(&[A]))]);

        let mended = served.feed.mend(&officer(), true, &Progress::default()).await.unwrap();
        assert_eq!(mended, Mended { accepted: 1, ..Mended::default() });
        change_title(&served, "").await.expect("an officer has looked at it");
    })
    .await;
}

#[tokio::test]
async fn a_record_that_is_deleted_in_the_database_is_found_named_and_brought_back() {
    for deletion in [
        "delete from record where name = 'malls/a'",
        "update record set deleted = 1 where name = 'malls/a'",
        "update record set deleted = 1, doc = labels_of where name = 'malls/a'",
    ] {
        on_both(async |database| {
            let served = serve(&database).await;
            write(&served.db, A, "one", "35.10").await;
            write(&served.db, A, "two", "35.10").await;
            write(&served.db, B, "b", "35.10").await;
            let mut tx = served.db.begin(&officer()).await.unwrap();
            let gone = Tombstone { reason: Why::Withdrawn.into(), successor: String::new() };
            tx.delete::<mpp_api::registry::Mall>(B, &gone, Expect::Any).await.unwrap();
            tx.commit().await.unwrap();
            let empty = if served.db.is_sqlite() { "x''" } else { "''" };
            alter_records(database.url(), &deletion.replace("labels_of", empty)).await;
            let found = altered(&served.feed).await;
            assert_eq!(found, [("mall".to_owned(), named(&[A]))], "{deletion}");
            let gone = served.feed.status(&[]).await.unwrap().own.gone;
            assert_eq!(gone.contains(A), deletion.starts_with("delete"), "{deletion}");

            let mended = served.feed.mend(&officer(), false, &Progress::default()).await.unwrap();
            assert_eq!(mended, Mended { restored: 1, ..Mended::default() }, "{deletion}");
            assert!(altered(&served.feed).await.is_empty(), "mended of {deletion}");
            let mut read = served.db.read().await.unwrap();
            let back = read.get::<mpp_api::registry::Mall>(A).await.unwrap().expect("there");
            assert_eq!((back.doc, back.version), (mall(A, "two"), 3), "{deletion}");
            assert_eq!(back.labels, in_region("35.10"), "{deletion}");
            let stays = read.get::<mpp_api::registry::Mall>(B).await.unwrap();
            assert!(stays.is_none(), "what the program has deleted stays deleted: {deletion}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_repair_leaves_what_it_cannot_read_or_must_not_rewrite_and_mends_the_others() {
    on_both(async |database| {
        let served = serve(&database).await;
        let mut tx = served.db.begin(&officer()).await.unwrap();
        for name in ["units/a", "units/b", "units/c", "units/d"] {
            tx.put(name, &unit(name, "one"), Labels::new(), Expect::New).await.unwrap();
        }
        let head = tx.commit().await.unwrap();
        served.feed.wait_for(head).await.unwrap();
        served.feed.compact(head).await.unwrap();
        // A row of a newer program, one with labels that cannot be read, one of a program without
        // proofs.
        let faults = "update record set update_time = 1, form = form + 1 where name = 'units/a';
                      update record set labels = 'no labels' where name = 'units/b';
                      update record set labels = 'none', proof_version = 0 where name = 'units/c';
                      update record set update_time = 1 where name = 'units/d'";
        alter_records(database.url(), faults).await;
        let mended = served.feed.mend(&officer(), true, &Progress::default()).await.unwrap();
        let left = named(&["units/a", "units/b", "units/c"]);
        assert_eq!(mended, Mended { accepted: 1, left, ..Mended::default() });
    })
    .await;
}

#[tokio::test]
async fn whatever_a_program_writes_is_not_taken_for_altered() {
    on_both(async |database| {
        let served = serve(&database).await;
        let mut tx = served.db.begin(&officer()).await.unwrap();
        let many = |title: &str| {
            let item = |name: &str| (name.to_owned(), unit(name, title), in_region("35.10"));
            ["units/1", "units/2", "units/1"].map(item).to_vec()
        };
        tx.put_many(many("one")).await.unwrap();
        tx.put_many(many("two")).await.unwrap();
        tx.put("units/2", &unit("units/2", "three"), Labels::new(), Expect::Any).await.unwrap();
        let gone = Tombstone { reason: Why::Withdrawn.into(), successor: String::new() };
        tx.delete::<mpp_api::registry::Unit>("units/1", &gone, Expect::Any).await.unwrap();
        tx.revive("units/1", &unit("units/1", "again"), Labels::new()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(altered(&served.feed).await.is_empty());

        // An older program knows no proofs: it leaves that of the earlier version, or none.
        let older = "update record set version = version + 1, labels = '{}', sealed = 0
                     where name = 'units/1';
                     insert into record (kind, name, version, deleted, labels, doc, create_time,
                     update_time) select kind, 'units/3', 1, 0, labels, doc, 0, 0 from record
                     where name = 'units/2'";
        alter_records(database.url(), older).await;
        let own = served.feed.status(&[]).await.unwrap().own;
        assert_eq!((own.altered.len(), own.unproven), (0, 2), "nobody can say");
    })
    .await;
}

#[tokio::test]
async fn a_feed_tells_what_was_held_at_each_earlier_revision() {
    on_both(async |database| {
        let served = serve(&database).await;
        let (mut revisions, mut held) = (Vec::new(), Vec::<Digest>::new());
        for title in ["one", "two", "three"] {
            write(&served.db, A, title, "35.10").await;
            let mut tx = served.db.begin(&officer()).await.unwrap();
            let name = format!("units/{title}");
            tx.put(&name, &unit(&name, title), Labels::new(), Expect::New).await.unwrap();
            if title == "three" {
                let gone = Tombstone { reason: Why::Withdrawn.into(), successor: String::new() };
                tx.delete::<mpp_api::registry::Unit>("units/one", &gone, Expect::Any)
                    .await
                    .unwrap();
            }
            revisions.push(tx.commit().await.unwrap());
            held.push(served.feed.status(&[]).await.unwrap().own.contents.versions);
        }
        let asked = [revisions.clone(), vec![99]].concat();
        let mut past = served.feed.status(&asked).await.unwrap().past;
        past.sort_unstable_by_key(|(revision, _)| *revision);
        let wanted: Vec<_> = revisions.iter().copied().zip(held).collect();
        assert_eq!(past, wanted, "each as it was; nothing of what is to come");

        served.feed.wait_for(revisions[2]).await.unwrap();
        served.feed.compact(revisions[1]).await.unwrap();
        let past = served.feed.status(&revisions).await.unwrap().past;
        let known: Vec<_> = past.iter().map(|(revision, _)| *revision).collect();
        assert_eq!(known, [revisions[2], revisions[1]], "none from before the floor");

        // Changes from before the migration do not tell the state before them.
        let upgraded = "update migration set run_at = (select max(at) from revision) + 1
                        where track = 'store' and version = 4";
        mpp_testkit::execute(database.url(), upgraded).await;
        let past = served.feed.status(&revisions).await.unwrap().past;
        let known: Vec<_> = past.iter().map(|(revision, _)| *revision).collect();
        assert_eq!(known, [revisions[2]], "the state itself, and nothing of before it");
    })
    .await;
}
