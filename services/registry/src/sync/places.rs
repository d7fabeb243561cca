//! Writes the units, malls and counters of a batch, each for itself, by the rules of the API for
//! who runs them.
//!
//! They are few, so each is read before it is written: there is no memory to be behind.

use std::collections::HashMap;

use mpp_api::{
    forms,
    registry::{Counter, Mall, Unit},
    sync::{Outcome, Source},
    types::tombstone::Reason as Why,
};
use mpp_core::{FieldCode, FieldViolation, Labels, Reason, Result, mall_of};
use mpp_resource::{Keeps, Resource};
use mpp_store::{Expect, Label, Tx, newest_version};
use mpp_sync::{Before, Fate, fault, store::lease::Lease};

use super::{
    budget::Budget,
    found::{
        in_a_circle, mall_of_source, misplaced, named_in, names_itself, unit_elsewhere,
        unit_of_source,
    },
    order::{Needs, top_down},
    sorted::{Asked, One},
    write::{DELETE, ID},
};
use crate::{
    app::{
        Registry,
        filing::find_lineage,
        published::Published,
        relabel::{self, Standing},
    },
    model::mall::of_calls,
};

/// Writes places for a source.
pub(super) struct Places<'a> {
    pub(super) registry: &'a Registry,
    pub(super) lease: &'a Lease,
    pub(super) source: &'a Source,
    /// Only of a preview: what its parts before would have changed.
    pub(super) previews: Option<&'a Before>,
}

/// The outcomes of a batch's records.
type Fates = HashMap<usize, Fate>;

