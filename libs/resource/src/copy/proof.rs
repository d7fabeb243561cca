//! A copy proves that it holds what the feed's service does: it keeps a digest of what it writes,
//! in the same transaction, and reads its tables again now and then.

use mpp_core::{Digest, Result};
use mpp_rpc::follow::Follower;
use mpp_store::{Change, Position, Read, Tx};
use tokio::time::Instant;

use super::{Copy, Names, Shelf};

impl<S: Shelf> Copy<S> {
    /// True if it was found to hold something other than it should, and is to start again.
    pub fn must_start_again(&self) -> bool {
        self.must_start_again
    }

    /// Has the follower begin with the whole state if the copy was found to differ from its source.
    /// The present contents stay until the state is whole.
    pub fn start_again_where_it_differs(&mut self, follower: &mut Follower) {
        if std::mem::take(&mut self.must_start_again) {
            tracing::warn!(feed = self.options.feed, "the copy starts again from the whole state");
            follower.rewind(None);
        }
    }

    /// Writes changes, and updates the digest of what the tables hold by what they held before and
    /// hold then: this finds a change that was not taken in.
    pub(super) async fn write(
        &mut self,
        tx: &mut Tx,
        changes: &[Change],
        to: &Position,
    ) -> Result<()> {
        let name = |change: &Change| (change.kind.clone(), change.name.clone());
        let names: Names = changes.iter().map(name).collect();
        if names.is_empty() {
            return self.shelf.write(tx, changes, to).await;
        }
        let before = self.shelf.versions(tx, &names).await?;
        self.shelf.write(tx, changes, to).await?;
        let now = self.shelf.versions(tx, &names).await?;
        let mut digest = tx.digest(self.options.feed).await?;
        for key in &names {
            let (before, now) = (before.get(key).copied(), now.get(key).copied());
            digest.change(&key.0, &key.1, before, now);
        }
        tx.save_digest(self.options.feed, &digest).await
    }

    /// Compares what is here with what the feed's service holds at the position that was heard of
    /// last, and now and then what the tables hold with what was written to them. A table that
    /// another replica has taken further is compared by that one.
    pub(super) async fn prove(&mut self, wanted: &Digest) -> Result<()> {
        let mut read = self.db.read().await?;
        let stored = read.position(self.options.feed).await?;
        let told = read.digest(self.options.feed).await?;
        let read_anew = self.read_anew(&mut read).await?;
        read.end().await?;
        let is_here = |stored: &Position| self.doubt.is_none() && stored.revision <= self.heard;
        match (stored, read_anew) {
            (None, _) => {}
            (Some(there), held) if self.at.as_ref() == Some(&there) && is_here(&there) => {
                self.compare(&held.unwrap_or(told), wanted);
            }
            (Some(_), Some(held)) => self.compare(&held, &told),
            (Some(_), None) => {}
        }
        Ok(())
    }

    /// Reads the tables again, if it is time to; else `None`.
    async fn read_anew(&mut self, read: &mut Read) -> Result<Option<Digest>> {
        let began = Instant::now();
        if began < self.next_reading {
            return Ok(None);
        }
        let held = self.shelf.held(read).await?;
        self.next_reading = self.options.pace.after(began);
        Ok(Some(held))
    }

    pub(super) fn compare(&mut self, held: &Digest, wanted: &Digest) {
        if self.differs.tell(held, wanted) {
            self.must_start_again |= self.starts.may_start(Instant::now());
        }
    }
}
