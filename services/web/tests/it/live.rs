//! Streams of a page's sections, and what is said when the services are gone.

use std::time::{Duration, Instant};

use crate::{
    browser::{Events, open},
    world::{DUKCAPIL, MINUTE, World, nation, ticket},
};

#[tokio::test]
async fn a_change_reaches_the_open_page_in_its_language_and_only_what_changed() {
    let world = World::start(nation()).await;
    let mut indonesian = Events::listen(&world.pages, "/events?of=/").await;
    let mut english = Events::listen(&world.pages, "/events?of=/en").await;
    indonesian.hear("Rp50.000").await;
    english.hear("the fee changes").await;
    world.change(|nation| nation.report.tickets_completed_today = 4_321);
    let heard = indonesian.hear("4.321").await;
    english.hear("4,321").await;
    assert!(!heard.contains("id=\\\"map\\\""), "the map is as before: {heard}");
    world.shutdown.cancel();
    indonesian.end().await;
    english.end().await;
}

#[tokio::test]
async fn a_call_reaches_the_hall() {
    let world = World::start(nation()).await;
    let mut hall = Events::listen(&world.pages, "/events?of=/malls/satu/layar").await;
    hall.hear("A-017").await;
    world.change(|nation| {
        let queue = nation.queues.get_mut(DUKCAPIL).expect("a queue");
        queue.called.push(ticket("A-018", DUKCAPIL, Some(world.clock.now())));
    });
    hall.hear("A-018").await;
}

#[tokio::test]
async fn a_page_is_drawn_once_however_many_look_at_it() {
    let world = World::start(nation()).await;
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(Events::listen(&world.pages, "/events?of=/malls/satu").await);
    }
    for listener in &mut all {
        listener.hear("Antrean sekarang").await;
    }
    let (begun, before) = (Instant::now(), world.answers.called("GetQueue"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let asked = world.answers.called("GetQueue") - before;
    // Two counters, at most every 40 ms, for one board, and a round that was under way.
    let rounds = begun.elapsed().as_millis() / 40 + 1;
    assert!(asked as u128 <= 2 * rounds, "{asked} calls in {rounds} rounds");
}

#[tokio::test]
async fn a_lost_connection_is_said_with_the_time_of_the_last_figures() {
    let mut world = World::start(nation()).await;
    let mut stream = Events::listen(&world.pages, "/events?of=/").await;
    stream.hear("Keadaan per").await;
    world.clock.advance(3 * MINUTE);
    let address = world.cut().await;
    let html = world.until("/", "Sambungan ke sumber angka terputus.").await;
    assert!(html.contains("Sambungan terputus. Angka terakhir pukul 09.03 WIB."), "{html}");
    assert!(html.contains("Kabupaten dan kota"), "the last figures stay");
    stream.hear("terputus").await;
    world.clock.advance(5 * MINUTE);
    assert!(open(&world.pages, "/en").await.html.contains("Last figures at 09:03 WIB."));
    world.back(address).await;
    world.until("/", "pukul 09.08 WIB").await;
}

#[tokio::test]
async fn before_the_first_report_the_page_says_that_it_is_not_ready() {
    let mut world = World::before_the_first_report(nation()).await;
    let address = world.cut().await;
    let shown = open(&world.pages, "/").await;
    if shown.status == 503 {
        assert!(shown.html.contains("Angka belum dapat ditampilkan"));
        assert_eq!(shown.headers["retry-after"], "5");
    }
    world.back(address).await;
    world.until("/", "Keadaan per").await;
}

#[tokio::test]
async fn one_address_leaves_room_for_others_and_who_leaves_makes_room() {
    let world = World::start(nation()).await;
    let pages = &world.pages;
    let first = Events::listen_from(pages, "/events?of=/", "192.0.2.1:1000").await;
    assert_eq!(first.status, 200);
    let again = Events::listen_from(pages, "/events?of=/", "192.0.2.1:1001").await;
    assert_eq!(again.status, 503);
    let other = Events::listen_from(pages, "/events?of=/", "192.0.2.2:1000").await;
    assert_eq!(other.status, 200);
    drop(first);
    let back = Events::listen_from(pages, "/events?of=/", "192.0.2.1:1002").await;
    assert_eq!(back.status, 200);
}

#[tokio::test]
async fn listeners_are_bounded_in_all() {
    let world = World::start(nation()).await;
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(Events::listen(&world.pages, "/events?of=/").await);
    }
    assert!(all.iter().all(|listener| listener.status == 200));
    assert_eq!(Events::listen(&world.pages, "/events?of=/").await.status, 503);
    all.pop();
    assert_eq!(Events::listen(&world.pages, "/events?of=/").await.status, 200);
}
