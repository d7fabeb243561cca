//! A session that compares before it sends: its agent has lost what it knew, or doubts it. What was
//! read waits in a file until the source is read to its end; then both sides find out what differs,
//! and only that goes out.

use mpp_api::sync::{Batch, Checkpoint, LoneItem, Reconciled, Record};
use mpp_core::Result;
use mpp_form::{
    limits,
    reconcile::{Found, Item, Set, Standing, Walk, key_of},
};

use super::Session;
use crate::{
    app::{plan::Event, spool::Spool},
    model::difference::Digest,
    registry::out_of_turn,
    store::{Adopted, Beliefs, Truth},
};

/// The records that wait to be compared.
pub struct Comparison {
    spool: Spool,
    beliefs: Beliefs,
    /// In the order of the source.
    entries: Vec<Entry>,
}

/// A record that waits.
struct Entry {
    id: Box<str>,
    name: Box<str>,
    digest: Digest,
    standing: Standing,
    item: Item,
}

/// The name that a record asks for.
pub fn name_of(record: &Record) -> String {
    format!("{}/services/{}", record.unit, record.source_id)
}

impl Comparison {
    /// Nothing yet; `beliefs` are what is known of the registry's answers here.
    pub fn new(spool: Spool, beliefs: Beliefs) -> Self {
        Self { spool, beliefs, entries: Vec::new() }
    }

    /// Takes up a record of the source.
    pub fn add(&mut self, record: &Record, digest: Digest) -> Result<()> {
        let name = name_of(record);
        let standing = self.beliefs.standing(&record.source_id, &name);
        let item = Item::new(key_of(&name), &digest, standing);
        let id = record.source_id.as_str().into();
        self.entries.push(Entry { id, name: name.into(), digest, standing, item });
        self.spool.push(record)
    }

    /// The records' items.
    pub fn set(&self) -> Set {
        Set::new(self.entries.iter().map(|entry| entry.item).collect())
    }

    /// What the registry holds in truth, and what of it needs no sending.
    fn truth(&self, found: &Found) -> Truth {
        let mut truth = Truth::default();
        truth.held.extend(found.lone.iter().filter(|one| one.held).map(held));
        for entry in &self.entries {
            let wanted = found.wanted.get(&entry.item);
            if wanted.copied().unwrap_or(entry.standing.is_held()) {
                truth.held.insert(entry.id.to_string(), entry.name.to_string());
            }
            if wanted.is_none() {
                let (id, digest) = (entry.id.clone(), entry.digest);
                let is_settled = matches!(entry.standing, Standing::Taken | Standing::Rejected(_));
                truth.confirmed.push(Adopted { id, digest, is_settled });
            }
        }
        truth
    }

    /// The records again, in their order, each with its digest and whether it is to be sent.
    pub fn replay(
        self,
        found: Found,
    ) -> Result<impl Iterator<Item = Result<(Record, Digest, bool)>>> {
        let records = self.spool.read()?;
        Ok(records.zip(self.entries).map(move |(record, entry)| {
            Ok((record?, entry.digest, found.wanted.contains_key(&entry.item)))
        }))
    }
}

fn held(one: &LoneItem) -> (String, String) {
    let id = one.name.rsplit('/').next().unwrap_or_default();
    (id.to_owned(), one.name.clone())
}

impl Session<'_> {
    /// Compares what was read, where the session does that, and sends what differs.
    pub(super) async fn compare(&mut self) -> Result<()> {
        let Some(comparison) = self.comparison.take() else { return Ok(()) };
        let mut walk = Walk::new(comparison.set());
        while let Some(ranges) = walk.next_message() {
            let answer = self.stream.reconcile(ranges).await?;
            walk.hear(answer)?;
        }
        let mut found = walk.found();
        (self.context.report)(Event::Compared {
            records: comparison.entries.len(),
            differ: found.wanted.len(),
            gone: found.lone.len(),
        });
        let unconfirmed = found.unconfirmed();
        let truth = comparison.truth(&found);
        self.difference.hold(truth.ids());
        if unconfirmed.len() > limits::UNCONFIRMED {
            // So much differs that nothing is saved.
            self.context.store.resume(&self.agreed(), true).await?;
            self.context.store.hold(&truth).await?;
            found.wanted.extend(comparison.entries.iter().map(|entry| (entry.item, false)));
        } else {
            self.confirm(unconfirmed, &truth).await?;
        }
        for record in comparison.replay(found)? {
            let (record, digest, is_wanted) = record?;
            if !is_wanted {
                self.tally.known += 1;
            } else if let Some(full) = self.gathered.add(record, digest, self.limits) {
                self.send(full).await?;
            }
        }
        Ok(())
    }

    /// What was found in sync is answered from now on, at both sides.
    async fn confirm(&mut self, unconfirmed: Vec<u64>, truth: &Truth) -> Result<()> {
        self.nonce += 1;
        let position = self.position();
        self.context.store.note(&position, &[]).await?;
        let checkpoint = Checkpoint { sequence: self.sequence, position, ..Default::default() };
        self.sequence += 1;
        let batch = Batch {
            nonce: self.nonce,
            fencing_token: self.welcome.fencing_token,
            records: Vec::new(),
            checkpoint: Some(checkpoint),
            reconciled: Some(Reconciled { unconfirmed }),
        };
        self.stream.send_batch(batch).await?;
        let result = self.stream.batch_result().await?;
        if result.nonce != self.nonce || !result.results.is_empty() {
            return Err(out_of_turn("what was confirmed"));
        }
        self.context.store.adopt(truth, &result.checkpoint.unwrap_or_default()).await
    }
}
