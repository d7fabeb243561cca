//! The small tables beside the inbox: one repair sets all of them right, each by what it follows
//! from.

use mpp_api::feed::{
    CopyFinding, ListCopiesRequest, RepairCopyRequest, RepairCopyResponse,
    copy_service_client::CopyServiceClient,
};
use mpp_testkit::{execute, on_both};

use crate::{
    records::{mall, regions},
    world::World,
};

async fn findings(world: &World) -> Vec<CopyFinding> {
    let mut copies = CopyServiceClient::new(world.reporting.routes.clone());
    let answer = copies.list_copies(ListCopiesRequest {}).await.expect("all that is kept");
    let mut copies = answer.into_inner().copies.into_iter();
    let books = copies.find(|copy| copy.name == "copies/bookkeeping").expect("the small tables");
    assert_eq!(books.unread_reason, "");
    books.findings
}

async fn repair(world: &World, name: &str, accept_altered: bool) -> RepairCopyResponse {
    let mut copies = CopyServiceClient::new(world.reporting.routes.clone());
    let request = RepairCopyRequest { name: format!("copies/{name}"), accept_altered };
    copies.repair_copy(request).await.expect("repaired").into_inner()
}

async fn with_some_malls(world: &World) {
    regions(world).await;
    let mut last = 0;
    for id in ["satu", "dua", "tiga"] {
        let name = format!("malls/{id}");
        last = world.registry.put(&name, &mall(id, "regions/35.10", &[])).await;
    }
    world.after(last).await;
}

#[tokio::test]
async fn one_repair_mends_what_follows_from_something_that_was_altered_too() {
    for fault in [
        "update upstream set revision = 2 where feed = 'registry'",
        "update upstream set revision = 4711",
        "update upstream set revision = 3; update feed_state set revision = 2;
         update inbox_head set seq = 1",
        "update feed_state set revision = 1; update feed set floor = 4711",
    ] {
        on_both(async |database| {
            let world = World::start(database).await;
            with_some_malls(&world).await;
            assert_eq!(findings(&world).await, [], "before {fault}");
            execute(world.database.url(), fault).await;
            assert_ne!(findings(&world).await, [], "{fault}");
            let mended = repair(&world, "bookkeeping", false).await;
            assert_eq!(mended.left_count, 0, "{fault}: {mended:?}");
            assert_eq!(findings(&world).await, [], "mended of {fault}");
            world.verify().await;
        })
        .await;
    }
}

#[tokio::test]
async fn events_that_are_gone_name_the_two_steps_that_do_without_them() {
    on_both(async |database| {
        let world = World::start(database).await;
        with_some_malls(&world).await;
        execute(world.database.url(), "delete from inbox where seq = 2").await;
        let found = findings(&world).await;
        for step in
            ["repair reporting bookkeeping --accept-altered", "repair reporting projections"]
        {
            assert!(found[0].names[0].contains(step), "{found:?}");
        }
        assert_eq!(repair(&world, "bookkeeping", false).await.left_count, 1);
        assert_eq!(repair(&world, "bookkeeping", true).await.left_count, 0);
        repair(&world, "projections", false).await;
        assert_eq!(findings(&world).await, []);
    })
    .await;
}

/// Events up to the number `last + $1`, of which only each `$2`th is there.
fn with_gaps(numbers: i64, each: i64) -> String {
    format!(
        "insert into inbox (seq, feed, revision, sub, kind, name, version, op, doc, labels, actor, at,
         proof)
         with recursive n (seq) as (select cast({each} as bigint)
                                    union all select seq + {each} from n where seq < {numbers})
         select last + n.seq, 'registry', 0, 100000 + n.seq, '', '', 0, 'deleted', null, '{{}}',
         '', 0, null from n, (select max(seq) as last from inbox) i"
    )
}

/// Only some of them are named, and some closed, at a time: as many gaps as are allowed, or a
/// single one that is larger than a portion.
#[tokio::test]
async fn however_many_events_are_gone_all_are_counted_and_done_without_by_one_repair() {
    for (numbers, each, gone) in [(24_690, 2, 12_345), (25_000, 25_000, 24_999)] {
        on_both(async |database| {
            let world = World::start(database).await;
            with_some_malls(&world).await;
            execute(world.database.url(), &with_gaps(numbers, each)).await;
            let found = findings(&world).await;
            let gaps = found.iter().find(|found| found.kind == "inbox").expect("gaps");
            assert_eq!(gaps.count, gone, "{:?}", gaps.names.first());
            let left = repair(&world, "bookkeeping", false).await;
            assert_eq!(left.left_count, gone, "not unasked: {left:?}");
            let mended = repair(&world, "bookkeeping", true).await;
            assert_eq!((mended.mended_count, mended.left_count), (gone, 0), "{mended:?}");
            repair(&world, "projections", false).await;
            assert_eq!(findings(&world).await, []);
        })
        .await;
    }
}

/// One repair goes on until it finds no other, however many it names at a time.
#[tokio::test]
async fn thousands_of_values_of_another_type_are_told_and_mended_by_one_repair() {
    let world = World::start(mpp_testkit::database(mpp_testkit::Backend::Sqlite).await).await;
    let many = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 4321)
                insert into request select 'a', 'b', i, 'd', x'', 1, 0 from n";
    execute(world.database.url(), many).await;
    let told: Vec<_> =
        findings(&world).await.into_iter().map(|found| (found.kind, found.count)).collect();
    assert_eq!(told, [("request".to_owned(), 4321)]);
    let mended = repair(&world, "bookkeeping", false).await;
    assert_eq!((mended.mended_count, mended.left_count), (4321, 0), "{mended:?}");
    assert_eq!(findings(&world).await, []);
}
