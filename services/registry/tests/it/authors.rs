//! What an earlier program has left in records: names of persons, told as who made a change is, and
//! faults, which bar no change of anything else.

use mpp_api::{
    feed::{
        GetRecordVersionRequest, ListRecordVersionsRequest, WatchRequest,
        feed_service_client::FeedServiceClient, history_service_client::HistoryServiceClient,
    },
    registry::{
        Counter, GetMallRequest, GetServiceRequest, ListServicesRequest, Mall, Service,
        UpdateCounterRequest, UpdateMallRequest, mall::Site, service::Override,
    },
    sync::Outcome,
};
use mpp_core::Role::{self, Administrator, Auditor, Organiser, Reader, UnitOfficer};
use mpp_resource::Resource;
use mpp_store::{Actor, Expect, Label, Labels};
use mpp_testkit::on_both;
use prost::Message as _;

use crate::{
    publisher::{Session, begin_again, hello, outcomes, record},
    world::{COUNTER, DPMPTSP, KEMENDAGRI, MALL, SOURCE, World, reason, text},
};

const KK: &str = "units/kemendagri/services/kk";

/// Writes a record as an earlier program did; answers the revision.
pub async fn write<R: Resource>(world: &World, record: R, labels: &[(Label, &str)]) -> i64 {
    let mut record = record;
    record.strip();
    let labels = labels.iter().map(|(label, value)| (*label, (*value).to_owned()));
    let db = &world.running.registry.db;
    let mut tx = db.begin(&Actor::default()).await.expect("a transaction");
    let name = record.name().to_owned();
    tx.put(&name, &record, Labels::from_iter(labels), Expect::Any).await.expect("written");
    let revision = tx.commit().await.expect("committed");
    world.shows(revision).await;
    revision
}

/// Fields that two persons have set, as an earlier program kept it: by name.
pub fn set_by_persons() -> Vec<Override> {
    let kept = |field: &str, subject: &str| Override {
        field: field.into(),
        subject: subject.into(),
        source_value: Some(Service::default()),
        ..Override::default()
    };
    vec![kept("product", "pegawai/7"), kept("supervision", "users/siti")]
}

/// A service whose fields two persons have set, by name.
async fn overridden(world: &World) -> i64 {
    let mut session = Session::begin(world).await;
    let result = session.send(vec![record("kk", "KK")]).await;
    assert_eq!(outcomes(&result), [Outcome::Applied]);
    session.end().await;
    world.shows(result.revision).await;
    let mut service = world.admin().service(KK).await.expect("a service");
    service.overrides = set_by_persons();
    service.product = "Kartu".into();
    service.supervision = "Setiap minggu".into();
    let labels = [
        (Label::Agency, KEMENDAGRI),
        (Label::Unit, KEMENDAGRI),
        (Label::Category, "population"),
        (Label::Source, SOURCE),
        (Label::Overridden, "settled"),
    ];
    write(world, service, &labels).await
}

fn subjects(service: &Service) -> Vec<&str> {
    service.overrides.iter().map(|kept| kept.subject.as_str()).collect()
}

/// The service as the feed shows it to a caller.
async fn fed(world: &World, role: Role, namespace: &str) -> Service {
    let mut feed = FeedServiceClient::new(world.channel(role, &[namespace]));
    let request = WatchRequest { initial_state: true, ..WatchRequest::default() };
    let mut watch = feed.watch(request).await.expect("a stream").into_inner();
    loop {
        let message = watch.message().await.expect("alive").expect("a message");
        let found = message.changes.into_iter().find(|change| change.name == KK);
        if let Some(document) = found.and_then(|change| change.document) {
            return Service::decode(document.value).expect("a service");
        }
        assert!(!message.initial_state_complete, "the state has it");
    }
}

#[tokio::test]
async fn a_stored_name_is_told_only_to_those_who_answer_for_the_record() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let min_revision = overridden(&world).await;
        let (hidden, named) = (["-", "users/-"], ["pegawai/7", "users/siti"]);
        for (roles, namespace, told) in
            [(Reader, KEMENDAGRI, hidden), (Auditor, "", named), (Administrator, "", named)]
        {
            let mut caller = world.caller(roles, &[namespace]);
            let get = GetServiceRequest { name: KK.into(), min_revision };
            let got = caller.catalog.get_service(get).await.expect("it").into_inner();
            assert_eq!(subjects(&got.service.expect("it")), told, "{roles:?}");
            let list = ListServicesRequest { parent: KEMENDAGRI.into(), ..Default::default() };
            let listed = caller.catalog.list_services(list).await.expect("all").into_inner();
            let found = listed.services.iter().find(|service| service.name == KK);
            assert_eq!(subjects(found.expect("it")), told, "{roles:?}");
            assert_eq!(subjects(&fed(&world, roles, namespace).await), told, "{roles:?}");
        }
        for (namespace, told) in [(KEMENDAGRI, named), ("units/bkpm", hidden)] {
            let mut officer = world.caller(UnitOfficer, &[namespace]);
            let got = officer.service(KK).await.expect("it");
            assert_eq!(subjects(&got), told, "{namespace}");
        }
    })
    .await;
}

