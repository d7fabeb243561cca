//! An inbox that differs from its feed, or was altered beneath the service, is found and healed.

use super::{
    super::{rebuild, writer},
    *,
};

pub(super) async fn take_in_state(copy: &mut Copy<Inbox>) {
    copy.apply(Event::StateBegins).await.expect("begins");
    for number in 1..=3 {
        let Event::Changes(records, _) = told(number, 2) else { unreachable!("a change") };
        copy.apply(Event::State(records)).await.expect("a part");
    }
    copy.apply(Event::StateEnds(at(2))).await.expect("ends");
}

fn tickets(numbers: std::ops::RangeInclusive<i64>) -> mpp_core::Digest {
    let mut digest = mpp_core::Digest::default();
    numbers.for_each(|number| digest.add("ticket", &format!("malls/satu/tickets/{number}"), 1));
    digest
}

#[tokio::test]
async fn an_inbox_that_lost_a_row_or_holds_a_stale_one_is_found_and_healed() {
    for fault in [
        "delete from inbox where name = 'malls/satu/tickets/2'",
        "update inbox set version = 0 where name = 'malls/satu/tickets/2'",
        "update inbox set name = 'malls/satu/tickets/9' where name = 'malls/satu/tickets/2'",
        "update inbox set op = 'deleted', doc = null where name = 'malls/satu/tickets/2'",
        "update inbox set labels = '[]' where name = 'malls/satu/tickets/2'",
        "update inbox set at = at + 1 where name = 'malls/satu/tickets/2'",
    ] {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut copy = scheduling(&db).await;
            take_in_state(&mut copy).await;
            let mut tx = db.begin(&writer()).await.expect("begins");
            sqlx::query(fault).execute(tx.conn()).await.expect("altered");
            tx.commit().await.expect("committed");
            copy.apply(Event::Digest(tickets(1..=3))).await.expect("compared");
            assert!(copy.must_start_again(), "{fault}");

            take_in_state(&mut copy).await;
            copy.apply(told(4, 3)).await.expect("it goes on");
            for mut copy in [copy, scheduling(&db).await] {
                copy.apply(Event::Digest(tickets(1..=4))).await.expect("compared");
                assert!(!copy.must_start_again(), "healed of {fault}");
            }
            assert_eq!(completed(&db).await, 4, "{fault}");
        })
        .await;
    }
}

/// Rows of the projections that are not what the inbox makes of them.
pub(super) async fn differing(db: &Db) -> usize {
    crate::app::copies::rows(db).await.expect("compared").differing().count()
}

pub(super) async fn altered(db: &Db) -> i64 {
    let mut read = db.read().await.expect("a snapshot");
    let all = store::received(&mut read, Upstream::Scheduling).await.expect("read");
    all.altered.values().map(|found| found.count).sum()
}

pub(super) async fn execute(db: &Db, text: &'static str) {
    let mut tx = db.begin(&writer()).await.expect("begins");
    sqlx::raw_sql(text).execute(tx.conn()).await.expect("altered");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn an_event_that_was_altered_is_found_and_set_right_by_the_state() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        take_in_state(&mut copy).await;
        assert_eq!((altered(&db).await, differing(&db).await), (0, 0));
        execute(
            &db,
            "update inbox set labels = '[]', doc = (select doc from inbox where 1 = 0),
                      op = 'deleted' where name = 'malls/satu/tickets/2'",
        )
        .await;
        assert_eq!(altered(&db).await, 1);
        take_in_state(&mut copy).await;
        assert_eq!((altered(&db).await, differing(&db).await), (0, 0), "as it was appended");
        assert_eq!(inbox_count(&db).await, 3, "nothing was added");
    })
    .await;
}

