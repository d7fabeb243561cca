//! An owner sees where its service differs from the standard, adopts that, or says why not.

use mpp_api::{
    registry::{
        AdoptStandardRequest, AdoptStandardResponse, CompareWithStandardRequest, Service, Standard,
        StandardComparison, StandardLink, UpdateServiceRequest, UpdateStandardLinkRequest,
        UpdateStandardRequest,
        adoption::State as Stands,
        divergence::Component,
        standard_comparison::line::Standing,
        standard_link::{Explanation, State},
    },
    types::{Fee, fee, service_time},
};
use mpp_core::Role;
use mpp_testkit::{TestDatabase, on_both};
use prost_types::FieldMask;
use tonic::Status;

use crate::{
    divergent::{costs, free, needs, takes},
    provenance::run,
    publisher::record_of,
    standards::{NEW_CARD, standard},
    world::{Clients, DUKCAPIL, KEMENDAGRI, KTP, World, reason, refused, service},
};

type Answer<T> = Result<T, Status>;

/// The national text of a new card, in its first version.
pub fn national() -> Standard {
    Standard {
        requirements: needs(&["Kartu Keluarga", "Akta kelahiran"]),
        time: takes(24, service_time::Unit::Hours, "Paling lama 24 (dua puluh empat) jam"),
        fees: free("Gratis"),
        version: "2026-1".into(),
        ..standard("KTP elektronik baru")
    }
}

/// What the service says: dearer, as fast, asking for less.
pub fn own() -> Service {
    Service {
        fees: costs(10_000, "Rp10.000"),
        time: takes(1, service_time::Unit::CalendarDays, "1 hari"),
        requirements: needs(&["KK"]),
        ..service("KTP elektronik baru")
    }
}

/// Kemendagri's card, which is of the standard.
pub async fn world(database: &TestDatabase) -> World {
    let world = World::with_source(database).await;
    let mut admin = world.admin();
    admin.create_standard("ktp-el-baru", national()).await.expect("made");
    admin.say(own()).await;
    admin.decide(KTP, NEW_CARD, State::Confirmed).await.expect("confirmed");
    world
}

pub fn officer(world: &World) -> Clients {
    world.caller(Role::UnitOfficer, &[KEMENDAGRI])
}

pub fn adopts(name: &str, components: &[Component]) -> AdoptStandardRequest {
    AdoptStandardRequest {
        name: name.into(),
        components: components.iter().map(|one| (*one).into()).collect(),
        ..AdoptStandardRequest::default()
    }
}

pub fn because(components: &[Component]) -> Explanation {
    Explanation {
        components: components.iter().map(|one| (*one).into()).collect(),
        reason: "Tarif ditetapkan daerah".into(),
        legal_basis: "Perda 1/2024".into(),
        ..Explanation::default()
    }
}

impl Clients {
    /// Has the card say this.
    pub async fn say(&mut self, said: Service) {
        let service = Some(Service { name: KTP.into(), ..said });
        let request = UpdateServiceRequest { service, ..UpdateServiceRequest::default() };
        self.catalog.update_service(request).await.expect("written");
    }

    pub async fn compare(&mut self, name: &str) -> Answer<StandardComparison> {
        let request = CompareWithStandardRequest {
            name: name.into(),
            ..CompareWithStandardRequest::default()
        };
        let answer = self.standards.compare_with_standard(request).await?.into_inner();
        Ok(answer.comparison.expect("a comparison"))
    }

    pub async fn adopt(&mut self, request: AdoptStandardRequest) -> Answer<AdoptStandardResponse> {
        Ok(self.standards.adopt_standard(request).await?.into_inner())
    }

    /// Says why the service says otherwise; with nothing, takes that back.
    pub async fn explain(
        &mut self,
        service: &str,
        explanations: Vec<Explanation>,
    ) -> Answer<StandardLink> {
        let link = StandardLink {
            name: format!("{service}/links/ktp-el-baru"),
            explanations,
            ..StandardLink::default()
        };
        let request = UpdateStandardLinkRequest {
            standard_link: Some(link),
            update_mask: Some(FieldMask { paths: vec!["explanations".into()] }),
            ..UpdateStandardLinkRequest::default()
        };
        let changed = self.standards.update_standard_link(request).await?.into_inner();
        Ok(changed.standard_link.expect("a link"))
    }

