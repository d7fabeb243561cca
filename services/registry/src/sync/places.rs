//! Writes the units, malls and counters of a batch, each for itself, by the rules of the API for
//! who runs them.
//!
//! They are few, so each is read before it is written: there is no memory to be behind.

use std::collections::{HashMap, HashSet};

use mpp_api::{
    forms,
    registry::{Counter, Mall, Unit},
    sync::{Outcome, Source},
    types::tombstone::Reason as Why,
};
use mpp_core::{FieldCode, FieldViolation, Labels, Reason, Result};
use mpp_resource::{Keeps, Resource};
use mpp_store::{Expect, Tx};
use mpp_sync::{Fate, fault, store::lease::Lease};

use super::{
    found::{in_a_circle, mall_of_source, misplaced, names_itself, unit_elsewhere, unit_of_source},
    sorted::{Asked, One},
};
use crate::{
    app::{Registry, filing::mall_of, published::Published},
    model::mall::of_calls,
};

/// Writes places for a source.
pub(super) struct Places<'a> {
    pub(super) registry: &'a Registry,
    pub(super) lease: &'a Lease,
    pub(super) source: &'a Source,
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
        let circles = in_circles(&units);
        for (index, name, asked) in top_down(units) {
            let fate = match asked {
                Asked::Put(unit) => self.unit(tx, unit, circles.contains(name)).await?,
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

    async fn unit(&self, tx: &mut Tx, given: &Unit, is_in_circle: bool) -> Result<Fate> {
        let before = tx.get::<Unit>(&given.name).await?.map(|found| found.doc);
        if let Some(fault) = names_itself(given) {
            return Ok(Err(fault));
        }
        if is_in_circle && before.is_none() {
            return Ok(Err(in_a_circle(&given.name)));
        }
        let elsewhere = unit_elsewhere(tx, self.source, before.as_ref()).await?;
        let amiss = match elsewhere.or_else(|| self.foreign(before.as_ref())) {
            None => unit_of_source(tx, self.source, given, before.as_ref()).await?,
            amiss => amiss,
        };
        match amiss {
            Some(fault) => Ok(Err(fault)),
            None => self.put(tx, given, before).await,
        }
    }

    /// An administrator makes malls; what others say of one stays as they have said it.
    async fn mall(&self, tx: &mut Tx, given: &Mall) -> Result<Fate> {
        let before = match mall_of_source(tx, self.source, &given.name, "source_id").await? {
            Ok(before) => before,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Some(fault) = self.foreign(Some(&before)) {
            return Ok(Err(fault));
        }
        match of_calls(given, &before) {
            Ok(mall) => self.put(tx, &mall, Some(before)).await,
            Err(field) => {
                let text = "is set by calls, by a verifier or an administrator: give what stands, or \
                            have it changed there first";
                Ok(Err(fault(field, FieldCode::NotAllowed, text)))
            }
        }
    }

    async fn counter(&self, tx: &mut Tx, given: &Counter) -> Result<Fate> {
        let mall = mall_of(&given.name);
        if let Err(fault) = mall_of_source(tx, self.source, mall, "parent").await? {
            return Ok(Err(fault));
        }
        let before = tx.get::<Counter>(&given.name).await?.map(|found| found.doc);
        if let Some(fault) = self.foreign(before.as_ref()) {
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
    fn foreign<R: Published>(&self, before: Option<&R>) -> Option<FieldViolation> {
        let before = before.filter(|before| before.publisher() != self.lease.source)?;
        let owner = match before.publisher() {
            "" => "is written by calls".to_owned(),
            source => format!("is published by {source}"),
        };
        let text = format!(
            "{0} {owner}; have it handed to this source, and the record is applied by itself: mpp hand-back \
             {0} --to {1}; or use another source_id",
            before.name(),
            self.lease.source
        );
        Some(fault("source_id", FieldCode::OwnedByOtherSource, &text))
    }

    /// Puts a record that the source may write, with what its client does not know of kept as it
    /// was.
    async fn put<R: Published>(&self, tx: &mut Tx, given: &R, before: Option<R>) -> Result<Fate>
    where
        Registry: Keeps<R>,
    {
        let whole = match &before {
            Some(before) => forms::kept(given, before, self.lease.forms.of(R::KIND))?,
            None => given.clone(),
        };
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
            Err(error) if error.reason() == Reason::ReferenceInvalid => Ok(Err(misplaced(&error))),
            Err(error) => match error.violations() {
                [] => Err(error),
                [first, ..] => Ok(Err(first.clone())),
            },
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
    /// it by calls has it back.
    async fn give_up<R: Published>(&self, tx: &mut Tx, name: &str) -> Result<Fate>
    where
        Registry: Keeps<R>,
    {
        let Some(before) = tx.get::<R>(name).await?.map(|found| found.doc) else {
            return Ok(match tx.buried::<R>(name).await? {
                Some(_) => Ok(Outcome::Unchanged.into()),
                None => {
                    Err(fault("delete.name", FieldCode::NotFound, "does not exist and never did"))
                }
            });
        };
        if before.publisher().is_empty() {
            return Ok(Ok(Outcome::Unchanged.into()));
        }
        if let Some(fault) = self.foreign(Some(&before)) {
            return Ok(Err(fault));
        }
        let mut after = before.clone();
        after.set_publisher(String::new());
        self.put_filed(tx, &after, Some(&before)).await
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
    Ok(Err(fault("source_id", FieldCode::Tombstoned, text)))
}

/// The names of units that the batch would have lie below themselves.
fn in_circles(units: &[One<'_, Unit>]) -> HashSet<String> {
    let parents: HashMap<&str, &str> = units
        .iter()
        .filter_map(|(_, name, asked)| match asked {
            Asked::Put(unit) => Some((*name, unit.parent.as_str())),
            Asked::Delete(_) => None,
        })
        .collect();
    let is_below_itself = |name: &&str| {
        let above = std::iter::successors(parents.get(name), |above| parents.get(*above));
        above.take(parents.len()).any(|above| above == name)
    };
    parents.keys().filter(|name| is_below_itself(name)).map(|name| (*name).to_owned()).collect()
}

/// Units in an order in which each comes after those of the batch that it names. Those that name
/// each other in a circle come as they were sent, and are refused by their places.
fn top_down<'a>(mut units: Vec<One<'a, Unit>>) -> Vec<One<'a, Unit>> {
    let mut sorted = Vec::with_capacity(units.len());
    while !units.is_empty() {
        let names: HashSet<&str> = units.iter().map(|(_, name, _)| *name).collect();
        let is_ready = |(_, name, asked): &One<'a, Unit>| match asked {
            Asked::Put(unit) => [&unit.parent, &unit.predecessor]
                .into_iter()
                .all(|other| other == name || !names.contains(other.as_str())),
            Asked::Delete(_) => true,
        };
        let (ready, left): (Vec<_>, Vec<_>) = units.into_iter().partition(is_ready);
        if ready.is_empty() {
            sorted.extend(left);
            break;
        }
        sorted.extend(ready);
        units = left;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(units: &[(&str, &str)]) -> Vec<String> {
        let units: Vec<Unit> = units
            .iter()
            .map(|(name, parent)| Unit {
                name: (*name).into(),
                parent: (*parent).into(),
                ..Unit::default()
            })
            .collect();
        let all = units.iter().enumerate();
        let all = all.map(|(index, unit)| (index, unit.name.as_str(), Asked::Put(unit)));
        top_down(all.collect()).into_iter().map(|(_, name, _)| name.to_owned()).collect()
    }

    #[test]
    fn a_unit_is_written_after_the_one_above_it_and_a_circle_ends() {
        assert_eq!(
            order(&[("desk", "office"), ("office", "pemkab"), ("a", "")]),
            ["office", "a", "desk"]
        );
        assert_eq!(order(&[("a", "b"), ("b", "a"), ("c", "x")]), ["c", "a", "b"]);
    }

    #[test]
    fn units_that_lie_below_one_another_are_a_circle_and_those_below_it_are_not() {
        let units = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "pemkab")];
        let units = units.map(|(name, parent)| Unit {
            name: name.into(),
            parent: parent.into(),
            ..Unit::default()
        });
        let all = units.iter().enumerate();
        let all: Vec<_> =
            all.map(|(index, unit)| (index, unit.name.as_str(), Asked::Put(unit))).collect();
        let mut found: Vec<String> = in_circles(&all).into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, ["a", "b", "c"]);
    }
}
