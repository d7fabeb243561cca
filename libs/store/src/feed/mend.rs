//! Puts records back that were altered in the database.
//!
//! Until it is compacted, the feed still has a record as it was written: the change whose row
//! agrees with the record's proof, or the last one if the row is gone. A record that the feed no
//! longer has can be accepted as it is now, if that is wanted. Either way the record gets its next
//! version, so that memories and copies, which may have read it in between, learn of it.

use bytes::Bytes;
use mpp_api::{
    document,
    types::{Tombstone, tombstone::Reason},
};
use mpp_core::Result;
use prost::Message as _;
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::{
    handle::Feed,
    own::{self, CountedNames},
};
use crate::{
    Actor, Progress, Tx, db_error,
    record::{Altered, StoredRow},
    texts::text,
};

/// The outcome for the altered records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Put back as they were written.
    pub restored: i64,
    /// Kept as they are now.
    pub accepted: i64,
    /// Left: the feed does not have them any more, and they were not to be accepted or cannot be
    /// read; or a newer program has written them.
    pub left: CountedNames,
}

impl Mended {
    fn add(&mut self, kind: &str, name: &str, outcome: &MendOutcome) {
        match outcome {
            MendOutcome::Restored => {
                tracing::warn!(kind, name, "a record is put back as it was written");
                self.restored += 1;
            }
            MendOutcome::Accepted => {
                tracing::warn!(kind, name, "a record is kept as it is");
                self.accepted += 1;
            }
            MendOutcome::Left => self.left.add(name),
            MendOutcome::Meanwhile => {}
        }
    }
}

enum MendOutcome {
    Restored,
    Accepted,
    Left,
    /// Somebody has written or deleted it before it was looked at again.
    Meanwhile,
}

impl Feed {
    /// Mends every record that was altered, each in a transaction of its own, and counts them in
    /// `progress`. With `accept`, records that cannot be put back stay as they are now.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away; what was mended before stays so.
    pub async fn mend(&self, by: &Actor, accept: bool, progress: &Progress) -> Result<Mended> {
        let mut mended = self.file(by, accept, progress).await?;
        let altered = self.altered().await?;
        progress.found(i64::try_from(altered.len()).unwrap_or(i64::MAX));
        for (kind, name) in altered {
            let known = document::KINDS.iter().find(|known| **known == kind);
            let outcome = match known {
                Some(kind) => self.mend_one(by, kind, &name, accept).await?,
                None => MendOutcome::Left,
            };
            match outcome {
                MendOutcome::Restored | MendOutcome::Accepted => progress.mended(1),
                MendOutcome::Left | MendOutcome::Meanwhile => progress.left(1),
            }
            mended.add(&kind, &name, &outcome);
        }
        Ok(mended)
    }

    /// Files rows under their names whose keys are no texts; those whose names are lost are left.
    async fn file(&self, by: &Actor, accept: bool, progress: &Progress) -> Result<Mended> {
        let mut mended = Mended::default();
        let mut snapshot = self.0.db.read().await?;
        let misfiled = own::misfiled(snapshot.conn()).await?;
        snapshot.end().await?;
        if misfiled.is_empty() {
            return Ok(mended);
        }
        let found = i64::try_from(misfiled.len()).unwrap_or(i64::MAX);
        progress.found(found);
        let mut tx = self.0.db.begin(by).await?;
        mended.restored = own::file(tx.conn(), accept).await?;
        let left = own::misfiled(tx.conn()).await?;
        tx.commit().await?;
        progress.mended(mended.restored);
        progress.left(found - mended.restored);
        let (first, count) = (&misfiled[0].1, mended.restored);
        tracing::warn!(first, count, "records are filed under their names again");
        left.iter().for_each(|(_, name)| mended.left.add(name));
        Ok(mended)
    }

    /// Records that were altered or cannot be read, and those that are gone though the feed has put
    /// them.
    async fn altered(&self) -> Result<Vec<(String, String)>> {
        let mut snapshot = self.0.db.read().await?;
        let mut found = own::missing(snapshot.conn()).await?;
        let mut after = (String::new(), String::new());
        loop {
            let rows =
                own::page(snapshot.conn(), (&after.0, &after.1), self.0.options.message_bytes)
                    .await?;
            let Some(last) = rows.last() else { break };
            after = (last.kind.clone(), last.name.clone());
            let wrong = rows.into_iter().filter(|row| {
                row.stored.is_altered(&row.kind, &row.name) || !row.stored.is_readable(&row.kind)
            });
            found.extend(wrong.map(|row| (row.kind, row.name)));
        }
        snapshot.end().await?;
        Ok(found)
    }

