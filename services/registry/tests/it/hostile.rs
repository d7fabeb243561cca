//! Records and clients that mean no good, or know no better.

use mpp_api::{
    registry::{Service, UpdateServiceRequest},
    sync::{Checkpoint, End, Hello, KeepAlive, Outcome, Record, sync_request::Message as Ask},
};
use mpp_client::error_of;
use mpp_core::Role;
use mpp_testkit::{Backend, TestDatabase, on_both};

use crate::{
    publisher::{Session, ask, codes, delete, hello, outcomes, record, record_of, source},
    world::{BKPM, KEMENDAGRI, KTP, World, reason, service},
};

/// Makes the database refuse a name, as a fault of ours would.
pub async fn refuse(database: &TestDatabase, world: &World, part: &str) {
    let text = match database.backend() {
        Backend::Sqlite => format!(
            "create trigger poison before insert on record when new.name like '%{part}%'
             begin select raise(abort, 'poison'); end"
        ),
        Backend::Postgres => format!(
            "create function poison() returns trigger language plpgsql as
             $$ begin raise exception 'poison'; end $$;
             create trigger poison before insert on record for each row
             when (new.name like '%{part}%') execute function poison()"
        ),
    };
    let by = mpp_store::Actor::default();
    let mut tx = world.running.registry.db.begin(&by).await.expect("a transaction");
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(tx.conn()).await.expect("a trigger");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn a_record_that_the_database_refuses_never_stops_a_batch() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        refuse(&database, &world, "poison").await;
        let mut session = Session::begin(&world).await;
        let mut records: Vec<Record> =
            (0..60).map(|number| record(&format!("s{number}"), "Layanan")).collect();
        records[7] = record("poison-1", "Layanan");
        records[41] = record("poison-2", "Layanan");
        let result = session.send(records).await;
        let refused: Vec<usize> =
            (0..60).filter(|index| codes(&result)[*index] == "INTERNAL").collect();
        assert_eq!(refused, [7, 41]);
        let applied =
            outcomes(&result).iter().filter(|outcome| **outcome == Outcome::Applied).count();
        assert_eq!(applied, 58);
        assert!(
            !result.results[7].message.contains("poison"),
            "the database's words stay in the log"
        );
        let counted = session.end().await.source.expect("counted");
        assert_eq!((counted.received, counted.applied, counted.rejected), (60, 58, 2));
    })
    .await;
}

#[tokio::test]
async fn a_source_writes_only_where_its_unit_may() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        let result = session
            .send(vec![
                record_of(BKPM, "nib", service("NIB")),
                record_of("units/nowhere", "x", service("X")),
                record_of("malls/banyuwangi", "x", service("X")),
                record("kk", "Kartu Keluarga"),
            ])
            .await;
        assert_eq!(codes(&result), ["UNIT_NOT_OWNED", "UNIT_NOT_FOUND", "NAME", ""]);
        assert_eq!(result.results[0].field, "unit");
        assert_eq!(reason(world.admin().service("units/bkpm/services/nib").await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_record_of_another_source_or_of_the_api_is_not_overwritten() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        world.admin().create_source("mirror", KEMENDAGRI).await.expect("a source");
        let mut first = Session::begin(&world).await;
        first.send(vec![record("kk", "Kartu Keluarga")]).await;
        let mut mirror =
            Session::with(&world, Hello { source: "sources/mirror".into(), ..hello() })
                .await
                .expect("a session");
        let result = mirror
            .send(vec![record("kk", "Palsu"), delete("kk"), record("ktp-el-baru", "Palsu")])
            .await;
        assert_eq!(codes(&result), ["OWNED_BY_OTHER_SOURCE", "DUPLICATE", "OWNED_BY_OTHER_SOURCE"]);
        let result = mirror.send(vec![record("kk", "Palsu")]).await;
        assert_eq!(codes(&result), ["OWNED_BY_OTHER_SOURCE"]);
        let kept = world.admin().service("units/kemendagri/services/kk").await.expect("kept");
        assert_eq!(kept.source, "sources/kemendagri");
        assert_eq!(world.admin().service(KTP).await.expect("kept").source, "");
    })
    .await;
}

