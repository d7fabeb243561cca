//! Keeps a copy of another service's feed.
//!
//! A [`Follower`] is asked for the next [`Event`] and never fails: it connects, waits and connects
//! again by itself, and goes on after the last position that it gave out. The copy applies each
//! event in one transaction with its position. Where that transaction fails, or another process
//! has gone further, the copy says where it stands by [`Follower::rewind`].
//!
//! A pull interface was chosen over a trait that the copy implements: the copy's loop stays its
//! own, with its own `select!`, and nothing is called back.

use std::{collections::VecDeque, mem, time::Duration};

use bytes::Bytes;
use mpp_api::feed::{
    self, WatchRequest, WatchResponse, change, feed_service_client::FeedServiceClient,
};
use mpp_core::{Error, Reason, Result, known_labels};
use mpp_store::{Change, Filter, Op, Position};
use mpp_telemetry::KeyValue;
use tokio::time::{Instant, sleep_until, timeout};
use tonic::{Code, Status, Streaming};

use crate::{Channel, ClientError, Component, error_of, feed::label_texts, time::from_timestamp};

/// Feeds bookmark every few seconds; one that is silent so long is taken for dead.
const SILENCE: Duration = Duration::from_secs(60);
/// The back-off: how long to wait after the first failure. Each further one doubles it, up to the
/// longest; a message ends the count. Between half and all of it is waited, so that the followers of
/// a server that comes back do not come at once.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Most changes of one transaction; the suite's own are far smaller.
const MOST_PENDING: usize = 250_000;
/// How long a copy counts as ready while its feed is away, so that one service's restart does not
/// take its followers with it.
const TOLERANCE: Duration = Duration::from_secs(60);

/// The next step of a copy.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The whole state follows, from its start: note which records come.
    StateBegins,
    /// Records of the state, each as a `Put`.
    State(Vec<Change>),
    /// The state is complete: remove what has not come since it began, and save the position.
    StateEnds(Position),
    /// All changes of one or more transactions, in order; none, where only the position moves.
    Changes(Vec<Change>, Position),
}

/// Follows one feed for one copy.
pub struct Follower {
    name: String,
    client: FeedServiceClient<Channel>,
    filter: Filter,
    component: Option<Component>,
    /// Where to go on; `None` to start with the state.
    position: Option<Position>,
    stream: Option<Streaming<WatchResponse>>,
    /// Changes of a transaction whose end has not come yet.
    pending: Vec<Change>,
    in_state: bool,
    /// Events that have come and were not asked for yet.
    ready: VecDeque<Event>,
    pause: Duration,
    /// Kept here and not only slept, so that whoever drops the future does not lose it.
    next_try: Instant,
    last_heard: Option<Instant>,
}

impl Follower {
    /// Follows what passes `filter` on the service behind `channel`, named `name` in logs and
    /// measurements, after `position`; without one it starts with the state.
    pub fn new(name: &str, channel: Channel, filter: Filter, position: Option<Position>) -> Self {
        Self {
            name: name.to_owned(),
            client: FeedServiceClient::new(channel),
            filter,
            component: None,
            position,
            stream: None,
            pending: Vec::new(),
            in_state: false,
            ready: VecDeque::new(),
            pause: FIRST_PAUSE,
            next_try: Instant::now(),
            last_heard: None,
        }
    }

    /// Lets readiness know: up once the copy is complete, down where nothing was heard of the
    /// feed for a minute.
    #[must_use]
    pub fn reporting_to(mut self, component: Component) -> Self {
        self.component = Some(component);
        self
    }

    /// Goes on after `position`, which is where the copy stands; without one with the state.
    pub fn rewind(&mut self, position: Option<Position>) {
        self.position = position;
        self.stream = None;
        self.ready.clear();
    }

