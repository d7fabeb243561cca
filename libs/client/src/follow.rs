//! Follows a feed.
//!
//! A [`Follower`] is asked for the next [`Event`] and never fails: it connects, waits and connects
//! again by itself, and goes on after the last position that it gave out. A copy applies each event
//! whole, with its position. If that fails, it tells its own position by [`Follower::rewind`].
//!
//! A pull interface was chosen over a trait that the copy implements: the copy's loop stays its
//! own, with its own `select!`, and nothing is called back.

use std::{collections::VecDeque, mem, time::SystemTime};

use bytes::Bytes;
use futures::FutureExt as _;
use mpp_api::{
    Position, digest,
    feed::{
        self, Filter, WatchRequest, WatchResponse, change::Op,
        feed_service_client::FeedServiceClient,
    },
};
use mpp_core::{Backoff, Clock, Digest, Error, Reason, Result};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};
use tonic::{Code, Status, Streaming};

use crate::{
    Channel, ClientError, Settings, error_of,
    settings::{LONGEST_ASKED, MOST_PENDING},
};

/// A change, as the feed tells it, with the revision of its transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The change; its operation is one that the contract names.
    pub told: feed::Change,
    /// The transaction's revision; of a record of the state it is that of the whole state.
    pub revision: i64,
}

/// The next step of a copy, which takes in changes as `C`.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<C = Change> {
    /// The whole state follows, from its start: note which records come.
    StateBegins,
    /// Records of the state, each as a put.
    State(Vec<C>),
    /// The state is complete: remove the records that it did not bring, and save the position.
    StateEnds(Position),
    /// All changes of one or more transactions, in order; none if only the position moves.
    Changes(Vec<C>, Position),
    /// The digest of the filter's kinds at the service, at the position of the last event: a
    /// copy that holds something else starts again, by [`Follower::rewind`] without a position.
    Digest(Digest),
}

impl<C> Event<C> {
    /// The same step with each change as `taken` takes it in.
    ///
    /// # Errors
    /// The first of `taken`.
    pub fn try_map<D>(self, taken: impl FnMut(C) -> Result<D>) -> Result<Event<D>> {
        let all = |changes: Vec<C>| changes.into_iter().map(taken).collect::<Result<_>>();
        Ok(match self {
            Event::StateBegins => Event::StateBegins,
            Event::State(changes) => Event::State(all(changes)?),
            Event::StateEnds(position) => Event::StateEnds(position),
            Event::Changes(changes, position) => Event::Changes(all(changes)?, position),
            Event::Digest(digest) => Event::Digest(digest),
        })
    }
}

/// The state of the connection to a feed.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// Since when the feed is followed without a break; `None` while it is not.
    pub connected_since: Option<SystemTime>,
    /// When the feed was last heard of. It is heard of every few seconds, also where nothing
    /// changes: a copy has everything that was committed before.
    pub heard: Option<Instant>,
    /// The revision of the last message.
    pub revision: i64,
    /// Why it is not followed; empty while it is.
    pub trouble: String,
}

/// Follows one feed for one copy.
pub struct Follower {
    name: String,
    client: FeedServiceClient<Channel>,
    filter: Filter,
    /// Whether it is told soon how far it has come.
    prompt: bool,
    /// How many changes are handed over together.
    gathers: usize,
    /// When changes that are gathered are handed over next.
    next_changes: Instant,
    /// The position from which to go on; `None` to start with the state.
    position: Option<Position>,
    stream: Option<Streaming<WatchResponse>>,
    /// Changes of a transaction whose end has not come yet.
    pending: Vec<Change>,
    in_state: bool,
    /// Events that have come and were not asked for yet.
    ready: VecDeque<Event>,
    settings: Settings,
    backoff: Backoff,
    /// Kept here and not only slept, so that dropping the future does not lose it.
    next_try: Instant,
    link: watch::Sender<Link>,
}

impl Follower {
    /// Follows what passes `filter` on the service behind `channel`, named `name` in logs, after
    /// `position`; without one it starts with the state.
    pub fn new(name: &str, channel: Channel, filter: Filter, position: Option<Position>) -> Self {
        let settings = *channel.settings();
        Self {
            name: name.to_owned(),
            client: FeedServiceClient::new(channel),
            filter,
            prompt: false,
            gathers: 0,
            next_changes: Instant::now(),
            position,
            stream: None,
            pending: Vec::new(),
            in_state: false,
            ready: VecDeque::new(),
            settings,
            backoff: settings.backoff(),
            next_try: Instant::now(),
            link: watch::Sender::default(),
        }
    }

    /// Has the service tell soon of what holds nothing for the filter: for a copy that others ask
    /// how far it has come.
    #[must_use]
    pub fn prompt(mut self) -> Self {
        self.prompt = true;
        self
    }

    /// Has changes handed over together, up to about `most`: for a copy that takes in many at once
    /// at little more cost than one. What comes after a pause is handed over at once, what follows
    /// it [`Settings::feed_pace`] later, with all that has come until then.
    #[must_use]
    pub fn gathering(mut self, most: usize) -> Self {
        self.gathers = most;
        self
    }

    /// Tells how it stands with the connection, with each message and each failure.
    pub fn link(&self) -> watch::Receiver<Link> {
        self.link.subscribe()
    }

    /// Goes on after `position`, which is where the copy stands; without one with the state.
    pub fn rewind(&mut self, position: Option<Position>) {
        self.position = position;
        self.stream = None;
        self.ready.clear();
    }

