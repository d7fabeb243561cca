//! From a commit to a thousand watchers.

use std::time::Duration;

use mpp_api::{
    feed::{Filter, WatchRequest, WatchResponse, feed_service_client::FeedServiceClient},
    registry::{Counter, UpdateCounterRequest},
};
use mpp_core::Clock;
use mpp_rpc::{Channel, Endpoint, TokenSource, connect};
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Setup, Suite,
    cluster::Cluster,
    keys::{APP, ORGANISER},
    town::{self, DUKCAPIL, directory},
};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

use crate::{quantile, verdict};

const WATCHERS: usize = 1_000;
/// Streams of one caller are bounded, so the watchers are several callers on a connection each.
const CALLERS: usize = 20;
const COMMITS_A_SECOND: u64 = 50;
const COMMITS: u64 = 1_000;
/// While connections and memory settle.
const WARM_UP: u64 = 100;

pub async fn measure() {
    let cluster = Cluster::start().await;
    let setup = Setup { cluster: Some(&cluster), ..Setup::default() };
    let suite = Suite::start_with(Backend::Postgres, setup).await;
    town::found(&suite).await;
    let watchers = start(&suite).await;
    println!(
        "watch: {WATCHERS} watchers on {CALLERS} connections, {COMMITS_A_SECOND} commits/s, PostgreSQL"
    );
    let took = commit(&suite).await;

    let mut millis = Vec::new();
    for watcher in watchers {
        millis.extend(watcher.await.expect("a watcher that got everything"));
    }
    millis.sort_by(f64::total_cmp);
    let (p50, p99) = (quantile(&millis, 500), quantile(&millis, 990));
    println!("  {} messages, {:.0} commits/s", millis.len(), COMMITS as f64 / took.as_secs_f64());
    println!(
        "  commit to watch: p50 {p50:.1} ms, p99 {p99:.1} ms (goal p99 20 ms, {})",
        verdict(p99 < 20.0)
    );
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
