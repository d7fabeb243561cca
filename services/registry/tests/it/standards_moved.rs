//! What a person has said of a service that a source publishes stays through the source's syncs.

use mpp_api::{
    registry::{
        DeleteServiceRequest, DeleteStandardLinkRequest, DeleteStandardRequest, GetStandardRequest,
        Offering, Service, standard_link::State, unit::Kind,
    },
    sync::{Hello, Outcome, Record, undone_record::Change},
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::Role;
use mpp_sync::Policy;
use mpp_testkit::{TestDatabase, on_both};

use crate::{
    catalog::withdrawn,
    publisher::{begin_again, delete, hello, outcomes, record_of},
    quarantine::asleep,
    standards::{LOST_CARD, NEW_CARD, standard, with_standards},
    undone::undo,
    world::{BKPM, KEMENDAGRI, KTP, World, reason, refused, service, text, unit},
};

const OFFICE: &str = "units/kemendagri-jatim";
const EVERYWHERE: &str = "units/-/services/-";

async fn world(database: &TestDatabase) -> World {
    let world = with_standards(database).await;
    let office = unit("kemendagri-jatim", Kind::Office, KEMENDAGRI);
    world.admin().create_unit("kemendagri-jatim", office).await.expect("a unit");
    world
}

fn card(unit: &str, product: &str) -> Record {
    let title = service("KTP elektronik pemula");
    record_of(unit, "pemula", Service { product: product.into(), ..title })
}

fn at(unit: &str) -> String {
    format!("{unit}/services/pemula")
}

/// Sends records in a session of their own; answers its id and what became of them.
async fn run(world: &World, records: Vec<Record>) -> (String, Vec<Outcome>) {
    let mut session = begin_again(world, Hello { unique_ids: true, ..hello() }).await;
    let id = session.welcome.session.clone();
    let result = session.send(records).await;
    session.end().await;
    (id, outcomes(&result))
}

#[tokio::test]
async fn a_source_that_sends_its_service_again_leaves_the_link_as_it_is() {
    on_both(async |database| {
        let world = world(&database).await;
        run(&world, vec![card(KEMENDAGRI, "KTP")]).await;
        let mut admin = world.admin();
        let link = admin.decide(&at(KEMENDAGRI), NEW_CARD, State::Confirmed).await.expect("said");
        run(&world, vec![card(KEMENDAGRI, "KTP-el")]).await;
        assert_eq!(admin.service(&at(KEMENDAGRI)).await.expect("there").product, "KTP-el");
        assert_eq!(admin.link(&link.name).await.expect("there"), link);

        run(&world, vec![delete("pemula")]).await;
        assert!(admin.links(EVERYWHERE, NEW_CARD).await.is_empty(), "it went with its service");
    })
    .await;
}

#[tokio::test]
async fn a_service_that_moves_to_another_unit_and_back_keeps_its_link() {
    on_both(async |database| {
        let world = world(&database).await;
        run(&world, vec![card(KEMENDAGRI, "KTP")]).await;
        let mut admin = world.admin();
        let said = admin.decide(&at(KEMENDAGRI), NEW_CARD, State::Confirmed).await.expect("said");
        run(&world, vec![card(OFFICE, "KTP")]).await;
        let moved = format!("{}/links/ktp-el-baru", at(OFFICE));
        assert_eq!(admin.links(EVERYWHERE, NEW_CARD).await, std::slice::from_ref(&moved));
        let link = admin.link(&moved).await.expect("there");
        assert_eq!(link.decide_time, said.decide_time, "what was said, and when");
        run(&world, vec![card(KEMENDAGRI, "KTP")]).await;
        assert_eq!(admin.links(EVERYWHERE, NEW_CARD).await, [said.name]);
    })
    .await;
}

#[tokio::test]
async fn a_move_that_is_undone_gives_the_link_back() {
    on_both(async |database| {
        let world = world(&database).await;
        run(&world, vec![card(KEMENDAGRI, "KTP")]).await;
        let mut admin = world.admin();
        let said = admin.decide(&at(KEMENDAGRI), NEW_CARD, State::Confirmed).await.expect("said");
        let (session, _) = run(&world, vec![card(OFFICE, "KTP")]).await;
        undo(&world, &session, true).await;
        assert_eq!(admin.links(EVERYWHERE, NEW_CARD).await.len(), 1, "only shown");
        undo(&world, &session, false).await;
        assert_eq!(admin.links(EVERYWHERE, NEW_CARD).await, std::slice::from_ref(&said.name));
        assert_eq!(admin.link(&said.name).await.expect("there").state(), State::Confirmed);
    })
    .await;
}

#[tokio::test]
async fn a_move_that_is_not_undone_keeps_the_link_where_it_was_carried() {
    on_both(async |database| {
        let policy = Policy { batch_records: 1, ..asleep() };
        let world = World::with_source_under(&database, policy).await;
        let mut admin = world.admin();
        let office = unit("kemendagri-jatim", Kind::Office, KEMENDAGRI);
        admin.create_unit("kemendagri-jatim", office).await.expect("a unit");
        admin.create_standard("ktp-el-baru", standard("KTP")).await.expect("made");
        run(&world, vec![card(KEMENDAGRI, "KTP")]).await;
        admin.decide(&at(KEMENDAGRI), NEW_CARD, State::Confirmed).await.expect("said");
        let (session, _) = run(&world, vec![card(OFFICE, "KTP")]).await;
        let offering = Offering { service: at(OFFICE), ..Offering::default() };
        admin.propose("pemula", offering).await.expect("on offer");
        let moved = format!("{}/links/ktp-el-baru", at(OFFICE));
        for validate_only in [true, false] {
            let told = undo(&world, &session, validate_only).await;
            assert!(told.iter().all(|one| one.change() == Change::Left), "{told:?}");
            let link = told.iter().find(|one| one.name == moved).expect("told");
            assert!(link.left_reason.contains("on which it rests"), "{}", link.left_reason);
        }
        assert_eq!(admin.links(EVERYWHERE, NEW_CARD).await, [moved]);
    })
    .await;
}

fn moved_to(successor: &str) -> Option<Tombstone> {
    Some(Tombstone { reason: Why::Moved.into(), successor: successor.into() })
}

#[tokio::test]
async fn a_service_that_an_officer_moves_takes_what_was_said_along() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let (mut admin, mut officer) =
            (world.admin(), world.caller(Role::UnitOfficer, &[KEMENDAGRI]));
        admin.decide(KTP, NEW_CARD, State::Confirmed).await.expect("said");
        let to = format!("{BKPM}/services/ktp");
        let request = DeleteServiceRequest {
            name: KTP.into(),
            tombstone: moved_to(&to),
            ..DeleteServiceRequest::default()
        };
        let early = refused(officer.catalog.delete_service(request.clone()).await);
        assert_eq!(early.reason, "WRONG_STATE");
        assert!(early.message.contains("make it first"), "{}", early.message);
        admin.create_service(BKPM, "ktp", service("KTP elektronik")).await.expect("made");
        let foreign = officer.catalog.delete_service(request.clone()).await;
        assert_eq!(reason(foreign), "PERMISSION_DENIED", "it is another's there");
        admin.catalog.delete_service(request).await.expect("moved");
        let link = format!("{to}/links/ktp-el-baru");
        assert_eq!(admin.links(EVERYWHERE, NEW_CARD).await, std::slice::from_ref(&link));
        assert_eq!(admin.link(&link).await.expect("there").service_title, text("KTP elektronik"));
    })
    .await;
}

