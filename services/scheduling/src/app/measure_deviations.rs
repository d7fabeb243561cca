//! Keeps the deviation records of this week, for reporting to follow.
//!
//! A record that equals the one in memory is not written again.

use std::collections::BTreeSet;

use mpp_api::{
    scheduling::Deviation,
    types::{Tombstone, tombstone},
};
use mpp_core::{Reason, Result};
use mpp_form::hours_rule::{Target, lies_within};
use mpp_store::{Db, Expect, Tx};

use crate::{
    memory::{Memory, dirty::Dirty, measure::MallCounters},
    store::own_name,
};

/// Measures malls and writes the records that have changed.
#[derive(Clone)]
pub struct Deviations {
    /// The database that the records are written to.
    pub db: Db,
    /// Rules and counters, and the records that were written before.
    pub memory: Memory,
    /// Most counters that are measured and written at once.
    pub chunk: usize,
}

impl Deviations {
    /// The malls whose deviations may have changed.
    pub fn malls(&self, dirty: &Dirty) -> Vec<String> {
        if !dirty.all {
            return dirty.malls.iter().cloned().collect();
        }
        self.memory.read().directory.malls().map(|(name, _)| name.to_owned()).collect()
    }

    /// Measures the first of the malls, until there are enough counters to write at once. `None`
    /// once no mall is left; else the records that differ.
    ///
    /// # Errors
    /// Only for dates at the ends of time.
    pub fn measure_some(
        &self,
        malls: &mut impl Iterator<Item = String>,
    ) -> Result<Option<Vec<Deviation>>> {
        let collected = self.collect(malls);
        if collected.is_empty() {
            return Ok(None);
        }
        let mut changed = Vec::new();
        for counters in collected {
            changed.extend(self.differing(counters)?);
        }
        Ok(Some(changed))
    }

    fn collect(&self, malls: &mut impl Iterator<Item = String>) -> Vec<MallCounters> {
        let (mut collected, mut counters) = (Vec::new(), 0);
        while counters < self.chunk
            && let Some(name) = malls.next()
        {
            match MallCounters::collect(&self.memory.read(), &name) {
                Ok(mall) => {
                    counters += mall.len();
                    collected.push(mall);
                }
                Err(error) if error.reason() == Reason::NotFound => {}
                Err(error) => tracing::warn!(name, error = %error, "a mall cannot be measured"),
            }
        }
        collected
    }

    fn differing(&self, counters: MallCounters) -> Result<Vec<Deviation>> {
        let week = counters.this_week(self.db.clock().now())?;
        let mall = counters.measure(week, self.memory.decrees())?;
        let documents = mall.counters().map(|(name, measured)| mall.document(name, measured));
        let state = self.memory.read();
        let differs = |doc: &Deviation| state.records.deviations.get(&doc.counter) != Some(doc);
        Ok(documents.filter(differs).collect())
    }

    /// A transaction for records that are worked out; if `alone`, it also overwrites those of a
    /// newer program, which is no longer there.
    async fn begin(&self, alone: bool) -> Result<Tx> {
        let mut tx = self.db.begin(&own_name()).await?;
        if alone {
            tx.stand_in_for_newer();
        }
        Ok(tx)
    }

    /// Writes records in one transaction. A counter that the registry had lost in a restore, and
    /// has again, has a deleted record.
    ///
    /// # Errors
    /// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
    pub async fn write(&self, changed: Vec<Deviation>, alone: bool) -> Result<()> {
        let mut rows = Vec::with_capacity(changed.len());
        for doc in changed {
            let counter = Target::counter_named(&doc.counter, "counter")?;
            let region = doc.region.trim_start_matches("regions/");
            rows.push((doc.name.clone(), counter.labels(region, &doc.week), doc));
        }
        let mut tx = self.begin(alone).await?;
        let items =
            rows.iter().map(|(name, labels, doc)| (name.clone(), doc.clone(), labels.clone()));
        let answers = tx.put_many(items.collect()).await?;
        let deleted = answers.iter().zip(&rows).filter(|(answer, _)| answer.tombstoned);
        for (_, (name, labels, doc)) in deleted {
            tx.revive(name, doc, labels.clone()).await?;
        }
        tx.commit().await.map(drop)
    }

    /// Deletes the records of counters that the registry no longer has.
    ///
    /// # Errors
    /// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
    pub async fn drop_vanished(&self, dirty: &Dirty, alone: bool) -> Result<()> {
        let vanished = self.vanished(dirty);
        if vanished.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin(alone).await?;
        for name in vanished {
            drop_record(&mut tx, &name).await?;
        }
        tx.commit().await.map(drop)
    }

    fn vanished(&self, dirty: &Dirty) -> BTreeSet<String> {
        let state = self.memory.read();
        let touched =
            |mall: &str| dirty.all || dirty.malls.iter().any(|dirty| lies_within(mall, dirty));
        let is_gone = |counter: &str| state.directory.counter(counter).is_err();
        let gone = state.records.deviations.iter().filter(|(counter, doc)| {
            touched(&doc.mall) && (is_gone(counter) || state.directory.mall(&doc.mall).is_err())
        });
        gone.map(|(_, doc)| doc.name.clone()).collect()
    }
}

async fn drop_record(tx: &mut Tx, name: &str) -> Result<()> {
    let withdrawn =
        Tombstone { reason: tombstone::Reason::Withdrawn.into(), successor: String::new() };
    match tx.delete::<Deviation>(name, &withdrawn, Expect::Any).await {
        Err(error) if matches!(error.reason(), Reason::NotFound | Reason::Tombstoned) => Ok(()),
        deleted => deleted.map(drop),
    }
}
