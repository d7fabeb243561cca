//! Regions as of a date.

use mpp_api::registry::{
    GetRegionRequest, ListMallsRequest, ListRegionsRequest, ListRegionsResponse, Mall, Region,
    UpdateMallRequest,
};
use mpp_core::Role;
use mpp_testkit::on_both;
use prost_types::FieldMask;

use crate::world::{Clients, World, mall_in, refused, text};

async fn list(reader: &mut Clients, request: ListRegionsRequest) -> ListRegionsResponse {
    reader.directory.list_regions(request).await.expect("a list").into_inner()
}

#[tokio::test]
async fn merauke_is_91_01_in_may_2022_and_93_01_today() {
    on_both(async |database| {
        let world = World::empty(&database).await;
        let mut reader = world.caller(Role::Reader, &[]);
        let named = |as_of: &str| ListRegionsRequest {
            as_of: as_of.into(),
            display_name_contains: "merauke".into(),
            ..Default::default()
        };
        let then = list(&mut reader, named("2022-05-27")).await;
        assert_eq!(then.regions[0].name, "regions/91.01");
        assert_eq!(then.total_size, 1);
        let today = list(&mut reader, named("")).await;
        assert_eq!(today.regions[0].name, "regions/93.01");
        assert_eq!(today.regions[0].predecessor, "regions/91.01");

        let request = GetRegionRequest { name: "regions/91.01".into(), min_revision: 0 };
        let old = reader.directory.get_region(request).await.expect("known").into_inner().region;
        let old: Region = old.expect("a region");
        assert_eq!(
            (old.valid_to.as_str(), old.successors.as_slice()),
            ("2022-07-25", ["regions/93.01".to_owned()].as_slice())
        );
    })
    .await;
}

#[tokio::test]
async fn a_mall_is_filed_under_a_code_that_holds_today() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let merauke = |region: &str| Mall { display_name: text("MPP Merauke"), ..mall_in(region) };
        let error = refused(admin.create_mall("merauke", merauke("regions/91.01")).await);
        assert_eq!(error.reason, "REFERENCE_INVALID");
        assert!(error.message.contains("regions/93.01"), "{}", error.message);
        let error = refused(admin.create_mall("merauke", merauke("regions/93")).await);
        assert_eq!(error.fields[0].0, "mall.region");

        let made = admin.create_mall("merauke", merauke("regions/93.01")).await.expect("a mall");
        assert_eq!(made.time_zone, "Asia/Jayapura");
        let in_papua = ListMallsRequest { region: "regions/93".into(), ..Default::default() };
        let found = admin.directory.list_malls(in_papua).await.expect("a list").into_inner();
        assert_eq!(found.malls.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn provinces_are_34_in_may_2022_and_38_today_and_pages_hold_them_all() {
    on_both(async |database| {
        let world = World::empty(&database).await;
        let mut reader = world.caller(Role::Reader, &[]);
        for (as_of, provinces) in [("2022-05-27", 34), ("2026-05-01", 38)] {
            let all =
                ListRegionsRequest { as_of: as_of.into(), page_size: 1000, ..Default::default() };
            let all = list(&mut reader, all).await;
            assert_eq!(all.total_size, 514 + provinces, "{as_of}");
            let tops = all.regions.iter().filter(|region| region.parent.is_empty()).count();
            assert_eq!(tops, provinces as usize, "{as_of}");
        }
        let wrong = ListRegionsRequest { as_of: "27-05-2022".into(), ..Default::default() };
        assert_eq!(refused(reader.directory.list_regions(wrong).await).fields[0].0, "as_of");
    })
    .await;
}

#[tokio::test]
async fn starting_again_changes_no_region() {
    on_both(async |database| {
        let world = World::empty(&database).await;
        let before = world.running.registry.memory.revision();
        world.stop().await;
        let again = World::empty(&database).await;
        assert_eq!(again.running.registry.memory.revision(), before);
    })
    .await;
}

#[tokio::test]
async fn a_mall_whose_code_ended_can_still_be_renamed() {
    on_both(async |database| {
        let world = World::at(&database, mpp_core::Clock::stopped_at(1_653_620_400_000_000)).await;
        let mut admin = world.admin();
        let dpmptsp =
            crate::world::unit("dpmptsp-banyuwangi", mpp_api::registry::unit::Kind::Office, "");
        admin.create_unit("dpmptsp-banyuwangi", dpmptsp).await.expect("a unit");
        let old = mall_in("regions/91.01");
        let made = admin.create_mall("merauke", old).await.expect("valid in May 2022");
        world.clock.set(crate::world::MAY_2026);
        let request = UpdateMallRequest {
            mall: Some(Mall { display_name: text("MPP Merauke"), ..made }),
            update_mask: Some(FieldMask { paths: vec!["display_name".into()] }),
            ..Default::default()
        };
        admin.directory.update_mall(request).await.expect("the region is not judged anew");
    })
    .await;
}
