//! Reading the feed from the database, a page at a time.

use std::sync::Arc;

use futures::TryStreamExt as _;
use mpp_core::{Error, Reason, Result};
use sqlx::{AssertSqlSafe, Row as _};

use super::change::{COLUMNS, Change};
use crate::{Db, bounds::Bounds, db_error};

/// Most changes and most transactions of one page.
const CHANGES: i64 = 256;
const TRANSACTIONS: i64 = 64;
/// About how many full pieces a page may hold in memory.
const PIECES: usize = 4;

/// A place in the feed: within a transaction, or (`seq` at its greatest) after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FeedPlace {
    pub revision: i64,
    pub seq: i64,
}

impl FeedPlace {
    /// After all of a revision.
    pub fn after(revision: i64) -> Self {
        Self { revision, seq: i64::MAX }
    }

    /// True between transactions.
    pub fn is_whole(self) -> bool {
        self.seq == i64::MAX
    }
}

/// A piece of one transaction, small enough for a message.
#[derive(Debug)]
pub(crate) struct Piece {
    pub revision: i64,
    pub changes: Vec<Arc<Change>>,
    /// The place after it.
    pub end: FeedPlace,
    pub bytes: usize,
}

/// Reads the bounds, in one snapshot.
pub(crate) async fn bounds(db: &Db) -> Result<Bounds> {
    let mut conn = db.0.readers.take().await?;
    Bounds::select(&mut conn).await
}

/// Changes that follow a place.
#[derive(Debug)]
pub(crate) struct FeedPage {
    /// None at the head.
    pub pieces: Vec<Piece>,
    /// True if more may follow at once.
    pub more: bool,
    /// Where the feed stands; looked up where no change follows.
    pub bounds: Option<Bounds>,
}

/// The changes after `place`, in pieces of at most about `piece_bytes`, a few of them.
///
/// One statement, so one snapshot: the floor that it reads is the one that its rows were read
/// under, and compaction under way can only be noticed, never make a gap. Indexes: revision's
/// primary key for the range, (tx, seq) of change for each transaction in it.
///
/// # Errors
/// `REVISION_COMPACTED` below the floor.
pub(crate) async fn read(db: &Db, place: FeedPlace, piece_bytes: usize) -> Result<FeedPage> {
    let changes_of = db.0.dialect.changes_of;
    let text = format!(
        "select {COLUMNS}, c.seq, r.last_seq, (select floor from feed) as floor
         from (select rev, tx, last_seq, origin, actor, at from revision
               where rev >= $1 order by rev limit $3) r {changes_of}
         order by r.rev, c.seq limit $4"
    );
    let mut conn = db.0.readers.take().await?;
    let mut rows = sqlx::query(AssertSqlSafe(text))
        .bind(place.revision)
        .bind(place.seq)
        .bind(TRANSACTIONS)
        .bind(CHANGES)
        .fetch(&mut *conn);
    let mut page = FeedPage { pieces: Vec::new(), more: false, bounds: None };
    let (mut count, mut revisions, mut bytes) = (0, 0, 0);
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        check_floor(place, row.try_get("floor").map_err(db_error)?)?;
        let change = Arc::new(Change::from_row(&row)?);
        let seq: i64 = row.try_get("seq").map_err(db_error)?;
        let last: i64 = row.try_get("last_seq").map_err(db_error)?;
        let end = if seq == last { i64::MAX } else { seq };
        (count, bytes) = (count + 1, bytes + change.size());
        revisions += i64::from(end == i64::MAX);
        push(&mut page.pieces, change, end, piece_bytes);
        // One of the transactions may be that of `place`, all of which was read before.
        page.more = count == CHANGES || revisions >= TRANSACTIONS - 1;
        if bytes > piece_bytes * PIECES {
            page.more = true;
            break;
        }
    }
    drop(rows);
    if page.pieces.is_empty() {
        let bounds = Bounds::select(&mut conn).await?;
        check_floor(place, bounds.floor)?;
        page.bounds = Some(bounds);
    }
    Ok(page)
}

/// What lies at or below the floor may be gone.
pub(crate) fn check_floor(place: FeedPlace, floor: i64) -> Result<()> {
    let needs_above = if place.is_whole() { place.revision } else { place.revision - 1 };
    if needs_above >= floor {
        return Ok(());
    }
    Err(Error::new(
        Reason::RevisionCompacted,
        format!(
            "revision {needs_above} is below the floor {floor}; start again with initial_state"
        ),
    ))
}

/// Adds a change to the last piece where it belongs there and fits.
fn push(pieces: &mut Vec<Piece>, change: Arc<Change>, end: i64, piece_bytes: usize) {
    let (revision, bytes) = (change.revision, change.size());
    let end = FeedPlace { revision, seq: end };
    match pieces.last_mut() {
        Some(piece) if piece.revision == revision && piece.bytes + bytes <= piece_bytes => {
            piece.changes.push(change);
            piece.bytes += bytes;
            piece.end = end;
        }
        _ => pieces.push(Piece { revision, changes: vec![change], end, bytes }),
    }
}
