//! Records that are altered in the database beneath the program: found, told, put back; and never
//! taken for altered where a program has written them.

use mpp_api::types::{Tombstone, tombstone::Reason as Why};
use mpp_core::Digest;
use mpp_store::{Expect, Feed, FeedOptions, Filter, Labels, Mended, Named, Start};
use mpp_testkit::{TestDatabase, alter_records, on_both};

use crate::kit::{Served, changes_to, in_region, mall, officer, unit, write};

const A: &str = "malls/a";
const B: &str = "malls/b";

async fn serve(database: &TestDatabase) -> Served {
    let options = database.options(mpp_core::Clock::system());
    Served::start(&options, FeedOptions::default()).await
}

async fn altered(feed: &Feed) -> Vec<(String, Named)> {
    let own = feed.status(&[]).await.unwrap().own;
    own.altered.into_iter().collect()
}

fn named(names: &[&str]) -> Named {
    let mut named = Named::default();
    names.iter().for_each(|name| named.add(name));
    named
}

/// Every way in which a row can be altered under its version.
const ALTERATIONS: [&str; 5] = [
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

            let mended = served.feed.mend(&officer(), false).await.unwrap();
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

        let mended = served.feed.mend(&officer(), false).await.unwrap();
        assert_eq!(mended, Mended { left: all, ..Mended::default() });
        // Whoever writes it mends it, also with what stands there already.
        let mut tx = served.db.begin(&officer()).await.unwrap();
        let put = tx.put("units/b", &unit("units/b", "one"), in_region("51.03"), Expect::Any).await;
        assert!(put.unwrap().changed, "it is written anew");
        tx.commit().await.unwrap();
        let mended = served.feed.mend(&officer(), true).await.unwrap();
        let unreadable = named(&["units/c"]);
        assert_eq!(mended, Mended { accepted: 1, left: unreadable, ..Mended::default() });
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

        // A program of before knows no proofs: it leaves that of the version before, or none.
        let older = "update record set version = version + 1, labels = '{}' where name = 'units/1';
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
    })
    .await;
}
