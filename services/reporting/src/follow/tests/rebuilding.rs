//! Projections are made anew beside those that are served, and only of a sound inbox.

use std::collections::BTreeSet;

use super::{
    super::{Rebuilds, append::replace_changes, rebuild, rebuild_where_sound, writer},
    healing::{altered, differing, execute, mend, take_in_state},
    repeated::version_of_two,
    *,
};

#[tokio::test]
async fn projections_are_made_anew_beside_what_comes_in() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        take_in_state(&mut copy).await;
        execute(&db, "update projection set value = replace(value, '3', '7') where name = 'day'")
            .await;
        assert_eq!(differing(&db).await, 1);
        let rebuilds = (0..3).map(|_| rebuild(&db, &[], false));
        let comes = async {
            for number in 4..=12 {
                copy.apply(told(number, number)).await.expect("it goes on");
            }
        };
        let (done, ()) = tokio::join!(futures::future::join_all(rebuilds), comes);
        done.into_iter().for_each(|done| assert_eq!(done.expect("rebuilt"), 0));
        assert_eq!((differing(&db).await, completed(&db).await), (0, 12));
    })
    .await;
}

/// Without anybody having asked, an inbox that says less than the rows is not projected.
#[tokio::test]
async fn projections_are_not_made_anew_by_themselves_of_an_inbox_that_was_altered() {
    for fault in ["delete from inbox where seq = 2", "update inbox set labels = '[]' where seq = 2"]
    {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut copy = scheduling(&db).await;
            take_in_state(&mut copy).await;
            execute(&db, fault).await;
            let damage = "update projection set value = '{' where name = 'day'";
            execute(&db, damage).await;
            let error = rebuild_where_sound(&db, false).await.expect_err("refused");
            assert_eq!(error.reason(), Reason::WrongState, "{fault}");
            let policy = crate::Policy::default();
            let nation = crate::load(&db, &policy).await.expect("it starts, to be repaired");
            assert!(!nation.feed(Upstream::Scheduling).caught_up, "and is not ready");
            store::news(&db, None)
                .await
                .expect("read")
                .rows
                .iter()
                .find(|(key, value, _)| key.0 == "day" && value.as_deref() == Some("{"))
                .expect("the row is as it was");

            mend(&db, true).await;
            take_in_state(&mut copy_of_an_officer(&db).await).await;
            let nation = crate::load(&db, &policy).await.expect("read");
            assert!(nation.feed(Upstream::Scheduling).caught_up, "{fault}");
            assert_eq!(completed(&db).await, 3, "{fault}");
        })
        .await;
    }
}

/// A copy over rows that can be read, so that the state can come in.
async fn copy_of_an_officer(db: &Db) -> Copy<Inbox> {
    rebuild(db, &[], false).await.expect("an officer has asked for it");
    scheduling(db).await
}

#[tokio::test]
async fn a_repair_that_accepts_more_than_the_one_under_way_comes_after_it() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        take_in_state(&mut copy).await;
        copy.apply(version_of_two(2, 3, Op::Put)).await.expect("applied");
        execute(&db, "update inbox set actor = 'x' where seq = 2").await;
        let rebuilds = Rebuilds::default();
        let none = std::time::Duration::ZERO;
        assert_eq!(rebuilds.run(&db, &[], none).await.expect("begun"), None);
        let long = std::time::Duration::from_secs(60);
        let accepted = rebuilds.run(&db, &Upstream::ALL, long).await.expect("made anew");
        assert_eq!((accepted, altered(&db).await), (Some(1), 0));
    })
    .await;
}

/// As by a release whose projections did not know of the change, and the one after it.
#[tokio::test]
async fn a_withdrawn_catalog_change_that_a_new_projection_finds_again_is_told_again() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut registry = inbox(&db, Upstream::Registry).await;
        registry.apply(published(1)).await.expect("applied");
        let mut tx = db.begin(&writer()).await.expect("begins");
        replace_changes(&mut tx, BTreeSet::new(), Vec::new()).await.expect("withdrawn");
        tx.commit().await.expect("committed");
        assert_eq!(records(&db).await, [(0, 1)]);

        set_form(&db, FORM - 1).await;
        rebuild(&db, &[], false).await.expect("made anew");
        assert_eq!(records(&db).await, [(1, 0)]);
        assert_eq!(told_of_changes(&db).await, [0, 1, 0]);
        rebuild(&db, &[], false).await.expect("made anew");
        assert_eq!(told_of_changes(&db).await.len(), 3, "nothing is told of what is there");
    })
    .await;
}

/// What reporting's own feed has told, in order: 1 where a change was withdrawn.
async fn told_of_changes(db: &Db) -> Vec<i64> {
    let mut read = db.read().await.expect("a snapshot");
    let text = "select cast(deleted as bigint) from change order by version";
    sqlx::query_scalar(text).fetch_all(read.conn()).await.expect("read")
}
