//! Overrides by a curator: marked, kept through the source's next runs, and given back.

use mpp_api::{
    registry::{
        DeleteServiceRequest, GetServiceRequest, HandBackServiceRequest, ListServicesRequest,
        Service, UpdateServiceRequest,
    },
    sync::{BatchResult, Outcome, Record},
};
use mpp_core::{Overridden, Role};
use mpp_testkit::on_both;
use tonic::Status;

use crate::{
    publisher::{Session, begin_again, codes, delete, hello, outcomes, record_of},
    world::{Clients, KEMENDAGRI, SOURCE, World, reason, refused, service, text},
};

pub const KK: &str = "units/kemendagri/services/kk";
pub const WHY: &str = "salah ketik di sumber";

pub fn kk(title: &str, product: &str) -> Record {
    let product = product.to_owned();
    record_of(KEMENDAGRI, "kk", Service { product, ..service(title) })
}

pub async fn run(world: &World, records: Vec<Record>) -> BatchResult {
    let mut session = begin_again(world, hello()).await;
    let result = session.send(records).await;
    session.end().await;
    result
}

fn warned(result: &BatchResult) -> Vec<(&str, &str)> {
    let all = result.results.iter().flat_map(|answer| &answer.warnings);
    all.map(|warning| (warning.field.as_str(), warning.code.as_str())).collect()
}

pub async fn update(
    admin: &mut Clients,
    service: Service,
    reason: &str,
) -> Result<Service, Status> {
    let request = UpdateServiceRequest {
        service: Some(Service { name: KK.into(), ..service }),
        reason: reason.into(),
        ..UpdateServiceRequest::default()
    };
    let answer = admin.catalog.update_service(request).await?.into_inner();
    Ok(answer.service.expect("a service"))
}

pub async fn hand_back(by: &mut Clients, fields: &[&str]) -> Result<Service, Status> {
    let request = HandBackServiceRequest {
        name: KK.into(),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        ..HandBackServiceRequest::default()
    };
    let answer = by.catalog.hand_back_service(request).await?.into_inner();
    Ok(answer.service.expect("a service"))
}

pub fn titled(title: &str) -> Service {
    Service { title: text(title), ..Service::default() }
}

