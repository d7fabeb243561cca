//! How far a database's feed reaches.

use mpp_core::Result;
use sqlx::Row as _;

use crate::{Conn, db_error, mark::Marked};

/// The feed's bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub floor: i64,
    pub head: Marked,
    /// The mark of the revision that was asked about.
    pub there: Option<i64>,
}

impl Bounds {
    /// Reads the bounds over this connection.
    pub async fn select(conn: &mut Conn) -> Result<Self> {
        Self::about(conn, Marked::START.revision).await
    }

    /// Reads them over this connection, with the mark of one revision. Indexes: feed's only row,
    /// revision's primary key.
    pub async fn about(conn: &mut Conn, revision: i64) -> Result<Self> {
        let row = sqlx::query(
            "select cast(floor as bigint) as floor, coalesce(last.rev, 0) as head,
                    cast(coalesce(last.mark, 0) as bigint) as mark,
                    (select cast(mark as bigint) from revision where rev = $1) as there
             from feed left join (select rev, mark from revision order by rev desc limit 1) last
             on 1 = 1",
        )
        .bind(revision)
        .fetch_one(conn)
        .await
        .map_err(db_error)?;
        let read = || -> sqlx::Result<Self> {
            let head = Marked { revision: row.try_get("head")?, mark: row.try_get("mark")? };
            let floor = row.try_get("floor")?;
            // An earlier program deletes the floor's row.
            let head =
                if head.revision < floor { Marked { revision: floor, mark: 0 } } else { head };
            Ok(Self { floor, head, there: row.try_get("there")? })
        };
        read().map_err(db_error)
    }

    /// Whether a follower at `at`, the revision that was asked about, can go on.
    ///
    /// # Errors
    /// The same as [`Marked::check`].
    pub fn check(&self, at: Marked) -> Result<()> {
        at.check(self.floor, self.there)
    }
}