    /// Asks for the events after `position`, where the copy stands, once more and after a pause:
    /// those that came could not be applied.
    pub fn ask_again(&mut self, position: Option<Position>, why: &Error) {
        self.rewind(position);
        self.lost(&malformed(why));
    }

    /// The next event; waits for it through every failure. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.ready.front() {
                if matches!(event, Event::Changes(..)) && self.gathers > 0 {
                    sleep_until(self.next_changes).await;
                    self.next_changes = Instant::now() + self.settings.feed_pace;
                }
                // Taken only now, since the future may be dropped while it waits.
                if let Some(event) = self.ready.pop_front() {
                    return self.gathered(event);
                }
            }
            let Some(stream) = &mut self.stream else {
                self.connect().await;
                continue;
            };
            match timeout(self.settings.feed_silence, stream.message()).await {
                Ok(message) => self.take_in(message),
                Err(_) => self.lost(&Status::unavailable("the feed was silent for too long")),
            }
        }
    }

    fn take_in(&mut self, message: Result<Option<WatchResponse>, Status>) {
        match message {
            Ok(Some(message)) => {
                if let Err(error) = self.receive(message) {
                    self.lost(&malformed(&error));
                }
            }
            Ok(None) => self.lost(&Status::unavailable("the feed ended")),
            Err(status) => self.lost(&status),
        }
    }

    /// Adds the changes that have come already. A digest is of the position before it, so that
    /// nothing is gathered over one.
    fn gathered(&mut self, event: Event) -> Event {
        let Event::Changes(mut changes, mut position) = event else { return event };
        while changes.len() < self.gathers {
            while self.ready.is_empty()
                && let Some(stream) = &mut self.stream
                && let Some(message) = stream.message().now_or_never()
            {
                self.take_in(message);
            }
            match self.ready.pop_front() {
                Some(Event::Changes(more, at)) => {
                    changes.extend(more);
                    position = at;
                }
                Some(other) => {
                    self.ready.push_front(other);
                    break;
                }
                None => break,
            }
        }
        Event::Changes(changes, position)
    }

    async fn connect(&mut self) {
        sleep_until(self.next_try).await;
        let request = WatchRequest {
            filter: Some(self.filter.clone()),
            resume_token: self.position.as_ref().map(|at| at.token.clone()).unwrap_or_default(),
            initial_state: self.position.is_none(),
            prompt: self.prompt,
        };
        // A server that is reached but does not answer is silent, too.
        let answer = timeout(self.settings.feed_silence, self.client.watch(request)).await;
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
        let revision = message.revision;
        let changes = message.changes.into_iter().map(|told| known(Change { told, revision }));
        let changes: Vec<Change> = changes.collect::<Result<_>>()?;
        let digest = message.digest.as_ref().map(digest::from_wire).transpose()?;
        self.heard(revision);
        let ends = !message.resume_token.is_empty();
        if self.in_state {
            self.ready.extend((!changes.is_empty()).then_some(Event::State(changes)));
            if ends && message.initial_state_complete {
                self.in_state = false;
                let position = self.reached(message.resume_token, revision);
                self.ready.push_back(Event::StateEnds(position));
                self.ready.extend(digest.map(Event::Digest));
            }
            return Ok(());
        }
        self.pending.extend(changes);
        if self.pending.len() > MOST_PENDING {
            return Err(Error::internal("a transaction without end"));
        }
        if ends {
            let position = self.reached(message.resume_token, revision);
            let changes = mem::take(&mut self.pending);
            self.ready.push_back(Event::Changes(changes, position));
            self.ready.extend(digest.map(Event::Digest));
        }
        Ok(())
    }

    fn heard(&mut self, revision: i64) {
        self.backoff.reset();
        self.link.send_modify(|link| {
            link.connected_since.get_or_insert_with(|| Clock::system().system_time());
            link.heard = Some(Instant::now());
            // A sign of life while the whole state is waited for has none.
            if revision > 0 {
                link.revision = revision;
            }
            link.trouble.clear();
        });
    }

    fn reached(&mut self, token: Bytes, revision: i64) -> Position {
        let position = Position { token, revision };
        self.position = Some(position.clone());
        position
    }

    /// Notes why there is no stream any more, and whether to start again from the state.
    fn lost(&mut self, status: &Status) {
        self.stream = None;
        let error = error_of(status);
        tracing::warn!(feed = self.name, reason = error.reason, "lost: {}", error.message);
        if must_start_again(&error) {
            self.position = None;
        }
        let pause = self.backoff.pause();
        let pause = match error.retry_after {
            Some(asked) => pause.min(LONGEST_ASKED).max(asked.min(self.settings.longest_pause)),
            None => pause,
        };
        self.next_try = Instant::now() + pause;
        self.link.send_modify(|link| {
            link.connected_since = None;
            link.trouble = error.message;
        });
    }
}

/// True if the position is of no use any more: compacted, of another history or another filter.
fn must_start_again(error: &ClientError) -> bool {
    error.code == Code::OutOfRange || error.is(Reason::InvalidResumeToken)
}

/// A change without a known operation cannot be applied, and so none after it.
fn known(change: Change) -> Result<Change> {
    if change.told.op() == Op::Unspecified {
        return Err(Error::internal(format!("{} has no known op", change.told.name)));
    }
    Ok(change)
}

fn malformed(error: &Error) -> Status {
    Status::unavailable(format!("the feed sent what cannot be read: {}", error.message()))
}
