//! Keeps a replica's memory at the database: woken by its own projecting, and by looking.

use std::{sync::Arc, time::Duration};

use mpp_core::Result;
use mpp_rpc::{Component, Readiness};
use mpp_store::Db;
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{
    memory::Memory,
    model::{State, Upstream},
    store,
};

/// How often to look for what another replica has projected.
const LOOK: Duration = Duration::from_millis(250);
/// The memory is brought up to date at this distance at the least, so that a burst is read at once.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a report stands without a change: time alone makes a source late and ends a day.
const ANYWAY: Duration = Duration::from_secs(5);

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
            .read(|state| Upstream::ALL.into_iter().find(|feed| !state.feed(*feed).caught_up));
        match unread {
            None => self.copies.up(),
            Some(feed) => {
                self.copies
                    .down(&format!("the {} feed has not been read whole yet", feed.as_str()));
            }
        }
    }
}

/// Loads the whole state.
///
/// # Errors
/// `UNAVAILABLE` where the database is away.
pub async fn load(db: &Db) -> Result<State> {
    let mut state = State::default();
    store::news(db, -1).await?.apply(&mut state)?;
    Ok(state)
}

/// Runs until `shutdown`.
pub async fn run(
    db: Db,
    memory: Arc<Memory>,
    wake: Arc<Notify>,
    health: Health,
    mut pace: Pace,
    shutdown: CancellationToken,
) {
    let mut healthy = true;
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
            () = sleep(PAUSE) => {}
        }
    }
}

/// When the report of now is worked out again.
pub struct Pace {
    /// Reports that are told follow each other at this distance at the least: what comes after a
    /// quiet while is told at once, what comes meanwhile together.
    least: Duration,
    told: Instant,
    worked_out: Instant,
    /// Something has changed since.
    pending: bool,
}

impl Pace {
    /// Starts with a report that was told just now.
    pub fn new(least: Duration) -> Self {
        let now = Instant::now();
        Self { least, told: now, worked_out: now, pending: false }
    }

    /// How long there is nothing to do but to look.
    fn wait(&self) -> Duration {
        let rest = self.least.saturating_sub(self.told.elapsed());
        if self.pending { LOOK.min(rest) } else { LOOK }
    }

    fn is_due(&self) -> bool {
        let told_long_ago = self.told.elapsed() >= self.least;
        (self.pending && told_long_ago) || self.worked_out.elapsed() >= ANYWAY
    }

    fn worked_out(&mut self, told: bool) {
        self.pending = false;
        self.worked_out = Instant::now();
        if told {
            self.told = self.worked_out;
        }
    }
}

/// Takes over what changed, and tells it at its pace.
async fn refresh(db: &Db, memory: &Memory, pace: &mut Pace) -> Result<()> {
    let (since, feeds) = memory.read(|state| (state.seq, state.feeds));
    let news = store::news(db, since).await?;
    let changed = news.seq != since || news.feeds != feeds;
    if changed {
        memory.change(|state| news.apply(state))?;
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
