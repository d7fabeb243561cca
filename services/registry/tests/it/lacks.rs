//! A source that its client could not read whole: counted, told, and never taken for fresh.

use mpp_api::sync::{End, Incomplete, OpenSessionRequest, incomplete};
use mpp_testkit::on_both;

use crate::{
    publisher::{Session, begin_again, hello, record, source},
    pusher::{Push, opening, records},
    world::{World, refused},
};

fn torn() -> End {
    let text = "catalog.csv: a quote is left open at line 3".to_owned();
    let incomplete = Incomplete { reason: incomplete::Reason::Torn.into(), text };
    End { unread: 3, incomplete: Some(incomplete), ..End::default() }
}

#[tokio::test]
async fn rows_that_nobody_could_read_are_counted_beside_those_that_came() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        session.send(vec![record("kk", "Kartu Keluarga"), record("ktp", "")]).await;
        let summary = session.end_with(End { unread: 2, ..End::default() }).await;
        let counted = summary.session.expect("counted");
        assert_eq!((counted.received, counted.rejected, counted.unread), (2, 1, 2));
        let shown = source(&world).await;
        assert_eq!((shown.accounting, shown.last_session), (summary.source, summary.session));
        assert!(shown.last_success_time.is_some(), "every row was accounted for");
        assert_eq!((shown.incomplete, shown.last_end_time), (None, shown.last_success_time));

        let known = shown.checkpoint.expect("a checkpoint");
        let later =
            begin_again(&world, mpp_api::sync::Hello { checkpoint: Some(known), ..hello() });
        let mut later = later.await;
        assert_eq!(source(&world).await.last_session.expect("counted").unread, 0, "it has begun");
        later.send(vec![record("akta", "Akta Kelahiran")]).await;
        let summary = later.end_with(End { unread: 5, ..End::default() }).await;
        assert_eq!(summary.session.expect("counted").unread, 5);
        assert_eq!(summary.source.expect("counted").unread, 7, "over all sessions");
    })
    .await;
}

#[tokio::test]
async fn a_torn_source_is_told_and_does_not_look_fresh() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        push.send(records(0..1)).await;
        let summary = push.end_with(torn()).await.expect("a summary");
        assert_eq!(summary.session.expect("counted").unread, 3);
        let again = push.end_with(torn()).await.expect("the same summary");
        assert_eq!(again.source, summary.source, "counted once");
        let shown = source(&world).await;
        assert_eq!(shown.incomplete, torn().incomplete);
        assert!(shown.last_success_time.is_none() && shown.last_end_time.is_some());

        let mut mended = Push::with(&world, OpenSessionRequest { checkpoint: None, ..opening() })
            .await
            .expect("a session");
        assert!(mended.welcome.fencing_token > push.welcome.fencing_token);
        mended.send(records(0..4)).await;
        mended.end().await.expect("a summary");
        let shown = source(&world).await;
        assert!(shown.incomplete.is_none() && shown.last_success_time.is_some());
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_for_anew_is_asked_for_again_after_an_end_that_lacked_something() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        assert!(push.welcome.send_all);
        push.end_with(torn()).await.expect("a summary");
        let again = Push::open(&world).await;
        assert!(again.welcome.send_all, "nothing of it has come");
    })
    .await;
}

#[tokio::test]
async fn an_end_that_says_nothing_true_is_refused_with_its_field() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        let negative = End { unread: -1, ..End::default() };
        assert_eq!(refused(push.end_with(negative).await).fields[0].0, "unread");
        let mut mute = torn();
        mute.incomplete.as_mut().expect("a lack").reason = 0;
        assert_eq!(refused(push.end_with(mute).await).fields[0].0, "incomplete.reason");
        let mut long = torn();
        long.incomplete.as_mut().expect("a lack").text = "x".repeat(2_001);
        assert_eq!(refused(push.end_with(long).await).fields[0].0, "incomplete.text");
        push.end().await.expect("it goes on all the while");
    })
    .await;
}
