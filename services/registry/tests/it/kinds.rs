//! A regency's own system feeds all that it owns in the registry: its offices, its mall, the
//! counters there and its services, by one session and in any order.

use mpp_api::{
    Document,
    registry::{Counter, Mall, Unit, UpdateMallRequest, unit::Kind},
    sync::{
        BatchResult, EndSessionRequest, Hello, OpenSessionRequest, Outcome, PreviewRecordsRequest,
        PushBatchRequest, Record, Source, record::Body, record_preview::Change,
    },
};
use mpp_core::Role;
use mpp_form::held;
use mpp_sync::Policy;
use mpp_testkit::{TestDatabase, on_both};
use prost_types::FieldMask;

use crate::{
    publisher::{Session, batch_after, begin_again, codes, hello, outcomes, record_of},
    quarantine::asleep,
    world::{MALL, World, counter, mall, service, text, unit},
};

pub const PEMKAB: &str = "units/pemkab-banyuwangi";
pub const OWN: &str = "sources/pemkab";
pub const SOSIAL: &str = "units/dinas-sosial";

/// Banyuwangi, whose regency has a source of its own, to which its mall was handed.
pub async fn regency(database: &TestDatabase, policy: Policy) -> World {
    let world = World::with_source_under(database, policy).await;
    world.admin().create_source("pemkab", PEMKAB).await.expect("a source");
    hand_over(&world, MALL).await;
    world
}

/// An administrator hands a mall to the regency's source.
pub async fn hand_over(world: &World, name: &str) {
    let mall = Mall { name: name.into(), source: OWN.into(), ..Mall::default() };
    let update_mask = Some(FieldMask { paths: vec!["source".into()] });
    let request = UpdateMallRequest { mall: Some(mall), update_mask, ..Default::default() };
    world.admin().directory.update_mall(request).await.expect("handed over");
}

pub fn as_regency() -> Hello {
    Hello { source: OWN.into(), ..hello() }
}

pub fn office(id: &str, parent: &str) -> Record {
    let display_name = text(&format!("Kantor {id}"));
    let unit = Unit { display_name, ..unit(id, Kind::Office, parent) };
    let body = Some(Body::UnitRecord(unit));
    Record { source_id: id.into(), body, ..Record::default() }
}

pub fn gerai(mall: &str, id: &str, unit: &str) -> Record {
    let body = Some(Body::Counter(counter(unit)));
    Record { source_id: id.into(), parent: mall.into(), body, ..Record::default() }
}

/// The mall as the regency's system says it, which knows of no stages.
pub fn mall_record(title: &str) -> Record {
    let mall = Mall { display_name: text(title), stages: Vec::new(), ..mall() };
    Record { source_id: "banyuwangi".into(), body: Some(Body::Mall(mall)), ..Record::default() }
}

/// Its records, each before what it refers to.
pub fn backwards() -> Vec<Record> {
    vec![
        record_of(SOSIAL, "santunan", service("Santunan")),
        gerai(MALL, "sosial", SOSIAL),
        mall_record("MPP Sritanjung"),
        office("meja-sosial", SOSIAL),
        office("dinas-sosial", PEMKAB),
    ]
}

pub async fn run(world: &World, records: Vec<Record>) -> BatchResult {
    let mut session = begin_again(world, as_regency()).await;
    let result = session.send(records).await;
    session.end().await;
    result
}

/// The same by single calls.
async fn push(world: &World, records: Vec<Record>) -> BatchResult {
    let mut caller = world.caller(Role::Publisher, &[OWN]).sync;
    let source = OWN.to_owned();
    let (mapping_version, holder) = ("1".into(), "php-1".into());
    let source_of = source.clone();
    let open =
        OpenSessionRequest { source: source_of, mapping_version, holder, ..Default::default() };
    let opened = caller.open_session(open).await.expect("open").into_inner();
    let welcome = opened.welcome.expect("a welcome");
    let checkpoint = welcome.checkpoint.unwrap_or_default();
    let fencing_token = welcome.fencing_token;
    let batch = Some(batch_after(&checkpoint, fencing_token, 1, records));
    let asked = PushBatchRequest { source: source.clone(), batch };
    let answer = caller.push_batch(asked).await.expect("an answer").into_inner();
    let end = EndSessionRequest { source, fencing_token, ..Default::default() };
    caller.end_session(end).await.expect("an end");
    answer.batch_result.expect("an answer")
}

