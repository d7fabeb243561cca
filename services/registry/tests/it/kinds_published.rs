//! What a source publishes of units, malls and counters is changed at the source, until it is taken
//! back or given up.

use mpp_api::{
    registry::{
        Counter, Mall, UpdateCounterRequest, UpdateMallRequest, mall::StageEntry, unit::Kind,
    },
    sync::{
        DeleteSourceRequest, Outcome, PreviewRecordsRequest, Record,
        record::{Body, Delete},
        record_preview::Change,
    },
    types::{Tombstone, tombstone::Reason},
};
use mpp_core::Role;
use mpp_form::held;
use mpp_testkit::on_both;
use prost_types::FieldMask;
use tonic::Status;

use crate::{
    kinds::{
        OWN, PEMKAB, SOSIAL, as_regency, backwards, gerai, mall_record, office, regency, run,
        stored,
    },
    publisher::{begin_again, codes, outcomes},
    quarantine::asleep,
    world::{Clients, DPMPTSP, MALL, World, reason, refused, text, unit},
};

const GERAI: &str = "malls/banyuwangi/counters/sosial";

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() })
}

async fn change(caller: &mut Clients, counter: Counter, paths: &[&str]) -> Result<(), Status> {
    let counter = Some(Counter { name: GERAI.into(), ..counter });
    let request = UpdateCounterRequest { counter, update_mask: mask(paths), ..Default::default() };
    caller.directory.update_counter(request).await.map(drop)
}

pub fn gives_up(name: &str) -> Record {
    let tombstone = Some(Tombstone { reason: Reason::Withdrawn.into(), ..Tombstone::default() });
    let body = Some(Body::Delete(Delete { name: name.into(), tombstone }));
    let source_id = name.rsplit('/').next().unwrap_or_default().to_owned();
    Record { source_id, body, ..Record::default() }
}

fn counter(world: &World) -> Counter {
    stored(world, GERAI).expect("the counter")
}