#[tokio::test]
async fn what_an_administrator_sets_stays_and_the_source_goes_on_beside_it() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        run(&world, vec![kk("Kartu Kluarga", "KK")]).await;

        let same = update(&mut admin, titled("Kartu Kluarga"), WHY).await.expect("nothing new");
        assert!(same.overrides.is_empty(), "an update that changes nothing overrides nothing");
        assert_eq!(same.source, SOURCE);

        let curated = update(&mut admin, titled("Kartu Keluarga"), WHY).await.expect("its right");
        assert_eq!(curated.source, SOURCE, "it is the source's all the while");
        let kept = &curated.overrides[0];
        let told = (kept.field.as_str(), kept.subject.as_str(), kept.reason.as_str());
        assert_eq!(told, ("title", "users/-", WHY));
        assert!(kept.time.is_some() && kept.drift_time.is_none());
        let says = kept.source_value.clone().expect("the source's value");
        assert_eq!(says, titled("Kartu Kluarga"));
        assert_eq!(world.running.registry.overridden(Overridden::Settled), 1);

        let result = run(&world, vec![kk("Kartu Kluarga", "KK")]).await;
        assert_eq!(outcomes(&result), [Outcome::Unchanged]);
        assert_eq!(warned(&result), [("service.title", "OVERRIDDEN")]);

        let result = run(&world, vec![kk("KK Baru", "KK cetak")]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied]);
        let shown = admin.service(KK).await.expect("known");
        assert_eq!((&shown.title, shown.product.as_str()), (&text("Kartu Keluarga"), "KK cetak"));
        let kept = &shown.overrides[0];
        assert_eq!(kept.source_value, Some(titled("KK Baru")), "it drifts, and is not lost");
        assert!(kept.drift_time.is_some());
        let counted = [Overridden::Settled, Overridden::Drifting]
            .map(|stands| world.running.registry.overridden(stands));
        assert_eq!(counted, [0, 1]);

        let wrong = refused(hand_back(&mut admin, &["fees"]).await);
        assert_eq!(wrong.fields[0].0, "fields[0]");
        let back = hand_back(&mut admin, &["title"]).await.expect("given back");
        assert_eq!((back.title, back.overrides.len()), (text("KK Baru"), 0));
        let result = run(&world, vec![kk("KK Baru", "KK cetak")]).await;
        assert_eq!((outcomes(&result), warned(&result)), (vec![Outcome::Unchanged], vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_reason_that_was_forgotten_is_given_later_and_each_drifting_field_says_what_the_source_says()
 {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        run(&world, vec![kk("Kartu Kluarga", "KK")]).await;
        let both = Service { product: "Lembar".into(), ..titled("Kartu Keluarga") };
        update(&mut admin, both, "").await.expect("its right");
        let reasons = |service: &Service| {
            service.overrides.iter().map(|kept| kept.reason.clone()).collect::<Vec<_>>()
        };
        let same = update(&mut admin, titled("Kartu Keluarga"), WHY).await.expect("a reason");
        assert_eq!(reasons(&same), ["", WHY], "only of the field that was named");
        let other = update(&mut admin, titled("Kartu Keluarga"), "Perbup 99").await.expect("other");
        assert_eq!(reasons(&other), ["", "Perbup 99"]);

        let result = run(&world, vec![kk("KK Baru", "KK cetak")]).await;
        let told: Vec<_> = result.results[0].warnings.iter().map(|one| &one.message).collect();
        assert!(told[0].contains(r#"something else since: "KK cetak";"#), "{told:?}");
        assert!(told[1].contains(r#"something else since: {"id":"KK Baru"};"#), "{told:?}");
        let command = "mpp hand-back units/kemendagri/services/kk --field";
        assert!(told[0].ends_with(&format!("{command} product")), "{told:?}");
        assert!(told[1].ends_with(&format!("{command} title")), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn only_an_administrator_overrides_and_hands_back_and_only_what_a_source_publishes() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        run(&world, vec![kk("Kartu Keluarga", "KK")]).await;
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        assert_eq!(reason(update(&mut officer, titled("KK"), WHY).await), "WRONG_STATE");
        for role in [Role::UnitOfficer, Role::Publisher, Role::Verifier, Role::Reader] {
            let mut other = world.caller(role, &[KEMENDAGRI, SOURCE]);
            assert_eq!(reason(hand_back(&mut other, &[]).await), "PERMISSION_DENIED", "{role:?}");
        }
        let mut admin = world.admin();
        let long = refused(update(&mut admin, titled("KK"), &"x".repeat(501)).await);
        assert_eq!(long.fields[0].0, "reason");
        let nothing = HandBackServiceRequest {
            name: KK.into(),
            reason: "-".into(),
            ..HandBackServiceRequest::default()
        };
        let nothing = refused(admin.catalog.hand_back_service(nothing).await);
        assert_eq!(nothing.fields[0].0, "reason", "a dash is no reason");
        let other_id = Service { source_id: "lain".into(), ..Service::default() };
        let wrong = refused(update(&mut admin, other_id, WHY).await);
        assert_eq!(wrong.fields[0].0, "service.source_id");

        let twice = refused(hand_back(&mut admin, &["fees", "fees"]).await);
        assert!(twice.message.contains("fees is not overridden"), "{}", twice.message);

        let own = admin.create_service(KEMENDAGRI, "akta", service("Akta")).await.expect("made");
        let request = HandBackServiceRequest { name: own.name, ..Default::default() };
        assert_eq!(reason(admin.catalog.hand_back_service(request).await), "WRONG_STATE");
    })
    .await;
}

#[tokio::test]
async fn several_fields_are_kept_apart_and_a_category_is_filed_as_it_is_published() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        run(&world, vec![kk("Kartu Keluarga", "KK")]).await;
        let both = Service { category: "family".into(), product: "Lembar".into(), ..titled("") };
        let both = Service { title: None, ..both };
        let curated = update(&mut admin, both, "").await.expect("its right");
        let fields: Vec<_> = curated.overrides.iter().map(|kept| kept.field.as_str()).collect();
        assert_eq!(fields, ["category", "product"]);
        let of = async |category: &str| {
            let request = ListServicesRequest {
                parent: KEMENDAGRI.into(),
                category: category.into(),
                ..ListServicesRequest::default()
            };
            let listed = world.admin().catalog.list_services(request).await.expect("a list");
            listed.into_inner().services.len()
        };
        run(&world, vec![kk("Kartu Keluarga baru", "KK")]).await;
        assert_eq!((of("family").await, of("population").await), (1, 1), "beside another");
        let back = hand_back(&mut admin, &[]).await.expect("all of them");
        assert!(back.overrides.is_empty());
        assert_eq!(of("population").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_source_that_withdraws_its_record_is_told_what_goes_with_it() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        run(&world, vec![kk("Kartu Keluarga", "KK")]).await;
        update(&mut admin, titled("KK"), WHY).await.expect("its right");
        let result = run(&world, vec![delete("kk")]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied]);
        assert_eq!(warned(&result), [("service.title", "OVERRIDDEN")]);
        assert_eq!(reason(admin.service(KK).await), "NOT_FOUND");
        assert_eq!(world.running.registry.overridden(Overridden::Settled), 0);
    })
    .await;
}

#[tokio::test]
async fn what_a_curator_does_between_two_batches_is_not_lost_by_either() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let mut session = Session::begin(&world).await;
        session.send(vec![kk("Kartu Keluarga", "KK")]).await;
        for round in 0..4 {
            let title = format!("KK {round}");
            let (curated, result) = tokio::join!(
                update(&mut admin, titled(&title), WHY),
                session.send(vec![kk("Kartu Keluarga", &format!("lembar {round}"))]),
            );
            curated.expect("its right");
            assert_eq!(codes(&result), [""]);
            // The answer to a batch does not wait until this replica's reads show it.
            let request = GetServiceRequest { name: KK.into(), min_revision: result.revision };
            let read = world.admin().catalog.get_service(request).await.expect("known");
            let shown = read.into_inner().service.expect("a service");
            assert_eq!((shown.title, shown.product), (text(&title), format!("lembar {round}")));
        }
        let request = DeleteServiceRequest { name: KK.into(), ..Default::default() };
        let wrong = refused(admin.catalog.delete_service(request).await);
        assert_eq!(wrong.fields[0].0, "tombstone.reason", "{wrong:?}");
    })
    .await;
}

