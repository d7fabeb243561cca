//! What a record may be depends on how others stand: it waits for that, with why, and is applied by
//! itself once they stand otherwise. What the record alone is at fault for is refused.

use mpp_api::{
    registry::{Mall, Unit, UpdateMallRequest, mall::StageEntry, unit::Kind},
    sync::{Outcome, Record, record::Body},
};
use mpp_sync::Policy;
use mpp_testkit::{TestDatabase, on_both};
use prost_types::FieldMask;

use crate::{
    kinds::{OWN, PEMKAB, as_regency, gerai, mall_record, office, regency, run, stored},
    kinds_moved::{assert_applied, parent},
    kinds_published::gives_up,
    publisher::{begin_again, codes, outcomes},
    quarantine::{asleep, listed, quick, until},
    world::{BKPM, DPMPTSP, KEMENDAGRI, MALL, SECOND, World, mall, unit},
};

fn unit_with(id: &str, parent: &str, change: impl Fn(&mut Unit)) -> Record {
    let mut record = office(id, parent);
    if let Some(Body::UnitRecord(unit)) = &mut record.body {
        change(unit);
    }
    record
}

fn after(id: &str, parent: &str, predecessor: &str) -> Record {
    unit_with(id, parent, |unit| unit.predecessor = predecessor.into())
}

fn mall_with(change: impl Fn(&mut Mall)) -> Record {
    let mut record = mall_record("MPP Sritanjung");
    if let Some(Body::Mall(mall)) = &mut record.body {
        change(mall);
    }
    record
}

/// A regency whose tree is as deep as trees get: the last level is "units/tingkat-6".
async fn deep(database: &TestDatabase, policy: Policy) -> World {
    let world = regency(database, policy).await;
    let level = |level: usize| match level {
        0 => office("tingkat-0", PEMKAB),
        _ => office(&format!("tingkat-{level}"), &format!("units/tingkat-{}", level - 1)),
    };
    assert_applied(&run(&world, (0..7).map(level).collect()).await);
    world
}

/// Waits until nothing of the regency waits any more, as time passes.
async fn until_none_waits(world: &World) {
    until("all of it", async || {
        world.clock.advance(2 * SECOND);
        listed(world, OWN).await.records.is_empty().then_some(())
    })
    .await;
}

