//! Problems for the publisher: records that were refused, could not be sent, or have gone.

use mpp_core::{Error, Result};
use sqlx::Row;

use super::Store;
use crate::model::problem::Problem;

impl Store {
    /// How many of the records that the source has were refused by the registry.
    pub async fn refused(&self) -> Result<i64> {
        let row = sqlx::query("SELECT count(*) FROM answered WHERE outcome >= 3") // answered_said
            .fetch_one(&self.pool)
            .await
            .map_err(Error::internal)?;
        Ok(row.get(0))
    }

    /// Ids of the records that the registry rejected.
    pub async fn rejected(&self) -> Result<Vec<String>> {
        let rows = sqlx::query("SELECT source_id FROM answered WHERE outcome = 3") // answered_said
            .fetch_all(&self.pool)
            .await
            .map_err(Error::internal)?;
        Ok(rows.into_iter().map(|row| row.get(0)).collect())
    }

    /// Keeps records that could not be sent, so that they do not vanish in silence.
    pub async fn keep_unsent(&self, problems: &[Problem]) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(Error::internal)?;
        for problem in problems {
            sqlx::query("INSERT INTO unsent VALUES (?, '', ?, ?)")
                .bind(&problem.record)
                .bind(&problem.code)
                .bind(&problem.message)
                .execute(&mut *tx)
                .await
                .map_err(Error::internal)?;
        }
        tx.commit().await.map_err(Error::internal)
    }

    /// Forgets what was kept of a place in the source.
    pub async fn forget_unsent(&self, place: &str) -> Result<()> {
        sqlx::query("DELETE FROM unsent WHERE place = ?")
            .bind(place)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(Error::internal)
    }

    /// Records that the registry refused, that could not be sent in the last run, or that have
    /// gone; at most `limit`.
    pub async fn problems(&self, limit: i64) -> Result<Vec<Problem>> {
        let rows = sqlx::query(
            "SELECT source_id, field, code, message FROM answered WHERE outcome >= 3 OR code <> ''
             UNION ALL
             SELECT place || CASE source_id WHEN '' THEN '' ELSE ' (' || source_id || ')' END, '', code, message FROM unsent
             LIMIT ?", // answered_said
        )
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
        let mut problems: Vec<_> = rows.into_iter().map(problem).collect();
        let left = limit - i64::try_from(problems.len()).unwrap_or(limit);
        problems.extend(self.gone(left).await?);
        Ok(problems)
    }

    async fn gone(&self, limit: i64) -> Result<Vec<Problem>> {
        let rows = sqlx::query("SELECT source_id, name FROM held WHERE told = 1 LIMIT ?")
            .bind(limit.max(0))
            .fetch_all(&self.pool)
            .await
            .map_err(Error::internal)?;
        Ok(rows.into_iter().map(|row| Problem::gone(row.get(0), row.get(1))).collect())
    }
}