impl Places<'_> {
    /// Writes units, those above before those below.
    pub(super) async fn units(
        &self,
        tx: &mut Tx,
        units: Vec<One<'_, Unit>>,
        fates: &mut Fates,
    ) -> Result<()> {
        let needs = Needs::of(&units);
        for (index, name, asked) in top_down(units) {
            let fate = match asked {
                Asked::Put(unit) => self.unit(tx, unit, &needs).await?,
                Asked::Delete(_) => self.give_up::<Unit>(tx, name).await?,
            };
            fates.insert(index, fate);
        }
        Ok(())
    }

    pub(super) async fn malls(
        &self,
        tx: &mut Tx,
        malls: Vec<One<'_, Mall>>,
        fates: &mut Fates,
    ) -> Result<()> {
        for (index, name, asked) in malls {
            let fate = match asked {
                Asked::Put(mall) => self.mall(tx, mall).await?,
                Asked::Delete(_) => self.give_up::<Mall>(tx, name).await?,
            };
            fates.insert(index, fate);
        }
        Ok(())
    }

    pub(super) async fn counters(
        &self,
        tx: &mut Tx,
        counters: Vec<One<'_, Counter>>,
        fates: &mut Fates,
    ) -> Result<()> {
        for (index, name, asked) in counters {
            let fate = match asked {
                Asked::Put(counter) => self.counter(tx, counter).await?,
                Asked::Delete(_) => self.give_up::<Counter>(tx, name).await?,
            };
            fates.insert(index, fate);
        }
        Ok(())
    }

    async fn unit(&self, tx: &mut Tx, given: &Unit, needs: &Needs) -> Result<Fate> {
        if let Some(fault) = names_itself(given) {
            return Ok(Err(fault));
        }
        let before = tx.get::<Unit>(&given.name).await?.map(|found| found.doc);
        let elsewhere = unit_elsewhere(tx, self.source, before.as_ref()).await?;
        let foreign = match elsewhere {
            None => self.foreign(tx, before.as_ref()).await?,
            elsewhere => elsewhere,
        };
        let amiss = match foreign {
            None => unit_of_source(tx, self.source, given, before.as_ref()).await?,
            foreign => foreign,
        };
        match amiss {
            Some(fault) => Ok(Err(self.or_in_a_circle(tx, given, needs, fault).await?)),
            None => self.put_unit(tx, given, before).await,
        }
    }

    /// Why a unit waits that names one which is not there: that one may need it in turn.
    async fn or_in_a_circle(
        &self,
        tx: &mut Tx,
        given: &Unit,
        needs: &Needs,
        fault: FieldViolation,
    ) -> Result<FieldViolation> {
        let (name, other) = (given.name.as_str(), named_in(&fault.field, given));
        if fault.code != FieldCode::UnitNotFound || other.is_empty() {
            return Ok(fault);
        }
        let in_turn = needs.lead(tx, &self.lease.source, (other, name)).await?;
        Ok(if in_turn { in_a_circle(&fault, (name, other)) } else { fault })
    }

    /// Puts a unit, unless too much below it would be filed anew by that.
    async fn put_unit(&self, tx: &mut Tx, given: &Unit, before: Option<Unit>) -> Result<Fate> {
        let moves = match &before {
            Some(before) if before.parent != given.parent => self.filed_anew(tx, given).await?,
            _ => 0,
        };
        let Self { registry, lease, previews, .. } = *self;
        let budget = Budget { registry, lease, previews };
        if let Some(fault) = budget.take(tx, moves, "unit_record.parent").await? {
            return Ok(Err(fault));
        }
        let fate = self.put(tx, given, before).await?;
        if fate.is_err() {
            budget.give_back(tx, moves).await?;
        }
        Ok(fate)
    }

    /// How many records are filed anew where a unit comes to lie so.
    async fn filed_anew(&self, tx: &mut Tx, given: &Unit) -> Result<usize> {
        let Some(above) = find_lineage(tx, &given.parent).await? else { return Ok(0) };
        let standing = Standing::of(self.registry, tx).await?;
        Ok(relabel::count((self.registry, &standing), &given.name, above.agency()))
    }

    /// An administrator makes malls; what others say of one stays as they have said it.
    async fn mall(&self, tx: &mut Tx, given: &Mall) -> Result<Fate> {
        let before = match mall_of_source(tx, self.source, &given.name, "source_id").await? {
            Ok(before) => before,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Some(fault) = self.foreign(tx, Some(&before)).await? {
            return Ok(Err(fault));
        }
        match of_calls(given, &before) {
            Ok(mall) => self.put(tx, &mall, Some(before)).await,
            Err(field) => {
                let text = "is set by calls, by a verifier or an administrator, and stands otherwise: \
                            give what stands, or have it changed there first";
                Ok(Err(fault(field, FieldCode::SetByOthers, text)))
            }
        }
    }

    async fn counter(&self, tx: &mut Tx, given: &Counter) -> Result<Fate> {
        let mall = mall_of(&given.name);
        if let Err(fault) = mall_of_source(tx, self.source, mall, "parent").await? {
            return Ok(Err(fault));
        }
        let before = tx.get::<Counter>(&given.name).await?.map(|found| found.doc);
        if let Some(fault) = self.foreign(tx, before.as_ref()).await? {
            return Ok(Err(fault));
        }
        if let Some(before) = before.as_ref().filter(|before| before.unit != given.unit) {
            let text = format!(
                "the counter of this id is {}'s, for good; give the one of {} another source_id",
                before.unit, given.unit
            );
            return Ok(Err(fault("counter.unit", FieldCode::Immutable, &text)));
        }
        if tx.get::<Unit>(&given.unit).await?.is_none() {
            let text = format!("{} does not exist; create it first", given.unit);
            return Ok(Err(fault("counter.unit", FieldCode::UnitNotFound, &text)));
        }
        self.put(tx, given, before).await
    }

    /// Why the source may not write a record that stands: others publish it, or write it by calls.
    /// One that the source has given up, and that nobody has written since, is its own again.
    async fn foreign<R: Published>(
        &self,
        tx: &mut Tx,
        before: Option<&R>,
    ) -> Result<Option<FieldViolation>> {
        let others = before.filter(|before| before.publisher() != self.lease.source);
        let Some(before) = others else { return Ok(None) };
        if before.publisher().is_empty() && self.gave_up::<R>(tx, before.name()).await? {
            return Ok(None);
        }
        let text = format!(
            "{0}; have it handed to this source, and the record is applied by itself: mpp hand-back \
             {1} --to {2}; or use another source_id",
            owned_by(before),
            before.name(),
            self.lease.source
        );
        Ok(Some(fault(ID, FieldCode::OwnedByOtherSource, &text)))
    }

    /// Whether the last change of a record was that this source gave it up.
    async fn gave_up<R: Published>(&self, tx: &mut Tx, name: &str) -> Result<bool> {
        let last = newest_version(tx.conn(), (R::KIND, name)).await?;
        let source = &self.lease.source;
        Ok(last.is_some_and(|last| {
            let was = last.labels_before.as_ref().and_then(|labels| labels.get(&Label::Source));
            last.origin == *source && was == Some(source)
        }))
    }

    /// Puts a record that the source may write, with what its client does not know of kept as it
    /// was.
    async fn put<R: Published>(&self, tx: &mut Tx, given: &R, before: Option<R>) -> Result<Fate>
    where
        Registry: Keeps<R>,
    {
        let mut whole = match &before {
            Some(before) => forms::kept(given, before, self.lease.forms.of(R::KIND))?,
            None => given.clone(),
        };
        // Whose it is, no client says: also one that does not know the field.
        whole.set_publisher(given.publisher().to_owned());
        self.put_filed(tx, &whole, before.as_ref()).await
    }

    async fn put_filed<R: Published>(
        &self,
        tx: &mut Tx,
        record: &R,
        before: Option<&R>,
    ) -> Result<Fate>
    where
        Registry: Keeps<R>,
    {
        match self.file(tx, record, before).await {
            Ok(labels) => put(tx, record, labels).await,
            Err(error) => misplaced(&error).map_or(Err(error), |fault| Ok(Err(fault))),
        }
    }

    /// The labels of a record; the records below follow it.
    async fn file<R: Published>(
        &self,
        tx: &mut Tx,
        record: &R,
        before: Option<&R>,
    ) -> Result<Labels>
    where
        Registry: Keeps<R>,
    {
        let filing = self.registry.file(record, before, tx).await?;
        if let Some(before) = before {
            self.registry.after_change(record, before, &filing, tx).await?;
        }
        Ok(filing.labels)
    }

    /// A place stays when its source has it no more: records of others lie in it. Whoever may write
    /// it by calls has it back, as it stands: nothing of it is judged anew.
    async fn give_up<R: Published>(&self, tx: &mut Tx, name: &str) -> Result<Fate> {
        let Some(found) = tx.get::<R>(name).await? else {
            return Ok(match tx.buried::<R>(name).await? {
                Some(_) => Ok(Outcome::Unchanged.into()),
                None => Err(fault(DELETE, FieldCode::NotFound, "does not exist and never did")),
            });
        };
        let (mut place, mut labels) = (found.doc, found.labels);
        if place.publisher().is_empty() {
            return Ok(Ok(Outcome::Unchanged.into()));
        }
        if place.publisher() != self.lease.source {
            let text = format!("{}, and is not this source's to give up", owned_by(&place));
            return Ok(Err(fault(DELETE, FieldCode::OwnedByOtherSource, &text)));
        }
        place.set_publisher(String::new());
        labels.remove(&Label::Source);
        put(tx, &place, labels).await
    }
}

