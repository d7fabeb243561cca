//! A record whose unit changes: one place, one tombstone; and the ids that two records share.

use mpp_api::{
    registry::{SearchServicesRequest, Service, UpdateServiceRequest, unit::Kind},
    sync::{BatchResult, Hello, Outcome, Record, Source, UpdateSourceRequest},
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::Role;
use mpp_testkit::on_both;
use prost::Message;

use crate::{
    publisher::{begin_again, codes, hello, outcomes, record_of},
    world::{BKPM, KEMENDAGRI, SOURCE, World, reason, service, unit},
};

const OFFICE: &str = "units/kemendagri-jatim";

async fn world(database: &mpp_testkit::TestDatabase) -> World {
    let world = World::with_source(database).await;
    let office = unit("kemendagri-jatim", Kind::Office, KEMENDAGRI);
    world.admin().create_unit("kemendagri-jatim", office).await.expect("a unit");
    world
}

fn at(unit: &str, title: &str) -> Record {
    record_of(unit, "kk", service(title))
}

async fn run(world: &World, unique_ids: bool, records: Vec<Record>) -> BatchResult {
    let mut session = begin_again(world, Hello { unique_ids, ..hello() }).await;
    let result = session.send(records).await;
    session.end().await;
    result
}

fn warned(result: &BatchResult) -> Vec<&str> {
    let all = result.results.iter().flat_map(|answer| &answer.warnings);
    all.map(|warning| warning.code.as_str()).collect()
}

async fn found(world: &World) -> Vec<String> {
    let head = world.running.registry.db.read().await.expect("a snapshot").revision();
    let request = SearchServicesRequest {
        query: "kartu keluarga".into(),
        min_revision: head,
        ..SearchServicesRequest::default()
    };
    let answer = world.admin().search.search_services(request).await.expect("an answer");
    let hits = answer.into_inner().hits.into_iter();
    hits.map(|hit| hit.service).collect()
}

#[tokio::test]
async fn a_record_whose_unit_changes_stands_once_and_what_was_there_names_it() {
    on_both(async |database| {
        let world = world(&database).await;
        run(&world, true, vec![at(KEMENDAGRI, "Kartu Keluarga")]).await;
        let (old, new) = (format!("{KEMENDAGRI}/services/kk"), format!("{OFFICE}/services/kk"));
        let mut admin = world.admin();
        let request = UpdateServiceRequest {
            service: Some(Service {
                name: old.clone(),
                product: "KK".into(),
                ..Default::default()
            }),
            reason: "dilengkapi".into(),
            ..UpdateServiceRequest::default()
        };
        admin.catalog.update_service(request).await.expect("overridden");

        let result = run(&world, true, vec![at(OFFICE, "Kartu Keluarga")]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied]);
        assert_eq!(warned(&result), ["OVERRIDDEN", "MOVED"]);
        assert_eq!(reason(admin.service(&old).await), "NOT_FOUND");
        let shown = admin.service(&new).await.expect("there");
        assert_eq!((shown.product.as_str(), shown.overrides.len()), ("KK", 1), "it moved along");
        assert_eq!(found(&world).await, vec![new.clone()]);

        let mut read = world.running.registry.db.read().await.expect("a snapshot");
        let buried: Vec<u8> = sqlx::query_scalar("select tombstone from record where name = $1")
            .bind(&old)
            .fetch_one(read.conn())
            .await
            .expect("a tombstone");
        let buried = Tombstone::decode(buried.as_slice()).expect("a tombstone");
        assert_eq!((buried.reason(), buried.successor), (Why::Moved, new));
    })
    .await;
}

#[tokio::test]
async fn who_has_not_said_that_ids_are_unique_keeps_both_and_is_warned() {
    on_both(async |database| {
        let world = world(&database).await;
        let result = run(
            &world,
            false,
            vec![at(KEMENDAGRI, "Kartu Keluarga"), at(OFFICE, "Kartu Keluarga Jatim")],
        )
        .await;
        assert_eq!(outcomes(&result), [Outcome::Applied, Outcome::Applied]);
        let mut both = found(&world).await;
        both.sort();
        assert_eq!(both.len(), 2, "{both:?}");
        let other = run(&world, false, vec![record_of(OFFICE, "kk", service("KK"))]).await;
        assert_eq!(outcomes(&other), [Outcome::Applied]);
        let told = run(&world, true, vec![at(OFFICE, "KK"), at(KEMENDAGRI, "KK")]).await;
        assert_eq!(codes(&told), ["", "DUPLICATE"]);
    })
    .await;
}

#[tokio::test]
async fn a_record_does_not_leave_a_unit_that_its_source_may_not_write() {
    on_both(async |database| {
        let world = world(&database).await;
        let mut admin = world.admin();
        let also = |units: &[&str]| {
            let also_writes = units.iter().map(|unit| (*unit).to_owned()).collect();
            UpdateSourceRequest {
                source: Some(Source { name: SOURCE.into(), also_writes, ..Source::default() }),
                update_mask: Some(prost_types::FieldMask { paths: vec!["also_writes".into()] }),
                ..UpdateSourceRequest::default()
            }
        };
        admin.sync.update_source(also(&[BKPM])).await.expect("changed");
        run(&world, true, vec![at(BKPM, "Kartu Keluarga")]).await;
        admin.sync.update_source(also(&[])).await.expect("changed");
        let result = run(&world, true, vec![at(OFFICE, "Kartu Keluarga")]).await;
        assert_eq!(
            (outcomes(&result), warned(&result)),
            (vec![Outcome::Applied], vec!["ALSO_ELSEWHERE"])
        );
        admin.service(&format!("{BKPM}/services/kk")).await.expect("it stays");
    })
    .await;
}

#[tokio::test]
async fn a_record_of_another_owner_is_no_namesake() {
    on_both(async |database| {
        let world = world(&database).await;
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        officer.create_service(KEMENDAGRI, "kk", service("Kartu Keluarga")).await.expect("made");
        let result = run(&world, true, vec![at(OFFICE, "Kartu Keluarga")]).await;
        assert_eq!((outcomes(&result), warned(&result)), (vec![Outcome::Applied], vec![]));
        officer.service(&format!("{KEMENDAGRI}/services/kk")).await.expect("it stays");
    })
    .await;
}

#[tokio::test]
async fn a_record_for_a_unit_that_comes_later_is_to_be_sent_again() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let record = at(OFFICE, "Kartu Keluarga");
        let result = run(&world, true, vec![record.clone()]).await;
        assert_eq!(codes(&result), ["UNIT_NOT_FOUND"]);
        assert!(result.results[0].send_again);
        let office = unit("kemendagri-jatim", Kind::Office, KEMENDAGRI);
        world.admin().create_unit("kemendagri-jatim", office).await.expect("a unit");
        let result = run(&world, true, vec![record]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied], "unedited");
        let wrong = run(&world, true, vec![record_of(OFFICE, "akta", service(""))]).await;
        assert!(!wrong.results[0].send_again, "the record is at fault");
    })
    .await;
}
