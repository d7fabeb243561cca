//! The records of a source that the registry holds, as far as the agent knows, and the findings
//! that the next run relies on.

use std::collections::{BTreeMap, HashSet};

use mpp_core::{Micros, Result};
use sqlx::Row;

use super::{Store, failed, own::own_unanswered};
use crate::model::filled::Relied;

impl Store {
    /// Everything that the registry holds of this source: names there, by id.
    pub async fn names(&self) -> Result<BTreeMap<String, String>> {
        let rows = sqlx::query("SELECT source_id, name FROM held")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        Ok(rows.into_iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// Ends a complete run. Records that have `gone` from the source are reported from now on,
    /// until they are withdrawn or come back; the registry's answers to records
    /// that were `unseen` are forgotten.
    pub async fn end_run(&self, gone: &[&str], unseen: &[&str]) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        own_unanswered(&mut tx).await?;
        for (query, ids) in [
            (
                "INSERT OR IGNORE INTO held SELECT source_id, name, 1 FROM may_hold
                 WHERE source_id = ?",
                gone,
            ),
            ("DELETE FROM may_hold WHERE source_id = ?", gone),
            ("UPDATE held SET told = 1 WHERE source_id = ?", gone),
            ("DELETE FROM answered WHERE source_id = ?", unseen),
        ] {
            for id in ids {
                sqlx::query(query).bind(id).execute(&mut *tx).await.map_err(failed)?;
            }
        }
        tx.commit().await.map_err(failed)
    }

    /// Ids that were reported gone, and were neither accepted nor withdrawn since.
    pub async fn told_gone(&self) -> Result<HashSet<String>> {
        let rows = sqlx::query("SELECT source_id FROM held WHERE told = 1")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        Ok(rows.into_iter().map(|row| row.get(0)).collect())
    }

    /// Ids of which somebody has said that they are rightly gone.
    pub async fn accepted_gone(&self) -> Result<HashSet<String>> {
        let rows = sqlx::query("SELECT source_id FROM held WHERE told = 2")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        Ok(rows.into_iter().map(|row| row.get(0)).collect())
    }

    /// The publisher has said that these are rightly gone: they are told, and no longer count.
    pub async fn accept_gone(&self) -> Result<()> {
        sqlx::query("UPDATE held SET told = 2 WHERE told = 1")
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }

    /// Notes that a complete run found no record: an empty source may then stay so, until one finds
    /// some again.
    pub async fn accept_empty(&self, is_empty: bool) -> Result<()> {
        let query = if is_empty {
            "INSERT OR REPLACE INTO setting VALUES ('empty', 'meant')"
        } else {
            "DELETE FROM setting WHERE name = 'empty'"
        };
        sqlx::query(query).execute(&self.pool).await.map(drop).map_err(failed)
    }

    /// Whether a complete run found no record, and none since has.
    pub async fn is_empty_meant(&self) -> Result<bool> {
        let row = sqlx::query("SELECT 1 FROM setting WHERE name = 'empty'")
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(row.is_some())
    }

    /// A record that was reported gone and is back in the source counts again.
    pub async fn welcome_back(&self, is_there: impl Fn(&str) -> bool) -> Result<()> {
        let rows = sqlx::query("SELECT source_id FROM held WHERE told >= 1")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        for id in rows.iter().map(|row| row.get::<&str, _>(0)).filter(|id| is_there(id)) {
            sqlx::query("UPDATE held SET told = 0 WHERE source_id = ?")
                .bind(id)
                .execute(&self.pool)
                .await
                .map_err(failed)?;
        }
        Ok(())
    }

    /// Notes when a run was complete.
    pub async fn complete(&self, now: Micros) -> Result<()> {
        sqlx::query("INSERT OR REPLACE INTO setting VALUES ('complete', ?)")
            .bind(now.to_string())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }

    /// When a run was last complete; 0: never yet.
    ///
    /// # Errors
    /// The state cannot be read.
    pub async fn last_complete(&self) -> Result<Micros> {
        let row = sqlx::query("SELECT value FROM setting WHERE name = 'complete'")
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(row.and_then(|row| row.get::<&str, _>(0).parse().ok()).unwrap_or(0))
    }

    /// The findings of the last complete run about the keys that the mapping reads.
    pub async fn relied_on(&self) -> Result<Relied> {
        let row = sqlx::query("SELECT value FROM setting WHERE name = 'keys'")
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(row.and_then(|row| serde_json::from_str(row.get(0)).ok()).unwrap_or_default())
    }

    /// Keeps the findings for the next run.
    pub async fn rely_on(&self, found: &Relied) -> Result<()> {
        sqlx::query("INSERT OR REPLACE INTO setting VALUES ('keys', ?)")
            .bind(serde_json::json!(found).to_string())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }
}
