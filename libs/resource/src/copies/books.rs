//! Small tables beside the records, compared with what they describe: those that every service has,
//! and those that a service adds.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use futures::future::BoxFuture;
use mpp_api::feed::copy_finding::Code;
use mpp_core::{Micros, Result};
use mpp_store::{Actor, Conn, Db, Disagreement, Named, TABLES, Tx};

use super::{Finding, Held, Kept, Place, Repaired, Work};

/// Compares a service's own tables with what they follow from, at a given time, and answers what
/// is wrong.
pub type Check = Arc<
    dyn for<'a> Fn(&'a mut Conn, Micros) -> BoxFuture<'a, Result<Vec<Disagreement>>> + Send + Sync,
>;

/// The same for one part of the tables ([`Disagreement::part`]); an empty name stands for all.
pub type PartCheck = Arc<
    dyn for<'a> Fn(&'a mut Conn, Micros, String) -> BoxFuture<'a, Result<Vec<Disagreement>>>
        + Send
        + Sync,
>;

/// How often everything is compared again at the most: what one repair sets right may show that
/// something else is wrong.
const ROUNDS: usize = 8;

/// The disagreements that were mended, and those that are left.
type Outcome = (Vec<Disagreement>, Vec<Disagreement>);

/// Tables that are compared, and mended, together.
#[derive(Clone)]
pub struct Books {
    db: Db,
    by: Actor,
    /// Each follows from those before it.
    checks: Vec<Check>,
    tables: Vec<&'static str>,
    /// Locked against other writers for the repair, in this order.
    locked: Vec<&'static str>,
    /// Compares one part alone, so that others wait only while that part is read.
    in_part: Option<PartCheck>,
}

impl Books {
    /// The tables that every service has, and a service's own `tables`, which may follow from them.
    /// Every writer of the own tables writes to one of `locked` first. If all that is wrong lies in
    /// parts of them, each part is mended by itself.
    pub fn bookkeeping(
        db: &Db,
        by: Actor,
        (tables, locked): (&'static [&'static str], &'static [&'static str]),
        check: PartCheck,
    ) -> Kept {
        let own = db.clone();
        let common: Check = Arc::new(move |conn, now| {
            let db = own.clone();
            Box::pin(async move { db.disagreements(conn, now).await })
        });
        let misfiled = misfiled(db, &[]);
        // A copy moves its position first, and nothing else is locked with the feed's row.
        let locked = [&["upstream"], locked, &["feed"]].concat();
        let tables = [TABLES, tables].concat();
        let checks = vec![misfiled, common, of_all(check.clone())];
        let in_part = Some(check);
        Self { db: db.clone(), by, checks, tables, locked, in_part }.kept("bookkeeping")
    }

    /// A service's own tables, in the order in which its commands lock them.
    pub fn of_parts(db: &Db, by: Actor, tables: &'static [&'static str], check: PartCheck) -> Self {
        let checks = vec![misfiled(db, tables), of_all(check.clone())];
        let (tables, in_part) = (tables.to_vec(), Some(check));
        Self { db: db.clone(), by, checks, locked: tables.clone(), tables, in_part }
    }

    /// Registers the tables under this name, to be compared all the time.
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
            if self.is_first(check) && !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// True of the check for values of a wrong type: if it finds any, the others would fail there.
    fn is_first(&self, check: &Check) -> bool {
        self.checks.first().is_some_and(|first| Arc::ptr_eq(first, check))
    }

    /// Compares everything while others write. They wait only if something is wrong that can be
    /// mended, while it is compared again under a lock: part by part where the tables have parts.
    async fn mend(self, accept: bool) -> Result<Repaired> {
        let now = self.db.now().await?;
        let mut read = self.db.read().await?;
        let found = self.found(read.conn(), now).await?;
        read.end().await?;
        if found.is_empty() {
            return Ok(Repaired { text: "nothing of it is wrong".into(), ..Repaired::default() });
        }
        let (mended, left) = if found.iter().all(|one| !one.is_mendable(accept)) {
            (Vec::new(), found)
        } else if let Some(parts) = self.parts(&found, accept) {
            let of_others = found.into_iter().filter(|one| !parts.contains_key(&one.part));
            let (mended, mut left) = self.mend_parts(parts.values(), accept).await?;
            left.extend(of_others);
            (mended, left)
        } else {
            self.mend_whole(&self.checks, accept).await?
        };
        let mut named = Named::default();
        for left in &left {
            named.add_many(&format!("{}: {}", left.table, left.what), left.rows);
        }
        let mended = i64::try_from(mended.len()).unwrap_or(i64::MAX);
        let text = format!("{mended} rows are set to what follows from the records");
        Ok(Repaired { mended, left: named, text })
    }

    /// The parts in which something can be mended, and how each is compared; `None` if something
    /// that is wrong belongs to no part.
    fn parts(&self, found: &[Disagreement], accept: bool) -> Option<BTreeMap<String, Check>> {
        let check = self.in_part.as_ref()?;
        let of = |one: &Disagreement| -> (String, Check) {
            let (check, name) = (check.clone(), one.part.clone());
            (one.part.clone(), Arc::new(move |conn, now| check(conn, now, name.clone())))
        };
        let is_of_parts = found.iter().all(|one| !one.part.is_empty());
        let mendable = found.iter().filter(|one| one.is_mendable(accept));
        is_of_parts.then(|| mendable.map(of).collect())
    }

    /// Mends each part in a transaction of its own.
    async fn mend_parts(
        &self,
        parts: impl Iterator<Item = &Check>,
        accept: bool,
    ) -> Result<Outcome> {
        let (mut mended, mut left) = (Vec::new(), Vec::new());
        for part in parts {
            let of_it = self.mend_whole(std::slice::from_ref(part), accept).await?;
            mended.extend(of_it.0);
            left.extend(of_it.1);
        }
        Ok((mended, left))
    }

    /// Locks the tables, compares them again and mends them, in one transaction.
    async fn mend_whole(&self, checks: &[Check], accept: bool) -> Result<Outcome> {
        let mut tx = self.db.begin(&self.by).await?;
        tx.lock_tables(&self.locked).await?;
        let outcome = self.mend_in_order(&mut tx, checks, accept).await?;
        tx.commit().await?;
        // Each as soon as it stays: whatever fails later does not take it back.
        for mended in &outcome.0 {
            tracing::warn!(table = mended.table, was = mended.what, "a table is mended");
        }
        Ok(outcome)
    }

    /// Compares and mends, check by check: each sees what those before it have set right.
    async fn mend_in_order(&self, tx: &mut Tx, checks: &[Check], accept: bool) -> Result<Outcome> {
        let (mut mended, mut left) = (Mended { accept, ..Mended::default() }, Vec::new());
        for round in 0..=ROUNDS {
            left.clear();
            let before = mended.all.len();
            for check in checks {
                // The check of values names only so many at a time, so it runs until it finds none.
                let goes_on = self.is_first(check);
                left.extend(mended.by(tx, check, (round < ROUNDS, goes_on)).await?);
                if goes_on && !left.is_empty() {
                    break;
                }
            }
            if mended.all.len() == before {
                break;
            }
        }
        let still: HashSet<_> = left.iter().map(|one| (one.table, one.what.as_str())).collect();
        mended.all.retain(|one| !still.contains(&(one.table, one.what.as_str())));
        Ok((mended.all, left))
    }
}

