//! Records: versions, etags, tombstones, bulk.

use mpp_api::{registry::Mall, types::Tombstone};
use mpp_core::Reason;
use mpp_store::Expect;
use mpp_testkit::on_both;

use crate::kit::{SCHEMA, in_region, mall, officer, write};

#[tokio::test]
async fn a_mall_is_made_changed_and_deleted_and_its_name_is_not_used_again() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let name = "malls/banyuwangi";
        let mut tx = db.begin(&officer()).await.unwrap();
        let put = tx.put(name, &mall(name, "MPP"), in_region("35.10"), Expect::New).await.unwrap();
        assert_eq!((put.version, put.changed), (1, true));
        assert_eq!(tx.commit().await.unwrap(), 1);

        let mut tx = db.begin(&officer()).await.unwrap();
        let found = tx.get::<Mall>(name).await.unwrap().unwrap();
        assert!(found.etag().starts_with("1."), "{}", found.etag());
        let stale = tx.put(name, &mall(name, "X"), in_region("35.10"), Expect::Etag("7")).await;
        assert_eq!(stale.unwrap_err().reason(), Reason::EtagMismatch);
        let etag = found.etag();
        let put = tx.put(name, &mall(name, "B"), in_region("35.10"), Expect::Etag(&etag)).await;
        assert_eq!(put.unwrap().version, 2);
        assert!(tx.etag::<Mall>(name).starts_with("2."), "{}", tx.etag::<Mall>(name));
        assert_eq!(tx.commit().await.unwrap(), 2);

        let mut tx = db.begin(&officer()).await.unwrap();
        let gone = tx.delete::<Mall>(name, &Tombstone::default(), Expect::Any).await.unwrap();
        assert_eq!(gone, 3);
        assert_eq!(tx.commit().await.unwrap(), 3);

        let mut tx = db.begin(&officer()).await.unwrap();
        for expect in [Expect::New, Expect::Any, Expect::Etag("")] {
            let late = tx.put(name, &mall(name, "late"), in_region("35.10"), expect).await;
            assert_eq!(late.unwrap_err().reason(), Reason::Tombstoned);
        }
        let items = vec![(name.to_owned(), mall(name, "late"), in_region("35.10"))];
        assert!(tx.put_many(items).await.unwrap()[0].tombstoned);
        assert_eq!(tx.commit().await.unwrap(), 3, "nothing changed: the head");

        let mut read = db.read().await.unwrap();
        let history = read.versions_below(("mall", name), None, 10).await.unwrap();
        let versions: Vec<_> = history.iter().map(|change| change.version).collect();
        assert_eq!(versions, [3, 2, 1]);
        assert!(read.get::<Mall>(name).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn what_is_derived_comes_back_with_what_it_is_derived_from() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let name = "malls/banyuwangi";
        write(&db, name, "MPP", "35.10").await;
        let mut tx = db.begin(&officer()).await.unwrap();
        tx.revive(name, &mall(name, "alive"), in_region("35.10")).await.unwrap();
        assert_eq!(tx.get::<Mall>(name).await.unwrap().unwrap().version, 1, "it was not gone");
        tx.delete::<Mall>(name, &Tombstone::default(), Expect::Any).await.unwrap();
        tx.revive(name, &mall(name, "back"), in_region("35.09")).await.unwrap();
        let back = tx.get::<Mall>(name).await.unwrap().expect("it is back");
        assert_eq!((back.version, &back.labels), (3, &in_region("35.09")));
        assert_eq!(back.create_time, tx.now(), "it is a new one");
        tx.commit().await.unwrap();

        let mut read = db.read().await.unwrap();
        assert_eq!(read.get::<Mall>(name).await.unwrap().expect("for others, too").version, 3);
        let mut tx = db.begin(&officer()).await.unwrap();
        tx.put(name, &mall(name, "on"), in_region("35.09"), Expect::Version(3)).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_the_same_is_no_change() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let name = "malls/banyuwangi";
        let first = write(&db, name, "MPP", "35.10").await;
        let mut tx = db.begin(&officer()).await.unwrap();
        let same = mall(name, "MPP");
        let put = tx.put(name, &same, in_region("35.10"), Expect::Any).await.unwrap();
        assert_eq!((put.version, put.changed), (1, false));
        let items = vec![(name.to_owned(), same.clone(), in_region("35.10"))];
        assert!(!tx.put_many(items).await.unwrap()[0].changed);
        assert_eq!(tx.commit().await.unwrap(), first);

        // Other labels are a change.
        let mut tx = db.begin(&officer()).await.unwrap();
        let put = tx.put(name, &same, in_region("35"), Expect::Any).await.unwrap();
        assert_eq!((put.version, put.changed), (2, true));
        assert_eq!(tx.commit().await.unwrap(), first + 1);
    })
    .await;
}

