//! The batches that were answered: the answers to a repeated nonce, and the counts.

use std::collections::{BTreeMap, HashMap};

use mpp_api::sync::{Accounting, BatchResult, Checkpoint, Outcome};
use mpp_core::{Error, Micros, Result};
use mpp_store::{Conn, Tx, db_error, placeholders};
use prost::Message;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use super::{answered::AnsweredColumns, lease::Lease, rejected};
use crate::model::checkpoint::Abandoned;

/// The answers to a nonce, and the digest of its records.
pub struct StoredAnswer {
    /// SHA-256 of the records.
    pub digest: Vec<u8>,
    /// The answers as they were given.
    pub result: BatchResult,
}

/// The stored answers to a nonce of this session. Index: sync_batch's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn find(tx: &mut Tx, lease: &Lease, nonce: i64) -> Result<Option<StoredAnswer>> {
    let row = sqlx::query(
        "select digest, answers from sync_batch where source = $1 and session = $2 and nonce = $3",
    )
    .bind(&lease.source)
    .bind(&lease.session)
    .bind(nonce)
    .fetch_optional(tx.conn())
    .await
    .map_err(db_error)?;
    let Some(row) = row else { return Ok(None) };
    let answers: Vec<u8> = row.try_get("answers").map_err(db_error)?;
    let result = BatchResult::decode(answers.as_slice()).map_err(Error::internal)?;
    Ok(Some(StoredAnswer { digest: row.try_get("digest").map_err(db_error)?, result }))
}

/// Stores the answers in the batch's own transaction. Answers the row's hash, which
/// [`super::lease::advance`] adds to their sum.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn store(tx: &mut Tx, lease: &Lease, digest: &[u8], result: &BatchResult) -> Result<i64> {
    let counts = count(result);
    let checkpoint = result.checkpoint.clone().unwrap_or_default();
    let now = tx.now();
    let Accounting { received, applied, unchanged, rejected, quarantined, .. } = counts;
    let proof = AnsweredColumns {
        source: lease.source.clone(),
        session: lease.session.clone(),
        position: checkpoint.position.clone(),
        digest: digest.to_vec(),
        numbers: [result.nonce, lease.fencing, checkpoint.sequence, now, checkpoint.mark],
        counts: [received, applied, unchanged, rejected, quarantined],
    }
    .seal();
    sqlx::query(
        "insert into sync_batch (source, session, nonce, fencing, sequence, position, current,
         digest, answers, received, applied, unchanged, rejected, quarantined, at, mark, confirmed,
         proof)
         values ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
         $17)",
    )
    .bind(&lease.source)
    .bind(&lease.session)
    .bind(result.nonce)
    .bind(lease.fencing)
    .bind(checkpoint.sequence)
    .bind(checkpoint.position)
    .bind(digest)
    .bind(result.encode_to_vec())
    .bind(counts.received)
    .bind(counts.applied)
    .bind(counts.unchanged)
    .bind(counts.rejected)
    .bind(counts.quarantined)
    .bind(now)
    .bind(checkpoint.mark)
    .bind(result.confirmed)
    .bind(proof)
    .execute(tx.conn())
    .await
    .map(|_| proof)
    .map_err(db_error)
}

/// Counts the rows that the client of a session could not read, once, as the session ends. Index:
/// sync_lease's primary key; the row is locked by `hold`.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn add_unread(tx: &mut Tx, lease: &Lease, rows: i64) -> Result<()> {
    sqlx::query(
        "update sync_lease set source_unread = source_unread + $2, session_unread = $2,
         unread_session = session where source = $1",
    )
    .bind(&lease.source)
    .bind(rows)
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}

/// Counts records that a session has moved to other units; answers how many it has moved by now.
/// Redrives, which are of no session, are counted for themselves since the last one was opened.
/// Index: sync_lease's primary key; the row is locked by `hold`.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn add_moved(tx: &mut Tx, lease: &Lease, records: i64) -> Result<i64> {
    let column = if lease.session.is_empty() { "redrive_moved" } else { "moved" };
    let text = format!(
        "update sync_lease set {column} = {column} + $2 where source = $1 returning {column}"
    );
    let query = sqlx::query_scalar(AssertSqlSafe(text)).bind(&lease.source).bind(records);
    query.fetch_one(tx.conn()).await.map_err(db_error)
}

fn count(result: &BatchResult) -> Accounting {
    let of = |outcome: Outcome| {
        let count = result.results.iter().filter(|answer| answer.outcome() == outcome).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    };
    Accounting {
        received: i64::try_from(result.results.len()).unwrap_or(i64::MAX),
        applied: of(Outcome::Applied),
        unchanged: of(Outcome::Unchanged),
        rejected: of(Outcome::Rejected),
        quarantined: of(Outcome::Quarantined),
        ..Accounting::default()
    }
}

/// The source goes on from an earlier checkpoint, which makes the later ones void. If the answers
/// to those never reached a client, their records come again and are counted then; what another
/// client's wait for, or were refused for, stands until it comes.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn abandon(tx: &mut Tx, lease: &Lease, abandoned: Abandoned) -> Result<()> {
    let source = &lease.source;
    uncount(tx, source, abandoned.unheard_after).await?;
    rejected::forget_between(tx, lease, abandoned.unheard_after, i64::MAX).await?;
    // Index: sync_batch_sequence.
    sqlx::query(
        "update sync_batch set current = 0 where source = $1 and sequence > $2 and current = 1",
    )
    .bind(source)
    .bind(abandoned.after)
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}

