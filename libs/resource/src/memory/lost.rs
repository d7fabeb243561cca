//! A revision that reads wait for and that never comes: its write was lost in a restore.
//!
//! A replica that only lags will have it soon, so it is waited for first. The database has every
//! revision that was given out in its history, whichever replica wrote it; a revision above its
//! head was never written there. All who wait share one look: a thousand waiting calls ask the
//! database once.

use std::{sync::OnceLock, time::Duration};

use mpp_core::Error;
use mpp_rpc::Looks;
use mpp_store::{Db, revision_lost};
use tokio::time::sleep;

/// A replica lags by milliseconds: the database is not asked before this time.
const LAGS: Duration = Duration::from_millis(100);
/// How long after one look the next is due, for a restore that comes while a read waits.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Looks at the database's head for those that wait.
#[derive(Default)]
pub(super) struct Lost {
    db: OnceLock<Db>,
    looks: Looks<Option<i64>>,
}

impl Lost {
    /// Asks this database from now on.
    pub fn ask(&self, db: &Db) {
        // The same one each time: a memory follows one feed.
        let _ = self.db.set(db.clone());
    }

    /// Ends once it is known that the revision will not come.
    pub async fn is_known(&self, revision: i64) -> Error {
        let mut pause = LAGS;
        loop {
            sleep(pause).await;
            if let Some(head) = self.head().await
                && head < revision
            {
                return revision_lost(revision, head);
            }
            pause = LOOK_AGAIN;
        }
    }

    /// The database's head, read after this call began; `None` if it is away or slow.
    pub async fn head(&self) -> Option<i64> {
        let db = self.db.get()?;
        let look = || {
            let db = db.clone();
            async move { db.head().await.ok() }
        };
        self.looks.after_now(db.policy().look(), look).await.flatten()
    }
}
