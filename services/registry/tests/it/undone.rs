//! A bad sync is undone: everything that nobody else has touched is as before, and comes back only
//! by other bytes or by an officer's word.

use std::collections::BTreeMap;

use mpp_api::{
    registry::{HandBackServiceRequest, Offering, Service, UpdateServiceRequest},
    sync::{
        Outcome, Record, RedriveRecordsRequest, Source, UndoSessionRequest, UndoneRecord,
        UpdateSourceRequest, undone_record::Change,
    },
};
use mpp_core::Role;
use mpp_sync::Policy;
use mpp_testkit::on_both;
use prost_types::FieldMask;
use tonic::Status;

use crate::{
    publisher::{begin_again, codes, delete, hello, outcomes, record},
    quarantine::{asleep, late},
    world::{BKPM, KEMENDAGRI, KTP, OFFERING, SOURCE, World, fixed, reason, text},
};

pub fn name(id: &str) -> String {
    format!("{KEMENDAGRI}/services/{id}")
}

/// Sends records in a session of their own; answers its id.
pub async fn run(world: &World, records: Vec<Record>) -> String {
    let mut session = begin_again(world, hello()).await;
    let id = session.welcome.session.clone();
    session.send(records).await;
    session.end().await;
    id
}

async fn piece(
    world: &World,
    session: &str,
    after: &str,
    validate_only: bool,
) -> Result<(Vec<UndoneRecord>, String), Status> {
    let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
    let request = UndoSessionRequest {
        source: SOURCE.into(),
        session: session.into(),
        validate_only,
        after: after.into(),
    };
    let answer = officer.sync.undo_session(request).await?.into_inner();
    Ok((answer.records, answer.next))
}

/// Undoes all of it, or shows what that would do.
pub async fn undo(world: &World, session: &str, validate_only: bool) -> Vec<UndoneRecord> {
    let (mut told, mut after) = (Vec::new(), String::new());
    loop {
        let (records, next) = piece(world, session, &after, validate_only).await.expect("undone");
        told.extend(records);
        if next.is_empty() {
            return told;
        }
        after = next;
    }
}

pub fn changes(told: &[UndoneRecord]) -> BTreeMap<&str, Change> {
    told.iter().map(|one| (one.name.as_str(), one.change())).collect()
}

/// All services, as they are in the database.
pub async fn services(world: &World) -> BTreeMap<String, Service> {
    let mut read = world.running.registry.db.read().await.expect("a snapshot");
    let all = read.list::<Service>("", "", 1_000).await.expect("read");
    all.into_iter().map(|record| (record.name, record.doc)).collect()
}

async fn offering(world: &World) -> Option<Offering> {
    let mut read = world.running.registry.db.read().await.expect("a snapshot");
    read.get::<Offering>(OFFERING).await.expect("read").map(|record| record.doc)
}

/// An administrator sets a fee over the source's.
async fn override_fee(world: &World, id: &str) {
    let service = Service { name: name(id), fees: vec![fixed(7_000)], ..Service::default() };
    let request = UpdateServiceRequest {
        service: Some(service),
        update_mask: Some(FieldMask { paths: vec!["fees".into()] }),
        reason: "Perbup 12/2026".into(),
        ..Default::default()
    };
    world.admin().catalog.update_service(request).await.expect("set");
}