/// The disagreements that a repair has mended so far.
#[derive(Default)]
struct Mended {
    all: Vec<Disagreement>,
    /// Table and text of each.
    known: HashSet<(&'static str, String)>,
    /// True if values that nothing mends are accepted as they are.
    accept: bool,
}

impl Mended {
    /// Runs a check and, if it `mends`, mends each disagreement that it finds, once; repeats that
    /// while it `goes_on` and finds others. Answers those that are left.
    async fn by(
        &mut self,
        tx: &mut Tx,
        check: &Check,
        (mends, goes_on): (bool, bool),
    ) -> Result<Vec<Disagreement>> {
        let now = tx.now();
        loop {
            let found = check(tx.conn(), now).await?;
            let (to_mend, left): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|one| mends && self.is_new(one));
            tx.mend(&to_mend, self.accept).await?;
            let is_last = to_mend.is_empty() || !goes_on;
            self.known.extend(to_mend.iter().map(|one| (one.table, one.what.clone())));
            self.all.extend(to_mend);
            if is_last {
                return Ok(left);
            }
        }
    }

    fn is_new(&self, one: &Disagreement) -> bool {
        one.is_mendable(self.accept) && !self.known.contains(&(one.table, one.what.clone()))
    }
}

/// A check of all parts.
fn of_all(check: PartCheck) -> Check {
    Arc::new(move |conn, now| check(conn, now, String::new()))
}

/// Finds values of a wrong type, on which every read of the row would fail.
fn misfiled(db: &Db, tables: &'static [&'static str]) -> Check {
    let db = db.clone();
    Arc::new(move |conn, _| {
        let db = db.clone();
        Box::pin(async move { db.misfiled(conn, tables).await })
    })
}

/// A finding for each table, apart for what a repair mends and for what it does not.
fn findings(found: &[Disagreement]) -> Vec<Finding> {
    let mut findings: Vec<(bool, Finding)> = Vec::new();
    for one in found {
        let (mends, table) = (one.is_mendable(false), one.table);
        let same = findings.iter_mut().find(|(other, of)| *other == mends && of.kind == table);
        match same {
            Some((_, finding)) => finding.found.add_many(&one.what, one.rows),
            None => {
                let mut found = Named::default();
                found.add_many(&one.what, one.rows);
                let finding = Finding { code: Code::Differs, kind: table.to_owned(), found };
                findings.push((mends, finding));
            }
        }
    }
    findings.into_iter().map(|(_, finding)| finding).collect()
}
