//! The pools of a database: connections that are handed out as long as they are of use.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use mpp_core::Result;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection as _, any::AnyPoolOptions};
use tokio::time::{Instant, timeout};

use crate::{
    Options,
    conn::Conn,
    connect::set_up,
    db_error,
    dialect::Dialect,
    file::Owned,
    reach::{Reach, away, is_of_the_connection},
    waiting::Waiting,
};

/// Connections that are set up as the dialect asks. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pool: AnyPool,
    reach: Reach,
    /// On SQLite, the lock on the file.
    owned: Option<Arc<Owned>>,
    waiting: Arc<Waiting>,
    /// How long a connection that is given back may take.
    give_back: Duration,
}

impl Pool {
    /// A pool of at most `size` connections, each made when it is first needed. `name` stands in
    /// metrics; whether they write decides how long a transaction may stand open.
    pub fn new(
        options: &Options,
        dialect: &'static Dialect,
        size: u32,
        reach: &Reach,
        owned: Option<Arc<Owned>>,
        (name, writes): (String, bool),
    ) -> Result<Self> {
        let (owner, known) = (owned.clone(), reach.clone());
        let policy = options.policy.clone();
        let (trusted_idle, idle_try) = (policy.trusted_idle(), policy.idle_try());
        let give_back = policy.give_back();
        let pool = AnyPoolOptions::new()
            .max_connections(size)
            .acquire_timeout(policy.connection_wait())
            .test_before_acquire(false)
            .before_acquire(move |conn, meta| {
                let outdated = owner.as_ref().is_some_and(|owner| owner.is_outdated(meta.age));
                let usable = !outdated && !known.is_doubted(meta.age);
                let known = known.clone();
                Box::pin(async move {
                    if usable && meta.idle_for > trusted_idle {
                        return Ok(still_works(conn, idle_try, &known).await);
                    }
                    Ok(usable)
                })
            })
            .after_connect(move |conn, _| {
                let policy = policy.clone();
                Box::pin(async move {
                    set_up(conn, dialect, &policy).await?;
                    let text = if writes { (dialect.writer)(&policy) } else { String::new() };
                    if !text.is_empty() {
                        sqlx::raw_sql(AssertSqlSafe(text)).execute(conn).await?;
                    }
                    Ok(())
                })
            })
            .connect_lazy(&options.url);
        let pool = pool.map_err(db_error)?;
        let waiting = Waiting::of(name, &pool);
        Ok(Self { pool, reach: reach.clone(), owned, waiting, give_back })
    }

    /// A connection, once there is one.
    pub fn take(&self) -> BoxFuture<'_, Result<Conn>> {
        Box::pin(async {
            self.check()?;
            self.try_take().await.map_err(db_error)
        })
    }

    /// Whether the file beneath a SQLite database's connections is still its own.
    ///
    /// # Errors
    /// The same as [`Owned::check`].
    pub fn check(&self) -> Result<()> {
        self.owned.as_ref().map_or(Ok(()), |owned| owned.check())
    }

    /// True for a connection of this age, if it is to a file that was there before.
    pub fn is_outdated(&self, age: Duration) -> bool {
        self.owned.as_ref().is_some_and(|owned| owned.is_outdated(age))
    }

    /// The same as [`Pool::take`] after [`Pool::check`], with the driver's own error. The driver
    /// keeps trying to reach a server that refuses: if that is known, it is not waited for.
    pub fn try_take(&self) -> BoxFuture<'_, sqlx::Result<Conn>> {
        Box::pin(async {
            let taken = loop {
                let begun = Instant::now();
                tokio::select! {
                    biased;
                    () = self.reach.until_away() => break Err(away()),
                    // Begun anew, where it may wait for a server that is gone.
                    () = self.reach.until_renewed(begun) => {}
                    taken = self.waiting.for_one(self.pool.acquire()) => break taken,
                }
            };
            let taken = taken.inspect_err(|error| {
                if is_of_the_connection(error) && !self.reach.is_away() {
                    self.reach.doubt();
                }
            });
            let (pooled, turn) = taken?;
            Ok(Conn::new(pooled, turn, self.reach.clone(), self.give_back))
        })
    }

    /// True once it was closed.
    pub fn is_closed(&self) -> bool {
        self.pool.is_closed()
    }

    /// Waits for every connection to be given back, and closes it.
    pub fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.pool.close())
    }
}

/// Whether a connection that lay idle is answered in time.
async fn still_works(conn: &mut AnyConnection, within: Duration, reach: &Reach) -> bool {
    let answered = matches!(timeout(within, conn.ping()).await, Ok(Ok(())));
    if !answered {
        reach.doubt();
    }
    answered
}
