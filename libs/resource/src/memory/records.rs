//! The records of a service: a table for each kind, encoded, in the order of their names.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    sync::Arc,
};

use bytes::Bytes;
use mpp_api::{Document, document};
use mpp_core::Digest;
use mpp_store::{Change, Op};

use super::row::{MemoryRow, Texts};
use crate::kind::Stamp;

/// Number of changes after which texts that no row has any more are dropped.
const SWEEP_EVERY: usize = 100_000;

type RowsOfKind = BTreeMap<Arc<str>, MemoryRow>;

/// A record by kind, name and version, with its document, which is shared.
pub(crate) type HeldRecord = (&'static str, Arc<str>, i64, Bytes);

/// Every living record of some kinds, at one revision.
#[derive(Default)]
pub struct Records {
    tables: HashMap<&'static str, RowsOfKind>,
    /// Names and labels, and whatever else a service indexes by.
    pub texts: Texts,
    changes_since_sweep: usize,
    bytes: usize,
    digest: Digest,
}

/// A record out of memory.
#[derive(Clone, Debug)]
pub struct MemoryRecord<D> {
    /// The document as it is stored.
    pub doc: D,
    /// Version and times.
    pub stamp: Stamp,
    /// The document's bytes, for its etag.
    bytes: Bytes,
}

impl<D> MemoryRecord<D> {
    /// The etag by which a write names this state of the record.
    pub fn etag(&self) -> String {
        document::etag(self.stamp.version, &self.bytes)
    }
}

impl Records {
    /// Takes in a change of a record of `kind`; an older version than the one that is there changes
    /// nothing. Answers the row that was there before.
    pub fn apply(&mut self, kind: &'static str, change: &Change) -> Option<MemoryRow> {
        self.changes_since_sweep += 1;
        if self.changes_since_sweep > SWEEP_EVERY {
            self.texts.sweep();
            self.changes_since_sweep = 0;
        }
        let table = self.tables.entry(kind).or_default();
        let before = match change.op {
            Op::Put => {
                let before = table.get(change.name.as_str());
                if before.is_some_and(|row| row.stamp.version > change.version) {
                    return before.cloned();
                }
                let row = MemoryRow::new(change, &mut self.texts);
                self.bytes += size(&change.name, &row);
                table.insert(self.texts.shared(&change.name), row)
            }
            Op::Deleted | Op::Removed => table.remove(change.name.as_str()),
        };
        self.bytes -= before.as_ref().map_or(0, |row| size(&change.name, row));
        let was = before.as_ref().map(|row| row.stamp.version);
        let is = (change.op == Op::Put).then_some(change.version);
        self.digest.change(kind, &change.name, was, is);
        before
    }

    /// One record's row.
    pub fn row<D: Document>(&self, name: &str) -> Option<&MemoryRow> {
        self.row_of(D::KIND, name)
    }

    /// Like [`Records::row`], where only the kind's name is known.
    pub fn row_of(&self, kind: &str, name: &str) -> Option<&MemoryRow> {
        self.tables.get(kind).and_then(|table| table.get(name))
    }

    /// One record, decoded; `None` also for bytes that are not such a message, which the log names.
    pub fn get<D: Document>(&self, name: &str) -> Option<MemoryRecord<D>> {
        self.row::<D>(name).and_then(|row| decode(name, row))
    }

    /// Rows of a kind whose names begin with `prefix`, in the order of names.
    pub fn rows<'a, D: Document>(
        &'a self,
        prefix: &str,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a MemoryRow)> + use<'a, D> {
        self.rows_of(D::KIND, prefix)
    }

    /// Like [`Records::rows`], where only the kind's name is known.
    pub fn rows_of<'a>(
        &'a self,
        kind: &str,
        prefix: &str,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a MemoryRow)> + use<'a> {
        let from: (Bound<&str>, Bound<&str>) = (Bound::Included(prefix), Bound::Unbounded);
        let rows = self.tables.get(kind).map(|table| table.range::<str, _>(from));
        let prefix = prefix.to_owned();
        rows.into_iter().flatten().take_while(move |(name, _)| name.starts_with(&*prefix))
    }

    /// All records, of every kind.
    pub(super) fn all(&self) -> Vec<HeldRecord> {
        let rows = self.tables.iter().flat_map(|(kind, table)| {
            table
                .iter()
                .map(|(name, row)| (*kind, name.clone(), row.stamp.version, row.doc.clone()))
        });
        rows.collect()
    }

    /// The memory of the records: documents as they are kept, names and rows.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The digest of all records.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// How many records there are of each kind.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.tables.iter().map(|(kind, table)| (*kind, table.len()))
    }

    /// How many records of a kind there are.
    pub fn count<D: Document>(&self) -> usize {
        self.tables.get(D::KIND).map_or(0, RowsOfKind::len)
    }
}

