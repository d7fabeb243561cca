//! The client that other teams use, against the built binary: its example runs, an answer that is
//! lost costs nothing, and of two replicas one may be killed.

#[path = "../../libs/client/examples/first_calls.rs"]
#[allow(dead_code)] // its `main`
mod first_calls;

use std::sync::Arc;

use mpp_api::registry::{
    Counter, GetCounterRequest, UpdateCounterRequest,
    directory_service_client::DirectoryServiceClient,
};
use mpp_client::{Channel, Endpoint, connect};
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Suite, eventually,
    keys::{APP, ORGANISER},
    proxy::{Proxy, Weather},
    replica::Replica,
    town::{self, DUKCAPIL, directory},
    wait::{pause, that},
};
use tokio::sync::Semaphore;

const WRITES: i64 = 60;

#[tokio::test]
async fn the_example_runs_as_it_is_printed() {
    let suite = Suite::start(Backend::Sqlite).await;
    town::open(&suite).await;
    let (app, organiser) = (suite.keys.token(APP), suite.keys.token(ORGANISER));
    let address = suite.address(Service::Registry);
    first_calls::run(&address, app, organiser).await.expect("all of it");
    assert_eq!(title(&counter(&suite).await), "Gerai Dukcapil, lantai 1");
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_done_once_and_answered() {
    let suite = Suite::start(Backend::Sqlite).await;
    town::open(&suite).await;
    let proxy = Proxy::to(vec![suite.socket(Service::Registry)]).await;
    let mut caller = organiser(&suite, proxy.url());
    let before = renamed(&mut caller, "Gerai A").await;

    proxy.set(Weather::Mute);
    let writing = tokio::spawn(async move { renamed(&mut caller, "Gerai B").await });
    eventually(PATIENCE, "the write is done, and nobody hears of it", async || {
        that(title(&counter(&suite).await) == "Gerai B", "not yet")
    })
    .await;
    proxy.set(Weather::Cut);
    pause(100).await;
    proxy.set(Weather::Fair);
    let after = writing.await.expect("answered");
    assert_eq!(version(&after), version(&before) + 1);
    assert_eq!(counter(&suite).await.etag, after.etag, "done once, and this is the answer of then");
}

#[tokio::test]
async fn of_two_replicas_one_is_killed_and_no_call_fails_or_is_done_twice() {
    let mut suite = Suite::start(Backend::Postgres).await;
    town::open(&suite).await;
    let second = Replica::start(&suite, Service::Registry).await;
    let addresses = format!("{},http://{}", suite.address(Service::Registry), second.socket());
    let mut caller = organiser(&suite, addresses);
    let before = version(&counter(&suite).await);

    let progress = Arc::new(Semaphore::new(0));
    let tell = progress.clone();
    let working = tokio::spawn(async move {
        for number in 0..WRITES {
            let name = format!("Gerai {number}");
            renamed(&mut caller, &name).await;
            assert_eq!(title(&read(&mut caller).await), name, "whichever replica is asked");
            tell.add_permits(1);
        }
        read(&mut caller).await
    });
    progress.acquire_many(20).await.expect("open").forget();
    suite.kill(Service::Registry).await;
    let last = working.await.expect("all were answered");
    assert_eq!(version(&last), before + WRITES, "each was done once");
}

fn organiser(suite: &Suite, address: String) -> DirectoryServiceClient<Channel> {
    let endpoint = Endpoint { address, ..suite.endpoint(Service::Registry, ORGANISER) };
    DirectoryServiceClient::new(connect(&endpoint).expect("an endpoint"))
}

/// Renames the counter without a request id, like a caller who has not thought of one.
async fn renamed(caller: &mut DirectoryServiceClient<Channel>, name: &str) -> Counter {
    let counter =
        Counter { name: DUKCAPIL.into(), display_name: town::text(name), ..Default::default() };
    let request = UpdateCounterRequest { counter: Some(counter), ..Default::default() };
    let answer = caller.update_counter(request).await.expect("renamed");
    answer.into_inner().counter.expect("the counter as it is now")
}

async fn read(caller: &mut DirectoryServiceClient<Channel>) -> Counter {
    let request = GetCounterRequest { name: DUKCAPIL.into(), ..Default::default() };
    caller.get_counter(request).await.expect("read").into_inner().counter.expect("a counter")
}

/// Reads the counter as somebody else, who does not go through the bad network.
async fn counter(suite: &Suite) -> Counter {
    read(&mut directory(suite, APP)).await
}

fn title(counter: &Counter) -> String {
    counter.display_name.clone().unwrap_or_default().id
}

fn version(counter: &Counter) -> i64 {
    let version = counter.etag.split('.').next().unwrap_or_default();
    version.parse().expect("an etag of this suite begins with the version")
}
