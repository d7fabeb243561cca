//! A preview tells what the session after it brings, and changes nothing itself.

use std::collections::BTreeMap;

use mpp_api::{
    json,
    registry::{
        DeleteServiceRequest, Service, UpdateServiceRequest, service::Requirement, unit::Kind,
    },
    sync::{
        Hello, Outcome, PreviewRecordsRequest, Record, RecordPreview, RecordResult,
        record_preview::Change,
    },
    types::Tombstone,
};
use mpp_core::Role;
use mpp_sync::Policy;
use mpp_testkit::{TestDatabase, contents, on_both};
use serde_json::Value;

use crate::{
    previewed::{asked, at, in_parts, preview, try_preview},
    publisher::{begin_again, delete, hello, record, record_of},
    world::{BKPM, KEMENDAGRI, KTP, SOURCE, World, fixed, reason, refused, service, text, unit},
};

const OFFICE: &str = "units/kemendagri-jatim";

/// Few may wait and few may move, so that bounds are met within a few parts.
fn narrow() -> Policy {
    Policy {
        batch_records: 100,
        quarantine_look_millis: 600_000,
        quarantine_records: 4,
        max_moved_percent: 10,
        always_moved_records: 3,
        ..Policy::default()
    }
}

fn wants(id: &str, satisfied_by: &str) -> Record {
    let satisfied_by = satisfied_by.to_owned();
    let requirements =
        vec![Requirement { text: "Akta".into(), satisfied_by, ..Requirement::default() }];
    record_of(KEMENDAGRI, id, Service { requirements, ..service("Perlu syarat") })
}

/// The records of one id in a round: over all ids some of each case, and others each round.
fn told_of(number: usize, round: usize) -> Vec<Record> {
    let id = format!("s{number:02}");
    let known = |title: &str| vec![record(&id, title)];
    match (number * 7 + round * 5) % 16 {
        0..=2 => known("Layanan"),
        3 => known(&format!("Layanan {round}")),
        4 | 5 => vec![record_of(OFFICE, &id, service("Layanan"))],
        6 => known(""),
        7 => vec![record_of("units/dinas-baru", &id, service("Menunggu"))],
        8 => vec![record_of(BKPM, &id, service("Milik lain"))],
        9 => vec![delete(&id)],
        10 => vec![record(&id, "Layanan"), record(&id, "Layanan dua kali")],
        11 => vec![wants(&id, &format!("{KEMENDAGRI}/services/s{:02}", (number + 29) % 32))],
        12 => vec![wants(&id, &format!("{KEMENDAGRI}/services/tidak-ada"))],
        13 => vec![record_of(
            KEMENDAGRI,
            &id,
            Service { fees: vec![fixed(5_000)], ..service("Berbayar") },
        )],
        14 => vec![record("ktp-el-baru", "Milik pejabat"), record(&id, "Layanan")],
        _ => Vec::new(),
    }
}

fn parts(round: usize) -> Vec<Vec<Record>> {
    let numbers: Vec<usize> = (0..32).collect();
    let part = |some: &[usize]| {
        let mut records: Vec<Record> = some.iter().flat_map(|one| told_of(*one, round)).collect();
        // Each record once in a preview: that of the officer's only in the first part.
        records.retain(|one| some[0] == 0 || one.source_id != "ktp-el-baru");
        records
    };
    numbers.chunks(8).map(part).collect()
}

/// All services, as JSON by their names.
fn catalog(world: &World) -> BTreeMap<String, Value> {
    let state = world.running.registry.memory.read();
    let names: Vec<_> =
        state.records.rows::<Service>("").map(|(name, _)| name.to_string()).collect();
    let found = names.iter().filter_map(|name| Some((name, state.records.get::<Service>(name)?)));
    found.map(|(name, one)| (name.clone(), json::value(&one.doc).expect("known"))).collect()
}

async fn set(world: &World, id: &str, title: &str) {
    let name = format!("{KEMENDAGRI}/services/{id}");
    let service = Some(Service { name, title: text(title), ..Service::default() });
    let update_mask = Some(prost_types::FieldMask { paths: vec!["title".into()] });
    let request = UpdateServiceRequest { service, update_mask, ..Default::default() };
    world.admin().catalog.update_service(request).await.expect("set");
}

/// A catalog with everything in it that a record may meet.
async fn lived_in(database: &TestDatabase) -> World {
    let world = World::with_source_under(database, narrow()).await;
    let office = unit("kemendagri-jatim", Kind::Office, KEMENDAGRI);
    world.admin().create_unit("kemendagri-jatim", office).await.expect("a unit");
    let all = (0..28).map(|number| record(&format!("s{number:02}"), "Layanan")).collect();
    session(&world, hello(), vec![all]).await;
    for id in ["s00", "s03", "s13"] {
        set(&world, id, "Diganti").await;
    }
    set(&world, "s01", "Layanan 0").await;
    for id in ["s26", "s27"] {
        let name = format!("{KEMENDAGRI}/services/{id}");
        let request = DeleteServiceRequest {
            name,
            tombstone: Some(Tombstone { reason: 1, successor: String::new() }),
            ..Default::default()
        };
        world.admin().catalog.delete_service(request).await.expect("deleted");
    }
    world
}

