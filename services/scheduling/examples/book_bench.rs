//! Bookings a second, in process on PostgreSQL, beside pgbench running the same statements.
//!
//! `MPP_TEST_POSTGRES=postgres://… cargo run --release -p mpp-scheduling --example book_bench
//! [SECONDS]`
//!
//! The service adds everything but the statements: parsing, hours, hashing, encoding, idempotency
//! and the driver. The ratio says what that costs.

#[allow(dead_code)]
#[path = "../tests/it/world/mod.rs"]
mod world;

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::civil::date;
use mpp_api::scheduling::BookAppointmentRequest;
use mpp_calendar::Zone;
use mpp_core::Clock;
use mpp_scheduling::SCHEMA;
use mpp_testkit::{Backend, TestDatabase, database};
use tokio::task::JoinSet;
use world::{DUKCAPIL, Replica, Upstream, at, nik, office_week, options, request_id};

/// Slots of 1000 places that the bookings spread over: eight offerings, twelve starts, three days.
const OFFERINGS: usize = 8;
const STARTS: [&str; 12] = [
    "0800", "0830", "0900", "0930", "1000", "1030", "1100", "1130", "1300", "1330", "1400", "1430",
];

#[tokio::main]
async fn main() {
    let seconds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(5);
    let scripts = [("prepared", PGBENCH.to_owned()), ("simple", combined())].map(|(mode, text)| {
        let path =
            std::env::temp_dir().join(format!("book_bench_{}_{mode}.sql", std::process::id()));
        std::fs::write(&path, text).expect("the script is written");
        (mode, path)
    });
    for clients in [8, 32] {
        let ours = run_service(clients, seconds).await;
        for (mode, script) in &scripts {
            let theirs = run_pgbench(mode, script, clients, seconds).await;
            println!(
                "{clients} clients: service {ours:.0}/s, pgbench ({mode}) {theirs:.0}/s, ratio {:.2}",
                ours / theirs
            );
        }
    }
    for (_, script) in &scripts {
        std::fs::remove_file(script).expect("the script is removed");
    }
}

/// The service begins and ends in one round trip each; pgbench can do that only in simple mode,
/// which parses every statement anew. So both modes run, and the better one is the yardstick.
fn combined() -> String {
    PGBENCH.replace("begin;\n", "begin \\; ").replace(";\ncommit;", " \\; commit;")
}

async fn prepared() -> TestDatabase {
    let database = database(Backend::Postgres).await;
    mpp_store::migrate(&database.options(Clock::system()), &SCHEMA).await.expect("a schema");
    database
}

async fn run_service(clients: usize, seconds: u64) -> f64 {
    let database = prepared().await;
    let upstream = Upstream::start().await;
    upstream.seed().await;
    for number in 0..OFFERINGS {
        upstream.offering(&offering(number), 1000, 0).await;
    }
    // A clock that runs, from a Tuesday morning on, so that no time of a transaction is fixed.
    let clock = Clock::starting_at(at(date(2026, 11, 24), 9 * 60, Zone::Wib));
    let mut settings = options(&database, &clock, &upstream.address);
    settings.database.max_connections = u32::try_from(clients).unwrap_or(8) + 8;
    let replica = Replica::start(settings).await;
    replica.ready().await;
    replica.create("template", rule()).await;
    let booked = Arc::new(AtomicUsize::new(0));
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut running = JoinSet::new();
    for client in 0..clients {
        running.spawn(book_until(replica.booking(), client, booked.clone(), until));
    }
    running.join_all().await;
    replica.stop.cancel();
    booked.load(Ordering::Relaxed) as f64 / seconds as f64
}

fn rule() -> mpp_api::scheduling::HoursRule {
    mpp_api::scheduling::HoursRule { weekly: Some(office_week()), ..world::rule_for("national") }
}

fn offering(number: usize) -> String {
    format!("{DUKCAPIL}/offerings/service-{number}")
}

async fn book_until(
    mut booking: mpp_api::scheduling::booking_service_client::BookingServiceClient<
        world::InProcess,
    >,
    client: usize,
    booked: Arc<AtomicUsize>,
    until: Instant,
) {
    let mut number = client * 1_000_000;
    while Instant::now() < until {
        number += 1;
        let start = STARTS[number % STARTS.len()];
        let day = 25 + number / STARTS.len() % 3;
        let slot = format!("{}/slots/2026-11-{day}T{start}", offering(number % OFFERINGS));
        let request =
            BookAppointmentRequest { slot, applicant_nik: nik(number), request_id: request_id() };
        match booking.book_appointment(request).await {
            Ok(_) => drop(booked.fetch_add(1, Ordering::Relaxed)),
            Err(status) => eprintln!("{status}"),
        }
    }
}

async fn run_pgbench(mode: &str, script: &Path, clients: usize, seconds: u64) -> f64 {
    let database = prepared().await;
    let output = Command::new("pgbench")
        .args(["-n", "-M", mode, "-c", &clients.to_string(), "-j", "2"])
        .args(["-T", &seconds.to_string(), "-f"])
        .arg(script)
        .arg(database.url())
        .output()
        .expect("pgbench runs; it comes with PostgreSQL's client");
    let text = String::from_utf8_lossy(&output.stdout);
    let tps = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let tps = tps.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    tps.unwrap_or_else(|| panic!("pgbench: {}", String::from_utf8_lossy(&output.stderr)))
}

/// The statements of one booking, in the service's order and with rows of the same sizes.
const PGBENCH: &str = "\
\\set slot random(1, 288)
\\set offering :slot % 8
\\set id random(1, 9000000000000000)
begin;
select (extract(epoch from clock_timestamp()) * 1000000)::bigint from feed_begin();
insert into applicant (digest, key_id, appointment, date) values (sha256(('n' || :id)::bytea), '2026', 'malls/banyuwangi/appointments/' || :id, '2026-11-25') on conflict (digest) do nothing;
insert into slot (name, offering, date, start_at, capacity, offered, booked, seal) select 'malls/banyuwangi/counters/dukcapil/offerings/service-' || :offering || '/slots/' || :slot, 'malls/banyuwangi/counters/dukcapil/offerings/service-' || :offering, '2026-11-25', 1795000000000000, 1000000, 1000000, 1, 1000000 * 2147483648 + 1000000 where 0 = 0 or 0 > (select coalesce(sum(booked), 0) from slot where offering = 'x' and date = '2026-11-25') on conflict (name) do update set booked = slot.booked + 1, offered = excluded.offered, capacity = case when case when slot.seal > 0 then slot.seal / 2147483648 else slot.capacity end < excluded.offered then excluded.offered else case when slot.seal > 0 then slot.seal / 2147483648 else slot.capacity end end, seal = (case when case when slot.seal > 0 then slot.seal / 2147483648 else slot.capacity end < excluded.offered then excluded.offered else case when slot.seal > 0 then slot.seal / 2147483648 else slot.capacity end end) * 2147483648 + excluded.offered where slot.booked < excluded.offered returning booked;
insert into record (kind, name, version, deleted, labels, doc, create_time, update_time) values ('appointment', 'malls/banyuwangi/appointments/' || :id, 1, 0, repeat('l', 140), repeat('d', 300)::bytea, 1795000000000000, 1795000000000000) on conflict (kind, name) do nothing;
insert into request (caller, method, request_id, digest, answer, create_time) values ('users/admin', 'BookAppointment', 'id-' || :id, sha256(('r' || :id)::bytea), repeat('a', 320)::bytea, 1795000000000000) on conflict (caller, method, request_id) do nothing;
select feed_commit(null, 0, 'api', 'users/admin');
commit;
";
