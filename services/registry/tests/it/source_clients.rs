//! Which clients a source has: how many, under what names, and what becomes of those that stay
//! away.

use mpp_api::sync::{Hello, PreviewRecordsRequest, record_preview::Change};
use mpp_client::error_of;
use mpp_testkit::{execute, on_both};

use crate::{
    previewed::{asked, try_preview},
    publisher::{Session, begin_again, hello, record},
    quarantine::{asleep, create_unit, late, run_as},
    together::{barat, of, stand},
    world::{SOURCE, World},
};

#[tokio::test]
async fn what_a_client_left_that_never_comes_back_goes_after_its_time() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run_as(&world, of("barat"), barat()).await;
        run_as(&world, of("timur"), vec![record("ktp", "KTP")]).await;
        assert_eq!(stand(&world).await, (1, 1));
        let away = "update sync_client set heard = 0 where name = 'barat'";
        execute(database.url(), away).await;
        run_as(&world, of("timur"), vec![record("ktp", "KTP")]).await;
        assert_eq!(stand(&world).await, (0, 0), "nobody has it any more");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn clients_that_name_themselves_not_are_one() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let remapped = |version: &str| Hello { mapping_version: version.into(), ..hello() };
        run_as(&world, remapped("1"), barat()).await;
        run_as(&world, remapped("2"), vec![record("ktp", "KTP")]).await;
        assert_eq!(stand(&world).await, (0, 0));
        let held = |holder: &str| Hello { holder: holder.into(), ..remapped(holder) };
        run_as(&world, held("a"), barat()).await;
        run_as(&world, held("b"), vec![record("ktp", "KTP")]).await;
        assert_eq!(stand(&world).await, (1, 1), "a holder names its client");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn however_many_clients_a_source_has_each_keeps_its_own() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run_as(&world, of("barat"), barat()).await;
        for number in 1..=101 {
            let text = format!(
                "insert into sync_client (source, name, number, heard)
                 values ('{SOURCE}', 'lain-{number}', {number}, 9000000000000000)"
            );
            execute(database.url(), &text).await;
        }
        run_as(&world, of("timur"), vec![record("ktp", "KTP")]).await;
        assert_eq!(stand(&world).await, (1, 1), "it is heard before all of them, and still there");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn one_client_too_many_takes_the_place_of_one_that_left_nothing() {
    on_both(async |database| {
        let policy = mpp_sync::Policy { source_clients: 2, ..asleep() };
        let world = World::with_source_under(&database, policy).await;
        run_as(&world, of("barat"), barat()).await;
        run_as(&world, of("timur"), vec![record("ktp", "KTP")]).await;
        run_as(&world, of("utara"), vec![late("nikah", "Nikah")]).await;
        assert_eq!(stand(&world).await, (1, 2), "nothing of the first is forgotten");
        let refused = Session::with(&world, of("selatan")).await.err().expect("no place");
        assert_eq!(error_of(&refused).fields[0].0, "client");
        run_as(&world, of("barat"), barat()).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_away_goes_with_any_complete_end_and_its_name_only_with_it() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let alike = |client: &str| Hello { client: client.into(), ..hello() };
        run_as(&world, alike("barat"), barat()).await;
        let mut session = begin_again(&world, alike("timur")).await;
        let last = session.send(vec![record("ktp", "KTP")]).await;
        session.end().await;
        execute(database.url(), "update sync_client set heard = 0 where name = 'barat'").await;
        let known = Hello { checkpoint: last.checkpoint, ..alike("timur") };
        let session = begin_again(&world, known).await;
        assert!(!session.welcome.send_all);
        session.end().await;
        assert_eq!(stand(&world).await, (0, 0));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_not_as_it_is_seen_is_refused() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        for name in ["A\n", "\u{2028}x", " ", "a\tb"] {
            for (field, hello) in [
                ("hello.client", Hello { client: name.into(), ..hello() }),
                ("hello.holder", Hello { holder: name.into(), ..hello() }),
            ] {
                let refused = Session::with(&world, hello).await.err().expect("refused");
                assert_eq!(error_of(&refused).fields[0].0, field, "{name:?}");
            }
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_preview_of_a_client_says_what_others_of_its_source_have_sent() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        create_unit(&world, "dinas-baru").await;
        let unique = |client: &str| Hello { unique_ids: true, ..of(client) };
        run_as(&world, unique("barat"), vec![record("kk", "KK barat"), record("ktp", "KTP")]).await;
        run_as(&world, unique("timur"), vec![record("akta", "Akta")]).await;
        let sent = vec![late("kk", "KK timur"), record("ktp", "KTP timur")];
        let told = async |client: &str| {
            let client = client.to_owned();
            let like = PreviewRecordsRequest { unique_ids: true, client, ..asked(sent.clone()) };
            try_preview(&world, like).await.expect("an answer").records
        };
        for client in ["timur", "baru"] {
            let [kk, ktp] = &told(client).await[..] else { panic!("two") };
            assert_eq!(kk.result.as_ref().expect("an answer").code, "OTHER_CLIENT");
            assert_eq!((kk.change(), kk.moved_from.len()), (Change::Unspecified, 0), "it stays");
            let warnings = &ktp.result.as_ref().expect("an answer").warnings;
            assert_eq!(warnings[0].code, "OTHER_CLIENT");
        }
        let foreseen = told("timur").await.into_iter().map(|one| one.result.expect("an answer"));
        let run = run_as(&world, unique("timur"), sent.clone()).await;
        assert_eq!(run.results, foreseen.collect::<Vec<_>>(), "the run says just that");
        assert_eq!(told("barat").await[0].change(), Change::Moved, "its own it moves");
        let refused =
            try_preview(&world, PreviewRecordsRequest { client: " x".into(), ..asked(sent) });
        assert_eq!(error_of(&refused.await.expect_err("no name")).fields[0].0, "client");
        world.stop().await;
    })
    .await;
}
