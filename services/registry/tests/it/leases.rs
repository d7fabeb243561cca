//! Leases: one session of a source at a time.

use std::time::Duration;

use mpp_api::sync::{Hello, KeepAlive, Outcome, Source, sync_request::Message as Ask};
use mpp_client::error_of;
use mpp_store::Actor;
use mpp_testkit::on_both;
use tokio::time::{sleep, timeout};

use crate::{
    publisher::{Session, ask, hello, outcomes, record},
    world::{SECOND, SOURCE, World},
};

#[tokio::test]
async fn one_session_writes_and_a_later_one_shuts_it_out() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut old = Session::begin(&world).await;
        old.send(vec![record("kk", "Kartu Keluarga")]).await;
        let held = Session::with(&world, hello()).await.err().expect("one session at a time");
        let error = error_of(&held);
        assert_eq!(error.reason, "LEASE_HELD");
        assert!(error.retry_after.is_some());

        let mut new =
            Session::with(&world, Hello { take_over: true, ..hello() }).await.expect("taken over");
        assert!(new.welcome.fencing_token > old.welcome.fencing_token);
        let late = old.batch(vec![record("kk", "Written by a ghost")]);
        let status = old.try_batch(late).await.expect_err("shut out");
        assert_eq!(error_of(&status).reason, "LEASE_LOST");
        let result = new.send(vec![record("kk", "Kartu Keluarga")]).await;
        assert_eq!(outcomes(&result), [Outcome::Unchanged], "the ghost wrote nothing");
        let mut wrong = new.batch(vec![record("kk", "Kartu Keluarga")]);
        wrong.fencing_token -= 1;
        let status = new.try_batch(wrong).await.expect_err("not its token");
        assert_eq!(error_of(&status).reason, "PROTOCOL_VIOLATION");
    })
    .await;
}

/// How often a source's lease was written.
async fn lease_writes(world: &World) -> i64 {
    let mut read = world.running.registry.db.read().await.expect("a snapshot");
    let query = sqlx::query_scalar("select sealed_locks from sync_lease where source = $1");
    query.bind(SOURCE).fetch_one(read.conn()).await.expect("a lease")
}

/// Else whoever compares what stands after a session finds a difference that nobody has made.
#[tokio::test]
async fn once_a_session_has_its_summary_nothing_more_is_written_for_it() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        session.send(vec![record("kk", "Kartu Keluarga")]).await;
        let before = lease_writes(&world).await;
        session.end_stream().await;
        let after = lease_writes(&world).await;
        assert_eq!(after, before + 2, "its end locks the lease, and lets it go, both at once");
    })
    .await;
}

#[tokio::test]
async fn a_holder_that_comes_back_gets_its_lease_at_once() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let by = |holder: &str| Hello { holder: holder.into(), ..hello() };
        let mut killed = Session::with(&world, by("agent-1")).await.expect("a session");
        let held = Session::with(&world, by("agent-2")).await.err().expect("another's");
        assert_eq!(error_of(&held).reason, "LEASE_HELD");
        let mut back = Session::with(&world, by("agent-1")).await.expect("its own");
        back.send(vec![record("kk", "Kartu Keluarga")]).await;
        let late = killed.batch(vec![record("kk", "Kartu Keluarga")]);
        let status = killed.try_batch(late).await.expect_err("shut out");
        assert_eq!(error_of(&status).reason, "LEASE_LOST");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_before_its_welcome_leaves_no_lease() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let by = |holder: &str| Hello { holder: holder.into(), ..hello() };
        let actor = Actor::new("test", "users/slow");
        let mut slow = world.running.registry.db.begin(&actor).await.expect("a transaction");
        slow.get::<Source>(SOURCE).await.expect("locked");
        let moment = Duration::from_millis(200);
        // The hello waits for the source's lock, and its client does not.
        let left = timeout(moment, Session::with(&world, by("agent-1"))).await;
        assert!(left.is_err(), "the hello waits");
        // Whether it is noticed before the lock is let go or after, no lease may stay: the pauses
        // only make both likely, and what is waited for is at the end.
        sleep(moment).await;
        slow.rollback().await.expect("ended");
        sleep(moment).await;
        let next = async {
            while Session::with(&world, by("agent-2")).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(10), next).await.expect("the lease was let go");
    })
    .await;
}

#[tokio::test]
async fn a_lease_ends_by_itself_and_a_keep_alive_prolongs_it() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut old = Session::begin(&world).await;
        world.clock.advance(20 * SECOND);
        old.asks.send(ask(Ask::KeepAlive(KeepAlive {}))).await.expect("open");
        // A batch after the keep-alive is answered after it was taken.
        old.send(vec![record("kk", "Kartu Keluarga")]).await;
        world.clock.advance(20 * SECOND);
        let held = Session::with(&world, hello()).await.err().expect("still alive");
        assert_eq!(error_of(&held).reason, "LEASE_HELD");
        world.clock.advance(31 * SECOND);
        let new = Session::with(&world, hello()).await.expect("the lease has ended");
        let status = old.ask(Ask::KeepAlive(KeepAlive {})).await.expect_err("shut out");
        assert_eq!(error_of(&status).reason, "LEASE_LOST");
        new.end().await;
        Session::begin(&world).await;
    })
    .await;
}
