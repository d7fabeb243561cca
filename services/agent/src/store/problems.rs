//! Problems for the publisher: records that were refused, could not be sent, or have gone.

use mpp_api::sync::{Outcome, RecordResult};
use mpp_core::{Clock, Result};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::{NO_DIGEST, Store, failed, zone::system_zone};
use crate::model::{going::Going, problem::Problem};

/// The condition for records that this state does not know of having sent; a place, whose id is its
/// name, may have been handed over to the source.
const OF_OTHERS: &str =
    "source_id NOT IN (SELECT source_id FROM own) AND instr(source_id, '/') = 0";

impl Store {
    /// How many of the records that the source has wait at the registry for something else.
    pub async fn waiting(&self) -> Result<i64> {
        let quarantined = i32::from(Outcome::Quarantined);
        let row = sqlx::query("SELECT count(*) FROM answered WHERE outcome >= 3 AND outcome = ?") // answered_said
            .bind(quarantined)
            .fetch_one(&self.pool)
            .await
            .map_err(failed)?;
        Ok(row.get(0))
    }

    /// How many of the records that the source has were refused by the registry, or wait.
    pub async fn refused(&self) -> Result<i64> {
        let row = sqlx::query("SELECT count(*) FROM answered WHERE outcome >= 3") // answered_said
            .fetch_one(&self.pool)
            .await
            .map_err(failed)?;
        Ok(row.get(0))
    }

    /// Ids of the records that the registry rejected, and of those that wait for something else.
    pub async fn rejected(&self) -> Result<Vec<String>> {
        let rows = sqlx::query("SELECT source_id FROM answered WHERE outcome >= 3") // answered_said
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        Ok(rows.into_iter().map(|row| row.get(0)).collect())
    }

    /// Records that were rejected by other rules than the registry's present ones are sent again:
    /// they may pass. A registry that names no rules is an older one, and its answers stand.
    pub async fn follow_rules(&self, rules: i64) -> Result<()> {
        if rules == 0 {
            return Ok(());
        }
        let mut tx = self.pool.begin().await.map_err(failed)?;
        sqlx::query(
            "UPDATE answered SET digest = ? WHERE outcome = 3
             AND NOT EXISTS (SELECT 1 FROM setting WHERE name = 'rules' AND value = ?)",
        )
        .bind(NO_DIGEST)
        .bind(rules.to_string())
        .execute(&mut *tx)
        .await
        .map_err(failed)?;
        sqlx::query("INSERT OR REPLACE INTO setting VALUES ('rules', ?)")
            .bind(rules.to_string())
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        tx.commit().await.map_err(failed)
    }

