//! Small tables beside the records, compared with what they describe: those that every service has,
//! and those that a service adds.

use std::sync::Arc;

use futures::future::BoxFuture;
use mpp_api::feed::copy_finding::Code;
use mpp_core::{Micros, Result};
use mpp_store::{Actor, Conn, Db, Disagreement, Named};

use super::{Finding, Held, Kept, Place, Repaired, Work};

/// What a service finds wrong with tables of its own, at that time.
pub type Check = Arc<
    dyn for<'a> Fn(&'a mut Conn, Micros) -> BoxFuture<'a, Result<Vec<Disagreement>>> + Send + Sync,
>;

/// Tables that are compared, and mended, together.
#[derive(Clone)]
pub struct Books {
    db: Db,
    by: Actor,
    check: Check,
    /// Nobody else writes to these while they are mended, in this order.
    tables: &'static [&'static str],
}

impl Books {
    /// Those that every service has, and those of `check`.
    pub fn bookkeeping(db: &Db, by: Actor, check: Check) -> Kept {
        let own = db.clone();
        let all: Check = Arc::new(move |conn, now| {
            let (db, check) = (own.clone(), check.clone());
            Box::pin(async move {
                let mut found = db.disagreements(conn, now).await?;
                found.extend(check(conn, now).await?);
                Ok(found)
            })
        });
        Self { db: db.clone(), by, check: all, tables: &[] }.kept("bookkeeping")
    }

    /// A service's own, `tables` in the order in which its commands lock them.
    pub fn of(db: &Db, by: Actor, tables: &'static [&'static str], check: Check) -> Self {
        Self { db: db.clone(), by, check, tables }
    }

    /// Named so in the service. It is looked after all the time.
    pub fn kept(self, name: &'static str) -> Kept {
        let (reads, mends, feed) = (self.clone(), self.clone(), self.db.name());
        let read = move || -> Work<Held> { Box::pin(reads.clone().read()) };
        let repair = move |accept| -> Work<Repaired> { Box::pin(mends.clone().mend(accept)) };
        Kept::new(name, feed, Place::Derived, read, repair).looked_after()
    }

    async fn read(self) -> Result<Held> {
        let now = self.db.now().await?;
        let mut read = self.db.read().await?;
        let found = (self.check)(read.conn(), now).await?;
        let revision = read.revision();
        read.end().await?;
        Ok(Held { revision, findings: findings(&found), ..Held::default() })
    }

    /// In one transaction, which finds again what is wrong once nobody else writes.
    async fn mend(self, accept: bool) -> Result<Repaired> {
        let mut tx = self.db.begin(&self.by).await?;
        tx.lock_tables(self.tables).await?;
        let now = tx.now();
        let found = (self.check)(tx.conn(), now).await?;
        let mended = tx.mend(&found, accept).await?;
        let left = (self.check)(tx.conn(), now).await?;
        tx.commit().await?;
        for found in found.iter().filter(|found| !left.contains(found)) {
            tracing::warn!(table = found.table, was = found.what, "a table is mended");
        }
        let mut named = Named::default();
        left.iter().for_each(|left| named.add(&format!("{}: {}", left.table, left.what)));
        let text = format!("{mended} rows are set to what follows from the records");
        Ok(Repaired { mended, left: named, text })
    }
}

/// One for each table.
fn findings(found: &[Disagreement]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for Disagreement { table, what, .. } in found {
        match findings.iter_mut().find(|finding| finding.kind == *table) {
            Some(finding) => finding.found.add(what),
            None => {
                let mut named = Named::default();
                named.add(what);
                let kind = (*table).to_owned();
                findings.push(Finding { code: Code::Differs, kind, found: named });
            }
        }
    }
    findings
}