#[tokio::test]
async fn two_sources_that_race_for_a_name_do_not_overwrite_each_other() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        world.admin().create_source("mirror", KEMENDAGRI).await.expect("a source");
        let mut first = Session::begin(&world).await;
        let mut mirror =
            Session::with(&world, Hello { source: "sources/mirror".into(), ..hello() })
                .await
                .expect("a session");
        for round in 0..10 {
            let id = format!("race-{round}");
            let (one, two) = tokio::join!(
                first.send(vec![record(&id, "Satu")]),
                mirror.send(vec![record(&id, "Dua")])
            );
            let mut both = [codes(&one)[0], codes(&two)[0]];
            both.sort_unstable();
            assert_eq!(both, ["", "OWNED_BY_OTHER_SOURCE"], "round {round}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_source_publishes_is_changed_there() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        session.send(vec![record("kk", "Kartu Keluarga")]).await;
        let name = "units/kemendagri/services/kk";
        let request = || UpdateServiceRequest {
            service: Some(Service {
                name: name.into(),
                product: "KK".into(),
                ..Service::default()
            }),
            ..Default::default()
        };
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        assert_eq!(reason(officer.catalog.update_service(request()).await), "WRONG_STATE");
        let answer =
            world.admin().catalog.update_service(request()).await.expect("overridden").into_inner();
        assert_eq!(answer.service.expect("a service").source, "sources/kemendagri");
        let result = session.send(vec![record("kk", "Kartu Keluarga")]).await;
        assert_eq!(codes(&result), [""], "it stays the source's");
    })
    .await;
}

#[tokio::test]
async fn long_wild_and_empty_records_are_rejected_each_for_its_own_reason() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        let mut zero = service("Nol");
        zero.product = "a\0b".into();
        let mut many = service("Banyak");
        many.procedure = vec!["langkah".into(); 101];
        let mut large = service("Besar");
        large.procedure = vec!["a".repeat(4_000); 20];
        let result = session
            .send(vec![
                record("panjang", &"a".repeat(501)),
                record_of(KEMENDAGRI, "nol", zero),
                record_of(KEMENDAGRI, "banyak", many),
                record_of(KEMENDAGRI, "besar", large),
                record(&"a".repeat(81), "Id panjang"),
                record("../../units/bkpm", "Id lain"),
                Record { source_id: "kosong".into(), ..Record::default() },
                record("baik", "Baik"),
            ])
            .await;
        assert_eq!(
            codes(&result),
            ["TOO_LONG", "CONTROL_CHARACTER", "TOO_MANY", "TOO_LARGE", "ID", "ID", "REQUIRED", ""]
        );
    })
    .await;
}

#[tokio::test]
async fn a_batch_beyond_its_bounds_ends_the_stream_and_stores_nothing() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        let batch =
            session.batch((0..10_000).map(|number| record(&format!("s{number}"), "L")).collect());
        let status = session.try_batch(batch).await.expect_err("too many");
        assert_eq!(error_of(&status).reason, "TOO_LARGE");
        assert_eq!(source(&world).await.accounting.unwrap_or_default().received, 0);
    })
    .await;
}

#[tokio::test]
async fn messages_out_of_order_are_named() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let violated = async |sequence: i64, position: String| {
            let mut session = crate::publisher::begin_again(&world, hello()).await;
            let mut batch = session.batch(vec![record("kk", "Kartu Keluarga")]);
            batch.checkpoint = Some(Checkpoint { sequence, position, mark: 0 });
            error_of(&session.try_batch(batch).await.expect_err("refused"))
        };
        assert_eq!(violated(2, String::new()).await.reason, "PROTOCOL_VIOLATION");
        assert_eq!(violated(0, String::new()).await.reason, "PROTOCOL_VIOLATION");
        assert_eq!(violated(1, "p".repeat(1025)).await.fields[0].0, "batch.checkpoint.position");

        let mut twice = crate::publisher::begin_again(&world, hello()).await;
        let status = twice.ask(Ask::Hello(hello())).await.expect_err("a second hello");
        assert_eq!(error_of(&status).reason, "PROTOCOL_VIOLATION");

        for first in [Ask::KeepAlive(KeepAlive {}), Ask::End(End::default())] {
            let mut publisher = world.caller(Role::Publisher, &["sources/kemendagri"]);
            let (asks, requests) = tokio::sync::mpsc::channel(1);
            asks.send(ask(first)).await.expect("open");
            let requests = tokio_stream::wrappers::ReceiverStream::new(requests);
            let mut answers = publisher.sync.sync(requests).await.expect("a stream").into_inner();
            let status = answers.message().await.expect_err("no hello");
            assert_eq!(error_of(&status).reason, "PROTOCOL_VIOLATION");
        }
    })
    .await;
}
