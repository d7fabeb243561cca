//! Units move within a batch, one after the other and with what lies below them: each record is
//! filed where it then lies, whatever the order.

use mpp_api::{
    Document,
    registry::{Service, Unit, unit::Kind},
    sync::{BatchResult, Outcome, Record, RedriveRecordsRequest, Source, UpdateSourceRequest},
};
use mpp_store::Label;
use mpp_sync::Policy;
use mpp_testkit::{TestDatabase, on_both};
use prost_types::FieldMask;

use crate::{
    kinds::{OWN, PEMKAB, office, regency, run, stored},
    publisher::{codes, outcomes, record_of},
    quarantine::{all, asleep, redrive},
    world::{World, service, unit},
};

pub const PROVINCE: &str = "units/pemprov-jatim";
pub const SECTION: &str = "units/seksi";
const PERMIT: &str = "units/seksi/services/izin";

/// The source may also write another agency, so that units move between the two.
pub async fn two_agencies(database: &TestDatabase, policy: Policy) -> World {
    let world = regency(database, policy).await;
    let province = unit("pemprov-jatim", Kind::LocalGovernment, "");
    world.admin().create_unit("pemprov-jatim", province).await.expect("an agency");
    let also_writes = vec![PROVINCE.to_owned()];
    let source = Source { name: OWN.into(), also_writes, ..Source::default() };
    let update_mask = Some(FieldMask { paths: vec!["also_writes".into()] });
    let request = UpdateSourceRequest { source: Some(source), update_mask, ..Default::default() };
    world.admin().sync.update_source(request).await.expect("it may");
    world
}

/// An office above a division above a section, which has a service.
pub fn tree() -> Vec<Record> {
    vec![
        office("dinas", PEMKAB),
        office("bidang", "units/dinas"),
        office("seksi", "units/bidang"),
        record_of(SECTION, "izin", service("Izin")),
    ]
}

fn renamed(id: &str, parent: &str) -> Record {
    let mut record = office(id, parent);
    if let Some(mpp_api::sync::record::Body::UnitRecord(unit)) = &mut record.body {
        unit.display_name = crate::world::text("Nama lain");
    }
    record
}

pub fn agency<D: Document>(world: &World, name: &str) -> String {
    let state = world.running.registry.memory.read();
    let row = state.records.row::<D>(name);
    row.map(|row| row.label(Label::Agency).to_owned()).unwrap_or_default()
}

pub fn parent(world: &World, name: &str) -> String {
    stored::<Unit>(world, name).map(|unit| unit.parent).unwrap_or_default()
}

pub fn assert_applied(result: &BatchResult) {
    assert!(outcomes(result).iter().all(|one| *one == Outcome::Applied), "{result:?}");
}

