//! Writes the hours rules of a batch that passed their checks, each for itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use mpp_api::{
    Document as _, forms,
    scheduling::HoursRule,
    sync::{Outcome, Source},
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::{Error, FieldCode, FieldViolation, Labels, NATIONAL, Reason, Result};
use mpp_form::{hours_rule::Target, record::Item};
use mpp_store::{Expect, Put, Record, Tx};
use mpp_sync::{Before, Fate, Taken, WaitingRecord, Writer, fault, store::lease::Lease};

use crate::{
    app::Scheduling,
    model::room::{Counts, is_over, too_many},
};

/// The source's rules under the names that a batch is about.
type Standing = BTreeMap<String, Record<HoursRule>>;
/// A rule as it is put, with its labels.
type Ready = (String, HoursRule, Labels);
/// How many more rules of the source each target may have.
type Room = HashMap<String, Counts>;

/// Writes hours rules for a source.
pub(super) struct Write<'a> {
    app: &'a Scheduling,
    lease: &'a Lease,
    /// Only of a preview: what its parts before would have changed.
    previews: Option<&'a Before>,
    source: Source,
    today: Date,
}

impl<'a> Write<'a> {
    /// # Errors
    /// `REFERENCE_INVALID` for a source that the registry has no more; `UNAVAILABLE` before it is
    /// known which it has.
    pub(super) fn of(app: &'a Scheduling, writer: Writer<'a>, today: Date) -> Result<Self> {
        let Writer { lease, previews } = writer;
        let found = app.memory.read().directory.source(&lease.source).cloned();
        let gone = |error: Error| match error.reason() {
            Reason::NotFound => Error::new(Reason::ReferenceInvalid, error.message()),
            _ => error,
        };
        Ok(Self { app, lease, previews, source: found.map_err(gone)?, today })
    }

    /// Writes the records, and gives each its outcome.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        records: &[WaitingRecord<HoursRule>],
    ) -> Result<HashMap<usize, Fate>> {
        let names: BTreeSet<&str> = records.iter().map(|(_, one)| one.name.as_str()).collect();
        let standing = tx.living_many::<HoursRule>(&names).await?;
        let (mut fates, mut ready) = (HashMap::new(), Vec::new());
        let mut room = self.room(records, &standing);
        for (index, checked) in records {
            match &checked.item {
                Item::Delete(tombstone) => {
                    let fate = match self.kept_by_others(standing.get(&checked.name)) {
                        Some(fault) => Err(fault),
                        None => delete(tx, &checked.name, tombstone).await?,
                    };
                    fates.insert(*index, fate);
                }
                Item::Put(rule) => match self.prepare(rule, &standing, &mut room)? {
                    Ok(one) => ready.push((*index, one)),
                    Err(fault) => drop(fates.insert(*index, Err(fault))),
                },
            }
        }
        put(tx, ready, &mut fates).await?;
        Ok(fates)
    }

    /// How many more rules of this source each target that the batch is about may have. What the
    /// batch deletes makes room in it.
    fn room(&self, records: &[WaitingRecord<HoursRule>], standing: &Standing) -> Room {
        let state = self.app.memory.read();
        let (today, source) = (self.today, &self.lease.source);
        let before = |target: &str| {
            let rooms = self.previews.and_then(|before| before.rooms.get(target));
            rooms.copied().unwrap_or_default()
        };
        let left = |target: &str| {
            let counts = state.records.counts_of(target, source, today).with(before(target));
            counts.left(&self.app.policy)
        };
        let (mut room, mut freed) = (HashMap::new(), Vec::new());
        for (_, checked) in records {
            match (&checked.item, standing.get(&checked.name)) {
                (Item::Put(rule), _) => {
                    room.entry(rule.target.clone()).or_insert_with(|| left(&rule.target));
                }
                (Item::Delete(_), Some(gone)) => freed.push(&gone.doc),
                (Item::Delete(_), None) => {}
            }
        }
        for gone in freed {
            let over = is_over(gone, today);
            room.entry(gone.target.clone()).and_modify(|left: &mut Counts| *left.of(over) += 1);
        }
        room
    }

    /// A rule as it is put; `Err` says why it is not. `room` says how many more each target may
    /// have.
    fn prepare(
        &self,
        rule: &HoursRule,
        standing: &Standing,
        room: &mut Room,
    ) -> Result<Result<Ready, FieldViolation>> {
        let target = Target::parse(&rule.target, "target")?;
        let before = standing.get(&rule.name).map(|found| &found.doc);
        if let Some(fault) = self.amiss(&target, before) {
            return Ok(Err(fault));
        }
        let state = self.app.memory.read();
        let left = room.entry(rule.target.clone()).or_default();
        if !left.take(rule, before, self.today) {
            let text = too_many(rule, &self.lease.source, *left, &self.app.policy);
            return Ok(Err(fault("hours_rule.target", FieldCode::TargetFull, &text)));
        }
        let whole = match before {
            Some(before) => forms::kept(rule, before, self.lease.forms.of(HoursRule::KIND))?,
            None => rule.clone(),
        };
        let labels = state.rule_labels(&target, &self.lease.source);
        Ok(Ok((rule.name.clone(), whole, labels)))
    }

    /// Why the source may not delete a rule that it had published: its target is another body's
    /// by now, which keeps the rule. Of a place that has gone it may.
    fn kept_by_others(&self, rule: Option<&Record<HoursRule>>) -> Option<FieldViolation> {
        let target = Target::parse(&rule?.doc.target, "target").ok()?;
        let state = self.app.memory.read();
        let is_gone = state.directory.require(&target).is_err();
        if is_gone || state.directory.may_write(&self.source, &target) {
            return None;
        }
        let text = format!("{} is run by others now, who keep the rule", target.name());
        Some(fault("delete.name", FieldCode::NotAllowed, &text))
    }

    /// Why the source may not have a rule for this target, or not under this name.
    fn amiss(&self, target: &Target, before: Option<&HoursRule>) -> Option<FieldViolation> {
        let of = |code, text: &str| Some(fault("hours_rule.target", code, text));
        if let Some(before) = before.filter(|before| before.target != target.name()) {
            let text = format!(
                "the rule of this id is for {}, for good; give the one for {} another source_id",
                before.target,
                target.name()
            );
            return of(FieldCode::Immutable, &text);
        }
        if target.name() == NATIONAL {
            return of(FieldCode::NotAllowed, "the nation's rules are set by the API only");
        }
        let state = self.app.memory.read();
        if let Err(error) = state.directory.require(target) {
            return of(FieldCode::TargetNotFound, error.message());
        }
        if state.directory.may_write(&self.source, target) {
            return None;
        }
        let text = format!(
            "{} is neither run by {} or a unit below it, nor by one that the source also writes",
            target.name(),
            self.source.unit
        );
        of(FieldCode::TargetNotOwned, &text)
    }
}

