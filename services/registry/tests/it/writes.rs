//! Etags, request ids, masks, and calls that only validate.

use mpp_api::registry::{
    CreateUnitRequest, GetUnitRequest, Mall, Unit, UpdateMallRequest, UpdateUnitRequest,
    mall::Stage, unit::Kind,
};
use mpp_testkit::on_both;
use prost_types::FieldMask;

use crate::world::{Clients, DPMPTSP, MALL, World, mall, reason, refused, text, unit};

const REQUEST: &str = "0190c5a0-0000-7000-8000-000000000001";

fn rename(unit: &Unit, name: &str, etag: &str) -> UpdateUnitRequest {
    let unit = Unit {
        display_name: text(name),
        etag: etag.into(),
        name: unit.name.clone(),
        ..Unit::default()
    };
    UpdateUnitRequest { unit: Some(unit), ..Default::default() }
}

async fn get(reader: &mut Clients, name: &str) -> Unit {
    let request = GetUnitRequest { name: name.into(), min_revision: 0 };
    reader.directory.get_unit(request).await.expect("known").into_inner().unit.expect("a unit")
}

#[tokio::test]
async fn of_two_writers_with_one_etag_one_wins_and_the_other_is_told() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let read = get(&mut admin, DPMPTSP).await;
        let racers = (0..8).map(|racer| {
            let mut admin = world.admin();
            let request = rename(&read, &format!("Name {racer}"), &read.etag);
            async move { admin.directory.update_unit(request).await }
        });
        let answers = futures::future::join_all(racers).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 7));
        for answer in lost {
            let reason = reason(answer);
            assert!(["ETAG_MISMATCH", "WRITE_CONFLICT"].contains(&reason.as_str()), "{reason}");
        }
        assert!(get(&mut admin, DPMPTSP).await.etag.starts_with("2."));
        let blind = rename(&read, "Whatever is there", "");
        admin.directory.update_unit(blind).await.expect("an empty etag overwrites");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_answer_and_counts_once() {
    on_both(async |database| {
        let world = World::empty(&database).await;
        let mut admin = world.admin();
        let request = CreateUnitRequest {
            unit_id: "bkn".into(),
            unit: Some(unit("BKN", Kind::Agency, "")),
            request_id: REQUEST.into(),
            ..Default::default()
        };
        let first = admin.directory.create_unit(request.clone()).await.expect("made").into_inner();
        let renamed = rename(first.unit.as_ref().expect("a unit"), "Renamed", "");
        admin.directory.update_unit(renamed).await.expect("renamed meanwhile");
        let again =
            admin.directory.create_unit(request.clone()).await.expect("answered").into_inner();
        assert_eq!(again.unit, first.unit);
        assert!(again.revision >= first.revision);

        let other = CreateUnitRequest { unit_id: "lan".into(), ..request.clone() };
        assert_eq!(reason(admin.directory.create_unit(other).await), "REQUEST_ID_REUSED");
        let wrong = CreateUnitRequest { request_id: "once".into(), ..request };
        assert_eq!(refused(admin.directory.create_unit(wrong).await).fields[0].0, "request_id");
    })
    .await;
}

#[tokio::test]
async fn the_same_request_sent_many_times_at_once_makes_one_record() {
    on_both(async |database| {
        let world = World::empty(&database).await;
        let sent = (0..8).map(|_| {
            let mut admin = world.admin();
            let request = CreateUnitRequest {
                unit_id: "bkn".into(),
                unit: Some(unit("BKN", Kind::Agency, "")),
                request_id: REQUEST.into(),
                ..Default::default()
            };
            async move { admin.directory.create_unit(request).await }
        });
        for answer in futures::future::join_all(sent).await {
            let unit = answer.expect("each gets the answer").into_inner().unit.expect("a unit");
            assert!(unit.etag.starts_with("1."), "{}", unit.etag);
        }
    })
    .await;
}