    /// The next event; waits for it through every failure. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return event;
            }
            let Some(stream) = &mut self.stream else {
                self.connect().await;
                continue;
            };
            match timeout(SILENCE, stream.message()).await {
                Ok(Ok(Some(message))) => {
                    if let Err(error) = self.receive(message) {
                        self.lost(&malformed(&error));
                    }
                }
                Ok(Ok(None)) => self.lost(&Status::unavailable("the feed ended")),
                Ok(Err(status)) => self.lost(&status),
                Err(_) => self.lost(&Status::unavailable("the feed was silent for a minute")),
            }
        }
    }

    async fn connect(&mut self) {
        sleep_until(self.next_try).await;
        let request = WatchRequest {
            filter: Some(to_wire(&self.filter)),
            resume_token: self.position.as_ref().map(|at| at.token.clone()).unwrap_or_default(),
            initial_state: self.position.is_none(),
        };
        // A server that is reached but does not answer is silent, too.
        let answer = timeout(SILENCE, self.client.watch(request)).await;
        match answer.unwrap_or_else(|_| Err(Status::unavailable("the feed did not answer"))) {
            Ok(stream) => {
                self.pending.clear();
                self.in_state = self.position.is_none();
                self.ready.extend(self.in_state.then_some(Event::StateBegins));
                self.stream = Some(stream.into_inner());
                tracing::info!(feed = self.name, state = self.in_state, "following");
            }
            Err(status) => self.lost(&status),
        }
    }

    fn receive(&mut self, message: WatchResponse) -> Result<()> {
        self.pause = FIRST_PAUSE;
        self.last_heard = Some(Instant::now());
        measure(&self.name, 1.0, Some(message.revision));
        let changes: Vec<Change> = message
            .changes
            .into_iter()
            .map(|change| from_wire(change, message.revision))
            .collect::<Result<_>>()?;
        let ends = !message.resume_token.is_empty();
        if self.in_state {
            self.ready.extend((!changes.is_empty()).then_some(Event::State(changes)));
            if ends && message.initial_state_complete {
                self.in_state = false;
                let position = self.reached(message.resume_token, message.revision);
                self.ready.push_back(Event::StateEnds(position));
            }
            return Ok(());
        }
        self.pending.extend(changes);
        if self.pending.len() > MOST_PENDING {
            return Err(Error::internal("a transaction without end"));
        }
        if ends {
            let position = self.reached(message.resume_token, message.revision);
            let changes = mem::take(&mut self.pending);
            self.ready.push_back(Event::Changes(changes, position));
        }
        Ok(())
    }

    /// The token is opaque and holds the lineage itself; the position's field stays empty.
    fn reached(&mut self, token: Bytes, revision: i64) -> Position {
        if let Some(component) = &self.component {
            component.up();
        }
        let position = Position { token, revision };
        self.position = Some(position.clone());
        position
    }

    /// Notes why there is no stream any more, and whether to start again from the state.
    fn lost(&mut self, status: &Status) {
        self.stream = None;
        measure(&self.name, 0.0, None);
        let error = error_of(status);
        tracing::warn!(feed = self.name, reason = error.reason, "lost: {}", error.message);
        if must_start_again(&error) {
            self.position = None;
        }
        let pause = self.pause.max(error.retry_after.unwrap_or_default()).min(LONGEST_PAUSE);
        self.next_try = Instant::now() + pause.mul_f64(rand::random_range(0.5..1.0));
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        let away = self.last_heard.is_none_or(|heard| heard.elapsed() > TOLERANCE);
        if let (true, Some(component)) = (away, &self.component) {
            component.down(&format!("{} cannot be followed: {}", self.name, error.message));
        }
    }
}

/// True if the position is of no use any more: compacted, of another lineage or another filter.
fn must_start_again(error: &ClientError) -> bool {
    error.code == Code::OutOfRange || error.is(Reason::InvalidResumeToken)
}

fn malformed(error: &Error) -> Status {
    Status::unavailable(format!("the feed sent what cannot be read: {}", error.message()))
}

fn to_wire(filter: &Filter) -> feed::Filter {
    feed::Filter {
        kinds: filter.kinds.iter().cloned().collect(),
        name_prefix: filter.name_prefix.clone(),
        labels: label_texts(&filter.labels),
    }
}

/// The wire has one time, that of the commit; it stands for the record's times as well.
fn from_wire(change: feed::Change, revision: i64) -> Result<Change> {
    let op = match change.op() {
        change::Op::Put => Op::Put,
        change::Op::Deleted => Op::Deleted,
        change::Op::Removed => Op::Removed,
        change::Op::Unspecified => {
            return Err(Error::internal(format!("{} has no known op", change.name)));
        }
    };
    let time = change.commit_time.unwrap_or_default();
    let at = from_timestamp(&time, "commit_time")?;
    Ok(Change {
        kind: change.kind,
        name: change.name,
        version: change.version,
        op,
        doc: change.document.map(|document| document.value).unwrap_or_default(),
        tombstone: change.tombstone,
        labels: known_labels(change.labels),
        labels_before: None,
        origin: change.origin,
        actor: change.actor,
        at,
        create_time: at,
        update_time: at,
        revision,
    })
}

fn measure(feed: &str, connected: f64, revision: Option<i64>) {
    use std::sync::LazyLock;
    type Gauge = LazyLock<mpp_telemetry::Gauge<f64>>;
    static CONNECTED: Gauge = LazyLock::new(|| {
        mpp_telemetry::gauge("mpp.follower.connected", "1 while the feed is followed")
    });
    static REVISION: Gauge = LazyLock::new(|| {
        mpp_telemetry::gauge("mpp.follower.revision", "The last revision that came")
    });
    let labels = [KeyValue::new("feed", feed.to_owned())];
    CONNECTED.record(connected, &labels);
    if let Some(revision) = revision {
        // Exact up to 2^53, which no feed reaches.
        REVISION.record(revision as f64, &labels);
    }
}
