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
    publisher::{begin_again, codes, delete, hello, outcomes, record_of},
    world::{BKPM, KEMENDAGRI, SECOND, SOURCE, World, reason, service, unit},
};

const OFFICE: &str = "units/kemendagri-jatim";
const HOUR: i64 = 3_600 * SECOND;

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
    run_as(world, Hello { unique_ids, ..hello() }, records).await
}

async fn run_as(world: &World, hello: Hello, records: Vec<Record>) -> BatchResult {
    let mut session = begin_again(world, hello).await;
    let result = session.send(records).await;
    session.end().await;
    result
}

/// A catalog of this many records under one unit.
fn catalog(unit: &str, records: usize) -> Vec<Record> {
    (0..records).map(|row| record_of(unit, &format!("s{row}"), service("Layanan"))).collect()
}

/// How many records of the source stand under a unit.
fn standing(world: &World, unit: &str) -> usize {
    let state = world.running.registry.memory.read();
    state.records.rows::<Service>(&format!("{unit}/services/s")).count()
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
async fn a_record_that_returns_to_the_unit_it_had_moved_from_is_a_new_one_there() {
    on_both(async |database| {
        let world = world(&database).await;
        let mut admin = world.admin();
        run(&world, true, vec![at(KEMENDAGRI, "Kartu Keluarga")]).await;
        let first = admin.service(&format!("{KEMENDAGRI}/services/kk")).await.expect("there");
        world.clock.advance(HOUR);
        run(&world, true, vec![at(OFFICE, "Kartu Keluarga")]).await;
        world.clock.advance(HOUR);
        let result = run(&world, true, vec![at(KEMENDAGRI, "Kartu Keluarga")]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied]);
        let back = admin.service(&first.name).await.expect("there again");
        assert_ne!(back.create_time, first.create_time, "that of the return");
        assert_eq!(back.create_time, back.update_time);
        assert_ne!(back.etag, first.etag, "its versions go on");
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
        assert_eq!(warned(&result), ["ALSO_ELSEWHERE", "ALSO_ELSEWHERE"], "both in one batch");
        let mut both = found(&world).await;
        both.sort();
        assert_eq!(both.len(), 2, "{both:?}");
        let other = run(&world, false, vec![record_of(OFFICE, "kk", service("KK"))]).await;
        assert_eq!(outcomes(&other), [Outcome::Applied]);
        assert_eq!(warned(&other), ["ALSO_ELSEWHERE"], "in a later one, too");
        let told = run(&world, true, vec![at(OFFICE, "KK"), at(KEMENDAGRI, "KK")]).await;
        assert_eq!(codes(&told), ["", "DUPLICATE"]);
    })
    .await;
}

#[tokio::test]
async fn records_that_stand_twice_are_brought_together_once_their_ids_are_said_to_be_unique() {
    on_both(async |database| {
        let world = world(&database).await;
        let both = vec![at(KEMENDAGRI, "Kartu Keluarga"), at(OFFICE, "Kartu Keluarga")];
        run(&world, false, both).await;
        let result = run(&world, true, vec![at(OFFICE, "Kartu Keluarga")]).await;
        assert_eq!((outcomes(&result), warned(&result)), (vec![Outcome::Unchanged], vec!["MOVED"]));
        assert_eq!(found(&world).await, vec![format!("{OFFICE}/services/kk")]);
    })
    .await;
}

#[tokio::test]
async fn a_record_that_moves_back_stands_where_it_stood_and_its_detour_names_it() {
    on_both(async |database| {
        let world = world(&database).await;
        let (home, detour) = (format!("{KEMENDAGRI}/services/kk"), format!("{OFFICE}/services/kk"));
        for _ in 0..2 {
            run(&world, true, vec![at(KEMENDAGRI, "Kartu Keluarga")]).await;
            assert_eq!(found(&world).await, vec![home.clone()]);
            let away = run(&world, true, vec![at(OFFICE, "Kartu Keluarga")]).await;
            assert_eq!((outcomes(&away), warned(&away)), (vec![Outcome::Applied], vec!["MOVED"]));
            assert_eq!(found(&world).await, vec![detour.clone()]);
        }
        let back = run(&world, true, vec![at(KEMENDAGRI, "Kartu Keluarga")]).await;
        assert_eq!((codes(&back), warned(&back)), (vec![""], vec!["MOVED"]));
        let mut admin = world.admin();
        admin.service(&home).await.expect("it is there again");
        assert_eq!(reason(admin.service(&detour).await), "NOT_FOUND");

        let mut read = world.running.registry.db.read().await.expect("a snapshot");
        let rows: Vec<(String, Option<Vec<u8>>)> = sqlx::query_as(
            "select name, tombstone from record where name in ($1, $2) order by name",
        )
        .bind(&home)
        .bind(&detour)
        .fetch_all(read.conn())
        .await
        .expect("both names");
        let successor = |bytes: &[u8]| Tombstone::decode(bytes).expect("a tombstone").successor;
        for (name, tombstone) in rows {
            let told = tombstone.as_deref().map(successor);
            assert_eq!(told, (name == detour).then(|| home.clone()), "{name}: no chain is left");
        }
    })
    .await;
}

