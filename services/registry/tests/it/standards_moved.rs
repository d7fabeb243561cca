//! What a person has said of a service that a source publishes stays through the source's syncs.

use mpp_api::{
    registry::{Service, standard_link::State, unit::Kind},
    sync::{Hello, Outcome, Record},
};
use mpp_testkit::{TestDatabase, on_both};

use crate::{
    publisher::{begin_again, delete, hello, outcomes, record_of},
    standards::{NEW_CARD, with_standards},
    undone::undo,
    world::{KEMENDAGRI, World, reason, service, unit},
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
async fn a_service_that_was_undone_and_comes_again_can_be_linked_again() {
    on_both(async |database| {
        let world = world(&database).await;
        let (session, _) = run(&world, vec![card(KEMENDAGRI, "KTP")]).await;
        let mut admin = world.admin();
        let said = admin.decide(&at(KEMENDAGRI), NEW_CARD, State::Confirmed).await.expect("said");
        undo(&world, &session, false).await;
        assert_eq!(reason(admin.link(&said.name).await), "NOT_FOUND", "of what never was");
        let (_, outcome) = run(&world, vec![card(KEMENDAGRI, "KTP elektronik")]).await;
        assert_eq!(outcome, [Outcome::Applied]);
        admin.decide(&at(KEMENDAGRI), NEW_CARD, State::Confirmed).await.expect("said again");
    })
    .await;
}
