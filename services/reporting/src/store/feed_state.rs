//! The state of each upstream feed, for the replicas' memories. Index: feed_state's primary key.

use mpp_core::{Micros, Result};
use mpp_store::{Tx, db_error};

use crate::model::Upstream;

/// How far a feed has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// Its first state is being read.
    Midst,
    /// The whole feed, up to this revision.
    Revision(i64),
}

/// Notes how far a feed was read, with the commit time of the newest change.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn save_feed(
    tx: &mut Tx,
    feed: Upstream,
    newest: Option<Micros>,
    reached: Reached,
) -> Result<()> {
    let (revision, caught_up) = match reached {
        Reached::Midst => (0, 0),
        Reached::Revision(revision) => (revision, 1),
    };
    let now = tx.now();
    sqlx::query(
        "insert into feed_state (feed, revision, commit_time, seen, connected, caught_up, beats)
         values ($1, $2, $3, $4, 1, $5, 1)
         on conflict (feed) do update set
         revision = case when excluded.caught_up = 1 then excluded.revision
                    else feed_state.revision end,
         commit_time = coalesce(excluded.commit_time, feed_state.commit_time),
         seen = excluded.seen, connected = 1, caught_up = excluded.caught_up,
         beats = feed_state.beats + 1",
    )
    .bind(feed.as_str())
    .bind(revision)
    .bind(newest)
    .bind(now)
    .bind(caught_up)
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}

/// Notes that a feed was heard of, or lost.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn note_feed(tx: &mut Tx, feed: Upstream, connected: bool) -> Result<()> {
    let seen = connected.then(|| tx.now());
    sqlx::query(
        "insert into feed_state (feed, revision, commit_time, seen, connected, caught_up)
         values ($1, 0, null, $2, $3, 0)
         on conflict (feed) do update set
         seen = coalesce(excluded.seen, feed_state.seen), connected = excluded.connected,
         beats = feed_state.beats + excluded.connected",
    )
    .bind(feed.as_str())
    .bind(seen)
    .bind(i64::from(connected))
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}
