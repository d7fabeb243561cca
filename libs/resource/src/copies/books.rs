//! Small tables beside the records, compared with what they describe: those that every service has,
//! and those that a service adds.

use std::sync::Arc;

use futures::future::BoxFuture;
use mpp_api::feed::copy_finding::Code;
use mpp_core::{Micros, Result};
use mpp_store::{Actor, Conn, Db, Disagreement, Named, TABLES, Tx};

use super::{Finding, Held, Kept, Place, Repaired, Work};

/// What a service finds wrong with tables of its own, at that time.
pub type Check = Arc<
    dyn for<'a> Fn(&'a mut Conn, Micros) -> BoxFuture<'a, Result<Vec<Disagreement>>> + Send + Sync,
>;

/// How often all is read again at the most after something was mended: what is right may follow
/// from what has just been set right.
const ROUNDS: usize = 8;

/// Tables that are compared, and mended, together.
#[derive(Clone)]
pub struct Books {
    db: Db,
    by: Actor,
    /// In the order in which one follows from the other.
    checks: Vec<Check>,
    tables: Vec<&'static str>,
    /// Nobody else writes to these while they are mended, in this order.
    locked: Vec<&'static str>,
}

impl Books {
    /// Those that every service has, and `tables`, which may follow from them.
    pub fn bookkeeping(db: &Db, by: Actor, tables: &'static [&'static str], check: Check) -> Kept {
        let own = db.clone();
        let common: Check = Arc::new(move |conn, now| {
            let db = own.clone();
            Box::pin(async move { db.disagreements(conn, now).await })
        });
        // A copy moves its position first, and nothing else is locked with the feed's row.
        let locked = [&["upstream"], tables, &["feed"]].concat();
        let tables = [TABLES, tables].concat();
        let checks = vec![common, check];
        Self { db: db.clone(), by, checks, tables, locked }.kept("bookkeeping")
    }

    /// A service's own, `tables` in the order in which its commands lock them.
    pub fn of(db: &Db, by: Actor, tables: &'static [&'static str], check: Check) -> Self {
        let checks = vec![check];
        Self { db: db.clone(), by, checks, tables: tables.to_vec(), locked: tables.to_vec() }
    }

    /// Named so in the service. It is looked after all the time.
    pub fn kept(self, name: &'static str) -> Kept {
        let (reads, mends, feed) = (self.clone(), self.clone(), self.db.name());
        let read = move || -> Work<Held> { Box::pin(reads.clone().read()) };
        let repair = move |accept| -> Work<Repaired> { Box::pin(mends.clone().mend(accept)) };
        let kept = Kept::new(name, feed, Place::Derived, read, repair).looked_after();
        kept.of_kinds(&self.tables)
    }

    async fn read(self) -> Result<Held> {
        let now = self.db.now().await?;
        let mut read = self.db.read().await?;
        let found = self.found(read.conn(), now).await?;
        let revision = read.revision();
        read.end().await?;
        let count = i64::try_from(self.tables.len()).unwrap_or(i64::MAX);
        Ok(Held { revision, count, findings: findings(&found), ..Held::default() })
    }

    async fn found(&self, conn: &mut Conn, now: Micros) -> Result<Vec<Disagreement>> {
        let mut found = Vec::new();
        for check in &self.checks {
            found.extend(check(&mut *conn, now).await?);
        }
        Ok(found)
    }

    /// In one transaction, which finds again what is wrong once nobody else writes. Others wait for
    /// that, so it is begun only where something is wrong.
    async fn mend(self, accept: bool) -> Result<Repaired> {
        let now = self.db.now().await?;
        let mut read = self.db.read().await?;
        let is_well = self.found(read.conn(), now).await?.is_empty();
        read.end().await?;
        if is_well {
            return Ok(Repaired { text: "nothing of it is wrong".into(), ..Repaired::default() });
        }
        let mut tx = self.db.begin(&self.by).await?;
        tx.lock_tables(&self.locked).await?;
        let (mended, left) = self.mend_in_order(&mut tx, accept).await?;
        tx.commit().await?;
        for mended in &mended {
            tracing::warn!(table = mended.table, was = mended.what, "a table is mended");
        }
        let mut named = Named::default();
        left.iter().for_each(|left| named.add(&format!("{}: {}", left.table, left.what)));
        let mended = i64::try_from(mended.len()).unwrap_or(i64::MAX);
        let text = format!("{mended} rows are set to what follows from the records");
        Ok(Repaired { mended, left: named, text })
    }

    /// What was mended, and what is left. Each check sees what those before it have set right.
    async fn mend_in_order(
        &self,
        tx: &mut Tx,
        accept: bool,
    ) -> Result<(Vec<Disagreement>, Vec<Disagreement>)> {
        let (mut mended, mut left) = (Vec::new(), Vec::new());
        let now = tx.now();
        for round in 0..=ROUNDS {
            left.clear();
            let before = mended.len();
            for check in &self.checks {
                let found = check(tx.conn(), now).await?;
                let (to_mend, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| {
                    round < ROUNDS && one.is_mendable(accept) && !mended.contains(one)
                });
                tx.mend(&to_mend, accept).await?;
                mended.extend(to_mend);
                left.extend(others);
            }
            if mended.len() == before {
                break;
            }
        }
        mended.retain(|one| !left.contains(one));
        Ok((mended, left))
    }
}

/// Those of a table that a repair mends, and those that it does not.
fn findings(found: &[Disagreement]) -> Vec<Finding> {
    let mut findings: Vec<(bool, Finding)> = Vec::new();
    for one in found {
        let (mends, table) = (one.is_mendable(false), one.table);
        let same = findings.iter_mut().find(|(other, of)| *other == mends && of.kind == table);
        match same {
            Some((_, finding)) => finding.found.add(&one.what),
            None => {
                let mut found = Named::default();
                found.add(&one.what);
                let finding = Finding { code: Code::Differs, kind: table.to_owned(), found };
                findings.push((mends, finding));
            }
        }
    }
    findings.into_iter().map(|(_, finding)| finding).collect()
}
