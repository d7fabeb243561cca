//! Texts as offices paste them: kept clean, by the API and by a sync alike.

use mpp_api::{
    registry::{
        GetServiceRequest, SearchServicesRequest, Service, Unit, UpdateServiceRequest,
        service::Requirement, unit::Kind,
    },
    types::{Fee, LocalizedText, fee},
};
use mpp_testkit::on_both;

use crate::{
    publisher::{Session, codes, record_of},
    world::{KEMENDAGRI, World, refused, service, text, unit},
};

/// Pasted from a word processor and a PDF file.
fn pasted() -> Service {
    let requirement =
        Requirement { text: "Akta\u{a0}lahir \r\n\u{200b}asli".into(), ..Requirement::default() };
    let fee =
        Fee { kind: fee::Kind::Free.into(), source_text: "Gra\u{ad}tis ".into(), ..Fee::default() };
    Service {
        title: Some(LocalizedText {
            id: "\u{feff}BIMBINGAN  pra\u{ad}nikah\u{202e}\n(veri\u{fb01}kasi)".into(),
            en: "Marriage\u{2003}guidance".into(),
        }),
        keywords: vec!["nikah\u{200d}".into()],
        requirements: vec![requirement],
        procedure: vec!["Daftar\u{2028}Hadir".into()],
        fees: vec![fee],
        ..service("")
    }
}

fn check(kept: &Service) {
    let title = kept.title.as_ref().expect("a title");
    assert_eq!(title.id, "BIMBINGAN pranikah (verifikasi)");
    assert_eq!(title.en, "Marriage guidance");
    assert_eq!(kept.keywords, ["nikah"]);
    assert_eq!(kept.requirements[0].text, "Akta lahir\nasli");
    assert_eq!(kept.procedure, ["Daftar\nHadir"]);
    assert_eq!(kept.fees[0].source_text, "Gratis");
}

#[tokio::test]
async fn a_text_is_kept_clean_whichever_way_it_came() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        check(&admin.create_service(KEMENDAGRI, "by-api", pasted()).await.expect("taken"));
        let mut session = Session::begin(&world).await;
        let result = session.send(vec![record_of(KEMENDAGRI, "by-sync", pasted())]).await;
        assert_eq!(codes(&result), [""]);
        let request = GetServiceRequest {
            name: "units/kemendagri/services/by-sync".into(),
            min_revision: result.revision,
        };
        let applied = admin.catalog.get_service(request).await.expect("applied").into_inner();
        check(&applied.service.expect("a service"));
        let again = session.send(vec![record_of(KEMENDAGRI, "by-sync", pasted())]).await;
        assert_eq!(again.results[0].outcome(), mpp_api::sync::Outcome::Unchanged);
    })
    .await;
}

#[tokio::test]
async fn a_control_character_is_refused_with_its_field_whichever_way_it_came() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let broken = Service { product: "KTP\u{1b}[31m".into(), ..service("KTP") };
        let error = refused(admin.create_service(KEMENDAGRI, "x", broken.clone()).await);
        assert_eq!(error.fields[0].0, "service.product");
        let update = UpdateServiceRequest {
            service: Some(Service { name: crate::world::KTP.into(), ..broken.clone() }),
            ..Default::default()
        };
        assert_eq!(
            refused(admin.catalog.update_service(update).await).fields[0].0,
            "service.product"
        );
        let named = Unit { display_name: text("Dinas\u{7f}"), ..unit("", Kind::Agency, "") };
        let error = refused(admin.create_unit("dinas", named).await);
        assert_eq!(error.fields[0].0, "unit.display_name.id");
        let mut session = Session::begin(&world).await;
        let result = session.send(vec![record_of(KEMENDAGRI, "x", broken)]).await;
        assert_eq!(codes(&result), ["CONTROL_CHARACTER"]);
        assert_eq!(result.results[0].field, "service.product");
    })
    .await;
}

#[tokio::test]
async fn a_title_that_was_hyphenated_for_print_or_set_in_capitals_is_found() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        admin.create_service(KEMENDAGRI, "nikah", pasted()).await.expect("taken");
        let now = world.running.registry.memory.revision();
        for query in ["pranikah", "pra-nikah", "bimbingan", "verifikasi pranikah"] {
            let ask = SearchServicesRequest {
                query: query.into(),
                min_revision: now,
                ..Default::default()
            };
            let found = admin.search.search_services(ask).await.expect("an answer").into_inner();
            let first = found.hits.first().map(|hit| hit.service.as_str());
            assert_eq!(first, Some("units/kemendagri/services/nikah"), "{query}");
        }
    })
    .await;
}
