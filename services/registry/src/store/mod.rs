//! What the registry writes, and its SQL.
//!
//! [`write`] holds the one way in which a record is written, [`place`] (with `directory`
//! and [`catalog`]) says for each record what it refers to, what it is filed under and who may
//! write it, [`relabel`] keeps the labels of what
//! lies below true when a mall or a unit moves. [`lease`] and [`batches`] are federation's tables.

pub mod batches;
pub mod catalog;
mod directory;
pub mod lease;
pub mod place;
pub mod relabel;
pub mod seed;
pub mod write;

use std::time::Duration;

use mpp_core::{Error, Micros, Reason, Result};
use mpp_store::{Db, Migration, Schema, Statements};

use crate::{memory::Memory, search::Engine};

/// The registry's tables beside the records.
pub const SCHEMA: Schema = Schema {
    service: "registry",
    steps: &[
        Migration {
            version: 1,
            name: "sync",
            statements: Statements::Each {
                sqlite: include_str!("../sql/sqlite/0001_sync.sql"),
                postgres: include_str!("../sql/postgres/0001_sync.sql"),
            },
        },
        Migration {
            version: 2,
            name: "totals",
            statements: Statements::Each {
                sqlite: include_str!("../sql/sqlite/0002_totals.sql"),
                postgres: include_str!("../sql/postgres/0002_totals.sql"),
            },
        },
    ],
    history_kinds: &[
        "region", "unit", "mall", "counter", "window", "service", "offering", "source",
    ],
};

/// How long a write waits for this replica's own memory before it answers.
const CATCH_UP: Duration = Duration::from_secs(5);

/// What every method works on. Clones share it.
#[derive(Clone)]
pub struct Registry {
    /// The database: what is written.
    pub db: Db,
    /// This replica's memory: what is read.
    pub memory: Memory,
    /// This replica's search index.
    pub search: Engine,
}

impl Registry {
    /// The time by the process's clock, for what is worked out on reading.
    pub fn now(&self) -> Micros {
        self.db.clock().now()
    }

    /// Waits until reads here show a write, so that its author sees it. A replica that lags does
    /// not fail the write, which is done.
    pub async fn see(&self, revision: i64) {
        if tokio::time::timeout(CATCH_UP, self.memory.wait_for(revision)).await.is_err() {
            tracing::warn!(revision, "the memory lags behind a write of this replica");
        }
    }

    /// Waits until the memory shows all that was committed so far. Called by a transaction that
    /// holds the lock of a record, it makes the memory exact about what refers to that record:
    /// whoever wants to refer to it waits for the same lock.
    ///
    /// # Errors
    /// Unavailable where the memory lags too far.
    pub async fn catch_up(&self) -> Result<()> {
        let head = self.db.read().await?.revision();
        tokio::time::timeout(CATCH_UP, self.memory.wait_for(head)).await.unwrap_or_else(|_| {
            let message = "this replica's memory lags behind the database";
            Err(Error::new(Reason::Unavailable, message).with_retry_after(CATCH_UP))
        })
    }
}
