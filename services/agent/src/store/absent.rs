//! Records that the registry holds and that were not in the source in any run since a complete one.

use std::collections::{BTreeMap, BTreeSet};

use mpp_core::{Micros, Result};
use sqlx::{Row as _, sqlite::SqliteRow};

use super::{Store, failed};
use crate::model::absence::Absent;

impl Store {
    /// The absent records whose keeper was told when they go; for others the time only begins once
    /// that is told.
    pub async fn absent(&self) -> Result<BTreeMap<String, Absent>> {
        let rows = sqlx::query("SELECT source_id, since, due FROM absent WHERE due IS NOT NULL")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        let read = |row: SqliteRow| (row.get(0), Absent { since: row.get(1), due: row.get(2) });
        Ok(rows.into_iter().map(read).collect())
    }

    /// How many of those there are that the registry holds.
    ///
    /// # Errors
    /// The state cannot be read.
    pub async fn announced(&self) -> Result<i64> {
        let row = sqlx::query(
            "SELECT count(*) FROM absent JOIN held USING (source_id) WHERE due IS NOT NULL",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(failed)?;
        Ok(row.get(0))
    }

    /// A record that is back, in whatever run, is no longer absent.
    pub async fn is_back(&self, is_there: impl Fn(&str) -> bool) -> Result<()> {
        for id in self.absent().await?.into_keys().filter(|id| is_there(id)) {
            sqlx::query("DELETE FROM absent WHERE source_id = ?")
                .bind(id)
                .execute(&self.pool)
                .await
                .map_err(failed)?;
        }
        Ok(())
    }

    /// Notes the records that a complete run has not seen, and when each is withdrawn by itself;
    /// `None`: never.
    pub async fn note_absent(
        &self,
        ids: &BTreeSet<&str>,
        now: Micros,
        due: impl Fn(&str, Micros) -> Option<Micros>,
    ) -> Result<()> {
        let known = self.absent().await?;
        let mut tx = self.pool.begin().await.map_err(failed)?;
        sqlx::query("DELETE FROM absent").execute(&mut *tx).await.map_err(failed)?;
        for id in ids {
            let since = known.get(*id).map_or(now, |one| one.since);
            sqlx::query("INSERT INTO absent VALUES (?, ?, ?)")
                .bind(id)
                .bind(since)
                .bind(due(id, since))
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
        }
        tx.commit().await.map_err(failed)
    }

    /// Why the last run kept records in the index that were due to go.
    pub async fn kept_back(&self) -> Result<Option<String>> {
        let row = sqlx::query("SELECT value FROM setting WHERE name = 'hold'")
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Notes why; `None`: nothing was kept back.
    pub async fn note_kept_back(&self, why: Option<&str>) -> Result<()> {
        let text = match why {
            Some(_) => "INSERT OR REPLACE INTO setting VALUES ('hold', ?)",
            None => "DELETE FROM setting WHERE name = 'hold'",
        };
        let noting = sqlx::query(text);
        let noting = match why {
            Some(why) => noting.bind(why),
            None => noting,
        };
        noting.execute(&self.pool).await.map_err(failed)?;
        Ok(())
    }
}