    pub async fn change_standard(&mut self, change: Standard) {
        let request = UpdateStandardRequest {
            standard: Some(Standard { name: NEW_CARD.into(), ..change }),
            ..UpdateStandardRequest::default()
        };
        self.standards.update_standard(request).await.expect("changed");
    }
}

fn standings(found: &StandardComparison) -> Vec<Standing> {
    found.lines.iter().map(|line| line.standing()).collect()
}

#[tokio::test]
async fn an_owner_sees_field_by_field_where_it_differs_and_adopts_in_one_call() {
    on_both(async |database| {
        use Standing::{Differs, Left, Same};
        let world = world(&database).await;
        let mut officer = officer(&world);
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!(standings(&found), [Differs, Same, Differs, Left, Left], "{found:?}");
        assert_eq!((found.state(), found.version.as_str()), (Stands::Differs, "2026-1"));
        let fees = &found.lines[0];
        assert_eq!((fees.field.as_str(), fees.read), ("fees", true));
        assert_eq!(
            (&fees.standard_texts[0], &fees.service_texts[0]),
            (&"Gratis".into(), &"Rp10.000".into())
        );
        assert_eq!(found.lines[2].missing, ["Akta kelahiran"]);

        let looks = AdoptStandardRequest { validate_only: true, ..adopts(KTP, &[]) };
        let shown = officer.adopt(looks).await.expect("shown");
        assert_eq!((shown.changed_fields.len(), shown.revision), (2, 0));
        let unchanged = officer.compare(KTP).await.expect("compared");
        assert_eq!(unchanged, found, "only shown");

        let mut others = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        assert_eq!(reason(others.adopt(adopts(KTP, &[])).await), "PERMISSION_DENIED");
        let done = officer.adopt(adopts(KTP, &[])).await.expect("adopted");
        assert_eq!(done.changed_fields, ["fees", "requirements"]);
        let (after, link) = (done.service.expect("it"), done.standard_link.expect("a link"));
        assert_eq!(after.fees, national().fees);
        assert_eq!(after.time, own().time, "it said the same, in its own words");
        assert!(after.overrides.is_empty(), "no source publishes it");
        assert_eq!((link.adopted_version.as_str(), link.adopt_time.is_some()), ("2026-1", true));
        assert_eq!(link.decided_version, "2026-1", "the text on which it was confirmed");
        let adopted = [Component::Fees, Component::Requirements].map(i32::from);
        assert_eq!(link.adopted_components, adopted);
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!(found.state(), Stands::Follows, "{found:?}");
        assert_eq!(officer.service(KTP).await.expect("it").etag, after.etag);
    })
    .await;
}

