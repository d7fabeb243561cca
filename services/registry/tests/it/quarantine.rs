//! Records that wait are kept, and applied by themselves once what they wait for is there.

use mpp_api::{
    registry::{DeleteServiceRequest, HandBackServiceRequest, Service, unit::Kind},
    sync::{
        Accounting, BatchResult, Hello, ListWaitingRecordsRequest, ListWaitingRecordsResponse,
        Outcome, Record, RedriveRecordsRequest, RedriveRecordsResponse, Source,
        UpdateSourceRequest, record::Body,
    },
    types::{Tombstone, tombstone},
};
use mpp_sync::Policy;
use mpp_testkit::on_both;
use prost_types::FieldMask;

use crate::{
    publisher::{begin_again, codes, hello, outcomes, record_of, source},
    world::{BKPM, Clients, KEMENDAGRI, SECOND, SOURCE, World, service, unit},
};

pub const BARU: &str = "units/dinas-baru";

/// A registry that looks all the time.
pub fn quick() -> Policy {
    Policy { batch_records: 100, quarantine_look_millis: 20, ..Policy::default() }
}

/// The policy of a registry that never looks by itself.
pub fn asleep() -> Policy {
    Policy { quarantine_look_millis: 600_000, ..quick() }
}

pub fn late(id: &str, title: &str) -> Record {
    record_of(BARU, id, service(title))
}

fn take_back(name: &str) -> Record {
    let tombstone =
        Some(Tombstone { reason: tombstone::Reason::Withdrawn.into(), ..Tombstone::default() });
    let body = Body::Delete(mpp_api::sync::record::Delete { name: name.into(), tombstone });
    let source_id = name.rsplit('/').next().unwrap_or_default().to_owned();
    Record { source_id, body: Some(body), ..Record::default() }
}

pub async fn run(world: &World, records: Vec<Record>) -> BatchResult {
    run_as(world, hello(), records).await
}

pub async fn run_as(world: &World, hello: Hello, records: Vec<Record>) -> BatchResult {
    let mut session = begin_again(world, hello).await;
    let result = session.send(records).await;
    session.end().await;
    result
}

pub async fn create_unit(world: &World, id: &str) {
    let below = unit(id, Kind::Office, KEMENDAGRI);
    world.admin().create_unit(id, below).await.expect("a unit");
}

pub async fn listed(world: &World, parent: &str) -> ListWaitingRecordsResponse {
    let request = ListWaitingRecordsRequest { parent: parent.into(), ..Default::default() };
    world.admin().sync.list_waiting_records(request).await.expect("a list").into_inner()
}

pub async fn redrive(caller: &mut Clients, asked: RedriveRecordsRequest) -> RedriveRecordsResponse {
    caller.sync.redrive_records(asked).await.expect("tried").into_inner()
}

pub fn all() -> RedriveRecordsRequest {
    RedriveRecordsRequest { source: SOURCE.into(), ..RedriveRecordsRequest::default() }
}

/// The titles of the source's records, by their names.
pub fn titles(world: &World) -> Vec<(String, String)> {
    let state = world.running.registry.memory.read();
    let names: Vec<_> =
        state.records.rows::<Service>("").map(|(name, _)| name.to_string()).collect();
    let found = names.iter().filter_map(|name| state.records.get::<Service>(name));
    let own = found.map(|found| found.doc).filter(|doc| doc.source == SOURCE);
    own.map(|doc| (doc.name, doc.title.unwrap_or_default().id)).collect()
}

/// Waits until a redrive has brought this about.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..1_500 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{what} did not come about");
}

pub async fn until_title(world: &World, name: &str, title: &str) {
    let wanted = (name.to_owned(), title.to_owned());
    until(title, async || titles(world).contains(&wanted).then_some(())).await;
}

fn balances(counted: &Accounting) -> bool {
    counted.received == counted.applied + counted.unchanged + counted.rejected + counted.quarantined
}