    /// Keeps records that could not be sent, so that they do not vanish in silence.
    pub async fn keep_unsent(&self, problems: &[Problem]) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        for problem in problems {
            sqlx::query("INSERT INTO unsent VALUES (?, '', ?, ?)")
                .bind(&problem.record)
                .bind(&problem.code)
                .bind(&problem.message)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
        }
        tx.commit().await.map_err(failed)
    }

    /// Keeps why the last run could not end: the problems listed beside it are of the run before.
    pub async fn keep_failed(&self, why: &Problem) -> Result<()> {
        self.forget_unsent(&why.record).await?;
        self.keep_unsent(std::slice::from_ref(why)).await
    }

    /// Forgets the problems kept for a place in the source.
    pub async fn forget_unsent(&self, place: &str) -> Result<()> {
        sqlx::query("DELETE FROM unsent WHERE place = ?")
            .bind(place)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }

    /// Notes where each record stands that an answer names: its keeper finds it by its row, even if
    /// the source shows no id.
    pub async fn place<'a>(&self, place: impl Fn(&str) -> Option<&'a str>) -> Result<()> {
        let told = "SELECT source_id FROM answered WHERE outcome >= 3 OR code <> ''"; // answered_said
        let rows = sqlx::query(told).fetch_all(&self.pool).await.map_err(failed)?;
        let mut tx = self.pool.begin().await.map_err(failed)?;
        sqlx::query("DELETE FROM placed").execute(&mut *tx).await.map_err(failed)?;
        for id in rows.iter().map(|row| row.get::<&str, _>(0)) {
            let Some(place) = place(id) else { continue };
            sqlx::query("INSERT INTO placed VALUES (?, ?)")
                .bind(id)
                .bind(place)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
        }
        tx.commit().await.map_err(failed)
    }

    /// Records that the registry refused, that could not be sent in the last run, or that have
    /// gone; at most `limit`.
    pub async fn problems(&self, limit: i64) -> Result<Vec<Problem>> {
        let rows = sqlx::query(
            "SELECT a.source_id, field, code, message, place FROM answered a LEFT JOIN placed USING (source_id)
             WHERE outcome >= 3 OR code <> ''
             UNION ALL
             SELECT r.source_id, r.field, r.code, r.message, place FROM remarked r
             JOIN answered USING (source_id) LEFT JOIN placed USING (source_id)
             UNION ALL
             SELECT place || CASE source_id WHEN '' THEN '' ELSE ' (' || source_id || ')' END, '', code, message, NULL FROM unsent
             LIMIT ?", // answered_said
        )
        .bind(limit)
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let problem = |row: sqlx::sqlite::SqliteRow| Problem {
            record: Problem::located(row.get(4), row.get(0)),
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
        let text = format!(
            "SELECT source_id, name, due, source_id IN (SELECT source_id FROM own),
             source_id IN (SELECT source_id FROM shared)
             FROM held LEFT JOIN absent USING (source_id) WHERE told >= 1 AND NOT ({OF_OTHERS}) LIMIT ?"
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(limit.max(0))
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        let (now, hold) = (Clock::system().now(), self.kept_back().await?);
        let zone = system_zone().unwrap_or_default();
        let gone = |row: sqlx::sqlite::SqliteRow| {
            let going = match (row.get(3), row.get(4)) {
                (false, _) => Going::NotByThis,
                (true, true) => Going::Named,
                (true, false) => Going::of(row.get(2), now, &zone, hold.as_deref()),
            };
            Problem::gone(row.get(0), row.get(1), &going)
        };
        let mut gone: Vec<_> = rows.into_iter().map(gone).collect();
        gone.extend(Problem::of_others(&self.gone_of_others().await?));
        gone.truncate(usize::try_from(limit).unwrap_or_default());
        Ok(gone)
    }

    /// The records that have gone and that this state does not know of having sent.
    async fn gone_of_others(&self) -> Result<Vec<String>> {
        let text = format!("SELECT source_id FROM held WHERE told >= 1 AND {OF_OTHERS}");
        let query = sqlx::query_scalar(AssertSqlSafe(text));
        query.fetch_all(&self.pool).await.map_err(failed)
    }
}

/// Code and message of an answer: why its record was refused, or the first warning of one that was
/// taken.
pub(super) fn said(result: &RecordResult) -> (&str, &str, &str) {
    match result.warnings.first().filter(|_| result.code.is_empty()) {
        Some(warning) => (&warning.field, &warning.code, &warning.message),
        None => (&result.field, &result.code, &result.message),
    }
}

/// Keeps the warnings after the first, which stands with the answer.
pub(super) async fn remark(tx: &mut SqliteConnection, result: &RecordResult) -> Result<()> {
    sqlx::query("DELETE FROM remarked WHERE source_id = ?") // remarked_id
        .bind(&result.source_id)
        .execute(&mut *tx)
        .await
        .map_err(failed)?;
    let told = usize::from(result.code.is_empty());
    for warning in result.warnings.iter().skip(told) {
        sqlx::query("INSERT INTO remarked VALUES (?, ?, ?, ?)")
            .bind(&result.source_id)
            .bind(&warning.field)
            .bind(&warning.code)
            .bind(&warning.message)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
    }
    Ok(())
}
