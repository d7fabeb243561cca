//! Keeps the deviation records of this week, for reporting to follow.
//!
//! One replica does it, by lease. It measures the malls that a change touched, at once, and every
//! mall when it takes the lease, when a local week begins, and every minute: so whatever was
//! missed, or written by a replica that did not know yet that it had lost the lease, is mended.
//! Only what differs from the records in memory is written.

use std::{collections::BTreeSet, time::Duration};

use jiff::civil::Date;
use mpp_api::{
    scheduling::Deviation,
    types::{Tombstone, tombstone},
};
use mpp_calendar::Zone;
use mpp_core::{Reason, Result};
use mpp_store::{Actor, Db, Expect, Labels, Tx};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    directory::Touched,
    measure::MallCounters,
    memory::{Dirty, Memory},
    model::{
        date::{local, monday_of},
        target::lies_within,
    },
};

const JOB: &str = "deviations";
/// How long a replica that has died holds up the others.
const LEASE: Duration = Duration::from_secs(10);
const RENEW: Duration = Duration::from_secs(3);
/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(1);
const SWEEP: Duration = Duration::from_secs(60);
/// Counters of one transaction: large enough to be quick, small enough to let bookings through.
const CHUNK: usize = 400;

/// The job of one replica.
pub struct Job {
    db: Db,
    memory: Memory,
    holder: String,
    /// When the lease was last taken or renewed; `None` while another replica has it.
    held: Option<Instant>,
    swept: Instant,
    /// The Mondays of the three zones when they were last looked at.
    weeks: Vec<Date>,
}

impl Job {
    /// A job that holds nothing yet.
    pub fn new(db: Db, memory: Memory, holder: String) -> Self {
        Self { db, memory, holder, held: None, swept: Instant::now(), weeks: Vec::new() }
    }

    /// Runs until the shutdown.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let ticked = tokio::select! {
                () = shutdown.cancelled() => return,
                _ = tick.tick() => true,
                () = self.memory.touched() => false,
            };
            if let Err(error) = self.step(ticked).await {
                tracing::warn!(error = %error, "deviations are not up to date; trying again");
                self.held = None;
                tokio::time::sleep(TICK).await;
            }
        }
    }

    async fn step(&mut self, ticked: bool) -> Result<()> {
        if !self.is_held(ticked).await? {
            return Ok(());
        }
        if self.weeks_have_changed()? || self.swept.elapsed() >= SWEEP {
            self.swept = Instant::now();
            self.memory.touch([Touched::All]);
        }
        if !self.memory.read().is_whole() {
            return Ok(());
        }
        let dirty = self.memory.take_dirty();
        if dirty.is_clean() {
            return Ok(());
        }
        self.settle(&dirty).await.inspect_err(|_| self.memory.put_back(dirty))
    }

    /// Renews the lease when it is time, and asks for it at each tick while another has it.
    async fn is_held(&mut self, ticked: bool) -> Result<bool> {
        match self.held {
            Some(since) if since.elapsed() < RENEW => return Ok(true),
            None if !ticked => return Ok(false),
            _ => {}
        }
        let asked = Instant::now();
        let is_held = self.db.lease(JOB, &self.holder, LEASE).await?;
        if is_held && self.held.is_none() {
            self.memory.touch([Touched::All]);
        }
        self.held = is_held.then_some(asked);
        Ok(is_held)
    }

    fn weeks_have_changed(&mut self) -> Result<bool> {
        let now = self.db.clock().now();
        let monday = |zone| local(now, zone).map(|(today, _)| monday_of(today));
        let weeks = [Zone::Wib, Zone::Wita, Zone::Wit].into_iter().map(monday);
        let weeks = weeks.collect::<Result<Vec<_>>>()?;
        Ok(std::mem::replace(&mut self.weeks, weeks.clone()) != weeks)
    }

    async fn settle(&mut self, dirty: &Dirty) -> Result<()> {
        let mut chunk = Vec::new();
        for mall in self.malls(dirty) {
            let collected = {
                let state = self.memory.read();
                MallCounters::collect(&state, &mall)
            };
            match collected {
                Ok(counters) => chunk.push(counters),
                Err(error) if error.reason() == Reason::NotFound => {}
                Err(error) => tracing::warn!(mall, error = %error, "a mall cannot be measured"),
            }
            if chunk.iter().map(MallCounters::len).sum::<usize>() >= CHUNK {
                self.write(std::mem::take(&mut chunk)).await?;
            }
        }
        self.write(chunk).await?;
        self.drop_vanished(dirty).await
    }

    fn malls(&self, dirty: &Dirty) -> Vec<String> {
        if !dirty.all {
            return dirty.malls.iter().cloned().collect();
        }
        self.memory.read().directory.malls().map(|(name, _)| name.to_owned()).collect()
    }

    /// Writes what differs from the records; no transaction where nothing does.
    async fn write(&mut self, malls: Vec<MallCounters>) -> Result<()> {
        let now = self.db.clock().now();
        let mut changed = Vec::new();
        for counters in malls {
            let week = counters.this_week(now)?;
            let mall = counters.measure(week, self.memory.decrees())?;
            let documents = mall.counters().map(|(name, measured)| mall.document(name, measured));
            let state = self.memory.read();
            let differs = |doc: &Deviation| state.records.deviations.get(&doc.counter) != Some(doc);
            changed.extend(documents.filter(differs));
        }
        if changed.is_empty() || !self.is_held(false).await? {
            return Ok(());
        }
        let mut tx = self.db.begin(&actor()).await?;
        put(&mut tx, changed).await?;
        tx.commit().await.map(drop)
    }

    /// Deletes the records of counters that the registry no longer has.
    async fn drop_vanished(&mut self, dirty: &Dirty) -> Result<()> {
        let vanished = self.vanished(dirty);
        if vanished.is_empty() {
            return Ok(());
        }
        let withdrawn =
            Tombstone { reason: tombstone::Reason::Withdrawn.into(), successor: String::new() };
        let mut tx = self.db.begin(&actor()).await?;
        for name in vanished {
            match tx.delete::<Deviation>(&name, &withdrawn, Expect::Any).await {
                Err(error) if is_gone(error.reason()) => {}
                deleted => drop(deleted?),
            }
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

/// A counter that the registry had lost in a restore, and has again, has a deleted record.
async fn put(tx: &mut Tx, changed: Vec<Deviation>) -> Result<()> {
    let rows: Vec<_> =
        changed.into_iter().map(|doc| (doc.name.clone(), labels(&doc), doc)).collect();
    let items = rows.iter().map(|(name, labels, doc)| (name.clone(), doc.clone(), labels.clone()));
    let answers = tx.put_many(items.collect()).await?;
    let deleted = answers.iter().zip(&rows).filter(|(answer, _)| answer.tombstoned);
    for (_, (name, labels, doc)) in deleted {
        tx.revive(name, doc, labels.clone()).await?;
    }
    Ok(())
}

fn is_gone(reason: Reason) -> bool {
    matches!(reason, Reason::NotFound | Reason::Tombstoned)
}

fn actor() -> Actor {
    Actor { origin: "feed".into(), subject: "services/scheduling".into() }
}

fn labels(doc: &Deviation) -> Labels {
    let region = doc.region.trim_start_matches("regions/");
    crate::labels(&doc.mall, &doc.counter, region, &doc.week)
}