#[tokio::test]
async fn a_standard_that_moves_takes_what_was_said_along_and_names_its_successor() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut admin = world.admin();
        admin.decide(KTP, NEW_CARD, State::Confirmed).await.expect("said");
        admin.decide(KTP, LOST_CARD, State::Rejected).await.expect("said");
        let request = DeleteStandardRequest {
            name: NEW_CARD.into(),
            tombstone: moved_to(LOST_CARD),
            ..DeleteStandardRequest::default()
        };
        let otherwise = refused(admin.standards.delete_standard(request.clone()).await);
        assert_eq!(otherwise.reason, "WRONG_STATE");
        assert!(otherwise.message.contains("--open"), "{}", otherwise.message);
        let link = format!("{KTP}/links/ktp-el-hilang");
        let open = DeleteStandardLinkRequest {
            name: link.clone(),
            tombstone: withdrawn(),
            ..DeleteStandardLinkRequest::default()
        };
        admin.standards.delete_standard_link(open).await.expect("taken back");
        admin.standards.delete_standard(request).await.expect("moved");
        assert_eq!(admin.links(EVERYWHERE, "").await, std::slice::from_ref(&link));
        let moved = admin.link(&link).await.expect("there");
        assert_eq!((moved.standard.as_str(), moved.state()), (LOST_CARD, State::Confirmed));
        let get = GetStandardRequest { name: NEW_CARD.into(), min_revision: 0 };
        let gone = refused(admin.standards.get_standard(get).await);
        assert!(gone.message.contains(&format!("{LOST_CARD} took its place")), "{}", gone.message);
    })
    .await;
}

