//! One follower of the feed.

use std::{collections::VecDeque, mem, pin::Pin, sync::Arc};

use bytes::Bytes;
use mpp_core::{Digest, Error, Reason, Result};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, Sleep, sleep_until},
};

use super::{
    change::Change,
    filter::Filter,
    page::{FeedPlace, TransactionPiece},
    ring::{AtCursor, Tail},
    shared::FeedState,
    state::StatePart,
    token::Token,
};
use crate::mark::lineage_changed;

/// A message to a follower: changes of one transaction, or a bookmark.
#[derive(Clone, Debug)]
pub struct Batch {
    /// In order; shared with the other followers. Empty in a bookmark.
    pub changes: Vec<Arc<Change>>,
    /// The revision that it belongs to.
    pub revision: i64,
    /// The place from which to resume: on the last message of a transaction and on bookmarks.
    pub token: Option<Bytes>,
    /// True once, on the bookmark that ends the initial state.
    pub initial_state_complete: bool,
    /// The digest of the filter's kinds at exactly this revision, now and then.
    pub digest: Option<Digest>,
}

/// The place that a follower reads from.
#[derive(Debug)]
enum Source {
    State(mpsc::Receiver<Result<StatePart>>),
    /// The database, until the ring reaches back far enough.
    Database(VecDeque<Arc<TransactionPiece>>),
    Ring(u64),
}

/// One follower of the feed. It holds a position and at most one page, no queue.
#[derive(Debug)]
pub struct Subscription {
    pub(super) feed: Arc<FeedState>,
    filter: Filter,
    /// The caller that follows; empty for this process itself.
    caller: String,
    source: Source,
    tail: watch::Receiver<Tail>,
    /// The ring's end when it began.
    began: Tail,
    place: FeedPlace,
    /// True if a message of the transaction under way was sent, which then owes its token.
    owes_token: bool,
    /// True if the follower has not been told yet where it stands.
    greets: bool,
    /// True until a follower that goes on after a token has been told that it has everything, which
    /// it cannot know from silence.
    comes_back: bool,
    /// True if transactions that hold nothing for the follower are told, too.
    tells_all: bool,
    /// True if it is told soon of transactions that hold nothing for it.
    is_prompt: bool,
    next_bookmark: Instant,
    /// Rings for a bookmark, or for one that has been put off since.
    bell: Option<Pin<Box<Sleep>>>,
    next_digest: Instant,
}

impl Subscription {
    /// `began` was seen before `place` was found good: a restart between them is noticed.
    pub(super) fn new(feed: Arc<FeedState>, filter: Filter, began: Tail, place: FeedPlace) -> Self {
        let tail = feed.tail.subscribe();
        let next_bookmark = Instant::now() + feed.options.bookmark_interval;
        let source = Source::Database(VecDeque::new());
        let (owes_token, greets, comes_back) = (false, false, false);
        let (tells_all, is_prompt) = (false, false);
        Self {
            feed,
            filter,
            caller: String::new(),
            source,
            tail,
            began,
            place,
            owes_token,
            greets,
            comes_back,
            tells_all,
            is_prompt,
            next_bookmark,
            bell: None,
            next_digest: Instant::now(),
        }
    }

    pub(super) fn with_state(mut self, state: mpsc::Receiver<Result<StatePart>>) -> Self {
        self.source = Source::State(state);
        self
    }

    pub(super) fn with_greeting(mut self) -> Self {
        self.greets = true;
        self
    }

    pub(super) fn coming_back(mut self) -> Self {
        self.comes_back = true;
        self
    }

    /// Follows for a caller, which takes its turns with others where it reads the database.
    #[must_use]
    pub fn for_caller(self, caller: impl Into<String>) -> Self {
        Self { caller: caller.into(), ..self }
    }

    /// Tells of every transaction, without changes where it holds none for this filter: for a
    /// follower in the same process whose progress others ask for.
    #[must_use]
    pub fn telling_every_revision(mut self) -> Self {
        self.tells_all = true;
        self
    }

    /// Tells soon, by a bookmark, of transactions that hold nothing for this filter: for a follower
    /// in another process whose progress others ask for.
    #[must_use]
    pub fn telling_soon(self, is_prompt: bool) -> Self {
        Self { is_prompt, ..self }
    }

