//! Changes that a feed sends again count once; a record that is made again after a restore is news.

use super::{
    super::writer,
    healing::{differing, take_in_state, wrong},
    *,
};

/// A restore of the positions' table alone sets a position back like that.
#[tokio::test]
async fn what_is_sent_again_after_a_position_was_set_back_counts_once() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        take_in_state(&mut copy).await;
        let before = at(2);
        let again = |version| {
            let Event::Changes(mut changes, _) = told(2, version + 1) else {
                unreachable!("it is")
            };
            changes[0].version = version;
            Event::Changes(changes, at(version + 1))
        };
        for version in 2..=4 {
            copy.apply(again(version)).await.expect("applied");
        }
        let count = inbox_count(&db).await;
        let mut tx = db.begin(&writer()).await.expect("begins");
        let stands = tx.position("scheduling").await.expect("read");
        assert!(tx.move_position("scheduling", stands.as_ref(), &before).await.expect("set back"));
        tx.commit().await.expect("committed");
        let mut copy = scheduling(&db).await;
        for version in 2..=5 {
            copy.apply(again(version)).await.expect("sent again");
        }
        assert_eq!(inbox_count(&db).await, count + 1, "only the last is new");
        assert_eq!((differing(&db).await, wrong(&db).await.len()), (0, 0));
    })
    .await;
}

pub(super) fn version_of_two(version: i64, revision: i64, op: Op) -> Event {
    let Event::Changes(mut changes, position) = told(2, revision) else { unreachable!("it is") };
    changes[0].version = version;
    changes[0].op = op;
    changes[0].at = revision * 1_000;
    Event::Changes(changes, position)
}

/// A registry was restored to before a record was made, and people make it again: its versions
/// begin anew, whether its deletion came from there or was found by the state.
#[tokio::test]
async fn a_record_that_is_made_again_after_a_restore_of_the_upstream_is_news() {
    for was_deleted_there in [true, false] {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let mut copy = scheduling(&db).await;
            copy.apply(Event::StateBegins).await.expect("begins");
            copy.apply(Event::StateEnds(at(1))).await.expect("ends");
            copy.apply(version_of_two(1, 2, Op::Put)).await.expect("applied");
            copy.apply(version_of_two(2, 3, Op::Put)).await.expect("applied");
            if was_deleted_there {
                copy.apply(version_of_two(3, 4, Op::Deleted)).await.expect("applied");
            }
            copy.apply(Event::StateBegins).await.expect("the restored one begins");
            copy.apply(Event::StateEnds(at(1))).await.expect("ends");
            assert_eq!((completed(&db).await, inbox_count(&db).await), (0, 3));
            let Event::Changes(mut again, position) = version_of_two(1, 2, Op::Put) else {
                unreachable!("it is")
            };
            again[0].at += 77;
            copy.apply(Event::Changes(again, position)).await.expect("applied");
            assert_eq!((completed(&db).await, inbox_count(&db).await), (1, 4));
            assert_eq!((differing(&db).await, wrong(&db).await.len()), (0, 0));
        })
        .await;
    }
}

/// A record that was deleted since does not come back, not even for a moment.
#[tokio::test]
async fn what_is_sent_again_of_a_record_that_is_gone_is_left_out() {
    on_both(async |database| {
        let db = database.open(&SCHEMA).await.expect("open");
        let mut copy = scheduling(&db).await;
        copy.apply(Event::StateBegins).await.expect("begins");
        copy.apply(Event::StateEnds(at(1))).await.expect("ends");
        let all = || {
            [(1, 2, Op::Put), (2, 3, Op::Put), (3, 4, Op::Deleted)]
                .map(|(version, revision, op)| version_of_two(version, revision, op))
        };
        for event in all() {
            copy.apply(event).await.expect("applied");
        }
        let mut tx = db.begin(&writer()).await.expect("begins");
        let stands = tx.position("scheduling").await.expect("read");
        let back = tx.move_position("scheduling", stands.as_ref(), &at(1)).await;
        assert!(back.expect("set back"));
        tx.commit().await.expect("committed");
        let mut copy = scheduling(&db).await;
        for event in all() {
            copy.apply(event).await.expect("sent again");
            assert_eq!((completed(&db).await, inbox_count(&db).await), (0, 3));
        }
    })
    .await;
}
