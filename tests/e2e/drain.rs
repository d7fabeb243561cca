//! Rolling restarts: callers see nothing that a retry would not mend, and watchers are moved.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use mpp_api::{
    feed::{WatchRequest, feed_service_client::FeedServiceClient},
    registry::{GetMallRequest, directory_service_client::DirectoryServiceClient},
};
use mpp_client::{Channel, Endpoint, TokenSource, connect, error_of};
use mpp_core::Reason;
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Suite, eventually,
    keys::{APP, AUDITOR},
    process::Signal,
    proxy::Proxy,
    replica::Replica,
    town::{self, MALL},
    wait::pause,
    wait::that,
};
use tonic::Code;

const CALLERS: usize = 16;

#[tokio::test]
async fn a_rolling_restart_of_two_replicas_costs_callers_at_most_a_retry() {
    let mut suite = Suite::start(Backend::Postgres).await;
    town::found(&suite).await;
    let mut second = Replica::start(&suite, Service::Registry).await;
    let balancer = Proxy::to(vec![suite.socket(Service::Registry), second.socket()]).await;
    let callers = Callers::start(&suite, &balancer.url());
    callers.answer(200).await;

    for _ in 0..2 {
        suite.stop(Service::Registry).await;
        callers.answer(200).await;
        suite.launch(Service::Registry);
        suite.ready(Service::Registry).await;
        second.stop().await;
        callers.answer(200).await;
        second.again(&suite).await;
    }
    callers.answer(200).await;
    callers.end().await;
}

#[tokio::test]
async fn a_watcher_is_told_to_move_and_goes_on_at_the_next_server() {
    let mut suite = Suite::start(Backend::Postgres).await;
    town::found(&suite).await;
    let channel = suite.channel(Service::Registry, AUDITOR);
    let request = WatchRequest { initial_state: true, ..Default::default() };
    let mut stream =
        FeedServiceClient::new(channel.clone()).watch(request).await.expect("a watch").into_inner();
    let token = loop {
        let message = stream.message().await.expect("a message").expect("a state");
        if message.initial_state_complete {
            break message.resume_token;
        }
    };

    suite.process(Service::Registry).signal(Signal::Terminate).await;
    let told = loop {
        match stream.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the watch ended without a word"),
            Err(status) => break status,
        }
    };
    let error = error_of(&told);
    assert!(error.is(Reason::Unavailable), "{told:?}");
    assert_eq!(error.code, Code::Unavailable);
    let status = suite.process(Service::Registry).end_within(PATIENCE).await;
    assert!(status.success(), "{status}");

    suite.launch(Service::Registry);
    suite.ready(Service::Registry).await;
    let request = WatchRequest { resume_token: token, ..Default::default() };
    let resumed = FeedServiceClient::new(channel).watch(request).await;
    let first = resumed.expect("the token holds").into_inner().message().await;
    first.expect("a greeting").expect("a message");
}

/// Callers that never pause, and try again at once when they are told that they may.
struct Callers {
    answered: Arc<AtomicU64>,
    retried: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Callers {
    fn start(suite: &Suite, address: &str) -> Self {
        let token = Some(TokenSource::File(suite.keys.token(APP)));
        let endpoint = Endpoint { address: address.to_owned(), token, tls: None };
        let mut callers = Self {
            answered: Arc::default(),
            retried: Arc::default(),
            stopped: Arc::default(),
            tasks: Vec::new(),
        };
        for _ in 0..CALLERS {
            let channel = connect(&endpoint).expect("an endpoint");
            let counts =
                (callers.answered.clone(), callers.retried.clone(), callers.stopped.clone());
            callers.tasks.push(tokio::spawn(call(channel, counts)));
        }
        callers
    }

    /// Waits until this many more calls have been answered.
    async fn answer(&self, more: u64) {
        let goal = self.answered.load(Ordering::SeqCst) + more;
        eventually(PATIENCE, &format!("{more} more calls are answered"), async || {
            assert!(
                self.tasks.iter().all(|task| !task.is_finished()),
                "a caller saw a fault; see above"
            );
            that(self.answered.load(Ordering::SeqCst) >= goal, "too few")
        })
        .await;
    }

    async fn end(self) {
        self.stopped.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.expect("a caller that saw no fault");
        }
        let (answered, retried) =
            (self.answered.load(Ordering::SeqCst), self.retried.load(Ordering::SeqCst));
        println!("{answered} calls were answered, {retried} of them after a retry");
    }
}

/// A call is tried again at once; it must be answered within a second of tries.
const TRIES: usize = 50;

async fn call(
    channel: Channel,
    (answered, retried, stopped): (Arc<AtomicU64>, Arc<AtomicU64>, Arc<AtomicBool>),
) {
    let mut directory = DirectoryServiceClient::new(channel);
    while !stopped.load(Ordering::SeqCst) {
        let mut tries = 0;
        loop {
            let request = GetMallRequest { name: MALL.into(), min_revision: 0 };
            match directory.get_mall(request).await {
                Ok(_) => break,
                Err(status) => {
                    let may_retry = status.code() == Code::Unavailable && tries < TRIES;
                    assert!(may_retry, "after {tries} tries: {status:?}");
                }
            }
            tries += 1;
            retried.fetch_add(1, Ordering::SeqCst);
            pause(20).await;
        }
        answered.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
