//! The inbox as a copy of a feed: changes that come twice count once.

mod healing;
mod rebuilding;
mod repeated;

use mpp_api::{
    Document as _,
    registry::Service,
    scheduling::{Ticket, ticket},
};
use mpp_core::Reason;
use mpp_resource::copy::Copy;
use mpp_rpc::follow::Event;
use mpp_store::{Change, Db, LastProof, Op, Position, ProofPace};
use mpp_testkit::on_both;
use prost::Message as _;
use sqlx::Row as _;

use super::{inbox::Inbox, open};
use crate::{
    SCHEMA,
    model::{FORM, Nation, Upstream},
    store,
};

fn told(number: i64, revision: i64) -> Event {
    let mut done = Ticket { date: "2026-11-24".into(), ..Ticket::default() };
    done.set_state(ticket::State::Completed);
    let change = Change {
        kind: "ticket".into(),
        name: format!("malls/satu/tickets/{number}"),
        version: 1,
        op: Op::Put,
        doc: done.encode_to_vec().into(),
        tombstone: None,
        labels: mpp_store::Labels::new(),
        labels_before: None,
        origin: "api".into(),
        actor: "services/scheduling".into(),
        session: String::new(),
        at: 1_000,
        create_time: 1_000,
        update_time: 1_000,
        revision,
    };
    Event::Changes(vec![change], at(revision))
}

fn published(revision: i64) -> Event {
    let service = Service::default();
    let Event::Changes(changes, position) = told(0, revision) else { unreachable!("as it is") };
    let change = Change {
        kind: Service::KIND.into(),
        name: "units/kemendagri/services/ktp".into(),
        doc: service.encode_to_vec().into(),
        ..changes[0].clone()
    };
    Event::Changes(vec![change], position)
}

async fn inbox(db: &Db, feed: Upstream) -> Copy<Inbox> {
    open(db, feed, false, (ProofPace::default(), &LastProof::default())).await.expect("a copy")
}

/// The copy of a replica that stands in for newer ones.
async fn alone_at(db: &Db, feed: Upstream) -> Copy<Inbox> {
    open(db, feed, true, (ProofPace::default(), &LastProof::default())).await.expect("a copy")
}

async fn scheduling(db: &Db) -> Copy<Inbox> {
    inbox(db, Upstream::Scheduling).await
}

/// Living and deleted catalog changes.
async fn records(db: &Db) -> Vec<(i64, i64)> {
    let mut read = db.read().await.expect("a snapshot");
    let text = "select cast(sum(1 - deleted) as bigint), cast(sum(deleted) as bigint) from record";
    let rows = sqlx::query(text).fetch_all(read.conn()).await.expect("read");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn at(revision: i64) -> Position {
    let token = revision.to_be_bytes().to_vec().into();
    Position { token, revision }
}

async fn completed(db: &Db) -> i32 {
    let mut nation = Nation::default();
    nation.take_over(&store::news(db, None).await.expect("read"), 20).expect("taken over");
    nation.days.values().map(|day| day.completed).sum()
}

async fn inbox_count(db: &Db) -> usize {
    let mut read = db.read().await.expect("a snapshot");
    store::events_after(read.conn(), 0).await.expect("events").len()
}

#[tokio::test]
async fn a_transaction_that_is_told_twice_counts_once() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        copy.apply(Event::StateBegins).await.expect("begins");
        copy.apply(Event::StateEnds(at(1))).await.expect("ends");
        for _ in 0..2 {
            copy.apply(told(1, 2)).await.expect("applied");
        }
        assert_eq!((completed(&db).await, inbox_count(&db).await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn what_lies_behind_is_told_in_vain() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        copy.apply(Event::StateBegins).await.expect("begins");
        copy.apply(Event::StateEnds(at(1))).await.expect("ends");
        for revision in [2, 3, 4] {
            copy.apply(told(revision, revision)).await.expect("applied");
        }
        assert!(copy.shelf().take_noted());
        for revision in [2, 3] {
            copy.apply(told(revision, revision)).await.expect("heard");
            assert_eq!(copy.position(), Some(&at(4)));
            assert!(!copy.shelf().take_noted(), "that it was heard of is still to be noted");
        }
        let news = store::news(&db, None).await.expect("read");
        assert_eq!(news.feeds[Upstream::Scheduling as usize].revision, 4);
        assert_eq!((completed(&db).await, inbox_count(&db).await), (3, 3));
    })
    .await;
}

#[tokio::test]
async fn a_replica_that_was_overtaken_appends_nothing() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut first = scheduling(&db).await;
        let mut second = scheduling(&db).await;
        first.apply(told(1, 2)).await.expect("applied");
        second.apply(told(1, 2)).await.expect("found there");
        assert_eq!((completed(&db).await, inbox_count(&db).await), (1, 1));
        let elsewhere = scheduling(&db).await;
        first.apply(told(2, 3)).await.expect("applied");
        let mut elsewhere = elsewhere;
        elsewhere.apply(told(3, 4)).await.expect_err("3 was not heard");
        assert_eq!((completed(&db).await, inbox_count(&db).await), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn of_a_state_what_is_held_in_the_same_version_is_left_out() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let Event::Changes(records, _) = told(1, 2) else { unreachable!("a change") };
        for revision in [2, 5] {
            let mut copy = scheduling(&db).await;
            copy.apply(Event::StateBegins).await.expect("begins");
            copy.apply(Event::State(records.clone())).await.expect("a part");
            copy.apply(Event::StateEnds(at(revision))).await.expect("ends");
            assert_eq!((completed(&db).await, inbox_count(&db).await), (1, 1));
        }
        let mut copy = scheduling(&db).await;
        copy.apply(Event::StateBegins).await.expect("begins");
        copy.apply(Event::StateEnds(at(6))).await.expect("ends");
        assert_eq!((completed(&db).await, inbox_count(&db).await), (0, 2), "it has vanished");
    })
    .await;
}

