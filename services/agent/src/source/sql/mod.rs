//! An agency's own database, read by a table or a query in one transaction that only reads. All
//! rows are of one moment, and the database's own count of them, at the same moment, has to agree
//! with what came: a part never passes for the whole.
//!
//! Each database has its own driver and its own file here. None uses sqlx's `Any`, which knows six
//! types, while a catalog has dates, amounts, lists and nested values, which only the database
//! itself or its own driver tells exactly.

mod access;
mod amiss;
mod ask;
mod database;
mod limit;
mod mysql;
mod mysql_ask;
mod mysql_names;
mod mysql_value;
mod noticed;
mod postgres;
mod sqlite;
mod taking;
mod told;
mod watch;

use tokio::{runtime::Handle, sync::mpsc, task::spawn_blocking};

pub use access::{Access, Secret, Server, Tls};
pub use ask::Ask;
pub use database::Database;
pub use noticed::{Changed, Noticed};
pub use watch::Watch;

use super::{fault::Fault, sink::Sink};
use crate::policy::Policy;
use taking::Taking;
use told::{Out, Told};

/// Rows between the database and the reader.
const BETWEEN: usize = 4;

impl Database {
    async fn drive(self, policy: Policy, out: mpsc::Sender<Told>) -> Result<(), Fault> {
        let (at, out) = (self.at(), Out(out));
        match &self.access {
            Access::Postgres(server) => postgres::read(server, &self.ask, &at, &policy, &out).await,
            Access::Mysql(server) => mysql::read(server, &self.ask, &at, &policy, &out).await,
            Access::Sqlite { path, immutable } => {
                sqlite::read((path, *immutable), &self.ask, &at, &policy, &out).await
            }
        }
    }

    /// Drives it for as long as somebody listens, whatever the database is at.
    async fn drive_while_heard(self, policy: Policy, out: mpsc::Sender<Told>) -> Result<(), Fault> {
        let heard = out.clone();
        tokio::select! {
            driven = self.drive(policy, out) => driven,
            () = heard.closed() => Ok(()),
        }
    }
}

/// Hands on every row.
///
/// # Errors
/// The database cannot be reached, or did not tell all of its rows.
pub fn read(database: &Database, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let (out, told) = mpsc::channel(BETWEEN);
    let (asked, policy) = (database.clone(), policy.clone());
    // The driver has a thread of its own, as the reader does: the one waits while the other works.
    let driving =
        spawn_blocking(move || Handle::current().block_on(asked.drive_while_heard(policy, out)));
    let mut taking = Taking::new(database, sink);
    let taken = take_all(&mut taking, told);
    // Waited for even if nobody listens any more: after the run's end it would find no runtime.
    let driven = Handle::current().block_on(driving);
    if taken?.is_err() {
        return Ok(()); // The run has ended.
    }
    let place = database.access.place();
    driven.map_err(|_| Fault::torn(&place, "the agent broke down while it read it"))??;
    taking.end()
}

/// Takes up whatever is told; the inner error says that the run has ended.
fn take_all(
    taking: &mut Taking<'_, '_>,
    mut told: mpsc::Receiver<Told>,
) -> Result<mpp_core::Result<()>, Fault> {
    while let Some(one) = told.blocking_recv() {
        if let Err(ended) = taking.take_up(one)? {
            return Ok(Err(ended));
        }
    }
    Ok(taking.flush())
}
