//! A follower of a database that was restored, forked or copied, and then written on, is refused
//! and starts again; a follower of one that lost nothing goes on.

use bytes::Bytes;
use mpp_api::{registry::Mall, types::Tombstone};
use mpp_core::{Clock, Reason};
use mpp_store::{Db, Expect, FeedOptions, Filter, Options, Start, Subscription};
use mpp_testkit::{TestDatabase, on_both};

use crate::{
    backup::Backup,
    kit::{SCHEMA, Served, changes_to, in_region, mall, officer, told, unit, write},
};

pub const NAME: &str = "malls/banyuwangi";

pub async fn serve(database: &TestDatabase) -> Served {
    Served::start(&database.options(Clock::system()), FeedOptions::default()).await
}

/// Writes this many times, and answers the last revision.
pub async fn write_on(db: &Db, what: &str, times: usize) -> i64 {
    let mut last = 0;
    for number in 0..times {
        last = write(db, NAME, &format!("{what} {number}"), "35.10").await;
    }
    last
}

/// The position of a follower that has everything.
async fn position(served: &Served) -> Bytes {
    let mut follower = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
    changes_to(&mut follower, served.feed.head()).await.1
}

/// The position after this many writes.
pub async fn position_after(served: &Served, what: &str, times: usize) -> Bytes {
    let last = write_on(&served.db, what, times).await;
    served.feed.wait_for(last).await.unwrap();
    position(served).await
}

pub async fn resume(served: &Served, token: &Bytes) -> Result<Subscription, Reason> {
    let start = Start::Token(token.clone());
    served.feed.subscribe(start, Filter::default()).await.map_err(|error| error.reason())
}

