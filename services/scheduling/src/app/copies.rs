//! Everything that scheduling keeps, read anew to be compared: its own records, its memory of them,
//! the copy of the registry's feed in the database, and the directory in memory that follows from
//! it.

use std::sync::Arc;

use mpp_core::Result;
use mpp_resource::copies::{
    self, Books, Code, Finding, Held, KeptCopy, PartCheck, Place, Repaired, Work, moves_on,
};
use mpp_store::{Db, Feed, LastProof, Position};
use mpp_sync::store::books;

use super::{compare_bookings, compare_queue};
use crate::{
    memory::{Memory, directory, directory::Directory},
    model,
    policy::Policy,
    store::{SCHEMA, own_name, upstream},
};

/// The copy of a feed in the database.
#[derive(Clone)]
pub struct Copied {
    /// The database that scheduling owns.
    pub db: Db,
    /// The feed's name.
    pub feed: &'static str,
    /// The memory that is filled from it.
    pub memory: Memory,
    /// The operator's numbers.
    pub policy: Policy,
}

/// All that is kept, in the order in which it is made.
pub fn kept(own: &Feed, copied: &Copied, proof: &LastProof) -> Vec<KeptCopy> {
    let (rows, again) = (copied.clone(), copied.clone());
    let read = move || -> Work<Held> { Box::pin(rows.clone().rows()) };
    let repair = move |_| again.start_again();
    let table = KeptCopy::new("registry-feed", copied.feed, Place::Database, read, repair);
    let (memory, again) = (copied.clone(), copied.clone());
    let read = move || -> Work<Held> { Box::pin(memory.clone().directory()) };
    let directory =
        KeptCopy::new("directory", copied.feed, Place::Derived, read, move |_| again.start_again());
    let check: PartCheck = Arc::new(|conn, now, source| {
        Box::pin(async move { books::disagreements(conn, now, (SCHEMA.service, &source)).await })
    });
    let [bookings, queue] = copied.derived();
    vec![
        copies::records(own, model::KINDS, own_name()),
        copies::memory(own, copied.memory.own()),
        table.of_kinds(directory::KINDS).proven_by(proof),
        directory,
        Books::of_parts(&copied.db, own_name(), compare_bookings::TABLES, bookings)
            .kept("bookings"),
        Books::of_parts(&copied.db, own_name(), compare_queue::TABLES, queue).kept("queue"),
        Books::bookkeeping(&copied.db, own_name(), (books::TABLES, books::LOCKED), check)
            .kept("bookkeeping"),
    ]
}

impl Copied {
    /// The checks of bookings and of queues, against the records that they follow from.
    fn derived(&self) -> [PartCheck; 2] {
        let (one, other) = (self.clone(), self.clone());
        let bookings: PartCheck = Arc::new(move |conn, now, part| {
            let copied = one.clone();
            Box::pin(async move {
                let (memory, policy) = (&copied.memory, &copied.policy);
                memory.read().require_whole()?;
                compare_bookings::disagreements(conn, (now, &part), memory, policy).await
            })
        });
        let queue: PartCheck = Arc::new(move |conn, now, part| {
            let copied = other.clone();
            Box::pin(async move {
                let (memory, policy) = (&copied.memory, &copied.policy);
                memory.read().require_whole()?;
                compare_queue::disagreements(conn, (now, &part), memory, policy).await
            })
        });
        [bookings, queue]
    }

    /// The rows of the table.
    async fn rows(self) -> Result<Held> {
        let mut read = self.db.read().await?;
        let position = read.position(self.feed).await?;
        let (contents, altered) = upstream::contents(&mut read, self.feed, |_| {}).await?;
        read.end().await?;
        let position = position.ok_or_else(|| moves_on("the copy has no whole state yet, and"))?;
        Ok(Held::records(position.revision, contents, Finding::each(Code::Altered, altered)))
    }

    /// Compares the directory in memory with one that is made anew from the table.
    async fn directory(self) -> Result<Held> {
        let mut read = self.db.read().await?;
        let position = read.position(self.feed).await?;
        let mut anew = Directory::default();
        // Rows that cannot be used are reported when they come in.
        upstream::contents(&mut read, self.feed, |row| {
            drop(anew.put(&row.kind, &row.name, &row.doc));
        })
        .await?;
        read.end().await?;
        let at =
            position.clone().ok_or_else(|| moves_on("the copy has no whole state yet, and"))?;
        let held = self.compared(&anew, at.revision)?;
        // A change that came in between is in the memory but not yet in these rows.
        if held.findings.is_empty() || self.position().await? == position {
            return Ok(held);
        }
        Err(moves_on("the registry"))
    }

    fn compared(&self, anew: &Directory, revision: i64) -> Result<Held> {
        let now = self.memory.read();
        let directory = &now.directory;
        if !directory.is_whole || directory.revision < revision {
            return Err(moves_on("the memory is behind its table, which"));
        }
        let differing = directory.differences(anew);
        Ok(Held::derived(directory.revision, directory.count(), differing))
    }

    async fn position(&self) -> Result<Option<Position>> {
        let mut read = self.db.read().await?;
        let position = read.position(self.feed).await?;
        read.end().await?;
        Ok(position)
    }

    fn start_again(&self) -> Work<Repaired> {
        let (db, feed) = (self.db.clone(), self.feed);
        Box::pin(async move {
            let mut tx = db.begin(&own_name()).await?;
            tx.forget_position(feed).await?;
            tx.commit().await?;
            let text = "table and memory start again from the whole state of the registry, within \
                        seconds; what is there is served meanwhile";
            Ok(Repaired::starts_again(text))
        })
    }
}
