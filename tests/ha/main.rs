//! The cost of a database's failover for callers of the services; see `tests/ha/run`, which starts
//! the nodes and this.
//!
//! While bookings, a sync, reads and watches go on, the leader is switched over, then killed, then
//! stopped where it stands: it keeps its connections, says nothing, and wakes up later when it no
//! longer leads. A new connection for each statement tells how long the database itself was away;
//! the time that the services take beyond that has a limit. It is printed, not judged. The run
//! fails if something acknowledged is lost, a slot is oversold, a follower starts anew, or a call
//! hangs.

#![forbid(unsafe_code)]

mod book;
mod calls;
mod check;
mod database;
mod follow;
mod read;
mod source;

use std::{
    fs,
    path::Path,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use mpp_testkit::Backend;
use mpp_tests::{Service, Setup, Suite, copy, keys::AUDITOR, town};
use tokio::process::Command;

use calls::Calls;

/// Before and after each event, so that all goes on when it comes and when it is over.
const CALM: Duration = Duration::from_secs(10);
/// The time that the services may take beyond the database's own failover.
const LIMIT: Duration = Duration::from_secs(5);
/// A database that is not back by then is no failover.
const PATIENCE: Duration = Duration::from_secs(120);
/// A call that takes longer hangs: it has a deadline.
const HANGS: Duration = Duration::from_secs(15);

/// Work that goes on until it is told to stop.
#[derive(Clone, Default)]
pub struct Work {
    /// Every call is noted here.
    pub calls: Calls,
    /// The revisions that registry and scheduling have answered last.
    pub written: Arc<[AtomicI64; 2]>,
    stop: Arc<AtomicBool>,
}

impl Work {
    /// True once there is to be an end.
    pub fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [database, script, file] = args.as_slice() else {
        eprintln!("ha DATABASE-HOST:PORT SCRIPT CALLS.csv; tests/ha/run calls it");
        return ExitCode::from(2);
    };
    let mut suite = serve(database).await;
    town::open(&suite).await;
    let work = Work::default();
    let clients = book::Clients::start(&suite, &work).await;
    let source = source::start(&suite, &work);
    let followers = [Service::Registry, Service::Scheduling]
        .map(|service| copy::Follower::start(suite.channel(service, AUDITOR)));
    let watches = follow::start(&suite, &work);
    read::start(&suite, &work);
    database::start(database, &work).await;

    let mut windows = Vec::new();
    for event in ["switchover", "kill", "freeze", "thaw"] {
        windows.push((event, during(event, script, &work.calls).await));
        if event == "kill" {
            hook(script, "heal").await;
        }
    }
    tokio::time::sleep(CALM).await;
    work.stop.store(true, Ordering::SeqCst);
    let (booked, pushed) = (clients.end().await, source.await.expect("answers"));

    work.calls.write(file);
    keep_logs(&mut suite, file);
    println!("limit of what is ours: {} s. All calls: {file}", LIMIT.as_secs());
    for (event, window) in windows {
        work.calls.print(event, window, LIMIT);
    }
    check::bookings(&suite, &booked).await;
    check::source(&suite, &pushed).await;
    check::copies(&suite, &followers).await;
    check::watches(&watches, database).await;
    let longest = work.calls.longest();
    println!("longest call: {:.1} s", longest.as_secs_f64());
    assert!(longest < HANGS, "a call hung");
    println!("nothing was lost, oversold or begun anew");
    ExitCode::SUCCESS
}

/// The logs of the services, beside the calls.
fn keep_logs(suite: &mut Suite, calls: &str) {
    for service in Service::ALL {
        let log = Path::new(calls).with_file_name(format!("{}.log", service.name()));
        fs::write(log, suite.log(service)).expect("a file");
    }
}

/// The three services, on databases of the cluster.
async fn serve(database: &str) -> Suite {
    let setup = Setup { any_rate: true, ..Setup::default() };
    let mut suite = Suite::prepare(Backend::Sqlite, setup).await;
    for service in Service::ALL {
        let create = format!("create database {}", service.name());
        database::once(database, "postgres", &create).await.expect("a database");
        let url = database::url(database, service.name());
        suite.reach_database_at(service, url);
    }
    suite.run_all().await;
    suite
}

/// From a while before an event until a while after everything goes on again.
async fn during(event: &str, script: &str, calls: &Calls) -> (Instant, Instant) {
    let begun = Instant::now();
    tokio::time::sleep(CALM).await;
    hook(script, event).await;
    let happened = Instant::now();
    while !calls.all_go_on_since(happened) {
        if happened.elapsed() > PATIENCE {
            println!("{event}: not everything goes on after {} s", PATIENCE.as_secs());
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(CALM).await;
    (begun, Instant::now())
}

async fn hook(script: &str, event: &str) {
    println!("{event} …");
    let status = Command::new(script).arg(event).status().await.expect("a script");
    assert!(status.success(), "{event} ended with {status}");
}
