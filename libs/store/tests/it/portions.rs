//! Many values of another type at once: put back while others write, and gone on with where a
//! repair was cut off.

use mpp_store::{Db, FeedOptions, Progress};
use mpp_testkit::{Backend, TestDatabase, execute};
use sqlx::Row as _;

use crate::{
    altered::A,
    kit::{Served, officer, write},
};

/// A database that keeps `many` answers whose digest is a text.
async fn served(many: i64) -> (TestDatabase, Served) {
    let database = mpp_testkit::database(Backend::Sqlite).await;
    let options = database.options(mpp_core::Clock::system());
    let served = Served::start(&options, FeedOptions::default()).await;
    let many = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < {many})
         insert into request select 'a', 'b', i, 'd', x'', 1, 0 from n"
    );
    execute(database.url(), &many).await;
    (database, served)
}

async fn count(db: &Db, which: &str) -> i64 {
    let mut read = db.read().await.unwrap();
    let text = sqlx::AssertSqlSafe(format!("select count(*) from {which}"));
    let count = sqlx::query(text).fetch_one(read.conn()).await.unwrap().get(0);
    read.end().await.unwrap();
    count
}

async fn put_back(served: &Served) -> i64 {
    let progress = Progress::default();
    served.db.put_back_misfiled(&officer(), &[], &progress).await.unwrap()
}

#[tokio::test]
async fn a_repair_of_many_values_lets_others_write_and_goes_on_where_it_was_cut_off() {
    const WRONG: &str = "request where typeof(digest) <> 'blob'";
    const MANY: i64 = 40_000;
    let (_database, served) = served(MANY).await;
    let (db, by) = (served.db.clone(), officer());
    let progress = Progress::default();
    let told = progress.clone();
    let repair = tokio::spawn(async move { db.put_back_misfiled(&by, &[], &told).await });
    // A writer gets its turn between two portions.
    while count(&served.db, WRONG).await == MANY {
        write(&served.db, A, "one", "35.10").await;
    }
    repair.abort();
    repair.await.expect_err("it was cut off");
    // Whatever it had begun has ended once another one may write.
    write(&served.db, A, "two", "35.10").await;
    let left = count(&served.db, WRONG).await;
    assert!(0 < left && left < MANY, "{left}");
    // The portion that was cut off may have been committed before that was counted.
    let (mended, remaining) = (progress.count(), progress.remaining());
    assert!(0 < mended && mended <= MANY - left && mended + remaining == MANY, "{progress:?}");
    let rest = Progress::default();
    let restored = served.db.put_back_misfiled(&officer(), &["request"], &rest).await.unwrap();
    assert_eq!((restored, rest.count(), rest.remaining()), (left, left, 0));
    assert_eq!(count(&served.db, WRONG).await, 0);
    assert_eq!(put_back(&served).await, 0, "nothing is left");
}

/// However many they are: until what follows from them is set right nobody may see them.
#[tokio::test]
async fn what_nothing_says_is_taken_as_it_is_in_one_transaction() {
    const WRONG: &str = "request where typeof(create_time) <> 'integer'";
    const MANY: i64 = 3_000;
    let (_database, served) = served(MANY).await;
    put_back(&served).await;
    let mut tx = served.db.begin(&officer()).await.unwrap();
    sqlx::query("update request set create_time = 'noon'").execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(put_back(&served).await, 0, "not unasked");
    let mut tx = served.db.begin(&officer()).await.unwrap();
    assert_eq!(tx.accept_misfiled(&[]).await.unwrap(), MANY);
    assert_eq!(count(&served.db, WRONG).await, MANY, "nobody else sees it yet");
    tx.commit().await.unwrap();
    assert_eq!(count(&served.db, WRONG).await, 0);
    assert_eq!(count(&served.db, "request where create_time = 0").await, MANY);
}
