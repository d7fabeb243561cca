//! The path through a life event in a mall.

use mpp_api::{
    registry::{
        AcceptOfferingRequest, Counter, CreateOfferingRequest, LifeEvent, Mall, Offering,
        PlanLifeEventRequest, PlanLifeEventResponse, Service, Unit, UpdateServiceRequest,
        UpdateUnitRequest, life_event::Goal, mall::Site, plan_life_event_response::goal::State,
        plan_steps_response::Span, standard_link::State as Found,
    },
    types::Location,
};
use mpp_testkit::{TestDatabase, on_both};
use tonic::Status;

use crate::{
    life_events::{BIRTH_OF_A_CHILD, by_service, by_standard, event},
    processes::{BIRTH, FAMILY, chain, needs},
    standards::standard,
    world::{
        BKPM, COUNTER, Clients, DUKCAPIL, KEMENDAGRI, KTP, MALL, OFFERING, World, counter, fixed,
        mall_in, reason, refused, service, text,
    },
};

const MADIUN: &str = "malls/madiun";
const NIB: &str = "units/bkpm/services/nib";
pub const CHILD: &str = "units/dukcapil-banyuwangi/services/kia";
pub const CHILD_CARD: &str = "standards/kia";
const CERTIFICATE: &str = "standards/akta-kelahiran";

impl Clients {
    pub async fn path(&self, asked: PlanLifeEventRequest) -> Result<PlanLifeEventResponse, Status> {
        Ok(self.life_events().plan_life_event(asked).await?.into_inner())
    }

    /// Puts a service on offer at a counter.
    pub async fn offer(&mut self, counter: &str, id: &str, service: &str) {
        let request = CreateOfferingRequest {
            parent: counter.into(),
            offering_id: id.into(),
            offering: Some(Offering { service: service.into(), ..Offering::default() }),
            ..CreateOfferingRequest::default()
        };
        self.catalog.create_offering(request).await.expect("proposed");
        let name = format!("{counter}/offerings/{id}");
        let accept = AcceptOfferingRequest { name, ..AcceptOfferingRequest::default() };
        self.catalog.accept_offering(accept).await.expect("accepted");
    }
}

pub fn through(mall: &str) -> PlanLifeEventRequest {
    let (name, mall) = (BIRTH_OF_A_CHILD.into(), mall.into());
    PlanLifeEventRequest { name, mall, ..PlanLifeEventRequest::default() }
}

pub fn states(answer: &PlanLifeEventResponse) -> Vec<State> {
    answer.goals.iter().map(|goal| goal.state()).collect()
}

pub fn ranks(answer: &PlanLifeEventResponse) -> Vec<(&str, i32)> {
    answer.steps.iter().map(|step| (step.service.as_str(), step.rank)).collect()
}

fn span(least: i64, most: i64) -> Option<Span> {
    Some(Span { least, most })
}

/// A child is born in Banyuwangi, whose mall gives certificate and identity card; the family card
/// and the card of the child are asked for, too. Of the latter no service is recorded.
pub async fn born(database: &TestDatabase) -> World {
    let world = chain(database).await;
    let mut admin = world.admin();
    admin.create_standard("akta-kelahiran", standard("Akta kelahiran")).await.expect("made");
    admin.create_standard("kia", standard("Kartu identitas anak")).await.expect("made");
    admin.decide(BIRTH, CERTIFICATE, Found::Confirmed).await.expect("confirmed");
    admin.offer(COUNTER, "akta", BIRTH).await;
    let case = Goal { condition: text("bila orang tua belum punya KTP"), ..by_service(KTP) };
    let goals = vec![by_standard(CERTIFICATE), by_service(FAMILY), case, by_standard(CHILD_CARD)];
    admin.create_event("kelahiran", event("Kelahiran anak", goals)).await.expect("made");
    world
}

