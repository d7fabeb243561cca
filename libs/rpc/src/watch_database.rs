//! The components "database" and "clock" of a service's readiness.

use std::time::Duration;

use mpp_core::{Error, Micros, Reason, Result};
use mpp_store::Db;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::{Component, Readiness};

/// How often the database is asked.
const EVERY: Duration = Duration::from_secs(2);
/// A database that takes longer to say what time it is does not serve anyone.
const PATIENCE: Duration = Duration::from_secs(5);

/// Names the components "database" and "clock" at once; the future, which is to be spawned, keeps
/// them up to date until `shutdown`: the database answers, and its clock is the process's.
pub fn watch_database(
    readiness: &Readiness,
    db: Db,
    shutdown: CancellationToken,
) -> impl Future<Output = ()> + Send + use<> {
    let database = readiness.component("database");
    let clock = readiness.component("clock");
    let watch = async move {
        let mut timer = interval(EVERY);
        loop {
            timer.tick().await;
            look(&db, &database, &clock).await;
        }
    };
    async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = watch => {}
        }
    }
}

/// While the database is away, nothing is known of the clock; it stays as it was.
async fn look(db: &Db, database: &Component, clock: &Component) {
    match readings(db).await {
        Ok((here, there)) => {
            database.up();
            clock.compare_clocks(here, there);
        }
        Err(error) => database.down(error.message()),
    }
}

/// The process's clock in the middle of the question, and the database's.
async fn readings(db: &Db) -> Result<(Micros, Micros)> {
    let before = db.clock().now();
    let there = timeout(PATIENCE, db.now()).await.map_err(|_| {
        let text = format!("no answer within {} s", PATIENCE.as_secs());
        Error::new(Reason::Unavailable, text)
    })??;
    let after = db.clock().now();
    Ok((before + (after - before) / 2, there))
}
