//! Records that are tried again: by command, after they were found hopeless, and by two replicas.

use std::time::Duration;

use mpp_api::{
    registry::{DeleteServiceRequest, unit::Kind},
    sync::{Hello, ListWaitingRecordsRequest, Record, RedriveRecordsRequest},
    types::{Tombstone, tombstone},
};
use mpp_core::{Clock, Role};
use mpp_testkit::{Backend, database, execute, on_both};
use sqlx::{Connection as _, PgConnection};

use crate::{
    publisher::{codes, hello, record_of, source},
    quarantine::{
        BARU, all, asleep, create_unit, late, listed, quick, redrive, run, run_as, titles, until,
    },
    world::{BKPM, KEMENDAGRI, MAY_2026, SOURCE, World, reason, service, unit},
};

/// How long two replicas may take to come to the same lock.
const PATIENCE: Duration = Duration::from_secs(30);

fn of_code(code: &str) -> RedriveRecordsRequest {
    RedriveRecordsRequest { code: code.into(), ..all() }
}

async fn withdraw(world: &World, id: &str) {
    let withdrawn =
        Tombstone { reason: tombstone::Reason::Withdrawn.into(), ..Tombstone::default() };
    let request = DeleteServiceRequest {
        name: format!("{KEMENDAGRI}/services/{id}"),
        tombstone: Some(withdrawn),
        ..DeleteServiceRequest::default()
    };
    world.admin().catalog.delete_service(request).await.expect("deleted");
}

/// How many stand rejected, how many wait, and what became of those that waited.
async fn shown(world: &World) -> [i64; 4] {
    let shown = source(world).await;
    let counted = shown.accounting.expect("counted");
    [shown.rejected_now, shown.waiting_now, counted.redriven, counted.redrive_rejected]
}

#[tokio::test]
async fn what_was_found_hopeless_counts_once_and_no_more_once_it_is_taken_or_waits_again() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let own = |id: &str| record_of(KEMENDAGRI, id, service("Dari sumber"));
        for id in ["akta", "kk"] {
            let made = world.admin().create_service(KEMENDAGRI, id, service("Di sini")).await;
            made.expect("made");
        }
        run(&world, vec![own("akta"), own("kk")]).await;
        for id in ["akta", "kk"] {
            withdraw(&world, id).await;
        }
        let mut publisher = world.caller(Role::Publisher, &[SOURCE]);
        let hopeless = redrive(&mut publisher, all()).await;
        assert_eq!((hopeless.tried, hopeless.rejected), (2, 2));
        assert_eq!(shown(&world).await, [2, 0, 0, 2]);
        let again = redrive(&mut publisher, of_code("TOMBSTONED")).await;
        assert_eq!((again.tried, again.rejected), (2, 2));
        assert_eq!(shown(&world).await, [2, 0, 0, 2], "no record counts twice");

        // As after compaction, when no follower can go on from before the deletions.
        execute(database.url(), "delete from record where deleted = 1").await;
        let made = world.admin().create_service(KEMENDAGRI, "kk", service("Di sini")).await;
        made.expect("made again");
        let taken = redrive(&mut publisher, of_code("TOMBSTONED")).await;
        assert_eq!((taken.taken, taken.waiting, taken.rejected), (1, 1, 0));
        assert_eq!(shown(&world).await, [0, 1, 1, 0]);
        let waits = listed(&world, SOURCE).await.records;
        assert_eq!((waits.len(), waits[0].code.as_str()), (1, "OWNED_BY_OTHER_SOURCE"));
    })
    .await;
}

#[tokio::test]
async fn the_second_of_two_replicas_tries_only_what_is_still_meant() {
    let database = database(Backend::Postgres).await;
    let one = World::with_source_under(&database, asleep()).await;
    let two = World::under(&database, Clock::stopped_at(MAY_2026), asleep()).await;
    run(&one, vec![record_of("units/uptd", "izin", service("Izin"))]).await;
    one.admin().create_unit("uptd", unit("uptd", Kind::Office, BKPM)).await.expect("a unit");

    let mut other = PgConnection::connect(database.url()).await.expect("a connection");
    let lock = "begin; select 1 from sync_lease for update";
    sqlx::raw_sql(lock).execute(&mut other).await.expect("locked");
    let tries = async |world: &World| {
        let mut publisher = world.caller(Role::Publisher, &[SOURCE]);
        redrive(&mut publisher, of_code("UNIT_NOT_FOUND")).await
    };
    let mut onlooker = PgConnection::connect(database.url()).await.expect("a connection");
    let both_wait = tokio::time::timeout(PATIENCE, async {
        let waiting = "select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        let waits = || sqlx::query_scalar::<_, i64>(waiting);
        while waits().fetch_one(&mut onlooker).await.expect("a count") < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        sqlx::raw_sql("commit").execute(&mut other).await.expect("let go");
    });
    let (first, second, ()) = tokio::join!(tries(&one), tries(&two), async {
        both_wait.await.expect("both wait for the lease");
    });
    assert_eq!(first.tried + second.tried, 1, "then it waits for something else");
    let waits = &listed(&one, SOURCE).await.records[0];
    assert_eq!((waits.code.as_str(), waits.tries), ("UNIT_NOT_OWNED", 2));
}

