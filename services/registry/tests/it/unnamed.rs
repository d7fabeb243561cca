//! No answer tells a person's name to whoever may not know it, whichever method holds the record.

use std::collections::BTreeSet;

use mpp_api::{
    Document as _, json,
    registry::{
        CreateServiceRequest, GetServiceRequest, HandBackServiceRequest, ListServicesRequest,
        Service, UpdateServiceRequest, standard_link::State, unit::Kind,
    },
};
use mpp_core::Role;
use mpp_store::Label;
use mpp_testkit::{TestDatabase, on_both};
use tonic::{Response, Status};

use crate::{
    adopted::{adopts, national},
    authors::{set_by_persons, write},
    standards::NEW_CARD,
    world::{Clients, KEMENDAGRI, World, service, unit},
};

/// Between the agency and the office whose services these are.
const DIRECTORATE: &str = "units/ditjen-dukcapil";
const OFFICE: &str = "units/direktorat-pencatatan";
/// The office's own.
const KIA: &str = "units/direktorat-pencatatan/services/kia";
/// Sent by the directorate's source.
const AKTA: &str = "units/direktorat-pencatatan/services/akta";

/// The methods whose answers may hold a service, by the contract. What a link keeps of one
/// (`service_text`) is copied component by component, without who has set it.
fn methods_that_answer_services() -> Vec<String> {
    let service = json::descriptor(Service::KIND).expect("a message");
    let services = service.parent_pool().services();
    let mut found = Vec::new();
    for method in services.flat_map(|one| one.methods().collect::<Vec<_>>()) {
        let (mut open, mut seen) = (vec![method.output()], BTreeSet::new());
        while let Some(message) = open.pop() {
            if seen.insert(message.full_name().to_owned()) {
                let fields = message.fields().filter(|field| field.name() != "service_text");
                open.extend(fields.filter_map(|field| field.kind().as_message().cloned()));
            }
        }
        if seen.contains(service.full_name()) {
            found.push(method.name().to_owned());
        }
    }
    found
}

/// Services of the office whose fields persons have set, by name, as an earlier program kept them.
async fn world(database: &TestDatabase) -> World {
    let world = World::banyuwangi(database).await;
    let mut admin = world.admin();
    for (id, parent) in [("ditjen-dukcapil", KEMENDAGRI), ("direktorat-pencatatan", DIRECTORATE)] {
        admin.create_unit(id, unit(id, Kind::Office, parent)).await.expect("a unit");
    }
    for source in ["ditjen", "ditjen-baru"] {
        admin.create_source(source, DIRECTORATE).await.expect("a source");
    }
    for (name, source, source_id) in [(KIA, "", ""), (AKTA, "sources/ditjen", "akta")] {
        let service = Service {
            name: name.into(),
            source: source.into(),
            source_id: source_id.into(),
            overrides: set_by_persons(),
            ..service("Kartu identitas anak")
        };
        let labels = [
            (Label::Agency, KEMENDAGRI),
            (Label::Unit, OFFICE),
            (Label::Category, "population"),
            (Label::Source, source),
        ];
        write(&world, service, &labels).await;
    }
    admin.create_standard("ktp-el-baru", national()).await.expect("a standard");
    admin.decide(KIA, NEW_CARD, State::Confirmed).await.expect("confirmed");
    world
}

fn text_of<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) -> String {
    format!("{:?}", answer.expect("an answer").into_inner())
}

/// What a method answers to this caller, as a text.
async fn answer(caller: &mut Clients, method: &str) -> String {
    let Clients { catalog, standards, .. } = caller;
    match method {
        "GetService" => {
            let asked = GetServiceRequest { name: KIA.into(), min_revision: 0 };
            text_of(catalog.get_service(asked).await)
        }
        "ListServices" => {
            let asked = ListServicesRequest { parent: OFFICE.into(), ..Default::default() };
            text_of(catalog.list_services(asked).await)
        }
        "CreateService" => {
            let asked = CreateServiceRequest {
                parent: OFFICE.into(),
                service_id: "baru".into(),
                service: Some(Service { overrides: set_by_persons(), ..service("Akta baru") }),
                ..Default::default()
            };
            text_of(catalog.create_service(asked).await)
        }
        "UpdateService" => {
            let service = Service { name: KIA.into(), category: "civil".into(), ..<_>::default() };
            let asked = UpdateServiceRequest { service: Some(service), ..Default::default() };
            text_of(catalog.update_service(asked).await)
        }
        "HandBackService" => {
            let (name, to) = (AKTA.into(), "sources/ditjen-baru".into());
            let asked = HandBackServiceRequest { name, to, ..Default::default() };
            text_of(catalog.hand_back_service(asked).await)
        }
        "AdoptStandard" => text_of(standards.adopt_standard(adopts(KIA, &[])).await),
        other => panic!("{other} may answer a service: call it here, it must name no person"),
    }
}

/// An officer of the directorate may write the services, and answers for neither their unit nor its
/// agency, whose officers are told who has set what.
#[tokio::test]
async fn no_method_that_answers_a_service_names_a_person_to_others() {
    on_both(async |database| {
        let world = world(&database).await;
        let mut officer = world.caller(Role::UnitOfficer, &[DIRECTORATE]);
        let methods = methods_that_answer_services();
        for known in ["GetService", "ListServices", "HandBackService", "AdoptStandard"] {
            assert!(methods.iter().any(|method| method == known), "{known} of {methods:?}");
        }
        for method in &methods {
            let told = answer(&mut officer, method).await;
            assert!(!told.contains("siti") && !told.contains("pegawai/7"), "{method}: {told}");
            // A new one has nothing that somebody has set over a source.
            let has_authors = told.contains("subject: \"users/-\"");
            assert_eq!(has_authors, method != "CreateService", "{method}: {told}");
        }
    })
    .await;
}
