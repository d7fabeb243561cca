//! Forms: records that a newer replica has written, and clients that know more or less than this
//! one.

use mpp_api::{
    registry::{GetMallRequest, Mall, UpdateMallRequest},
    sync::{Form, Hello, OpenSessionRequest, Outcome},
};
use mpp_client::error_of;
use mpp_testkit::{TestDatabase, document, on_both, write_as_next_version};
use prost::Message as _;

use crate::{
    publisher::{Session, begin_again, codes, delete, hello, outcomes, record, source},
    pusher::{Push, opening},
    world::{COUNTER, MALL, World, reason, refused, text},
};

const KK: &str = "units/kemendagri/services/kk";

/// The forms of services that a client says it knows.
fn forms(number: i64) -> Vec<Form> {
    vec![Form { kind: "service".into(), number }]
}

/// The forms of a client that knows one which this registry does not.
fn newer_forms() -> Vec<Form> {
    forms(mpp_api::document::form_number("service") + 1)
}

/// Serves the registry again, after a newer replica has written this record.
async fn rewritten(world: World, database: &TestDatabase, kind: &str, name: &str) -> World {
    world.stop().await;
    write_as_next_version(database.url(), kind, name).await;
    World::empty(database).await
}

#[tokio::test]
async fn a_batch_that_meets_a_newer_record_is_sent_again_and_nothing_of_it_counts() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        session.send(vec![record("kk", "Kartu Keluarga")]).await;
        session.end().await;
        let world = rewritten(world, &database, "service", KK).await;
        let before = document(database.url(), "service", KK).await;

        for records in [
            vec![record("akta", "Akta"), record("kk", "Kartu Keluarga Baru")],
            vec![record("akta", "Akta"), delete("kk")],
        ] {
            let mut session = begin_again(&world, hello()).await;
            let batch = session.batch(records);
            let status = session.try_batch(batch).await.expect_err("refused");
            assert_eq!(error_of(&status).reason, "NEWER_FORM");
            assert!(error_of(&status).retry_after.is_some(), "{status:?}");
        }
        assert_eq!(document(database.url(), "service", KK).await, before);
        let akta = world.admin().service("units/kemendagri/services/akta").await;
        assert_eq!(reason(akta), "NOT_FOUND", "nothing of the batches was written");
        let source = source(&world).await;
        assert_eq!(source.accounting.map(|sums| sums.received), Some(1), "nor counted");

        // Records that the newer replica has not touched go on, and the same record is no rewrite.
        let mut session = begin_again(&world, hello()).await;
        let result = session.send(vec![record("akta", "Akta")]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied]);
    })
    .await;
}

#[tokio::test]
async fn a_record_below_that_is_newer_keeps_a_mall_from_moving() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let world = rewritten(world, &database, "counter", COUNTER).await;
        let moved = Mall { name: MALL.into(), region: "regions/35.09".into(), ..Mall::default() };
        let request = UpdateMallRequest { mall: Some(moved), ..Default::default() };
        let error = refused(world.admin().directory.update_mall(request).await);
        assert_eq!(error.reason, "NEWER_FORM");
        assert!(error.message.contains(COUNTER), "it names the record: {}", error.message);
        let renamed =
            Mall { name: MALL.into(), display_name: text("MPP Banyuwangi"), ..Mall::default() };
        let request = UpdateMallRequest { mall: Some(renamed), ..Default::default() };
        world.admin().directory.update_mall(request).await.expect("the mall itself is not newer");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_knows_more_than_the_registry_waits_until_it_was_upgraded() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let newer = Hello { forms: newer_forms(), ..hello() };
        let status = Session::with(&world, newer).await.map(drop).expect_err("refused");
        assert_eq!(error_of(&status).reason, "NEWER_FORM");
        let newer = OpenSessionRequest { forms: newer_forms(), ..opening() };
        let status = Push::with(&world, newer).await.map(drop).expect_err("refused");
        assert_eq!(error_of(&status).reason, "NEWER_FORM");

        // A session that a newer replica has opened, and whose next call comes here.
        let mut push = Push::open(&world).await;
        push.send(vec![record("kk", "Kartu Keluarga")]).await;
        let world = {
            world.stop().await;
            let newer = newer_forms()[0].number;
            let text = format!("update sync_lease set form = {newer}");
            mpp_testkit::execute(database.url(), &text).await;
            World::empty(&database).await
        };
        push.moves_to(&world);
        let sent = push.try_send(vec![record("kk", "Kartu Keluarga Baru")]).await;
        let status = sent.expect_err("refused");
        assert_eq!(error_of(&status).reason, "NEWER_FORM");
    })
    .await;
}

#[tokio::test]
async fn clients_that_name_no_form_or_one_of_before_are_served() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        for (given, title) in [(Vec::new(), "Kartu"), (forms(1), "Kartu Keluarga")] {
            let mut session = begin_again(&world, Hello { forms: given, ..hello() }).await;
            let result = session.send(vec![record("kk", title)]).await;
            assert_eq!(codes(&result), [""]);
            session.end().await;
        }
        let none = Hello { forms: forms(0), ..hello() };
        let status = Session::with(&world, none).await.map(drop).expect_err("refused");
        assert!(error_of(&status).fields[0].0.ends_with("forms[0].number"), "{status:?}");
        let unknown = Form { kind: "of_tomorrow".into(), number: 7 };
        let other = Hello { forms: vec![unknown], ..hello() };
        begin_again(&world, other).await;
    })
    .await;
}

/// While an upgrade rolls, a record is read at one replica and written at another.
#[tokio::test]
async fn an_etag_is_the_same_in_every_form_that_reads_the_record() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let world = rewritten(world, &database, "mall", MALL).await;
        let stored = document(database.url(), "mall", MALL).await;
        let mut read = world.running.registry.db.read().await.expect("a snapshot");
        let found = read.get::<Mall>(MALL).await.expect("readable").expect("the mall");
        read.end().await.expect("ended");
        // The etag that a program of the newer form gives: it knows every byte that is stored.
        let newer = mpp_api::document::etag(found.version, &stored);
        assert_ne!(stored, found.doc.encode_to_vec(), "this form knows less of it");
        assert_eq!(found.etag(), newer, "in a transaction");
        let request = GetMallRequest { name: MALL.into(), ..Default::default() };
        let answer = world.admin().directory.get_mall(request).await.expect("the mall");
        assert_eq!(answer.into_inner().mall.expect("a mall").etag, newer, "in an answer");

        // An etag that the newer program gave is known here, and an older one is not.
        let renamed = |etag: &str| UpdateMallRequest {
            mall: Some(Mall {
                name: MALL.into(),
                display_name: text("MPP"),
                etag: etag.into(),
                ..Mall::default()
            }),
            ..Default::default()
        };
        for (etag, reason) in [(newer.as_str(), "NEWER_FORM"), ("1.000000000000", "ETAG_MISMATCH")]
        {
            let error = refused(world.admin().directory.update_mall(renamed(etag)).await);
            assert_eq!(error.reason, reason, "{}", error.message);
        }
    })
    .await;
}
