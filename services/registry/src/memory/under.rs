//! Records that are noted under another one, which one of their labels names for good.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use mpp_resource::memory::{MemoryRow, Texts};
use mpp_store::{Change, Label};

/// The record above → those under it.
#[derive(Default)]
pub struct Under(HashMap<Arc<str>, BTreeSet<Arc<str>>>);

impl Under {
    /// Notes a record.
    pub fn put(&mut self, texts: &mut Texts, change: &Change, label: Label) {
        let above = change.labels.get(&label).map_or("", String::as_str);
        let (above, name) = (texts.shared(above), texts.shared(&change.name));
        self.0.entry(above).or_default().insert(name);
    }

    /// Forgets a record, as it was before.
    pub fn remove(&mut self, before: Option<&MemoryRow>, name: &str, label: Label) {
        let above = before.map_or("", |row| row.label(label));
        let Some(known) = self.0.get_mut(above) else { return };
        known.remove(name);
        if known.is_empty() {
            self.0.remove(above);
        }
    }

    /// The records under one, in the order of their names.
    pub fn of(&self, above: &str) -> impl Iterator<Item = &Arc<str>> {
        self.0.get(above).into_iter().flatten()
    }
}