#[tokio::test]
async fn many_records_are_written_at_once_and_answered_one_by_one() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let named = |number: usize, title: &str| {
            let name = format!("malls/m{number:04}");
            (name.clone(), mall(&name, title), in_region("35.10"))
        };
        let mut tx = db.begin(&officer()).await.unwrap();
        // In no order, and one of them twice.
        let mut items: Vec<_> = (0..1200).rev().map(|number| named(number, "one")).collect();
        items.push(named(7, "again"));
        let put = tx.put_many(items).await.unwrap();
        assert!(put.iter().all(|put| put.changed));
        assert_eq!(put[1200].version, 2);
        tx.commit().await.unwrap();

        let mut tx = db.begin(&officer()).await.unwrap();
        let items = (0..1200).map(|number| named(number, if number < 5 { "two" } else { "one" }));
        let put = tx.put_many(items.collect()).await.unwrap();
        let changed: Vec<_> = (0..1200).filter(|&number| put[number].changed).collect();
        assert_eq!(changed, [0, 1, 2, 3, 4, 7]);
        // A single write after it sees it.
        let found = tx.get::<Mall>("malls/m0000").await.unwrap().unwrap();
        assert_eq!((found.version, found.doc.display_name.unwrap().id.as_str()), (2, "two"));
        tx.commit().await.unwrap();

        let mut read = db.read().await.unwrap();
        let page = read.list::<Mall>("malls/m1", "malls/m1003", 3).await.unwrap();
        let names: Vec<_> = page.iter().map(|mall| mall.name.as_str()).collect();
        assert_eq!(names, ["malls/m1004", "malls/m1005", "malls/m1006"]);
    })
    .await;
}

#[tokio::test]
async fn of_racing_officers_with_one_etag_one_wins() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let name = "malls/banyuwangi";
        write(&db, name, "MPP", "35.10").await;
        let races = (0..16).map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin(&officer()).await?;
                let doc = mall(name, &format!("of {number}"));
                tx.put(name, &doc, in_region("35.10"), Expect::Version(1)).await?;
                tx.commit().await
            })
        });
        let results = futures::future::join_all(races).await;
        let won = results.iter().filter(|raced| raced.as_ref().unwrap().is_ok()).count();
        assert_eq!(won, 1);
        for lost in results.into_iter().filter_map(|raced| raced.unwrap().err()) {
            assert_eq!(lost.reason(), Reason::EtagMismatch);
        }
    })
    .await;
}

#[tokio::test]
async fn of_racing_creators_one_wins_and_the_others_are_told_so() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let name = "malls/banyuwangi";
        let races = (0..16).map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin(&officer()).await?;
                let doc = mall(name, &format!("of {number}"));
                tx.put(name, &doc, in_region("35.10"), Expect::New).await?;
                tx.commit().await
            })
        });
        let results = futures::future::join_all(races).await;
        assert_eq!(results.iter().filter(|raced| raced.as_ref().unwrap().is_ok()).count(), 1);
        for lost in results.into_iter().filter_map(|raced| raced.unwrap().err()) {
            assert_eq!(lost.reason(), Reason::AlreadyExists);
        }
    })
    .await;
}

#[tokio::test]
async fn a_reference_names_the_field_that_is_wrong() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        write(&db, "malls/banyuwangi", "MPP", "35.10").await;
        let mut tx = db.begin(&officer()).await.unwrap();
        tx.require::<Mall>("malls/banyuwangi", "counter.mall").await.unwrap();
        let missing = tx.require::<Mall>("malls/nowhere", "counter.mall").await.unwrap_err();
        assert_eq!(missing.reason(), Reason::ReferenceInvalid);
        assert!(missing.message().contains("counter.mall"), "{missing}");
        let absent = tx.delete::<Mall>("malls/nowhere", &Tombstone::default(), Expect::Any).await;
        assert_eq!(absent.unwrap_err().reason(), Reason::NotFound);
        let large = mall("malls/large", &"x".repeat(mpp_store::MAX_DOCUMENT));
        let refused = tx.put("malls/large", &large, Default::default(), Expect::New).await;
        assert_eq!(refused.unwrap_err().reason(), Reason::TooLarge);
    })
    .await;
}

#[tokio::test]
async fn a_service_learns_which_of_its_constraints_was_broken() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let mut tx = db.begin(&officer()).await.unwrap();
        let text = "insert into place (id, taken) values ($1, $2)";
        sqlx::query(text).bind(1_i64).bind(2_i64).execute(tx.conn()).await.map(drop).map_or_else(
            |error| {
                let name = mpp_store::constraint(&error).unwrap();
                assert!(name.contains("taken"), "{name}");
                assert_eq!(mpp_store::db_error(error).reason(), Reason::WrongState);
            },
            |()| panic!("the check did not hold"),
        );
    })
    .await;
}
