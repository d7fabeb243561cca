//! An inbox that differs from its feed, or was altered beneath the service, is found and healed.

use super::{
    super::{rebuild, writer},
    *,
};

async fn take_in_state(copy: &mut Copy<Inbox>) {
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
async fn differing(db: &Db) -> usize {
    crate::app::copies::rows(db).await.expect("compared").differing().count()
}

async fn altered(db: &Db) -> i64 {
    let mut read = db.read().await.expect("a snapshot");
    let all = store::received(&mut read, Upstream::Scheduling).await.expect("read");
    all.altered.values().map(|found| found.count).sum()
}

async fn execute(db: &Db, text: &'static str) {
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
        let mut tx = db.begin(&writer()).await.expect("begins");
        let accepted = rebuild(&mut tx, &[Upstream::Scheduling]).await.expect("rebuilt");
        tx.commit().await.expect("committed");
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
        // One that another has followed, and the last ones of two records.
        execute(&db, "update inbox set labels = '[]' where seq in (1, 2, 4)").await;
        assert_eq!(altered(&db).await, 3);
        for (feeds, left) in [(&[Upstream::Registry], 3), (&[Upstream::Scheduling], 2)] {
            let mut tx = db.begin(&writer()).await.expect("begins");
            rebuild(&mut tx, feeds).await.expect("rebuilt");
            tx.commit().await.expect("committed");
            assert_eq!(altered(&db).await, left, "of {feeds:?}");
        }
        take_in_state(&mut copy).await;
        assert_eq!(altered(&db).await, 1, "the state has the first ticket as it was sent");
    })
    .await;
}