#[tokio::test]
async fn no_remark_of_a_run_names_a_person() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        overridden(&world).await;
        let mut session = begin_again(&world, hello()).await;
        let result = session.send(vec![record("kk", "KK")]).await;
        session.end().await;
        let remarks: Vec<_> =
            result.results[0].warnings.iter().map(|one| one.message.as_str()).collect();
        let begins = |start: &str| remarks.iter().any(|remark| remark.starts_with(start));
        assert!(begins("a person has set") && begins("somebody has set"), "{remarks:?}");
        assert!(remarks.iter().all(|remark| !remark.contains("siti")), "{remarks:?}");
    })
    .await;
}

/// The administrator gives the counter another zone.
async fn rezone(world: &World, zone: &str) {
    let counter = Counter { name: COUNTER.into(), zone: zone.into(), ..Counter::default() };
    let request = UpdateCounterRequest { counter: Some(counter), ..Default::default() };
    world.admin().directory.update_counter(request).await.expect("changed");
}

#[tokio::test]
async fn whoever_runs_a_mall_is_told_who_changed_what_lies_in_it_also_by_its_unit() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        for (namespace, told) in [
            (MALL, "users/administrator"),
            (DPMPTSP, "users/administrator"),
            ("units/pemkab-banyuwangi", "users/administrator"),
            ("units/bkpm", "users/-"),
            ("malls/lain", "users/-"),
        ] {
            let roles = [Reader, Organiser];
            let mut feed = FeedServiceClient::new(world.channel_of(&roles, &[namespace]));
            let mut watch = feed.watch(WatchRequest::default()).await.expect("open").into_inner();
            rezone(&world, namespace).await;
            let change = loop {
                let message = watch.message().await.expect("alive").expect("a message");
                if let Some(change) = message.changes.into_iter().next() {
                    break change;
                }
            };
            let heard = (change.name.as_str(), change.actor.as_str());
            assert_eq!(heard, (COUNTER, told), "{namespace}");
        }
    })
    .await;
}

#[tokio::test]
async fn history_names_who_changed_what_lies_in_a_mall_to_whoever_runs_it_by_its_unit() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        rezone(&world, "B").await;
        for (namespace, told) in [
            (MALL, "users/administrator"),
            (DPMPTSP, "users/administrator"),
            ("units/pemkab-banyuwangi", "users/administrator"),
            ("units/bkpm", "users/-"),
            ("malls/lain", "users/-"),
        ] {
            let channel = world.channel_of(&[Reader, Organiser], &[namespace]);
            let mut history = HistoryServiceClient::new(channel);
            let list = ListRecordVersionsRequest { name: COUNTER.into(), ..Default::default() };
            let listed = history.list_record_versions(list).await.expect("all").into_inner();
            let last = listed.versions[0].change.as_ref().expect("a change");
            assert_eq!(last.actor, told, "{namespace}");
            let get = GetRecordVersionRequest { name: COUNTER.into(), moment: None };
            let got = history.get_record_version(get).await.expect("it").into_inner();
            let got = got.version.and_then(|version| version.change).expect("a change");
            assert_eq!(got.actor, told, "{namespace}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_old_fault_in_one_field_bars_no_change_of_another() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let get = GetMallRequest { name: MALL.into(), min_revision: 0 };
        let mall = admin.directory.get_mall(get).await.expect("it").into_inner().mall;
        let mut mall = mall.expect("it");
        mall.sites[0].address = "#REF!".into();
        let broken = mall.sites[0].clone();
        let labels = [(Label::Mall, MALL), (Label::Organiser, DPMPTSP), (Label::Region, "35.10")];
        write(&world, mall, &labels).await;

        let of = |sites: Vec<Site>, display_name| {
            let mall = Mall { name: MALL.into(), sites, display_name, ..Mall::default() };
            UpdateMallRequest { mall: Some(mall), ..UpdateMallRequest::default() }
        };
        admin.directory.update_mall(of(vec![], text("MPP Blambangan"))).await.expect("its name");
        let another = Site { address: "Jl. Baru 1".into(), ..broken.clone() };
        let moved = of(vec![another, broken.clone()], None);
        admin.directory.update_mall(moved).await.expect("the old one only stands elsewhere now");
        let wrong = Site { address: "undefined".into(), ..broken };
        let refused = admin.directory.update_mall(of(vec![wrong], None)).await;
        assert_eq!(reason(refused), "INVALID_FIELD", "who changes it makes it right");
    })
    .await;
}
