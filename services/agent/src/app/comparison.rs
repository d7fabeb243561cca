//! The records that wait until a comparison has shown which of them the registry has.

use std::collections::HashMap;

use mpp_api::sync::{LoneItem, Record};
use mpp_core::Result;
use mpp_form::{
    reconcile::{AnswerState, ComparedRecord, Set, SetDifference, key_of},
    record::known_as,
};

use super::{
    plan::{Run, Why},
    spool::Spool,
};
use crate::{
    model::difference::Digest,
    store::{Adopted, Beliefs, Compared},
};

/// The records that wait to be compared.
pub struct Comparison<'a> {
    run: &'a Run,
    spool: Spool,
    beliefs: Beliefs,
    why: Why,
    /// In the order of the source.
    entries: Vec<Entry>,
}

/// A record that has waited, its digest, and whether it has to be sent.
pub type Replayed = (Record, Digest, bool);

/// A record that waits.
struct Entry {
    id: Box<str>,
    name: Box<str>,
    digest: Digest,
    standing: AnswerState,
    item: ComparedRecord,
}

impl<'a> Comparison<'a> {
    /// Starts with nothing; `beliefs` are what is known here of the registry's answers.
    ///
    /// # Errors
    /// No file can be written beside the state.
    pub fn new(run: &'a Run, beliefs: Beliefs, why: Why) -> Result<Self> {
        let spool = Spool::beside(&run.state)?;
        Ok(Self { run, spool, beliefs, why, entries: Vec::new() })
    }

    /// Why they are compared.
    pub fn why(&self) -> Why {
        self.why
    }

    /// Takes up a record of the source.
    pub fn add(&mut self, record: &Record, digest: Digest) -> Result<()> {
        let name = self.run.name_of(record);
        let id = known_as(record);
        let standing = self.beliefs.standing(&id, &name);
        let item = ComparedRecord::new(key_of(&name), &digest, standing);
        self.entries.push(Entry { id: id.into(), name: name.into(), digest, standing, item });
        self.spool.push(record)
    }

    /// Bytes of the records that wait.
    pub fn spooled(&self) -> u64 {
        self.spool.bytes()
    }

    /// How many records wait.
    pub fn records(&self) -> usize {
        self.entries.len()
    }

    /// All items, as if the registry had none of the records.
    pub fn all(&self) -> impl Iterator<Item = (ComparedRecord, bool)> {
        self.entries.iter().map(|entry| (entry.item, false))
    }

    /// The records' items.
    pub fn set(&self) -> Set {
        Set::new(self.entries.iter().map(|entry| entry.item).collect())
    }

    /// The records that the registry really holds, and those among them that need not be sent.
    pub fn compared(&self, found: &SetDifference) -> Compared {
        let mut compared = Compared::default();
        for lone in found.lone.iter().filter(|one| one.held) {
            let (id, name) = self.held(lone);
            compared.sent_by.insert(id.clone(), lone.sender());
            compared.held.insert(id, name);
        }
        for entry in &self.entries {
            let wanted = found.wanted.get(&entry.item);
            if wanted.copied().unwrap_or(entry.standing.is_held()) {
                compared.held.insert(entry.id.to_string(), entry.name.to_string());
            }
            if wanted.is_none() {
                let (id, digest) = (entry.id.clone(), entry.digest);
                let is_rejected = matches!(entry.standing, AnswerState::Rejected(_));
                compared.confirmed.push(Adopted { id, digest, is_rejected });
            }
        }
        compared
    }

    fn held(&self, one: &LoneItem) -> (String, String) {
        let id = self.run.way.destination.source_id(&one.name);
        (id.to_owned(), one.name.clone())
    }

    /// The records again, in their order, each with its digest and whether it has to be sent.
    pub fn replay(self, found: SetDifference) -> Result<impl Iterator<Item = Result<Replayed>>> {
        self.again(move |entry| found.wanted.contains_key(&entry.item))
    }

    /// The same without a comparison: a record that was answered with the same digest is not sent.
    pub fn replay_unless(
        self,
        answered: HashMap<String, Digest>,
    ) -> Result<impl Iterator<Item = Result<Replayed>>> {
        self.again(move |entry| answered.get(&*entry.id) != Some(&entry.digest))
    }

    fn again(
        self,
        is_wanted: impl Fn(&Entry) -> bool,
    ) -> Result<impl Iterator<Item = Result<Replayed>>> {
        let records = self.spool.read()?;
        let entries = self.entries.into_iter();
        Ok(records.zip(entries).map(move |(record, entry)| {
            let is_wanted = is_wanted(&entry);
            Ok((record?, entry.digest, is_wanted))
        }))
    }
}
