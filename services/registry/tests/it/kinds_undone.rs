//! A session of several kinds is undone: what it made goes, the places last, and what others have
//! put there since keeps its place.

use mpp_api::{
    registry::{Mall, Unit, standard_link::State},
    sync::{Outcome, UndoSessionRequest, UndoneRecord, undone_record::Change},
};
use mpp_core::Role;
use mpp_sync::Policy;
use mpp_testkit::on_both;

use crate::{
    kinds::{OWN, PEMKAB, SOSIAL, as_regency, backwards, gerai, office, regency, run, stored},
    publisher::{begin_again, codes, outcomes, record_of},
    quarantine::asleep,
    standards::standard,
    undone::changes,
    world::{MALL, World, service, text, unit},
};

/// Sends records in a session of their own; answers its id.
pub async fn session_of(world: &World, records: Vec<mpp_api::sync::Record>) -> String {
    let mut session = begin_again(world, as_regency()).await;
    let id = session.welcome.session.clone();
    let result = session.send(records).await;
    assert!(outcomes(&result).iter().all(|one| *one == Outcome::Applied), "{result:?}");
    session.end().await;
    id
}

pub async fn undo(world: &World, session: &str, validate_only: bool) -> Vec<UndoneRecord> {
    let (mut told, mut after) = (Vec::new(), String::new());
    loop {
        let request = UndoSessionRequest {
            source: OWN.into(),
            session: session.into(),
            validate_only,
            after,
        };
        let mut officer = world.caller(Role::UnitOfficer, &[PEMKAB]);
        let answer = officer.sync.undo_session(request).await.expect("undone").into_inner();
        told.extend(answer.records);
        after = answer.next;
        if after.is_empty() {
            return told;
        }
    }
}

const SANTUNAN: &str = "units/dinas-sosial/services/santunan";

/// A registry that undoes five records with a call.
fn small() -> Policy {
    Policy { batch_records: 5, ..asleep() }
}

fn is_there(world: &World, name: &str) -> bool {
    stored::<Unit>(world, name).is_some()
}

#[tokio::test]
async fn all_that_a_session_made_goes_the_places_after_what_lies_in_them() {
    on_both(async |database| {
        let world = regency(&database, small()).await;
        let session = session_of(&world, backwards()).await;
        let shown = undo(&world, &session, true).await;
        let told = undo(&world, &session, false).await;
        let expected = [
            (MALL, Change::Restored),
            ("malls/banyuwangi/counters/sosial", Change::Deleted),
            (SOSIAL, Change::Deleted),
            (SANTUNAN, Change::Deleted),
            ("units/meja-sosial", Change::Deleted),
        ];
        assert_eq!(changes(&told), expected.into());
        assert_eq!(changes(&shown), expected.into(), "as it was shown");
        let kinds: Vec<&str> = told.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(
            kinds,
            ["mall", "service", "counter", "unit", "unit"],
            "in the order of undoing"
        );
        let unseen = told.iter().filter(|one| !one.unseen.is_empty());
        let unseen: Vec<_> = unseen.map(|one| (one.kind.as_str(), one.unseen.as_str())).collect();
        assert_eq!(unseen.len(), 1, "{unseen:?}");
        assert!(unseen[0].0 == "counter" && unseen[0].1.contains("scheduling"), "{unseen:?}");
        let mall = stored::<Mall>(&world, MALL).expect("the mall");
        assert_eq!(mall.display_name, text("MPP Banyuwangi"));
        assert!(!is_there(&world, SOSIAL) && !is_there(&world, "units/meja-sosial"));

        let held = run(&world, backwards()).await;
        assert_eq!(codes(&held), ["UNDONE"; 5], "the same bytes wait");
        let mut other = backwards();
        other[4] = {
            let mut renamed = office("dinas-sosial", PEMKAB);
            if let Some(mpp_api::sync::record::Body::UnitRecord(unit)) = &mut renamed.body {
                unit.display_name = text("Dinas Sosial");
            }
            renamed
        };
        assert_eq!(codes(&run(&world, other).await)[4], "", "other bytes are taken");
        assert!(is_there(&world, SOSIAL));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_stays_with_a_service_in_it_of_which_a_person_has_said_something() {
    on_both(async |database| {
        let world = regency(&database, small()).await;
        let grant = record_of(SOSIAL, "santunan", service("Santunan"));
        let session = session_of(&world, vec![office("dinas-sosial", PEMKAB), grant]).await;
        let mut admin = world.admin();
        admin.create_standard("santunan", standard("Santunan")).await.expect("made");
        admin.decide(SANTUNAN, "standards/santunan", State::Confirmed).await.expect("said");
        let shown = undo(&world, &session, true).await;
        let told = undo(&world, &session, false).await;
        let expected = [(SOSIAL, Change::Left), (SANTUNAN, Change::Left)];
        assert_eq!(changes(&told), expected.into());
        assert_eq!(changes(&shown), expected.into(), "as it was shown");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_in_which_others_have_put_something_stays_and_says_so() {
    on_both(async |database| {
        let world = regency(&database, small()).await;
        let records = vec![office("dinas-sosial", PEMKAB), gerai(MALL, "sosial", SOSIAL)];
        let session = session_of(&world, records).await;
        let below = unit("panti", mpp_api::registry::unit::Kind::Office, SOSIAL);
        world.admin().create_unit("panti", below).await.expect("a unit");
        let told = undo(&world, &session, false).await;
        let expected =
            [(SOSIAL, Change::Left), ("malls/banyuwangi/counters/sosial", Change::Deleted)];
        assert_eq!(changes(&told), expected.into());
        let left = told.iter().find(|one| one.name == SOSIAL).expect("told");
        assert!(left.left_reason.contains("units/panti rest on it"), "{left:?}");
        assert!(is_there(&world, SOSIAL));
        world.stop().await;
    })
    .await;
}
