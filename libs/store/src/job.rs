//! Background jobs: one replica runs a job at a time, under its lease, and deletes a little at a
//! time. The lease of a source's session is the registry's (`model/lease.rs`).

use std::time::Duration;

use mpp_core::{Micros, Result};
use sqlx::AssertSqlSafe;
use tokio::time::{Instant, sleep};

use crate::{Db, FAR_AHEAD, db_error, metrics};

/// Rows that one statement deletes.
const CHUNK: u64 = 500;

/// The lease of a background job, as one replica competes for it.
#[derive(Debug)]
pub struct Lease {
    db: Db,
    job: &'static str,
    holder: String,
    lasts: Duration,
    /// When it was last taken or renewed; `None` while another replica has it.
    taken: Option<Instant>,
    gave_way: bool,
    is_left_alone: bool,
}

impl Lease {
    /// A lease that is not held yet; every replica has another `holder`.
    pub fn new(db: Db, job: &'static str, holder: &str, lasts: Duration) -> Self {
        let holder = holder.to_owned();
        Self { db, job, holder, lasts, taken: None, gave_way: false, is_left_alone: false }
    }

    /// Takes or renews it; false while another replica has it. The database is asked only if the
    /// lease is not held or a third of it is over, so that renewing may fail twice before it ends.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away; it then ends by itself.
    pub async fn take_or_renew(&mut self) -> Result<bool> {
        if self.taken.is_some_and(|at| at.elapsed() < self.renewal()) {
            return Ok(true);
        }
        let asked = Instant::now();
        let is_held = self.db.lease(self.job, &self.holder, self.lasts).await?;
        self.taken = is_held.then_some(asked);
        let gave_way = std::mem::take(&mut self.gave_way);
        self.is_left_alone = is_held && (gave_way || self.is_left_alone);
        Ok(is_held)
    }

    /// True if it was held when it was last asked for.
    pub fn is_held(&self) -> bool {
        self.taken.is_some()
    }

    /// True if this replica has left the lease to others and holds it again, since none took it: a
    /// newer program is no longer there.
    pub fn is_left_alone(&self) -> bool {
        self.is_left_alone
    }

    /// How long after it was taken it is renewed.
    pub fn renewal(&self) -> Duration {
        self.lasts / 3
    }

    /// Renews it until another replica has it.
    pub async fn until_lost(&mut self) {
        loop {
            sleep(self.renewal()).await;
            if let Ok(false) = self.take_or_renew().await {
                return;
            }
        }
    }

    /// Counts it as lost: the database is asked before the next work is done.
    pub fn doubt(&mut self) {
        self.taken = None;
    }

    /// Lets another replica have it, and does not ask for it meanwhile: a newer replica has written
    /// what this one may not overwrite.
    pub async fn give_way(&mut self) {
        self.doubt();
        self.gave_way = true;
        let _ = self.db.lease(self.job, &self.holder, Duration::ZERO).await;
        sleep(self.lasts).await;
    }

    /// Gives the lease up, so that the next replica can have it at once. If this fails, it ends by
    /// itself.
    pub async fn give_up(self) {
        let _ = self.db.lease(self.job, &self.holder, Duration::ZERO).await;
    }
}

impl Db {
    /// Counts how a run of a job ended; `Ok(false)` is a run whose lease another replica had.
    pub fn ran<E>(&self, job: &'static str, run: &Result<bool, E>) {
        let outcome = match run {
            Ok(false) => return,
            Ok(true) => "done",
            Err(_) => "failed",
        };
        metrics::JOB_RUNS.add(1, [self.name(), job, outcome]);
    }

    /// Names the jobs of a service, whose runs count from zero on.
    pub fn has_jobs(&self, jobs: &[&'static str]) {
        for job in jobs {
            metrics::JOB_RUNS.begin(["done", "failed"].map(|outcome| [self.name(), job, outcome]));
        }
    }

    /// Takes or renews the lease of `job` for `holder`, by the database's clock; false while
    /// another holds it. A lease that ends further ahead than any setting allows was altered, or
    /// the clock was set back: it counts as ended. A replica with other settings may hold it for
    /// longer. The `policy.rs` of the service whose work it is says how long a lease is; for the
    /// feed's retention, which every service has, `feed/retention.rs` does. Index: job's primary
    /// key.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn lease(&self, job: &str, holder: &str, ttl: Duration) -> Result<bool> {
        let now = self.now().await?;
        let mut conn = self.0.writers.take().await?;
        let ttl = Micros::try_from(ttl.as_micros()).unwrap_or(Micros::MAX);
        let done = sqlx::query(
            "insert into job (name, holder, until) values ($1, $2, $3)
             on conflict (name) do update set holder = excluded.holder, until = excluded.until
             where job.holder = excluded.holder or job.until <= $4 or job.until > $5",
        )
        .bind(job)
        .bind(holder)
        .bind(now.saturating_add(ttl))
        .bind(now)
        .bind(now.saturating_add(FAR_AHEAD))
        .execute(&mut conn)
        .await
        .map_err(db_error)?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes rows in statements that never hold the others up for long; answers how many.
    /// `which` is a condition on `$1` in this crate's own words.
    pub(crate) async fn delete_in_chunks(
        &self,
        table: &'static str,
        which: &str,
        before: Micros,
    ) -> Result<u64> {
        let row = self.0.dialect.row_id;
        let text = format!(
            "delete from {table} where {row} in (select {row} from {table} where {which} limit {CHUNK})"
        );
        let mut total = 0;
        loop {
            let mut conn = self.0.writers.take().await?;
            let done = sqlx::query(AssertSqlSafe(text.clone()))
                .bind(before)
                .execute(&mut conn)
                .await
                .map_err(db_error)?;
            total += done.rows_affected();
            if done.rows_affected() < CHUNK {
                return Ok(total);
            }
        }
    }
}
