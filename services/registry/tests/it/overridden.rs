//! What curators have set over the sources of services, as a list to work off.

use mpp_api::registry::{
    HandBackServiceRequest, ListServicesRequest, list_services_request::Overridden,
};
use mpp_testkit::on_both;

use crate::{
    provenance::{KK, WHY, hand_back, kk, run, titled, update},
    publisher::record_of,
    world::{BKPM, Clients, KEMENDAGRI, World, refused, service},
};

/// The names of the services with overridden fields, all or those that drift.
async fn with_overrides(by: &mut Clients, overridden: Overridden) -> Vec<String> {
    let request = ListServicesRequest {
        parent: "units/-".into(),
        overridden: overridden.into(),
        ..ListServicesRequest::default()
    };
    let listed = by.catalog.list_services(request).await.expect("a list").into_inner();
    assert_eq!(listed.total_size, i32::try_from(listed.services.len()).expect("few"));
    listed.services.into_iter().map(|service| service.name).collect()
}

#[tokio::test]
async fn the_keepers_work_off_a_list_of_what_they_have_set_and_of_what_drifts() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        let other = || record_of(KEMENDAGRI, "ktp", service("KTP-el"));
        run(&world, vec![kk("Kartu Kluarga", "KK"), other()]).await;
        assert!(with_overrides(&mut admin, Overridden::Any).await.is_empty(), "nothing is set yet");

        update(&mut admin, titled("Kartu Keluarga"), WHY).await.expect("its right");
        assert_eq!(with_overrides(&mut admin, Overridden::Any).await, [KK]);
        assert!(
            with_overrides(&mut admin, Overridden::Drifting).await.is_empty(),
            "it says the same"
        );
        let every = with_overrides(&mut admin, Overridden::Unspecified).await;
        assert!(every.len() > 1, "all services");

        run(&world, vec![kk("KK Baru", "KK"), other()]).await;
        assert_eq!(
            with_overrides(&mut admin, Overridden::Drifting).await,
            [KK],
            "a person should look"
        );
        assert_eq!(with_overrides(&mut admin, Overridden::Any).await, [KK]);
        let elsewhere = ListServicesRequest {
            parent: BKPM.into(),
            overridden: Overridden::Any.into(),
            ..ListServicesRequest::default()
        };
        let listed = admin.catalog.list_services(elsewhere).await.expect("a list").into_inner();
        assert!(listed.services.is_empty(), "another body's list has none");

        let keep = HandBackServiceRequest {
            name: KK.into(),
            keep: true,
            reason: WHY.into(),
            ..HandBackServiceRequest::default()
        };
        admin.catalog.hand_back_service(keep).await.expect("confirmed");
        assert!(
            with_overrides(&mut admin, Overridden::Drifting).await.is_empty(),
            "it was looked at"
        );
        hand_back(&mut admin, &[]).await.expect("given back");
        assert!(
            with_overrides(&mut admin, Overridden::Any).await.is_empty(),
            "it is the source's again"
        );

        let wrong = ListServicesRequest {
            parent: "units/-".into(),
            overridden: 9,
            ..ListServicesRequest::default()
        };
        let refusal = refused(admin.catalog.list_services(wrong).await);
        assert_eq!(refusal.fields[0].0, "overridden");
    })
    .await;
}