#[tokio::test]
async fn a_record_whose_unit_comes_later_is_applied_by_itself() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let result = run(&world, vec![late("akta", "Akta"), late("kk", "KK")]).await;
        assert_eq!(outcomes(&result), [Outcome::Quarantined; 2]);
        assert!(result.results[0].message.contains("applied by itself"), "{result:?}");
        let listed = listed(&world, SOURCE).await;
        let names: Vec<_> = listed.records.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["units/dinas-baru/services/akta", "units/dinas-baru/services/kk"]);
        let cause = &listed.causes[0];
        assert_eq!((cause.code.as_str(), cause.awaited.as_str()), ("UNIT_NOT_FOUND", BARU));
        assert_eq!((cause.record_count, listed.total_size), (2, 2));
        assert_eq!((listed.cause_size, listed.rejected_size), (1, 0));
        assert_eq!(listed.oldest.as_ref(), Some(cause));
        assert_eq!(source(&world).await.waiting_now, 2);

        create_unit(&world, "dinas-baru").await;
        until_title(&world, "units/dinas-baru/services/akta", "Akta").await;
        let shown = until("both", async || {
            let shown = source(&world).await;
            (shown.waiting_now == 0).then_some(shown)
        })
        .await;
        let counted = shown.accounting.expect("counted");
        assert_eq!((counted.received, counted.quarantined, counted.applied), (2, 2, 0));
        assert_eq!((counted.redriven, counted.redrive_rejected), (2, 0));
        assert!(balances(&counted));
        assert_eq!(self::listed(&world, "sources/-").await.total_size, 0);
        let again = run(&world, vec![late("akta", "Akta"), late("kk", "KK")]).await;
        assert_eq!(outcomes(&again), [Outcome::Unchanged; 2], "what its source then hears");
    })
    .await;
}

#[tokio::test]
async fn a_later_record_replaces_the_one_that_waits_and_a_delete_takes_it_back() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        run(&world, vec![late("akta", "Akta"), late("kk", "KK"), late("ktp", "KTP")]).await;
        world.clock.advance(60 * SECOND);
        let again = run(
            &world,
            vec![
                late("akta", "Akta"),
                late("kk", "KK baru"),
                take_back("units/dinas-baru/services/ktp"),
                take_back("units/dinas-baru/services/never"),
            ],
        )
        .await;
        assert_eq!(codes(&again), ["UNIT_NOT_FOUND", "UNIT_NOT_FOUND", "", "NOT_FOUND"]);
        assert_eq!(again.results[2].outcome(), Outcome::Unchanged);
        let waits = listed(&world, SOURCE).await.records;
        let tries: Vec<_> = waits.iter().map(|one| one.tries).collect();
        assert_eq!(tries, [2, 1], "the same bytes wait on, others begin");
        let since = |at: usize| waits[at].first_time.expect("a time").seconds;
        assert!(since(0) < since(1));
        // A wrong record does not replace the one that waits, just as it would not replace one
        // that was taken.
        let wrong = run(&world, vec![late("akta", "")]).await;
        assert_eq!(outcomes(&wrong), [Outcome::Rejected]);

        create_unit(&world, "dinas-baru").await;
        until_title(&world, "units/dinas-baru/services/kk", "KK baru").await;
        until_title(&world, "units/dinas-baru/services/akta", "Akta").await;
        assert_eq!(titles(&world).len(), 2, "what was taken back does not come");
        let wrong = source(&world).await.rejected_now;
        assert_eq!(wrong, 2, "the last answer of akta, and of what never was");
    })
    .await;
}

#[tokio::test]
async fn a_record_that_waits_for_two_things_takes_both_in_any_order() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let foreign = || record_of("units/uptd", "izin", service("Izin"));
        run(&world, vec![foreign()]).await;
        let below = unit("uptd", Kind::Office, BKPM);
        world.admin().create_unit("uptd", below).await.expect("a unit");
        until("the second thing", async || {
            (listed(&world, SOURCE).await.records[0].code == "UNIT_NOT_OWNED").then_some(())
        })
        .await;
        let wider = Source {
            name: SOURCE.into(),
            also_writes: vec!["units/uptd".into()],
            ..Source::default()
        };
        let request = UpdateSourceRequest {
            source: Some(wider),
            update_mask: Some(FieldMask { paths: vec!["also_writes".into()] }),
            ..UpdateSourceRequest::default()
        };
        world.admin().sync.update_source(request).await.expect("widened");
        until_title(&world, "units/uptd/services/izin", "Izin").await;
    })
    .await;
}

