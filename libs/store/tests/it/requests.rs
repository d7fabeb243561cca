//! Idempotency and leases.

use std::time::Duration;

use mpp_api::registry::Mall;
use mpp_core::{Clock, Reason};
use mpp_store::{Expect, Lease, Position, RequestKey, Tx};
use mpp_testkit::on_both;
use prost::Message as _;
use sqlx::Row as _;

use crate::kit::{SCHEMA, in_region, mall, officer};

const ID: &str = "0190b8a0-0000-7000-8000-000000000001";
const NAME: &str = "malls/banyuwangi";

fn key(digest: u8) -> RequestKey {
    RequestKey::new("units/dpmptsp", "CreateMall", ID, [digest; 32]).unwrap()
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_another_one_is_refused() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        assert!(db.replay(&key(1)).await.unwrap().is_none());
        let mut tx = db.begin(&officer()).await.unwrap();
        let answer = mall(NAME, "answered");
        tx.put(NAME, &answer, in_region("35.10"), Expect::New).await.unwrap();
        tx.remember(&key(1), &answer).await.unwrap();
        tx.commit().await.unwrap();

        let again = db.replay(&key(1)).await.unwrap().unwrap();
        assert_eq!(Mall::decode(again).unwrap(), answer);
        let other = db.replay(&key(2)).await.unwrap_err();
        assert_eq!(other.reason(), Reason::RequestIdReused);

        let now = db.now().await.unwrap();
        assert_eq!(db.expire_requests(now + 1).await.unwrap(), 1);
        assert!(db.replay(&key(1)).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn what_another_release_has_answered_is_not_taken_for_another_request() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let mut tx = db.begin(&officer()).await.unwrap();
        tx.remember(&key(1), &mall(NAME, "answered")).await.unwrap();
        tx.commit().await.unwrap();
        let own = i64::from(mpp_api::json::fields_known());
        let releases = [(own + 1, Reason::NewerForm), (own - 1, Reason::Unavailable)];
        for (known, reason) in releases.into_iter().chain([(0, Reason::Unavailable)]) {
            let mut tx = db.begin(&officer()).await.unwrap();
            let update = sqlx::query("update request set fields_known = $1").bind(known);
            update.execute(tx.conn()).await.unwrap();
            tx.commit().await.unwrap();
            let other = db.replay(&key(2)).await.unwrap_err();
            assert_eq!(other.reason(), reason, "{known} of {own} fields");
            assert!(other.retry_after().is_some(), "a replica of that release answers it");
            assert!(!other.message().contains("new UUID"), "it would be done twice");
            assert!(db.replay(&key(1)).await.unwrap().is_some(), "the same digest is the same");
        }
    })
    .await;
}

#[tokio::test]
async fn a_digest_is_stored_as_every_release_reads_it() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let mut tx = db.begin(&officer()).await.unwrap();
        tx.remember(&key(1), &mall(NAME, "answered")).await.unwrap();
        let row = sqlx::query("select digest from request").fetch_one(tx.conn()).await.unwrap();
        assert_eq!(row.get::<Vec<u8>, _>("digest"), [1; 32], "it compares the whole of it");
    })
    .await;
}

