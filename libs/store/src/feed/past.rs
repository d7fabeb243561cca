//! The records of a service at earlier revisions: the present ones, without the changes since. So a
//! copy that lags can be compared with exactly the state that it should have.

use mpp_core::{Digest, Result};
use sqlx::{Row as _, any::AnyRow};

use crate::{Read, db_error};

/// Changes in one page.
const PAGE: i64 = 5_000;

/// The step of the store's migrations since which a change names the version that it replaced.
const DIGESTS: i64 = 4;

/// The digests at `revisions`. Left out are those below the feed's floor, those from before
/// changes named the version that they replaced, and those above the head. `now` is the digest of
/// the snapshot.
pub(super) async fn digests(
    snapshot: &mut Read,
    now: &Digest,
    revisions: &[i64],
) -> Result<Vec<(i64, Digest)>> {
    let floor = snapshot.floor().max(first_known(snapshot).await?);
    let head = snapshot.revision();
    let mut wanted: Vec<i64> =
        revisions.iter().copied().filter(|at| (floor..=head).contains(at)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut later = Later { digest: now.clone(), before: (i64::MAX, i64::MAX) };
    let mut found = Vec::new();
    for at in wanted.into_iter().rev() {
        later.take_away_down_to(snapshot, at).await?;
        found.push((at, later.digest.clone()));
    }
    Ok(found)
}

/// The last revision from before changes named the version that they replaced. Indexes: migration's
/// primary key, revision_at.
async fn first_known(snapshot: &mut Read) -> Result<i64> {
    let row = sqlx::query(
        "select coalesce(max(rev), 0) from revision where at < (select run_at from migration
         where track = 'store' and version = $1)",
    )
    .bind(DIGESTS)
    .fetch_one(snapshot.conn())
    .await
    .map_err(db_error)?;
    row.try_get(0).map_err(db_error)
}

/// The digest that is left when the changes before a place are taken away.
struct Later {
    digest: Digest,
    /// Revision and number within it.
    before: (i64, i64),
}

impl Later {
    /// Takes away the changes above a revision, the newest first. Indexes: revision's primary key,
    /// (tx, seq) of change.
    async fn take_away_down_to(&mut self, snapshot: &mut Read, at: i64) -> Result<()> {
        loop {
            let rows = sqlx::query(
                "select r.rev, c.seq, c.kind, c.name, c.version, c.version_before, c.deleted
                 from revision r join change c on c.tx = r.tx
                 where r.rev > $1 and r.rev <= $2 and (r.rev < $2 or c.seq < $3)
                 order by r.rev desc, c.seq desc limit $4",
            )
            .bind(at)
            .bind(self.before.0)
            .bind(self.before.1)
            .bind(PAGE)
            .fetch_all(snapshot.conn())
            .await
            .map_err(db_error)?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                self.take_away(row).map_err(db_error)?;
            }
        }
    }

    fn take_away(&mut self, row: &AnyRow) -> sqlx::Result<()> {
        let (kind, name): (String, String) = (row.try_get("kind")?, row.try_get("name")?);
        let before = Some(row.try_get("version_before")?).filter(|version: &i64| *version > 0);
        let is_gone = row.try_get::<i64, _>("deleted")? != 0;
        let now = Some(row.try_get("version")?).filter(|_| !is_gone);
        self.digest.change(&kind, &name, now, before);
        self.before = (row.try_get("rev")?, row.try_get("seq")?);
        Ok(())
    }
}
