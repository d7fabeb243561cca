//! Changed rows and the standing of the feeds, for a replica's memory.

use mpp_core::Result;
use mpp_store::{Db, db_error};
use sqlx::{Row as _, any::AnyRow};

use super::get;
use crate::model::{FeedState, News, Upstream};

/// Reads the changes since `seq` from one snapshot, without the tables that memories do not hold.
/// Indexes: projection_seq; feed_state is two rows.
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