/// Tells whose a record is.
fn owned_by<R: Published>(record: &R) -> String {
    match record.publisher() {
        "" => format!("{} is written by calls", record.name()),
        source => format!("{} is published by {source}", record.name()),
    }
}

/// A name that only a session that was undone had used is free again.
async fn put<R: Resource>(tx: &mut Tx, record: &R, labels: Labels) -> Result<Fate> {
    match tx.put(record.name(), record, labels.clone(), Expect::Any).await {
        Ok(put) if put.changed => Ok(Ok(Outcome::Applied.into())),
        Ok(_) => Ok(Ok(Outcome::Unchanged.into())),
        Err(error) if error.reason() == Reason::Tombstoned => revive(tx, record, labels).await,
        Err(error) => Err(error),
    }
}

async fn revive<R: Resource>(tx: &mut Tx, record: &R, labels: Labels) -> Result<Fate> {
    let buried = tx.buried::<R>(record.name()).await?;
    if buried.is_some_and(|buried| buried.tombstone.reason() == Why::Undone) {
        tx.revive(record.name(), record, labels).await?;
        return Ok(Ok(Outcome::Applied.into()));
    }
    let text = "was deleted, and its name is not used again; give the record another source_id";
    Ok(Err(fault(ID, FieldCode::Tombstoned, text)))
}
