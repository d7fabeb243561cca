//! Keeps SQLite's log short while nobody writes.
//!
//! A commit writes each page that it touches to the log: a record, its change, the revision and
//! their indexes are some 110 KB, however small the record. The log is moved into the file every 32
//! MB (see [`crate::dialect`]), which is what bulk writes want, and its file then keeps the length
//! that it once had. So a file of 33 MB would lie beside a database of a few records. Once nothing
//! was committed for a while, the log is moved and cut.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use mpp_core::Result;
use tokio::{sync::watch, time::timeout};

use crate::{db_error, dialect::SQLITE_CUT_LOG, pool::Pool};

/// For how long nothing must have been committed before a look: longer than one author's pauses. No
/// setting, since it only concerns the length of a file, and nobody waits for it.
const SILENCE: Duration = Duration::from_secs(2);
/// A log shorter than this, in bytes, is left alone: two or three commits.
const SHORT: u64 = 256 * 1024;

/// Looks after the log of the database at `path`, as long as it is open and tells what is
/// committed.
pub(crate) fn look_after(path: &Path, writers: Pool, committed: watch::Receiver<i64>) {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    tokio::spawn(look(log.into(), writers, committed));
}

async fn look(log: PathBuf, writers: Pool, mut committed: watch::Receiver<i64>) {
    loop {
        let silent = match timeout(SILENCE, committed.changed()).await {
            Ok(Ok(())) => false,
            Ok(Err(_)) => return,
            Err(_) => true,
        };
        let length = fs::metadata(&log).map_or(0, |file| file.len());
        if silent
            && length > SHORT
            && let Err(error) = cut(&writers).await
        {
            tracing::debug!(%error, "the log could not be cut");
        }
    }
}

async fn cut(writers: &Pool) -> Result<()> {
    let mut conn = writers.take().await?;
    sqlx::raw_sql(SQLITE_CUT_LOG).execute(&mut conn).await.map(drop).map_err(db_error)
}
