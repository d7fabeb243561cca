//! The whole nation, 514 malls with 3,000 counters, and the cost of watching it.

use std::time::Duration;

use mpp_api::{
    registry::mall::Stage,
    report::{Kind, WatchReportResponse},
    reporting::{Report, WatchReportRequest},
    scheduling::{deviation::finding, ticket},
};
use mpp_testkit::Backend;
use prost::Message as _;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::time::{Instant, sleep, timeout};
use tonic::Streaming;

use crate::{
    records::{counter, deviation, mall, region, ticket},
    world::{PATIENCE, World},
};

const MALLS: usize = 514;
const COUNTERS: usize = 3_000;
/// Tickets printed, called or completed in a second: a busy hour of the nation.
const RATE: u64 = 25;

/// Bytes that one listener may cost in a minute.
const LIMIT: f64 = 2_000_000.0;

#[tokio::test]
async fn who_watches_the_nation_is_sent_less_than_two_megabytes_a_minute() {
    let world = nation().await;
    let mut watch = Watch::start(&world).await;
    let judged = |report: &Report| {
        let counters =
            report.malls.iter().map(|mall| mall.uniform_counters + mall.deviating_counters);
        usize::try_from(counters.sum::<i32>())
    };
    while judged(&watch.held) != Ok(COUNTERS) {
        watch.next().await;
    }
    let begin = Instant::now();
    watch.whole = 0;
    let (sold, told) = tokio::join!(sell(&world, "A", Duration::from_secs(6)), watch.listen(6));
    let bytes = told as f64 * 60.0 / begin.elapsed().as_secs_f64();
    println!("{sold} tickets, {:.2} MB a minute", bytes / 1e6);
    assert!(sold > 50 && bytes < LIMIT, "{bytes:.0} bytes a minute for {sold} tickets");
    assert_eq!(watch.whole, 0, "nothing but changes");
}

/// `cargo test -p mpp-reporting --test it nation -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, of half a minute"]
async fn what_a_hundred_watchers_cost() {
    let world = nation().await;
    let whole = world.after(0).await.encoded_len();
    println!("the whole report: {} KB", whole / 1_000);
    let before = processor_seconds();
    for _ in 0..50 {
        world.after(0).await;
    }
    println!("to compute it: {:.1} ms", (processor_seconds() - before) * 1_000.0 / 50.0);
    for watchers in [0, 100] {
        let mut watches = Vec::new();
        for _ in 0..watchers {
            watches.push(Watch::start(&world).await);
        }
        let (begin, processor) = (Instant::now(), processor_seconds());
        let listening = watches
            .into_iter()
            .map(|mut watch| tokio::spawn(async move { watch.listen(10).await }));
        let listening: Vec<_> = listening.collect();
        let sold = sell(&world, &format!("P{watchers}"), Duration::from_secs(10)).await;
        let mut bytes = 0;
        for told in listening {
            bytes += told.await.expect("a watcher");
        }
        let minutes = begin.elapsed().as_secs_f64() / 60.0;
        println!(
            "{watchers} watchers, {sold} tickets: {:.2} MB a watcher and minute, {:.1} % of a core",
            bytes as f64 / 1e6 / minutes / f64::from(watchers.max(1)),
            (processor_seconds() - processor) / minutes / 0.6,
        );
    }
}

/// Time that this process has had of the processors.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit(") ").next().expect("a name");
    let ticks = after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<f64>());
    ticks.map(|ticks| ticks.expect("a number") / 100.0).sum()
}

fn name_of(number: usize) -> String {
    format!("malls/kabupaten-{number:03}")
}

async fn nation() -> World {
    let world = World::start_with(mpp_testkit::database(Backend::Sqlite).await, 1_000).await;
    let mut regions = Vec::new();
    for number in 0..MALLS {
        let (province, regency) = (11 + number / 14, 1 + number % 14);
        if regency == 1 {
            let name = format!("regions/{province}");
            regions.push(region(&name, &format!("Provinsi {province}"), "Asia/Jakarta", false));
        }
        let name = format!("regions/{province}.{regency:02}");
        regions.push(region(&name, &format!("Kabupaten {number}"), "Asia/Jakarta", true));
    }
    let regencies = regions.iter().filter(|(name, _)| name.contains('.'));
    let malls: Vec<_> = regencies
        .enumerate()
        .map(|(number, (region, _))| {
            let stages = [(Stage::Operating, "2025-01-05")];
            (name_of(number), mall(&format!("kabupaten-{number:03}"), region, &stages))
        })
        .collect();
    let counter_of = |number: usize| format!("{}/counters/c{number:04}", name_of(number % MALLS));
    let counters: Vec<_> = (0..COUNTERS)
        .map(|number| (counter_of(number), counter(&format!("Gerai {number}"))))
        .collect();
    let early = [finding::Code::ClosesEarly, finding::Code::ShortHours];
    let deviations: Vec<_> = (0..COUNTERS)
        .map(|number| {
            let found = deviation(if number % 5 == 0 { &early } else { &[] });
            (format!("{}/deviation", counter_of(number)), found)
        })
        .collect();
    world.registry.put_all(&regions).await;
    world.registry.put_all(&malls).await;
    let registry = world.registry.put_all(&counters).await;
    let scheduling = world.scheduling.put_all(&deviations).await;
    world.after_both(registry, scheduling).await;
    world
}

/// Sells tickets all over the nation; answers how many.
async fn sell(world: &World, prefix: &str, during: Duration) -> usize {
    let mut random = StdRng::seed_from_u64(514);
    let begin = Instant::now();
    let mut sold = 0;
    while begin.elapsed() < during {
        let mall = name_of(random.random_range(0..MALLS));
        let name = format!("{mall}/tickets/2026-11-24-{prefix}-{sold:05}");
        world.scheduling.put(&name, &ticket("2026-11-24", ticket::State::Completed)).await;
        sold += 1;
        sleep(Duration::from_millis(1_000 / RATE)).await;
    }
    sold
}

struct Watch {
    stream: Streaming<WatchReportResponse>,
    held: Report,
    whole: usize,
}

impl Watch {
    async fn start(world: &World) -> Self {
        let stream = world.client().watch_report(WatchReportRequest {}).await;
        let stream = stream.expect("a stream").into_inner();
        let mut watch = Self { stream, held: Report::default(), whole: 0 };
        watch.next().await;
        watch
    }

    /// Bytes of the next message.
    async fn next(&mut self) -> usize {
        let message = timeout(PATIENCE, self.stream.message()).await.expect("in time");
        let message = message.expect("a message").expect("not the end");
        let bytes = message.encoded_len();
        self.whole += usize::from(matches!(message.kind, Some(Kind::Report(_))));
        message.apply_to(&mut self.held).expect("a message of the contract");
        bytes
    }

    /// Bytes that came within this many seconds.
    async fn listen(&mut self, seconds: u64) -> usize {
        let mut bytes = 0;
        let all = async {
            loop {
                bytes += self.next().await;
            }
        };
        let _ = timeout(Duration::from_secs(seconds), all).await;
        bytes
    }
}
