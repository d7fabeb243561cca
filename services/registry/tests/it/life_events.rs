//! Life events: who keeps one, what it refers to, and which of its goals lead to a service.

use mpp_api::registry::{
    CreateLifeEventRequest, DeleteLifeEventRequest, DeleteStandardRequest, GetLifeEventRequest,
    LifeEvent, ListLifeEventsRequest, SearchServicesRequest, UpdateLifeEventRequest,
    UpdateServiceRequest, life_event::Goal, life_event_service_client::LifeEventServiceClient,
    service, standard_link::State,
};
use mpp_core::Role;
use mpp_testkit::on_both;
use tonic::Status;

use crate::{
    catalog::withdrawn,
    standards::{LOST_CARD, NEW_CARD, with_standards},
    world::{BKPM, Clients, KEMENDAGRI, KTP, reason, refused, text},
};

pub const BIRTH_OF_A_CHILD: &str = "lifeEvents/kelahiran";

type Answer<T> = Result<T, Status>;

/// A goal that any service of a standard reaches.
pub fn by_standard(standard: &str) -> Goal {
    Goal { standard: standard.into(), ..Goal::default() }
}

/// A goal that names a service itself.
pub fn by_service(service: &str) -> Goal {
    Goal { service: service.into(), ..Goal::default() }
}

/// An example that Kemendagri keeps.
pub fn event(title: &str, goals: Vec<Goal>) -> LifeEvent {
    LifeEvent {
        title: text(title),
        keywords: vec!["anak baru lahir".into()],
        goals,
        unit: KEMENDAGRI.into(),
        example: true,
        ..LifeEvent::default()
    }
}

impl Clients {
    pub fn life_events(&self) -> LifeEventServiceClient<mpp_client::Channel> {
        LifeEventServiceClient::new(self.channel.clone())
    }

    pub async fn create_event(&self, id: &str, event: LifeEvent) -> Answer<LifeEvent> {
        let request = CreateLifeEventRequest {
            life_event_id: id.into(),
            life_event: Some(event),
            ..CreateLifeEventRequest::default()
        };
        let made = self.life_events().create_life_event(request).await?;
        Ok(made.into_inner().life_event.expect("an event"))
    }

    async fn update_event(&self, event: LifeEvent) -> Answer<LifeEvent> {
        let life_event = Some(LifeEvent { name: BIRTH_OF_A_CHILD.into(), ..event });
        let request = UpdateLifeEventRequest { life_event, ..Default::default() };
        let changed = self.life_events().update_life_event(request).await?;
        Ok(changed.into_inner().life_event.expect("an event"))
    }

    pub async fn event(&self) -> Answer<LifeEvent> {
        let request = GetLifeEventRequest { name: BIRTH_OF_A_CHILD.into(), min_revision: 0 };
        let found = self.life_events().get_life_event(request).await?;
        Ok(found.into_inner().life_event.expect("an event"))
    }
}

#[tokio::test]
async fn the_nation_makes_a_life_event_and_the_unit_that_it_names_keeps_it() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        let given = event("Kelahiran anak", vec![by_standard(NEW_CARD)]);
        let early = officer.create_event("kelahiran", given.clone()).await;
        assert_eq!(reason(early), "PERMISSION_DENIED", "only an administrator makes one");
        let unread = LifeEvent { example: false, ..given.clone() };
        let fault = refused(world.admin().create_event("kelahiran", unread).await);
        assert_eq!(fault.fields[0].0, "life_event.origin", "nobody invents a law");
        world.admin().create_event("kelahiran", given).await.expect("made");

        let titled = LifeEvent { title: text("Anak lahir"), ..LifeEvent::default() };
        let changed = officer.update_event(titled.clone()).await.expect("its own");
        assert_eq!((changed.title, changed.keywords.len()), (text("Anak lahir"), 1));
        let given_away = LifeEvent { unit: BKPM.into(), ..LifeEvent::default() };
        assert_eq!(reason(officer.update_event(given_away).await), "PERMISSION_DENIED");
        let stranger = world.caller(Role::UnitOfficer, &[BKPM]);
        assert_eq!(reason(stranger.update_event(titled).await), "PERMISSION_DENIED");

        let of = async |unit: &str| {
            let request = ListLifeEventsRequest { unit: unit.into(), ..Default::default() };
            let listed = officer.life_events().list_life_events(request).await.expect("a list");
            listed.into_inner().total_size
        };
        assert_eq!((of("").await, of(KEMENDAGRI).await, of(BKPM).await), (1, 1, 0));

        let gone = DeleteLifeEventRequest {
            name: BIRTH_OF_A_CHILD.into(),
            tombstone: withdrawn(),
            ..DeleteLifeEventRequest::default()
        };
        officer.life_events().delete_life_event(gone).await.expect("withdrawn");
        let fault = refused(officer.event().await);
        assert!(fault.message.contains("was withdrawn on"), "{}", fault.message);
    })
    .await;
}

