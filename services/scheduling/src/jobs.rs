//! Background work: each kind runs on one replica at a time, by a lease, except [`count`], which
//! every replica runs for its own metrics.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use jiff::civil::Date;
use mpp_calendar::Zone;
use mpp_core::{Backoff, Reason, Result};
use mpp_store::{Db, Feed, Lease};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    app::{Deviations, Scheduling, Waiting, erase_past},
    memory::dirty::{Dirty, Touched},
    metrics,
    model::date::{local, monday_of},
    policy::Policy,
};

/// The job that measures deviations.
const DEVIATIONS: &str = "deviations";
/// The job that erases past days.
const ERASURE: &str = "erasure";
/// The job that tidies federation's tables.
const SYNC: &str = "sync";
/// All of them.
pub const ALL: [&str; 3] = [DEVIATIONS, ERASURE, SYNC];
/// How often a job that waits for work looks at the clock and asks for its lease. No setting: how
/// long a lease lasts is one, and a look each second costs one small statement.
const TICK: Duration = Duration::from_secs(1);

/// Keeps the deviation records.
///
/// It measures the malls that a change touched, at once, and every mall when it takes the lease,
/// when a local week begins, and once in a while: this mends whatever was missed, or was written by
/// a replica that did not yet know that it had lost the lease.
pub struct DeviationsJob {
    deviations: Deviations,
    policy: Policy,
    lease: Lease,
    swept: Instant,
    /// The pauses after a step that failed.
    backoff: Backoff,
    /// The Mondays of the three zones when they were last looked at.
    weeks: Vec<Date>,
}

impl DeviationsJob {
    /// A job that holds nothing yet.
    pub fn new(deviations: Deviations, policy: Policy, holder: &str) -> Self {
        let lasts = policy.measuring_lease();
        let lease = Lease::new(deviations.db.clone(), DEVIATIONS, holder, lasts);
        let backoff = deviations.db.backoff();
        Self { deviations, policy, lease, swept: Instant::now(), backoff, weeks: Vec::new() }
    }

    /// Runs until the shutdown.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let memory = self.deviations.memory.clone();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let ticked = tokio::select! {
                () = shutdown.cancelled() => return,
                _ = tick.tick() => true,
                () = memory.touched() => false,
            };
            if let Err(error) = self.step(ticked).await {
                tracing::warn!(error = %error, "deviations are not up to date; trying again");
                self.lease.doubt();
                if error.reason() == Reason::NewerForm {
                    let _ = shutdown.run_until_cancelled(self.lease.give_way()).await;
                } else {
                    tokio::time::sleep(self.backoff.pause()).await;
                }
            } else {
                self.backoff.reset();
            }
        }
    }

    async fn step(&mut self, ticked: bool) -> Result<()> {
        if !self.is_held(ticked).await? {
            return Ok(());
        }
        let memory = self.deviations.memory.clone();
        if self.weeks_have_changed()? || self.swept.elapsed() >= self.policy.sweep() {
            self.swept = Instant::now();
            memory.touch([Touched::All]);
        }
        if !memory.read().is_whole {
            return Ok(());
        }
        let dirty = memory.take_dirty();
        if dirty.is_clean() {
            return Ok(());
        }
        let done = self.bring_up_to_date(&dirty).await;
        self.deviations.db.ran(DEVIATIONS, &done.as_ref().map(|()| true));
        done.inspect_err(|_| memory.put_back(dirty))
    }

    /// Renews the lease when it is time, and asks for it at each tick while another has it.
    async fn is_held(&mut self, ticked: bool) -> Result<bool> {
        let was_held = self.lease.is_held();
        if !was_held && !ticked {
            return Ok(false);
        }
        let is_held = self.lease.take_or_renew().await?;
        if is_held && !was_held {
            self.deviations.memory.touch([Touched::All]);
        }
        Ok(is_held)
    }

    fn weeks_have_changed(&mut self) -> Result<bool> {
        let now = self.deviations.db.clock().now();
        let monday = |zone| local(now, zone).map(|(today, _)| monday_of(today));
        let weeks = [Zone::Wib, Zone::Wita, Zone::Wit].into_iter().map(monday);
        let weeks = weeks.collect::<Result<Vec<_>>>()?;
        Ok(std::mem::replace(&mut self.weeks, weeks.clone()) != weeks)
    }

    /// Opens no transaction where nothing differs, and none once the lease is lost.
    async fn bring_up_to_date(&mut self, dirty: &Dirty) -> Result<()> {
        let alone = self.lease.is_left_alone();
        self.deviations.relabel_rules(dirty, alone).await?;
        let mut malls = self.deviations.malls(dirty).into_iter();
        while let Some(changed) = self.deviations.measure_some(&mut malls)? {
            if !changed.is_empty() && self.is_held(false).await? {
                self.deviations.write(changed, alone).await?;
            }
        }
        if self.is_held(false).await? {
            self.deviations.drop_vanished(dirty, alone).await?;
        }
        Ok(())
    }
}

/// Counts who waits and what is offered, for the metrics of this replica, until the shutdown.
pub async fn count(app: Arc<Scheduling>, shutdown: CancellationToken) {
    let counts = Arc::new(DayCounts::default());
    counts.tell(&app);
    let seconds = Duration::from_secs;
    let mut waiting = tokio::time::interval(seconds(app.policy.waiting_counted_seconds));
    let mut offered = tokio::time::interval(seconds(app.policy.offered_counted_seconds));
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = waiting.tick() => match app.count_waiting().await {
                Ok(waiting) => counts.waits(waiting),
                Err(error) => tracing::debug!(%error, "who waits is counted later"),
            },
            _ = offered.tick() => {
                let begun = Instant::now();
                counts.offered.store(app.count_offered().await, Relaxed);
                offered.reset_after((begun.elapsed() * 100).max(offered.period()));
            }
        }
    }
}

