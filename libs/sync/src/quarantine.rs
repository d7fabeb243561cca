//! The records in quarantine that a batch adds, replaces and drops.

use std::collections::HashMap;

use mpp_api::sync::{BatchResult, Outcome, Record, RecordResult};
use mpp_core::{FieldCode, Micros, Result};
use mpp_form::record::{self, Checked};
use mpp_store::Tx;
use prost::Message as _;

use crate::{
    kind::Synced,
    model::quarantine::{Answer, Asks, Event, State, Step},
    plan::Plan,
    policy::Policy,
    session::Session,
    store::{
        clients::ANYONES,
        waiting::{self, By, Held, Waiting},
    },
    syncs::Syncs,
};

/// Characters of a message that are kept.
const MAX_MESSAGE: usize = 500;

/// The changes that a batch makes to its source's records in quarantine.
#[derive(Default)]
struct Changes {
    /// Names whose kept record is dropped or replaced.
    names: Vec<String>,
    /// Ids that from now on stand, or wait, under the batch's name only: others are dropped.
    ids: Vec<String>,
    /// Records that wait from now on.
    kept: Vec<Waiting>,
}

/// The batch that brings a record.
#[derive(Clone, Copy)]
struct Brought {
    sequence: i64,
    at: Micros,
}

impl<S: Syncs> Session<S> {
    /// Keeps the batch's records that wait, and drops those that the batch replaces. An answer
    /// changes if there is no room, and if a delete only took back a record that waited.
    pub(super) async fn keep_waiting(
        &self,
        tx: &mut Tx,
        plan: &Plan<S::Doc>,
        sequence: i64,
        result: &mut BatchResult,
    ) -> Result<()> {
        let mut held = waiting::held(tx, &self.lease.source).await?;
        if let Some(before) = &self.previews {
            held.records += before.waiting.records;
            held.bytes += before.waiting.bytes;
        }
        let waits = |answer: &RecordResult| answer.outcome() == Outcome::Quarantined;
        if held.records == 0 && !result.results.iter().any(waits) {
            return Ok(());
        }
        let names: Vec<&str> = plan.waiting.iter().map(|(_, one)| one.name.as_str()).collect();
        let known = waiting::known(tx, &self.lease.source, &names).await?;
        let brought = Brought { sequence, at: tx.now() };
        let changes = self.changes(plan, brought, held, &known, result);
        self.store_changes(tx, &changes).await
    }

    fn changes(
        &self,
        plan: &Plan<S::Doc>,
        brought: Brought,
        mut held: Held,
        known: &HashMap<String, Waiting>,
        result: &mut BatchResult,
    ) -> Changes {
        let mut changes = Changes::default();
        for (index, checked) in &plan.waiting {
            let (answer, before) = (&mut result.results[*index], known.get(&checked.name));
            let given = given(answer, checked);
            let record = match given {
                Answer::Waits => S::Doc::to_record(checked).encode_to_vec(),
                _ => Vec::new(),
            };
            let after = room_after(held, before, &record);
            let event =
                Event::Sent { answer: given, has_room: fits(after, self.service.settings()) };
            let state = before.map_or(State::Absent, Waiting::state);
            match state.step(event) {
                Step::Stays | Step::Refused => {}
                Step::Full => full(answer, self.service.settings()),
                Step::Leaves => {
                    taken_back(answer, state);
                    changes.names.push(checked.name.clone());
                }
                Step::Waits => {
                    held = after;
                    changes.names.push(checked.name.clone());
                    changes.kept.push(self.waiting(brought, before, checked, answer, record));
                }
            }
            let stands = matches!(given, Answer::Taken | Answer::Waits);
            if self.lease.unique_ids && stands && Asks::of(checked) == Asks::Put {
                changes.ids.push(S::Doc::source_id(&checked.name).to_owned());
            }
        }
        changes
    }

    async fn store_changes(&self, tx: &mut Tx, changes: &Changes) -> Result<()> {
        let names: Vec<&str> = changes.names.iter().map(String::as_str).collect();
        let ids: Vec<&str> = changes.ids.iter().map(String::as_str).collect();
        waiting::remove(tx, &self.lease.source, By::Name, &names, ANYONES).await?;
        // The same id under another unit is another client's record, and stays.
        let own = self.lease.client.may_forget();
        waiting::remove(tx, &self.lease.source, By::Id, &ids, &own).await?;
        waiting::insert(tx, &changes.kept).await
    }