#[tokio::test]
async fn a_goal_names_a_record_that_is_there_and_is_not_judged_again_when_it_has_gone() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut admin = world.admin();
        for (goal, field) in [
            (by_standard("standards/nowhere"), "life_event.goals[1].standard"),
            (by_service("units/bkpm/services/nowhere"), "life_event.goals[1].service"),
        ] {
            let lost = event("Kelahiran anak", vec![by_standard(NEW_CARD), goal]);
            let fault = refused(admin.create_event("kelahiran", lost).await);
            assert_eq!(fault.reason, "REFERENCE_INVALID");
            assert!(fault.message.contains(field), "{}", fault.message);
        }
        let goals = vec![by_standard(NEW_CARD), by_standard(LOST_CARD)];
        admin.create_event("kelahiran", event("Kelahiran anak", goals)).await.expect("made");
        let gone = DeleteStandardRequest {
            name: LOST_CARD.into(),
            tombstone: withdrawn(),
            ..DeleteStandardRequest::default()
        };
        admin.standards.delete_standard(gone).await.expect("withdrawn");
        let titled = LifeEvent { title: text("Anak lahir"), ..LifeEvent::default() };
        let changed = admin.update_event(titled).await.expect("what stood there stays");
        assert_eq!(changed.goals.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_event_says_which_of_its_goals_lead_nowhere_yet() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut admin = world.admin();
        let goals = vec![by_standard(NEW_CARD), by_service(KTP)];
        let made = admin.create_event("kelahiran", event("Kelahiran anak", goals)).await;
        assert_eq!(made.expect("made").leads_nowhere, [1], "nobody has confirmed a service");
        admin.decide(KTP, LOST_CARD, State::Rejected).await.expect("rejected");
        admin.decide(KTP, NEW_CARD, State::Confirmed).await.expect("confirmed");
        let led: [i32; 0] = [];
        assert_eq!(admin.event().await.expect("an event").leads_nowhere, led);

        let paused = mpp_api::registry::Service {
            name: KTP.into(),
            state: service::State::Inactive.into(),
            ..Default::default()
        };
        let request = UpdateServiceRequest { service: Some(paused), ..Default::default() };
        admin.catalog.update_service(request).await.expect("paused");
        assert_eq!(admin.event().await.expect("an event").leads_nowhere, [1, 2]);
        let registry: &mpp_registry::Registry = &world.running.registry;
        registry.measure_goals().await;
        assert_eq!(registry.faults.goals(), Some([0, 2]), "as the metrics tell");
    })
    .await;
}

#[tokio::test]
async fn a_question_finds_the_life_event_that_it_speaks_of_beside_the_services() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut admin = world.admin();
        let goals = vec![by_standard(NEW_CARD)];
        let born = event("Anak lahir", goals.clone());
        admin.create_event("kelahiran", born).await.expect("made");
        let lost = LifeEvent {
            keywords: vec!["dompet hilang".into(), "dokumen hilang".into()],
            ..event("Dokumen hilang", goals)
        };
        admin.create_event("kehilangan-dokumen", lost).await.expect("made");
        let asks = async |admin: &mut Clients, query: &str| {
            let request = SearchServicesRequest { query: query.into(), ..Default::default() };
            let answer = admin.search.search_services(request).await.expect("an answer");
            let answer = answer.into_inner();
            let events = answer.life_events.into_iter().map(|found| found.life_event);
            (events.collect::<Vec<_>>(), answer.hits.len())
        };
        for question in ["anak baru lahir", "anak saya baru lahir gimana ngurusnya"] {
            let (events, _) = asks(&mut admin, question).await;
            assert_eq!(events, [BIRTH_OF_A_CHILD], "{question}");
        }
        let (events, services) = asks(&mut admin, "dompet hilang, bikin ktp").await;
        assert!(services > 0 && events.len() <= 1, "no service makes way");
        for question in [
            "ktp elektronik baru",
            "anak kucing",
            "izin usaha",
            "gimana caranya",
            "anak hilang",
            "anak lahir mati",
            "tanpa anak lahir",
        ] {
            let (events, _) = asks(&mut admin, question).await;
            assert!(events.is_empty(), "{question}: {events:?}");
        }
        let twin = LifeEvent {
            keywords: vec!["anak kembar baru lahir".into()],
            ..event("Anak kembar lahir", vec![by_standard(NEW_CARD)])
        };
        admin.create_event("kelahiran-kembar", twin).await.expect("made");
        let (events, _) = asks(&mut admin, "anak baru lahir").await;
        assert_eq!(events.len(), 2, "both answer the same words: {events:?}");
        let (events, _) = asks(&mut admin, "anak kembar baru lahir").await;
        assert_eq!(events, ["lifeEvents/kelahiran-kembar"], "the other one answers fewer words");
        for name in [BIRTH_OF_A_CHILD, "lifeEvents/kelahiran-kembar"] {
            let gone = DeleteLifeEventRequest {
                name: name.into(),
                tombstone: withdrawn(),
                ..DeleteLifeEventRequest::default()
            };
            admin.life_events().delete_life_event(gone).await.expect("withdrawn");
        }
        assert!(asks(&mut admin, "anak baru lahir").await.0.is_empty());
    })
    .await;
}
