//! The records of a batch by their kinds, in the order in which the kinds are written.

use mpp_api::{
    Document as _,
    registry::{Counter, Mall, Service, Unit},
    types::Tombstone,
};
use mpp_core::{Error, Result};
use mpp_form::record::{Entry, RecordChange};
use mpp_sync::{
    WaitingRecord,
    write::{AskedChange, One},
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
    /// # Errors
    /// Internal, for a delete of a kind that has no list here.
    pub(super) fn of(records: &'a [WaitingRecord<Entry>]) -> Result<Self> {
        let mut sorted = Self::default();
        for (index, checked) in records {
            let (index, name) = (*index, checked.name.as_str());
            match &checked.item {
                RecordChange::Put(entry) => sorted.put(index, name, entry),
                RecordChange::Delete(tombstone) => {
                    sorted.delete((index, name), checked.kind(), tombstone)?;
                }
            }
        }
        Ok(sorted)
    }

    fn put(&mut self, index: usize, name: &'a str, entry: &'a Entry) {
        match entry {
            Entry::Unit(one) => self.units.push((index, name, AskedChange::Put(one))),
            Entry::Mall(one) => self.malls.push((index, name, AskedChange::Put(one))),
            Entry::Counter(one) => self.counters.push((index, name, AskedChange::Put(one))),
            Entry::Service(one) => self.services.push((index, name, AskedChange::Put(one))),
        }
    }

    fn delete(
        &mut self,
        (index, name): (usize, &'a str),
        kind: &str,
        tombstone: &'a Tombstone,
    ) -> Result<()> {
        match kind {
            Unit::KIND => self.units.push((index, name, AskedChange::Delete(tombstone))),
            Mall::KIND => self.malls.push((index, name, AskedChange::Delete(tombstone))),
            Counter::KIND => self.counters.push((index, name, AskedChange::Delete(tombstone))),
            Service::KIND => self.services.push((index, name, AskedChange::Delete(tombstone))),
            // A new kind, until it is named here.
            kind => return Err(Error::internal(format!("how a {kind} is deleted"))),
        }
        Ok(())
    }
}
