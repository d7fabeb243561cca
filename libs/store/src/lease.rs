//! Leases: one replica runs a background job at a time.

use std::time::Duration;

use mpp_core::{Micros, Result};

use crate::{Db, db_error};

impl Db {
    /// Takes or renews the lease of `job` for `holder`, by the database's clock; false while
    /// another holds it. Index: job's primary key.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn lease(&self, job: &str, holder: &str, ttl: Duration) -> Result<bool> {
        let now = self.now().await?;
        let ttl = Micros::try_from(ttl.as_micros()).unwrap_or(Micros::MAX);
        let done = sqlx::query(
            "insert into job (name, holder, until) values ($1, $2, $3)
             on conflict (name) do update set holder = excluded.holder, until = excluded.until
             where job.holder = excluded.holder or job.until <= $4",
        )
        .bind(job)
        .bind(holder)
        .bind(now.saturating_add(ttl))
        .bind(now)
        .execute(&self.0.writers)
        .await
        .map_err(db_error)?;
        Ok(done.rows_affected() == 1)
    }
}