async fn put(
    tx: &mut Tx,
    ready: Vec<(usize, Ready)>,
    fates: &mut HashMap<usize, Fate>,
) -> Result<()> {
    let items = ready.iter().map(|(_, one)| one.clone()).collect();
    let written = tx.put_many(items).await?;
    for ((index, one), mut put) in ready.into_iter().zip(written) {
        if put.tombstoned {
            put = revive(tx, one, put).await?;
        }
        fates.insert(index, fate(put));
    }
    Ok(())
}

/// A name that only a session that was undone had used is free again.
async fn revive(tx: &mut Tx, (name, rule, labels): Ready, put: Put) -> Result<Put> {
    let buried = tx.buried::<HoursRule>(&name).await?;
    if buried.is_none_or(|buried| buried.tombstone.reason() != Why::Undone) {
        return Ok(put);
    }
    tx.revive(&name, &rule, labels).await?;
    Ok(Put { version: 1, changed: true, tombstoned: false })
}

fn fate(put: Put) -> Fate {
    if put.tombstoned {
        let text = "was deleted, and its name is not used again; give the record another source_id";
        return Err(fault("source_id", FieldCode::Tombstoned, text));
    }
    Ok(if put.changed { Outcome::Applied } else { Outcome::Unchanged }.into())
}

/// A rule that is deleted already is as the source wants it.
async fn delete(tx: &mut Tx, name: &str, tombstone: &Tombstone) -> Result<Fate> {
    match tx.delete::<HoursRule>(name, tombstone, Expect::Any).await {
        Ok(_) => Ok(Ok(Taken::from(Outcome::Applied))),
        Err(error) if error.reason() == Reason::Tombstoned => Ok(Ok(Outcome::Unchanged.into())),
        Err(error) if error.reason() == Reason::NotFound => {
            Ok(Err(fault("delete.name", FieldCode::NotFound, "does not exist and never did")))
        }
        Err(error) => Err(error),
    }
}