#[tokio::test]
async fn a_bad_sync_goes_back_and_what_somebody_has_changed_since_is_left() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let good = ["kk", "akta", "pindah"].map(|id| record(id, "Layanan"));
        run(&world, good.to_vec()).await;
        let before = services(&world).await;
        let bad = vec![
            record("kk", "Layanan rusak"),
            delete("akta"),
            record("baru", "Layanan baru"),
            record("pindah", "Layanan lain"),
            late("menunggu", "Layanan"),
        ];
        let session = run(&world, bad.clone()).await;
        override_fee(&world, "pindah").await;
        let after = services(&world).await;

        let shown = undo(&world, &session, true).await;
        assert_eq!(services(&world).await, after, "a preview changes nothing");
        let told = undo(&world, &session, false).await;
        assert_eq!(changes(&told), changes(&shown));
        let waits = late("menunggu", "");
        let waits = format!("{}/services/menunggu", waits.unit);
        let names = ["kk", "akta", "baru", "pindah"].map(name);
        let expected = [
            (names[0].as_str(), Change::Restored),
            (&names[1], Change::BroughtBack),
            (&names[2], Change::Deleted),
            (&names[3], Change::Left),
            (&waits, Change::Held),
        ];
        assert_eq!(changes(&told), expected.into());
        let restored = told.iter().find(|one| one.name == names[0]).expect("told");
        assert_eq!(restored.differences[0].path, "service.title.id");
        let mut now = services(&world).await;
        assert_eq!(now.remove(&names[3]), after.get(&names[3]).cloned(), "left as it is");
        let mut untouched = before.clone();
        untouched.remove(&names[3]);
        assert_eq!(now, untouched);
        assert!(undo(&world, &session, false).await.iter().all(|one| one.change() == Change::Left));

        let mut session = begin_again(&world, hello()).await;
        assert!(session.welcome.send_all, "its client hears of it");
        let again = session.send(bad).await;
        session.end().await;
        let held = ["UNDONE", "UNDONE", "UNDONE", "", "UNDONE"];
        assert_eq!(codes(&again), held, "{again:?}");
        assert_eq!(outcomes(&again)[0], Outcome::Quarantined);
        world.stop().await;
    })
    .await;
}

/// The source is handed to a unit.
async fn belongs_to(world: &World, unit: &str) {
    let source = Source { name: SOURCE.into(), unit: unit.into(), ..Source::default() };
    let update_mask = Some(FieldMask { paths: vec!["unit".into()] });
    let request = UpdateSourceRequest { source: Some(source), update_mask, ..Default::default() };
    world.admin().sync.update_source(request).await.expect("changed");
}

