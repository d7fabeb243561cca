//! Changed rows and the standing of the feeds, for a replica's memory.

use mpp_core::Result;
use mpp_store::{Db, db_error};
use sqlx::any::AnyRow;

use super::get;
use crate::model::{FeedState, InboxPlace, NOT_IN_MEMORY, News, Upstream};

/// The inbox's last number, as it is in the database.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn inbox_head(db: &Db) -> Result<i64> {
    let mut read = db.read().await?;
    let row = sqlx::query("select seq from inbox_head where one = 1").fetch_one(read.conn()).await;
    get(&row.map_err(db_error)?, "seq")
}

/// The form of the projections' rows; 0 if it was never noted.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn form(db: &Db) -> Result<i64> {
    let mut read = db.read().await?;
    let text = "select coalesce(max(form), 0) as form from inbox_head";
    let row = sqlx::query(text).fetch_one(read.conn()).await.map_err(db_error)?;
    get(&row, "form")
}

/// Reads the changes since a place of the inbox from one snapshot, without the tables that memories
/// do not hold; everything, if there is no such place, or it has another mark. Indexes: inbox's
/// primary key, projection_seq; feed_state is two rows.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn news(db: &Db, since: Option<InboxPlace>) -> Result<News> {
    let mut read = db.read().await?;
    let row = sqlx::query(
        "select h.seq, coalesce(i.mark, 0) as mark,
                (select mark from inbox where seq = $1) as there
         from inbox_head h left join inbox i on i.seq = h.seq where h.one = 1",
    )
    .bind(since.map_or(0, |since| since.seq))
    .fetch_one(read.conn())
    .await
    .map_err(db_error)?;
    let place = InboxPlace { seq: get(&row, "seq")?, mark: get(&row, "mark")? };
    let there: Option<i64> = get(&row, "there")?;
    let since = since.filter(|since| since.is_known_by(there));
    let mut news = News { place, anew: since.is_none(), ..News::default() };
    let feeds = sqlx::query("select * from feed_state").fetch_all(read.conn()).await;
    for row in &feeds.map_err(db_error)? {
        let feed = Upstream::parse(&get::<String>(row, "feed")?)?;
        news.feeds[feed as usize] = feed_state(row)?;
    }
    let since = since.map_or(-1, |since| since.seq);
    if place.seq > since {
        let text = "select name, key, value, seq from projection where seq > $1
                    and name not in ($2, $3)";
        let [one, other] = NOT_IN_MEMORY;
        let query = sqlx::query(text).bind(since).bind(one).bind(other);
        let rows = query.fetch_all(read.conn()).await.map_err(db_error)?;
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
        beats: get(row, "beats")?,
    })
}
