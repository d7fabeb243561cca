//! A source that several clients feed is as whole, and as fresh, as the worst of them.

use mpp_api::sync::{End, Hello, Incomplete, Record, Source, incomplete::Reason};
use mpp_testkit::{execute, on_both};
use prost_types::Timestamp;

use crate::{
    publisher::{begin_again, hello, record, source},
    quarantine::{asleep, create_unit, late, quick, run_as, until_title},
    together::of,
    world::{SECOND, World},
};

const HOUR: i64 = 3_600 * SECOND;

fn torn(rows: i64) -> End {
    let incomplete = Incomplete { reason: Reason::Torn.into(), text: "a quote".into() };
    End { unread: rows, incomplete: Some(incomplete), ..End::default() }
}

/// A run of an hour later.
async fn run(world: &World, client: &str, sent: Vec<Record>, end: End) -> Source {
    world.clock.advance(HOUR);
    let mut session = begin_again(world, of(client)).await;
    session.send(sent).await;
    session.end_with(end).await;
    source(world).await
}

async fn whole(world: &World, client: &str) -> Source {
    run(world, client, vec![record(client, "Layanan sendiri")], End::default()).await
}

fn names(shown: &Source) -> Vec<(&str, bool)> {
    shown.clients.iter().map(|one| (one.name.as_str(), one.away)).collect()
}

fn ended(shown: &Source) -> Option<Timestamp> {
    shown.last_end_time
}

#[tokio::test]
async fn a_client_that_fails_is_not_hidden_by_another_that_goes_well() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let alone = whole(&world, "barat").await;
        assert_eq!((alone.last_success_time, alone.client_count), (ended(&alone), 0));
        assert!(alone.clients.is_empty(), "it is the only one");
        let good = whole(&world, "timur").await;
        assert_eq!(good.last_success_time, ended(&alone), "the other was whole then");
        assert_eq!(names(&good), [("barat", false), ("timur", false)]);

        run(&world, "timur", vec![record("timur", "Layanan sendiri")], torn(3)).await;
        let shown = whole(&world, "barat").await;
        assert_eq!(shown.incomplete.as_ref().expect("one is torn").reason(), Reason::Torn);
        assert_eq!(shown.unread_now, 3);
        assert_eq!(shown.last_success_time, ended(&good), "since then not all were whole");
        let [timur, barat] = &shown.clients[..] else { panic!("{:?}", shown.clients) };
        assert_eq!((timur.name.as_str(), timur.unread_now), ("timur", 3));
        assert_eq!((barat.incomplete.clone(), barat.last_success_time), (None, ended(&shown)));

        let mended = whole(&world, "timur").await;
        assert_eq!((mended.incomplete.clone(), mended.unread_now), (None, 0));
        assert_eq!(mended.last_success_time, ended(&shown));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_stays_away_makes_its_source_late_until_it_counts_no_more() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let first = whole(&world, "barat").await;
        for _ in 0..3 {
            let shown = whole(&world, "timur").await;
            assert_eq!(shown.last_success_time, ended(&first), "nothing has come of it since");
        }
        world.clock.advance(31 * 24 * HOUR);
        let shown = whole(&world, "timur").await;
        assert_eq!(shown.last_success_time, ended(&shown));
        assert_eq!(
            (names(&shown), shown.client_count),
            (vec![("timur", false), ("barat", true)], 1)
        );
        world.clock.advance(31 * 24 * HOUR);
        whole(&world, "timur").await;
        assert_eq!(names(&whole(&world, "timur").await), [], "its name is forgotten, too");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_has_taken_another_name_counts_as_that_one_only() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let all = || vec![record("kk", "Kartu keluarga"), late("akta", "Akta")];
        run(&world, "barat", all(), End::default()).await;
        run(&world, "barat", all(), torn(2)).await;
        let half = vec![record("kk", "Kartu keluarga")];
        let shown = run(&world, "barat-baru", half, End::default()).await;
        assert!(shown.incomplete.is_some(), "something of the other still waits");
        let shown = run(&world, "barat-baru", all(), End::default()).await;
        assert_eq!((shown.incomplete.clone(), shown.unread_now), (None, 0), "{shown:?}");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_an_older_program_did_not_note_stands_until_it_is_known() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let before = whole(&world, "barat").await;
        let forget = "update sync_client set last_end = 0, last_success = 0";
        execute(database.url(), forget).await;
        let shown = run(&world, "barat", vec![record("barat", "Layanan sendiri")], torn(1)).await;
        assert_eq!(shown.last_success_time, before.last_success_time);
        assert_eq!((shown.unread_now, shown.incomplete.is_some()), (1, true));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_of_which_nothing_stands_is_not_whole_because_another_is() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        whole(&world, "barat").await;
        let waits = || vec![late("akta", "Akta")];
        let shown = run(&world, "timur", waits(), End::default()).await;
        assert_eq!(shown.incomplete.as_ref().expect("it waits").reason(), Reason::AllWaiting);
        let shown = whole(&world, "barat").await;
        assert_eq!(shown.incomplete.expect("it still waits").reason(), Reason::AllWaiting);
        let refused = run(&world, "utara", vec![record("salah", "")], End::default()).await;
        assert_eq!(refused.clients.iter().filter(|one| one.incomplete.is_some()).count(), 2);
        create_unit(&world, "dinas-baru").await;
        until_title(&world, "units/dinas-baru/services/akta", "Akta").await;
        let shown = source(&world).await;
        assert_eq!(shown.incomplete.expect("one is refused").reason(), Reason::NothingTaken);
        let mended = run(&world, "utara", vec![record("salah", "Benar")], End::default()).await;
        assert_eq!(mended.incomplete, None);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_redrive_brings_makes_its_client_whole() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let waits = Hello { client: "barat".into(), ..hello() };
        run_as(&world, waits, vec![late("akta", "Akta")]).await;
        let shown = source(&world).await;
        assert_eq!(shown.incomplete.expect("all wait").reason(), Reason::AllWaiting);
        create_unit(&world, "dinas-baru").await;
        until_title(&world, "units/dinas-baru/services/akta", "Akta").await;
        let shown = source(&world).await;
        assert_eq!((shown.incomplete.clone(), shown.last_success_time), (None, ended(&shown)));
        let later = whole(&world, "timur").await;
        assert_eq!(later.last_success_time, shown.last_success_time, "it is known of the client");
        world.stop().await;
    })
    .await;
}