/// The day as it was last counted.
#[derive(Default)]
struct DayCounts {
    offered: AtomicI64,
    waiting: AtomicI64,
    /// When the first of them came; 0 if nobody waits.
    since: AtomicI64,
}

impl DayCounts {
    fn tell(self: &Arc<Self>, app: &Scheduling) {
        let clock = app.db.clock().clone();
        metrics::BOOKINGS.begin(["sold", "full", "cancelled", "refused"].map(|outcome| [outcome]));
        metrics::OFFERED.observe(self, [""; 0], |own| own.offered.load(Relaxed) as f64);
        metrics::WAITING.observe(self, [""; 0], |own| own.waiting.load(Relaxed) as f64);
        metrics::LONGEST_WAIT.observe(self, [""; 0], move |own| match own.since.load(Relaxed) {
            0 => 0.0,
            since => clock.now().saturating_sub(since).max(0) as f64 / 1e6,
        });
    }

    fn waits(&self, waiting: Waiting) {
        self.waiting.store(waiting.tickets, Relaxed);
        self.since.store(waiting.since.unwrap_or(0), Relaxed);
    }
}

/// Erases past days and keeps the feed's retention, until the shutdown.
pub async fn erase(
    db: Db,
    feed: Feed,
    policy: Policy,
    holder: String,
    shutdown: CancellationToken,
) {
    let mut timer = tokio::time::interval(policy.erase_every());
    let mut lease = Lease::new(db.clone(), ERASURE, &holder, policy.erasing_lease());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = timer.tick() => {}
        }
        if let Err(error) = tidy(&db, &feed, &policy, &mut lease, &holder).await {
            tracing::warn!(error = %error, "past days are erased later");
        }
    }
}

async fn tidy(
    db: &Db,
    feed: &Feed,
    policy: &Policy,
    lease: &mut Lease,
    holder: &str,
) -> Result<()> {
    feed.maintain(&policy.retention(), holder).await?;
    if lease.take_or_renew().await? {
        let erased = erase_past(db, policy).await;
        db.ran(ERASURE, &erased.as_ref().map(|_| true));
        tracing::debug!(erased = erased?, "past days are erased");
    }
    Ok(())
}

/// Tidies federation's tables, as often as past days are erased, until the shutdown.
pub async fn tidy_sync(app: Arc<Scheduling>, shutdown: CancellationToken) {
    let mut timer = tokio::time::interval(app.policy.erase_every());
    let holder = Uuid::now_v7().to_string();
    let mut lease = Lease::new(app.db.clone(), SYNC, &holder, app.policy.erasing_lease());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = timer.tick() => {}
        }
        if !app.memory.read().is_whole {
            timer.reset_after(TICK);
            continue;
        }
        let tidied = tidy_tables(&app, &mut lease).await;
        app.db.ran(SYNC, &tidied);
        if let Err(error) = tidied {
            tracing::warn!(%error, "federation's tables are tidied later");
        }
    }
}

/// Answers whether this replica was the one to do it.
async fn tidy_tables(app: &Scheduling, lease: &mut Lease) -> Result<bool> {
    if !lease.take_or_renew().await? {
        return Ok(false);
    }
    app.tidy_sync().await.map(|()| true)
}

#[cfg(test)]
mod tests {
    use mpp_api::scheduling::Deviation;
    use mpp_calendar::Decrees;
    use mpp_resource::memory::{Follow, MemoryPolicy};
    use mpp_rpc::Readiness;
    use mpp_store::FeedOptions;
    use mpp_testkit::on_both;

    use super::*;
    use crate::memory::Memory;

    const RECORD: &str = "malls/a/counters/b/deviation";

    /// A job that knows a record whose counter the registry does not have, and its shutdown.
    async fn job(db: &Db) -> (DeviationsJob, CancellationToken) {
        let (policy, shutdown) = (Policy::default(), CancellationToken::new());
        let memory = Memory::new(Decrees::national(), MemoryPolicy::default().waits());
        let feed = Feed::start(db.clone(), FeedOptions::default(), shutdown.clone()).await.unwrap();
        let follow = Follow {
            feed,
            memory: memory.own().clone(),
            listener: memory.clone(),
            ready: Readiness::default().component("own feed"),
            shutdown: shutdown.clone(),
        };
        tokio::spawn(follow.run());
        let deviations = Deviations { db: db.clone(), memory: memory.clone(), chunk: 10 };
        let record = Deviation {
            name: RECORD.into(),
            counter: "malls/a/counters/b".into(),
            mall: "malls/a".into(),
            region: "regions/35.10".into(),
            week: "2026-11-23".into(),
            ..Deviation::default()
        };
        deviations.write(vec![record], false).await.unwrap();
        memory.own().wait_for(db.read().await.unwrap().revision()).await.unwrap();
        (DeviationsJob::new(deviations, policy, "replicas/a"), shutdown)
    }

    async fn stands(db: &Db) -> bool {
        db.read().await.unwrap().get::<Deviation>(RECORD).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn a_job_that_lost_the_lease_drops_no_record() {
        on_both(async |database| {
            let db = database.open(&crate::SCHEMA).await.unwrap();
            let (mut job, shutdown) = job(&db).await;
            let everything = Dirty { all: true, ..Dirty::default() };
            assert!(job.is_held(true).await.unwrap());
            job.lease.doubt();
            job.bring_up_to_date(&everything).await.unwrap();
            assert!(stands(&db).await, "another replica sees to it");
            assert!(job.is_held(true).await.unwrap());
            job.bring_up_to_date(&everything).await.unwrap();
            assert!(!stands(&db).await, "its counter is gone");
            shutdown.cancel();
        })
        .await;
    }
}