#[tokio::test]
async fn nobody_adopts_what_they_have_not_seen() {
    on_both(async |database| {
        let world = world(&database).await;
        let (mut admin, mut officer) = (world.admin(), officer(&world));
        let seen = officer.compare(KTP).await.expect("compared");
        admin.change_standard(Standard { product: "KTP-el".into(), ..Standard::default() }).await;
        let stale =
            AdoptStandardRequest { standard_etag: seen.standard_etag.clone(), ..adopts(KTP, &[]) };
        assert_eq!(reason(officer.adopt(stale).await), "ETAG_MISMATCH");
        let seen = officer.compare(KTP).await.expect("compared");
        let both = AdoptStandardRequest {
            etag: seen.service_etag.clone(),
            standard_etag: seen.standard_etag,
            ..adopts(KTP, &[Component::Fees])
        };
        officer.adopt(both.clone()).await.expect("adopted");
        let stale = AdoptStandardRequest {
            components: adopts(KTP, &[Component::Product]).components,
            ..both
        };
        let late = refused(officer.adopt(stale).await);
        assert_eq!(late.reason, "ETAG_MISMATCH", "it has changed since");

        let left =
            refused(officer.adopt(adopts(KTP, &[Component::Fees, Component::Channels])).await);
        assert_eq!(left.fields[0].0, "components[1]", "the standard leaves it to the owner");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_adopt_at_once_by_what_both_have_seen_one_comes_too_late() {
    on_both(async |database| {
        let world = world(&database).await;
        let (mut one, mut other) = (officer(&world), officer(&world));
        let etag = one.compare(KTP).await.expect("compared").service_etag;
        let first = AdoptStandardRequest { etag: etag.clone(), ..adopts(KTP, &[Component::Fees]) };
        let second = AdoptStandardRequest { etag, ..adopts(KTP, &[Component::Requirements]) };
        let (first, second) = tokio::join!(one.adopt(first), other.adopt(second));
        let refusals: Vec<String> =
            [first, second].into_iter().filter(Result::is_err).map(reason).collect();
        assert_eq!(refusals, ["ETAG_MISMATCH"]);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_sent_twice_adopts_once() {
    on_both(async |database| {
        let world = world(&database).await;
        let mut officer = officer(&world);
        let request_id = "01926f2b-0000-7000-8000-0000000000a1".to_owned();
        let etag = officer.compare(KTP).await.expect("compared").service_etag;
        let request = AdoptStandardRequest { request_id, etag, ..adopts(KTP, &[]) };
        let first = officer.adopt(request.clone()).await.expect("adopted");
        let again = officer.adopt(request).await.expect("answered");
        assert_eq!((again.service, again.changed_fields), (first.service, first.changed_fields));
    })
    .await;
}

#[tokio::test]
async fn what_is_explained_stays_until_a_new_version_asks_anew() {
    on_both(async |database| {
        let world = world(&database).await;
        let (mut admin, mut officer) = (world.admin(), officer(&world));
        let mut others = world.caller(Role::UnitOfficer, &[DUKCAPIL]);
        let taken = others.explain(KTP, vec![because(&[Component::Fees])]).await;
        assert_eq!(reason(taken), "PERMISSION_DENIED");
        let left = refused(officer.explain(KTP, vec![because(&[Component::Product])]).await);
        assert_eq!(left.fields[0].0, "standard_link.explanations[0].components[0]");
        let link = officer.explain(KTP, vec![because(&[Component::Fees])]).await.expect("said");
        let said = &link.explanations[0];
        assert_eq!((said.version.as_str(), said.explained_by.as_str()), ("2026-1", "users/-"));

        let done = officer.adopt(adopts(KTP, &[])).await.expect("adopted");
        assert_eq!(done.changed_fields, ["requirements"], "the fee is explained");
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!(found.state(), Stands::Explained);
        assert_eq!(found.lines[0].explanation.as_ref(), Some(said), "everybody reads why");

        admin.change_standard(Standard { version: "2026-2".into(), ..Standard::default() }).await;
        let found = officer.compare(KTP).await.expect("compared");
        assert_eq!(found.state(), Stands::Differs, "it was said of another version");
        assert!(found.lines[0].explanation.is_none());
        let link = officer.link(&link.name).await.expect("the link");
        assert_eq!(link.explanations.len(), 1, "what was said is still there to be read");

        let both = because(&[Component::Fees, Component::Time]);
        let again = officer.explain(KTP, vec![both]).await.expect("said");
        assert_eq!(again.explanations[0].version, "2026-2");
        admin.change_standard(Standard { version: "2026-3".into(), ..Standard::default() }).await;
        officer.adopt(adopts(KTP, &[Component::Fees])).await.expect("adopted after all");
        let link = officer.link(&link.name).await.expect("the link");
        let left = &link.explanations[0];
        assert_eq!((left.components.len(), left.version.as_str()), (1, "2026-2"), "only the time");
        let rejected = officer.reject(&link.name, "Layanan lain").await.expect("decided");
        assert_eq!((rejected.adopted_version.as_str(), rejected.adopt_time), ("", None));
        assert_eq!(rejected.decided_version, "2026-3");
        assert_eq!(reason(officer.compare(KTP).await), "WRONG_STATE", "it is of no standard");
    })
    .await;
}

#[tokio::test]
async fn what_a_synced_service_adopts_the_next_sync_does_not_undo() {
    on_both(async |database| {
        const KK: &str = "units/kemendagri/services/kk";
        let world = world(&database).await;
        let mut admin = world.admin();
        run(&world, vec![record_of(KEMENDAGRI, "kk", own())]).await;
        admin.decide(KK, NEW_CARD, State::Confirmed).await.expect("confirmed");
        let early = refused(officer(&world).adopt(adopts(KK, &[])).await);
        assert_eq!(early.reason, "WRONG_STATE", "an officer changes it at its source");

        let done = admin.adopt(adopts(KK, &[])).await.expect("adopted").service.expect("it");
        let overridden = |service: &Service| {
            let told = |one: &mpp_api::registry::service::Override| {
                (one.field.clone(), one.drift_time.is_some())
            };
            service.overrides.iter().map(told).collect::<Vec<_>>()
        };
        let kept = [("fees".to_owned(), false), ("requirements".to_owned(), false)];
        assert_eq!(overridden(&done), kept);
        assert_eq!(done.overrides[0].reason, "mengikuti standards/ktp-el-baru versi 2026-1");

        let dearer = Service { fees: costs(20_000, "Rp20.000"), ..own() };
        run(&world, vec![record_of(KEMENDAGRI, "kk", dearer)]).await;
        let after = admin.service(KK).await.expect("it");
        assert_eq!((after.fees.clone(), after.source.is_empty()), (national().fees, false));
        assert_eq!(overridden(&after)[0], ("fees".to_owned(), true), "the source says otherwise");
        assert_eq!(admin.compare(KK).await.expect("compared").state(), Stands::Follows);

        let follows = Service { fees: free("Gratis"), ..own() };
        run(&world, vec![record_of(KEMENDAGRI, "kk", follows)]).await;
        let after = admin.service(KK).await.expect("it");
        assert_eq!(overridden(&after), [("requirements".to_owned(), false)], "it is the source's");
    })
    .await;
}

#[tokio::test]
async fn a_case_left_to_a_regulation_is_not_known_and_what_adopting_cuts_is_named() {
    on_both(async |database| {
        let world = world(&database).await;
        let foreigners = Fee {
            kind: fee::Kind::LocalRegulation.into(),
            label: "WNA".into(),
            source_text: "WNA sesuai Perda".into(),
            ..Fee::default()
        };
        let fees = [free("WNI gratis"), vec![foreigners]].concat();
        world.admin().change_standard(Standard { fees, ..national() }).await;
        let mut officer = officer(&world);
        let found = officer.compare(KTP).await.expect("compared");
        let fees = &found.lines[0];
        assert_eq!((fees.standing(), fees.field.as_str()), (Standing::Unstated, ""), "{found:?}");
        assert_eq!(fees.service_texts, ["Rp10.000"], "who says so is shown");
        let asked = officer.adopt(adopts(KTP, &[Component::Fees])).await;
        assert_eq!(reason(asked), "INVALID_FIELD", "a part of it is the owner's");
        let mut requirements = needs(&["KK", "Surat pengantar"]);
        requirements[1].satisfied_by = "units/kemendagri/services/pengantar".into();
        officer.say(Service { requirements, ..own() }).await;
        let done = officer.adopt(adopts(KTP, &[])).await.expect("adopted");
        assert_eq!(done.changed_fields, ["requirements"], "no part of the fees is taken away");
        assert_eq!(done.unlinked_services, ["units/kemendagri/services/pengantar"]);
        let again = officer.adopt(adopts(KTP, &[])).await.expect("nothing to do");
        assert_eq!(again.standard_link, done.standard_link, "nothing was written");
    })
    .await;
}
