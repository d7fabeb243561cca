//! One record as it lies in memory, and the texts that many records share.

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use mpp_store::{Change, Label, Labels};

use crate::kind::Stamp;

/// A record in memory: its bytes, and the labels that lists filter by.
#[derive(Clone, Debug)]
pub struct MemoryRow {
    /// The encoded message, without etag, times and the fields that are worked out when it is read.
    pub doc: Bytes,
    /// Version and times.
    pub stamp: Stamp,
    labels: Box<[(Label, Arc<str>)]>,
}

impl MemoryRow {
    /// The row of a record that a change has put.
    pub(super) fn new(change: &Change, texts: &mut Texts) -> Self {
        let stamp = Stamp {
            version: change.version,
            create_time: change.create_time,
            update_time: change.update_time,
        };
        Self { doc: change.doc.clone(), stamp, labels: texts.labels(&change.labels) }
    }

    /// The value of a label; empty if the record has none.
    pub fn label(&self, key: Label) -> &str {
        self.labels.iter().find(|(own, _)| *own == key).map_or("", |(_, value)| value)
    }

    /// The record's labels, with their values.
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

    /// Forgets the texts that nothing has any more.
    pub fn sweep(&mut self) {
        self.0.retain(|text| Arc::strong_count(text) > 1);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn labels(&mut self, labels: &Labels) -> Box<[(Label, Arc<str>)]> {
        labels.iter().map(|(key, value)| (*key, self.shared(value))).collect()
    }
}
