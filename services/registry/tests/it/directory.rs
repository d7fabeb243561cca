//! The tree of units, malls with stage and zone, and what moves with them.

use mpp_api::registry::{
    GetMallRequest, ListCountersRequest, ListUnitsRequest, ListWindowsRequest, Mall, Unit,
    UpdateMallRequest, UpdateUnitRequest, mall::Stage, unit::Kind,
};
use mpp_core::Label;
use mpp_testkit::on_both;

use crate::world::{COUNTER, DUKCAPIL, MALL, World, mall_in, reason, unit};

#[tokio::test]
async fn a_mall_shows_the_stage_of_the_day_in_its_own_zone() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        // Noon in Jakarta on 1 May is 14:00 in Merauke; ten hours later it is 2 May only there.
        let stages = vec![
            mpp_api::registry::mall::StageEntry {
                stage: Stage::Preparing.into(),
                date: "2026-01-01".into(),
                ..Default::default()
            },
            mpp_api::registry::mall::StageEntry {
                stage: Stage::Operating.into(),
                date: "2026-05-02".into(),
                ..Default::default()
            },
        ];
        for (id, region) in [("merauke", "regions/93.01"), ("jember", "regions/35.09")] {
            let mall = Mall { stages: stages.clone(), ..mall_in(region) };
            admin.create_mall(id, mall).await.expect("a mall");
        }
        assert_eq!(admin.mall("malls/merauke").await.expect("known").stage(), Stage::Preparing);
        world.clock.advance(10 * 3600 * crate::world::SECOND + 1);
        assert_eq!(admin.mall("malls/merauke").await.expect("known").stage(), Stage::Operating);
        assert_eq!(admin.mall("malls/jember").await.expect("known").stage(), Stage::Preparing);
    })
    .await;
}

#[tokio::test]
async fn a_mall_that_moves_takes_what_lies_below_it_along() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let moved = Mall { name: MALL.into(), region: "regions/35.09".into(), ..Mall::default() };
        let request = UpdateMallRequest { mall: Some(moved), ..Default::default() };
        let revision =
            admin.directory.update_mall(request).await.expect("moved").into_inner().revision;
        let state = world.running.registry.memory.read();
        for (name, label) in [
            (state.records.row::<Mall>(MALL), "mall"),
            (state.records.row::<mpp_api::registry::Counter>(COUNTER), "counter"),
            (
                state.records.row::<mpp_api::registry::Window>(
                    "malls/banyuwangi/counters/dukcapil/windows/1",
                ),
                "window",
            ),
            (state.records.row::<mpp_api::registry::Offering>(crate::world::OFFERING), "offering"),
        ] {
            assert_eq!(name.expect(label).label(Label::Region), "35.09", "{label}");
        }
        assert!(revision > 0);
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_moves_changes_the_agency_of_all_below_it() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let moved = Unit {
            name: "units/pemkab-banyuwangi".into(),
            parent: "units/kemendagri".into(),
            ..Unit::default()
        };
        let request = UpdateUnitRequest { unit: Some(moved), ..Default::default() };
        admin.directory.update_unit(request).await.expect("moved");
        let state = world.running.registry.memory.read();
        let agency = |row: Option<&mpp_registry::memory::MemoryRow>| {
            row.expect("there").label(Label::Agency).to_owned()
        };
        assert_eq!(agency(state.records.row::<Unit>(DUKCAPIL)), "units/kemendagri");
        assert_eq!(
            agency(state.records.row::<mpp_api::registry::Counter>(COUNTER)),
            "units/kemendagri"
        );
        assert_eq!(
            agency(state.records.row::<mpp_api::registry::Offering>(crate::world::OFFERING)),
            "units/kemendagri"
        );
    })
    .await;
}

#[tokio::test]
async fn units_are_listed_by_what_lies_above_them() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let mut names = async |parent: &str| {
            let request = ListUnitsRequest { parent: parent.into(), ..Default::default() };
            let listed = admin.directory.list_units(request).await.expect("a list").into_inner();
            listed.units.into_iter().map(|unit| unit.name).collect::<Vec<_>>()
        };
        assert_eq!(names("-").await, ["units/bkpm", "units/kemendagri", "units/pemkab-banyuwangi"]);
        assert_eq!(names("units/pemkab-banyuwangi").await, ["units/dpmptsp-banyuwangi", DUKCAPIL]);
        assert_eq!(names("").await.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn counters_are_listed_by_a_unit_with_all_below_it() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let mut count = async |unit: &str| {
            let request = ListCountersRequest {
                parent: "malls/-".into(),
                unit: unit.into(),
                ..Default::default()
            };
            admin.directory.list_counters(request).await.expect("a list").into_inner().total_size
        };
        assert_eq!(count("units/pemkab-banyuwangi").await, 1);
        assert_eq!(count("units/bkpm").await, 0);
        let request =
            ListWindowsRequest { parent: "malls/-/counters/-".into(), ..Default::default() };
        let windows = admin.directory.list_windows(request).await.expect("a list").into_inner();
        assert_eq!(windows.windows.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_tree_of_units_is_not_deeper_than_eight() {
    on_both(async |database| {
        let world = World::empty(&database).await;
        let mut admin = world.admin();
        let mut parent = String::new();
        for level in 1..=8 {
            let id = format!("level-{level}");
            admin.create_unit(&id, unit(&id, Kind::Office, &parent)).await.expect("a unit");
            parent = format!("units/{id}");
        }
        let ninth = admin.create_unit("level-9", unit("9", Kind::Office, &parent)).await;
        assert_eq!(reason(ninth), "REFERENCE_INVALID");
        admin.create_unit("top", unit("top", Kind::Ministry, "")).await.expect("a unit");
        let under =
            Unit { name: "units/level-1".into(), parent: "units/top".into(), ..Unit::default() };
        let request = UpdateUnitRequest { unit: Some(under), ..Default::default() };
        assert_eq!(reason(admin.directory.update_unit(request).await), "REFERENCE_INVALID");
    })
    .await;
}

#[tokio::test]
async fn a_read_says_what_is_missing_and_which_revision_no_write_has_given() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let gone = GetMallRequest { name: "malls/nowhere".into(), min_revision: 0 };
        assert_eq!(reason(admin.directory.get_mall(gone).await), "NOT_FOUND");
        let lost = GetMallRequest { name: MALL.into(), min_revision: 1_000_000 };
        assert_eq!(reason(admin.directory.get_mall(lost).await), "LINEAGE_CHANGED");
    })
    .await;
}