#[tokio::test]
async fn a_name_that_was_withdrawn_or_is_anothers_is_not_used_again() {
    on_both(async |database| {
        let world = world(&database).await;
        run(&world, true, vec![at(KEMENDAGRI, "Kartu Keluarga")]).await;
        run(&world, true, vec![delete("kk")]).await;
        let again = run(&world, true, vec![at(KEMENDAGRI, "Kartu Keluarga")]).await;
        assert_eq!(codes(&again), ["TOMBSTONED"]);
    })
    .await;
}

#[tokio::test]
async fn a_mapping_slip_does_not_carry_a_catalog_to_another_unit_unless_that_is_meant() {
    on_both(async |database| {
        let world = world(&database).await;
        run(&world, true, catalog(KEMENDAGRI, 30)).await;
        let slip = run(&world, true, catalog(OFFICE, 30)).await;
        assert!(slip.results.iter().all(|one| one.code == "TOO_MANY_MOVED" && one.send_again));
        assert!(
            slip.results[0].message.starts_with("30 records would have moved"),
            "{}",
            slip.results[0].message
        );
        assert_eq!((standing(&world, KEMENDAGRI), standing(&world, OFFICE)), (30, 0));

        let mended = run(&world, true, catalog(KEMENDAGRI, 30)).await;
        assert!(mended.results.iter().all(|one| one.outcome() == Outcome::Unchanged));
        let few = run(&world, true, catalog(OFFICE, 5)).await;
        assert!(few.results.iter().all(|one| one.outcome() == Outcome::Applied));

        let mut session = begin_again(&world, Hello { unique_ids: true, ..hello() }).await;
        let counted = session.send(catalog(KEMENDAGRI, 3)).await;
        assert!(counted.results.iter().all(|one| one.outcome() == Outcome::Applied));
        let beyond = session.send(catalog(OFFICE, 9).split_off(5)).await;
        assert!(beyond.results.iter().all(|one| one.code == "TOO_MANY_MOVED"), "with those before");
        session.end().await;

        let meant = Hello { unique_ids: true, accept_moves: true, ..hello() };
        let all = run_as(&world, meant, catalog(OFFICE, 30)).await;
        assert!(all.results.iter().all(|one| one.code.is_empty()));
        let head = world.running.registry.db.read().await.expect("a snapshot").revision();
        world.shows(head).await;
        assert_eq!((standing(&world, KEMENDAGRI), standing(&world, OFFICE)), (0, 30));
    })
    .await;
}

#[tokio::test]
async fn of_a_put_and_a_delete_of_one_name_the_first_counts() {
    on_both(async |database| {
        let world = world(&database).await;
        for unique_ids in [true, false] {
            let id = if unique_ids { "akta" } else { "ktp" };
            let put = || record_of(KEMENDAGRI, id, service("Akta"));
            let result = run(&world, unique_ids, vec![put(), delete(id)]).await;
            assert_eq!(codes(&result), ["", "DUPLICATE"]);
            let name = format!("{KEMENDAGRI}/services/{id}");
            let mut admin = world.admin();
            admin.service(&name).await.expect("it was put");
            let result = run(&world, unique_ids, vec![delete(id), put()]).await;
            assert_eq!(codes(&result), ["", "DUPLICATE"]);
            let head = world.running.registry.db.read().await.expect("a snapshot").revision();
            world.shows(head).await;
            assert_eq!(reason(admin.service(&name).await), "NOT_FOUND");
        }
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
