//! What the agent remembers, in an SQLite file of its own: which record the registry has answered,
//! with which bytes and at which checkpoint. It survives a kill at any point, since an answer is
//! stored in one transaction with its checkpoint; what was not stored is sent again, and the
//! registry answers "unchanged".

use std::{
    collections::HashMap,
    fs::{File, TryLockError},
    path::Path,
};

use mpp_api::sync::{Checkpoint, Outcome, RecordResult};
use mpp_core::{Error, Reason, Result};
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::model::{difference::Digest, problem::Problem};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
-- One row for each record that the registry has answered.
CREATE TABLE IF NOT EXISTS answered (
    source_id TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    field TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
-- Forgetting what was answered after a checkpoint, and listing what was refused.
CREATE INDEX IF NOT EXISTS answered_sequence ON answered (sequence);
CREATE INDEX IF NOT EXISTS answered_outcome ON answered (outcome) WHERE outcome >= 3;
-- Records that never reached the registry in the last run.
CREATE TABLE IF NOT EXISTS unsent (
    place TEXT NOT NULL, source_id TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL
) STRICT;
";

/// Kept of a record that is to be sent again in each run: no record has this digest.
const NO_DIGEST: &[u8] = &[0; 16];

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
            .map_err(Error::internal)?;
        let row = sqlx::query("SELECT value FROM setting WHERE name = 'holder'")
            .fetch_one(&self.pool)
            .await
            .map_err(Error::internal)?;
        Ok(row.get(0))
    }

    /// The last checkpoint that was stored.
    pub async fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        let row = sqlx::query("SELECT value FROM setting WHERE name = 'checkpoint'")
            .fetch_optional(&self.pool)
            .await
            .map_err(Error::internal)?;
        Ok(row.and_then(|row| read_checkpoint(row.get(0))))
    }

    /// Goes back to the checkpoint that both sides know, and forgets all answers after it.
    pub async fn resume(&self, agreed: &Checkpoint, send_all: bool) -> Result<()> {
        let from = if send_all { 0 } else { agreed.sequence };
        let mut tx = self.pool.begin().await.map_err(Error::internal)?;
        sqlx::query("DELETE FROM answered WHERE sequence > ?") // answered_sequence
            .bind(from)
            .execute(&mut *tx)
            .await
            .map_err(Error::internal)?;
        sqlx::query("DELETE FROM unsent").execute(&mut *tx).await.map_err(Error::internal)?;
        store_checkpoint(&mut tx, agreed).await?;
        tx.commit().await.map_err(Error::internal)
    }

    /// The digest of every record that the registry has answered.
    pub async fn answered(&self) -> Result<HashMap<String, Digest>> {
        let rows = sqlx::query("SELECT source_id, digest FROM answered")
            .fetch_all(&self.pool)
            .await
            .map_err(Error::internal)?;
        let pairs = rows
            .into_iter()
            .filter_map(|row| Some((row.get(0), <Digest>::try_from(row.get::<&[u8], _>(1)).ok()?)));
        Ok(pairs.collect())
    }

    /// Stores a batch's answers and its checkpoint together.
    pub async fn record(
        &self,
        results: &[RecordResult],
        digests: &[Digest],
        checkpoint: &Checkpoint,
    ) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(Error::internal)?;
        for (result, digest) in results.iter().zip(digests) {
            sqlx::query("INSERT OR REPLACE INTO answered VALUES (?, ?, ?, ?, ?, ?, ?)")
                .bind(&result.source_id)
                .bind(if result.send_again { NO_DIGEST } else { digest.as_slice() })
                .bind(checkpoint.sequence)
                .bind(result.outcome)
                .bind(&result.field)
                .bind(&result.code)
                .bind(&result.message)
                .execute(&mut *tx)
                .await
                .map_err(Error::internal)?;
        }
        store_checkpoint(&mut tx, checkpoint).await?;
        tx.commit().await.map_err(Error::internal)
    }

    /// Keeps a record that could not be sent, so that it does not vanish in silence.
    pub async fn keep_unsent(&self, problem: &Problem) -> Result<()> {
        sqlx::query("INSERT INTO unsent VALUES (?, '', ?, ?)")
            .bind(&problem.record)
            .bind(&problem.code)
            .bind(&problem.message)
            .execute(&self.pool)
            .await
            .map_err(Error::internal)?;
        Ok(())
    }

    /// Records that the registry refused, or that could not be sent in the last run; at most
    /// `limit`.
    pub async fn problems(&self, limit: i64) -> Result<Vec<Problem>> {
        let rows = sqlx::query(
            "SELECT source_id, field, code, message FROM answered WHERE outcome >= ?
             UNION ALL
             SELECT place || CASE source_id WHEN '' THEN '' ELSE ' (' || source_id || ')' END, '', code, message FROM unsent
             LIMIT ?", // answered_outcome
        )
        .bind(i32::from(Outcome::Rejected))
        .bind(limit)
        .fetch_all(&self.pool)
        .await
        .map_err(Error::internal)?;
        let problem = |row: sqlx::sqlite::SqliteRow| Problem {
            record: row.get(0),
            field: row.get(1),
            code: row.get(2),
            message: row.get(3),
        };
        Ok(rows.into_iter().map(problem).collect())
    }
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