    /// The next batch; `None` once the server drains. Dropping the future loses nothing.
    ///
    /// # Errors
    /// `WATCH_TOO_SLOW` if it fell behind, `LINEAGE_CHANGED` and `REVISION_COMPACTED` if it must
    /// start again from the state. After an error it gives nothing useful any more.
    pub async fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            if self.feed.shutdown.is_cancelled() {
                return Ok(None);
            }
            self.check_epoch()?;
            if self.greets {
                self.greets = false;
                return Ok(Some(self.bookmark(false)));
            }
            let batch = match &mut self.source {
                Source::State(_) => self.next_of_state().await?,
                Source::Database(_) => self.next_of_database().await?,
                Source::Ring(_) => self.next_of_ring().await?,
            };
            if batch.is_some() {
                return Ok(batch);
            }
            if self.place.is_whole()
                && !self.owes_token
                && !matches!(self.source, Source::State(_))
                && Instant::now() >= self.next_bookmark
            {
                return Ok(Some(self.bookmark(false)));
            }
        }
    }

    /// A restart of the ring leaves no cursor valid.
    fn check_epoch(&self) -> Result<()> {
        let now = *self.tail.borrow();
        if now.epoch == self.began.epoch {
            return Ok(());
        }
        Err(if now.history == self.began.history { too_slow() } else { lineage_changed() })
    }

    async fn next_of_state(&mut self) -> Result<Option<Batch>> {
        let Source::State(parts) = &mut self.source else {
            return Ok(None);
        };
        let part = tokio::select! {
            part = parts.recv() => part,
            () = self.feed.shutdown.cancelled() => return Ok(None),
        };
        match part {
            Some(Ok(StatePart::Changes { changes, revision })) => Ok(Some(Batch {
                changes,
                revision,
                token: None,
                initial_state_complete: false,
                digest: None,
            })),
            Some(Ok(StatePart::End { at })) => {
                self.place = FeedPlace::after(at);
                self.source = Source::Database(VecDeque::new());
                Ok(Some(self.bookmark(true)))
            }
            Some(Err(error)) => Err(error),
            None => Err(too_slow()),
        }
    }

    async fn next_of_database(&mut self) -> Result<Option<Batch>> {
        let Source::Database(pieces) = &mut self.source else {
            return Ok(None);
        };
        if let Some(piece) = pieces.pop_front() {
            return Ok(self.deliver(&piece));
        }
        if let Some(cursor) = self.feed.ring().cursor_after(self.place) {
            self.source = Source::Ring(cursor);
            return Ok(None);
        }
        let page = self.feed.catch_up(self.place, &self.caller).await?;
        if page.is_empty() {
            // The reader does not have yet what this follower has read already.
            self.wait().await;
        }
        self.source = Source::Database(page.into_iter().map(Arc::new).collect());
        Ok(None)
    }

    async fn next_of_ring(&mut self) -> Result<Option<Batch>> {
        let Source::Ring(cursor) = self.source else {
            return Ok(None);
        };
        // Seen before the look into the ring, so that what comes meanwhile wakes the wait.
        self.tail.borrow_and_update();
        let found = self.feed.ring().get(cursor);
        match found {
            AtCursor::Piece(piece) => {
                self.source = Source::Ring(cursor + 1);
                Ok(self.deliver(&piece))
            }
            AtCursor::Behind => Err(too_slow()),
            AtCursor::End { head } => {
                // The token may move on to what held nothing for this follower. The head is that
                // of the same look: a later one may have pieces before it that were not seen.
                if self.place.is_whole() && head.revision > self.place.at.revision {
                    self.place = FeedPlace::after(head);
                    self.passed_over();
                }
                if mem::take(&mut self.comes_back) {
                    self.next_bookmark = Instant::now();
                }
                self.wait().await;
                Ok(None)
            }
        }
    }

    /// Waits until there is more, a bookmark may be due, or the server drains. Each message puts
    /// the bookmark off, and a timer for each would be dear: the bell is set anew once it has rung,
    /// or if it would ring too late.
    async fn wait(&mut self) {
        let due = self.next_bookmark;
        let bell = self.bell.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if bell.is_elapsed() || bell.deadline() > due {
            bell.as_mut().reset(due);
        }
        tokio::select! {
            _ = self.tail.changed() => {}
            () = bell => {}
            () = self.feed.shutdown.cancelled() => {}
        }
    }

    /// The part of a piece that passes the filter; `None` if nothing does.
    fn deliver(&mut self, piece: &TransactionPiece) -> Option<Batch> {
        // A follower that came from another replica may be ahead of this one's ring.
        if piece.revision() <= self.place.at.revision && self.place.is_whole() {
            return None;
        }
        self.place = piece.end;
        let changes: Vec<_> =
            piece.changes.iter().filter_map(|change| self.filter.view(change)).collect();
        self.owes_token |= !changes.is_empty();
        let ends = piece.end.is_whole() && (self.owes_token || self.tells_all);
        if changes.is_empty() && !ends {
            self.passed_over();
            return None;
        }
        let token = ends.then(|| self.token());
        let digest = if ends { self.digest() } else { None };
        let revision = piece.revision();
        Some(Batch { changes, revision, token, initial_state_complete: false, digest })
    }

    /// Notes that a transaction held nothing for the follower.
    fn passed_over(&mut self) {
        if self.is_prompt {
            let soon = Instant::now() + self.feed.options.prompt_interval;
            self.next_bookmark = self.next_bookmark.min(soon);
        }
    }

    fn bookmark(&mut self, initial_state_complete: bool) -> Batch {
        let token = Some(self.token());
        let (revision, digest) = (self.place.at.revision, self.digest());
        Batch { changes: Vec::new(), revision, token, initial_state_complete, digest }
    }

    /// The digest at the place, if one is due and known. A busy follower is at the head now and
    /// then, too.
    fn digest(&mut self) -> Option<Digest> {
        if !self.filter.is_of_whole_kinds() || Instant::now() < self.next_digest {
            return None;
        }
        let ring = self.feed.ring();
        if !ring.is_proven() {
            self.feed.unproven.notify_one();
        }
        let held = ring.digest(self.place)?;
        self.next_digest = Instant::now() + self.feed.options.bookmark_interval / 2;
        Some(held.only(|kind| self.filter.covers_kind(kind)))
    }

    /// The token of the place, which lies between transactions.
    fn token(&mut self) -> Bytes {
        self.owes_token = false;
        self.next_bookmark = Instant::now() + self.feed.options.bookmark_interval;
        let filter = self.filter.hash();
        Token { at: self.place.at, filter }.encode()
    }
}

fn too_slow() -> Error {
    Error::new(
        Reason::WatchTooSlow,
        "the follower read too slowly; resume with the last token received",
    )
}
