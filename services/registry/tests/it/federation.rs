//! Sessions and checkpoints.

use mpp_api::sync::{
    Batch, Checkpoint, Hello, ListSourcesRequest, Outcome, Welcome, sync_request::Message as Ask,
};
use mpp_client::error_of;
use mpp_core::Role;
use mpp_testkit::on_both;

use crate::{
    publisher::{
        Session, ask, begin_again, codes, delete, hello, let_go, outcomes, record, source,
    },
    world::{KEMENDAGRI, SOURCE, World, reason},
};

#[tokio::test]
async fn a_catalog_syncs_in_and_each_record_is_answered() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        assert!(session.welcome.send_all, "the first session sends everything");
        let result = session.send(vec![record("kk", "Kartu Keluarga"), record("akta", "")]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied, Outcome::Rejected]);
        assert_eq!(
            (result.results[1].field.as_str(), result.results[1].code.as_str()),
            ("service.title.id", "REQUIRED")
        );
        let result = session.send(vec![delete("kk"), record("kk", "Kartu Keluarga")]).await;
        assert_eq!(codes(&result), ["", "DUPLICATE"], "the first counts");
        let result =
            session.send(vec![delete("kk"), record("kk", "Kartu Keluarga"), delete("never")]).await;
        assert_eq!(codes(&result), ["", "DUPLICATE", "NOT_FOUND"]);
        assert_eq!(result.results[0].outcome(), Outcome::Unchanged);
        let result = session.send(vec![record("kk", "Kartu Keluarga")]).await;
        assert_eq!(codes(&result), ["TOMBSTONED"]);
        let summary = session.end().await;
        let counted = summary.session.expect("an accounting");
        assert_eq!(
            (counted.received, counted.applied, counted.unchanged, counted.rejected),
            (8, 2, 1, 5)
        );
        assert_eq!(source(&world).await.accounting, summary.source);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_nonce_gets_its_answers_again_and_counts_once() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        let batch = session.batch(vec![record("kk", "Kartu Keluarga"), record("akta", "")]);
        let first = session.try_batch(batch.clone()).await.expect("an answer");
        let again = session.try_batch(batch.clone()).await.expect("an answer");
        assert_eq!(again.results, first.results);
        assert_eq!(again.checkpoint, first.checkpoint);
        assert!(again.repeated_nonce && !first.repeated_nonce);
        assert_eq!(source(&world).await.accounting.expect("counted").received, 2);
        let other = Batch { records: vec![record("lain", "Lain")], ..batch };
        let status = session.try_batch(other).await.expect_err("a nonce is used once");
        assert_eq!(error_of(&status).reason, "PROTOCOL_VIOLATION");
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_resumed_where_both_know() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        session.send(vec![record("s1", "Satu")]).await;
        let known = session.checkpoint.clone();
        // The answer to the second batch is lost on the way.
        let lost = session.batch(vec![record("s2", "Dua")]);
        let under_way = lost.checkpoint.iter().map(|at| at.position.clone()).collect();
        session.asks.send(ask(Ask::Batch(lost))).await.expect("open");
        drop(session);

        let mut resumed =
            begin_again(&world, Hello { checkpoint: Some(known.clone()), under_way, ..hello() })
                .await;
        assert_eq!(resumed.welcome.checkpoint, Some(known));
        assert!(!resumed.welcome.send_all);
        let result = resumed.send(vec![record("s2", "Dua"), record("s3", "Tiga")]).await;
        assert!(matches!(
            outcomes(&result)[..],
            [Outcome::Unchanged | Outcome::Applied, Outcome::Applied]
        ));
        resumed.end().await;
        for id in ["s1", "s2", "s3"] {
            world
                .admin()
                .service(&format!("{KEMENDAGRI}/services/{id}"))
                .await
                .expect("nothing is lost");
        }
    })
    .await;
}