#[tokio::test]
async fn an_altered_event_that_another_has_followed_stays_until_it_is_accepted() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        take_in_state(&mut copy).await;
        let Event::Changes(mut changes, _) = told(2, 3) else { unreachable!("a change") };
        changes[0].version = 2;
        copy.apply(Event::Changes(changes, at(3))).await.expect("applied");
        execute(&db, "update inbox set actor = 'x' where seq = 2").await;
        assert_eq!(altered(&db).await, 1);
        copy.apply(Event::Digest({
            let mut wanted = tickets(1..=3);
            wanted.change("ticket", "malls/satu/tickets/2", Some(1), Some(2));
            wanted
        }))
        .await
        .expect("compared");
        assert!(!copy.must_start_again(), "nobody sends it again");

        execute(&db, "update projection set value = '{}' where name = 'day'").await;
        assert_eq!(differing(&db).await, 1);
        let seen = store::news(&db, None).await.expect("read").place;
        let accepted = rebuild(&db, &[Upstream::Scheduling], false).await.expect("rebuilt");
        assert_eq!(accepted, 1);
        assert_eq!((altered(&db).await, differing(&db).await), (0, 0));
        let news = store::news(&db, Some(seen)).await.expect("read");
        assert!(news.anew, "every replica reads them again");
    })
    .await;
}

#[tokio::test]
async fn what_the_feed_still_sends_is_not_accepted_as_it_was_altered() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        take_in_state(&mut copy).await;
        let Event::Changes(mut changes, _) = told(2, 3) else { unreachable!("a change") };
        changes[0].version = 2;
        copy.apply(Event::Changes(changes, at(3))).await.expect("applied");
        // An event with a later one of its record, and the last events of two records.
        execute(&db, "update inbox set labels = '[]' where seq in (1, 2, 4)").await;
        assert_eq!(altered(&db).await, 3);
        for (feeds, left) in [(&[Upstream::Registry], 3), (&[Upstream::Scheduling], 2)] {
            rebuild(&db, feeds, false).await.expect("rebuilt");
            assert_eq!(altered(&db).await, left, "of {feeds:?}");
        }
        take_in_state(&mut copy).await;
        assert_eq!(altered(&db).await, 1, "the state has the first ticket as it was sent");
    })
    .await;
}

pub(super) async fn wrong(db: &Db) -> Vec<mpp_store::Disagreement> {
    let mut read = db.read().await.expect("a snapshot");
    store::disagreements(read.conn(), db.clock().now()).await.expect("compared")
}

pub(super) async fn mend(db: &Db, accept: bool) {
    let mut tx = db.begin(&writer()).await.expect("begins");
    let now = tx.now();
    let found = store::disagreements(tx.conn(), now).await.expect("compared");
    tx.mend(&found, accept).await.expect("mended");
    tx.commit().await.expect("committed");
    if accept {
        store::close_gaps(db, &writer(), &mpp_store::Progress::default())
            .await
            .expect("what is gone is taken as it is");
    }
}

/// A head that was set by hand, or restored without the inbox: it stops nothing, and the repair of
/// the projections loses nothing by it.
#[tokio::test]
async fn a_head_that_was_set_back_or_ahead_is_named_and_stops_nothing() {
    for fault in [
        "update inbox_head set seq = 1",
        "update inbox_head set seq = 0",
        "update inbox_head set seq = 4711",
        "update inbox_head set seq = 9223372036854775807",
        "delete from inbox_head",
    ] {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut copy = scheduling(&db).await;
            take_in_state(&mut copy).await;
            let seen = store::news(&db, None).await.expect("read").place;
            execute(&db, fault).await;
            let found = wrong(&db).await;
            assert_eq!(found.len(), 1, "{fault}: {found:?}");
            assert_eq!(found[0].table, "inbox_head", "{fault}");
            rebuild(&db, &[], false).await.expect("rebuilt");
            assert_eq!(wrong(&db).await, [], "the repair of projections sets it, too: {fault}");

            execute(&db, fault).await;
            copy.apply(told(4, 3)).await.expect("it goes on by itself");
            assert_eq!((wrong(&db).await.len(), differing(&db).await), (0, 0), "{fault}");
            assert_eq!(completed(&db).await, 4, "{fault}");
            let news = store::news(&db, Some(seen)).await.expect("read");
            assert!(!news.rows.is_empty(), "memories hear of it: {fault}");

            execute(&db, fault).await;
            mend(&db, false).await;
            assert_eq!(wrong(&db).await, [], "{fault}");
        })
        .await;
    }
}

