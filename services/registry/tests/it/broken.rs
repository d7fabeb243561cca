//! Requirements that name a service and lead nowhere.

use mpp_api::{
    registry::{
        BrokenRequirement, DeleteServiceRequest, ListBrokenRequirementsRequest,
        ListBrokenRequirementsResponse, Service, UpdateServiceRequest,
        broken_requirement::Fault,
        service::{Requirement, State as Served},
    },
    types::{Tombstone, tombstone::Reason},
};
use mpp_testkit::on_both;
use tonic::Status;

use crate::{
    processes::{BIRTH, FAMILY, chain, needs},
    world::{BKPM, Clients, DUKCAPIL, KTP, World, reason, service},
};

const NIB: &str = "units/bkpm/services/nib";
const NEW_BIRTH: &str = "units/dukcapil-banyuwangi/services/akta-lahir";

type Answered = Result<ListBrokenRequirementsResponse, Status>;

impl Clients {
    /// What leads nowhere, as all that was committed has it.
    async fn broken(&self, world: &World, asked: ListBrokenRequirementsRequest) -> Answered {
        let head = world.running.registry.db.read().await.expect("a snapshot").revision();
        let asked = ListBrokenRequirementsRequest { min_revision: head, ..asked };
        Ok(self.processes().list_broken_requirements(asked).await?.into_inner())
    }

    async fn all_broken(&self, world: &World) -> Vec<BrokenRequirement> {
        let asked = ListBrokenRequirementsRequest::default();
        self.broken(world, asked).await.expect("an answer").broken_requirements
    }

    pub async fn pause(&mut self, name: &str) {
        let paused =
            Service { name: name.into(), state: Served::Inactive.into(), ..Service::default() };
        let request = UpdateServiceRequest { service: Some(paused), ..Default::default() };
        self.catalog.update_service(request).await.expect("paused");
    }
}

fn told(found: &[BrokenRequirement]) -> Vec<(&str, i32, Fault)> {
    found.iter().map(|one| (one.service.as_str(), one.number, one.fault())).collect()
}

#[tokio::test]
async fn a_requirement_is_told_whose_service_has_gone_or_is_not_served() {
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        let asked = ListBrokenRequirementsRequest::default;
        let well = admin.broken(&world, asked()).await.expect("an answer");
        assert_eq!((told(&well.broken_requirements), well.linked_size), (Vec::new(), 5));

        admin.create_service(DUKCAPIL, "akta-lahir", service("Akta lahir")).await.expect("made");
        let successor = NEW_BIRTH.into();
        let gone = DeleteServiceRequest {
            name: BIRTH.into(),
            tombstone: Some(Tombstone { reason: Reason::Superseded.into(), successor }),
            ..DeleteServiceRequest::default()
        };
        admin.catalog.delete_service(gone).await.expect("superseded");
        let found = admin.all_broken(&world).await;
        assert_eq!(told(&found), [(FAMILY, 1, Fault::Missing), (KTP, 2, Fault::Missing)]);
        assert_eq!(found[0].text, "Akta kelahiran");
        assert_eq!(
            (found[0].satisfied_by.as_str(), found[0].successor.as_str()),
            (BIRTH, NEW_BIRTH)
        );

        admin.pause(FAMILY).await;
        let found = admin.all_broken(&world).await;
        let expected =
            [(NIB, 2, Fault::Inactive), (KTP, 1, Fault::Inactive), (KTP, 2, Fault::Missing)];
        assert_eq!(told(&found), expected, "what a paused service asks for matters to nobody");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_circle_is_told_with_its_services_unless_it_closes_in_some_cases_only() {
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        let renewal = Requirement { condition: "jika hilang".into(), ..needs("KK lama", KTP) };
        admin.asks(BIRTH, vec![renewal, needs("KTP orang tua", KTP)]).await;
        assert_eq!(admin.all_broken(&world).await, [], "nor does what is somebody else's");

        admin.asks(BIRTH, vec![needs("KTP asli", KTP)]).await;
        let found = admin.all_broken(&world).await;
        let circle = Fault::Circle;
        let expected =
            [(BIRTH, 1, circle), (FAMILY, 1, circle), (KTP, 1, circle), (KTP, 2, circle)];
        assert_eq!(told(&found), expected, "the business number is behind it");
        assert_eq!((found[0].circle.as_slice(), found[0].circle_size), (&own()[..], 3));

        let registry = &world.running.registry;
        assert_eq!(registry.faults.counts(), None, "nothing was looked at yet");
        registry.measure_requirements().await.expect("a look");
        assert_eq!(registry.faults.counts(), Some([0, 0, 4]));
        world.stop().await;
    })
    .await;
}

fn own() -> [String; 3] {
    [BIRTH, FAMILY, KTP].map(str::to_owned)
}

#[tokio::test]
async fn what_leads_nowhere_comes_page_by_page_and_by_unit() {
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        admin.pause(FAMILY).await;
        let mut asked = ListBrokenRequirementsRequest { page_size: 1, ..Default::default() };
        let first = admin.broken(&world, asked.clone()).await.expect("a page");
        assert_eq!(told(&first.broken_requirements), [(NIB, 2, Fault::Inactive)]);
        assert_eq!((first.total_size, first.linked_size), (2, 4));
        asked.page_token = first.next_page_token;
        let second = admin.broken(&world, asked.clone()).await.expect("a page");
        assert_eq!(told(&second.broken_requirements), [(KTP, 1, Fault::Inactive)]);
        assert_eq!(second.next_page_token, "");
        asked.unit = BKPM.into();
        let other = admin.processes().list_broken_requirements(asked).await;
        assert_eq!(reason(other), "INVALID_PAGE_TOKEN", "it is another list's");

        let own = ListBrokenRequirementsRequest { unit: BKPM.into(), ..Default::default() };
        let own = admin.broken(&world, own).await.expect("a page");
        assert_eq!((told(&own.broken_requirements).len(), own.linked_size), (1, 2));
        let nowhere = ListBrokenRequirementsRequest {
            unit: "units/nowhere".into(),
            ..ListBrokenRequirementsRequest::default()
        };
        let refused = admin.processes().list_broken_requirements(nowhere).await;
        assert_eq!(reason(refused), "INVALID_FIELD");
        world.stop().await;
    })
    .await;
}