#[tokio::test]
async fn who_knows_less_or_another_past_begins_where_both_agree() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        let mut reached = Vec::new();
        for number in 0..3 {
            session.send(vec![record(&format!("s{number}"), "Layanan")]).await;
            reached.push(session.checkpoint.clone());
        }
        let (second, third) = (reached[1].clone(), reached[2].clone());
        session.end().await;
        let unknown = Checkpoint { sequence: 9, position: "row 9".into(), ..third.clone() };
        let of_another_past = Checkpoint { mark: third.mark ^ 1, ..third.clone() };
        let greeted = async |checkpoint: Option<Checkpoint>| {
            let hello = Hello { checkpoint, ..hello() };
            let session = Session::with(&world, hello).await.expect("a session");
            let Welcome { checkpoint, send_all, next_sequence, .. } = session.welcome.clone();
            assert_eq!(next_sequence, 4, "a number is given once");
            // A hello alone changes nothing.
            let shown = source(&world).await.checkpoint;
            assert_eq!(shown.map(|shown| shown.sequence), Some(3));
            (session, checkpoint, send_all)
        };
        let start = (Some(Checkpoint::default()), true);
        for (named, agreed) in [
            (Some(third.clone()), (Some(third.clone()), false)),
            (Some(unknown), start.clone()),
            (Some(of_another_past), start.clone()),
            (None, start.clone()),
            (Some(second.clone()), (Some(second.clone()), true)),
            (Some(third.clone()), (Some(third.clone()), false)),
        ] {
            let (session, checkpoint, send_all) = greeted(named.clone()).await;
            assert_eq!((checkpoint, send_all), agreed, "{named:?}");
            let_go(&world, session).await;
        }
        let (session, ..) = greeted(Some(second)).await;
        session.end().await;
        let (_, checkpoint, send_all) = greeted(Some(third)).await;
        assert_eq!((checkpoint, send_all), start, "the third was left behind for the second");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_goes_back_counts_on_and_nothing_counts_twice() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        session.send(vec![record("s1", "Satu")]).await;
        let first = Some(session.checkpoint.clone());
        session.send(vec![record("s2", "Dua"), record("s3", "Tiga")]).await;
        let_go(&world, session).await;

        // Its client has the first answers only.
        let resume = Hello { checkpoint: first.clone(), ..hello() };
        let mut back = Session::with(&world, resume).await.expect("a session");
        assert_eq!((&back.welcome.checkpoint, back.welcome.next_sequence), (&first, 3));
        // From the welcome's checkpoint, as older clients count.
        let result = back.send(vec![record("s2", "Dua")]).await;
        assert_eq!(result.checkpoint.map(|given| given.sequence), Some(3));
        let result = back.send(vec![record("s3", "Tiga")]).await;
        assert_eq!(result.checkpoint.map(|given| given.sequence), Some(4));
        let summary = back.end().await;
        let counted = summary.source.expect("counted");
        assert_eq!((counted.received, counted.applied, counted.unchanged), (3, 1, 2));
        assert_eq!(counted.sent_again, 2);
    })
    .await;
}

#[tokio::test]
async fn another_mapping_asks_for_everything_until_its_client_has_an_answer() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        session.send(vec![record("kk", "Kartu Keluarga")]).await;
        let checkpoint = Some(session.checkpoint.clone());
        session.end().await;
        let with = |version: &str| Hello {
            mapping_version: version.into(),
            checkpoint: checkpoint.clone(),
            ..hello()
        };
        let same = Session::with(&world, with("1")).await.expect("a session");
        assert!(!same.welcome.send_all);
        same.end().await;
        // A client whose welcome is lost must be told again.
        drop(Session::with(&world, with("2")).await.expect("a session"));
        let mut told = begin_again(&world, with("2")).await;
        assert!(told.welcome.send_all);
        told.send(vec![record("kk", "Kartu Keluarga")]).await;
        let_go(&world, told).await;
        // It died before it read the answer, and names the checkpoint of the mapping before.
        let mut told = Session::with(&world, with("2")).await.expect("a session");
        assert!(told.welcome.send_all);
        told.send(vec![record("kk", "Kartu Keluarga")]).await;
        let checkpoint = Some(told.checkpoint.clone());
        told.end().await;
        let after =
            Session::with(&world, Hello { checkpoint, ..with("2") }).await.expect("a session");
        assert!(!after.welcome.send_all);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_and_what_is_not_there_is_told_at_the_hello() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let refusal = async |role: Role, namespaces: &[&str], hello: Hello| {
            let begun = Session::by(&mut world.caller(role, namespaces), hello).await;
            error_of(&begun.err().expect("a refusal")).reason
        };
        assert_eq!(refusal(Role::Publisher, &["sources/bkpm"], hello()).await, "PERMISSION_DENIED");
        assert_eq!(refusal(Role::Reader, &[SOURCE], hello()).await, "PERMISSION_DENIED");
        let nowhere = Hello { source: "sources/nowhere".into(), ..hello() };
        assert_eq!(refusal(Role::Publisher, &["sources/nowhere"], nowhere).await, "NOT_FOUND");
        let unmapped = Hello { mapping_version: String::new(), ..hello() };
        assert_eq!(refusal(Role::Publisher, &[SOURCE], unmapped).await, "INVALID_FIELD");
        let mut owner = world.caller(Role::Publisher, &[KEMENDAGRI]);
        Session::by(&mut owner, hello()).await.expect("who holds the source's unit publishes too");
    })
    .await;
}

#[tokio::test]
async fn sources_show_what_was_counted_while_a_session_is_under_way() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        world.admin().create_source("bkpm", "units/bkpm").await.expect("a source");
        let mut session = Session::begin(&world).await;
        session.send(vec![record("kk", "Kartu Keluarga")]).await;
        let shown = source(&world).await;
        assert_eq!(shown.accounting.expect("counted").applied, 1);
        assert_eq!(shown.last_session, shown.accounting);
        assert_eq!(shown.checkpoint.map(|checkpoint| checkpoint.sequence), Some(1));
        assert!(shown.last_success_time.is_none(), "it has not ended");
        let listed = world
            .admin()
            .sync
            .list_sources(ListSourcesRequest::default())
            .await
            .expect("a list")
            .into_inner();
        let received: Vec<_> = listed
            .sources
            .iter()
            .map(|source| source.accounting.unwrap_or_default().received)
            .collect();
        assert_eq!(received, [0, 1]);
        let twice = world.admin().create_source("bkpm", "units/bkpm").await;
        assert_eq!(reason(twice), "ALREADY_EXISTS");
    })
    .await;
}
