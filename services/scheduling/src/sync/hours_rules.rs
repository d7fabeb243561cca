//! Which hours rules a source may send: each is for a target that the source may write, for good,
//! and a target has room for only so many from one source.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use mpp_api::{scheduling::HoursRule, sync::Source};
use mpp_core::{Error, FieldCode, FieldViolation, NATIONAL, Reason, Result};
use mpp_form::{hours_rule::Target, record::RecordChange};
use mpp_store::{Record, Tx};
use mpp_sync::{
    Fates, WaitingRecord, Writer, fault,
    write::{AskedChange, DELETE, Going, One, PlacedRecord, Ready, Rules},
};

use crate::{
    app::Scheduling,
    model::{
        date::today_in_the_west,
        room::{RuleCounts, is_over, too_many},
    },
};

/// The source's rules under the names that a batch is about.
type Standing = BTreeMap<String, Record<HoursRule>>;
/// How many more rules of the source each target may have.
type Room = HashMap<String, RuleCounts>;

/// The hours rules of a source.
pub(super) struct HoursRules<'a> {
    app: &'a Scheduling,
    writer: Writer<'a>,
    source: Source,
    today: Date,
    standing: Standing,
    room: Room,
}

impl<'a> HoursRules<'a> {
    /// The rules of a source, for a batch of these records.
    ///
    /// # Errors
    /// `REFERENCE_INVALID` for a source that the registry no longer has; `UNAVAILABLE` before it is
    /// known which it has.
    pub(super) async fn of(
        app: &'a Scheduling,
        writer: Writer<'a>,
        tx: &mut Tx,
        records: &[WaitingRecord<HoursRule>],
    ) -> Result<Self> {
        let today = today_in_the_west(tx.now())?;
        let found = app.memory.read().directory.source(&writer.lease.source).cloned();
        let gone = |error: Error| match error.reason() {
            Reason::NotFound => Error::new(Reason::ReferenceInvalid, error.message()),
            _ => error,
        };
        let source = found.map_err(gone)?;
        let names: BTreeSet<&str> = records.iter().map(|(_, one)| one.name.as_str()).collect();
        let standing = tx.living_many::<HoursRule>(&names).await?;
        let room = Room::new();
        let rules = Self { app, writer, source, today, standing, room };
        Ok(Self { room: rules.room(records), ..rules })
    }

    /// How many more rules of this source each target that the batch is about may have. What the
    /// batch deletes makes room in it.
    fn room(&self, records: &[WaitingRecord<HoursRule>]) -> Room {
        let state = self.app.memory.read();
        let (today, source) = (self.today, &self.writer.lease.source);
        let before = |target: &str| {
            let rooms = self.writer.previews.and_then(|before| before.rooms.get(target));
            rooms.copied().unwrap_or_default()
        };
        let left = |target: &str| {
            let counts = state.records.counts_of(target, source, today).with(before(target));
            counts.left(&self.app.policy)
        };
        let (mut room, mut freed) = (HashMap::new(), Vec::new());
        for (_, checked) in records {
            match (&checked.item, self.standing.get(&checked.name)) {
                (RecordChange::Put(rule), _) => {
                    room.entry(rule.target.clone()).or_insert_with(|| left(&rule.target));
                }
                (RecordChange::Delete(_), Some(gone)) => freed.push(&gone.doc),
                (RecordChange::Delete(_), None) => {}
            }
        }
        for gone in freed {
            let over = is_over(gone, today);
            room.entry(gone.target.clone()).and_modify(|left: &mut RuleCounts| *left.of(over) += 1);
        }
        room
    }

    /// A rule as it is put; `Err` says why it is not. `room` says how many more each target may
    /// have.
    fn ready(
        &self,
        (index, rule): PlacedRecord<'_, HoursRule>,
        room: &mut Room,
    ) -> Result<Result<Ready<HoursRule, ()>, FieldViolation>> {
        let target = Target::parse(&rule.target, "target")?;
        let before = self.standing.get(&rule.name).map(|found| &found.doc);
        if let Some(fault) = self.amiss(&target, before) {
            return Ok(Err(fault));
        }
        let source = &self.writer.lease.source;
        let left = room.entry(rule.target.clone()).or_default();
        if !left.take_place(rule, before, self.today) {
            let text = too_many(rule, source, *left, &self.app.policy);
            return Ok(Err(fault("hours_rule.target", FieldCode::TargetFull, &text)));
        }
        let record = self.writer.whole(rule, before)?;
        let labels = self.app.memory.read().rule_labels(&target, source);
        Ok(Ok(Ready { index, record, labels, known: None, own: () }))
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

impl Rules<HoursRule> for HoursRules<'_> {
    const NAME_SAYS_WHOSE: bool = true;

    type Own = ();

    async fn prepare(
        &self,
        _tx: &mut Tx,
        puts: Vec<PlacedRecord<'_, HoursRule>>,
        fates: &mut Fates,
    ) -> Result<Vec<Ready<HoursRule, ()>>> {
        let (mut room, mut ready) = (self.room.clone(), Vec::with_capacity(puts.len()));
        for given in puts {
            match self.ready(given, &mut room)? {
                Ok(one) => ready.push(one),
                Err(fault) => drop(fates.insert(given.0, Err(fault))),
            }
        }
        Ok(ready)
    }

    /// A rule whose target belongs to another body by now is that body's to keep. If the place
    /// itself has gone, the rule may go.
    fn goes(&self, stands: Record<HoursRule>) -> Result<Going<HoursRule>, FieldViolation> {
        let wholly = Ok(Going::Wholly(Vec::new()));
        let Ok(target) = Target::parse(&stands.doc.target, "target") else { return wholly };
        let state = self.app.memory.read();
        let is_gone = state.directory.require(&target).is_err();
        if is_gone || state.directory.may_write(&self.source, &target) {
            return wholly;
        }
        let text = format!("{} is run by others now, who keep the rule", target.name());
        Err(fault(DELETE, FieldCode::NotAllowed, &text))
    }
}

/// What the records of a batch ask for.
pub(super) fn asked(records: &[WaitingRecord<HoursRule>]) -> Vec<One<'_, HoursRule>> {
    let asked = records.iter().map(|(index, checked)| {
        let asked = match &checked.item {
            RecordChange::Put(rule) => AskedChange::Put(&**rule),
            RecordChange::Delete(tombstone) => AskedChange::Delete(tombstone),
        };
        (*index, checked.name.as_str(), asked)
    });
    asked.collect()
}
