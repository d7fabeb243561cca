//! Which units, malls and counters a source may write; what it may not yet waits.

use mpp_api::{
    registry::{CreateMallRequest, Mall, unit::Kind},
    sync::{Hello, Outcome, Record, record::Body},
};
use mpp_testkit::on_both;

use crate::{
    kinds::{
        OWN, PEMKAB, SOSIAL, as_regency, gerai, hand_over, mall_record, office, regency, run,
        stored,
    },
    kinds_published::gives_up,
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

#[tokio::test]
async fn what_others_say_of_a_mall_is_taken_as_it_stands() {
    on_both(async |database| {
        let world = regency(&database, asleep()).await;
        let mut same = mall_record("MPP Sritanjung");
        if let Some(Body::Mall(mall)) = &mut same.body {
            mall.stages = crate::world::mall().stages;
        }
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
        let both = vec![office("dinas-sosial", KEMENDAGRI), gives_up(SOSIAL)];
        let result = other.send(both).await;
        assert_eq!(codes(&result), ["UNIT_NOT_OWNED", "DUPLICATE"], "{result:?}");
        let result = other.send(vec![gives_up(SOSIAL)]).await;
        let answer = &result.results[0];
        assert_eq!(outcomes(&result), [Outcome::Rejected], "a delete waits for no hand-over");
        let told = (answer.field.as_str(), answer.code.as_str());
        assert_eq!(told, ("delete.name", "OWNED_BY_OTHER_SOURCE"));
        assert!(!answer.message.contains("applied by itself"), "{answer:?}");
        other.end().await;
        world.stop().await;
    })
    .await;
}
