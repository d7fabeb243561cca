//! An older program beside a newer one: it knows nothing of the hashes of a source's rows, and what
//! it leaves is not taken for somebody's hand.

use mpp_api::sync::{Hello, Outcome, ReconcileRecordsRequest};
use mpp_client::error_of;
use mpp_core::Role;
use mpp_form::reconcile::{AnswerState, ComparedRecord, Set, Walk, digest, key_of};
use mpp_testkit::{execute, on_both};

use crate::{
    publisher::{Session, begin_again, hello, outcomes, record},
    quarantine::{all, asleep, create_unit, late, redrive},
    sealed::{mend, wrong},
    world::{SOURCE, World},
};

/// As it locks a source, in the same transaction as what follows.
const LOCKS: &str = "update sync_lease set source = source";
/// What it finds of a record that it tries in vain.
const TRIES: &str = "update sync_waiting set field = 'name', code = code, message = 'as before',
    awaited = awaited, refused = refused, rules = rules, last_try = last_try + 1, tries = tries + 1,
    not_before = not_before";

async fn does(url: &str, statements: &[&str]) {
    execute(url, &format!("begin; {}; commit", statements.join("; "))).await;
}

/// Two wait and one stands rejected.
async fn three(world: &World) -> Hello {
    let mut session = Session::begin(world).await;
    let sent = vec![late("akta", "Akta"), late("lain", "Lain"), record("b", "")];
    let last = session.send(sent).await;
    let wanted = [Outcome::Quarantined, Outcome::Quarantined, Outcome::Rejected];
    assert_eq!(outcomes(&last), wanted);
    session.end().await;
    assert_eq!(wrong(world).await, []);
    Hello { checkpoint: last.checkpoint, ..hello() }
}

#[tokio::test]
async fn a_record_that_an_older_program_has_tried_again_waits_on_and_is_taken() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        three(&world).await;
        does(database.url(), &[LOCKS, TRIES]).await;
        assert_eq!(wrong(&world).await, [], "no hand has altered it");
        redrive(&mut world.admin(), all()).await;
        assert_eq!(wrong(&world).await, [], "and it has a hash again");
        does(database.url(), &[LOCKS, TRIES]).await;
        create_unit(&world, "dinas-baru").await;
        let tried = redrive(&mut world.admin(), all()).await;
        assert_eq!((tried.taken, tried.rejected), (2, 0));
        assert_eq!(wrong(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn what_an_older_program_lets_go_is_not_called_gone_and_nothing_comes_again() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let known = three(&world).await;
        let takes = "delete from sync_waiting where name like '%/akta'";
        does(database.url(), &[LOCKS, takes, "delete from sync_rejected"]).await;
        assert_eq!(wrong(&world).await, [], "while it is the last that has written");
        let session = begin_again(&world, known.clone()).await;
        assert!(!session.welcome.send_all, "the source need send nothing again");
        session.end().await;
        assert_eq!(wrong(&world).await, [], "and after a newer one has");

        execute(database.url(), "delete from sync_waiting").await;
        let found = wrong(&world).await;
        assert_eq!(found.len(), 1, "a hand is told again: {found:?}");
        assert!(found[0].what.contains("do not add up"), "{found:?}");
    })
    .await;
}

/// It keeps no digests of what it takes: earlier ones may be of other bytes.
#[tokio::test]
async fn after_an_older_program_has_written_nobody_compares_before_all_was_sent_once() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        three(&world).await;
        let session = Session::begin(&world).await;
        assert!(session.welcome.can_reconcile);
        session.end().await;
        does(database.url(), &[LOCKS]).await;
        let mut session = Session::begin(&world).await;
        assert!(!session.welcome.can_reconcile, "a digest of before tells nothing any more");
        session.send(vec![record("b", "Layanan")]).await;
        session.end().await;
        assert!(Session::begin(&world).await.welcome.can_reconcile);
    })
    .await;
}

/// A comparison by a single call locks nothing, and may be the first that comes.
#[tokio::test]
async fn nor_does_anybody_by_a_single_call_before_a_newer_program_has_locked_the_source() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let sent = record("b", "Layanan");
        let mut session = Session::begin(&world).await;
        session.send(vec![sent.clone()]).await;
        session.end().await;
        let key = key_of(&format!("{}/services/b", sent.unit));
        let asked = ComparedRecord::new(key, &digest(&sent), AnswerState::Taken);
        for (is_older, wanted) in [(false, 0), (true, 1)] {
            if is_older {
                does(database.url(), &[LOCKS]).await;
            }
            let mut walk = Walk::new(Set::new(vec![asked]));
            while let Some(ranges) = walk.next_message() {
                let request =
                    ReconcileRecordsRequest { source: SOURCE.into(), ranges, ..<_>::default() };
                let mut own = world.caller(Role::Publisher, &[SOURCE]);
                let answer = own.sync.reconcile_records(request).await.expect("compared");
                let answer = answer.into_inner().reconciliation.expect("an answer");
                walk.hear(answer).expect("an answer to it");
            }
            assert_eq!(walk.found().wanted.len(), wanted, "of before: {is_older}");
        }
        world.stop().await;
    })
    .await;
}

/// A session that is refused comes again and again, and what its transaction works out is gone each
/// time.
#[tokio::test]
async fn sums_are_made_anew_for_the_session_that_begins_and_not_for_one_that_is_refused() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        three(&world).await;
        let session = Session::begin(&world).await;
        does(database.url(), &[LOCKS]).await;
        // Without the rows no sum can be made.
        execute(database.url(), "alter table sync_rejected rename to set_aside").await;
        let refused = Session::with(&world, hello()).await.err().expect("one is alive");
        assert_eq!(error_of(&refused).reason, "LEASE_HELD");
        execute(database.url(), "alter table set_aside rename to sync_rejected").await;
        session.end().await;
        assert_eq!(wrong(&world).await, []);
    })
    .await;
}

/// A change to what a try has found, without a try, was made by hand and by no program.
#[tokio::test]
async fn a_hand_beside_an_older_program_is_told() {
    for hand in [
        "update sync_waiting set awaited = 'units/x'",
        "update sync_waiting set record = (select digest from sync_batch limit 1)",
        "update sync_waiting set not_before = 9000000000000000",
        "update sync_rejected set name = 'x'",
    ] {
        on_both(async |database| {
            let world = World::with_source_under(&database, asleep()).await;
            three(&world).await;
            does(database.url(), &[LOCKS]).await;
            execute(database.url(), hand).await;
            assert!(!wrong(&world).await.is_empty(), "{hand}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_a_hand_has_altered_beside_an_older_program_is_sent_again() {
    for hand in [
        "update sync_waiting set awaited = 'units/x', message = 'x'",
        "update sync_rejected set name = 'x'",
    ] {
        on_both(async |database| {
            let world = World::with_source_under(&database, asleep()).await;
            let known = three(&world).await;
            does(database.url(), &[LOCKS]).await;
            execute(database.url(), hand).await;
            mend(&world, false).await;
            assert_eq!(wrong(&world).await, [], "mended of {hand}");
            let session = begin_again(&world, known).await;
            assert!(session.welcome.send_all, "it would be lost for good: {hand}");
            session.end().await;
        })
        .await;
    }
}