#[tokio::test]
async fn of_concurrent_duplicates_one_counts_and_all_end_with_its_answer() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let duplicates = (0..8).map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin(&officer()).await?;
                let answer = mall(NAME, &format!("of {number}"));
                tx.remember(&key(1), &answer).await?;
                tx.put(NAME, &answer, in_region("35.10"), Expect::New).await?;
                tx.commit().await
            })
        });
        let results = futures::future::join_all(duplicates).await;
        assert_eq!(results.iter().filter(|sent| sent.as_ref().unwrap().is_ok()).count(), 1);
        for lost in results.into_iter().filter_map(|sent| sent.unwrap().err()) {
            assert_eq!(lost.reason(), Reason::WriteConflict);
            assert!(lost.retry_after().is_some());
        }
        assert!(db.replay(&key(1)).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_request_id_is_a_uuid() {
    let error = RequestKey::new("units/dpmptsp", "CreateMall", "1", [0; 32]).unwrap_err();
    assert_eq!(error.violations()[0].field, "request_id");
}

#[tokio::test]
async fn a_lease_has_one_holder_until_it_runs_out() {
    on_both(async |database| {
        let clock = Clock::stopped_at(0);
        let options = database.options(clock.clone());
        let db = mpp_store::Db::open_migrated(&options, &SCHEMA).await.unwrap();
        let minute = Duration::from_secs(60);
        assert!(db.lease("sweep", "replica-1", minute).await.unwrap());
        assert!(db.lease("sweep", "replica-1", minute).await.unwrap(), "its holder renews it");
        assert!(!db.lease("sweep", "replica-2", minute).await.unwrap());
        assert!(db.lease("other", "replica-2", minute).await.unwrap());
        clock.advance(60_000_000);
        assert!(db.lease("sweep", "replica-2", minute).await.unwrap());
        assert!(!db.lease("sweep", "replica-1", minute).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn who_gives_way_and_gets_the_lease_again_is_alone_until_another_takes_it() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let lasts = Duration::from_millis(50);
        let mut old = Lease::new(db.clone(), "sweep", "old", lasts);
        assert!(old.take_or_renew().await.unwrap() && !old.is_left_alone(), "nobody was asked");
        old.give_way().await;
        let mut newer = Lease::new(db.clone(), "sweep", "newer", Duration::from_secs(60));
        assert!(newer.take_or_renew().await.unwrap());
        assert!(!old.take_or_renew().await.unwrap() && !old.is_left_alone(), "another has it");
        newer.give_up().await;
        assert!(old.take_or_renew().await.unwrap() && !old.is_left_alone(), "it did not give way");
        old.give_way().await;
        assert!(old.take_or_renew().await.unwrap() && old.is_left_alone(), "nobody has taken it");
        old.doubt();
        assert!(old.take_or_renew().await.unwrap() && old.is_left_alone(), "it has it still");
    })
    .await;
}

#[tokio::test]
async fn a_position_is_saved_with_what_it_stands_for() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.unwrap();
        let position =
            |revision: i64| Position { token: format!("token {revision}").into(), revision };
        let moves = async |tx: &mut Tx, from: Option<i64>, to| {
            let from = from.map(position);
            tx.move_position("registry", from.as_ref(), &position(to)).await.unwrap()
        };
        for (from, to) in [(None, 7), (Some(7), 8)] {
            let mut tx = db.begin(&officer()).await.unwrap();
            assert!(moves(&mut tx, from, to).await);
            tx.commit().await.unwrap();
        }
        let mut tx = db.begin(&officer()).await.unwrap();
        assert!(!moves(&mut tx, None, 9).await, "another has begun already");
        assert!(!moves(&mut tx, Some(7), 9).await, "another went on from there");
        assert!(moves(&mut tx, Some(8), 9).await);
        tx.rollback().await.unwrap();
        let mut read = db.read().await.unwrap();
        assert_eq!(read.position("registry").await.unwrap(), Some(position(8)));
        assert_eq!(read.position("scheduling").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn on_sqlite_a_lease_ends_with_the_process_that_held_it() {
    on_both(async |database| {
        let hour = Duration::from_secs(3600);
        let later = database.options(Clock::stopped_at(86_400_000_000));
        let db = mpp_store::Db::open_migrated(&later, &SCHEMA).await.unwrap();
        assert!(db.lease("sweep", "replica-1", hour).await.unwrap());
        db.close().await;
        // The next process starts with its clock set back, as a demo does.
        let earlier = database.options(Clock::stopped_at(86_400_000_000 - 30_000_000));
        let db = mpp_store::Db::open_migrated(&earlier, &SCHEMA).await.unwrap();
        let taken = db.lease("sweep", "replica-2", hour).await.unwrap();
        assert_eq!(taken, db.is_sqlite(), "on PostgreSQL another process may hold it still");
    })
    .await;
}
