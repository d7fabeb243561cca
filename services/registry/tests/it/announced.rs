//! A version of a standard that is announced ahead: until its first day the one before holds.

use mpp_api::registry::{
    AdoptStandardRequest, CompareWithStandardRequest, CountAdoptionRequest, GetStandardRequest,
    Standard, StandardComparison, adoption::State as Stands, count_adoption_request::Group,
    divergence::Component, standard_link::State,
};
use mpp_core::Micros;
use mpp_testkit::on_both;

use crate::{
    adopted::{adopts, because, national, officer, own, world},
    divergent::{costs, needs},
    standards::NEW_CARD,
    world::{Clients, KTP, SECOND, World, reason},
};

const DAY: Micros = 24 * 3600 * SECOND;
/// What Jakarta is ahead of UTC.
const JAKARTA: Micros = 7 * 3600 * SECOND;
const TOMORROW: &str = "2026-05-02";

/// The next version, which has a price and asks for less.
fn next() -> Standard {
    Standard {
        version: "2026-2".into(),
        valid_from: TOMORROW.into(),
        fees: costs(15_000, "Rp15.000"),
        requirements: needs(&["Kartu Keluarga"]),
        ..national()
    }
}

impl Clients {
    async fn compare_announced(&mut self) -> Result<StandardComparison, tonic::Status> {
        let request = CompareWithStandardRequest {
            name: KTP.into(),
            announced: true,
            ..CompareWithStandardRequest::default()
        };
        let answer = self.standards.compare_with_standard(request).await?.into_inner();
        Ok(answer.comparison.expect("a comparison"))
    }
}

fn ahead() -> AdoptStandardRequest {
    AdoptStandardRequest { announced: true, ..adopts(KTP, &[]) }
}

/// The last moment of the day in Jakarta.
fn until_midnight(world: &World) {
    let past = (world.clock.now() + JAKARTA).rem_euclid(DAY);
    world.clock.advance(DAY - past - 1);
}

fn version(found: &StandardComparison) -> (&str, &str) {
    (&found.version, &found.holds_from)
}

#[tokio::test]
async fn the_text_before_holds_until_midnight_in_jakarta() {
    on_both(async |database| {
        let world = world(&database).await;
        let (mut admin, mut officer) = (world.admin(), officer(&world));
        admin.change_standard(next()).await;
        let request = GetStandardRequest { name: NEW_CARD.into(), min_revision: 0 };
        let told = admin.standards.get_standard(request).await.expect("it").into_inner();
        let before = told.standard.expect("it").text_before.expect("the text that holds");
        assert_eq!((before.version.as_str(), before.fees), ("2026-1", national().fees));

        until_midnight(&world);
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!((version(&found), found.state()), (("2026-1", ""), Stands::Differs));
        let announced = (found.announced_version.as_str(), found.announced_from.as_str());
        assert_eq!(announced, ("2026-2", TOMORROW));
        let done = officer.adopt(adopts(KTP, &[Component::Fees])).await.expect("adopted");
        let link = done.standard_link.expect("a link");
        assert_eq!(link.adopted_version, "2026-1", "what holds is adopted");
        assert_eq!(done.service.expect("it").fees, national().fees);

        world.clock.advance(1);
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!((version(&found), found.announced_from.as_str()), (("2026-2", ""), ""));
        assert_eq!(found.lines[0].standard_texts, ["Rp15.000"]);
        assert_eq!(reason(officer.compare_announced().await), "WRONG_STATE", "it holds now");
        assert_eq!(reason(officer.adopt(ahead()).await), "WRONG_STATE");
    })
    .await;
}

#[tokio::test]
async fn who_adopts_ahead_is_explained_until_the_day_and_follows_from_then_on() {
    on_both(async |database| {
        let world = world(&database).await;
        let (mut admin, mut officer) = (world.admin(), officer(&world));
        admin.change_standard(next()).await;
        let count = async |admin: &mut Clients| {
            let asked = CountAdoptionRequest {
                parent: NEW_CARD.into(),
                group: Group::Standard.into(),
                ..CountAdoptionRequest::default()
            };
            let all = admin.standards.count_adoption(asked).await.expect("counted").into_inner();
            all.adoptions[0].clone()
        };
        let coming = officer.compare_announced().await.expect("compared");
        assert_eq!((version(&coming), coming.state()), (("2026-2", TOMORROW), Stands::Differs));
        let done = officer.adopt(ahead()).await.expect("adopted");
        assert_eq!(done.changed_fields, ["fees"], "it asks for no more already");
        assert_eq!(done.standard_link.expect("a link").adopted_version, "2026-2");

        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!((version(&found), found.state()), (("2026-1", ""), Stands::Explained));
        assert!(found.lines[0].ahead && found.lines[0].explanation.is_none());
        let again = officer.adopt(adopts(KTP, &[])).await.expect("nothing to do");
        assert!(again.changed_fields.is_empty(), "who is ahead is not taken back");
        let counted = count(&mut admin).await;
        assert_eq!((counted.explained, counted.ahead, counted.adopted), (1, 1, 0));
        assert_eq!(counted.announced_from, TOMORROW);

        until_midnight(&world);
        world.clock.advance(1);
        assert_eq!(officer.compare(KTP).await.expect("compared").state(), Stands::Follows);
        let counted = count(&mut admin).await;
        assert_eq!((counted.follows, counted.ahead, counted.adopted), (1, 0, 1));
    })
    .await;
}