/// A session, batch by batch; all its answers.
async fn session(world: &World, hello: Hello, parts: Vec<Vec<Record>>) -> Vec<RecordResult> {
    let mut session = begin_again(world, hello).await;
    let mut answers = Vec::new();
    for part in parts {
        answers.extend(session.send(part).await.results);
    }
    session.end().await;
    answers
}

fn differ(told: &RecordPreview, before: Option<&Value>, after: Option<&Value>) {
    for one in &told.differences {
        let is = |state: Option<&Value>| {
            state.and_then(|state| at(state, &one.path)).map(Value::to_string)
        };
        let (old, new) = (is(before), is(after));
        assert!(
            one.old_value.is_empty() || old.as_ref() == Some(&one.old_value),
            "{one:?} {old:?}"
        );
        assert!(
            one.new_value.is_empty() || new.as_ref() == Some(&one.new_value),
            "{one:?} {new:?}"
        );
    }
    for one in &told.overridden {
        let published = after.and_then(|state| at(state, &one.path)).map(Value::to_string);
        assert_eq!(published.unwrap_or_default(), one.published_value);
    }
}

/// What was told of a record, against the catalog before and after the session.
fn holds(told: &RecordPreview, before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) {
    let (was, is) = (before.get(&told.name), after.get(&told.name));
    let is_same = || {
        let mut states = [was.cloned(), is.cloned()];
        for state in states.iter_mut().flatten() {
            state.as_object_mut().expect("fields").remove("overrides");
        }
        states[0] == states[1]
    };
    match told.change() {
        Change::Unspecified => assert_eq!(was, is, "{told:?}"),
        Change::Created => assert!(was.is_none() && is.is_some(), "{told:?}"),
        Change::Deleted => assert!(was.is_some() && is.is_none(), "{told:?}"),
        Change::Updated => {
            assert!(was.is_some() && is.is_some(), "{told:?}");
            assert_eq!(told.differences.is_empty(), is_same(), "{told:?}");
            differ(told, was, is);
        }
        Change::Moved => {
            let from = told.moved_from.first().expect("from somewhere");
            assert!(before.contains_key(from) && !after.contains_key(from), "{told:?}");
            assert!(was.is_none() && is.is_some(), "{told:?}");
            differ(told, before.get(from), is);
        }
    }
}

