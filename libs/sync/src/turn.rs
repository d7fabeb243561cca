//! The one place where federation's writes ask to be written: batches, redrives, previews and
//! undoes of all sources, in the order of `model/fair.rs`.
//!
//! **They stand in line before they ask for a connection**, and only `write_places` of them are at
//! the database at the same time; on SQLite, which has one writer, one. What else the service
//! writes, by its API or of a session (its hello, its end), goes past the line: it waits for a
//! connection behind the few writes that have their turn, and not behind all that sources send.
//! Behind the line connections are shared out among callers as ever.
//!
//! **A line is a replica's own.** Replicas do not know of each other's; a database has at most
//! `write_places` of these writes of each replica at work, which meet only at the commit.

use std::time::Duration;

use mpp_core::{Error, Reason, Result};
use tokio::time::Instant;

use crate::{line::Turn, metrics, syncs::Syncs};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A batch of a session.
    Batch,
    /// A batch that is rolled back.
    Preview,
    /// Records that waited, by command or by themselves.
    Redrive,
    /// A piece of a session that is undone.
    Undo,
}

impl Work {
    /// Its name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Preview => "preview",
            Self::Redrive => "redrive",
            Self::Undo => "undo",
        }
    }
}

/// Waits until it is this source's turn to write, for a lease at the most: another client may have
/// taken the session over by then. A call that has a deadline waits for three quarters of what is
/// left to it, so that it is told, and has the time to write where its turn comes late.
///
/// # Errors
/// `OVERLOADED` where its turn has not come by then; nothing of it was written.
pub async fn turn<S: Syncs>(
    service: &S,
    source: &str,
    work: Work,
    deadline: Option<Instant>,
) -> Result<Turn> {
    let policy = service.settings();
    let begun = Instant::now();
    let left = deadline.map(|ends| ends.saturating_duration_since(begun) / 4 * 3);
    let longest = left.map_or(policy.lease(), |left| left.min(policy.lease()));
    let rules = policy.line(service.db().is_sqlite());
    let turn = service.engine().line.turn(rules, source, longest).await;
    metrics::waited::<S>(work.name(), begun.elapsed());
    turn.ok_or_else(|| too_many(source, work, longest))
}

fn too_many(source: &str, work: Work, waited: Duration) -> Error {
    let written = match work {
        // A redrive is written in portions.
        Work::Redrive => "what was redriven before stays, ask again for the rest",
        _ => "nothing of this was written, send it again",
    };
    let text = format!(
        "so many sources write that {source} has not had its turn for {} s; {written}",
        waited.as_secs()
    );
    Error::new(Reason::Overloaded, text).with_retry_after(Duration::from_secs(1))
}
