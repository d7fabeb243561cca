//! One kind's records: encoded, in the order of their names.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Bound,
    sync::Arc,
};

use bytes::Bytes;
use mpp_store::{Label, Labels};

use crate::resource::Stamp;

/// A record as it lies in memory: its bytes, and what lists filter by.
#[derive(Clone, Debug)]
pub struct Row {
    /// The encoded message, without etag, times and what is worked out on the way out.
    pub doc: Bytes,
    /// Version and times.
    pub stamp: Stamp,
    labels: Box<[(Label, Arc<str>)]>,
}

impl Row {
    /// The value of a label; empty where it has none.
    pub fn label(&self, key: Label) -> &str {
        self.labels.iter().find(|(own, _)| *own == key).map_or("", |(_, value)| value)
    }

    /// All labels.
    pub fn labels(&self) -> Labels {
        self.labels.iter().map(|(key, value)| (*key, value.to_string())).collect()
    }
}

/// Texts that many rows share, each kept once.
#[derive(Default)]
pub struct Texts(HashSet<Arc<str>>);

impl Texts {
    /// The one copy of `text`.
    pub fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.0.insert(new.clone());
        new
    }

    /// Forgets what no row has any more.
    pub fn sweep(&mut self) {
        self.0.retain(|text| Arc::strong_count(text) > 1);
    }

    fn labels(&mut self, labels: &Labels) -> Box<[(Label, Arc<str>)]> {
        labels.iter().map(|(key, value)| (*key, self.shared(value))).collect()
    }
}

/// Records of one kind.
#[derive(Default)]
pub struct Table {
    rows: BTreeMap<Arc<str>, Row>,
}

impl Table {
    /// Puts a record; an older version than the one that is there changes nothing.
    pub fn put(
        &mut self,
        texts: &mut Texts,
        name: &str,
        doc: Bytes,
        labels: &Labels,
        stamp: Stamp,
    ) {
        if self.rows.get(name).is_some_and(|row| row.stamp.version > stamp.version) {
            return;
        }
        let row = Row { doc, stamp, labels: texts.labels(labels) };
        self.rows.insert(texts.shared(name), row);
    }

    /// Takes a record out.
    pub fn remove(&mut self, name: &str) -> Option<Row> {
        self.rows.remove(name)
    }

    /// One record.
    pub fn get(&self, name: &str) -> Option<&Row> {
        self.rows.get(name)
    }

    /// Records whose names begin with `prefix`, in their order.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a Arc<str>, &'a Row)> {
        let from: (Bound<&str>, Bound<&str>) = (Bound::Included(prefix), Bound::Unbounded);
        self.rows.range::<str, _>(from).take_while(move |(name, _)| name.starts_with(prefix))
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(table: &mut Table, texts: &mut Texts, name: &str, version: i64) {
        let labels = Labels::from([(Label::Mall, "malls/a".to_owned())]);
        let stamp = Stamp { version, ..Stamp::default() };
        table.put(texts, name, Bytes::from_static(b"x"), &labels, stamp);
    }

    #[test]
    fn a_prefix_holds_its_own_and_no_namesakes() {
        let (mut table, mut texts) = (Table::default(), Texts::default());
        for name in [
            "malls/a/counters/1",
            "malls/a-b/counters/1",
            "malls/a/counters/2",
            "malls/b/counters/1",
        ] {
            put(&mut table, &mut texts, name, 1);
        }
        let below: Vec<_> = table.below("malls/a/").map(|(name, _)| name.to_string()).collect();
        assert_eq!(below, ["malls/a/counters/1", "malls/a/counters/2"]);
        assert_eq!(table.below("").count(), table.len());
    }

    #[test]
    fn an_older_version_does_not_come_back() {
        let (mut table, mut texts) = (Table::default(), Texts::default());
        put(&mut table, &mut texts, "malls/a", 2);
        put(&mut table, &mut texts, "malls/a", 1);
        assert_eq!(table.get("malls/a").map(|row| row.stamp.version), Some(2));
    }

    #[test]
    fn texts_that_no_row_has_are_forgotten() {
        let (mut table, mut texts) = (Table::default(), Texts::default());
        put(&mut table, &mut texts, "malls/a/counters/1", 1);
        assert_eq!(
            table.get("malls/a/counters/1").map(|row| row.label(Label::Mall)),
            Some("malls/a")
        );
        table.remove("malls/a/counters/1");
        texts.sweep();
        assert!(texts.0.is_empty());
    }
}
