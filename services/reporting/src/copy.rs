//! One upstream feed as it comes in: messages to appends.
//!
//! A transaction may span several messages; it is appended as a whole once its token has come. The
//! initial state is appended part by part, since it may be large: the position moves only at its
//! end, when what the state did not name is known to have vanished.

use std::collections::BTreeMap;

use mpp_api::feed::{Change, WatchResponse, change::Op};
use mpp_core::{Error, Micros, Reason, Result};
use mpp_store::{Db, Position};

use crate::{
    model::{Event, Upstream},
    store::{self, Advance},
};

/// Most changes of one transaction.
const MAX_PENDING: usize = 200_000;

/// The copy of one feed.
pub struct Copy {
    db: Db,
    feed: Upstream,
    /// Where the inbox stands.
    at: Option<Position>,
    /// While the state comes in: what is held as living and was not named yet, with versions.
    unnamed: Option<BTreeMap<(String, String), i64>>,
    pending: Vec<Event>,
    /// Counts the events of the revision that comes in.
    sub: i64,
}

impl Copy {
    /// Goes on where the inbox stands.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn open(db: Db, feed: Upstream) -> Result<Self> {
        let at = store::position(&db, feed).await?;
        Ok(Self {
            db,
            feed,
            at,
            unnamed: None,
            pending: Vec::new(),
            sub: 0,
        })
    }

    /// Where the inbox stands; `None` before the first state was read whole.
    pub fn position(&self) -> Option<&Position> {
        self.at.as_ref()
    }

    /// The stream goes on from the position: a part of a transaction that came before is void.
    pub fn resume(&mut self) {
        self.unnamed = None;
        self.pending.clear();
        self.sub = 0;
    }

    /// The stream begins with the whole state.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn restart(&mut self) -> Result<()> {
        self.resume();
        self.unnamed = Some(store::living(&self.db, self.feed).await?);
        Ok(())
    }

    /// Takes a message of the stream; true where something was appended.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` where another replica has projected meanwhile; open the copy anew.
    pub async fn take(&mut self, message: WatchResponse, lineage: &str) -> Result<bool> {
        for change in message.changes {
            let event = self.event(change, message.revision)?;
            if let Some(unnamed) = &mut self.unnamed {
                unnamed.remove(&(event.kind.clone(), event.name.clone()));
            }
            self.pending.push(event);
        }
        if self.pending.len() > MAX_PENDING {
            return Err(Error::new(
                Reason::TooLarge,
                "a transaction upstream is too large",
            ));
        }
        let to = Position {
            token: message.resume_token,
            revision: message.revision,
            lineage: lineage.to_owned(),
        };
        if self.unnamed.is_some() && !message.initial_state_complete {
            return self.append(Advance::State).await;
        }
        if to.token.is_empty() {
            return Ok(false);
        }
        if message.initial_state_complete {
            self.end_of_state(message.revision).await?;
        } else if self
            .at
            .as_ref()
            .is_some_and(|at| at.lineage == to.lineage && at.revision >= to.revision)
        {
            self.pending.clear();
        }
        self.append(Advance::To(to)).await
    }

    /// What the state did not name has vanished. When it did is not known; it became known now.
    async fn end_of_state(&mut self, revision: i64) -> Result<()> {
        let unnamed = self.unnamed.take().unwrap_or_default();
        // What was appended of the state so far is left out again where it is the same.
        self.append(Advance::State).await?;
        let now = self.db.now().await?;
        for ((kind, name), version) in unnamed {
            self.sub += 1;
            self.pending.push(Event {
                feed: self.feed,
                revision,
                sub: self.sub,
                kind,
                name,
                version: version + 1,
                doc: None,
                labels: "{}".to_owned(),
                actor: "services/reporting".to_owned(),
                at: now,
            });
        }
        Ok(())
    }

    async fn append(&mut self, advance: Advance) -> Result<bool> {
        let events = std::mem::take(&mut self.pending);
        let state = matches!(advance, Advance::State);
        if state && events.is_empty() {
            return Ok(false);
        }
        store::append(
            &self.db,
            self.feed,
            self.at.as_ref(),
            events,
            advance.clone(),
        )
        .await?;
        if let Advance::To(position) = advance {
            self.at = Some(position);
            self.sub = 0;
        }
        Ok(true)
    }

    fn event(&mut self, change: Change, revision: i64) -> Result<Event> {
        self.sub += 1;
        let put = change.op() == Op::Put;
        let time = change.commit_time.unwrap_or_default();
        Ok(Event {
            feed: self.feed,
            revision,
            sub: self.sub,
            at: micros(&time),
            doc: put.then(|| change.document.unwrap_or_default().value),
            kind: change.kind,
            name: change.name,
            version: change.version,
            labels: serde_json::to_string(&change.labels).map_err(Error::internal)?,
            actor: change.actor,
        })
    }
}

fn micros(time: &prost_types::Timestamp) -> Micros {
    time.seconds
        .saturating_mul(1_000_000)
        .saturating_add(i64::from(time.nanos) / 1_000)
}