#[tokio::test]
async fn a_unit_below_is_renamed_before_the_one_above_moves() {
    on_both(async |database| {
        let world = two_agencies(&database, asleep()).await;
        assert_applied(&run(&world, tree()).await);
        let both = vec![renamed("seksi", "units/bidang"), office("dinas", PROVINCE)];
        assert_applied(&run(&world, both).await);
        assert_eq!(agency::<Unit>(&world, SECTION), PROVINCE);
        assert_eq!(agency::<Service>(&world, PERMIT), PROVINCE);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn two_units_change_places_and_both_of_a_branch_move() {
    on_both(async |database| {
        let world = two_agencies(&database, asleep()).await;
        assert_applied(&run(&world, tree()).await);
        let swapped = vec![office("dinas", "units/bidang"), office("bidang", PEMKAB)];
        assert_applied(&run(&world, swapped).await);
        assert_eq!(parent(&world, "units/dinas"), "units/bidang");
        assert_eq!(parent(&world, "units/bidang"), PEMKAB);

        let moved = vec![office("dinas", PROVINCE), office("bidang", PROVINCE)];
        assert_applied(&run(&world, moved).await);
        for unit in ["units/dinas", "units/bidang", SECTION] {
            assert_eq!(agency::<Unit>(&world, unit), PROVINCE, "{unit}");
        }
        assert_eq!(agency::<Service>(&world, PERMIT), PROVINCE);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_unit_and_a_service_that_are_new_below_one_that_moves_are_filed_with_it() {
    on_both(async |database| {
        let world = two_agencies(&database, asleep()).await;
        assert_applied(&run(&world, tree()).await);
        let records = vec![
            office("loket", SECTION),
            office("dinas", PROVINCE),
            record_of(SECTION, "izin", service("Izin baru")),
            record_of(SECTION, "surat", service("Surat")),
        ];
        assert_applied(&run(&world, records).await);
        assert_eq!(agency::<Unit>(&world, "units/loket"), PROVINCE);
        for service in [PERMIT, "units/seksi/services/surat"] {
            assert_eq!(agency::<Service>(&world, service), PROVINCE, "{service}");
        }
        let title = stored::<Service>(&world, PERMIT).and_then(|service| service.title);
        assert_eq!(title, crate::world::text("Izin baru"));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_depth_of_a_tree_counts_as_the_batch_leaves_it() {
    on_both(async |database| {
        let world = two_agencies(&database, asleep()).await;
        let levels: Vec<Record> = (0..7)
            .map(|level| match level {
                0 => office("tingkat-0", PEMKAB),
                _ => office(&format!("tingkat-{level}"), &format!("units/tingkat-{}", level - 1)),
            })
            .collect();
        assert_applied(&run(&world, levels).await);
        let deeper = vec![office("lantai", PEMKAB), office("tingkat-0", "units/lantai")];
        let refused = run(&world, deeper).await;
        assert_eq!(codes(&refused), ["", "TOO_DEEP"]);
        assert_eq!(refused.results[1].field, "unit_record.parent");
        let shorter = vec![office("tingkat-4", PEMKAB), office("tingkat-0", "units/lantai")];
        assert_applied(&run(&world, shorter).await);
        world.stop().await;
    })
    .await;
}

/// The office has a division, a section and a service below it: three records.
#[tokio::test]
async fn a_unit_that_comes_to_another_agency_takes_no_more_with_it_than_may_move_at_once() {
    on_both(async |database| {
        let bound = |always_moved_records| Policy {
            always_moved_records,
            max_moved_percent: 0,
            ..asleep()
        };
        let world = two_agencies(&database, bound(3)).await;
        let apart = vec![office("cabang", PEMKAB), office("ranting", "units/cabang")];
        assert_applied(&run(&world, [tree(), apart].concat()).await);
        assert_applied(&run(&world, vec![office("bidang", PEMKAB)]).await);
        assert_applied(&run(&world, vec![office("bidang", "units/dinas")]).await);
        let both = vec![office("dinas", PROVINCE), office("cabang", PROVINCE)];
        let result = run(&world, both.clone()).await;
        assert_eq!(codes(&result), ["", "TOO_MANY_MOVED"], "three may, a fourth not: {result:?}");
        assert_eq!(outcomes(&result)[1], Outcome::Quarantined);
        assert_eq!(result.results[1].field, "unit_record.parent");
        assert_eq!(agency::<Service>(&world, PERMIT), PROVINCE);
        assert_eq!(parent(&world, "units/cabang"), PEMKAB, "nothing of it is moved");
        assert_eq!(agency::<Unit>(&world, "units/ranting"), PEMKAB);

        let asked = RedriveRecordsRequest { source: OWN.into(), accept_moves: true, ..all() };
        let done = redrive(&mut world.admin(), asked).await;
        assert_eq!((done.tried, done.taken), (1, 1), "a person says that it is meant: {done:?}");
        assert_eq!(agency::<Unit>(&world, "units/ranting"), PROVINCE);
        let back = run(&world, vec![office("cabang", PEMKAB)]).await;
        assert_applied(&back);
        world.stop().await;
    })
    .await;
}