#[tokio::test]
async fn what_a_preview_says_the_session_after_it_brings_and_the_preview_changes_nothing() {
    on_both(async |database| {
        let world = lived_in(&database).await;
        let mut seen = BTreeMap::<String, usize>::new();
        for round in 0..6 {
            let (unique_ids, accept_moves) = (round % 3 != 2, round == 4);
            let like = PreviewRecordsRequest { unique_ids, accept_moves, ..asked(Vec::new()) };
            let (rows, before) = (contents(database.url()).await, catalog(&world));
            let told = in_parts(&world, &like, &parts(round)).await;
            for (table, now) in contents(database.url()).await {
                assert_eq!(now, rows[&table], "{table} in round {round}");
            }
            let hello = Hello { unique_ids, accept_moves, ..hello() };
            let answers = session(&world, hello, parts(round)).await;
            let said: Vec<_> =
                told.iter().map(|one| one.result.clone().expect("an answer")).collect();
            assert_eq!(said, answers, "round {round}");
            let after = catalog(&world);
            // Of several records of one name only the first has the name's change.
            for one in
                told.iter().filter(|one| one.result.as_ref().expect("it").code != "DUPLICATE")
            {
                holds(one, &before, &after);
                let code = &one.result.as_ref().expect("an answer").code;
                *seen.entry(format!("{:?} {code}", one.change())).or_default() += 1;
            }
            assert!(told.iter().any(|one| one.result.as_ref().expect("it").code == "DUPLICATE"));
        }
        for all in [
            "Created ",
            "Updated ",
            "Moved ",
            "Deleted ",
            "Unspecified ",
            "Unspecified REQUIRED",
            "Unspecified UNIT_NOT_FOUND",
            "Unspecified UNIT_NOT_OWNED",
            "Unspecified QUARANTINE_FULL",
            "Unspecified TOO_MANY_MOVED",
            "Unspecified TOMBSTONED",
            "Unspecified OWNED_BY_OTHER_SOURCE",
            "Unspecified NOT_FOUND",
        ] {
            assert!(seen.contains_key(all), "{all} was not met: {seen:?}");
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_source_that_never_began_a_session_is_looked_at_and_nothing_is_kept_of_it() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let before = contents(database.url()).await;
        let limits = try_preview(&world, asked(Vec::new())).await.expect("the limits");
        assert_eq!((limits.max_batch_records, limits.records.len()), (100, 0));
        assert!(limits.max_batch_bytes > 0 && limits.rules_version > 0);
        let told = preview(&world, vec![record("kk", "Kartu Keluarga"), record("salah", "")]).await;
        let changes: Vec<_> = told.iter().map(RecordPreview::change).collect();
        assert_eq!(changes, [Change::Created, Change::Unspecified]);
        assert_eq!(told[0].name, "units/kemendagri/services/kk");
        assert!(told[0].differences.is_empty(), "the client has it whole");
        let wrong = told[1].result.as_ref().expect("an answer");
        assert_eq!(
            (wrong.outcome(), wrong.field.as_str()),
            (Outcome::Rejected, "service.title.id")
        );
        assert_eq!(contents(database.url()).await, before);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn each_difference_is_told_with_both_values_and_what_a_curator_has_set_apart() {
    on_both(async |database| {
        let world = lived_in(&database).await;
        let told = preview(
            &world,
            vec![
                record("s02", "Baru"),
                record("s00", "Lain"),
                record("s03", "Diganti"),
                record("s13", "Layanan"),
            ],
        )
        .await;
        let [plain, drifts, ends, stays] = told.as_slice() else { panic!("{told:?}") };
        let one = &plain.differences[0];
        assert_eq!((plain.change(), plain.differences.len()), (Change::Updated, 1));
        assert_eq!(one.path, "service.title.id");
        assert_eq!((one.old_value.as_str(), one.new_value.as_str()), (r#""Layanan""#, r#""Baru""#));
        assert!(drifts.differences.is_empty(), "readers see the curator's");
        let set = &drifts.overridden[0];
        assert_eq!((set.path.as_str(), set.drifts, set.ends), ("service.title", true, false));
        assert_eq!(set.published_value, r#"{"id":"Diganti"}"#);
        assert_eq!(
            (set.old_value.as_str(), set.new_value.as_str()),
            (r#"{"id":"Layanan"}"#, r#"{"id":"Lain"}"#)
        );
        assert!(ends.overridden[0].ends && ends.change() == Change::Updated);
        let set = &stays.overridden[0];
        assert_eq!((stays.change(), set.drifts, set.ends), (Change::Unspecified, false, false));
        world.stop().await;
    })
    .await;
}

fn offered(world: &World, service: &str) -> usize {
    world.running.registry.memory.read().offerings_of(service).count()
}

#[tokio::test]
async fn what_goes_and_what_moves_says_how_many_offerings_go_with_it() {
    on_both(async |database| {
        let world = lived_in(&database).await;
        for id in ["s04", "s05"] {
            let offered = format!("{KEMENDAGRI}/services/{id}");
            let offering = mpp_api::registry::Offering { service: offered, ..Default::default() };
            world.admin().propose(id, offering).await.expect("an offering");
        }
        let moved = record_of(OFFICE, "s05", service("Layanan"));
        let like = PreviewRecordsRequest { unique_ids: true, ..asked(vec![delete("s04"), moved]) };
        let told = try_preview(&world, like).await.expect("an answer").records;
        assert_eq!((told[0].change(), told[0].offerings_withdrawn), (Change::Deleted, 1));
        assert_eq!((told[1].change(), told[1].offerings_withdrawn), (Change::Moved, 1));
        assert_eq!(told[1].moved_from, ["units/kemendagri/services/s05"]);
        assert_eq!(offered(&world, "units/kemendagri/services/s04"), 1, "it is offered still");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn only_who_may_sync_a_source_looks_and_bounds_are_told() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut stranger = world.caller(Role::Publisher, &["sources/bkpm"]);
        let answer = stranger.sync.preview_records(asked(vec![record("kk", "KK")])).await;
        assert_eq!(reason(answer), "PERMISSION_DENIED");
        let mut reader = world.caller(Role::Reader, &[SOURCE]);
        let answer = reader.sync.preview_records(asked(Vec::new())).await;
        assert_eq!(reason(answer), "PERMISSION_DENIED");
        let nowhere = PreviewRecordsRequest { source: "sources/nowhere".into(), ..asked(vec![]) };
        assert_eq!(reason(world.admin().sync.preview_records(nowhere).await), "NOT_FOUND");
        let many = (0..101).map(|number| record(&format!("s{number}"), "Layanan")).collect();
        assert_eq!(reason(try_preview(&world, asked(many)).await), "TOO_LARGE");
        let named = vec![KTP.to_owned(); 10_001];
        let request = PreviewRecordsRequest { published_before: named, ..asked(Vec::new()) };
        let error = refused(try_preview(&world, request).await);
        assert_eq!(error.fields[0].0, "published_before");
        for none in ["units/-/services/-", "units/a/services/-", "-", "regions/35.10"] {
            let named = vec![KTP.to_owned(), none.to_owned()];
            let request = PreviewRecordsRequest { gone_before: named, ..asked(Vec::new()) };
            let error = refused(try_preview(&world, request).await);
            assert_eq!(error.fields[0].0, "gone_before[1]", "{none}");
        }
        world.stop().await;
    })
    .await;
}
