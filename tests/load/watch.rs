//! From a commit to a thousand watchers.

use std::time::Duration;

use mpp_api::{
    feed::{Filter, WatchRequest, WatchResponse, feed_service_client::FeedServiceClient},
    registry::{Counter, UpdateCounterRequest},
};
use mpp_client::{Channel, Endpoint, TokenSource, connect};
use mpp_core::Clock;
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Setup, Suite,
    cluster::Cluster,
    keys::{APP, ORGANISER},
    town::{self, DUKCAPIL, directory},
};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

use crate::{
    plain::{self, Events},
    quantile, verdict,
};

const WATCHERS: usize = 1_000;
/// Streams of one caller are bounded, so the watchers are several callers on a connection each.
const CALLERS: usize = 20;
const COMMITS_A_SECOND: u64 = 50;
const COMMITS: u64 = 1_000;
/// While connections and memory settle.
const WARM_UP: u64 = 100;

pub async fn measure() {
    run(0).await;
}

/// Measures as many watchers over plain HTTP, which get the same changes as events.
pub async fn measure_events() {
    run(WATCHERS).await;
}

async fn run(listeners: usize) {
    let cluster = Cluster::start().await;
    let setup = Setup { cluster: Some(&cluster), any_rate: true, ..Setup::default() };
    let suite = Suite::start_with(Backend::Postgres, setup).await;
    town::found(&suite).await;
    let watchers = start(&suite).await;
    let listeners = listen(&suite, listeners).await;
    println!(
        "watch: {WATCHERS} watchers on {CALLERS} connections, and {} listeners to events, \
         {COMMITS_A_SECOND} commits/s, PostgreSQL",
        listeners.len()
    );
    let took = commit(&suite).await;
    println!("  {:.0} commits/s", COMMITS as f64 / took.as_secs_f64());
    show("commit to watch", watchers).await;
    if !listeners.is_empty() {
        show("commit to event", listeners).await;
    }
}

async fn show(what: &str, watchers: Vec<JoinHandle<Vec<f64>>>) {
    let mut millis = Vec::new();
    for watcher in watchers {
        millis.extend(watcher.await.expect("a watcher that got everything"));
    }
    millis.sort_by(f64::total_cmp);
    let (p50, p99) = (quantile(&millis, 500), quantile(&millis, 990));
    println!(
        "  {what}: {} messages, p50 {p50:.1} ms, p99 {p99:.1} ms (goal p99 20 ms, {})",
        millis.len(),
        verdict(p99 < 20.0)
    );
}

async fn listen(suite: &Suite, count: usize) -> Vec<JoinHandle<Vec<f64>>> {
    let mut listeners = Vec::new();
    for caller in 0..count.min(CALLERS) {
        let file = suite.keys.issue(suite.home(), &format!("users/browser-{caller}"), APP).await;
        let token = std::fs::read_to_string(file).expect("a token").trim().to_owned();
        let socket = suite.socket(Service::Registry);
        let place = plain::Place { socket, token, path: "/v1/feed:watch?filter.kinds=counter" };
        let streams = plain::streams(&place, count / CALLERS).await;
        listeners.extend(streams.into_iter().map(|events| tokio::spawn(hear(events))));
    }
    listeners
}

async fn hear(mut events: Events) -> Vec<f64> {
    let clock = Clock::system();
    let (mut seen, mut millis) = (0, Vec::new());
    while seen < COMMITS {
        let data = events.next().await;
        let now = clock.now();
        let message: serde_json::Value = serde_json::from_str(&data).expect("JSON");
        for change in message["changes"].as_array().into_iter().flatten() {
            let committed: jiff::Timestamp =
                change["commitTime"].as_str().expect("a time").parse().expect("a time");
            seen += 1;
            if seen > WARM_UP {
                millis.push((now - committed.as_microsecond()) as f64 / 1_000.0);
            }
        }
    }
    millis
}

async fn start(suite: &Suite) -> Vec<JoinHandle<Vec<f64>>> {
    let mut watchers = Vec::new();
    for caller in 0..CALLERS {
        let token = suite.keys.issue(suite.home(), &format!("users/app-{caller}"), APP).await;
        let endpoint = Endpoint {
            token: Some(TokenSource::File(token)),
            ..suite.endpoint(Service::Registry, APP)
        };
        let channel = connect(&endpoint).expect("an endpoint");
        for _ in 0..WATCHERS / CALLERS {
            watchers.push(watch(&channel).await);
        }
    }
    watchers
}

async fn watch(channel: &Channel) -> JoinHandle<Vec<f64>> {
    let filter = Filter { kinds: vec!["counter".into()], ..Default::default() };
    let request = WatchRequest { filter: Some(filter), ..Default::default() };
    let mut stream =
        FeedServiceClient::new(channel.clone()).watch(request).await.expect("a watch").into_inner();
    tokio::spawn(async move {
        let clock = Clock::system();
        let (mut seen, mut millis) = (0, Vec::new());
        while seen < COMMITS {
            let message = stream.message().await.expect("no cut").expect("no end");
            let now = clock.now();
            for committed in commit_times(&message) {
                seen += 1;
                if seen > WARM_UP {
                    millis.push((now - committed) as f64 / 1_000.0);
                }
            }
        }
        millis
    })
}

/// Microseconds since 1970, by the database's clock when each transaction began: a little early, so
/// the time measured is a little more than from commit to watch.
fn commit_times(message: &WatchResponse) -> impl Iterator<Item = i64> {
    let times = message.changes.iter().filter_map(|change| change.commit_time);
    times.map(|time| time.seconds * 1_000_000 + i64::from(time.nanos) / 1_000)
}

async fn commit(suite: &Suite) -> Duration {
    let mut directory = directory(suite, ORGANISER);
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / COMMITS_A_SECOND));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let begun = std::time::Instant::now();
    for number in 0..COMMITS {
        tick.tick().await;
        let counter = Counter {
            name: DUKCAPIL.into(),
            display_name: town::text(&format!("Gerai {number}")),
            ..Default::default()
        };
        let request = UpdateCounterRequest {
            counter: Some(counter),
            update_mask: Some(prost_types::FieldMask { paths: vec!["display_name".into()] }),
            request_id: town::request_id(),
            ..Default::default()
        };
        directory.update_counter(request).await.expect("a commit");
    }
    begun.elapsed()
}
