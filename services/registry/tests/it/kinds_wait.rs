//! Which units, malls and counters a source may write; what it may not yet waits.

use mpp_api::{
    registry::{CreateMallRequest, Mall, unit::Kind},
    sync::{Hello, Outcome, Record, record::Body},
    types::{Tombstone, tombstone::Reason},
};
use mpp_testkit::on_both;

use crate::{
    kinds::{
        OWN, PEMKAB, SOSIAL, as_regency, gerai, hand_over, mall_record, office, regency, run,
        stored,
    },
    publisher::{begin_again, codes, outcomes},
    quarantine::{asleep, listed, quick, until},
    world::{BKPM, COUNTER, DUKCAPIL, KEMENDAGRI, MALL, SOURCE, World, mall_in, unit},
};

async fn create_mall(world: &World, id: &str, mall: Mall) {
    let request = CreateMallRequest { mall_id: id.into(), mall: Some(mall), ..Default::default() };
    world.admin().directory.create_mall(request).await.expect("a mall");
}

/// What each of the regency's records waits for.
async fn awaited(world: &World) -> Vec<(String, String, String)> {
    let waiting = listed(world, OWN).await.records;
    waiting.into_iter().map(|one| (one.name, one.code, one.awaited)).collect()
}

#[tokio::test]
async fn each_record_waits_for_what_it_lies_in_or_refers_to() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        let elsewhere = Mall { organiser: BKPM.into(), ..mall_in("regions/35.09") };
        create_mall(&world, "jember", elsewhere).await;
        let records = vec![
            office("meja", SOSIAL),
            office("cabang", KEMENDAGRI),
            gerai("malls/baru", "sosial", PEMKAB),
            gerai(MALL, "sosial", SOSIAL),
            gerai("malls/jember", "sosial", PEMKAB),
            Record { source_id: "baru".into(), ..mall_record("MPP Baru") },
            gerai(MALL, "dukcapil", DUKCAPIL),
        ];
        let result = run(&world, records).await;
        assert_eq!(outcomes(&result), [Outcome::Quarantined; 7], "{result:?}");
        let all = awaited(&world).await;
        let told: Vec<_> = all
            .iter()
            .map(|(name, code, awaited)| (name.as_str(), code.as_str(), awaited.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("malls/banyuwangi/counters/dukcapil", "OWNED_BY_OTHER_SOURCE", COUNTER),
                ("malls/banyuwangi/counters/sosial", "UNIT_NOT_FOUND", SOSIAL),
                ("malls/baru", "MALL_NOT_FOUND", "malls/baru"),
                ("malls/baru/counters/sosial", "MALL_NOT_FOUND", "malls/baru"),
                ("malls/jember/counters/sosial", "MALL_NOT_OWNED", "malls/jember"),
                ("units/cabang", "UNIT_NOT_OWNED", KEMENDAGRI),
                ("units/meja", "UNIT_NOT_FOUND", SOSIAL),
            ]
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_applied_by_itself_in_a_chain_once_the_first_is_there() {
    on_both(async |database| {
        let world = regency(&database, quick()).await;
        let baru = || Record { source_id: "baru".into(), ..mall_record("MPP Baru") };
        let waits = vec![gerai("malls/baru", "sosial", SOSIAL), office("meja", SOSIAL), baru()];
        assert_eq!(outcomes(&run(&world, waits).await), [Outcome::Quarantined; 3]);
        let social = unit("dinas-sosial", Kind::Office, PEMKAB);
        world.admin().create_unit("dinas-sosial", social).await.expect("a unit");
        create_mall(&world, "baru", crate::world::mall()).await;
        let left = async || {
            let all = awaited(&world).await;
            let own = |(name, code, _): &(String, String, String)| {
                name == "malls/baru" && code == "OWNED_BY_OTHER_SOURCE"
            };
            (all.len() == 1 && all.iter().all(own)).then_some(())
        };
        until("the counter, and the mall alone waits", left).await;
        hand_over(&world, "malls/baru").await;
        let none = async || awaited(&world).await.is_empty().then_some(());
        until("the mall", none).await;
        let title = stored::<Mall>(&world, "malls/baru").and_then(|mall| mall.display_name);
        assert_eq!(title, crate::world::text("MPP Baru"));
        world.stop().await;
    })
    .await;
}

fn with(record: Record, change: impl Fn(&mut Mall)) -> Record {
    let mut record = record;
    if let Some(Body::Mall(mall)) = &mut record.body {
        change(mall);
    }
    record
}

#[tokio::test]
async fn what_is_not_the_organisers_to_say_is_refused_with_its_field() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        let mall = || mall_record("MPP Sritanjung");
        for (record, field) in [
            (with(mall(), |one| one.region = "regions/35.09".into()), "mall.region"),
            (with(mall(), |one| one.organiser = PEMKAB.into()), "mall.organiser"),
            (with(mall(), |one| one.organiser_since = "2026-01-01".into()), "mall.organiser_since"),
            (
                with(mall(), |one| one.stages = crate::world::mall().stages[..1].to_vec()),
                "mall.stages",
            ),
            (office("negara", ""), "unit_record.parent"),
        ] {
            let result = run(&world, vec![record]).await;
            let answer = &result.results[0];
            assert_eq!((answer.field.as_str(), codes(&result)[0]), (field, "NOT_ALLOWED"));
        }
        let same = with(mall(), |one| one.stages = crate::world::mall().stages);
        assert_eq!(outcomes(&run(&world, vec![same]).await), [Outcome::Applied], "as they stand");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_source_writes_nothing_of_another_source() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        run(&world, vec![office("dinas-sosial", PEMKAB)]).await;
        let mut other = begin_again(&world, Hello { source: SOURCE.into(), ..as_regency() }).await;
        let tombstone = Tombstone { reason: Reason::Withdrawn.into(), ..Tombstone::default() };
        let delete =
            mpp_api::sync::record::Delete { name: SOSIAL.into(), tombstone: Some(tombstone) };
        let body = Some(Body::Delete(delete));
        let gone = Record { source_id: "dinas-sosial".into(), body, ..Record::default() };
        let result = other.send(vec![office("dinas-sosial", KEMENDAGRI), gone]).await;
        assert_eq!(codes(&result), ["UNIT_NOT_OWNED", "DUPLICATE"], "{result:?}");
        other.end().await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_can_never_come_true_is_refused_and_does_not_wait() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        let records = vec![
            office("sendiri", "units/sendiri"),
            office("satu", "units/dua"),
            office("dua", "units/satu"),
            office("bkpm", PEMKAB),
        ];
        let result = run(&world, records).await;
        let told: Vec<_> = result
            .results
            .iter()
            .map(|one| (one.outcome(), one.field.as_str(), one.code.as_str()))
            .collect();
        let (refused, parent) = (Outcome::Rejected, "unit_record.parent");
        assert_eq!(
            told,
            [
                (refused, parent, "SELF_REFERENCE"),
                (refused, parent, "SELF_REFERENCE"),
                (refused, parent, "SELF_REFERENCE"),
                (Outcome::Quarantined, "source_id", "UNIT_NOT_OWNED"),
            ]
        );
        let all = awaited(&world).await;
        let waits: Vec<_> = all.iter().map(|(name, _, awaited)| (name.as_str(), awaited)).collect();
        assert_eq!(waits, [(BKPM, &BKPM.to_owned())]);
        world.stop().await;
    })
    .await;
}
