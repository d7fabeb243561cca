//! What a follower is sent, as this caller may know it.

use std::collections::BTreeMap;

use mpp_api::{
    Any, digest, document,
    feed::{Change, WatchResponse, change},
    time::to_timestamp,
};
use mpp_core::{Caller, Label, as_told};
use mpp_store::{Batch, Change as Stored, Labels, Op};

/// Labels that say to whom a record belongs.
const KEEPERS: [Label; 5] =
    [Label::Agency, Label::Unit, Label::Organiser, Label::Mall, Label::Counter];

pub(super) fn message(batch: Batch, caller: &Caller) -> WatchResponse {
    WatchResponse {
        changes: batch.changes.iter().map(|change| to_wire(change, caller)).collect(),
        resume_token: batch.token.unwrap_or_default(),
        revision: batch.revision,
        initial_state_complete: batch.initial_state_complete,
        digest: batch.digest.as_ref().map(digest::to_wire),
    }
}

/// A change as this caller may know it.
pub(crate) fn to_wire(change: &Stored, caller: &Caller) -> Change {
    let (op, document) = match change.op {
        Op::Put => {
            let type_url = document::type_url(&change.kind).unwrap_or_default();
            (change::Op::Put, Some(Any { type_url, value: change.doc.clone() }))
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
        actor: actor(change, caller).to_owned(),
        commit_time: Some(to_timestamp(change.at)),
        labels: label_texts(&change.labels),
        session: change.session.clone(),
    }
}

/// Who made a change, as far as the caller may know it.
fn actor<'a>(change: &'a Stored, caller: &Caller) -> &'a str {
    let keepers = KEEPERS.iter().filter_map(|label| change.labels.get(label));
    let keepers = keepers.map(String::as_str).chain([change.name.as_str()]);
    if caller.may_name(&change.actor, keepers) { &change.actor } else { as_told(&change.actor) }
}

/// Labels as the contract has them.
pub(crate) fn label_texts(labels: &Labels) -> BTreeMap<String, String> {
    labels.iter().map(|(label, value)| (label.to_string(), value.clone())).collect()
}
