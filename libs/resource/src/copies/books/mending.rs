//! One round of a repair: what is wrong is mended in the order of the checks, and compared again.

use std::{collections::HashSet, sync::Arc};

use futures::future::BoxFuture;
use mpp_core::{Micros, Result};
use mpp_store::{Conn, Disagreement, Tx};

/// Compares a service's own tables with what they follow from, at a given time, and answers what
/// is wrong.
pub type Check = Arc<
    dyn for<'a> Fn(&'a mut Conn, Micros) -> BoxFuture<'a, Result<Vec<Disagreement>>> + Send + Sync,
>;

/// How often everything is compared again, at most: what one repair sets right may show that
/// something else is wrong.
pub(super) const ROUNDS: usize = 8;
/// How many rows were mended, and the disagreements that are left.
pub(super) type MendedAndLeft = (i64, Vec<Disagreement>);

/// Compares and mends, and commits.
pub(super) async fn mend_in(mut tx: Tx, checks: &[Check], accept: bool) -> Result<MendedAndLeft> {
    let (mended, left) = mend_in_order(&mut tx, checks, accept).await?;
    tx.commit().await?;
    // Each is logged as soon as it is committed: whatever fails later does not take it back.
    for mended in &mended {
        tracing::warn!(table = mended.table, was = mended.what, "a table is mended");
    }
    Ok((mended.iter().map(|one| one.rows).sum(), left))
}

/// Compares and mends, check by check: each sees what those before it have set right. Answers what
/// was mended and what is left.
async fn mend_in_order(
    tx: &mut Tx,
    checks: &[Check],
    accept: bool,
) -> Result<(Vec<Disagreement>, Vec<Disagreement>)> {
    let (mut mended, mut left) = (Mended { accept, ..Mended::default() }, Vec::new());
    for round in 0..=ROUNDS {
        left.clear();
        let before = mended.all.len();
        for check in checks {
            left.extend(mended.by(tx, check, round < ROUNDS).await?);
        }
        if mended.all.len() == before {
            break;
        }
    }
    let still: HashSet<_> = left.iter().map(|one| (one.table, one.what.as_str())).collect();
    mended.all.retain(|one| !still.contains(&(one.table, one.what.as_str())));
    Ok((mended.all, left))
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
    /// Runs a check and, if it `mends`, mends each disagreement that it finds, once. Answers those
    /// that are left.
    async fn by(&mut self, tx: &mut Tx, check: &Check, mends: bool) -> Result<Vec<Disagreement>> {
        let now = tx.now();
        let found = check(tx.conn(), now).await?;
        let (to_mend, left): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|one| mends && self.is_new(one));
        tx.mend(&to_mend, self.accept).await?;
        self.known.extend(to_mend.iter().map(|one| (one.table, one.what.clone())));
        self.all.extend(to_mend);
        Ok(left)
    }

    fn is_new(&self, one: &Disagreement) -> bool {
        one.is_mendable(self.accept) && !self.known.contains(&(one.table, one.what.clone()))
    }
}
