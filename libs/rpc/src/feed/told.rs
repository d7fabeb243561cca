//! What a follower is sent, as this caller may know it.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use mpp_api::{
    Any, digest, document,
    feed::{Change, WatchResponse, change},
    time::to_timestamp,
};
use mpp_core::{Caller, Label};
use mpp_store::{Batch, Change as StoredChange, Labels, Op};

use crate::authors;

/// Labels that say who a record belongs to.
const KEEPERS: [Label; 5] =
    [Label::Agency, Label::Unit, Label::Organiser, Label::Mall, Label::Counter];

/// The names whose holders act for a mall.
pub(crate) type Owners = Arc<dyn Fn(&str) -> Vec<String> + Send + Sync>;

/// Tells changes to one caller.
#[derive(Clone)]
pub(crate) struct Teller {
    pub(crate) caller: Caller,
    /// `None` in a service that knows no malls.
    pub(crate) owners: Option<Owners>,
}

impl Teller {
    pub(super) fn message(&self, batch: Batch) -> WatchResponse {
        WatchResponse {
            changes: batch.changes.iter().map(|change| self.to_wire(change)).collect(),
            resume_token: batch.token.unwrap_or_default(),
            revision: batch.revision,
            initial_state_complete: batch.initial_state_complete,
            digest: batch.digest.as_ref().map(digest::to_wire),
        }
    }

    /// A change as this caller may know it.
    pub(crate) fn to_wire(&self, change: &StoredChange) -> Change {
        let (op, document) = match change.op {
            Op::Put => {
                let type_url = document::type_url(&change.kind).unwrap_or_default();
                (change::Op::Put, Some(Any { type_url, value: self.document(change) }))
            }
            Op::Deleted => (change::Op::Deleted, None),
            Op::Removed => (change::Op::Removed, None),
        };
        Change {
            kind: change.kind.clone(),
            name: change.name.clone(),
            version: change.version,
            op: op.into(),
            document,
            tombstone: change.tombstone.clone(),
            origin: change.origin.clone(),
            actor: self.actor(change),
            commit_time: Some(to_timestamp(change.at)),
            labels: label_texts(&change.labels),
            session: change.session.clone(),
        }
    }

    /// Who made a change, as far as the caller may know it. Those who act for a mall answer for
    /// everything in it.
    fn actor(&self, change: &StoredChange) -> String {
        let told = self.caller.author_shown(&change.actor, keepers(change));
        if told == change.actor {
            return change.actor.clone();
        }
        let owners = change.labels.get(&Label::Mall).zip(self.owners.as_ref());
        let owners = owners.map(|(mall, owners)| owners(mall)).unwrap_or_default();
        self.caller.author_shown(&change.actor, owners.iter().map(String::as_str)).to_owned()
    }

    /// The record as it is stored, without names that the caller may not know.
    pub(crate) fn document(&self, change: &StoredChange) -> Bytes {
        authors::document(&change.kind, &change.doc, &self.caller, keepers(change))
    }
}

fn keepers(change: &StoredChange) -> impl Iterator<Item = &str> {
    let keepers = KEEPERS.iter().filter_map(|label| change.labels.get(label));
    keepers.map(String::as_str).chain([change.name.as_str()])
}

/// Labels as the contract spells them.
pub(crate) fn label_texts(labels: &Labels) -> BTreeMap<String, String> {
    labels.iter().map(|(label, value)| (label.to_string(), value.clone())).collect()
}
