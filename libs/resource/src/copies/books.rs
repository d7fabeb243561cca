//! Small tables beside the records, compared with what they describe: those that every service has,
//! and those that a service adds.

mod mending;

use std::{collections::BTreeMap, sync::Arc};

use futures::future::BoxFuture;
use mpp_api::feed::copy_finding::Code;
use mpp_core::{Micros, Reason, Result};
use mpp_store::{Actor, Conn, CountedNames, Db, Disagreement, Progress, TABLES, Tx};

pub use self::mending::Check;
use self::mending::{MendedAndLeft, ROUNDS, mend_in};
use super::{Finding, Held, KeptCopy, Place, RepairRequest, Repaired, Work};

/// The same for one part of the tables ([`Disagreement::part`]); an empty name stands for all.
pub type PartCheck = Arc<
    dyn for<'a> Fn(&'a mut Conn, Micros, String) -> BoxFuture<'a, Result<Vec<Disagreement>>>
        + Send
        + Sync,
>;

/// Work that accepts as it is what nobody can restore, some rows at a time, and answers how many
/// rows that was.
pub type Accepts = Arc<dyn Fn(Progress) -> Work<i64> + Send + Sync>;

/// How often a part is compared without a lock before its tables are locked: somebody may write the
/// same rows all the time.
const TRIES: usize = 3;