/// Index: sync_batch_sequence, sync_lease's primary key; the lease's row is locked.
async fn uncount(tx: &mut Tx, source: &str, after: i64) -> Result<()> {
    let unheard = "from sync_batch where source = $1 and sequence > $2 and counted = 1";
    let less = ["received", "applied", "unchanged", "rejected", "quarantined"].map(|count| {
        format!("source_{count} = source_{count} - (select coalesce(sum({count}), 0) {unheard})")
    });
    let text = format!(
        "update sync_lease set {}, source_sent_again = source_sent_again
         + (select coalesce(sum(received), 0) {unheard}) where source = $1",
        less.join(", ")
    );
    let marked = "update sync_batch set counted = 0
        where source = $1 and sequence > $2 and counted = 1";
    for text in [text.as_str(), marked] {
        sqlx::query(AssertSqlSafe(text.to_owned()))
            .bind(source)
            .bind(after)
            .execute(tx.conn())
            .await
            .map_err(db_error)?;
    }
    Ok(())
}

/// Counts records that waited and were now taken or rejected, as the column says: each number is
/// added to the batch with that sequence, which brought them. Index: sync_batch_sequence.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn add(
    tx: &mut Tx,
    source: &str,
    column: &'static str,
    more: impl Iterator<Item = (i64, i64)>,
) -> Result<()> {
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    more.for_each(|(sequence, more)| *counts.entry(sequence).or_default() += more);
    for (sequence, count) in counts.into_iter().filter(|(_, count)| *count != 0) {
        let text = format!(
            "update sync_batch set {column} = {column} + $3 where source = $1 and sequence = $2"
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(source).bind(sequence).bind(count);
        query.execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// Whether a record was taken under the source's mapping, at once or after it had waited, in a
/// batch that the source still builds on. Index: sync_batch_sequence, sync_lease's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn has_taken(tx: &mut Tx, source: &str) -> Result<bool> {
    sqlx::query(
        "select 1 as one from sync_batch where source = $1 and current = 1
         and sequence > (select mapped_after from sync_lease where source = $1)
         and applied + unchanged + redriven + confirmed > 0 limit 1",
    )
    .bind(source)
    .fetch_optional(tx.conn())
    .await
    .map(|row| row.is_some())
    .map_err(db_error)
}

/// The state of a source, as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceTotals {
    /// The accounting over all sessions.
    pub source: Accounting,
    /// The accounting of the session that began last.
    pub session: Accounting,
    /// The checkpoint after the last batch.
    pub checkpoint: Checkpoint,
}

/// The states of these sources, as far as they ever began a session: running totals, which the
/// database keeps with every batch that is stored. Index: sync_lease's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn totals_of(
    conn: &mut Conn,
    sources: &[String],
) -> Result<HashMap<String, SourceTotals>> {
    if sources.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!(
        "select source, sequence, position, mark, source_received, source_applied, source_unchanged,
         source_rejected, source_quarantined, session_received, session_applied, session_unchanged,
         session_rejected, session_quarantined, source_unread, session_unread,
         source_sent_again, source_redriven, source_redrive_rejected,
         case when counted_session = session then 1 else 0 end as counted,
         case when unread_session = session then 1 else 0 end as unread_counted
         from sync_lease where source in {}",
        placeholders(1, 1, sources.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for source in sources {
        query = query.bind(source);
    }
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| totals(row).map_err(db_error)).collect()
}

fn totals(row: &AnyRow) -> sqlx::Result<(String, SourceTotals)> {
    let accounting = |prefix: &str| -> sqlx::Result<Accounting> {
        let of = |column: &str| row.try_get::<i64, _>(format!("{prefix}_{column}").as_str());
        Ok(Accounting {
            received: of("received")?,
            applied: of("applied")?,
            unchanged: of("unchanged")?,
            rejected: of("rejected")?,
            quarantined: of("quarantined")?,
            unread: of("unread")?,
            ..Accounting::default()
        })
    };
    // A session that has sent nothing yet shows no counts, and not those of the one before.
    let is_its = |column: &str| row.try_get::<i64, _>(column).map(|flag| flag == 1);
    let counted = accounting("session")?;
    let unread = if is_its("unread_counted")? { counted.unread } else { 0 };
    let counted = if is_its("counted")? { counted } else { Accounting::default() };
    let session = Accounting { unread, ..counted };
    let checkpoint = Checkpoint {
        sequence: row.try_get("sequence")?,
        position: row.try_get("position")?,
        mark: row.try_get("mark")?,
    };
    let sent_again = row.try_get("source_sent_again")?;
    let source = Accounting {
        sent_again,
        redriven: row.try_get("source_redriven")?,
        redrive_rejected: row.try_get("source_redrive_rejected")?,
        ..accounting("source")?
    };
    let totals = SourceTotals { source, session, checkpoint };
    Ok((row.try_get("source")?, totals))
}

/// The number of a source's last answered batch, or 0. Index: sync_lease's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn last_sequence(conn: &mut Conn, source: &str) -> Result<i64> {
    let row = sqlx::query("select sequence from sync_lease where source = $1")
        .bind(source)
        .fetch_optional(conn)
        .await
        .map_err(db_error)?;
    row.map_or(Ok(0), |row| row.try_get(0).map_err(db_error))
}

/// Drops the answers of old batches, which no session can ask for any more; their counts stay.
/// Answers how many. Index: sync_batch_at.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn tidy(tx: &mut Tx, before: Micros) -> Result<u64> {
    let none: &[u8] = &[];
    sqlx::query("update sync_batch set answers = $2 where at < $1 and length(answers) > 0")
        .bind(before)
        .bind(none)
        .execute(tx.conn())
        .await
        .map(|done| done.rows_affected())
        .map_err(db_error)
}
