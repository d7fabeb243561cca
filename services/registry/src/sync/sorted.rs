//! The records of a batch by their kinds, in the order in which the kinds are written.

use mpp_api::{
    Document as _,
    registry::{Counter, Mall, Service, Unit},
    types::Tombstone,
};
use mpp_form::record::{Entry, Item};
use mpp_sync::{
    WaitingRecord,
    write::{Asked, One},
};

/// The records of a batch.
#[derive(Default)]
pub(super) struct Sorted<'a> {
    pub(super) units: Vec<One<'a, Unit>>,
    pub(super) malls: Vec<One<'a, Mall>>,
    pub(super) counters: Vec<One<'a, Counter>>,
    pub(super) services: Vec<One<'a, Service>>,
}

impl<'a> Sorted<'a> {
    pub(super) fn of(records: &'a [WaitingRecord<Entry>]) -> Self {
        let mut sorted = Self::default();
        for (index, checked) in records {
            let (index, name) = (*index, checked.name.as_str());
            match &checked.item {
                Item::Put(entry) => sorted.put(index, name, entry),
                Item::Delete(tombstone) => sorted.delete(index, name, checked.kind(), tombstone),
            }
        }
        sorted
    }

    fn put(&mut self, index: usize, name: &'a str, entry: &'a Entry) {
        match entry {
            Entry::Unit(one) => self.units.push((index, name, Asked::Put(one))),
            Entry::Mall(one) => self.malls.push((index, name, Asked::Put(one))),
            Entry::Counter(one) => self.counters.push((index, name, Asked::Put(one))),
            Entry::Service(one) => self.services.push((index, name, Asked::Put(one))),
        }
    }

    fn delete(&mut self, index: usize, name: &'a str, kind: &str, tombstone: &'a Tombstone) {
        match kind {
            Unit::KIND => self.units.push((index, name, Asked::Delete(tombstone))),
            Mall::KIND => self.malls.push((index, name, Asked::Delete(tombstone))),
            Counter::KIND => self.counters.push((index, name, Asked::Delete(tombstone))),
            _ => self.services.push((index, name, Asked::Delete(tombstone))),
        }
    }
}
