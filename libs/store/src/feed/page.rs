//! Reading the feed from the database, a page at a time.

use std::sync::Arc;

use futures::TryStreamExt as _;
use mpp_core::{Digest, Result};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::change::{Change, Op};
use crate::{Db, bounds::Bounds, db_error, dialect::Dialect, mark::Marked};

/// Most changes and most transactions of one page.
const CHANGES: i64 = 256;
const TRANSACTIONS: i64 = 64;
/// About how many full pieces a page may hold in memory.
const PIECES: usize = 4;

/// A place in the feed: within a transaction, or (`seq` at its greatest) after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FeedPlace {
    pub at: Marked,
    pub seq: i64,
}

impl FeedPlace {
    /// After all of a revision.
    pub fn after(at: Marked) -> Self {
        Self { at, seq: i64::MAX }
    }

    /// True between transactions.
    pub fn is_whole(self) -> bool {
        self.seq == i64::MAX
    }

    /// Checks that the database goes on from here: it still has the mark, and everything that
    /// follows.
    fn check(self, floor: i64, there: Option<i64>) -> Result<()> {
        // The rest of a transaction that was read in part is needed too.
        let rest = i64::from(!self.is_whole());
        self.at.check(floor + rest, there)
    }
}

/// A piece of one transaction, small enough for a message.
#[derive(Debug)]
pub(crate) struct TransactionPiece {
    pub changes: Vec<Arc<Change>>,
    /// The difference that it makes to the digest of all records.
    pub adds: Digest,
    /// The place after it.
    pub end: FeedPlace,
    pub bytes: usize,
}

impl TransactionPiece {
    pub fn revision(&self) -> i64 {
        self.end.at.revision
    }

    /// Adds a change, which has replaced the living version `before`, or none if that is 0.
    fn push(&mut self, change: Arc<Change>, before: i64, end: FeedPlace) {
        let before = (before > 0).then_some(before);
        let now = (change.op == Op::Put).then_some(change.version);
        self.adds.change(&change.kind, &change.name, before, now);
        self.bytes += change.size();
        self.end = end;
        self.changes.push(change);
    }
}

/// Reads the bounds, in one snapshot.
pub(crate) async fn bounds(db: &Db) -> Result<Bounds> {
    let mut conn = db.0.readers.take().await?;
    Bounds::select(&mut conn).await
}

/// Whether a follower can go on from a position.
///
/// # Errors
/// Like [`Marked::check`]; `UNAVAILABLE` if the database is away.
pub(crate) async fn check(db: &Db, at: Marked) -> Result<()> {
    let mut conn = db.0.readers.take().await?;
    Bounds::about(&mut conn, at.revision).await?.check(at)
}

/// Changes that follow a place.
#[derive(Debug)]
pub(crate) struct FeedPage {
    /// The pieces that follow; empty at the head.
    pub pieces: Vec<TransactionPiece>,
    /// True if more may follow at once.
    pub more: bool,
}

fn statement(dialect: &Dialect) -> String {
    let Dialect { changes_of, change_columns, .. } = dialect;
    format!(
        "select {change_columns}, c.seq, r.last_seq, r.mark,
                (select cast(floor as bigint) from feed) as floor,
                (select mark from revision where rev = $1) as there
         from (select rev, tx, last_seq, origin, actor, at, mark, session from revision
               where rev >= $1 order by rev limit $3) r {changes_of}
         order by r.rev, c.seq limit $4"
    )
}

/// The changes after `place`, in pieces of at most about `piece_bytes`, a few of them.
///
/// One statement, so one snapshot: the floor and the place's mark that it reads are those that its
/// rows were read under, so compaction under way, and another history, can only be noticed, never
/// make a gap. Indexes: revision's primary key for the range, (tx, seq) of change for each
/// transaction in it.
///
/// # Errors
/// Like [`Marked::check`], also where nothing follows.
pub(crate) async fn read(db: &Db, place: FeedPlace, piece_bytes: usize) -> Result<FeedPage> {
    let mut conn = db.0.readers.take().await?;
    let mut rows = sqlx::query(AssertSqlSafe(statement(db.0.dialect)))
        .bind(place.at.revision)
        .bind(place.seq)
        .bind(TRANSACTIONS)
        .bind(CHANGES)
        .fetch(&mut conn);
    let mut page = FeedPage { pieces: Vec::new(), more: false };
    let (mut count, mut revisions, mut bytes) = (0, 0, 0);
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        let there = row.try_get("there").map_err(db_error)?;
        place.check(row.try_get("floor").map_err(db_error)?, there)?;
        let change = Arc::new(Change::from_row(&row)?);
        let end = place_after(&row, change.revision).map_err(db_error)?;
        (count, bytes) = (count + 1, bytes + change.size());
        revisions += i64::from(end.is_whole());
        let before = row.try_get("version_before").map_err(db_error)?;
        let piece = piece_for(&mut page.pieces, end, change.size(), piece_bytes);
        piece.push(change, before, end);
        // One transaction may be that of `place`, which was read in full before.
        page.more = count == CHANGES || revisions >= TRANSACTIONS - 1;
        if bytes > piece_bytes * PIECES {
            page.more = true;
            break;
        }
    }
    drop(rows);
    if page.pieces.is_empty() {
        let bounds = Bounds::about(&mut conn, place.at.revision).await?;
        place.check(bounds.floor, bounds.there)?;
    }
    Ok(page)
}

fn place_after(row: &AnyRow, revision: i64) -> sqlx::Result<FeedPlace> {
    let (seq, last): (i64, i64) = (row.try_get("seq")?, row.try_get("last_seq")?);
    let at = Marked { revision, mark: row.try_get("mark")? };
    Ok(FeedPlace { at, seq: if seq == last { i64::MAX } else { seq } })
}

/// The last piece, if a change of that size belongs there and fits; else a new one.
fn piece_for(
    pieces: &mut Vec<TransactionPiece>,
    end: FeedPlace,
    bytes: usize,
    piece_bytes: usize,
) -> &mut TransactionPiece {
    let fits =
        |piece: &TransactionPiece| piece.end.at == end.at && piece.bytes + bytes <= piece_bytes;
    if !pieces.last().is_some_and(fits) {
        pieces.push(TransactionPiece {
            changes: Vec::new(),
            adds: Digest::default(),
            end,
            bytes: 0,
        });
    }
    let last = pieces.len() - 1;
    &mut pieces[last]
}
