//! The agent's memory, in an SQLite file of its own: which record the registry has answered, with
//! which bytes and at which checkpoint. It survives a kill at any point, since an answer is stored
//! in one transaction with its checkpoint; a record whose answer was not stored is sent again, and
//! the registry answers "unchanged".

use std::{
    collections::{HashMap, HashSet},
    fs::{File, TryLockError},
    path::Path,
};

use mpp_api::sync::{Checkpoint, Outcome, Record, RecordResult, record::Body};
use mpp_core::{Error, Reason, Result};
use mpp_form::{limits, record::known_as};
use sqlx::{
    Row, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use adopted::{Adopted, Beliefs, Compared};

use crate::model::difference::Digest;

const SCHEMA: &str = include_str!("schema.sql");

/// Kept for a record that has to be sent again in each run: no record has this digest.
const NO_DIGEST: &[u8] = &[0; 16];

/// The facts that are kept of a record that was sent.
pub struct Answered {
    /// Its id in the source.
    pub id: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its name there; `None` for a delete.
    pub name: Option<String>,
}

impl Answered {
    /// The entry of a record that goes out under this name.
    pub fn of(record: &Record, digest: Digest, name: String) -> Self {
        let is_delete = matches!(record.body, Some(Body::Delete(_)));
        Self { id: known_as(record), digest, name: (!is_delete).then_some(name) }
    }
}

/// The agent's memory of one source.
pub struct Store {
    pool: SqlitePool,
    /// Held as long as the store lives: two agents on one state would undo each other.
    _lock: File,
}

impl Store {
    /// Opens the state, or makes a new one.
    ///
    /// # Errors
    /// The file cannot be used, or another agent uses it.
    pub async fn open(path: &Path) -> Result<Self> {
        let lock = lock(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .map_err(|error| unusable(path, &error))?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await.map_err(|error| unusable(path, &error))?;
        Ok(Self { pool, _lock: lock })
    }

    /// This state's own name towards the registry; chosen when the state was made.
    pub async fn holder(&self) -> Result<String> {
        let fresh = format!("{:032x}", rand::random::<u128>());
        sqlx::query("INSERT OR IGNORE INTO setting VALUES ('holder', ?)")
            .bind(fresh)
            .execute(&self.pool)
            .await
            .map_err(failed)?;
        let query = sqlx::query("SELECT value FROM setting WHERE name = 'holder'");
        query.fetch_one(&self.pool).await.map(|row| row.get(0)).map_err(failed)
    }

    /// This configuration's own name towards the registry: the one that was given when the state
    /// was made, also where what it was made of has moved since.
    pub async fn client(&self, given: &str) -> Result<String> {
        sqlx::query("INSERT OR IGNORE INTO setting VALUES ('client', ?)")
            .bind(given)
            .execute(&self.pool)
            .await
            .map_err(failed)?;
        let query = sqlx::query("SELECT value FROM setting WHERE name = 'client'");
        query.fetch_one(&self.pool).await.map(|row| row.get(0)).map_err(failed)
    }

    /// The last checkpoint that was stored.
    pub async fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        let row = sqlx::query("SELECT value FROM setting WHERE name = 'checkpoint'")
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(row.and_then(|row| read_checkpoint(row.get(0))))
    }

    /// Notes a batch that is about to go out, and forgets the answers to its records: whether they
    /// still stand is not known from now on, even if the source returns to them.
    pub async fn note(&self, position: &str, sent: &[Answered]) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        sqlx::query("INSERT INTO under_way (position) VALUES (?)")
            .bind(position)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        for record in sent {
            // The digest goes, so that the record is sent; the answer to it stays until there is
            // another.
            sqlx::query("UPDATE answered SET digest = ? WHERE source_id = ?")
                .bind(NO_DIGEST)
                .bind(&record.id)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
            if let Some(name) = &record.name {
                may_hold(&mut tx, &record.id, name).await?;
            }
        }
        tx.commit().await.map_err(failed)
    }

    /// Positions of the batches that may have reached the registry and have no stored answer: the
    /// latest, as many as a hello names.
    pub async fn under_way(&self) -> Result<Vec<String>> {
        let most = i64::try_from(limits::UNDER_WAY).unwrap_or(i64::MAX);
        let query = "SELECT position FROM under_way ORDER BY place DESC LIMIT ?";
        let rows = sqlx::query(query).bind(most).fetch_all(&self.pool).await.map_err(failed)?;
        Ok(rows.into_iter().map(|row| row.get(0)).collect())
    }

    /// Goes back to the checkpoint that both sides know, and forgets all answers after it.
    pub async fn resume(&self, agreed: &Checkpoint, send_all: bool) -> Result<()> {
        let from = if send_all { 0 } else { agreed.sequence };
        let mut tx = self.pool.begin().await.map_err(failed)?;
        sqlx::query("DELETE FROM answered WHERE sequence > ?") // answered_sequence
            .bind(from)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        sqlx::query("DELETE FROM unsent").execute(&mut *tx).await.map_err(failed)?;
        store_checkpoint(&mut tx, agreed).await?;
        tx.commit().await.map_err(failed)
    }

    /// The digest of every record that the registry has answered.
    pub async fn answered(&self) -> Result<HashMap<String, Digest>> {
        let rows = sqlx::query("SELECT source_id, digest FROM answered")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        let pairs = rows
            .into_iter()
            .filter_map(|row| Some((row.get(0), <Digest>::try_from(row.get::<&[u8], _>(1)).ok()?)));
        Ok(pairs.collect())
    }

    /// Stores a batch's answers and its checkpoint together.
    pub async fn record(
        &self,
        results: &[RecordResult],
        sent: &[Answered],
        checkpoint: &Checkpoint,
    ) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        for (result, sent) in results.iter().zip(sent) {
            answer(&mut tx, result, sent, checkpoint.sequence).await?;
            sqlx::query("DELETE FROM may_hold WHERE source_id = ?")
                .bind(&sent.id)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
            if matches!(result.outcome(), Outcome::Applied | Outcome::Unchanged) {
                hold(&mut tx, sent).await?;
            }
        }
        store_checkpoint(&mut tx, checkpoint).await?;
        forget_notes(&mut tx, &checkpoint.position).await?;
        tx.commit().await.map_err(failed)
    }

    /// Ids that the registry holds, or may hold, except those that were reported as gone.
    pub async fn held(&self) -> Result<HashSet<String>> {
        let rows = sqlx::query(
            "SELECT source_id FROM held WHERE told = 0
             UNION SELECT source_id FROM may_hold",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        Ok(rows.into_iter().map(|row| row.get(0)).collect())
    }
}

