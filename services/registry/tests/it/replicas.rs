//! Two replicas over one PostgreSQL.

use mpp_api::{
    Document,
    registry::{
        DeleteServiceRequest, GetServiceRequest, Offering, Service, UpdateServiceRequest,
        unit::Kind,
    },
    sync::{Hello, OpenSessionRequest},
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
    // The other replica's memory may lag; whose the record is, is found all the same.
    let result = new.send(vec![record("kk", "Kartu Keluarga"), record("akta", "Akta")]).await;
    assert!(result.results.iter().all(|answer| answer.code.is_empty()), "{result:?}");
}
