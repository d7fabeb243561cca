//! A repair of one mall's bookings beside those who book: it waits for nobody but for the rows that
//! it writes, and counts nothing twice.

use mpp_api::{
    feed::{ListCopiesRequest, RepairCopyRequest, copy_service_client::CopyServiceClient},
    scheduling::BookAppointmentRequest,
};
use mpp_testkit::{Backend, execute, on_both};
use sqlx::{AnyConnection, Connection as _, Row as _};
use tokio::task::JoinSet;

use crate::{
    races::book,
    world::{WEDNESDAY, World, administrator, eventually, ktp_slot, nik, request_id},
};

const DENPASAR: &str = "malls/denpasar/counters/dukcapil/offerings/ktp";

fn request(slot: &str, citizen: usize) -> BookAppointmentRequest {
    let (slot, applicant_nik) = (slot.to_owned(), nik(citizen));
    BookAppointmentRequest { slot, applicant_nik, request_id: request_id() }
}

fn copies(world: &World) -> CopyServiceClient<crate::world::InProcess> {
    CopyServiceClient::new(world.scheduling.channel(administrator()))
}

/// How many rows one repair has mended, and how many it has left.
async fn repair(world: &World) -> (i64, i64) {
    let request = RepairCopyRequest { name: "copies/bookings".into(), accept_altered: false };
    let answer = copies(world).repair_copy(request).await.expect("repaired").into_inner();
    (answer.mended_count, answer.left_count)
}

async fn is_sound(world: &World) {
    let answer = copies(world).list_copies(ListCopiesRequest {}).await.expect("all that is kept");
    let mut copies = answer.into_inner().copies.into_iter();
    let bookings = copies.find(|copy| copy.name == "copies/bookings").expect("the bookings");
    assert_eq!((bookings.unread_reason.as_str(), bookings.findings), ("", vec![]));
}

/// Somebody has a row of the mall that is mended, and does not let it go yet.
#[tokio::test]
async fn while_one_mall_is_mended_another_one_and_other_slots_are_booked() {
    let world = World::on(mpp_testkit::database(Backend::Postgres).await).await;
    world.upstream.offering(DENPASAR, 10, 0).await;
    let (slot, other) = (ktp_slot(WEDNESDAY, "0900"), ktp_slot(WEDNESDAY, "1000"));
    let far = format!("{DENPASAR}/slots/{WEDNESDAY}T0900");
    let client = || world.scheduling.booking();
    book(client(), request(&slot, 1)).await.expect("a place");
    eventually("Denpasar is known", async || book(client(), request(&far, 2)).await.ok()).await;

    execute(world.database.url(), "update slot set booked = 5 where name like '%banyuwangi%'")
        .await;
    let mut holder = AnyConnection::connect(world.database.url()).await.expect("a connection");
    let holds = "begin; update slot set booked = booked where name like '%banyuwangi%'";
    sqlx::raw_sql(holds).execute(&mut holder).await.expect("it has the row");
    let mut looker = AnyConnection::connect(world.database.url()).await.expect("a connection");
    let both = async {
        eventually("the repair waits for that row", async || {
            let waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'
                         and datname = current_database() and query like 'insert into slot%'";
            let row = sqlx::query(waits).fetch_one(&mut looker).await.expect("asked");
            (row.get::<i64, _>(0) > 0).then_some(())
        })
        .await;
        book(client(), request(&far, 3)).await.expect("another mall");
        book(client(), request(&other, 4)).await.expect("another slot of the same mall");
        sqlx::raw_sql("commit").execute(&mut holder).await.expect("the row is let go");
    };
    let (mended, ()) = tokio::join!(repair(&world), both);
    assert_eq!(mended, (1, 0), "it has begun anew, for the row was written meanwhile");
    is_sound(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_books_while_a_mall_is_mended_is_counted_once() {
    on_both(async |database| {
        let world = World::on(database).await;
        let slots = ["0900", "0930", "1000"].map(|clock| ktp_slot(WEDNESDAY, clock));
        let mut citizen = 0;
        for round in 0..4 {
            let fault = ["update slot set booked = booked + 1", "update slot set booked = 0"];
            execute(world.database.url(), fault[round % 2]).await;
            let mut bookings = JoinSet::new();
            for slot in slots.iter().cycle().take(6) {
                citizen += 1;
                bookings.spawn(book(world.scheduling.booking(), request(slot, citizen)));
            }
            let (mended, booked) = tokio::join!(repair(&world), bookings.join_all());
            assert_eq!(mended.1, 0, "round {round}");
            assert!(booked.iter().all(Result::is_ok), "there are places: {booked:?}");
            assert_eq!(repair(&world).await.1, 0);
            is_sound(&world).await;
        }
    })
    .await;
}