/// Every rule for units, malls and counters that a source may meet, but for what the form of a
/// record says: whether it waits, and for what, or is refused.
#[tokio::test]
async fn each_rule_says_whether_the_record_is_at_fault_or_how_others_stand() {
    on_both(async |database| {
        let world = deep(&database, asleep()).await;
        let serves = |mall: &mut Mall| mall.serves_regions = vec!["regions/99.99".into()];
        let region =
            |id: &str, region: &str| unit_with(id, PEMKAB, |unit| unit.region = region.into());
        let (parent, top) = ("unit_record.parent", "units/tingkat-0");
        assert_applied(&run(&world, vec![gerai(MALL, "sosial", top)]).await);
        let waits = [
            (office("meja", "units/dinas"), parent, "UNIT_NOT_FOUND", "units/dinas"),
            (office("cabang", KEMENDAGRI), parent, "UNIT_NOT_OWNED", KEMENDAGRI),
            (office("bkpm", PEMKAB), "source_id", "UNIT_NOT_OWNED", BKPM),
            (office("negara", ""), parent, "UNIT_NOT_FOUND", "units/negara"),
            (office("tingkat-1", ""), parent, "SET_BY_OTHERS", "units/tingkat-1"),
            (office("tingkat-2", "units/tingkat-3"), parent, "CIRCLE", "units/tingkat-3"),
            (office("dasar", "units/tingkat-6"), parent, "TOO_DEEP", "units/tingkat-6"),
            (
                after("baru", PEMKAB, "units/lama"),
                "unit_record.predecessor",
                "UNIT_NOT_FOUND",
                "units/lama",
            ),
            (
                region("jauh", "regions/99.99"),
                "unit_record.region",
                "REGION_NOT_FOUND",
                "regions/99.99",
            ),
            (mall_with(serves), "mall.serves_regions[0]", "REGION_NOT_FOUND", "regions/99.99"),
            (gerai("malls/baru", "sosial", PEMKAB), "parent", "MALL_NOT_FOUND", "malls/baru"),
            (gerai(MALL, "pajak", "units/pajak"), "counter.unit", "UNIT_NOT_FOUND", "units/pajak"),
        ];
        for (record, field, code, awaited) in waits {
            let result = run(&world, vec![record]).await;
            let answer = &result.results[0];
            let told = (answer.outcome(), answer.field.as_str(), answer.code.as_str());
            assert_eq!(told, (Outcome::Quarantined, field, code), "{answer:?}");
            let all = listed(&world, OWN).await.records;
            let waits =
                |one: &&mpp_api::sync::WaitingRecord| one.code == code && one.awaited == awaited;
            assert!(all.iter().any(|one| waits(&one)), "{code} {awaited}: {all:?}");
        }
        let refused = [
            (office("sendiri", "units/sendiri"), parent, "SELF_REFERENCE"),
            (region("merauke", "regions/91.01"), "unit_record.region", "UNKNOWN_VALUE"),
            (gerai(MALL, "sosial", PEMKAB), "counter.unit", "IMMUTABLE"),
            (gives_up("units/tidak-ada"), "delete.name", "NOT_FOUND"),
            (gives_up(BKPM), "", ""),
        ];
        for (record, field, code) in refused {
            let result = run(&world, vec![record]).await;
            let answer = &result.results[0];
            assert_eq!((answer.field.as_str(), answer.code.as_str()), (field, code), "{answer:?}");
            let is_refused = answer.outcome() == Outcome::Rejected;
            assert_eq!(is_refused, !code.is_empty(), "{answer:?}");
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_others_say_of_a_mall_is_waited_for() {
    on_both(async |database| {
        let world = regency(&database, quick()).await;
        let stages = vec![StageEntry { stage: 9, date: "2026-04-01".into(), ..Default::default() }];
        let records = [
            ("mall.region", mall_with(|one| one.region = "regions/35.09".into())),
            ("mall.organiser_since", mall_with(|one| one.organiser_since = "2026-01-01".into())),
            ("mall.stages", mall_with(|one| one.stages = mall().stages[..1].to_vec())),
            ("mall.organiser", mall_with(|one| one.organiser = PEMKAB.into())),
        ];
        for (field, record) in records {
            let result = run(&world, vec![record]).await;
            let answer = &result.results[0];
            assert_eq!(outcomes(&result), [Outcome::Quarantined], "{answer:?}");
            assert_eq!((answer.field.as_str(), answer.code.as_str()), (field, "SET_BY_OTHERS"));
        }
        let update = |mall: Mall, path: &str| UpdateMallRequest {
            mall: Some(Mall { name: MALL.into(), ..mall }),
            update_mask: Some(FieldMask { paths: vec![path.into()] }),
            ..Default::default()
        };
        let mut admin = world.admin();
        let other = update(Mall { stages, ..Mall::default() }, "stages");
        admin.directory.update_mall(other).await.expect("something else is said of it");
        assert_eq!(listed(&world, OWN).await.total_size, 1, "and it waits on");
        let run_by = update(Mall { organiser: PEMKAB.into(), ..Mall::default() }, "organiser");
        admin.directory.update_mall(run_by).await.expect("an administrator's to say");
        until_none_waits(&world).await;
        let stands = stored::<Mall>(&world, MALL).expect("the mall");
        assert_eq!(
            (stands.organiser.as_str(), stands.display_name),
            (PEMKAB, crate::world::text("MPP Sritanjung"))
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_would_lie_below_itself_or_too_deep_is_put_there_once_the_others_have_moved() {
    on_both(async |database| {
        let world = deep(&database, quick()).await;
        let early = vec![
            office("lantai", PEMKAB),
            office("tingkat-0", "units/lantai"),
            office("tingkat-4", "units/tingkat-5"),
        ];
        let mut session = begin_again(&world, as_regency()).await;
        let result = session.send(early).await;
        assert_eq!(codes(&result), ["", "TOO_DEEP", "CIRCLE"], "{result:?}");
        assert_applied(&session.send(vec![office("tingkat-5", "units/tingkat-3")]).await);
        session.end().await;
        until_none_waits(&world).await;
        assert_eq!(parent(&world, "units/tingkat-4"), "units/tingkat-5");
        assert_eq!(parent(&world, "units/tingkat-0"), "units/lantai");
        world.stop().await;
    })
    .await;
}

/// A unit above and a unit before: each needs the other, in one batch or in two.
#[tokio::test]
async fn new_units_that_need_each_other_say_so_until_one_of_them_says_otherwise() {
    on_both(async |database| {
        let world = regency(&database, quick()).await;
        let pairs = [
            (office("a-satu", "units/a-dua"), office("a-dua", "units/a-satu")),
            (office("b-satu", "units/b-dua"), after("b-dua", PEMKAB, "units/b-satu")),
            (after("c-satu", PEMKAB, "units/c-dua"), after("c-dua", PEMKAB, "units/c-satu")),
        ];
        let mut session = begin_again(&world, as_regency()).await;
        for (one, other) in pairs {
            let result = session.send(vec![one, other]).await;
            assert_eq!(codes(&result), ["CIRCLE", "CIRCLE"], "{result:?}");
            assert_eq!(outcomes(&result), [Outcome::Quarantined; 2]);
        }
        let apart = (after("d-satu", PEMKAB, "units/d-dua"), office("d-dua", "units/d-satu"));
        let first = session.send(vec![apart.0]).await;
        let second = session.send(vec![apart.1]).await;
        assert_eq!((codes(&first)[0], codes(&second)[0]), ("UNIT_NOT_FOUND", "CIRCLE"));
        let below = session.send(vec![office("meja", "units/a-satu")]).await;
        assert_eq!(codes(&below), ["UNIT_NOT_FOUND"], "it is in no circle itself: {below:?}");

        let mended = ["a-dua", "b-dua", "c-dua", "d-dua"].map(|id| office(id, PEMKAB)).to_vec();
        assert_applied(&session.send(mended).await);
        session.end().await;
        until_none_waits(&world).await;
        assert_eq!(parent(&world, "units/b-satu"), "units/b-dua");
        assert_eq!(parent(&world, "units/meja"), "units/a-satu");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_agency_that_an_administrator_makes_is_waited_for() {
    on_both(async |database| {
        let world = regency(&database, quick()).await;
        let result = run(&world, vec![office("negara", "")]).await;
        assert_eq!(codes(&result), ["UNIT_NOT_FOUND"]);
        let agency = unit("negara", Kind::Ministry, "");
        world.admin().create_unit("negara", agency).await.expect("an agency");
        until("the next thing", async || {
            (listed(&world, OWN).await.records[0].code == "UNIT_NOT_OWNED").then_some(())
        })
        .await;
        world.stop().await;
    })
    .await;
}

/// Each change of others brings a few tries at the most, and none is made without one.
#[tokio::test]
async fn what_waits_for_others_is_not_tried_while_they_stand_still() {
    on_both(async |database| {
        let world = regency(&database, quick()).await;
        run(&world, vec![mall_with(|one| one.organiser = DPMPTSP.into())]).await;
        world.clock.advance(3_600 * SECOND);
        let mut session = begin_again(&world, as_regency()).await;
        let result = session.send(vec![mall_with(|one| one.organiser = PEMKAB.into())]).await;
        assert_eq!(codes(&result), ["SET_BY_OTHERS"]);
        session.end().await;
        // A look comes every 20 ms; one that is missed only makes the story shorter.
        for _ in 0..20 {
            world.clock.advance(600 * SECOND);
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
        assert_eq!(listed(&world, OWN).await.records[0].tries, 1, "only as it came");
        world.stop().await;
    })
    .await;
}
