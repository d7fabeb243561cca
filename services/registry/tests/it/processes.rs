//! The way to a service over those whose products it asks for.

use mpp_api::{
    registry::{
        DeleteServiceRequest, PlanStepsRequest, PlanStepsResponse, Service, UpdateMallRequest,
        UpdateServiceRequest,
        mall::{Stage, StageEntry},
        plan_steps_response::{AskedTwice, Span, need},
        process_service_client::ProcessServiceClient,
        service::{Requirement, requirement::Applicant},
    },
    types::{ServiceTime, Tombstone, service_time::Unit, tombstone::Reason as Why},
};
use mpp_testkit::{TestDatabase, on_both};
use tonic::Status;

use crate::{
    catalog::withdrawn,
    world::{
        BKPM, Clients, DUKCAPIL, KTP, MALL, OFFERING, World, fixed, mall, reason, refused, service,
    },
};

pub const BIRTH: &str = "units/dukcapil-banyuwangi/services/akta-kelahiran";
pub const FAMILY: &str = "units/dukcapil-banyuwangi/services/kk";
const NIB: &str = "units/bkpm/services/nib";

/// A requirement that a service satisfies; empty: none is named.
pub fn needs(text: &str, satisfied_by: &str) -> Requirement {
    Requirement { text: text.into(), satisfied_by: satisfied_by.into(), ..Requirement::default() }
}

fn takes(value: i64, unit: Unit) -> Option<ServiceTime> {
    Some(ServiceTime { value, unit: unit.into(), ..ServiceTime::default() })
}

fn span(least: i64, most: i64) -> Option<Span> {
    Some(Span { least, most })
}

impl Clients {
    pub fn processes(&self) -> ProcessServiceClient<mpp_client::Channel> {
        ProcessServiceClient::new(self.channel.clone())
    }

    async fn steps(&self, asked: PlanStepsRequest) -> Result<PlanStepsResponse, Status> {
        Ok(self.processes().plan_steps(asked).await?.into_inner())
    }

    /// What a service asks for from now on.
    pub async fn asks(&mut self, name: &str, requirements: Vec<Requirement>) {
        let changed = Service { name: name.into(), requirements, ..Service::default() };
        let request = UpdateServiceRequest { service: Some(changed), ..Default::default() };
        self.catalog.update_service(request).await.expect("changed");
    }
}

fn for_whom(name: &str) -> PlanStepsRequest {
    PlanStepsRequest { name: name.into(), ..PlanStepsRequest::default() }
}

fn ranks(answer: &PlanStepsResponse) -> Vec<(&str, i32)> {
    answer.steps.iter().map(|step| (step.service.as_str(), step.rank)).collect()
}

/// Banyuwangi, where a business number needs a card, that a family card, and both a birth
/// certificate: of three agencies.
pub async fn chain(database: &TestDatabase) -> World {
    let world = World::banyuwangi(database).await;
    let mut admin = world.admin();
    let birth = Service {
        time: takes(1, Unit::WorkingDays),
        requirements: vec![needs("Surat keterangan lahir", "")],
        ..service("Pencatatan kelahiran dan penerbitan kutipan akta kelahiran")
    };
    admin.create_service(DUKCAPIL, "akta-kelahiran", birth).await.expect("made");
    let at_most = ServiceTime { at_most: true, ..takes(3, Unit::WorkingDays).expect("a time") };
    let family = Service {
        time: Some(at_most),
        requirements: vec![needs("Akta kelahiran", BIRTH)],
        ..service("Penerbitan Kartu Keluarga baru")
    };
    admin.create_service(DUKCAPIL, "kk", family).await.expect("made");
    let card = Service {
        name: KTP.into(),
        time: takes(30, Unit::Minutes),
        requirements: vec![
            needs("Fotokopi KK", FAMILY),
            needs("Akta kelahiran asli", BIRTH),
            needs("Foto 3x4 berwarna", ""),
        ],
        ..Service::default()
    };
    let request = UpdateServiceRequest { service: Some(card), ..Default::default() };
    admin.catalog.update_service(request).await.expect("changed");
    let number = Service {
        fees: vec![fixed(10_000), fixed(25_000)],
        requirements: vec![
            needs("KTP", KTP),
            needs("KK", FAMILY),
            needs("foto 3 x 4 berwarna", ""),
        ],
        ..service("Nomor induk berusaha")
    };
    admin.create_service(BKPM, "nib", number).await.expect("made");
    world
}