#[tokio::test]
async fn a_published_counter_is_changed_at_its_source_until_it_is_taken_back() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, backwards()).await;
        let mut organiser = world.caller(Role::Organiser, &[MALL]);
        let misspelt = Counter { source: "pemkab".into(), ..Counter::default() };
        let wrong = refused(change(&mut world.admin(), misspelt, &["source"]).await);
        assert_eq!(
            (wrong.reason.as_str(), &*wrong.fields[0].0),
            ("INVALID_FIELD", "counter.source")
        );
        let other = || Counter { ticket_prefix: "Z".into(), ..Counter::default() };
        for caller in [&mut organiser, &mut world.admin()] {
            let answer = refused(change(caller, other(), &["ticket_prefix"]).await);
            assert_eq!(answer.reason, "WRONG_STATE");
            assert!(answer.message.contains(OWN), "{answer:?}");
        }
        let taken = change(&mut organiser, Counter::default(), &["source"]).await;
        assert_eq!(reason(taken), "PERMISSION_DENIED", "the regency's, who answers for the source");
        let mut regents = world.caller(Role::Organiser, &[MALL, PEMKAB]);
        let paths = &["source", "ticket_prefix"];
        change(&mut regents, other(), paths).await.expect("taken back");
        let taken = counter(&world);
        assert_eq!((taken.source.as_str(), taken.ticket_prefix.as_str()), ("", "Z"));

        let again = run(&world, vec![gerai(MALL, "sosial", SOSIAL)]).await;
        assert_eq!(codes(&again), ["OWNED_BY_OTHER_SOURCE"], "it does not take it itself");
        let handed = Counter { source: OWN.into(), ..Counter::default() };
        change(&mut regents, handed, &["source"]).await.expect("handed over");
        let again = run(&world, vec![gerai(MALL, "sosial", SOSIAL)]).await;
        assert_eq!(outcomes(&again), [Outcome::Applied]);
        assert_eq!(counter(&world).ticket_prefix, "DC", "as the source says it");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_others_say_of_a_published_mall_they_go_on_saying() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, backwards()).await;
        let stages = vec![StageEntry { stage: 9, date: "2026-04-01".into(), ..Default::default() }];
        let update = |mall: Mall, path: &str| UpdateMallRequest {
            mall: Some(Mall { name: MALL.into(), ..mall }),
            update_mask: mask(&[path]),
            ..Default::default()
        };
        let mut verifier = world.caller(Role::Verifier, &[]);
        let evaluated = update(Mall { stages, ..Mall::default() }, "stages");
        verifier.directory.update_mall(evaluated).await.expect("a verifier's to say");
        let renamed = Mall { display_name: text("MPP Lain"), ..Mall::default() };
        let refused = world.admin().directory.update_mall(update(renamed, "display_name")).await;
        assert_eq!(reason(refused.map(drop)), "WRONG_STATE");
        let result = run(&world, vec![mall_record("MPP Banyuwangi Baru")]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied]);
        let mall = stored::<Mall>(&world, MALL).expect("the mall");
        assert_eq!((mall.stages.len(), mall.display_name), (1, text("MPP Banyuwangi Baru")));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_that_its_source_has_no_more_stays_and_is_written_by_calls_again() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, backwards()).await;
        let delete = DeleteSourceRequest { name: OWN.into(), ..Default::default() };
        let kept = world.admin().sync.delete_source(delete).await;
        assert_eq!(reason(kept.map(drop)), "WRONG_STATE", "it still publishes");

        let all = || vec![gives_up(GERAI), gives_up(MALL), gives_up("units/meja-sosial")];
        assert_eq!(outcomes(&run(&world, all()).await), [Outcome::Applied; 3]);
        assert_eq!(outcomes(&run(&world, all()).await), [Outcome::Unchanged; 3], "once");
        assert_eq!(counter(&world).source, "");
        let mut organiser = world.caller(Role::Organiser, &[MALL]);
        let second = Counter { floor: "2".into(), ..Counter::default() };
        change(&mut organiser, second, &["floor"]).await.expect("the organiser's again");
        let never = run(&world, vec![gives_up("units/tidak-ada")]).await;
        assert_eq!(codes(&never), ["NOT_FOUND"]);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn only_a_source_that_may_write_there_is_handed_a_record() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, vec![office("dinas-sosial", PEMKAB)]).await;
        let mut organiser = world.caller(Role::Organiser, &[MALL, DPMPTSP]);
        let result = run(&world, vec![gerai(MALL, "sosial", SOSIAL)]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied]);
        let handed = |source: &str| Counter { source: source.into(), ..Counter::default() };
        let mut admin = world.admin();
        let elsewhere =
            refused(change(&mut admin, handed("sources/kemendagri"), &["source"]).await);
        assert_eq!(elsewhere.fields[0].0, "counter.source");
        let unknown = change(&mut admin, handed("sources/tidak-ada"), &["source"]).await;
        assert_eq!(reason(unknown), "REFERENCE_INVALID");
        let taken = change(&mut organiser, handed(""), &["source"]).await;
        assert_eq!(reason(taken), "PERMISSION_DENIED");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_that_its_source_sends_again_is_its_own_unless_somebody_has_written_it_since() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, backwards()).await;
        let sent = || vec![gerai(MALL, "sosial", SOSIAL), office("meja-sosial", SOSIAL)];
        let gone = || vec![gives_up(GERAI), gives_up("units/meja-sosial")];
        assert_eq!(outcomes(&run(&world, gone()).await), [Outcome::Applied; 2]);
        let mut changed = sent();
        if let Some(Body::Counter(counter)) = &mut changed[0].body {
            counter.display_name = text("Gerai lantai tujuh");
        }
        let request =
            PreviewRecordsRequest { source: OWN.into(), records: changed, ..Default::default() };
        let mut caller = world.caller(Role::Publisher, &[OWN]).sync;
        let told = caller.preview_records(request).await.expect("a preview").into_inner().records;
        assert_eq!(told[0].change(), Change::Updated, "{told:?}");
        let fields: Vec<_> = told[0].differences.iter().map(|one| one.path.as_str()).collect();
        assert!(
            fields.contains(&"counter.display_name.id"),
            "it overwrites what stands: {fields:?}"
        );
        let moved = UpdateMallRequest {
            mall: Some(Mall {
                name: MALL.into(),
                region: "regions/35.09".into(),
                ..Mall::default()
            }),
            update_mask: mask(&["region"]),
            ..Default::default()
        };
        world.admin().directory.update_mall(moved).await.expect("its mall lies elsewhere");
        assert_eq!(outcomes(&run(&world, sent()).await), [Outcome::Applied; 2], "it was a slip");
        assert_eq!(counter(&world).source, OWN);

        assert_eq!(outcomes(&run(&world, gone()).await), [Outcome::Applied; 2]);
        let second = Counter { floor: "2".into(), ..Counter::default() };
        let mut organiser = world.caller(Role::Organiser, &[MALL]);
        change(&mut organiser, second, &["floor"]).await.expect("the organiser's by now");
        let again = run(&world, sent()).await;
        assert_eq!(codes(&again), ["OWNED_BY_OTHER_SOURCE", ""], "{again:?}");
        assert_eq!(counter(&world).floor, "2", "as the organiser has said it");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_that_was_changed_and_handed_back_is_asked_for_until_its_source_has_sent_it() {
    const REST: [&str; 4] =
        [MALL, SOSIAL, "units/dinas-sosial/services/santunan", "units/meja-sosial"];
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, backwards()).await;
        let held = async || {
            let session = begin_again(&world, as_regency()).await;
            let welcome = session.welcome.clone();
            session.end().await;
            (welcome.held, welcome.held_digest.to_vec())
        };
        let all = held().await;
        let mut admin = world.admin();
        let slip = Counter { display_name: text("Gerai salah ketik"), ..Counter::default() };
        change(&mut admin, slip, &["source", "display_name"]).await.expect("taken and changed");
        let back = Counter { source: OWN.into(), ..Counter::default() };
        change(&mut admin, back, &["source"]).await.expect("handed back");
        assert_eq!(held().await, (5, held::digest(REST).to_vec()), "the counter is another's text");
        let signed = Counter { floor: String::new(), ..Counter::default() };
        change(&mut admin, signed, &["floor"]).await.expect("nothing changes");
        assert_eq!(held().await, (5, held::digest(REST).to_vec()), "and stays so");
        let sent = run(&world, vec![gerai(MALL, "sosial", SOSIAL)]).await;
        assert_eq!(outcomes(&sent), [Outcome::Applied], "what stood was not its source's");
        assert_eq!(held().await, all);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_source_gives_a_place_up_that_could_not_be_written_so_any_more() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, backwards()).await;
        world
            .admin()
            .create_unit("lain", unit("lain", Kind::LocalGovernment, ""))
            .await
            .expect("made");
        let mall = Mall { name: MALL.into(), organiser: "units/lain".into(), ..Mall::default() };
        let update_mask = mask(&["organiser"]);
        let request = UpdateMallRequest { mall: Some(mall), update_mask, ..Default::default() };
        world.admin().directory.update_mall(request).await.expect("run by others");
        let result = run(&world, vec![gives_up(GERAI), gives_up(MALL)]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied; 2], "{result:?}");
        assert_eq!(counter(&world).source, "");
        world.stop().await;
    })
    .await;
}
