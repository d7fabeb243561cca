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

/// How often to look for what another replica has projected. With the pause below, the page shows
/// an event well within a second.
const LOOK: Duration = Duration::from_millis(250);
/// Reports follow each other at this distance at the least; what comes meanwhile is told at once.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a report stands without a change.
const ANYWAY: Duration = Duration::from_secs(1);

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
    shutdown: CancellationToken,
) {
    let mut healthy = true;
    let mut published = Instant::now();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = wake.notified() => {}
            () = sleep(LOOK) => {}
        }
        let refreshed = refresh(&db, &memory, &mut published).await;
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

/// Takes over what changed, and tells it; once a second the report is worked out anyway, since time
/// alone makes a source late and ends a day.
async fn refresh(db: &Db, memory: &Memory, published: &mut Instant) -> Result<()> {
    let (since, feeds) = memory.read(|state| (state.seq, state.feeds));
    let news = store::news(db, since).await?;
    let changed = news.seq != since || news.feeds != feeds;
    if changed {
        memory.change(|state| news.apply(state))?;
    }
    if changed || published.elapsed() >= ANYWAY {
        *published = Instant::now();
        memory.publish()?;
    }
    Ok(())
}
