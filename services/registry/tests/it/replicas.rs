//! Two replicas over one PostgreSQL.

use mpp_api::{
    registry::{DeleteServiceRequest, GetServiceRequest, Offering, Service, UpdateServiceRequest},
    sync::Hello,
    types::{Tombstone, tombstone::Reason},
};
use mpp_client::error_of;
use mpp_testkit::{Backend, database};

use crate::{
    publisher::{Session, hello, record},
    world::{BKPM, KTP, World, reason, service},
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
