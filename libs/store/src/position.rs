//! How far the feeds of other services have been applied here.

use mpp_api::Position;
use mpp_core::{Digest, KindSum, Result};
use sqlx::{AssertSqlSafe, Row as _};

use crate::{Conn, Tx, db_error, feed::revision_of, placeholders};

impl Tx {
    /// Saves how far `feed` has been applied, if it stood at `from` until now; false if it stands
    /// elsewhere, and then nothing is saved. Index: upstream's primary key.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn move_position(
        &mut self,
        feed: &str,
        from: Option<&Position>,
        to: &Position,
    ) -> Result<bool> {
        let Some(from) = from else {
            return self.first_position(feed, to).await;
        };
        let done = sqlx::query(
            "update upstream set token = $2, revision = $3 where feed = $1 and token = $4",
        )
        .bind(feed)
        .bind(&to.token[..])
        .bind(to.revision)
        .bind(&from.token[..])
        .execute(self.conn())
        .await
        .map_err(db_error)?;
        Ok(done.rows_affected() == 1)
    }

    /// If two start anew at once, the second waits for the first and finds the position there.
    async fn first_position(&mut self, feed: &str, to: &Position) -> Result<bool> {
        let done = sqlx::query(
            "insert into upstream (feed, token, revision) values ($1, $2, $3)
             on conflict (feed) do nothing",
        )
        .bind(feed)
        .bind(&to.token[..])
        .bind(to.revision)
        .execute(self.conn())
        .await
        .map_err(db_error)?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets how far `feed` has been applied, so that its follower starts again with the whole
    /// state. Index: upstream's primary key.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn forget_position(&mut self, feed: &str) -> Result<()> {
        let query = sqlx::query("delete from upstream where feed = $1").bind(feed);
        query.execute(self.conn()).await.map(drop).map_err(db_error)
    }

    /// How far `feed` has been applied; locked, so that one replica applies at a time.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn position(&mut self, feed: &str) -> Result<Option<Position>> {
        let lock = self.db.0.dialect.for_update;
        select(self.conn(), feed, lock).await
    }
}

impl Tx {
    /// Saves the digest of what the copy of `feed` holds at its position. Most batches change one
    /// kind: the rows of the others stay as they are. Index: upstream_digest's primary key.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn save_digest(&mut self, feed: &str, digest: &Digest) -> Result<()> {
        self.forget_other_kinds(feed, digest).await?;
        let kinds: Vec<(&str, KindSum)> = digest.kinds().collect();
        if kinds.is_empty() {
            return Ok(());
        }
        let text = format!(
            "insert into upstream_digest (feed, kind, count, first, second) values {}
             on conflict (feed, kind) do update
             set count = excluded.count, first = excluded.first, second = excluded.second
             where upstream_digest.count <> excluded.count
             or upstream_digest.first <> excluded.first
             or upstream_digest.second <> excluded.second",
            placeholders(1, kinds.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for (kind, sum) in kinds {
            let sums = sum.sums.map(u64::cast_signed);
            query = query.bind(feed).bind(kind).bind(sum.count).bind(sums[0]).bind(sums[1]);
        }
        query.execute(self.conn()).await.map(drop).map_err(db_error)
    }

    async fn forget_other_kinds(&mut self, feed: &str, digest: &Digest) -> Result<()> {
        let kinds: Vec<&str> = digest.kinds().map(|(kind, _)| kind).collect();
        let but_these = match kinds.len() {
            0 => String::new(),
            many => format!(" and kind not in {}", placeholders(2, 1, many)),
        };
        let text = format!("delete from upstream_digest where feed = $1{but_these}");
        let mut query = sqlx::query(AssertSqlSafe(text)).bind(feed);
        for kind in kinds {
            query = query.bind(kind);
        }
        query.execute(self.conn()).await.map(drop).map_err(db_error)
    }

    /// The digest of the copy of `feed`, as it was saved.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn digest(&mut self, feed: &str) -> Result<Digest> {
        digest(self.conn(), feed).await
    }
}

/// Index: upstream_digest's primary key.
pub(crate) async fn digest(conn: &mut Conn, feed: &str) -> Result<Digest> {
    let rows =
        sqlx::query("select kind, count, first, second from upstream_digest where feed = $1")
            .bind(feed)
            .fetch_all(conn)
            .await
            .map_err(db_error)?;
    let mut digest = Digest::default();
    for row in &rows {
        let number = |column| row.try_get::<i64, _>(column).map_err(db_error);
        let sums = [number("first")?.cast_unsigned(), number("second")?.cast_unsigned()];
        let kind: String = row.try_get("kind").map_err(db_error)?;
        digest.add_sum(&kind, KindSum { count: number("count")?, sums });
    }
    Ok(digest)
}

/// The token itself says which revision it belongs to: the column beside it is for people who look,
/// and for tokens of a newer form. Index: upstream's primary key.
pub(crate) async fn select(
    conn: &mut Conn,
    feed: &str,
    lock: &'static str,
) -> Result<Option<Position>> {
    let text = format!("select token, revision from upstream where feed = $1{lock}");
    let row =
        sqlx::query(AssertSqlSafe(text)).bind(feed).fetch_optional(conn).await.map_err(db_error)?;
    let Some(row) = row else { return Ok(None) };
    let token: Vec<u8> = row.try_get("token").map_err(db_error)?;
    let revision = match revision_of(&token) {
        Some(revision) => revision,
        None => row.try_get("revision").map_err(db_error)?,
    };
    Ok(Some(Position { token: token.into(), revision }))
}