#[tokio::test]
async fn an_undo_leaves_a_service_of_which_a_person_has_said_something() {
    on_both(async |database| {
        let world = world(&database).await;
        let (session, _) = run(&world, vec![card(KEMENDAGRI, "KTP")]).await;
        let mut admin = world.admin();
        let said = admin.decide(&at(KEMENDAGRI), NEW_CARD, State::Confirmed).await.expect("said");
        let told = undo(&world, &session, false).await;
        let left = told.iter().find(|one| one.name == at(KEMENDAGRI)).expect("told");
        assert!(left.left_reason.contains("links/ktp-el-baru"), "{}", left.left_reason);
        assert_eq!(admin.link(&said.name).await.expect("there"), said);
    })
    .await;
}

#[tokio::test]
async fn what_a_person_has_said_after_a_move_is_not_lost_with_its_undo() {
    on_both(async |database| {
        let world = world(&database).await;
        run(&world, vec![card(KEMENDAGRI, "KTP")]).await;
        let mut admin = world.admin();
        admin.decide(&at(KEMENDAGRI), NEW_CARD, State::Confirmed).await.expect("said");
        let (session, _) = run(&world, vec![card(OFFICE, "KTP")]).await;
        let moved = format!("{}/links/ktp-el-baru", at(OFFICE));
        admin.reject(&moved, "Kartu anak").await.expect("decided otherwise");
        undo(&world, &session, false).await;
        assert_eq!(admin.links(EVERYWHERE, NEW_CARD).await, std::slice::from_ref(&moved));
        assert_eq!(admin.link(&moved).await.expect("there").state(), State::Rejected);
        admin.service(&at(OFFICE)).await.expect("the service stays where it has moved to");
    })
    .await;
}

/// A record that stands under both units, of which different things are said.
async fn twice(world: &World, other: &str) {
    let both = vec![card(KEMENDAGRI, "KTP"), card(OFFICE, "KTP")];
    let mut session = begin_again(world, hello()).await;
    session.send(both).await;
    session.end().await;
    let mut admin = world.admin();
    admin.decide(&at(KEMENDAGRI), NEW_CARD, State::Confirmed).await.expect("said");
    admin.decide(&at(OFFICE), other, State::Confirmed).await.expect("said");
}

#[tokio::test]
async fn a_record_that_stood_twice_and_is_brought_together_is_of_one_standard_still() {
    on_both(async |database| {
        let world = world(&database).await;
        twice(&world, LOST_CARD).await;
        let mut session = begin_again(&world, Hello { unique_ids: true, ..hello() }).await;
        let result = session.send(vec![card(OFFICE, "KTP-el")]).await;
        session.end().await;
        assert_eq!(outcomes(&result), [Outcome::Applied]);
        let warnings = &result.results[0].warnings;
        let told = warnings.iter().find(|warning| warning.message.contains("before the move"));
        assert!(told.is_some_and(|told| told.message.contains(NEW_CARD)), "{warnings:?}");
        let mut admin = world.admin();
        assert_eq!(
            admin.links(EVERYWHERE, "").await,
            [format!("{}/links/ktp-el-hilang", at(OFFICE))]
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_said_of_both_alike_stands_once_where_they_are_brought_together() {
    on_both(async |database| {
        let world = world(&database).await;
        twice(&world, NEW_CARD).await;
        let (_, outcome) = run(&world, vec![card(OFFICE, "KTP-el")]).await;
        assert_eq!(outcome, [Outcome::Applied]);
        let mut admin = world.admin();
        assert_eq!(
            admin.links(EVERYWHERE, "").await,
            [format!("{}/links/ktp-el-baru", at(OFFICE))]
        );
    })
    .await;
}
