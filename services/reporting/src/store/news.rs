//! What a replica reads: what changed since it last looked, and where the feeds stand.

use std::collections::BTreeMap;

use mpp_core::Result;
use mpp_store::{Db, Position, db_error};
use sqlx::{Row as _, any::AnyRow};

use super::{actor, get};
use crate::model::{FeedState, Key, State, Upstream};

/// Notes that a feed was heard of, or lost. Index: feed_state's primary key.
///
/// # Errors
/// `UNAVAILABLE` where the database is away.
pub async fn note_feed(db: &Db, feed: Upstream, connected: bool) -> Result<()> {
    let mut tx = db.begin(&actor()).await?;
    let seen = connected.then(|| tx.now());
    sqlx::query(
        "insert into feed_state (feed, revision, commit_time, seen, connected, caught_up)
         values ($1, 0, null, $2, $3, 0)
         on conflict (feed) do update set
         seen = coalesce(excluded.seen, feed_state.seen), connected = excluded.connected",
    )
    .bind(feed.as_str())
    .bind(seen)
    .bind(i64::from(connected))
    .execute(tx.conn())
    .await
    .map_err(db_error)?;
    tx.commit().await.map(drop)
}

/// The records that a feed's inbox holds as living, by kind and name, with their versions: what a
/// feed that starts again must name, or they have vanished. Index: inbox_record.
///
/// # Errors
/// `UNAVAILABLE` where the database is away.
pub async fn living(db: &Db, feed: Upstream) -> Result<BTreeMap<(String, String), i64>> {
    let mut read = db.read().await?;
    let rows = sqlx::query(
        "select i.kind, i.name, i.version from inbox i
         join (select kind, name, max(seq) as seq from inbox where feed = $1 group by kind, name) l
         on l.seq = i.seq where i.op = 'put'",
    )
    .bind(feed.as_str())
    .fetch_all(read.conn())
    .await
    .map_err(db_error)?;
    rows.iter()
        .map(|row| Ok(((get(row, "kind")?, get(row, "name")?), get(row, "version")?)))
        .collect()
}

/// Where a feed stands.
///
/// # Errors
/// `UNAVAILABLE` where the database is away.
pub async fn position(db: &Db, feed: Upstream) -> Result<Option<Position>> {
    db.read().await?.position(feed.as_str()).await
}

/// What changed since `seq`: rows, feeds and the inbox's number, of one snapshot.
#[derive(Debug, Default)]
pub struct News {
    /// The inbox's last number.
    pub seq: i64,
    /// Rows that changed, with the inbox's number then.
    pub rows: Vec<(Key, Option<String>, i64)>,
    /// Where each feed stands.
    pub feeds: [FeedState; 2],
}

/// Reads what changed since `seq`. Indexes: projection_seq; feed_state is two rows.
///
/// # Errors
/// `UNAVAILABLE` where the database is away.
pub async fn news(db: &Db, since: i64) -> Result<News> {
    let mut read = db.read().await?;
    let seq = sqlx::query("select seq from inbox_head where one = 1")
        .fetch_one(read.conn())
        .await
        .and_then(|row| row.try_get(0))
        .map_err(db_error)?;
    let mut news = News { seq, ..News::default() };
    let feeds = sqlx::query("select * from feed_state").fetch_all(read.conn()).await;
    for row in &feeds.map_err(db_error)? {
        let feed = Upstream::parse(&get::<String>(row, "feed")?)?;
        news.feeds[feed as usize] = feed_state(row)?;
    }
    if seq > since {
        let text = "select name, key, value, seq from projection where seq > $1
                    and name not in ('service', 'visit')";
        let rows = sqlx::query(text).bind(since).fetch_all(read.conn()).await.map_err(db_error)?;
        for row in &rows {
            let key = (get(row, "name")?, get(row, "key")?);
            news.rows.push((key, get(row, "value")?, get(row, "seq")?));
        }
    }
    Ok(news)
}

fn feed_state(row: &AnyRow) -> Result<FeedState> {
    Ok(FeedState {
        revision: get(row, "revision")?,
        commit_time: get(row, "commit_time")?,
        seen: get(row, "seen")?,
        connected: get::<i64>(row, "connected")? == 1,
        caught_up: get::<i64>(row, "caught_up")? == 1,
    })
}

impl News {
    /// Takes it over.
    ///
    /// # Errors
    /// Internal, where a row is not what this version writes.
    pub fn apply(&self, state: &mut State) -> Result<()> {
        for (key, value, seq) in &self.rows {
            state.accept(key, value.as_deref(), *seq)?;
        }
        state.seq = self.seq;
        state.feeds = self.feeds;
        Ok(())
    }
}
