//! What the path through a life event says of what one has, what is paused and what has moved.

use mpp_api::{
    registry::{
        CreateWindowRequest, DeleteServiceRequest, LifeEvent, ListLifeEventsRequest,
        PlanLifeEventRequest, Service, Window, plan_life_event_response::goal::State,
        service::Requirement, standard_link::State as Found,
    },
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_testkit::on_both;

use crate::{
    life_events::{by_service, event},
    life_paths::{CHILD, CHILD_CARD, born, ranks, states, through},
    processes::{BIRTH, FAMILY, needs},
    world::{BKPM, COUNTER, Clients, DUKCAPIL, KTP, MALL, service as served, text},
};

const OTHER_CHILD: &str = "units/bkpm/services/kia";

impl Clients {
    async fn move_to(&mut self, name: &str, successor: &str) {
        let (reason, successor) = (Why::Moved.into(), successor.into());
        let request = DeleteServiceRequest {
            name: name.into(),
            tombstone: Some(Tombstone { reason, successor }),
            ..DeleteServiceRequest::default()
        };
        self.catalog.delete_service(request).await.expect("moved");
    }

    async fn child_card(&mut self, unit: &str, id: &str) {
        self.create_service(unit, "kia", served("KIA")).await.expect("made");
        let name = format!("{unit}/services/kia");
        self.decide(&name, CHILD_CARD, Found::Confirmed).await.expect("confirmed");
        self.offer(COUNTER, id, &name).await;
    }
}

fn holding(has: &str) -> PlanLifeEventRequest {
    PlanLifeEventRequest { has: vec![has.into()], ..through(MALL) }
}

#[tokio::test]
async fn who_has_the_paper_of_one_office_still_gets_that_of_another_where_a_step_asks_for_it() {
    on_both(async |database| {
        let world = born(&database).await;
        let mut admin = world.admin();
        admin.child_card(DUKCAPIL, "kia-a").await;
        admin.child_card(BKPM, "kia-b").await;
        admin.asks(FAMILY, vec![needs("KIA dari Dukcapil", CHILD)]).await;
        let answer = admin.path(holding(OTHER_CHILD)).await.expect("a path");
        assert_eq!(states(&answer)[3], State::Held, "one of them is enough for the goal");
        let steps: Vec<&str> = ranks(&answer).into_iter().map(|(service, _)| service).collect();
        assert!(steps.contains(&CHILD), "the family card asks for this one: {steps:?}");
        assert!(!steps.contains(&OTHER_CHILD), "{steps:?}");
    })
    .await;
}

#[tokio::test]
async fn a_paper_is_held_whether_its_office_serves_now_or_not() {
    on_both(async |database| {
        let world = born(&database).await;
        let mut admin = world.admin();
        admin.child_card(DUKCAPIL, "kia-a").await;
        admin.child_card(BKPM, "kia-b").await;
        admin.pause(OTHER_CHILD).await;
        let answer = admin.path(holding(OTHER_CHILD)).await.expect("a path");
        assert_eq!(states(&answer)[3], State::Held, "not to be got again from the other office");
        assert_eq!(answer.skipped, [CHILD]);
        assert!(answer.open_goals.is_empty() && answer.unused.is_empty(), "{:?}", answer.unused);
        let answer = admin.path(through(MALL)).await.expect("a path");
        assert_eq!(answer.goals[3].steps, [CHILD], "the office that serves");
    })
    .await;
}

#[tokio::test]
async fn what_a_goal_names_and_nobody_serves_is_no_step() {
    on_both(async |database| {
        let world = born(&database).await;
        let mut admin = world.admin();
        admin.pause(KTP).await;
        let answer = admin.path(through(MALL)).await.expect("a path");
        assert_eq!(states(&answer)[2], State::NotServed);
        assert_eq!(ranks(&answer), [(BIRTH, 1), (FAMILY, 2)], "nobody goes there in vain");
        assert_eq!(answer.open_goals, [3, 4]);
        assert_eq!(answer.stops[0].steps, [BIRTH]);
        let held = admin.path(holding(KTP)).await.expect("a path");
        assert_eq!((states(&held)[2], held.unused.len()), (State::Held, 0));
    })
    .await;
}

#[tokio::test]
async fn an_event_and_its_path_agree_on_what_has_moved() {
    on_both(async |database| {
        let world = born(&database).await;
        let mut admin = world.admin();
        let moved = "units/bkpm/services/kk";
        admin.create_service(BKPM, "kk", served("Kartu keluarga")).await.expect("made");
        admin.move_to(FAMILY, moved).await;
        let answer = admin.path(through(MALL)).await.expect("a path");
        assert_eq!(answer.goals[1].steps, [moved]);
        assert_eq!(admin.event().await.expect("an event").leads_nowhere, [4], "it has moved");
        let listed = admin.life_events().list_life_events(ListLifeEventsRequest::default()).await;
        let listed: Vec<LifeEvent> = listed.expect("a list").into_inner().life_events;
        assert_eq!(listed[0].leads_nowhere, [4]);
        let registry: &mpp_registry::Registry = &world.running.registry;
        registry.measure_goals().await;
        assert_eq!(registry.faults.goals(), Some([3, 1]), "as the metrics tell");

        admin.pause(moved).await;
        let answer = admin.path(through(MALL)).await.expect("a path");
        assert_eq!(states(&answer)[1], State::NotServed);
        assert_eq!(admin.event().await.expect("an event").leads_nowhere, [2, 4]);
    })
    .await;
}

#[tokio::test]
async fn what_is_cut_says_how_much_more_there_is() {
    on_both(async |database| {
        let world = born(&database).await;
        let mut admin = world.admin();
        for at in 0..51 {
            let window = Window { display_name: text(&format!("Loket {at}")), ..Window::default() };
            let request = CreateWindowRequest {
                parent: COUNTER.into(),
                window_id: format!("tambahan-{at}"),
                window: Some(window),
                ..CreateWindowRequest::default()
            };
            admin.directory.create_window(request).await.expect("a window");
        }
        let mut goals = Vec::new();
        for at in 0..26 {
            let requirement =
                Requirement { condition: format!("bila keadaan {at}"), ..needs("Surat kuasa", "") };
            let other =
                Requirement { condition: format!("bila perkara {at}"), ..needs("Surat kuasa", "") };
            let one =
                Service { requirements: vec![requirement, other], ..served("Izin bersurat kuasa") };
            admin.create_service(BKPM, &format!("izin-{at}"), one).await.expect("made");
            goals.push(by_service(&format!("{BKPM}/services/izin-{at}")));
        }
        admin.create_event("izin", event("Izin", goals)).await.expect("made");
        let asked = PlanLifeEventRequest { name: "lifeEvents/izin".into(), ..through(MALL) };
        let answer = admin.path(asked).await.expect("a path");
        let letter = &answer.documents[0];
        assert_eq!((letter.askers.len(), letter.askers_left_out), (26, 0));
        assert_eq!((letter.conditions.len(), letter.conditions_left_out), (50, 2));
        let stop = admin.path(through(MALL)).await.expect("a path").stops.remove(0);
        assert_eq!((stop.windows.len(), stop.windows_left_out), (50, 2));
    })
    .await;
}
