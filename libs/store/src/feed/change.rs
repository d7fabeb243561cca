//! One record's change.

use bytes::Bytes;
use mpp_api::{
    Document,
    types::{Tombstone, tombstone},
};
use mpp_core::{Error, Micros, Result};
use prost::Message as _;
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Labels, Record, db_error,
    record::readable_labels,
    texts::{maybe_text, text},
};

/// How the record changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The record is now `doc`.
    Put,
    /// The record is deleted.
    Deleted,
    /// The record lives on but has left the follower's filter.
    Removed,
}

/// One record's change, as followers get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The kind of record.
    pub kind: String,
    /// The record's resource name.
    pub name: String,
    /// Counts the record's changes from 1.
    pub version: i64,
    /// How the record changed.
    pub op: Op,
    /// The message as it was written (without etag and times); empty unless `op` is `Put`.
    pub doc: Bytes,
    /// Why it is gone, for `Deleted`.
    pub tombstone: Option<Tombstone>,
    /// Its labels now.
    pub labels: Labels,
    /// Its labels before the change; `None` for a new record.
    pub labels_before: Option<Labels>,
    /// The origin of the change; empty in the initial state.
    pub origin: String,
    /// The caller who made the change; empty in the initial state.
    pub actor: String,
    /// The sync session that brought it; empty of any other, and in the initial state.
    pub session: String,
    /// When it was committed, by the database's clock; in the initial state, `update_time`.
    pub at: Micros,
    /// When the record was made.
    pub create_time: Micros,
    /// When the record was changed: the begin of the transaction.
    pub update_time: Micros,
    /// The revision of its transaction; in the initial state, that of the snapshot.
    pub revision: i64,
}

/// A tombstone that somebody has altered in the database so that it cannot be read must not stop
/// followers at this change.
fn readable_tombstone(name: &str, bytes: &[u8]) -> Tombstone {
    Tombstone::decode(bytes).unwrap_or_else(|error| {
        tracing::error!(name, %error, "the tombstone of a record cannot be read");
        Tombstone { reason: tombstone::Reason::Withdrawn.into(), successor: String::new() }
    })
}

impl Change {
    /// The document.
    ///
    /// # Errors
    /// `INTERNAL` if the bytes are of another kind.
    pub fn decode<D: Document>(&self) -> Result<D> {
        if self.kind != D::KIND {
            return Err(Error::internal(format!("{} is no {}", self.name, D::KIND)));
        }
        D::decode(self.doc.clone()).map_err(Error::internal)
    }

    /// The record that the change left, for `Put`.
    ///
    /// # Errors
    /// The same as [`Change::decode`].
    pub fn record<D: Document>(&self) -> Result<Record<D>> {
        Ok(Record {
            name: self.name.clone(),
            version: self.version,
            doc: self.decode()?,
            labels: self.labels.clone(),
            create_time: self.create_time,
            update_time: self.update_time,
            stored: self.doc.clone(),
        })
    }

    /// How many bytes it takes in a message, roughly, and in memory.
    pub(crate) fn size(&self) -> usize {
        let labels =
            |labels: &Labels| labels.iter().map(|(k, v)| k.as_str().len() + v.len() + 64).sum();
        let before: usize = self.labels_before.as_ref().map_or(0, labels);
        let now: usize = labels(&self.labels);
        let texts = self.kind.len() + self.name.len() + self.origin.len() + self.actor.len();
        let texts = texts + self.session.len();
        size_of::<Self>() + self.doc.len() + texts + now + before
    }

    /// A row of the dialect's `change_columns`.
    pub(crate) fn from_row(row: &AnyRow) -> Result<Self> {
        let labels_before = maybe_text(row, "labels_before").map_err(db_error)?;
        let (labels, _) = text(row, "labels").map_err(db_error)?;
        let tombstone: Option<Vec<u8>> = row.try_get("tombstone").map_err(db_error)?;
        let read = || -> sqlx::Result<Self> {
            let deleted = row.try_get::<i64, _>("deleted")? != 0;
            Ok(Self {
                kind: row.try_get("kind")?,
                name: row.try_get("name")?,
                version: row.try_get("version")?,
                op: if deleted { Op::Deleted } else { Op::Put },
                doc: row.try_get::<Vec<u8>, _>("doc")?.into(),
                tombstone: None,
                labels: Labels::new(),
                labels_before: None,
                origin: row.try_get("origin")?,
                actor: row.try_get("actor")?,
                session: row.try_get("session")?,
                at: row.try_get("at")?,
                create_time: row.try_get("create_time")?,
                update_time: row.try_get("update_time")?,
                revision: row.try_get("rev")?,
            })
        };
        let mut change = read().map_err(db_error)?;
        change.labels = readable_labels(&change.name, &labels);
        change.labels_before =
            labels_before.map(|(before, _)| readable_labels(&change.name, &before));
        change.tombstone = tombstone.map(|bytes| readable_tombstone(&change.name, &bytes));
        Ok(change)
    }
}