/// A record as reads of this replica show it.
pub fn stored<D: Document>(world: &World, name: &str) -> Option<D> {
    let state = world.running.registry.memory.read();
    state.records.get::<D>(name).map(|found| found.doc)
}

async fn source_of(world: &World) -> Source {
    let request = mpp_api::sync::GetSourceRequest { name: OWN.into() };
    let got = world.admin().sync.get_source(request).await.expect("a source");
    got.into_inner().source.expect("a source")
}

#[tokio::test]
async fn a_regency_feeds_all_that_it_owns_in_any_order_by_both_doors() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        let result = run(&world, backwards()).await;
        assert_eq!(outcomes(&result), [Outcome::Applied; 5], "{result:?}");
        let again = push(&world, backwards()).await;
        assert_eq!(outcomes(&again), [Outcome::Unchanged; 5], "{again:?}");

        let mall = stored::<Mall>(&world, MALL).expect("the mall");
        assert_eq!((mall.display_name, mall.source.as_str()), (text("MPP Sritanjung"), OWN));
        assert_eq!(mall.stages.len(), 2, "what others confer stays");
        let counter = stored::<Counter>(&world, "malls/banyuwangi/counters/sosial");
        assert_eq!(counter.expect("a counter").source, OWN);
        let desk = stored::<Unit>(&world, "units/meja-sosial").expect("a unit");
        assert_eq!((desk.parent.as_str(), desk.source.as_str()), (SOSIAL, OWN));

        let counted = source_of(&world).await;
        let all = counted.accounting.expect("counted");
        assert_eq!((all.received, all.applied, all.unchanged), (10, 5, 5), "one account of all");
        assert_eq!((counted.rejected_now, counted.waiting_now), (0, 0));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_sees_by_the_welcome_what_is_held_of_all_kinds() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, backwards()).await;
        let session = Session::with(&world, as_regency()).await.expect("a session");
        let names = [
            "malls/banyuwangi",
            "malls/banyuwangi/counters/sosial",
            "units/dinas-sosial",
            "units/dinas-sosial/services/santunan",
            "units/meja-sosial",
        ];
        assert_eq!(session.welcome.held, 5);
        assert_eq!(session.welcome.held_digest[..], held::digest(names)[..]);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_preview_tells_of_each_kind_and_changes_nothing() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        let request = PreviewRecordsRequest {
            source: OWN.into(),
            records: backwards(),
            ..PreviewRecordsRequest::default()
        };
        let mut caller = world.caller(Role::Publisher, &[OWN]).sync;
        let told = caller.preview_records(request).await.expect("a preview").into_inner().records;
        let changes: Vec<Change> = told.iter().map(|one| one.change()).collect();
        let (new, changed) = (Change::Created, Change::Updated);
        assert_eq!(changes, [new, new, changed, new, new], "{told:?}");
        let paths: Vec<_> = told[2].differences.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["mall.display_name.id"]);
        assert_eq!(stored::<Unit>(&world, SOSIAL), None, "nothing of it is kept");
        assert_eq!(outcomes(&run(&world, backwards()).await), [Outcome::Applied; 5]);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn ids_of_several_kinds_may_be_the_same_and_what_is_wrong_counts_once() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        let records = || {
            let wrong = Record { parent: MALL.into(), ..office("sama", PEMKAB) };
            vec![
                wrong,
                gerai(MALL, "sama", PEMKAB),
                record_of(PEMKAB, "sama", service("Santunan")),
                record_of(SOSIAL, "sama", service("Santunan")),
            ]
        };
        let mut session = begin_again(&world, Hello { unique_ids: true, ..as_regency() }).await;
        let result = session.send(records()).await;
        session.end().await;
        assert_eq!(codes(&result), ["NOT_ALLOWED", "", "", "DUPLICATE"], "{result:?}");
        assert_eq!(source_of(&world).await.rejected_now, 1, "the unit alone");
        let gone = vec!["units/sama".to_owned()];
        let session = begin_again(&world, Hello { unique_ids: true, ..as_regency() }).await;
        let end = mpp_api::sync::End { rejected_gone: gone, ..Default::default() };
        session.end_with(end).await;
        assert_eq!(source_of(&world).await.rejected_now, 0, "named by its name");
        world.stop().await;
    })
    .await;
}
