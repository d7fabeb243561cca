//! The display in the hall, and a number of today's queue.

use super::says;
use crate::{
    browser::open,
    world::{DUKCAPIL, MORNING, POLRI, SECOND, World, nation},
};

#[tokio::test]
async fn the_hall_shows_the_latest_call_for_a_while() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/malls/satu/layar",
        &[
            "A-017 Loket A3 Dukcapil",
            "A-016 Loket A3",
            "berikutnya A-018",
            "2 orang menunggu",
            "langsung",
        ],
    )
    .await;
    world.change(|nation| {
        let queue = nation.queues.get_mut(DUKCAPIL).expect("a queue");
        queue.called.push(crate::world::ticket("A-018", DUKCAPIL, Some(MORNING)));
        let other = crate::world::ticket("B-001", POLRI, Some(MORNING + SECOND));
        nation.queues.entry(POLRI.into()).or_default().called.push(other);
    });
    world.clock.set(MORNING + 2 * SECOND);
    says(&world, "/malls/satu/layar", &["Sedang dipanggil A-018 Loket A3"]).await;
    world.clock.set(MORNING + 9 * SECOND);
    says(&world, "/malls/satu/layar", &["Sedang dipanggil B-001 Loket B3 Polri"]).await;
    says(&world, "/en/malls/satu/layar", &["Now calling B-001 Window B3"]).await;
}

#[tokio::test]
async fn a_ticket_knows_its_number_alone() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/malls/satu/tiket/A-019",
        &[
            "Nomor antrean Anda A-019",
            "orang sebelum Anda 1",
            "dipanggil A-017",
            "tidak menyimpan nama atau NIK",
        ],
    )
    .await;
    says(&world, "/malls/satu/tiket/a-017", &["Giliran Anda. Silakan ke Loket A3."]).await;
    says(&world, "/malls/satu/tiket/A-999", &["tidak sedang menunggu"]).await;
    let html = open(&world.pages, "/malls/satu/tiket/A-019").await.html;
    assert!(html.contains("name=\"robots\" content=\"noindex\""));
}