/// A position of what was lost is refused, however far the database was written on; an earlier one
/// goes on, and gets just what came since.
pub async fn tells_them_apart(served: &Served, kept: &Bytes, lost: &Bytes) {
    assert_eq!(resume(served, lost).await.map(drop), Err(Reason::LineageChanged));
    let mut follower = resume(served, kept).await.expect("of before the restore");
    let mut versions = Vec::new();
    while versions.last() != Some(&6) {
        let batch = follower.next().await.unwrap().expect("the feed serves");
        versions.extend(told(&batch.changes).iter().map(|told| told.2));
    }
    assert_eq!(versions, [2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn a_copy_that_was_put_back_and_written_on_is_told_by_its_marks() {
    on_both(async |database| {
        for runs in [true, false] {
            let database = match runs {
                true => &database,
                false => &mpp_testkit::database(database.backend()).await,
            };
            let served = serve(database).await;
            let kept = position_after(&served, "in the copy", 1).await;
            let (backup, served) = if runs {
                (Backup::of(database), served)
            } else {
                served.stop().await;
                (Backup::of(database), serve(database).await)
            };
            let lost = position_after(&served, "after the copy", 3).await;
            served.stop().await;

            backup.restore_to(database);
            let served = serve(database).await;
            // The lost write's revision is given again, and others after it.
            assert_eq!(write_on(&served.db, "goes on", 5).await, 6);
            tells_them_apart(&served, &kept, &lost).await;
            served.stop().await;
            let served = serve(database).await;
            tells_them_apart(&served, &kept, &lost).await;
            served.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_position_above_the_head_is_of_another_history() {
    on_both(async |database| {
        let served = serve(&database).await;
        write_on(&served.db, "in the copy", 1).await;
        served.stop().await;
        let backup = Backup::of(&database);
        let served = serve(&database).await;
        let lost = position_after(&served, "after the copy", 3).await;
        served.stop().await;
        backup.restore_to(&database);
        let served = serve(&database).await;
        assert_eq!(resume(&served, &lost).await.map(drop), Err(Reason::LineageChanged));
        served.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_fork_and_its_original_refuse_each_others_positions() {
    on_both(async |database| {
        let served = serve(&database).await;
        let common = position_after(&served, "before the fork", 2).await;
        served.stop().await;
        let other = Backup::of(&database).fork().await;
        let (one, two) = (serve(&database).await, serve(&other).await);
        let mut positions = Vec::new();
        for (served, what) in [(&one, "one"), (&two, "two")] {
            resume(served, &common).await.expect("they share it");
            positions.push(position_after(served, what, 2).await);
        }
        // Both have drawn the same numbers since.
        assert_eq!(resume(&one, &positions[1]).await.map(drop), Err(Reason::LineageChanged));
        assert_eq!(resume(&two, &positions[0]).await.map(drop), Err(Reason::LineageChanged));
        resume(&one, &positions[0]).await.expect("its own");
        resume(&two, &positions[1]).await.expect("its own");
        one.stop().await;
        two.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_last_revision_keeps_its_mark_when_all_before_it_is_let_go() {
    on_both(async |database| {
        let served = serve(&database).await;
        let early = position_after(&served, "early", 2).await;
        let last = position_after(&served, "last", 2).await;
        served.feed.compact(served.feed.head()).await.unwrap();
        served.stop().await;
        let backup = Backup::of(&database);
        let served = serve(&database).await;
        resume(&served, &last).await.expect("nothing came after it");
        assert_eq!(resume(&served, &early).await.map(drop), Err(Reason::RevisionCompacted));
        let lost = position_after(&served, "goes on", 1).await;
        served.stop().await;
        backup.restore_to(&database);
        let served = serve(&database).await;
        resume(&served, &last).await.expect("it was in the copy");
        write_on(&served.db, "goes on otherwise", 2).await;
        assert_eq!(resume(&served, &lost).await.map(drop), Err(Reason::LineageChanged));
        served.stop().await;
    })
    .await;
}

#[tokio::test]
async fn every_revision_bears_a_mark_of_its_own_also_of_many_records() {
    on_both(async |database| {
        let served = serve(&database).await;
        for round in 0..20 {
            let mut tx = served.db.begin(&crate::kit::officer()).await.unwrap();
            let many = (0..30).map(|number| {
                let name = format!("units/u{number}");
                (name.clone(), unit(&name, &round.to_string()), Default::default())
            });
            tx.put_many(many.collect()).await.unwrap();
            tx.commit().await.unwrap();
            write(&served.db, NAME, &round.to_string(), "35.10").await;
        }
        let mut read = served.db.read().await.unwrap();
        let text = "select count(*), count(distinct mark) from revision";
        let (all, marks): (i64, i64) = sqlx::query_as(text).fetch_one(read.conn()).await.unwrap();
        assert_eq!((all, marks), (40, 40));
    })
    .await;
}

#[tokio::test]
async fn a_database_of_before_gets_its_marks() {
    on_both(async |database| {
        let options = database.options(Clock::system());
        let old = of_before(&options).await;
        let served = Served::over(
            Db::open_migrated(&options, &SCHEMA).await.unwrap(),
            FeedOptions::default(),
        )
        .await;
        assert_eq!(served.feed.head(), old);
        let token = position(&served).await;
        served.stop().await;
        let served = serve(&database).await;
        resume(&served, &token).await.expect("the floor has a mark");
        let mut read = served.db.read().await.unwrap();
        let text = "select count(distinct mark) from revision";
        let (marks,): (i64,) = sqlx::query_as(text).fetch_one(read.conn()).await.unwrap();
        assert_eq!(marks, 2, "the one that was there, and the floor's");
        drop(read);
        assert_eq!(write(&served.db, NAME, "goes on", "35.10").await, old + 1);
        served.stop().await;
    })
    .await;
}

/// Makes a database as an earlier program left it, compacted up to its head; answers that.
async fn of_before(options: &Options) -> i64 {
    let ran = Db::open_migrated(options, &SCHEMA).await.unwrap();
    let last = write_on(&ran, "before", 4).await;
    let is_sqlite = ran.is_sqlite();
    ran.close().await;
    let mut conn = {
        use sqlx::Connection as _;
        sqlx::AnyConnection::connect(&options.url).await.unwrap()
    };
    let again = if is_sqlite {
        "create table r (rev integer primary key, tx bigint not null, last_seq bigint not null,
                         origin text not null, actor text not null, at bigint not null);
         insert into r select rev, tx, last_seq, origin, actor, at from revision;
         drop table revision; alter table r rename to revision;"
    } else {
        "alter table revision drop column mark, drop column session;"
    };
    let text = format!(
        "{again} delete from revision where rev <> 2;
         update feed set lineage = 'before', cluster = 'before', floor = {last}, compacted = {last};
         alter table feed drop column history_floor;
         delete from migration where track = 'store' and name in ('marks', 'sessions')"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut conn).await.unwrap();
    last
}

#[tokio::test]
async fn an_etag_of_what_was_lost_is_none_of_what_was_written_instead() {
    on_both(async |database| {
        let served = serve(&database).await;
        write_on(&served.db, "in the copy", 1).await;
        let kept = etag(&served.db).await;
        served.stop().await;
        let backup = Backup::of(&database);
        let served = serve(&database).await;
        write_on(&served.db, "after the copy", 1).await;
        let lost = etag(&served.db).await;
        served.stop().await;

        backup.restore_to(&database);
        let served = serve(&database).await;
        assert_eq!(etag(&served.db).await, kept, "it is as it was read");
        write_on(&served.db, "instead", 1).await;
        let instead = etag(&served.db).await;
        assert_eq!(instead.split('.').next(), lost.split('.').next(), "the same version");
        let mut tx = served.db.begin(&officer()).await.unwrap();
        let put = tx.put(NAME, &mall(NAME, "late"), in_region("35.10"), Expect::Etag(&lost)).await;
        assert_eq!(put.unwrap_err().reason(), Reason::EtagMismatch);
        let gone = tx.delete::<Mall>(NAME, &Tombstone::default(), Expect::Etag(&lost)).await;
        assert_eq!(gone.unwrap_err().reason(), Reason::EtagMismatch);
        let put = tx.put(NAME, &mall(NAME, "x"), in_region("35.10"), Expect::Etag(&instead)).await;
        assert!(put.unwrap().changed);
        tx.rollback().await.unwrap();
        served.stop().await;
    })
    .await;
}

async fn etag(db: &Db) -> String {
    let mut read = db.read().await.unwrap();
    let found = read.get::<Mall>(NAME).await.unwrap().unwrap();
    read.end().await.unwrap();
    found.etag()
}