async fn hand(by: &mut Clients, to: &str) -> Result<Service, Status> {
    let request = HandBackServiceRequest { name: KK.into(), to: to.into(), ..Default::default() };
    let answer = by.catalog.hand_back_service(request).await?.into_inner();
    Ok(answer.service.expect("a service"))
}

#[tokio::test]
async fn a_service_made_by_hand_is_handed_to_the_source_that_publishes_it_and_back_to_its_unit() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        admin.create_service(KEMENDAGRI, "kk", service("Kartu Kluarga")).await.expect("made");
        let refusal = run(&world, vec![kk("Kartu Keluarga", "KK")]).await;
        assert_eq!(codes(&refusal), ["OWNED_BY_OTHER_SOURCE"]);
        assert!(refusal.results[0].send_again, "it may be handed over");

        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        for (role, unit) in [(Role::UnitOfficer, "units/bkpm"), (Role::Publisher, KEMENDAGRI)] {
            let mut other = world.caller(role, &[unit]);
            assert_eq!(reason(hand(&mut other, SOURCE).await), "PERMISSION_DENIED", "{role:?}");
        }
        for wrong in ["sources/nowhere", "units/bkpm"] {
            assert_eq!(refused(hand(&mut admin, wrong).await).fields[0].0, "to");
        }
        assert_eq!(reason(hand(&mut admin, KEMENDAGRI).await), "WRONG_STATE", "it has it already");
        let handed = hand(&mut officer, SOURCE).await.expect("handed over by its unit's officer");
        assert_eq!((handed.source.as_str(), handed.title), (SOURCE, text("Kartu Kluarga")));
        let asked = begin_again(&world, hello()).await.welcome;
        let digest = |names: &[&str]| mpp_form::held::digest(names.iter().copied()).to_vec();
        assert_eq!((asked.held, asked.held_digest.to_vec()), (1, digest(&[])), "it is asked for");
        let taken = run(&world, vec![kk("Kartu Keluarga", "KK")]).await;
        assert_eq!(outcomes(&taken), [Outcome::Applied]);
        let said = begin_again(&world, hello()).await.welcome;
        assert_eq!((said.held, said.held_digest.to_vec()), (1, digest(&[KK])), "it was said");

        update(&mut admin, titled("Kurator"), WHY).await.expect("its right");
        let undone = refused(hand(&mut officer, KEMENDAGRI).await);
        assert_eq!(undone.reason, "PERMISSION_DENIED", "an override is not undone by it");
        assert!(undone.message.contains("title"), "{}", undone.message);
        assert_eq!(admin.service(KK).await.expect("it").overrides.len(), 1);
        hand_back(&mut admin, &[]).await.expect("given back");
        let back = hand(&mut officer, KEMENDAGRI).await.expect("its unit's again");
        assert_eq!((back.source.as_str(), back.title), ("", text("Kartu Keluarga")));
        update(&mut officer, titled("KK"), "").await.expect("an officer changes it");
        let late = run(&world, vec![kk("Kartu Keluarga", "KK")]).await;
        assert_eq!(codes(&late), ["OWNED_BY_OTHER_SOURCE"]);
    })
    .await;
}

#[tokio::test]
async fn drift_is_told_until_a_person_has_looked_or_the_source_returns() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let stands = || {
            [Overridden::Settled, Overridden::Drifting]
                .map(|stands| world.running.registry.overridden(stands))
        };
        let says = async |title: &str| {
            let revision = run(&world, vec![kk(title, "KK")]).await.revision;
            world.shows(revision).await;
        };
        says("A").await;
        update(&mut admin, titled("Kurator"), WHY).await.expect("its right");
        says("B").await;
        assert_eq!(stands(), [0, 1]);
        says("A").await;
        assert_eq!(stands(), [1, 0], "it says what it said");
        says("B").await;
        update(&mut admin, titled("Kurator 2"), WHY).await.expect("its right");
        assert_eq!(stands(), [0, 1], "an edit does not hide it");
        let keep = HandBackServiceRequest { name: KK.into(), keep: true, ..Default::default() };
        admin.catalog.hand_back_service(keep).await.expect("confirmed");
        assert_eq!(stands(), [1, 0]);
        says("C").await;
        assert_eq!(stands(), [0, 1]);
        says("Kurator 2").await;
        assert_eq!(stands(), [0, 0], "the source has come to say the same");
    })
    .await;
}
