//! Suggestions: which service may satisfy a requirement that names none.

use mpp_api::registry::{
    Service, SuggestSatisfiersRequest, suggest_satisfiers_response::Suggestion,
};
use mpp_testkit::on_both;

use crate::{
    processes::{BIRTH, FAMILY, chain, needs},
    world::{BKPM, Clients, KTP, World, reason, service},
};

const LICENCE: &str = "units/bkpm/services/izin";

impl Clients {
    async fn suggested(&self, world: &World, name: &str) -> Vec<Suggestion> {
        let head = world.running.registry.db.read().await.expect("a snapshot").revision();
        let asked = SuggestSatisfiersRequest {
            name: name.into(),
            min_revision: head,
            ..SuggestSatisfiersRequest::default()
        };
        let answer = self.processes().suggest_satisfiers(asked).await.expect("an answer");
        answer.into_inner().suggestions
    }
}

fn pairs(found: &[Suggestion]) -> Vec<(i32, &str)> {
    found.iter().map(|one| (one.number, one.service.as_str())).collect()
}

#[tokio::test]
async fn a_requirement_gets_the_services_that_give_what_its_words_name() {
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        let lost = service("Penggantian Kartu Keluarga hilang");
        admin.create_service(BKPM, "kk-hilang", lost).await.expect("made");
        let licence = Service {
            requirements: vec![
                needs("Fotokopi KK (1 lembar)", ""),
                needs("Surat pengantar RT", ""),
                needs("Kutipan akta kelahiran pemohon", ""),
                needs("KTP dan KK", ""),
                needs("KTP-el", KTP),
            ],
            ..service("Izin usaha mikro")
        };
        admin.create_service(BKPM, "izin", licence.clone()).await.expect("made");
        let found = admin.suggested(&world, LICENCE).await;
        assert_eq!(pairs(&found), [(1, FAMILY), (3, BIRTH)], "{found:?}");
        assert_eq!((found[0].words.as_slice(), found[0].percent), (&["kk".to_owned()][..], 90));
        assert_eq!(found[0].agency, "units/pemkab-banyuwangi");

        let mut linked = licence.requirements;
        linked[0].satisfied_by = FAMILY.into();
        admin.asks(LICENCE, linked).await;
        let left = admin.suggested(&world, LICENCE).await;
        assert_eq!(pairs(&left), [(3, BIRTH)], "a person has decided");
        let nowhere = SuggestSatisfiersRequest {
            name: "units/bkpm/services/nowhere".into(),
            ..SuggestSatisfiersRequest::default()
        };
        assert_eq!(reason(admin.processes().suggest_satisfiers(nowhere).await), "NOT_FOUND");
        let fewer = SuggestSatisfiersRequest {
            name: LICENCE.into(),
            max_results: -1,
            ..Default::default()
        };
        assert_eq!(reason(admin.processes().suggest_satisfiers(fewer).await), "INVALID_FIELD");
    })
    .await;
}

#[tokio::test]
async fn a_service_of_the_own_unit_stands_before_its_namesakes() {
    on_both(async |database| {
        let world = chain(&database).await;
        let mut admin = world.admin();
        let card = || service("Penerbitan Kartu Keluarga baru");
        admin.create_service(BKPM, "kk", card()).await.expect("made");
        let asks = Service { requirements: vec![needs("KK", "")], ..service("Izin usaha mikro") };
        admin.create_service(BKPM, "izin", asks).await.expect("made");
        let found = admin.suggested(&world, LICENCE).await;
        assert_eq!(pairs(&found), [(1, "units/bkpm/services/kk"), (1, FAMILY)]);
    })
    .await;
}