/// The last events, of which no later one tells that a number is missing.
#[tokio::test]
async fn the_end_of_the_inbox_that_somebody_has_deleted_is_told_and_its_numbers_are_not_used_again()
{
    for goes_on in [false, true] {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut copy = scheduling(&db).await;
            take_in_state(&mut copy).await;
            assert_eq!(wrong(&db).await, []);
            execute(&db, "delete from inbox where seq = (select max(seq) from inbox)").await;
            if goes_on {
                copy.apply(told(4, 3)).await.expect("it goes on by itself");
            }
            let found = wrong(&db).await;
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!((found[0].table, found[0].is_mendable(false)), ("inbox", false));
            assert!(found[0].what.contains("--accept-altered"), "{found:?}");
            let refused = store::inboxes_are_sound(&db).await.expect_err("not of what is left");
            assert!(refused.message().contains("gone"), "{refused}");
            mend(&db, true).await;
            assert_eq!(wrong(&db).await, []);
            copy.apply(told(5, 4)).await.expect("it goes on");
            assert_eq!(wrong(&db).await, []);
        })
        .await;
    }
}

#[tokio::test]
async fn how_it_stands_with_a_feed_is_compared_with_the_copy_s_position() {
    for fault in [
        "update feed_state set revision = 4711 where feed = 'scheduling'",
        "update feed_state set revision = 0 where feed = 'scheduling'",
        "update feed_state set seen = 9000000000000000000",
        "insert into feed_state (feed, revision, connected, caught_up) values ('x', 1, 1, 1)",
    ] {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            take_in_state(&mut scheduling(&db).await).await;
            assert_eq!(wrong(&db).await, []);
            execute(&db, fault).await;
            assert_eq!(wrong(&db).await.len(), 1, "{fault}");
            mend(&db, false).await;
            assert_eq!(wrong(&db).await, [], "{fault}");
            store::news(&db, None).await.expect("reports can be read");
        })
        .await;
    }
}

#[tokio::test]
async fn an_earlier_event_that_was_deleted_is_seen_and_the_projections_are_not_made_of_the_rest() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        take_in_state(&mut copy).await;
        let Event::Changes(mut changes, _) = told(2, 3) else { unreachable!("a change") };
        changes[0].version = 2;
        copy.apply(Event::Changes(changes, at(3))).await.expect("applied");
        execute(&db, "delete from inbox where seq in (1, 2)").await;
        let found = wrong(&db).await;
        assert_eq!((found.len(), found[0].table), (1, "inbox"), "{found:?}");
        assert!(found[0].what.contains("1 to 2"), "{found:?}");
        mend(&db, false).await;
        assert_eq!(wrong(&db).await.len(), 1, "nobody sends them again");
        mend(&db, true).await;
        assert_eq!(wrong(&db).await, [], "an officer has taken it as it is");
        copy.apply(told(4, 4)).await.expect("it goes on");
        rebuild(&db, &[], false).await.expect("rebuilt");
        assert_eq!((differing(&db).await, altered(&db).await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_deletion_that_was_altered_is_set_right_by_the_next_state() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        take_in_state(&mut copy).await;
        let Event::Changes(mut changes, _) = told(9, 3) else { unreachable!("a change") };
        copy.apply(Event::Changes(changes.clone(), at(3))).await.expect("applied");
        changes[0].version = 2;
        changes[0].op = Op::Deleted;
        copy.apply(Event::Changes(changes, at(4))).await.expect("applied");
        execute(&db, "update inbox set actor = 'x', at = at + 1 where seq = 5").await;
        assert_eq!(altered(&db).await, 1);
        take_in_state(&mut copy).await;
        assert_eq!((altered(&db).await, wrong(&db).await.len()), (0, 0));
    })
    .await;
}