    /// The row of a record that waits; if the same bytes are sent again, it waits since they first
    /// came, and by the session that brought them then.
    fn waiting(
        &self,
        brought: Brought,
        before: Option<&Waiting>,
        checked: &Checked<S::Doc>,
        answer: &RecordResult,
        record: Vec<u8>,
    ) -> Waiting {
        let same = before.filter(|before| before.record == record);
        let fault = (answer.code.as_str(), answer.field.as_str());
        let awaited = awaited_by::<S::Doc>(fault, &checked.name, &record);
        Waiting {
            source: self.lease.source.clone(),
            name: checked.name.clone(),
            source_id: S::Doc::source_id(&checked.name).to_owned(),
            deletes: Asks::of(checked) == Asks::Delete,
            record,
            field: answer.field.clone(),
            code: answer.code.clone(),
            message: shortened(&answer.message),
            awaited,
            refused: false,
            rules: record::RULES,
            sequence: brought.sequence,
            session: same.map_or(&self.lease.session, |before| &before.session).clone(),
            unique_ids: self.lease.unique_ids,
            form: self.lease.forms.of(S::Doc::kind_of(&checked.name).unwrap_or_default()),
            first_seen: same.map_or(brought.at, |before| before.first_seen),
            last_try: brought.at,
            tries: same.map_or(1, |before| before.tries + 1),
            // A program that does not know this code would try the record at once.
            not_before: if answer.code == FieldCode::Undone.as_str() { Micros::MAX } else { 0 },
            proof: 0,
            client: self.lease.client.number,
        }
    }
}

/// What a record waits for if it was answered with this code for a field; `record` is the record as
/// it is kept.
pub(super) fn awaited_by<D: Synced>(
    (code, field): (&str, &str),
    name: &str,
    record: &[u8],
) -> String {
    let known = FieldCode::ALL.iter().find(|known| known.as_str() == code);
    let record = Record::decode(record).unwrap_or_default();
    known.map_or_else(String::new, |code| D::awaited((*code, field), name, &record))
}

/// A message, cut to the length that is kept.
pub(super) fn shortened(message: &str) -> String {
    message.chars().take(MAX_MESSAGE).collect()
}

fn given<D>(answer: &RecordResult, checked: &Checked<D>) -> Answer {
    let code = FieldCode::ALL.iter().find(|known| known.as_str() == answer.code);
    Answer::of(code.copied(), Asks::of(checked))
}

fn room_after(held: Held, before: Option<&Waiting>, record: &[u8]) -> Held {
    let bytes = |record: &[u8]| i64::try_from(record.len()).unwrap_or(i64::MAX);
    Held {
        records: held.records + i64::from(before.is_none()),
        bytes: held.bytes + bytes(record) - before.map_or(0, |before| bytes(&before.record)),
    }
}

fn fits(after: Held, policy: &Policy) -> bool {
    let within = |count: i64, most: usize| usize::try_from(count).is_ok_and(|count| count <= most);
    within(after.records, policy.quarantine_records) && within(after.bytes, policy.quarantine_bytes)
}

/// Changes the answer to a record that would wait and finds no room.
fn full(answer: &mut RecordResult, policy: &Policy) {
    let why = answer.message.split(';').next().unwrap_or_default().to_owned();
    answer.set_outcome(Outcome::Rejected);
    answer.message = format!(
        "{why}, and no more of this source may wait ({} records, {} bytes); the record is not kept",
        policy.quarantine_records, policy.quarantine_bytes
    );
    answer.code = FieldCode::QuarantineFull.to_string();
}

/// Changes the answer to a delete of a record that was never applied, which took back a waiting
/// record.
fn taken_back(answer: &mut RecordResult, state: State) {
    if state == State::Absent || answer.code != FieldCode::NotFound.as_str() {
        return;
    }
    answer.set_outcome(Outcome::Unchanged);
    for text in [&mut answer.field, &mut answer.code, &mut answer.message] {
        text.clear();
    }
}
