//! The components "database" and "clock" of a service's readiness.

use mpp_store::{Db, Looker};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{Component, Readiness, clock::ClockWatch};

/// Names the components "database" and "clock" at once; the future, which is to be spawned, keeps
/// them up to date until `shutdown`: the database answers and takes writes, and the clock is right.
pub fn watch_database(
    readiness: &Readiness,
    db: Db,
    shutdown: CancellationToken,
) -> impl Future<Output = ()> + Send + use<> {
    // Reads come from memory.
    let database = readiness.component("database").for_writes();
    let mut clock = ClockWatch::new(readiness.component("clock"), &db);
    let policy = readiness.policy();
    let mut looker = db.looker();
    let watch = async move {
        loop {
            let well = look(&mut looker, &database, &mut clock).await;
            let soon = policy.next_look(false);
            sleep(soon).await;
            if well {
                tokio::select! {
                    () = sleep(policy.next_look(true).saturating_sub(soon)) => {}
                    () = looker.until_doubted() => {}
                }
            }
        }
    };
    async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = watch => {}
        }
    }
}

/// While the database is away, nothing is known of its clock; it stays as it was.
async fn look(looker: &mut Looker, database: &Component, clock: &mut ClockWatch) -> bool {
    match looker.look().await {
        Ok(seen) => {
            database.up();
            clock.compare(&seen);
            true
        }
        Err(error) => {
            tracing::debug!(%error, context = ?error.context(), "the database");
            database.down(error.message());
            false
        }
    }
}