fn upload() -> Hello {
    Hello { unscheduled: true, ..of("upload") }
}

async fn uploads(world: &World, end: End) -> Source {
    world.clock.advance(HOUR);
    let mut session = begin_again(world, upload()).await;
    session.send(vec![record("unggahan", "Diunggah")]).await;
    session.end_with(end).await;
    source(world).await
}

#[tokio::test]
async fn an_upload_is_no_promise_of_another_and_makes_nothing_late() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let first = uploads(&world, End::default()).await;
        assert_eq!(first.last_success_time, ended(&first), "it is all that there is");
        let fresh = whole(&world, "barat").await;
        assert_eq!(fresh.last_success_time, ended(&fresh), "the system has come since");
        let told = fresh.clients.iter().map(|one| (one.name.as_str(), one.unscheduled));
        assert_eq!(told.collect::<Vec<_>>(), [("upload", true), ("barat", false)]);
        let shown = uploads(&world, torn(2)).await;
        assert_eq!(
            (shown.unread_now, shown.incomplete.is_some()),
            (2, true),
            "what it lacks counts"
        );
        assert_eq!((shown.last_success_time, shown.unheard_since), (ended(&fresh), None));
        let mended = whole(&world, "barat").await;
        assert_eq!(mended.last_success_time, ended(&mended));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_never_was_whole_is_told_as_such_and_by_no_success_of_its_own() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let good = whole(&world, "barat").await;
        assert_eq!(good.unheard_since, None);
        let part = run(&world, "timur", vec![record("timur", "Layanan sendiri")], torn(1)).await;
        assert_eq!(part.last_success_time, ended(&good), "when all were whole that ever have been");
        assert!(part.unheard_since.is_some());
        let timur = part.clients.iter().find(|one| one.name == "timur").expect("it is named");
        assert_eq!((timur.last_success_time, timur.first_time), (None, part.unheard_since));
        let still = whole(&world, "barat").await;
        assert_eq!(still.unheard_since, part.unheard_since);
        assert_eq!(still.last_success_time, ended(&still));
        let mended = whole(&world, "timur").await;
        assert_eq!((mended.unheard_since, mended.last_success_time), (None, ended(&still)));
        world.stop().await;
    })
    .await;
}