#[tokio::test]
async fn what_waits_of_one_source_and_of_all_is_listed_page_by_page() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run(&world, ["a", "b", "c"].map(|id| late(id, "Layanan")).to_vec()).await;
        let another = "create table kept as select * from sync_waiting;
            update kept set source = 'sources/zz';
            insert into sync_waiting select * from kept where name not like '%/b'";
        execute(database.url(), another).await;
        for (parent, wanted) in [
            (SOURCE, vec![(SOURCE, "a"), (SOURCE, "b"), (SOURCE, "c")]),
            (
                "sources/-",
                vec![
                    (SOURCE, "a"),
                    (SOURCE, "b"),
                    (SOURCE, "c"),
                    ("sources/zz", "a"),
                    ("sources/zz", "c"),
                ],
            ),
        ] {
            let mut request = ListWaitingRecordsRequest {
                parent: parent.into(),
                page_size: 2,
                ..ListWaitingRecordsRequest::default()
            };
            let mut found = Vec::new();
            loop {
                let asked = world.admin().sync.list_waiting_records(request.clone()).await;
                let page = asked.expect("a list").into_inner();
                assert_eq!(usize::try_from(page.total_size), Ok(wanted.len()), "{parent}");
                found.extend(page.records.into_iter().map(|one| (one.source, one.name)));
                if page.next_page_token.is_empty() {
                    break;
                }
                request.page_token = page.next_page_token;
            }
            let wanted: Vec<_> = wanted
                .iter()
                .map(|(source, id)| ((*source).to_owned(), format!("{BARU}/services/{id}")))
                .collect();
            assert_eq!(found, wanted, "{parent}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_redrive_by_command_tries_one_reason_one_record_or_all_and_only_for_its_source() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run(&world, vec![late("akta", "Akta"), late("kk", "KK")]).await;
        let mut publisher = world.caller(Role::Publisher, &[SOURCE]);
        let nothing = redrive(&mut publisher, all()).await;
        assert_eq!((nothing.tried, nothing.waiting, nothing.taken), (2, 2, 0));
        assert_eq!(nothing.left[0].tries, 2);
        create_unit(&world, "dinas-baru").await;
        let dry = RedriveRecordsRequest { validate_only: true, ..all() };
        let tried = redrive(&mut publisher, dry).await;
        assert_eq!((tried.taken, tried.revision), (2, 0));
        assert_eq!(listed(&world, SOURCE).await.total_size, 2, "nothing was kept");
        let one = RedriveRecordsRequest { name: format!("{BARU}/services/kk"), ..all() };
        assert_eq!(redrive(&mut publisher, one).await.taken, 1);
        let other = RedriveRecordsRequest { code: "UNIT_NOT_OWNED".into(), ..all() };
        assert_eq!(redrive(&mut publisher, other).await.tried, 0);
        let mut officer = world.caller(Role::UnitOfficer, &[KEMENDAGRI]);
        assert_eq!(redrive(&mut officer, all()).await.taken, 1);
        assert_eq!(titles(&world).len(), 2, "and reads show it");

        let mut foreign = world.caller(Role::Publisher, &["sources/bkpm"]);
        let refused = foreign.sync.redrive_records(all()).await;
        assert_eq!(reason(refused.map(drop)), "PERMISSION_DENIED");
        let nowhere = RedriveRecordsRequest { source: "sources/nowhere".into(), ..all() };
        let refused = world.admin().sync.redrive_records(nowhere).await;
        assert_eq!(reason(refused.map(drop)), "NOT_FOUND");
        for asked in [
            RedriveRecordsRequest { code: "unit_not_found".into(), ..all() },
            RedriveRecordsRequest { name: "standards/salah".into(), ..all() },
        ] {
            let refused = world.admin().sync.redrive_records(asked).await;
            assert_eq!(reason(refused.map(drop)), "INVALID_FIELD");
        }
    })
    .await;
}

#[tokio::test]
async fn moves_that_are_too_many_wait_for_a_person() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let unique = || Hello { unique_ids: true, ..hello() };
        let catalog = |unit: &str| -> Vec<Record> {
            (0..30).map(|row| record_of(unit, &format!("s{row}"), service("Layanan"))).collect()
        };
        run_as(&world, unique(), catalog(KEMENDAGRI)).await;
        let result = run_as(&world, unique(), catalog(BARU)).await;
        assert!(codes(&result).iter().all(|code| *code == "UNIT_NOT_FOUND"));
        create_unit(&world, "dinas-baru").await;
        until("they are found to be too many", async || {
            let causes = listed(&world, SOURCE).await.causes;
            (causes.len() == 1 && causes[0].code == "TOO_MANY_MOVED").then_some(())
        })
        .await;
        assert!(titles(&world).iter().all(|(name, _)| name.starts_with("units/kemendagri/")));
        let meant = RedriveRecordsRequest { accept_moves: true, ..all() };
        let done = redrive(&mut world.caller(Role::Publisher, &[SOURCE]), meant).await;
        assert_eq!((done.taken, done.waiting), (30, 0));
        assert!(titles(&world).iter().all(|(name, _)| name.starts_with("units/dinas-baru/")));
        assert_eq!(titles(&world).len(), 30, "each stands once");
    })
    .await;
}
