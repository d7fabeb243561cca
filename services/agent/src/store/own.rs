//! The records that this configuration has sent. What else the registry holds of the source was
//! sent by another configuration, or by this one before its state was lost: nobody can tell. And of
//! what it has sent, the part that others may feed as well: an answer does not say for whom else.

use std::collections::HashSet;

use mpp_core::Result;
use serde_json::json;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::{Store, failed};
use crate::model::own::SentIds;

impl Store {
    /// What this configuration has sent, also without an answer, or has found at the registry as it
    /// is in its source.
    pub async fn own(&self) -> Result<SentIds> {
        let rows = sqlx::query(
            "SELECT source_id, source_id NOT IN (SELECT source_id FROM shared)
             AND source_id IN (SELECT source_id FROM own)
             FROM (SELECT source_id FROM own UNION SELECT source_id FROM may_hold)",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let alone = rows.iter().filter(|row| row.get(1)).map(|row| row.get(0)).collect();
        let sent: HashSet<String> = rows.iter().map(|row| row.get(0)).collect();
        Ok(SentIds { sent, alone })
    }

    /// Notes that all that the registry holds of the source is this one's: a workbook is uploaded
    /// without what earlier uploads knew, and by somebody who names what is to go.
    pub async fn own_all(&self) -> Result<()> {
        sqlx::query("INSERT OR IGNORE INTO own SELECT source_id FROM held")
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }

    /// Begins a session before which others `have_written` into the source, or not. What was sent
    /// before then may be theirs by now; and so may what is sent until a run has come to its end,
    /// since only then it is known what the registry held.
    pub async fn share(&self, have_written: bool) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        if have_written {
            let noting = sqlx::query("INSERT OR IGNORE INTO setting VALUES ('others', 'wrote')");
            noting.execute(&mut *tx).await.map_err(failed)?;
        }
        sqlx::query(
            "INSERT OR IGNORE INTO shared
             SELECT source_id FROM (SELECT source_id FROM own UNION SELECT source_id FROM may_hold)
             WHERE EXISTS (SELECT 1 FROM setting WHERE name = 'others')",
        )
        .execute(&mut *tx)
        .await
        .map_err(failed)?;
        tx.commit().await.map_err(failed)
    }

    /// A run has come to its end: what the registry held of others is known.
    pub async fn know_others(&self) -> Result<()> {
        sqlx::query("DELETE FROM setting WHERE name = 'others'")
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }
}

/// Notes these as sent. What was held before without having been sent from here is another's, too.
pub(super) async fn own<'a>(
    tx: &mut SqliteConnection,
    ids: impl Iterator<Item = &'a str>,
) -> Result<()> {
    note(
        tx,
        &json!(ids.collect::<Vec<_>>()).to_string(),
        "source_id IN (SELECT source_id FROM held)",
    )
    .await
}

/// Notes what was found at the registry, and was not sent from here: somebody else has.
pub(super) async fn found<'a>(
    tx: &mut SqliteConnection,
    ids: impl Iterator<Item = &'a str>,
) -> Result<()> {
    note(tx, &json!(ids.collect::<Vec<_>>()).to_string(), "true").await
}

/// What went out without an answer was sent.
pub(super) async fn own_unanswered(tx: &mut SqliteConnection) -> Result<()> {
    let rows =
        sqlx::query("SELECT source_id FROM may_hold").fetch_all(&mut *tx).await.map_err(failed)?;
    own(tx, rows.iter().map(|row| row.get::<&str, _>(0))).await
}

async fn note(tx: &mut SqliteConnection, ids: &str, is_of_others: &str) -> Result<()> {
    let shared = format!(
        "INSERT OR IGNORE INTO shared SELECT source_id FROM (SELECT value AS source_id FROM json_each(?))
         WHERE source_id NOT IN (SELECT source_id FROM own) AND {is_of_others}"
    );
    let own = "INSERT OR IGNORE INTO own SELECT value FROM json_each(?)".to_owned();
    for query in [shared, own] {
        sqlx::query(AssertSqlSafe(query)).bind(ids).execute(&mut *tx).await.map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
