//! Costs and speeds, each figure beside its goal, and beside the same work without
//! us.
//!
//! ```sh
//! cargo build --release        # the program and this one, with the same features
//! target/release/load          # everything
//! target/release/load watch    # read, plain, watch, events, book, sync, fair or edit
//! ```
//! Servers are processes of their own, as in production; this process is the clients. PostgreSQL is
//! a cluster of its own, as it comes. Nothing is asserted about times: machines differ.

#![forbid(unsafe_code)]

mod book;
mod echo;
mod edit;
mod fair;
mod plain;
mod read;
mod statements;
mod sync;
mod watch;

use std::{
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => {
            read::measure().await;
            read::measure_plain().await;
            watch::measure().await;
            watch::measure_events().await;
            book::measure().await;
            sync::measure().await;
            fair::measure().await;
            edit::measure().await;
        }
        ["read"] => read::measure().await,
        ["plain"] => read::measure_plain().await,
        ["watch"] => watch::measure().await,
        ["events"] => watch::measure_events().await,
        ["book"] => book::measure().await,
        ["sync"] => sync::measure().await,
        ["fair"] => fair::measure().await,
        ["edit"] => edit::measure().await,
        // The process that `read` measures beside ours.
        ["echo", port] => echo::serve(port).await,
        _ => {
            eprintln!("load [read|plain|watch|events|book|sync|fair|edit]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// How often tasks that never end count in a second, once they are warm; ends them.
async fn calls_a_second(
    calls: &AtomicU64,
    tasks: Vec<JoinHandle<()>>,
    warm_up: Duration,
    round: Duration,
) -> f64 {
    tokio::time::sleep(warm_up).await;
    let (before, begun) = (calls.load(Ordering::Relaxed), Instant::now());
    tokio::time::sleep(round).await;
    let made = calls.load(Ordering::Relaxed) - before;
    let rate = made as f64 / begun.elapsed().as_secs_f64();
    for task in &tasks {
        assert!(!task.is_finished(), "a call failed");
        task.abort();
    }
    rate
}

/// The value that this many of a thousand do not exceed.
fn quantile(sorted: &[f64], per_mille: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get(last * per_mille / 1000).copied().unwrap_or(f64::NAN)
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 500)
}

/// Whether a goal is reached, for the eye.
fn verdict(reached: bool) -> &'static str {
    if reached { "reached" } else { "MISSED" }
}
