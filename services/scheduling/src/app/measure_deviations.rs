//! Keeps the deviation records of this week, for reporting to follow.
//!
//! A record that equals the one in memory is not written again.

use std::collections::BTreeSet;

use mpp_api::{scheduling::Deviation, types::tombstone::Reason as Why};
use mpp_core::{Reason, Result, region_code};
use mpp_form::hours_rule::{Target, lies_within};
use mpp_resource::derived;
use mpp_store::Db;

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

    /// Writes records in one transaction, and over those of a newer program if this one is `alone`.
    /// A counter that the registry had lost in a restore, and has again, has a deleted record.
    ///
    /// # Errors
    /// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
    pub async fn write(&self, changed: Vec<Deviation>, alone: bool) -> Result<()> {
        let mut rows = Vec::with_capacity(changed.len());
        for doc in changed {
            let counter = Target::counter_named(&doc.counter, "counter")?;
            let labels = counter.labels(region_code(&doc.region), &doc.week);
            rows.push((doc.name.clone(), doc, labels));
        }
        let mut tx = derived::begin(&self.db, &own_name(), alone).await?;
        derived::put(&mut tx, rows).await?;
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
        let mut tx = derived::begin(&self.db, &own_name(), alone).await?;
        derived::withdraw::<Deviation>(&mut tx, vanished, Why::Withdrawn).await?;
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