#[tokio::test]
async fn records_that_name_each_other_wait_for_their_unit_only() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let needing = |id: &str, other: &str| {
            let requirement = mpp_api::registry::service::Requirement {
                satisfied_by: format!("{BARU}/services/{other}"),
                text: "Dokumen".into(),
                ..Default::default()
            };
            let requirements = vec![requirement];
            record_of(BARU, id, Service { requirements, ..service(id) })
        };
        run(&world, vec![needing("satu", "dua"), needing("dua", "satu")]).await;
        create_unit(&world, "dinas-baru").await;
        until_title(&world, "units/dinas-baru/services/satu", "satu").await;
        until_title(&world, "units/dinas-baru/services/dua", "dua").await;
    })
    .await;
}

#[tokio::test]
async fn a_name_that_another_has_published_is_taken_once_it_is_handed_over_and_refused_once_gone() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let mut admin = world.admin();
        for id in ["kk", "akta"] {
            admin.create_service(KEMENDAGRI, id, service("Dibuat di sini")).await.expect("made");
        }
        let own = |id: &str| record_of(KEMENDAGRI, id, service("Dari sumber"));
        let result = run(&world, vec![own("kk"), own("akta")]).await;
        assert_eq!(codes(&result), ["OWNED_BY_OTHER_SOURCE"; 2]);
        let kk = format!("{KEMENDAGRI}/services/kk");
        let request = HandBackServiceRequest {
            name: kk.clone(),
            to: SOURCE.into(),
            ..HandBackServiceRequest::default()
        };
        admin.catalog.hand_back_service(request).await.expect("handed over");
        until_title(&world, &kk, "Dari sumber").await;

        let withdrawn =
            Tombstone { reason: tombstone::Reason::Withdrawn.into(), ..Tombstone::default() };
        let request = DeleteServiceRequest {
            name: format!("{KEMENDAGRI}/services/akta"),
            tombstone: Some(withdrawn),
            ..DeleteServiceRequest::default()
        };
        admin.catalog.delete_service(request).await.expect("deleted");
        let refused = until("it is hopeless", async || {
            let mut all = listed(&world, SOURCE).await.records;
            all.retain(|one| one.rejected);
            all.pop()
        })
        .await;
        assert_eq!(refused.code, "TOMBSTONED");
        let shown = until("its source tells of it", async || {
            let shown = source(&world).await;
            (shown.waiting_now == 0).then_some(shown)
        })
        .await;
        assert_eq!(shown.rejected_now, 1);
        let counted = shown.accounting.expect("counted");
        assert_eq!((counted.redriven, counted.redrive_rejected), (1, 1));
        let again = run(&world, vec![own("akta")]).await;
        assert_eq!(codes(&again), ["TOMBSTONED"]);
        assert_eq!(listed(&world, SOURCE).await.total_size, 0, "its source has heard it itself");
    })
    .await;
}

#[tokio::test]
async fn more_than_a_sources_share_is_rejected_and_told_so() {
    on_both(async |database| {
        let policy = Policy { quarantine_records: 2, ..quick() };
        let world = World::with_source_under(&database, policy).await;
        let result = run(&world, ["a", "b", "c"].map(|id| late(id, "Layanan")).to_vec()).await;
        assert_eq!(codes(&result), ["UNIT_NOT_FOUND", "UNIT_NOT_FOUND", "QUARANTINE_FULL"]);
        assert_eq!(result.results[2].outcome(), Outcome::Rejected);
        assert!(result.results[2].send_again, "{:?}", result.results[2]);
        assert!(balances(&source(&world).await.accounting.expect("counted")));
        let replaced = run(&world, vec![late("a", "Baru")]).await;
        assert_eq!(codes(&replaced), ["UNIT_NOT_FOUND"], "in the place of the one before");
        create_unit(&world, "dinas-baru").await;
        until_title(&world, "units/dinas-baru/services/a", "Baru").await;
        let result = run(&world, vec![late("c", "Layanan")]).await;
        assert!(result.results[0].code.is_empty());
    })
    .await;
}