#[tokio::test]
async fn a_memory_finds_that_the_inbox_is_another_one_by_the_mark_of_its_place() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        for number in [1, 2] {
            copy.apply(told(number, number + 1)).await.expect("applied");
        }
        let mut nation = Nation::default();
        nation.take_over(&store::news(&db, None).await.expect("read"), 20).expect("taken over");
        copy.apply(told(3, 4)).await.expect("applied");
        let news = store::news(&db, Some(nation.place)).await.expect("read");
        assert!(!news.anew && news.place.seq == 3);

        // The database was restored and written on: the number exists, but belongs to something
        // else.
        let mut tx = db.begin(&super::writer()).await.expect("begins");
        for text in ["update inbox set mark = mark + 1 where seq = 2", "delete from projection"] {
            sqlx::query(text).execute(tx.conn()).await.expect("changed");
        }
        tx.commit().await.expect("committed");
        let news = store::news(&db, Some(nation.place)).await.expect("read");
        assert!(news.anew);
        nation.take_over(&news, 20).expect("taken over");
        assert_eq!((nation.days.len(), nation.place), (0, news.place), "nothing is left of before");
        let news = store::news(&db, Some(nation.place)).await.expect("read");
        assert!(!news.anew, "now it is this one");
    })
    .await;
}

async fn set_form(db: &Db, form: i64) {
    let mut tx = db.begin(&super::writer()).await.expect("a transaction");
    let text = "update inbox_head set form = $1";
    sqlx::query(text).bind(form).execute(tx.conn()).await.expect("written");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn rows_of_a_newer_program_are_left_to_it() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        copy.apply(told(1, 2)).await.expect("applied");
        set_form(&db, FORM + 1).await;
        let error = copy.apply(told(2, 3)).await.expect_err("refused");
        assert_eq!(error.reason(), Reason::NewerForm);
        assert_eq!((completed(&db).await, inbox_count(&db).await), (1, 1));
        set_form(&db, FORM).await;
        let mut newer = scheduling(&db).await;
        newer.apply(told(2, 3)).await.expect("nothing was passed over");
        assert_eq!((completed(&db).await, inbox_count(&db).await), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn rows_of_a_newer_program_that_is_gone_are_made_anew_and_by_it_again_when_it_is_back() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut registry = inbox(&db, Upstream::Registry).await;
        registry.apply(published(1)).await.expect("applied");
        let mut copy = scheduling(&db).await;
        copy.apply(told(1, 2)).await.expect("applied");
        let mut tx = db.begin(&super::writer()).await.expect("a transaction");
        let text = "update projection set value = '{}' where name = 'day'";
        sqlx::query(text).execute(tx.conn()).await.expect("written");
        let text = "update record set form = form + 1, version = version + 1, doc = $1";
        let of_tomorrow = sqlx::query(text).bind(&b"of tomorrow"[..]);
        of_tomorrow.execute(tx.conn()).await.expect("written");
        tx.commit().await.expect("committed");
        set_form(&db, FORM + 1).await;

        let mut alone = alone_at(&db, Upstream::Scheduling).await;
        alone.apply(told(2, 3)).await.expect("it goes on");
        assert_eq!((completed(&db).await, inbox_count(&db).await), (2, 3));
        assert_eq!(records(&db).await, [(1, 0)], "what it tells is worked out anew, too");
        let mut registry = alone_at(&db, Upstream::Registry).await;
        registry.apply(published(3)).await.expect("applied");
        // The next program that projects knows that the rows are this one's.
        let mut copy = scheduling(&db).await;
        copy.apply(told(3, 4)).await.expect("its own form");
    })
    .await;
}

#[tokio::test]
async fn rows_of_an_older_program_are_made_anew_of_the_whole_inbox() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        for revision in [2, 3] {
            copy.apply(told(revision, revision)).await.expect("applied");
        }
        let mut registry = inbox(&db, Upstream::Registry).await;
        registry.apply(published(1)).await.expect("applied");
        assert_eq!(records(&db).await, [(1, 0)]);
        // The rows of an earlier release: one lacks a field, and there is one too many.
        let mut tx = db.begin(&super::writer()).await.expect("a transaction");
        let text = "update projection set value = '{}' where name = 'day';
                    insert into projection (name, key, value, seq) values ('day', 'x', '{}', 1);
                    delete from record";
        sqlx::raw_sql(text).execute(tx.conn()).await.expect("written");
        tx.commit().await.expect("committed");
        set_form(&db, FORM - 1).await;

        let seen = store::news(&db, None).await.expect("read").place;
        copy.apply(told(4, 4)).await.expect("applied");
        assert_eq!((completed(&db).await, inbox_count(&db).await), (3, 4));
        assert_eq!(records(&db).await, [(1, 0)], "it told nobody of the change");
        let news = store::news(&db, Some(seen)).await.expect("read");
        assert!(news.anew, "every replica reads them again");
        assert!(news.rows.iter().any(|(key, value, _)| key.1 == "x" && value.is_none()));
    })
    .await;
}