#[tokio::test]
async fn what_a_service_asks_for_comes_first_and_what_is_not_known_is_named() {
    on_both(async |database| {
        let world = chain(&database).await;
        let answer = world.admin().steps(for_whom(NIB)).await.expect("steps");
        assert_eq!(ranks(&answer), [(BIRTH, 1), (FAMILY, 2), (KTP, 3), (NIB, 4)]);
        let totals = answer.totals.expect("totals");
        let time = totals.one_by_one.expect("a time");
        assert_eq!((time.working_days, time.minutes), (span(1, 4), span(30, 30)));
        assert_eq!(totals.side_by_side, Some(time), "each waits for the one before");
        assert_eq!((totals.time_complete, totals.time_unknown), (false, vec![NIB.to_owned()]));
        assert_eq!((totals.cost, totals.cost_complete), (span(10_000, 25_000), true));
        assert_eq!((answer.not_linked, answer.left_out), (3, 0));
        let states: Vec<_> = answer.steps[2].needs.iter().map(|need| need.state()).collect();
        assert_eq!(states, [need::State::Step, need::State::Step, need::State::NotLinked]);
        let spares: Vec<i32> = answer.steps.iter().map(|step| step.spares).collect();
        assert_eq!(spares, [1, 1, 1, 4], "the business number asks for the family card as well");
        let told = |one: &AskedTwice| (one.service.clone(), one.agencies, one.by_words);
        let twice: Vec<_> = answer.asked_twice.iter().map(told).collect();
        let both = [BIRTH, FAMILY].map(|service| (service.to_owned(), 2, false));
        assert_eq!(twice, [(String::new(), 2, true), both[0].clone(), both[1].clone()]);
    })
    .await;
}

