//! Who has sent a record is told to the client that compares, so that it takes out what is its own,
//! and nothing else.

use std::collections::BTreeMap;

use mpp_api::sync::{Hello, ReconcileRecordsRequest, Record, lone_item::Sender};
use mpp_core::{Role, id_of};
use mpp_form::reconcile::{Set, Walk};
use mpp_testkit::{TestDatabase, execute, on_both};

use crate::{
    publisher::{begin_again, hello, record},
    quarantine::{asleep, late, run_as},
    reconciled::reconciled,
    together::of,
    world::{BKPM, SOURCE, World},
};

/// A workbook that is uploaded: nobody says that it comes again.
fn upload() -> Hello {
    Hello { unscheduled: true, ..of("upload") }
}

/// Who has sent each record, by its last part, as it is told to a client that has none of them.
async fn told(world: &World, client: &str) -> BTreeMap<String, Sender> {
    let mut own = world.caller(Role::Publisher, &[SOURCE]);
    let mut walk = Walk::new(Set::new(Vec::new()));
    while let Some(ranges) = walk.next_message() {
        let (source, client) = (SOURCE.into(), client.into());
        let asked = ReconcileRecordsRequest { source, ranges, client };
        let answer = own.sync.reconcile_records(asked).await.expect("compared").into_inner();
        walk.hear(answer.reconciliation.expect("an answer")).expect("to it");
    }
    let lone = walk.found().lone.into_iter();
    lone.map(|one| (id_of(&one.name).to_owned(), one.sender())).collect()
}

/// The same as pairs, in the order of ids.
async fn is_told(world: &World, client: &str, expected: &[(&str, Sender)]) {
    let expected = expected.iter().map(|(id, sender)| ((*id).to_owned(), *sender));
    assert_eq!(told(world, client).await, expected.collect(), "{client}");
}

fn both() -> Vec<Record> {
    vec![record("kk", "Kartu keluarga"), record("ktp", "KTP")]
}

/// A system sends two services; an upload sends one of them in the same words, and two of its own.
async fn fed_by_two(database: &TestDatabase) -> World {
    let world = World::with_source_under(database, asleep()).await;
    run_as(&world, of("sistem"), both()).await;
    let kk = record("kk", "Kartu keluarga");
    run_as(&world, upload(), vec![kk, record("akta", "Akta"), late("nikah", "Nikah")]).await;
    world
}

#[tokio::test]
async fn a_client_is_told_what_it_alone_has_sent_and_what_others_have() {
    on_both(async |database| {
        use Sender::{Other, This, ThisAlone, Unspecified};
        let world = fed_by_two(&database).await;
        let own = [("akta", ThisAlone), ("kk", This), ("ktp", Other), ("nikah", ThisAlone)];
        is_told(&world, "upload", &own).await;
        let own = [("akta", Other), ("kk", Other), ("ktp", ThisAlone), ("nikah", Other)];
        is_told(&world, "sistem", &own).await;
        is_told(&world, "baru", &["akta", "kk", "ktp", "nikah"].map(|id| (id, Other))).await;
        let unsaid = ["akta", "kk", "ktp", "nikah"].map(|id| (id, Unspecified));
        is_told(&world, "", &unsaid).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_two_have_sent_is_never_again_of_one_alone() {
    on_both(async |database| {
        use Sender::{Other, This, ThisAlone, Unspecified};
        let world = fed_by_two(&database).await;
        // By comparing, by sending it again, and by an edit.
        reconciled(&world, of("sistem"), &both()).await;
        let of_system = async |ktp| {
            let own = [("akta", Other), ("kk", This), ("ktp", ktp), ("nikah", Other)];
            is_told(&world, "sistem", &own).await;
        };
        of_system(ThisAlone).await;
        run_as(&world, of("sistem"), both()).await;
        run_as(&world, of("sistem"), vec![record("kk", "KK"), record("ktp", "KTP")]).await;
        of_system(ThisAlone).await;
        // A program of the release before notes the last client only.
        execute(
            database.url(),
            "update sync_sent set client = (select number from sync_client
            where name = 'sistem')",
        )
        .await;
        let own = [("akta", This), ("kk", This), ("ktp", ThisAlone), ("nikah", This)];
        is_told(&world, "sistem", &own).await;
        // Nor is it the first one's alone once that sends it again.
        run_as(&world, upload(), vec![record("akta", "Akta 2")]).await;
        // What waited of it has gone with this whole run, and has no name any more.
        let own = [("", Unspecified), ("akta", This), ("kk", Other), ("ktp", Other)];
        is_told(&world, "upload", &own).await;
        execute(database.url(), "update sync_client set heard = 0 where name = 'sistem'").await;
        let away = [("", Unspecified), ("akta", This), ("kk", Unspecified), ("ktp", Unspecified)];
        is_told(&world, "upload", &away).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_there_before_anything_was_noted_is_nobodys_alone() {
    on_both(async |database| {
        use Sender::{This, ThisAlone};
        let world = World::with_source_under(&database, asleep()).await;
        run_as(&world, upload(), both()).await;
        execute(database.url(), "delete from sync_sent").await;
        let mut all = both();
        all.push(record("akta", "Akta"));
        run_as(&world, upload(), all).await;
        is_told(&world, "upload", &[("akta", ThisAlone), ("kk", This), ("ktp", This)]).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn another_sources_record_of_the_same_name_is_no_own() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        run_as(&world, hello(), vec![record("kk", "Kartu Keluarga")]).await;
        world.admin().create_source("lain", BKPM).await.expect("a source");
        let hello = Hello { source: "sources/lain".into(), ..hello() };
        let session = begin_again(&world, hello).await;
        assert!(!session.welcome.can_reconcile);
        session.end().await;
        world.stop().await;
    })
    .await;
}
