//! Sources are corrected, and what a publisher sends does not grow without bound.

use mpp_api::{
    registry::Service,
    sync::{
        DeleteSourceRequest, GetSourceRequest, KeepAlive, Source, UpdateSourceRequest,
        sync_request::Message as Ask,
    },
};
use mpp_client::error_of;
use mpp_core::Role;
use mpp_testkit::{Backend, TestDatabase, on_both};
use sqlx::Row;

use crate::{
    publisher::{Session, ask, codes, delete, hello, record, record_of, source},
    world::{BKPM, KEMENDAGRI, SECOND, SOURCE, World, reason, refused, service},
};

fn correction(source: Source) -> UpdateSourceRequest {
    UpdateSourceRequest {
        source: Some(Source { name: SOURCE.into(), ..source }),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_source_that_may_write_too_little_is_corrected() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let mut session = Session::begin(&world).await;
        let foreign = || vec![record_of(BKPM, "nib", service("NIB"))];
        assert_eq!(codes(&session.send(foreign()).await), ["UNIT_NOT_OWNED"]);
        let wider = Source {
            also_writes: vec![BKPM.into()],
            freshness_target_seconds: 7200,
            ..Source::default()
        };
        let only_checked = UpdateSourceRequest { validate_only: true, ..correction(wider.clone()) };
        let checked = admin.sync.update_source(only_checked).await;
        assert_eq!(checked.expect("right").into_inner().revision, 0);
        assert_eq!(codes(&session.send(foreign()).await), ["UNIT_NOT_OWNED"]);
        let request = UpdateSourceRequest {
            request_id: "0197a000-0000-7000-8000-000000000001".into(),
            ..correction(wider)
        };
        let corrected = admin.sync.update_source(request.clone()).await;
        let corrected = corrected.expect("corrected").into_inner();
        assert_eq!(codes(&session.send(foreign()).await), [""]);
        let shown = corrected.source.expect("a source");
        assert_eq!(shown.freshness_target_seconds, 7200);
        assert_eq!(shown.unit, KEMENDAGRI, "what was not set stays");
        let counted = shown.accounting.expect("counted");
        assert_eq!((counted.rejected, counted.quarantined), (0, 2), "they waited for that");
        let again = admin.sync.update_source(request).await.expect("the same");
        assert_eq!(again.into_inner().source.expect("a source").etag, shown.etag);
        assert_eq!(source(&world).await.etag, shown.etag, "it was done once");
    })
    .await;
}

#[tokio::test]
async fn a_source_moves_to_another_unit_by_an_administrator_only() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let to = |unit: &str| correction(Source { unit: unit.into(), ..Source::default() });
        let mut publisher = world.caller(Role::Publisher, &[SOURCE]);
        let denied = publisher.sync.update_source(to(BKPM)).await;
        assert_eq!(reason(denied), "PERMISSION_DENIED");
        let mut admin = world.admin();
        let nowhere = admin.sync.update_source(to("units/nowhere")).await;
        assert_eq!(reason(nowhere), "REFERENCE_INVALID");
        let hasty = Source { freshness_target_seconds: 1, ..Source::default() };
        let error = refused(admin.sync.update_source(correction(hasty)).await);
        assert_eq!(error.fields[0].0, "source.freshness_target_seconds");
        let moved = admin.sync.update_source(to(BKPM)).await.expect("moved");
        assert!(moved.into_inner().revision > 0);
        let mut session = Session::begin(&world).await;
        let sent = session
            .send(vec![record("kk", "Kartu Keluarga"), record_of(BKPM, "nib", service("NIB"))]);
        assert_eq!(codes(&sent.await), ["UNIT_NOT_OWNED", ""]);
    })
    .await;
}

#[tokio::test]
async fn a_batch_of_nothing_is_refused_and_not_stored() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        let empty = session.batch(vec![]);
        let status = session.try_batch(empty).await.expect_err("refused");
        assert_eq!(error_of(&status).fields[0].0, "batch.records");
        assert_eq!(count(&world, "sync_batch").await, 0);
    })
    .await;
}