fn size(name: &str, row: &MemoryRow) -> usize {
    name.len() + row.doc.len() + size_of::<MemoryRow>()
}

pub(crate) fn decode<D: Document>(name: &str, row: &MemoryRow) -> Option<MemoryRecord<D>> {
    match D::decode(row.doc.clone()) {
        Ok(doc) => Some(MemoryRecord { doc, stamp: row.stamp, bytes: row.doc.clone() }),
        Err(error) => {
            tracing::error!(name, %error, "a stored document cannot be decoded");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::Counter;
    use mpp_store::{Label, Labels};

    use super::*;

    fn change(name: &str, version: i64, op: Op) -> Change {
        Change {
            kind: Counter::KIND.into(),
            name: name.into(),
            version,
            op,
            doc: Bytes::new(),
            tombstone: None,
            labels: Labels::from([(Label::Mall, "malls/a".into())]),
            labels_before: None,
            origin: "api".into(),
            actor: "users/siti".into(),
            session: String::new(),
            at: 0,
            create_time: 0,
            update_time: 0,
            revision: version,
        }
    }

    fn put(records: &mut Records, name: &str, version: i64) {
        records.apply(Counter::KIND, &change(name, version, Op::Put));
    }

    #[test]
    fn a_prefix_holds_its_own_and_no_namesakes() {
        let mut records = Records::default();
        for name in [
            "malls/a/counters/1",
            "malls/a-b/counters/1",
            "malls/a/counters/2",
            "malls/b/counters/1",
        ] {
            put(&mut records, name, 1);
        }
        let below: Vec<_> =
            records.rows::<Counter>("malls/a/").map(|(name, _)| name.to_string()).collect();
        assert_eq!(below, ["malls/a/counters/1", "malls/a/counters/2"]);
        assert_eq!(records.rows::<Counter>("").count(), records.count::<Counter>());
    }

    #[test]
    fn an_older_version_does_not_come_back() {
        let mut records = Records::default();
        put(&mut records, "malls/a", 2);
        put(&mut records, "malls/a", 1);
        assert_eq!(records.row::<Counter>("malls/a").map(|row| row.stamp.version), Some(2));
    }

    #[test]
    fn what_goes_takes_no_room() {
        let mut records = Records::default();
        put(&mut records, "malls/a", 1);
        let one = records.bytes();
        put(&mut records, "malls/a", 2);
        put(&mut records, "malls/a", 1);
        assert_eq!(records.bytes(), one, "one record, in whichever version");
        put(&mut records, "malls/b", 1);
        assert_eq!(records.bytes(), 2 * one);
        for name in ["malls/a", "malls/b", "malls/b"] {
            records.apply(Counter::KIND, &change(name, 3, Op::Deleted));
        }
        assert_eq!(records.bytes(), 0);
    }

    #[test]
    fn its_digest_is_of_what_is_there() {
        let mut records = Records::default();
        for (name, version) in [("malls/a", 1), ("malls/b", 1), ("malls/a", 3), ("malls/a", 2)] {
            put(&mut records, name, version);
        }
        records.apply(Counter::KIND, &change("malls/b", 2, Op::Deleted));
        let mut wanted = Digest::default();
        wanted.add(Counter::KIND, "malls/a", 3);
        assert_eq!(records.digest(), &wanted);
    }

    #[test]
    fn texts_that_no_row_has_are_forgotten() {
        let mut records = Records::default();
        put(&mut records, "malls/a/counters/1", 1);
        let mall = records.row::<Counter>("malls/a/counters/1").map(|row| row.label(Label::Mall));
        assert_eq!(mall, Some("malls/a"));
        records.apply(Counter::KIND, &change("malls/a/counters/1", 2, Op::Deleted));
        records.texts.sweep();
        assert!(records.texts.is_empty());
    }
}