/// Another mall, some 150 km away.
async fn madiun(admin: &mut Clients) -> String {
    let location = Some(Location { latitude: -7.6298, longitude: 111.5239 });
    let sites = vec![Site { address: "Jl. Pahlawan 1".into(), location }];
    let mall = Mall { sites, display_name: text("MPP Madiun"), ..mall_in("regions/35.77") };
    admin.create_mall("madiun", mall).await.expect("a mall");
    let desk = Counter { ticket_prefix: "MD".into(), ..counter(DUKCAPIL) };
    admin.create_counter(MADIUN, "dukcapil", desk).await.expect("a counter").name
}

#[tokio::test]
async fn one_path_leads_over_all_goals_and_each_step_is_taken_once() {
    on_both(async |database| {
        let world = born(&database).await;
        let answer = world.admin().path(through(MALL)).await.expect("a path");
        let expected = [State::Here, State::NoCounter, State::Here, State::NotRecorded];
        assert_eq!(states(&answer), expected);
        assert_eq!(ranks(&answer), [(BIRTH, 1), (FAMILY, 2), (KTP, 3)]);
        let conditional: Vec<bool> = answer.steps.iter().map(|step| step.conditional).collect();
        assert_eq!(conditional, [false, false, true], "who has the card needs none");
        let totals = answer.totals.expect("totals");
        let time = totals.one_by_one.expect("a time");
        assert_eq!((time.working_days, time.minutes), (span(1, 4), span(0, 30)));
        assert!(!totals.time_complete, "nobody knows who gives the card of the child");
        assert_eq!((answer.open_goals, answer.wide), (vec![4], false));
        assert_eq!(answer.not_here, [FAMILY]);

        let stop = &answer.stops[0];
        assert_eq!((answer.stops.len(), stop.counter.as_str()), (1, COUNTER));
        assert_eq!(stop.steps, [BIRTH, KTP], "in their order");
        assert_eq!(stop.windows[0].display_name, text("Loket 1"));
        let brings: Vec<_> =
            answer.documents.iter().map(|one| (one.text.as_str(), one.conditional)).collect();
        assert_eq!(brings, [("Surat keterangan lahir", false), ("Foto 3x4 berwarna", true)]);
        let taken: Vec<_> = answer
            .from_steps
            .iter()
            .map(|one| (one.service.as_str(), one.askers.clone(), one.conditional))
            .collect();
        let (card, both) = (KTP.to_owned(), vec![FAMILY.to_owned(), KTP.to_owned()]);
        assert_eq!(taken, [(BIRTH, both, false), (FAMILY, vec![card], true)], "from step to step");
        let way = &answer.goals[2].ways[0];
        let place = way.place.as_ref().expect("a place");
        assert_eq!((way.service.as_str(), place.offering.as_str()), (KTP, OFFERING));
        assert_eq!(answer.goals[0].title, text("Akta kelahiran"), "the standard's");
        assert_eq!((answer.title, answer.example), (text("Kelahiran anak"), true));
    })
    .await;
}