async fn store_checkpoint(tx: &mut sqlx::SqliteConnection, checkpoint: &Checkpoint) -> Result<()> {
    sqlx::query("INSERT OR REPLACE INTO setting VALUES ('checkpoint', ?)")
        .bind(format!("{} {}", checkpoint.sequence, checkpoint.position))
        .execute(tx)
        .await
        .map(drop)
        .map_err(Error::internal)
}

fn read_checkpoint(text: &str) -> Option<Checkpoint> {
    let (sequence, position) = text.split_once(' ')?;
    Some(Checkpoint { sequence: sequence.parse().ok()?, position: position.to_owned() })
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::new(
        Reason::Unavailable,
        format!(
            "the agent's state {} cannot be used: {error}; check the folder, or name another with --state",
            path.display()
        ),
    )
}

#[cfg(test)]
mod tests {
    use mpp_core::FieldCode;

    use super::*;

    fn answer(source_id: &str, outcome: Outcome) -> RecordResult {
        RecordResult { source_id: source_id.into(), outcome: outcome.into(), ..Default::default() }
    }

    fn at(sequence: i64) -> Checkpoint {
        Checkpoint { sequence, position: format!("run:{sequence}") }
    }

    #[tokio::test]
    async fn a_registry_that_was_restored_gets_what_it_lost_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
        store.record(&[answer("a", Outcome::Applied)], &[[1; 16]], &at(1)).await.expect("stores");
        store.record(&[answer("b", Outcome::Applied)], &[[2; 16]], &at(2)).await.expect("stores");

        store.resume(&at(1), false).await.expect("resumes");
        let known = store.answered().await.expect("reads");
        assert_eq!(known.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(store.checkpoint().await.expect("reads"), Some(at(1)));
    }

    #[tokio::test]
    async fn what_only_waits_for_the_registry_is_sent_again_in_each_run() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
        let waits = RecordResult { send_again: true, ..answer("a", Outcome::Rejected) };
        let stands = answer("b", Outcome::Rejected);
        let digests = [[1; 16], [2; 16]];
        store.record(&[waits, stands], &digests, &at(1)).await.expect("stores");
        let known = store.answered().await.expect("reads");
        assert_ne!(known["a"], digests[0]);
        assert_eq!(known["b"], digests[1]);
    }

    #[tokio::test]
    async fn refused_records_stay_visible_and_a_second_agent_is_kept_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.db");
        let store = Store::open(&path).await.expect("opens");
        store.record(&[answer("a", Outcome::Rejected)], &[[1; 16]], &at(1)).await.expect("stores");
        let torn = Problem::unsent(
            "row at line 7",
            "",
            &Error::field("row", FieldCode::Unreadable, "torn"),
        );
        store.keep_unsent(&torn).await.expect("stores");
        let problems = store.problems(10).await.expect("reads");
        assert_eq!(
            problems.iter().map(|p| p.record.as_str()).collect::<Vec<_>>(),
            ["a", "row at line 7"]
        );
        assert!(Store::open(&path).await.is_err());
    }
}