/// Tables that are compared, and mended, together.
#[derive(Clone)]
pub struct Books {
    db: Db,
    by: Actor,
    /// The tables that are searched for values of a wrong type, on which every check would fail;
    /// all if it is empty.
    typed: &'static [&'static str],
    /// The checks; what each compares follows from those before it.
    checks: Vec<Check>,
    tables: Vec<&'static str>,
    /// The tables that the repair locks against other writers, in this order.
    locked: Vec<&'static str>,
    /// Compares one part alone.
    in_part: PartCheck,
    /// True if everything that a part's check compares is written together: then a snapshot is
    /// enough to mend it, and others wait for the mended rows only.
    by_snapshot: bool,
    /// Runs last, if values are accepted as they are.
    accepts: Option<Accepts>,
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
    ) -> Self {
        let own = db.clone();
        let common: Check = Arc::new(move |conn, now| {
            let db = own.clone();
            Box::pin(async move { db.disagreements(conn, now).await })
        });
        // A copy moves its position first, and nothing else is locked with the feed's row.
        let locked = [&["upstream"], locked, &["feed"]].concat();
        let tables = [TABLES, tables].concat();
        let checks = vec![common, of_all(check.clone())];
        let (db, typed, in_part) = (db.clone(), &[][..], check);
        Self { db, by, typed, checks, tables, locked, in_part, by_snapshot: false, accepts: None }
    }

    /// A service's own tables, in the order in which its commands lock them. Each command that
    /// changes what a row follows from writes that row as well, if it is there.
    pub fn of_parts(db: &Db, by: Actor, typed: &'static [&'static str], check: PartCheck) -> Self {
        let check = in_order(typed, check);
        let checks = vec![of_all(check.clone())];
        let (db, tables, in_part) = (db.clone(), typed.to_vec(), check);
        let locked = tables.clone();
        Self { db, by, typed, checks, tables, locked, in_part, by_snapshot: true, accepts: None }
    }

    /// Adds what runs last if values are accepted as they are.
    #[must_use]
    pub fn accepting(self, accepts: Accepts) -> Self {
        Self { accepts: Some(accepts), ..self }
    }

    /// Registers the tables under this name, to be compared all the time.
    pub fn kept(self, name: &'static str) -> KeptCopy {
        let (reads, mends, feed) = (self.clone(), self.clone(), self.db.name());
        let read = move || -> Work<Held> { Box::pin(reads.clone().read()) };
        let repair = move |asked| -> Work<Repaired> { Box::pin(mends.clone().mend(asked)) };
        let kept = KeptCopy::new(name, feed, Place::Derived, read, repair).looked_after();
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

    /// While there are values of a wrong type, nothing else can be compared.
    async fn found(&self, conn: &mut Conn, now: Micros) -> Result<Vec<Disagreement>> {
        let mut found = self.db.misfiled(conn, self.typed).await?;
        if found.is_empty() {
            for check in &self.checks {
                found.extend(check(&mut *conn, now).await?);
            }
        }
        Ok(found)
    }

    async fn compared(&self) -> Result<Vec<Disagreement>> {
        let now = self.db.now().await?;
        let mut read = self.db.read().await?;
        let found = self.found(read.conn(), now).await?;
        read.end().await?;
        Ok(found)
    }

    /// Puts back what rows themselves say, mends what follows from other rows, and takes as it is
    /// what nobody can restore, if that is wanted.
    async fn mend(self, asked: RepairRequest) -> Result<Repaired> {
        let RepairRequest { accept, progress } = &asked;
        let mut mended = self.db.put_back_misfiled(&self.by, self.typed, progress).await?;
        let (followed, mut left) = self.mend_found(&asked).await?;
        mended += followed;
        if let Some(accepts) = self.accepts.as_ref().filter(|_| *accept && !left.is_empty()) {
            mended += accepts(progress.clone()).await?;
            left = self.compared().await?;
        }
        let mut named = CountedNames::default();
        for left in &left {
            named.add_many(&format!("{}: {}", left.table, left.what), left.rows);
        }
        let text = match (mended, left.is_empty()) {
            (0, true) => "nothing of it is wrong".to_owned(),
            _ => format!("{mended} rows are set to what follows from the records"),
        };
        Ok(Repaired { mended, left: named, text, remaining: None })
    }

    /// Compares everything while others write. They wait only if something is wrong that can be
    /// mended, while it is compared again: part by part where the tables have parts.
    async fn mend_found(&self, asked: &RepairRequest) -> Result<MendedAndLeft> {
        let (found, accept) = (self.compared().await?, asked.accept);
        if found.iter().all(|one| !one.is_mendable(accept)) {
            return Ok((0, found));
        }
        let Some(parts) = self.parts(&found, accept) else { return self.mend_whole(accept).await };
        let (mut mended, mut left) = (0, Vec::new());
        let rows_of = |name: &str| -> i64 {
            let of_part = found.iter().filter(|one| one.part == *name && one.is_mendable(accept));
            of_part.map(|one| one.rows).sum()
        };
        asked.progress.found(parts.keys().map(|name| rows_of(name)).sum());
        for (name, part) in &parts {
            let lacks_row = found.iter().any(|one| one.lacks_row && one.part == *name);
            let locks = !self.by_snapshot || lacks_row;
            let of_it = self.mend_part((name, part), locks, accept).await?;
            mended += of_it.0;
            asked.progress.mended(of_it.0);
            asked.progress.left(rows_of(name) - of_it.0);
            left.extend(of_it.1);
        }
        left.extend(found.into_iter().filter(|one| !parts.contains_key(&one.part)));
        Ok((mended, left))
    }

    /// The parts in which something can be mended, and how each is compared; `None` if something
    /// that is wrong belongs to no part.
    fn parts(&self, found: &[Disagreement], accept: bool) -> Option<BTreeMap<String, Check>> {
        let of = |one: &Disagreement| -> (String, Check) {
            let (check, name) = (self.in_part.clone(), one.part.clone());
            (one.part.clone(), Arc::new(move |conn, now| check(conn, now, name.clone())))
        };
        let is_of_parts = found.iter().all(|one| !one.part.is_empty());
        let mendable = found.iter().filter(|one| one.is_mendable(accept));
        is_of_parts.then(|| mendable.map(of).collect())
    }

    /// Mends a part in a transaction of its own, again if somebody has written the same rows
    /// meanwhile, or has left something else. The tables are locked if that `must` be: a row that
    /// is not there conflicts with nobody.
    async fn mend_part(
        &self,
        (name, part): (&str, &Check),
        must: bool,
        accept: bool,
    ) -> Result<MendedAndLeft> {
        let (checks, mut conflicts, mut mended) = (std::slice::from_ref(part), 0, 0);
        for _ in 0..ROUNDS {
            let locks = must || conflicts >= TRIES;
            let outcome = match mend_in(self.begin(locks).await?, checks, accept).await {
                Err(error) if !locks && error.reason() == Reason::WriteConflict => {
                    tracing::info!(part = name, "somebody writes what is mended; once more");
                    conflicts += 1;
                    continue;
                }
                tried => tried?,
            };
            mended += outcome.0;
            if locks || outcome.0 == 0 {
                return Ok((mended, outcome.1));
            }
        }
        let (now, mut read) = (self.db.now().await?, self.db.read().await?);
        let left = part(read.conn(), now).await?;
        read.end().await?;
        Ok((mended, left))
    }

    /// Mends everything in one transaction, in which values of a wrong type are accepted first:
    /// what follows from other rows is set right before anybody sees them.
    async fn mend_whole(&self, accept: bool) -> Result<MendedAndLeft> {
        let (mut tx, mut taken) = (self.begin(true).await?, 0);
        if accept {
            taken += tx.accept_misfiled(self.typed).await?;
        }
        let mut misfiled = self.db.misfiled(tx.conn(), self.typed).await?;
        if accept && !misfiled.is_empty() {
            // These rows were hidden by another value of the same key.
            taken += tx.mend(&misfiled, accept).await?;
            misfiled = self.db.misfiled(tx.conn(), self.typed).await?;
        }
        if !misfiled.is_empty() {
            tx.commit().await?;
            return Ok((taken, misfiled));
        }
        let (mended, left) = mend_in(tx, &self.checks, accept).await?;
        Ok((taken + mended, left))
    }

    /// A transaction in which nothing that is compared changes, be it by locks or by a snapshot.
    async fn begin(&self, locks: bool) -> Result<Tx> {
        if !locks {
            return self.db.begin_snapshot(&self.by).await;
        }
        let mut tx = self.db.begin(&self.by).await?;
        tx.lock_tables(&self.locked).await?;
        Ok(tx)
    }
}

/// The same check, whose answers are in the order of these tables: mended in another order than
/// commands lock them, rows of two tables would stand in each other's way.
fn in_order(tables: &'static [&'static str], check: PartCheck) -> PartCheck {
    let place = |one: &Disagreement| tables.iter().position(|table| *table == one.table);
    Arc::new(move |conn, now, part| {
        let found = check(conn, now, part);
        Box::pin(async move {
            let mut found = found.await?;
            found.sort_by_key(place);
            Ok(found)
        })
    })
}

/// A check of all parts.
fn of_all(check: PartCheck) -> Check {
    Arc::new(move |conn, now| check(conn, now, String::new()))
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
                let mut found = CountedNames::default();
                found.add_many(&one.what, one.rows);
                let finding = Finding { code: Code::Differs, kind: table.to_owned(), found };
                findings.push((mends, finding));
            }
        }
    }
    findings.into_iter().map(|(_, finding)| finding).collect()
}
