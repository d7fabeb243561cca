//! Bookings on PostgreSQL, beside pgbench running the same statements.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use mpp_api::{
    registry::{Offering, UpdateOfferingRequest},
    scheduling::{
        BookAppointmentRequest, ListSlotsRequest, booking_service_client::BookingServiceClient,
    },
};
use mpp_client::Channel;
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Setup, Suite,
    cluster::Cluster,
    eventually,
    keys::{APP, OFFICER},
    program::Said,
    town::{self, OFFERING, catalog_of, request_id},
    wait::pause,
};

use crate::{
    statements::{script, transactions},
    verdict,
};

const SLOTS: usize = 64;
const CLIENTS: [u64; 2] = [8, 32];
const SECONDS: u64 = 6;

pub async fn measure() {
    let cluster = Cluster::start().await;
    let log =
        [("logging_collector", "on"), ("log_destination", "jsonlog"), ("log_statement", "all")];
    cluster.restart_with(&log).await;
    let setup = Setup { cluster: Some(&cluster), any_rate: true, ..Setup::default() };
    let suite = Suite::start_with(Backend::Postgres, setup).await;
    town::open(&suite).await;
    let slots: Arc<[String]> = large_slots(&suite).await.into();
    let scripts = record(&cluster, &suite, &slots).await;
    println!(
        "book: {SLOTS} slots, PostgreSQL as it comes, {} statements in a transaction",
        statements(&scripts[0])
    );
    for clients in CLIENTS {
        let ours = ours(&suite, &slots, clients).await;
        let bare = pgbench(&cluster, &scripts, clients).await;
        let ratio = ours / bare;
        println!(
            "  {clients} clients: {ours:.0} bookings/s, pgbench {bare:.0}/s: ratio {ratio:.2} (goal 0.7, {})",
            verdict(ratio >= 0.7)
        );
    }
}

fn statements(script: &Path) -> usize {
    let text = fs::read_to_string(script).expect("a script");
    text.lines().filter(|line| line.ends_with(';')).count()
}

/// Slots of a thousand places, from tomorrow on.
async fn large_slots(suite: &Suite) -> Vec<String> {
    let offering = Offering { name: OFFERING.into(), slot_capacity: 1_000, ..Default::default() };
    let request = UpdateOfferingRequest {
        offering: Some(offering),
        update_mask: Some(prost_types::FieldMask { paths: vec!["slot_capacity".into()] }),
        request_id: request_id(),
        ..Default::default()
    };
    catalog_of(suite, OFFICER).update_offering(request).await.expect("larger slots");
    let mut booking = BookingServiceClient::new(suite.channel(Service::Scheduling, APP));
    let request = ListSlotsRequest {
        offering: OFFERING.into(),
        days: 5,
        only_available: true,
        ..Default::default()
    };
    eventually(PATIENCE, "slots have a thousand places", async || {
        let answer =
            booking.list_slots(request.clone()).await.map_err(|status| status.to_string())?;
        let slots = answer.into_inner().slots;
        let today = slots.first().map(|slot| slot.date.clone()).unwrap_or_default();
        let large = slots.into_iter().filter(|slot| slot.date > today && slot.capacity == 1_000);
        let large: Vec<_> = large.take(SLOTS).map(|slot| slot.name).collect();
        if large.len() == SLOTS { Ok(large) } else { Err(format!("{}", large.len())) }
    })
    .await
}

/// One script for each slot, from the server's log of two bookings of it.
async fn record(cluster: &Cluster, suite: &Suite, slots: &[String]) -> Vec<PathBuf> {
    let mut booking = BookingServiceClient::new(suite.channel(Service::Scheduling, APP));
    for (number, slot) in slots.iter().enumerate() {
        for half in 0..2 {
            let request = booking_of(slot, 0, u64::try_from(number * 2 + half).expect("small"));
            booking.book_appointment(request).await.expect("a booking");
        }
    }
    pause(500).await;
    let found = transactions(&cluster.json_log(), "insert into applicant");
    assert_eq!(found.len(), slots.len() * 2, "transactions in the log");
    cluster.configure(&[("log_statement", "none")]).await;
    let write = |(number, pair): (usize, &[Vec<crate::statements::Statement>])| {
        let path = suite.home().join(format!("book-{number}.sql"));
        fs::write(&path, script(&pair[0], &pair[1])).expect("a file");
        path
    };
    found.chunks(2).enumerate().map(write).collect()
}

fn booking_of(slot: &str, client: u64, number: u64) -> BookAppointmentRequest {
    BookAppointmentRequest {
        slot: slot.to_owned(),
        applicant_nik: mpp_testkit::nik(client * 1_000_000 + number),
        request_id: request_id(),
    }
}

/// Bookings a second over gRPC; each client waits for its answer.
async fn ours(suite: &Suite, slots: &Arc<[String]>, clients: u64) -> f64 {
    let made = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let channel = suite.channel(Service::Scheduling, APP);
            // Numbers of applicants that no earlier round used.
            tokio::spawn(book(channel, slots.clone(), clients * 100 + client, made.clone()))
        })
        .collect();
    pause(1_000).await;
    let (before, begun) = (made.load(Ordering::Relaxed), Instant::now());
    tokio::time::sleep(Duration::from_secs(SECONDS)).await;
    let rate = (made.load(Ordering::Relaxed) - before) as f64 / begun.elapsed().as_secs_f64();
    for task in tasks {
        assert!(!task.is_finished(), "a client was refused");
        task.abort();
    }
    rate
}

async fn book(channel: Channel, slots: Arc<[String]>, client: u64, made: Arc<AtomicU64>) {
    let mut booking = BookingServiceClient::new(channel);
    for number in 0.. {
        let slot = &slots[usize::try_from(number * 7 + client).expect("small") % slots.len()];
        booking.book_appointment(booking_of(slot, client, number)).await.expect("a place");
        made.fetch_add(1, Ordering::Relaxed);
    }
}

/// Transactions a second by pgbench, which takes the scripts at random.
async fn pgbench(cluster: &Cluster, scripts: &[PathBuf], clients: u64) -> f64 {
    let mut pgbench = cluster.client("pgbench");
    pgbench.args(["--no-vacuum", "--protocol", "prepared", "--jobs", "1"]);
    pgbench.args(["--client", &clients.to_string(), "--time", &SECONDS.to_string()]);
    for script in scripts {
        pgbench.arg("--file").arg(script);
    }
    pgbench.arg("scheduling");
    let said = Said::by(pgbench).await;
    assert!(said.code == 0 && !said.err.contains("ERROR"), "{}{}", said.out, said.err);
    let rate = said
        .out
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("{}", said.out))
}