#[tokio::test]
async fn what_was_compared_before_midnight_is_not_adopted_after_it() {
    on_both(async |database| {
        let world = world(&database).await;
        let (mut admin, mut officer) = (world.admin(), officer(&world));
        admin.change_standard(next()).await;
        until_midnight(&world);
        let seen = officer.compare(KTP).await.expect("compared").standard_etag;
        let seen_ahead = officer.compare_announced().await.expect("compared").standard_etag;
        let other = AdoptStandardRequest { standard_etag: seen.clone(), ..ahead() };
        assert_eq!(reason(officer.adopt(other).await), "ETAG_MISMATCH", "another text");
        world.clock.advance(1);
        for standard_etag in [seen, seen_ahead] {
            let late = AdoptStandardRequest { standard_etag, ..adopts(KTP, &[]) };
            assert_eq!(reason(officer.adopt(late).await), "ETAG_MISMATCH", "it holds only now");
        }
        let standard_etag = officer.compare(KTP).await.expect("compared").standard_etag;
        let now = AdoptStandardRequest { standard_etag, ..adopts(KTP, &[]) };
        officer.adopt(now).await.expect("adopted");
    })
    .await;
}

#[tokio::test]
async fn who_adopts_ahead_keeps_what_they_have_explained() {
    on_both(async |database| {
        let world = world(&database).await;
        let (mut admin, mut officer) = (world.admin(), officer(&world));
        officer.explain(KTP, vec![because(&[Component::Fees])]).await.expect("said");
        admin.change_standard(next()).await;
        let coming = officer.compare_announced().await.expect("compared");
        assert!(coming.lines[0].explanation.is_some(), "of the text that holds");
        let done = officer.adopt(ahead()).await.expect("adopted");
        assert!(!done.changed_fields.contains(&"fees".to_owned()), "{:?}", done.changed_fields);
        assert_eq!(done.standard_link.expect("a link").explanations.len(), 1);
        let named = AdoptStandardRequest { announced: true, ..adopts(KTP, &[Component::Fees]) };
        let done = officer.adopt(named).await.expect("adopted");
        assert!(done.standard_link.expect("a link").explanations.is_empty(), "it was named");
    })
    .await;
}

#[tokio::test]
async fn a_first_text_that_does_not_hold_yet_is_adopted_only_ahead() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let (mut admin, mut officer) = (world.admin(), officer(&world));
        admin.create_standard("ktp-el-baru", next()).await.expect("made");
        admin.say(own()).await;
        admin.decide(KTP, NEW_CARD, State::Confirmed).await.expect("confirmed");
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!((version(&found), found.state()), (("2026-2", TOMORROW), Stands::Unknown));
        assert_eq!(reason(officer.adopt(adopts(KTP, &[])).await), "WRONG_STATE");
        officer.adopt(ahead()).await.expect("adopted");
        let coming = officer.compare_announced().await.expect("compared");
        assert_eq!(coming.state(), Stands::Follows);
    })
    .await;
}

#[tokio::test]
async fn an_announcement_is_replaced_or_taken_back_and_the_text_that_holds_stays() {
    on_both(async |database| {
        let world = world(&database).await;
        let (mut admin, mut officer) = (world.admin(), officer(&world));
        admin.change_standard(next()).await;
        let later =
            Standard { version: "2026-3".into(), valid_from: "2026-06-01".into(), ..next() };
        admin.change_standard(later).await;
        world.clock.advance(2 * DAY);
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!((version(&found), found.announced_version.as_str()), (("2026-1", ""), "2026-3"));
        let back = Standard { valid_from: "2026-05-01".into(), ..national() };
        admin.change_standard(back).await;
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!((version(&found), found.announced_version.as_str()), (("2026-1", ""), ""));
    })
    .await;
}