#[tokio::test]
async fn what_the_mall_does_not_give_is_told_with_the_nearest_that_does() {
    on_both(async |database| {
        let world = born(&database).await;
        let mut admin = world.admin();
        let counter = madiun(&mut admin).await;
        let answer = admin.path(through(MADIUN)).await.expect("a path");
        let expected = [State::Elsewhere, State::NoCounter, State::Elsewhere, State::NotRecorded];
        assert_eq!(states(&answer), expected);
        assert_eq!(ranks(&answer).len(), 3, "the only one that gives it is a step all the same");
        assert_eq!((answer.not_here.len(), answer.stops.len()), (3, 0));
        let place = answer.goals[0].ways[0].place.clone().expect("a place");
        assert_eq!(place.mall, MALL);
        assert!((300.0..330.0).contains(&place.distance_km), "{}", place.distance_km);

        // Two services give the card of the child, both elsewhere: nobody says which.
        admin.create_service(DUKCAPIL, "kia", service("KIA Banyuwangi")).await.expect("made");
        admin.create_service(KEMENDAGRI, "kia", service("KIA")).await.expect("made");
        for (id, owner) in [("kia-a", DUKCAPIL), ("kia-b", KEMENDAGRI)] {
            let name = format!("{owner}/services/kia");
            admin.decide(&name, CHILD_CARD, Found::Confirmed).await.expect("confirmed");
            admin.offer(COUNTER, id, &name).await;
        }
        let answer = admin.path(through(MADIUN)).await.expect("a path");
        let child = &answer.goals[3];
        assert_eq!((child.state(), child.ways.len(), child.steps.len()), (State::Elsewhere, 2, 0));
        assert_eq!(answer.open_goals, [4]);

        admin.offer(&counter, "kia", "units/kemendagri/services/kia").await;
        let answer = admin.path(through(MADIUN)).await.expect("a path");
        let child = &answer.goals[3];
        assert_eq!(child.steps, ["units/kemendagri/services/kia"], "the mall gives one of them");
        assert_eq!((child.state(), child.ways.len(), child.service_count), (State::Here, 1, 2));
        assert!(answer.open_goals.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_office_of_another_region_is_no_way_for_the_people_of_this_one() {
    on_both(async |database| {
        let world = born(&database).await;
        let mut admin = world.admin();
        madiun(&mut admin).await;
        let region = "regions/35.10".to_owned();
        let office = Unit { name: "units/pemkab-banyuwangi".into(), region, ..Unit::default() };
        let request = UpdateUnitRequest { unit: Some(office), ..UpdateUnitRequest::default() };
        admin.directory.update_unit(request).await.expect("it is Banyuwangi's");
        let answer = admin.path(through(MADIUN)).await.expect("a path");
        let certificate = &answer.goals[0];
        assert_eq!(certificate.state(), State::NotRecorded, "who certifies births of Madiun");
        assert!(certificate.steps.is_empty() && certificate.ways.is_empty());
        assert_eq!(answer.open_goals, [1, 4]);
        let answer = admin.path(through(MALL)).await.expect("a path");
        assert_eq!(answer.goals[0].state(), State::Here, "it works for Banyuwangi");
    })
    .await;
}

#[tokio::test]
async fn of_several_services_of_a_mall_all_are_told_and_the_sums_hold_for_each() {
    on_both(async |database| {
        let world = born(&database).await;
        let mut admin = world.admin();
        let dear = Service {
            fees: vec![fixed(40_000)],
            requirements: vec![needs("KK", FAMILY)],
            ..service("KIA cetak di tempat")
        };
        admin.create_service(DUKCAPIL, "kia", dear).await.expect("made");
        admin.create_service(BKPM, "kia", service("KIA")).await.expect("made");
        for (id, name) in [("kia-a", CHILD), ("kia-b", "units/bkpm/services/kia")] {
            admin.decide(name, CHILD_CARD, Found::Confirmed).await.expect("confirmed");
            admin.offer(COUNTER, id, name).await;
        }
        let answer = admin.path(through(MALL)).await.expect("a path");
        let child = &answer.goals[3];
        assert_eq!((child.state(), child.ways.len(), child.steps.len()), (State::Here, 2, 2));
        let told: Vec<bool> = answer.steps.iter().map(|step| step.conditional).collect();
        assert_eq!(told.len(), 5);
        let cost = answer.totals.expect("totals").cost;
        assert_eq!(cost, span(0, 40_000), "free at the one, not at the other");
        assert!(answer.open_goals.is_empty(), "whichever is taken is in the sums");

        let has = vec!["units/bkpm/services/kia".to_owned()];
        let answer = admin.path(PlanLifeEventRequest { has, ..through(MALL) }).await;
        let answer = answer.expect("a path");
        assert_eq!(answer.goals[3].state(), State::Held);
        assert_eq!(answer.skipped, ["units/bkpm/services/kia", CHILD]);
        assert!(ranks(&answer).iter().all(|(service, _)| *service != CHILD), "one is enough");
        assert!(answer.unused.is_empty() && answer.open_goals.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_has_a_document_skips_what_only_it_needs_and_what_nobody_asks_for_is_told() {
    on_both(async |database| {
        let world = born(&database).await;
        let admin = world.admin();
        let has = vec![BIRTH.to_owned(), NIB.to_owned()];
        let asked = PlanLifeEventRequest { has, ..through(MALL) };
        let answer = admin.path(asked).await.expect("a path");
        assert_eq!(states(&answer)[0], State::Held);
        assert_eq!(ranks(&answer), [(FAMILY, 1), (KTP, 2)]);
        assert_eq!((answer.skipped, answer.unused), (vec![BIRTH.into()], vec![NIB.to_owned()]));
        let brings: Vec<_> = answer.documents.iter().map(|one| one.service.as_str()).collect();
        assert_eq!(brings, [BIRTH, ""], "what one has is brought along");

        let many = PlanLifeEventRequest { has: vec![KTP.into(); 101], ..through(MALL) };
        assert_eq!(refused(admin.path(many).await).fields[0].0, "has");
        let nobody = PlanLifeEventRequest { applicant: 99, ..through(MALL) };
        assert_eq!(refused(admin.path(nobody).await).fields[0].0, "applicant");
        let nowhere = refused(admin.path(through("malls/nowhere")).await);
        assert_eq!(nowhere.fields[0].0, "mall");
        let unknown = PlanLifeEventRequest { name: "lifeEvents/panen".into(), ..through("") };
        assert_eq!(reason(admin.path(unknown).await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_goal_whose_service_has_gone_or_is_paused_says_so() {
    on_both(async |database| {
        let world = born(&database).await;
        let mut admin = world.admin();
        let paused = Service {
            name: BIRTH.into(),
            state: mpp_api::registry::service::State::Inactive.into(),
            ..Service::default()
        };
        let request = UpdateServiceRequest { service: Some(paused), ..Default::default() };
        admin.catalog.update_service(request).await.expect("paused");
        let gone = mpp_api::registry::DeleteServiceRequest {
            name: FAMILY.into(),
            tombstone: crate::catalog::withdrawn(),
            ..Default::default()
        };
        admin.catalog.delete_service(gone).await.expect("withdrawn");
        let answer = admin.path(through(MALL)).await.expect("a path");
        let expected = [State::NotServed, State::Missing, State::Here, State::NotRecorded];
        assert_eq!(states(&answer), expected);
        assert_eq!(answer.open_goals, [1, 2, 4], "nobody can go for what is missing");
        let missing: Vec<_> = answer.steps.iter().filter(|step| step.missing).collect();
        assert_eq!(missing[0].service, FAMILY, "the card asks for it");
        assert!(answer.goals[1].steps.is_empty(), "it is a step because of the card alone");
        assert!(!answer.totals.expect("totals").time_complete);
    })
    .await;
}

#[tokio::test]
async fn without_a_mall_no_place_is_preferred() {
    on_both(async |database| {
        let world = born(&database).await;
        let answer = world.admin().path(through("")).await.expect("a path");
        let expected = [State::Elsewhere, State::NoCounter, State::Elsewhere, State::NotRecorded];
        assert_eq!(states(&answer), expected);
        assert!(answer.stops.is_empty() && answer.not_here.is_empty());
        assert_eq!(answer.goals[0].ways[0].place.as_ref().expect("a place").mall, MALL);
    })
    .await;
}

#[tokio::test]
async fn a_path_without_end_is_answered_as_far_as_there_is_room() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        for at in 0..205 {
            let next = format!("{BKPM}/services/s{}", at + 1);
            let link =
                Service { requirements: vec![needs("Syarat", &next)], ..service("Mata rantai") };
            admin.create_service(BKPM, &format!("s{at}"), link).await.expect("made");
        }
        let goals = vec![by_service("units/bkpm/services/s0"), by_service(KTP)];
        let given = LifeEvent { goals, ..event("Rantai", Vec::new()) };
        admin.create_event("kelahiran", given).await.expect("made");
        let answer = admin.path(through(MALL)).await.expect("a path");
        assert_eq!((answer.steps.len(), answer.left_out), (200, 1));
        let totals = answer.totals.expect("totals");
        assert!(!totals.time_complete && !totals.cost_complete);
    })
    .await;
}