#[tokio::test]
async fn who_has_a_document_skips_its_step_and_those_that_only_it_needs() {
    on_both(async |database| {
        let world = chain(&database).await;
        let admin = world.admin();
        let has = vec![FAMILY.to_owned(), BIRTH.to_owned(), "units/bkpm/services/siup".to_owned()];
        let answer = admin.steps(PlanStepsRequest { has, ..for_whom(NIB) }).await.expect("steps");
        assert_eq!(ranks(&answer), [(KTP, 1), (NIB, 2)]);
        assert_eq!(answer.skipped.len(), 2);
        assert_eq!(answer.unused, ["units/bkpm/services/siup"]);
        assert_eq!(answer.steps[0].needs[0].state(), need::State::Held);
        let has = vec![KTP.to_owned(), FAMILY.to_owned()];
        let answer = admin.steps(PlanStepsRequest { has, ..for_whom(NIB) }).await.expect("steps");
        assert_eq!(ranks(&answer), [(NIB, 1)]);
        assert_eq!(answer.skipped.len(), 3, "nobody asks for the birth certificate any more");

        let itself = PlanStepsRequest { has: vec![NIB.into()], ..for_whom(NIB) };
        assert_eq!(refused(admin.steps(itself).await).fields[0].0, "has[0]");
        for name in ["KTP", "units/-/services/-"] {
            let unnamed = PlanStepsRequest { has: vec![name.into()], ..for_whom(NIB) };
            assert_eq!(refused(admin.steps(unnamed).await).fields[0].0, "has[0]", "{name}");
        }
        let many = PlanStepsRequest { has: vec![KTP.into(); 101], ..for_whom(NIB) };
        assert_eq!(refused(admin.steps(many).await).fields[0].0, "has");
        let nobody = PlanStepsRequest { applicant: 99, ..for_whom(NIB) };
        assert_eq!(refused(admin.steps(nobody).await).fields[0].0, "applicant");
        assert_eq!(reason(admin.steps(for_whom("units/bkpm/services/siup")).await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_mall_tells_which_steps_its_counters_give_as_long_as_it_serves() {
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        let there = |mall: &str| PlanStepsRequest { mall: mall.into(), ..for_whom(NIB) };
        let answer = admin.steps(there(MALL)).await.expect("steps");
        assert_eq!(answer.not_here, [BIRTH, FAMILY, NIB]);
        let card = &answer.steps[2];
        assert_eq!((card.here[0].offering.as_str(), card.place_count), (OFFERING, 1));
        let nowhere = refused(admin.steps(there("malls/nowhere")).await);
        assert_eq!(nowhere.fields[0].0, "mall");

        let closed = StageEntry {
            stage: Stage::Suspended.into(),
            date: "2026-04-01".into(),
            ..StageEntry::default()
        };
        let stages = [mall().stages, vec![closed]].concat();
        let changed = mpp_api::registry::Mall { name: MALL.into(), stages, ..Default::default() };
        let request = UpdateMallRequest { mall: Some(changed), ..UpdateMallRequest::default() };
        admin.directory.update_mall(request).await.expect("suspended");
        let answer = admin.steps(there(MALL)).await.expect("steps");
        assert_eq!(answer.not_here.len(), 4);
        assert_eq!(answer.steps[2].place_count, 0);
    })
    .await;
}

#[tokio::test]
async fn services_that_need_each_other_are_named_and_the_rest_stays_in_order() {
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        admin.asks(BIRTH, vec![needs("KK orang tua", FAMILY)]).await;
        let answer = admin.steps(for_whom(NIB)).await.expect("steps");
        assert_eq!(answer.circles.len(), 1);
        assert_eq!(answer.circles[0].services, [BIRTH, FAMILY]);
        assert_eq!(ranks(&answer), [(BIRTH, 1), (FAMILY, 1), (KTP, 2), (NIB, 3)]);
        assert_eq!((answer.steps[0].circle, answer.steps[2].circle), (1, 0));
        let totals = answer.totals.expect("totals");
        assert!(!totals.time_complete && totals.cost_complete);
        let side_by_side = totals.side_by_side.expect("a time");
        assert_eq!(side_by_side.working_days, span(1, 4), "its longest at least, all at most");
        let has = vec![FAMILY.to_owned()];
        let out = admin.steps(PlanStepsRequest { has, ..for_whom(NIB) }).await.expect("steps");
        assert!(out.circles.is_empty(), "who has one of them is out of it");
    })
    .await;
}

#[tokio::test]
async fn a_service_that_is_gone_stays_a_step_of_which_nothing_is_known() {
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        let gone = DeleteServiceRequest {
            name: FAMILY.into(),
            tombstone: withdrawn(),
            ..DeleteServiceRequest::default()
        };
        admin.catalog.delete_service(gone).await.expect("withdrawn");
        let answer = admin.steps(for_whom(NIB)).await.expect("steps");
        assert_eq!(ranks(&answer), [(BIRTH, 1), (FAMILY, 1), (KTP, 2), (NIB, 3)]);
        let missing: Vec<bool> = answer.steps.iter().map(|step| step.missing).collect();
        assert_eq!(missing, [false, true, false, false]);
        let totals = answer.totals.expect("totals");
        assert_eq!(totals.time_unknown, [FAMILY, NIB]);
        assert_eq!(
            (totals.cost_complete, totals.cost_unknown.as_slice()),
            (false, &[FAMILY.to_owned()][..])
        );
    })
    .await;
}

#[tokio::test]
async fn what_holds_in_some_cases_counts_at_the_longer_end_only() {
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        let proxy = Requirement { condition: "jika dikuasakan".into(), ..needs("KTP", KTP) };
        let body = Requirement { applicant: Applicant::Body.into(), ..needs("Akta lahir", BIRTH) };
        admin.asks(NIB, vec![proxy, body]).await;
        let whose = |applicant: Applicant| PlanStepsRequest {
            applicant: applicant.into(),
            ..for_whom(NIB)
        };
        let answer = admin.steps(whose(Applicant::Unspecified)).await.expect("steps");
        let conditional: Vec<bool> = answer.steps.iter().map(|step| step.conditional).collect();
        assert_eq!(conditional, [true, true, true, false]);
        let time = answer.totals.expect("totals").one_by_one.expect("a time");
        assert_eq!((time.working_days, time.minutes), (span(0, 4), span(0, 30)));
        let answer = admin.steps(whose(Applicant::Body)).await.expect("steps");
        assert!(!answer.steps[0].conditional, "a body surely brings it");
        let answer = admin.steps(whose(Applicant::Person)).await.expect("steps");
        assert_eq!(answer.steps[3].needs.len(), 1, "what only bodies bring is not asked for");
    })
    .await;
}