/// A remark on a record may be resolved by others: it is asked for anew in each run, so that
/// nothing outdated is told.
fn is_settled(result: &RecordResult) -> bool {
    !result.send_again && result.warnings.is_empty()
}

async fn answer(
    tx: &mut SqliteConnection,
    result: &RecordResult,
    sent: &Answered,
    sequence: i64,
) -> Result<()> {
    let (field, code, message) = problems::said(result);
    sqlx::query("INSERT OR REPLACE INTO answered VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(&result.source_id)
        .bind(if is_settled(result) { sent.digest.as_slice() } else { NO_DIGEST })
        .bind(sequence)
        .bind(result.outcome)
        .bind(field)
        .bind(code)
        .bind(message)
        .execute(&mut *tx)
        .await
        .map_err(failed)?;
    problems::remark(tx, result).await
}

async fn may_hold(tx: &mut SqliteConnection, id: &str, name: &str) -> Result<()> {
    sqlx::query("INSERT OR REPLACE INTO may_hold VALUES (?, ?)")
        .bind(id)
        .bind(name)
        .execute(tx)
        .await
        .map(drop)
        .map_err(failed)
}

/// The batch of this position is answered: its note goes, and those of the batches before it, which
/// the registry has left behind.
async fn forget_notes(tx: &mut SqliteConnection, position: &str) -> Result<()> {
    sqlx::query(
        "DELETE FROM under_way
         WHERE place <= (SELECT max(place) FROM under_way WHERE position = ?)",
    )
    .bind(position)
    .execute(tx)
    .await
    .map(drop)
    .map_err(failed)
}

/// The registry now holds a record, or, after a delete, no longer.
async fn hold(tx: &mut SqliteConnection, sent: &Answered) -> Result<()> {
    if let Some(name) = &sent.name {
        own::own(tx, std::iter::once(sent.id.as_str())).await?;
        let query = sqlx::query("INSERT OR REPLACE INTO held VALUES (?, ?, 0)");
        return query.bind(&sent.id).bind(name).execute(tx).await.map(drop).map_err(failed);
    }
    for query in [
        "DELETE FROM held WHERE source_id = ?",
        "DELETE FROM own WHERE source_id = ?",
        "DELETE FROM shared WHERE source_id = ?",
    ] {
        sqlx::query(query).bind(&sent.id).execute(&mut *tx).await.map_err(failed)?;
    }
    Ok(())
}

fn lock(path: &Path) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::create(&name).map_err(|error| unusable(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            Reason::WrongState,
            format!(
                "another agent uses {}; stop it, or give this one a state of its own with --state",
                path.display()
            ),
        )),
        Err(TryLockError::Error(error)) => Err(unusable(path, &error)),
    }
}

async fn store_checkpoint(tx: &mut SqliteConnection, checkpoint: &Checkpoint) -> Result<()> {
    sqlx::query("INSERT OR REPLACE INTO setting VALUES ('checkpoint', ?)")
        .bind(format!("{} {} {}", checkpoint.sequence, checkpoint.mark, checkpoint.position))
        .execute(tx)
        .await
        .map(drop)
        .map_err(failed)
}

/// `None` for a checkpoint from before marks, which the registry would not know: everything is sent
/// then.
fn read_checkpoint(text: &str) -> Option<Checkpoint> {
    let (sequence, rest) = text.split_once(' ')?;
    let (mark, position) = rest.split_once(' ')?;
    Some(Checkpoint {
        sequence: sequence.parse().ok()?,
        position: position.to_owned(),
        mark: mark.parse().ok()?,
    })
}

/// A state that cannot be written or read while the agent runs: what the operator can mend is said,
/// and nothing was done by halves.
fn failed(error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // The plain code is the lowest byte of an extended one.
    let text = match code.map(|code| code & 0xff) {
        Some(13) => "the disk that holds the agent's state is full; make room, and run it again",
        Some(10) => "the agent's state cannot be written or read (a quota, or the disk itself)",
        Some(8) => "the agent's state may not be written; see who owns it, and how it is mounted",
        Some(5 | 6) => "another program has locked the agent's state; end it, and run it again",
        Some(11 | 26) => {
            "the agent's state is damaged; move it away, and the next run finds out what differs"
        }
        Some(14) => "the agent's state cannot be opened; see its folder and permissions",
        _ => return Error::internal(error),
    };
    Error::new(Reason::Unavailable, text).with_context(error)
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    let text = format!(
        "the agent's state {} cannot be used: {error}. See its folder and who owns it, or name another \
         file as state in the configuration; one that is damaged is moved away, and the next run finds out \
         what differs",
        path.display()
    );
    Error::new(Reason::WrongState, text)
}

mod absent;
mod adopted;
mod held;
mod own;
mod problems;
mod released;
mod served;
#[cfg(test)]
mod tests;
mod zone;
