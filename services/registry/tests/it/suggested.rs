//! Suggestions: which service may be of which standard, until a person has decided.

use mpp_api::registry::{
    Service, Standard, SuggestServicesRequest, SuggestStandardsRequest, Suggestion,
    UpdateServiceRequest, service::State as Served, standard_link::State,
    suggestion::reason::Ground,
};
use mpp_testkit::on_both;

use crate::{
    standards::{LOST_CARD, NEW_CARD, standard, with_standards},
    world::{BKPM, Clients, KTP, World, reason, service},
};

impl Clients {
    pub async fn suggested_standards(&mut self, service: &str) -> Vec<Suggestion> {
        let request =
            SuggestStandardsRequest { name: service.into(), ..SuggestStandardsRequest::default() };
        let answer = self.standards.suggest_standards(request).await.expect("an answer");
        answer.into_inner().suggestions
    }

    async fn suggested_services(&mut self, world: &World, standard: &str) -> Vec<String> {
        let head = world.running.registry.db.read().await.expect("a snapshot").revision();
        let request = SuggestServicesRequest {
            name: standard.into(),
            min_revision: head,
            ..SuggestServicesRequest::default()
        };
        let answer = self.standards.suggest_services(request).await.expect("an answer");
        answer.into_inner().suggestions.into_iter().map(|found| found.service).collect()
    }
}

#[tokio::test]
async fn a_service_gets_the_standards_that_its_words_name_with_their_grounds() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut admin = world.admin();
        admin.create_standard("paspor", standard("Paspor baru")).await.expect("made");
        let found = admin.suggested_standards(KTP).await;
        assert_eq!(found[0].standard, NEW_CARD);
        assert!(found.iter().all(|one| one.standard != "standards/paspor"), "{found:?}");
        assert_eq!(found[0].reasons[0].ground(), Ground::Title);
        assert!(found[0].reasons[0].words.contains(&"ktp".to_owned()), "{found:?}");
        assert!(found[0].percent > 80 && found[0].service == KTP, "{found:?}");
        let nowhere = SuggestStandardsRequest {
            name: "units/bkpm/services/nowhere".into(),
            ..SuggestStandardsRequest::default()
        };
        assert_eq!(reason(admin.standards.suggest_standards(nowhere).await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_pair_about_which_a_person_has_decided_is_not_suggested_again() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut admin = world.admin();
        let called = Standard {
            keywords: vec!["bikin ktp".into()],
            ..standard("Penerbitan kartu tanda penduduk")
        };
        admin.create_standard("ktp", called).await.expect("made");
        let names = |found: Vec<Suggestion>| -> Vec<String> {
            found.into_iter().map(|one| one.standard).collect()
        };
        assert!(names(admin.suggested_standards(KTP).await).contains(&NEW_CARD.to_owned()));
        admin.decide(KTP, NEW_CARD, State::Rejected).await.expect("rejected");
        let left = names(admin.suggested_standards(KTP).await);
        assert!(!left.contains(&NEW_CARD.to_owned()), "{left:?}");
        assert!(left.contains(&"standards/ktp".to_owned()), "{left:?}");
        admin.decide(KTP, "standards/ktp", State::Confirmed).await.expect("confirmed");
        assert!(admin.suggested_standards(KTP).await.is_empty(), "it is of one");
    })
    .await;
}

#[tokio::test]
async fn a_standard_gets_the_services_of_all_units_that_nobody_has_linked() {
    on_both(async |database| {
        let world = with_standards(&database).await;
        let mut admin = world.admin();
        for (id, title) in [("kartu", "Pembuatan KTP-el"), ("nib", "Nomor induk berusaha")] {
            admin.create_service(BKPM, id, service(title)).await.expect("a service");
        }
        let card = format!("{BKPM}/services/kartu");
        let both = [card.clone(), KTP.to_owned()];
        let mut found = admin.suggested_services(&world, NEW_CARD).await;
        found.sort();
        assert_eq!(found, both);
        let paused = Service { name: KTP.into(), ..Service::default() };
        let paused = Service { state: Served::Inactive.into(), ..paused };
        let paused = UpdateServiceRequest { service: Some(paused), ..Default::default() };
        admin.catalog.update_service(paused).await.expect("paused");
        assert!(admin.suggested_standards(KTP).await[0].service_inactive, "it is told");
        admin.decide(KTP, LOST_CARD, State::Confirmed).await.expect("confirmed of another");
        admin.decide(&card, NEW_CARD, State::Rejected).await.expect("rejected");
        assert!(admin.suggested_services(&world, NEW_CARD).await.is_empty());
    })
    .await;
}
