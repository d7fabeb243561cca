//! The one place where federation's writes ask to be written: batches, redrives, previews and
//! undoes of all sources, in the order of `model/fair.rs`.
//!
//! **They stand in line before they ask for a connection**, and only `write_places` of them are at
//! the database at the same time; on SQLite, which has one writer, one. Everything else that the
//! service writes, by its API or for a session (its hello, its end), goes past the line: it waits
//! for a connection behind the few writes that have their turn, and not behind all that sources
//! send. Behind the line connections are shared out among callers as ever.
//!
//! **A line is a replica's own.** Replicas do not know each other's lines; a database has at most
//! `write_places` of these writes from each replica at work, which meet only at the commit.

use std::time::Duration;

use mpp_core::{Error, Reason, Result};
use mpp_resource::Call;
use mpp_rpc::Moving;
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

/// For how long a write may wait in line.
#[derive(Clone, Debug, Default)]
pub struct Patience {
    /// When its call must have been answered.
    deadline: Option<Instant>,
    /// Whether the server is about to end.
    moving: Moving,
}

impl Patience {
    /// The time that a call has left.
    pub fn of(call: &Call) -> Self {
        Self { deadline: call.deadline, moving: call.moving.clone() }
    }
}

/// Waits until it is this source's turn to write, for a lease at the most: another client may have
/// taken the session over by then. A call that has a deadline waits for three quarters of what is
/// left to it, so that it is told, and has the time to write where its turn comes late. Once the
/// server is about to end, nobody waits here any more: callers go to another.
///
/// # Errors
/// `OVERLOADED` where its turn has not come by then, `UNAVAILABLE` where it has to go elsewhere;
/// nothing of it was written.
pub async fn turn<S: Syncs>(
    service: &S,
    source: &str,
    work: Work,
    patience: &Patience,
) -> Result<Turn> {
    let policy = service.settings();
    let begun = Instant::now();
    let left = patience.deadline.map(|ends| ends.saturating_duration_since(begun) / 4 * 3);
    let longest = left.map_or(policy.lease(), |left| left.min(policy.lease()));
    let rules = policy.line(service.db().is_sqlite());
    let turn = tokio::select! {
        // A write whose turn it is may go on, even if the server is about to end.
        biased;
        turn = service.engine().line.turn(rules, source, longest) => turn,
        () = patience.moving.until_ending() => return Err(moves(source, work)),
    };
    metrics::waited::<S>(work.name(), begun.elapsed());
    turn.ok_or_else(|| too_many(source, work, longest))
}

/// What was written, and what to do, if a write got no turn.
fn written(work: Work) -> &'static str {
    match work {
        // A redrive is written in portions.
        Work::Redrive => "what was redriven before stays, ask again for the rest",
        _ => "nothing of this was written, send it again",
    }
}

fn moves(source: &str, work: Work) -> Error {
    let text = format!(
        "this server is about to end, and {source} has not had its turn here; {}, to another",
        written(work)
    );
    Error::new(Reason::Unavailable, text).with_retry_after(Duration::from_millis(100))
}

fn too_many(source: &str, work: Work, waited: Duration) -> Error {
    let text = format!(
        "so many sources write that {source} has not had its turn for {} s; {}",
        waited.as_secs(),
        written(work)
    );
    Error::new(Reason::Overloaded, text).with_retry_after(Duration::from_secs(1))
}