#[tokio::test]
async fn a_call_that_only_validates_changes_nothing() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let before = world.running.registry.memory.revision();
        let create = CreateUnitRequest {
            unit_id: "bkn".into(),
            unit: Some(unit("BKN", Kind::Agency, "")),
            validate_only: true,
            request_id: REQUEST.into(),
        };
        let answer = admin.directory.create_unit(create.clone()).await.expect("valid").into_inner();
        assert_eq!(answer.revision, 0);
        assert_eq!(answer.unit.expect("a unit").name, "units/bkn");
        let update = UpdateMallRequest {
            mall: Some(Mall {
                name: MALL.into(),
                region: "regions/35.78".into(),
                ..Mall::default()
            }),
            validate_only: true,
            ..Default::default()
        };
        let answer = admin.directory.update_mall(update).await.expect("valid").into_inner();
        assert_eq!(answer.mall.expect("a mall").region, "regions/35.78");
        let head = world.running.registry.db.read().await.expect("a snapshot").revision();
        assert_eq!(head, before, "nothing was committed");
        assert_eq!(admin.mall(MALL).await.expect("known").region, "regions/35.10");
        let wrong = CreateUnitRequest { unit: Some(Unit::default()), ..create.clone() };
        assert_eq!(reason(admin.directory.create_unit(wrong).await), "INVALID_FIELD");
        let real = CreateUnitRequest { validate_only: false, ..create };
        admin.directory.create_unit(real).await.expect("its id was not used up");
    })
    .await;
}

#[tokio::test]
async fn a_mask_says_what_changes_and_may_empty_a_field() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let mut admin = world.admin();
        let given = Mall {
            name: MALL.into(),
            display_name: text("Ignored"),
            organiser_since: "2019-01-01".into(),
            ..Mall::default()
        };
        let update = |paths: &[&str], mall: &Mall| UpdateMallRequest {
            mall: Some(mall.clone()),
            update_mask: Some(FieldMask {
                paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            }),
            ..Default::default()
        };
        let answer =
            admin.directory.update_mall(update(&["organiser_since", "stages"], &given)).await;
        let changed = answer.expect("changed").into_inner().mall.expect("a mall");
        assert_eq!(changed.display_name, mall().display_name);
        assert_eq!(changed.organiser_since, "2019-01-01");
        assert!(changed.stages.is_empty());
        assert_eq!(changed.stage(), Stage::Unspecified);

        let error = refused(admin.directory.update_mall(update(&["stage", "etag"], &given)).await);
        assert_eq!(error.fields.len(), 2, "{:?}", error.fields);
        let error = refused(admin.directory.update_mall(update(&["sites"], &given)).await);
        assert_eq!(error.fields[0].0, "mall.sites");
    })
    .await;
}

#[tokio::test]
async fn every_wrong_field_is_told_at_once() {
    on_both(async |database| {
        let world = World::banyuwangi(&database).await;
        let wrong =
            Mall { display_name: None, region: "35.10".into(), sites: Vec::new(), ..mall() };
        let error = refused(world.admin().create_mall("surabaya", wrong).await);
        let fields: Vec<&str> = error.fields.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["mall.display_name.id", "mall.region", "mall.sites"]);
    })
    .await;
}

#[tokio::test]
async fn a_unit_does_not_come_to_lie_below_itself_even_when_two_move_at_once() {
    on_both(async |database| {
        let world = World::empty(&database).await;
        let mut admin = world.admin();
        for id in ["a", "b"] {
            admin.create_unit(id, unit(id, Kind::Office, "")).await.expect("a unit");
        }
        let put_below = |unit: &str, parent: &str| {
            let mut admin = world.admin();
            let unit = Unit { name: unit.into(), parent: parent.into(), ..Unit::default() };
            async move {
                let request = UpdateUnitRequest { unit: Some(unit), ..Default::default() };
                admin.directory.update_unit(request).await
            }
        };
        let (one, two) =
            tokio::join!(put_below("units/a", "units/b"), put_below("units/b", "units/a"));
        assert!(one.is_err() || two.is_err(), "a cycle");
        let itself = put_below("units/a", "units/a").await;
        assert_eq!(reason(itself), "REFERENCE_INVALID");
        let missing = put_below("units/a", "units/c").await;
        assert!(refused(missing).message.contains("unit.parent"));
    })
    .await;
}
