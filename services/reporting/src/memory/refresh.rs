//! Keeps a replica's memory up to date with the database: it is woken when the replica itself
//! projects, and looks now and then whether another one has: how often, and how long a report of
//! now stands, are settings (`policy.rs`).

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use mpp_core::Result;
use mpp_rpc::{Component, Readiness};
use mpp_store::Db;
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::Memory;
use crate::{
    model::{Nation, Upstream},
    policy::Policy,
    store,
};

/// The part of readiness that depends on the copies.
pub struct Health {
    copies: Component,
}

impl Health {
    /// Names the component.
    pub fn new(readiness: &Readiness) -> Self {
        Self { copies: readiness.component("copies").for_writes() }
    }

    /// A replica is ready once both feeds have been read whole; it does not count if one is away
    /// later, since reports say so themselves.
    fn tell(&self, memory: &Memory) {
        let unread = memory
            .read(|nation| Upstream::ALL.into_iter().find(|feed| !nation.feed(*feed).caught_up));
        match unread {
            None => self.copies.up(),
            Some(feed) => {
                self.copies
                    .down(&format!("the {} feed has not been read whole yet", feed.as_str()));
            }
        }
    }
}

/// Reads the whole nation.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn load(db: &Db, policy: &Policy) -> Result<Nation> {
    let mut nation = Nation::default();
    nation.take_over(&store::news(db, None).await?, policy.memory_changes)?;
    Ok(nation)
}

/// Runs until `shutdown`.
pub async fn run(
    db: Db,
    memory: Arc<Memory>,
    wake: Arc<Notify>,
    health: Health,
    shutdown: CancellationToken,
) {
    let mut healthy = true;
    let mut pace = Pace::new(&memory.policy);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = wake.notified() => {}
            () = sleep(pace.wait()) => {}
        }
        let refreshed = refresh(&db, &memory, &mut pace).await;
        match &refreshed {
            Ok(()) => health.tell(&memory),
            Err(error) => {
                // This is logged once, not four times a second.
                if healthy {
                    let context = error.context();
                    tracing::warn!(%error, ?context, "the projections cannot be read");
                }
                health.copies.down(error.message());
            }
        }
        healthy = refreshed.is_ok();
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = sleep(memory.policy.read_pause()) => {}
        }
    }
}

/// Takes over changes, and publishes the report at its pace.
async fn refresh(db: &Db, memory: &Memory, pace: &mut Pace) -> Result<()> {
    let (since, feeds) = memory.read(|nation| (nation.place, nation.feeds));
    let again = memory.again.swap(false, Ordering::Relaxed);
    let news = store::news(db, Some(since).filter(|_| !again)).await?;
    if news.anew && !again {
        tracing::warn!(was = since.seq, head = news.place.seq, "the inbox is another one");
    }
    let changed = news.anew || news.place != since || news.feeds != feeds;
    if changed {
        memory.take_over(&news)?;
    }
    pace.pending |= memory.look_at_paces() || changed;
    if pace.is_due() {
        pace.worked_out(memory.publish()?);
    }
    if changed {
        memory.tell_reached();
    }
    Ok(())
}

/// Decides when the present report is computed again: at once after a quiet while, and once for all
/// the changes of a burst.
struct Pace {
    look: Duration,
    least: Duration,
    stands: Duration,
    told: Instant,
    worked_out: Instant,
    /// Something has changed since.
    pending: bool,
}

impl Pace {
    /// Starts with a report that was published just now.
    fn new(policy: &Policy) -> Self {
        let now = Instant::now();
        Self {
            look: policy.look_interval(),
            least: policy.watch_pace(),
            stands: policy.report_stands(),
            told: now,
            worked_out: now,
            pending: false,
        }
    }

    /// How long to sleep before the next look.
    fn wait(&self) -> Duration {
        let rest = self.least.saturating_sub(self.told.elapsed());
        if self.pending { self.look.min(rest) } else { self.look }
    }

    fn is_due(&self) -> bool {
        let told_long_ago = self.told.elapsed() >= self.least;
        (self.pending && told_long_ago) || self.worked_out.elapsed() >= self.stands
    }

    fn worked_out(&mut self, told: bool) {
        self.pending = false;
        self.worked_out = Instant::now();
        if told {
            self.told = self.worked_out;
        }
    }
}