    async fn mend_one(
        &self,
        by: &Actor,
        kind: &'static str,
        name: &str,
        accept: bool,
    ) -> Result<MendOutcome> {
        let mut tx = self.0.db.begin(by).await?;
        let outcome = match tx.locked(kind, name).await? {
            Some(stored) => tx.rewrite(kind, name, stored, accept).await?,
            None if tx.bring_back(kind, name).await? => MendOutcome::Restored,
            None => MendOutcome::Meanwhile,
        };
        match outcome {
            MendOutcome::Restored | MendOutcome::Accepted => tx.commit().await.map(drop)?,
            MendOutcome::Left | MendOutcome::Meanwhile => tx.rollback().await?,
        }
        Ok(outcome)
    }
}

/// The tombstone; if it cannot be read, one that says that the record was withdrawn.
fn readable_tombstone(tombstone: Bytes) -> Bytes {
    let is_one = Tombstone::decode(tombstone.clone())
        .is_ok_and(|tombstone| tombstone.reason() != Reason::Unspecified);
    let withdrawn = Tombstone { reason: Reason::Withdrawn.into(), successor: String::new() };
    if is_one { tombstone } else { withdrawn.encode_to_vec().into() }
}

/// Decides about a row as a transaction has read it.
fn judge(kind: &str, name: &str, stored: &StoredRow, accept: bool) -> MendOutcome {
    let is_readable = stored.is_readable(kind);
    // A newer replica mends what a newer program has written.
    if stored.check_form(kind, name).is_err() {
        return MendOutcome::Left;
    }
    match stored.altered {
        Altered::Restored => MendOutcome::Restored,
        Altered::Lost if accept && is_readable => MendOutcome::Accepted,
        Altered::No if is_readable => MendOutcome::Meanwhile,
        Altered::Lost | Altered::No => MendOutcome::Left,
    }
}

impl Tx {
    async fn rewrite(
        &mut self,
        kind: &'static str,
        name: &str,
        stored: StoredRow,
        accept: bool,
    ) -> Result<MendOutcome> {
        let outcome = judge(kind, name, &stored, accept);
        if !matches!(outcome, MendOutcome::Restored | MendOutcome::Accepted) {
            return Ok(outcome);
        }
        if stored.deleted {
            let tombstone = stored.tombstone.clone().unwrap_or_default();
            self.bury(kind, name, stored, readable_tombstone(tombstone)).await?;
        } else {
            let (doc, labels) = (stored.doc.clone(), stored.labels.clone());
            self.update(kind, name, stored, doc, labels).await?;
        }
        Ok(outcome)
    }

    /// Writes a record whose row is gone as the feed had it last; false if the feed never had it,
    /// or somebody has made one meanwhile. Indexes: change_history, revision_tx.
    async fn bring_back(&mut self, kind: &'static str, name: &str) -> Result<bool> {
        let columns = self.db.0.dialect.change_columns;
        let query = format!(
            "select {columns} from change c join revision r on r.tx = c.tx
             where c.kind = $1 and c.name = $2 order by r.rev desc, c.seq desc limit 1"
        );
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(kind)
            .bind(name)
            .fetch_optional(self.conn())
            .await
            .map_err(db_error)?;
        let Some(row) = row else { return Ok(false) };
        let last = |row: &AnyRow| -> sqlx::Result<_> {
            let doc = Bytes::from(row.try_get::<Vec<u8>, _>("doc")?);
            let made: (i64, i64) = (row.try_get("version")?, row.try_get("create_time")?);
            Ok((row.try_get::<i64, _>("deleted")? != 0, made, text(row, "labels")?.0, doc))
        };
        let (is_deleted, (version, made), labels, doc) = last(&row).map_err(db_error)?;
        Ok(!is_deleted && self.insert_as(kind, name, (version + 1, made), doc, labels).await?)
    }
}
