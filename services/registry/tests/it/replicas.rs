//! Two replicas over one PostgreSQL.

use mpp_api::{
    Document,
    registry::{
        DeleteServiceRequest, GetServiceRequest, ListUnitsRequest, Offering, SearchServicesRequest,
        Service, UpdateServiceRequest, unit::Kind,
    },
    sync::{Checkpoint, Hello, OpenSessionRequest},
    types::{Tombstone, tombstone::Reason},
};
use mpp_client::error_of;
use mpp_testkit::{Backend, database};

use crate::{
    publisher::{Session, hello, record, record_of},
    pusher::{Push, opening},
    world::{BKPM, KEMENDAGRI, KTP, World, reason, service, unit},
};

#[tokio::test]
async fn what_one_replica_wrote_another_shows_at_the_writes_revision() {
    let database = database(Backend::Postgres).await;
    let one = World::banyuwangi(&database).await;
    let two = World::empty(&database).await;
    for round in 0..20 {
        let product = format!("KTP-el {round}");
        let changed = Service { name: KTP.into(), product: product.clone(), ..Service::default() };
        let request = UpdateServiceRequest { service: Some(changed), ..Default::default() };
        let written =
            one.admin().catalog.update_service(request).await.expect("changed").into_inner();
        let request = GetServiceRequest { name: KTP.into(), min_revision: written.revision };
        let read = two.admin().catalog.get_service(request).await.expect("known").into_inner();
        assert_eq!(read.service, written.service);
    }
}

#[tokio::test]
async fn an_offering_made_at_one_replica_goes_with_its_service_at_another() {
    let database = database(Backend::Postgres).await;
    let one = World::banyuwangi(&database).await;
    let two = World::empty(&database).await;
    for round in 0..10 {
        let id = format!("s{round}");
        let name = format!("{BKPM}/services/{id}");
        one.admin().create_service(BKPM, &id, service("S")).await.expect("a service");
        let offering = Offering { service: name.clone(), ..Offering::default() };
        let made = two.admin().propose(&id, offering).await.expect("an offering");
        let withdrawn = Tombstone { reason: Reason::Withdrawn.into(), successor: String::new() };
        let request =
            DeleteServiceRequest { name, tombstone: Some(withdrawn), ..Default::default() };
        one.admin().catalog.delete_service(request).await.expect("deleted");
        assert_eq!(reason(one.admin().offering(&made.name).await), "NOT_FOUND", "round {round}");
    }
}

#[tokio::test]
async fn a_record_that_moves_at_another_replica_stands_once() {
    let database = database(Backend::Postgres).await;
    let one = World::with_source(&database).await;
    let two = World::empty(&database).await;
    for unit in ["jatim", "jateng"] {
        let office = unit_of(unit);
        one.admin().create_unit(unit, office).await.expect("a unit");
    }
    let opening = OpenSessionRequest { unique_ids: true, accept_moves: true, ..opening() };
    let mut push = Push::with(&one, opening).await.expect("a session");
    for round in 0..20 {
        let (here, there) =
            if round % 2 == 0 { (&one, "units/jatim") } else { (&two, "units/jateng") };
        push.moves_to(here);
        let records: Vec<_> =
            (0..10).map(|id| record_of(there, &format!("s{id}"), service("Layanan"))).collect();
        let result = push.send(records).await;
        assert!(result.results.iter().all(|answer| answer.code.is_empty()), "{result:?}");
        let mut read = one.running.registry.db.read().await.expect("a snapshot");
        let stand: i64 = sqlx::query_scalar(
            "select count(*) from record where kind = $1 and deleted = 0
             and name like '%/services/s_'",
        )
        .bind(Service::KIND)
        .fetch_one(read.conn())
        .await
        .expect("a count");
        assert_eq!(stand, 10, "round {round}");
    }
}

fn unit_of(id: &str) -> mpp_api::registry::Unit {
    unit(id, Kind::Office, KEMENDAGRI)
}

