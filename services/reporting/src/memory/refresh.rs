//! Keeps a replica's memory as new as the database: woken by its own projecting, and by looking.

use std::{sync::Arc, time::Duration};

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

/// What readiness is told of.
pub struct Health {
    copies: Component,
}

impl Health {
    /// Names the component.
    pub fn new(readiness: &Readiness) -> Self {
        Self { copies: readiness.component("copies") }
    }

    /// A replica is ready once both feeds have been read whole; that one is away later does not
    /// count, since reports say so themselves.
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
/// `UNAVAILABLE` where the database is away.
pub async fn load(db: &Db, policy: &Policy) -> Result<Nation> {
    let mut nation = Nation::default();
    nation.take_over(&store::news(db, -1).await?, policy.memory_changes)?;
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
                // Said once, not four times a second.
                if healthy {
                    tracing::warn!(%error, context = ?error.context(), "the projections cannot be read");
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

/// Takes over what changed, and tells it at its pace.
async fn refresh(db: &Db, memory: &Memory, pace: &mut Pace) -> Result<()> {
    let (since, feeds) = memory.read(|nation| (nation.seq, nation.feeds));
    let news = store::news(db, since).await?;
    let changed = news.seq != since || news.feeds != feeds;
    if changed {
        memory.take_over(&news)?;
        pace.pending = true;
    }
    if pace.is_due() {
        pace.worked_out(memory.publish()?);
    }
    if changed {
        memory.tell_reached();
    }
    Ok(())
}

/// When the report of now is worked out again: what comes after a quiet while at once, what comes
/// in a burst together.
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
    /// Starts with a report that was told just now.
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

    /// How long there is nothing to do but to look.
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