#[tokio::test]
async fn keep_alives_of_one_second_write_once() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut session = Session::begin(&world).await;
        watch_leases(&database, &world).await;
        world.clock.advance(2 * SECOND);
        for _ in 0..50 {
            let kept = ask(Ask::KeepAlive(KeepAlive {}));
            session.asks.send(kept).await.expect("open");
        }
        // Answered after all of them were taken; itself it holds, counts and advances.
        let sent = session.send(vec![record("kk", "Kartu Keluarga")]).await;
        assert_eq!(count(&world, "lease_write").await, 1 + 3);
        let memory = &world.running.registry.memory;
        world.shows(sent.revision).await;
        let state = memory.read();
        assert!(state.records.row::<Service>(&format!("{KEMENDAGRI}/services/kk")).is_some());
    })
    .await;
}

/// Counts the writes of leases from now on.
async fn watch_leases(database: &TestDatabase, world: &World) {
    let text = match database.backend() {
        Backend::Sqlite => {
            "create table lease_write (at bigint);
             create trigger lease_watch after update on sync_lease
             begin insert into lease_write values (new.until); end"
        }
        Backend::Postgres => {
            "create table lease_write (at bigint);
             create function lease_watch() returns trigger language plpgsql as
             $$ begin insert into lease_write values (new.until); return null; end $$;
             create trigger lease_watch after update on sync_lease for each row
             execute function lease_watch()"
        }
    };
    let by = mpp_store::Actor::default();
    let db = &world.running.registry.db;
    let mut tx = db.begin(&by).await.expect("a transaction");
    sqlx::raw_sql(text).execute(tx.conn()).await.expect("a trigger");
    tx.commit().await.expect("committed");
}

async fn count(world: &World, table: &str) -> i64 {
    let mut read = world.running.registry.db.read().await.expect("a snapshot");
    let text = format!("select count(*) as rows from {table}");
    let row = sqlx::query(sqlx::AssertSqlSafe(text)).fetch_one(read.conn()).await;
    row.expect("a count").try_get("rows").expect("a number")
}

#[tokio::test]
async fn a_source_is_given_up_once_it_publishes_nothing_and_its_name_is_not_used_again() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let mut session = Session::begin(&world).await;
        session.send(vec![record("kk", "Kartu Keluarga"), record("ktp", "KTP")]).await;
        let give_up = || DeleteSourceRequest { name: SOURCE.into(), ..Default::default() };
        let stands = refused(admin.sync.delete_source(give_up()).await);
        assert_eq!(stands.reason, "WRONG_STATE");
        assert!(stands.message.contains("(2), such as"), "{}", stands.message);
        session.send(vec![delete("kk"), delete("ktp")]).await;
        for role in [Role::Publisher, Role::UnitOfficer] {
            let mut other = world.caller(role, &[SOURCE, KEMENDAGRI]);
            assert_eq!(reason(other.sync.delete_source(give_up()).await), "PERMISSION_DENIED");
        }
        admin.sync.delete_source(give_up()).await.expect("it publishes nothing");
        let batch = session.batch(vec![record("akta", "Akta")]);
        let late = session.try_batch(batch).await.expect_err("its session has ended");
        assert_eq!(error_of(&late).reason, "LEASE_LOST");
        let found = admin.sync.get_source(GetSourceRequest { name: SOURCE.into() }).await;
        assert_eq!(reason(found), "NOT_FOUND");
        let again = admin.create_source("kemendagri", KEMENDAGRI).await;
        assert_eq!(reason(again), "TOMBSTONED");
        let refused = Session::with(&world, hello()).await.err().expect("there is no such source");
        let told = error_of(&refused);
        assert_eq!(told.reason, "NOT_FOUND");
        assert!(told.message.contains("was deleted"), "{}", told.message);
    })
    .await;
}