#[tokio::test]
async fn a_session_at_one_replica_is_shut_out_by_one_at_another() {
    let database = database(Backend::Postgres).await;
    let one = World::with_source(&database).await;
    let two = World::empty(&database).await;
    let mut old = Session::begin(&one).await;
    old.send(vec![record("kk", "Kartu Keluarga")]).await;
    let take_over = Hello { take_over: true, ..hello() };
    let mut new = Session::with(&two, take_over).await.expect("taken over");
    let late = old.batch(vec![record("kk", "Late")]);
    let status = old.try_batch(late).await.expect_err("shut out");
    assert_eq!(error_of(&status).reason, "LEASE_LOST");
    // The other replica's memory may lag; the record's owner is still found.
    let result = new.send(vec![record("kk", "Kartu Keluarga"), record("akta", "Akta")]).await;
    assert!(result.results.iter().all(|answer| answer.code.is_empty()), "{result:?}");
}

#[tokio::test]
async fn what_a_session_was_told_holds_at_another_replica_until_its_checkpoint_says_otherwise() {
    let database = database(Backend::Postgres).await;
    let one = World::with_source(&database).await;
    let two = World::empty(&database).await;
    let mut first = Session::begin(&one).await;
    first.send(vec![record("kk", "Kartu Keluarga")]).await;
    let stored = first.checkpoint.clone();
    first.end().await;

    let anew = |checkpoint: &Checkpoint| Hello {
        mapping_version: "of a new mapping".into(),
        checkpoint: Some(checkpoint.clone()),
        take_over: true,
        ..hello()
    };
    let mut told = Session::with(&one, anew(&stored)).await.expect("a session");
    assert!(told.welcome.send_all, "the mapping is another");
    told.send(vec![record("kk", "Kartu Keluarga baru")]).await;
    // The client dies before it stores that answer, and comes back at the other replica.
    let mut again = Session::with(&two, anew(&stored)).await.expect("a session");
    assert!(again.welcome.send_all, "its checkpoint is one of the old mapping");
    let late = told.batch(vec![record("akta", "Akta")]);
    let status = told.try_batch(late).await.expect_err("shut out");
    assert_eq!(error_of(&status).reason, "LEASE_LOST");
    let sent = again.send(vec![record("kk", "Kartu Keluarga baru"), record("akta", "Akta")]).await;
    assert!(sent.results.iter().all(|answer| answer.code.is_empty()), "{sent:?}");
    let stored = again.checkpoint.clone();
    again.end().await;
    for replica in [&one, &two] {
        let session = Session::with(replica, anew(&stored)).await.expect("a session");
        assert!(!session.welcome.send_all, "it was answered under this mapping");
        session.end().await;
    }
}

#[tokio::test]
async fn a_session_that_goes_on_at_another_replica_keeps_what_its_hello_said() {
    let database = database(Backend::Postgres).await;
    let one = World::with_source(&database).await;
    let two = World::empty(&database).await;
    for unit in ["jatim", "jateng"] {
        one.admin().create_unit(unit, unit_of(unit)).await.expect("a unit");
    }
    let twice = || {
        vec![
            record_of("units/jatim", "pindah", service("Surat pindah")),
            record_of("units/jateng", "pindah", service("Surat pindah")),
        ]
    };
    for unique_ids in [true, false] {
        let opening = OpenSessionRequest { unique_ids, take_over: true, ..opening() };
        let mut push = Push::with(&one, opening).await.expect("a session");
        push.moves_to(&two);
        let codes: Vec<String> =
            push.send(twice()).await.results.into_iter().map(|answer| answer.code).collect();
        assert_eq!(codes[1] == "DUPLICATE", unique_ids, "{codes:?}");
        push.end().await.expect("a summary");
    }
}

#[tokio::test]
async fn a_filter_by_what_another_replica_has_just_made_is_no_slip() {
    let database = database(Backend::Postgres).await;
    let one = World::banyuwangi(&database).await;
    let two = World::empty(&database).await;
    for round in 0..20 {
        let id = format!("kantor-{round}");
        one.admin().create_unit(&id, unit_of(&id)).await.expect("a unit");
        let unit = format!("units/{id}");
        let list = ListUnitsRequest { parent: unit.clone(), ..Default::default() };
        two.admin().directory.list_units(list).await.expect("none below it");
        let search =
            SearchServicesRequest { query: "ktp".into(), agency: unit, ..Default::default() };
        two.admin().search.search_services(search).await.expect("nothing is found");
        let none = ListUnitsRequest { parent: format!("units/none-{round}"), ..Default::default() };
        assert_eq!(reason(two.admin().directory.list_units(none).await), "INVALID_FIELD");
    }
}