#[tokio::test]
async fn a_chain_without_end_is_answered_as_far_as_there_is_room() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        for at in 0..205 {
            let next = format!("{BKPM}/services/s{}", at + 1);
            let many = if at == 199 { 100 } else { 1 };
            let asked = (0..many).map(|number| needs(&format!("Syarat {number}"), &next));
            let link = Service { requirements: asked.collect(), ..service("Mata rantai") };
            admin.create_service(BKPM, &format!("s{at}"), link).await.expect("made");
        }
        let first = format!("{BKPM}/services/s0");
        let answer = admin.steps(for_whom(&first)).await.expect("steps");
        assert_eq!((answer.steps.len(), answer.left_out), (200, 1));
        let last = answer.steps.last().expect("a step");
        assert_eq!((last.service.as_str(), last.rank, last.spares), (first.as_str(), 200, 200));
        assert_eq!(answer.steps[0].needs[0].state(), need::State::LeftOut);
        let totals = answer.totals.expect("totals");
        assert!(!totals.time_complete && !totals.cost_complete);
    })
    .await;
}

#[tokio::test]
async fn a_service_that_has_moved_is_followed_to_where_it_is_now() {
    const OTHER_BIRTH: &str = "units/dukcapil-banyuwangi/services/akta-lahir";
    const LAST_BIRTH: &str = "units/bkpm/services/akta-lahir";
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        let gone = |name: &str, reason: Why, successor: &str| DeleteServiceRequest {
            name: name.into(),
            tombstone: Some(Tombstone { reason: reason.into(), successor: successor.into() }),
            ..DeleteServiceRequest::default()
        };
        for (unit, from, to) in [(DUKCAPIL, BIRTH, OTHER_BIRTH), (BKPM, OTHER_BIRTH, LAST_BIRTH)] {
            admin.create_service(unit, "akta-lahir", service("Akta lahir")).await.expect("made");
            admin.catalog.delete_service(gone(from, Why::Moved, to)).await.expect("moved");
        }
        let answer = admin.steps(for_whom(NIB)).await.expect("steps");
        assert_eq!(ranks(&answer), [(LAST_BIRTH, 1), (FAMILY, 2), (KTP, 3), (NIB, 4)]);
        assert!(answer.steps.iter().all(|step| !step.missing) && answer.not_looked_up.is_empty());
        let birth = &answer.steps[1].needs[0];
        let told = (birth.satisfied_by.as_str(), birth.moved_from.as_str(), birth.state());
        assert_eq!(told, (LAST_BIRTH, BIRTH, need::State::Step));
        let has = vec![BIRTH.to_owned()];
        let answer = admin.steps(PlanStepsRequest { has, ..for_whom(NIB) }).await.expect("steps");
        assert_eq!(answer.skipped, [LAST_BIRTH], "who has the certificate has it");

        admin.catalog.delete_service(gone(LAST_BIRTH, Why::Superseded, KTP)).await.expect("gone");
        let answer = admin.steps(for_whom(NIB)).await.expect("steps");
        let missing: Vec<&str> = answer
            .steps
            .iter()
            .filter(|step| step.missing)
            .map(|step| step.service.as_str())
            .collect();
        assert_eq!(missing, [BIRTH], "whether another service gives the same nobody has said");
        assert!(answer.not_looked_up.is_empty());

        world.running.registry.db.close().await;
        let has = vec![OTHER_BIRTH.to_owned()];
        let answer = admin.steps(PlanStepsRequest { has, ..for_whom(NIB) }).await.expect("steps");
        assert_eq!(answer.not_looked_up, [BIRTH, OTHER_BIRTH], "no database says where they are");
    })
    .await;
}