#[tokio::test]
async fn what_was_undone_comes_back_by_other_bytes_or_by_an_officers_word() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let bad = || vec![record("baru", "Layanan baru"), record("lain", "Layanan lain")];
        let session = run(&world, bad()).await;
        undo(&world, &session, false).await;
        run(&world, bad()).await;
        assert!(!services(&world).await.contains_key(&name("baru")), "it is held back");
        let mended = || vec![record("baru", "Layanan yang benar"), record("lain", "Layanan lain")];
        belongs_to(&world, BKPM).await;
        run(&world, mended()).await;
        belongs_to(&world, KEMENDAGRI).await;
        run(&world, bad()).await;
        assert!(!services(&world).await.contains_key(&name("baru")), "no other was taken since");
        run(&world, mended()).await;
        let mended = services(&world).await.remove(&name("baru")).expect("it is there");
        assert_eq!(mended.title, text("Layanan yang benar"));

        let redrive = |name: String, code: &str| RedriveRecordsRequest {
            source: SOURCE.into(),
            name,
            code: code.into(),
            ..Default::default()
        };
        let mut publisher = world.caller(Role::Publisher, &[SOURCE]);
        let by_itself = publisher.sync.redrive_records(redrive(String::new(), "UNDONE")).await;
        assert_eq!(reason(by_itself), "PERMISSION_DENIED");
        let tried = publisher.sync.redrive_records(redrive(name("lain"), "")).await;
        assert_eq!(tried.expect("nothing").into_inner().tried, 0, "nor by its name");
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        let all = officer.sync.redrive_records(redrive(String::new(), "")).await;
        assert_eq!(all.expect("nothing").into_inner().tried, 0, "nor with all others");
        let one = officer.sync.redrive_records(redrive(name("lain"), "")).await;
        assert_eq!(one.expect("released").into_inner().taken, 1);
        assert!(services(&world).await.contains_key(&name("lain")));
        run(&world, bad()).await;
        let title = services(&world).await.remove(&name("baru")).expect("there").title;
        assert_eq!(title, text("Layanan baru"), "other bytes than those that stand now");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn offerings_that_went_with_a_service_are_back_with_it() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let (name, to) = (KTP.to_owned(), SOURCE.to_owned());
        let request = HandBackServiceRequest { name, to, ..Default::default() };
        world.admin().catalog.hand_back_service(request).await.expect("handed over");
        run(&world, vec![record("ktp-el-baru", "KTP elektronik baru")]).await;
        let before = (services(&world).await, offering(&world).await);
        assert!(before.1.is_some());
        let session = run(&world, vec![delete("ktp-el-baru")]).await;
        assert!(offering(&world).await.is_none());
        undo(&world, &session, false).await;
        assert_eq!((services(&world).await, offering(&world).await), before);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_undo_that_was_cut_off_goes_on_and_one_of_a_living_session_is_refused() {
    on_both(async |database| {
        let world =
            World::with_source_under(&database, Policy { batch_records: 3, ..asleep() }).await;
        let ids: Vec<String> = (0..8).map(|number| format!("s{number}")).collect();
        let mut session = begin_again(&world, hello()).await;
        let id = session.welcome.session.clone();
        for some in ids.chunks(3) {
            session.send(some.iter().map(|id| record(id, "Layanan")).collect()).await;
        }
        assert_eq!(reason(piece(&world, &id, "", false).await), "WRONG_STATE");
        session.end().await;
        let (first, next) = piece(&world, &id, "", false).await.expect("a piece");
        assert_eq!((first.len(), next.is_empty()), (3, false));
        // Its client has died, and begins again.
        assert_eq!(undo(&world, &id, false).await.len(), 5);
        assert!(!services(&world).await.keys().any(|name| ids.iter().any(|id| name.ends_with(id))));
        for after in ["", "waiting", "7 service units/bkpm"] {
            assert_eq!(reason(piece(&world, "never-was", after, false).await), "NOT_FOUND");
        }
        assert_eq!(reason(piece(&world, &id, "waitingfor", false).await), "INVALID_FIELD");
        let mut publisher = world.caller(Role::Publisher, &[SOURCE]);
        let request =
            UndoSessionRequest { source: SOURCE.into(), session: id, ..Default::default() };
        let refused = publisher.sync.undo_session(request).await;
        assert_eq!(reason(refused), "PERMISSION_DENIED");
        world.stop().await;
    })
    .await;
}

/// What a round sends of a service.
fn sent(id: &str, number: usize, round: usize) -> Option<Record> {
    match (number * 7 + round * 11) % 6 {
        0 => None,
        1 => Some(delete(id)),
        2 => Some(record(id, "Layanan")),
        _ => Some(record(id, &format!("Layanan {round}"))),
    }
}
#[tokio::test]
async fn whatever_a_session_has_done_what_nobody_else_touched_is_as_before() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let ids: Vec<String> = (0..24).map(|number| format!("s{number:02}")).collect();
        let all = |round: usize| {
            let sent = ids.iter().enumerate().filter_map(|(at, id)| sent(id, at, round));
            sent.collect::<Vec<_>>()
        };
        for round in 0..6 {
            run(&world, all(round)).await;
            let before = services(&world).await;
            let session = run(&world, all(round + 1)).await;
            let others: Vec<String> = services(&world).await.into_keys().collect();
            let others = others.iter().filter_map(|name| name.rsplit('/').next());
            let touched: Vec<String> =
                others.filter(|id| id.starts_with('s')).step_by(5).map(str::to_owned).collect();
            for id in &touched {
                override_fee(&world, id).await;
            }
            undo(&world, &session, false).await;
            let now = services(&world).await;
            for id in ids.iter().filter(|id| !touched.contains(id)) {
                let (was, is) = (before.get(&name(id)), now.get(&name(id)));
                assert_eq!(was, is, "{id} in round {round}");
            }
        }
        world.stop().await;
    })
    .await;
}
