//! Compares the small tables beside the inbox (its head, and its position in each feed) with the
//! inbox, and finds numbers of the inbox whose events are gone.

use mpp_core::{Micros, Result};
use mpp_store::{Actor, Conn, Db, Disagreement, FAR_AHEAD, Progress, Statement, db_error};
use sqlx::any::AnyRow;

use super::{get, proof::head_proof};
use crate::model::Upstream;

/// The tables that are checked.
pub const TABLES: &[&str] = &["inbox_head", "feed_state", "inbox"];

/// Most gaps that are named; the events of all of them are counted.
const NAMED: i64 = 1_000;
/// Numbers that one transaction closes.
const PORTION: i64 = 10_000;

/// Everything that is wrong with these tables, as `conn` shows them.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn disagreements(conn: &mut Conn, now: Micros) -> Result<Vec<Disagreement>> {
    let mut found = head(conn).await?;
    found.extend(feeds(conn, now).await?);
    found.extend(lost_events(conn).await?);
    Ok(found)
}

/// The last number in the inbox, and the head's; `is_given_out` if the head's proof shows that the
/// program wrote it.
struct Ends {
    last: i64,
    head: Option<i64>,
    is_given_out: bool,
}

impl Ends {
    /// The last number whose event is gone from the inbox's end.
    fn gone(&self) -> Option<i64> {
        self.head.filter(|head| self.is_given_out && *head > self.last)
    }
}

/// Index: inbox's primary key.
async fn ends(conn: &mut Conn) -> Result<Ends> {
    let text = "select (select coalesce(max(seq), 0) from inbox) as last,
                (select max(seq) from inbox_head) as head,
                (select max(proof) from inbox_head) as proof";
    let row = sqlx::query(text).fetch_one(conn).await.map_err(db_error)?;
    let (head, proof): (Option<i64>, Option<i64>) = (get(&row, "head")?, get(&row, "proof")?);
    let is_given_out = head.is_some() && head.map(head_proof) == proof;
    Ok(Ends { last: get(&row, "last")?, head, is_given_out })
}

/// The head has to be the inbox's last number: with a lower one nothing can be appended any more.
async fn head(conn: &mut Conn) -> Result<Vec<Disagreement>> {
    let ends = ends(conn).await?;
    let last = ends.last;
    let what = match ends.head {
        Some(head) if head == last || ends.gone().is_some() => return Ok(Vec::new()),
        Some(head) => format!("it says {head}, and the inbox ends at {last}"),
        None => format!("it has no row, and the inbox ends at {last}"),
    };
    let text = "insert into inbox_head (one, seq, proof) values (1, $1, $2)
                on conflict (one) do update set seq = excluded.seq, proof = excluded.proof";
    let mend = Statement::new(text).number(last).number(head_proof(last));
    Ok(vec![Disagreement::new("inbox_head", what, mend)])
}

/// Index: none, feed_state has two rows.
async fn feeds(conn: &mut Conn, now: Micros) -> Result<Vec<Disagreement>> {
    let rows = sqlx::query(
        "select s.feed, s.revision, s.caught_up, s.seen, s.commit_time, u.revision as stands
         from feed_state s left join upstream u on u.feed = s.feed",
    )
    .fetch_all(conn)
    .await
    .map_err(db_error)?;
    let all = rows.iter().map(|row| feed(row, now)).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().flatten().collect())
}

fn feed(row: &AnyRow, now: Micros) -> Result<Option<Disagreement>> {
    let feed: String = get(row, "feed")?;
    if Upstream::parse(&feed).is_err() {
        let what = format!("{feed} is no feed that is followed: no report can be read");
        let mend = Statement::new("delete from feed_state where feed = $1").text(&feed);
        return Ok(Some(Disagreement::new("feed_state", what, mend)));
    }
    let (says, caught_up): (i64, i64) = (get(row, "revision")?, get(row, "caught_up")?);
    let stands: Option<i64> = get(row, "stands")?;
    let times: [Option<Micros>; 2] = [get(row, "seen")?, get(row, "commit_time")?];
    let to_come = times.into_iter().flatten().any(|at| at > now.saturating_add(FAR_AHEAD));
    let elsewhere = stands.filter(|stands| caught_up == 1 && *stands != says);
    let what = match elsewhere {
        Some(stands) => format!("{feed} is said to be at {says}, and its copy stands at {stands}"),
        None if to_come => format!("{feed} was heard of, or changed, in time to come"),
        None => return Ok(None),
    };
    let text = "update feed_state set revision = $2,
                seen = case when seen > $3 then null else seen end,
                commit_time = case when commit_time > $3 then null else commit_time end
                where feed = $1";
    let mend = Statement::new(text).text(&feed).number(stands.unwrap_or(says)).number(now);
    Ok(Some(Disagreement::new("feed_state", what, mend)))
}

/// Events have every number up to the last that was given out: one that is missing was deleted in
/// the database. The feed can send a record's last state again, but nobody has an earlier one. The
/// first are named; the last of them stands for all others. Index: inbox's primary key.
///
/// # Errors
/// The same as [`disagreements`].
pub async fn lost_events(conn: &mut Conn) -> Result<Vec<Disagreement>> {
    let ends = ends(&mut *conn).await?;
    let tail = ends.gone().map(|head| (ends.last + 1, head));
    let within = missing(&mut *conn, ends.last).await?;
    if within == 0 {
        return Ok(tail.into_iter().map(lost).collect());
    }
    let text = "select b.seq + 1 as first, (select min(n.seq) from inbox n where n.seq > b.seq) - 1
                as last from (select seq from inbox union all select 0) b
                where b.seq < $2 and not exists (select 1 from inbox n where n.seq = b.seq + 1)
                order by b.seq limit $1";
    let rows = sqlx::query(text).bind(NAMED).bind(ends.last).fetch_all(conn).await;
    let gap = |row: &AnyRow| -> Result<_> { Ok((get(row, "first")?, get(row, "last")?)) };
    let gaps: Vec<(i64, i64)> = rows.map_err(db_error)?.iter().map(gap).collect::<Result<_>>()?;
    let named: i64 = gaps.iter().map(|(first, last)| last - first + 1).sum();
    let mut found: Vec<Disagreement> = gaps.into_iter().map(lost).collect();
    if let Some(last) = found.pop() {
        let rows = last.rows + within - named;
        found.push(last.of_rows(rows));
    }
    found.extend(tail.map(lost));
    Ok(found)
}

/// Events that are gone.
fn lost((first, last): (i64, i64)) -> Disagreement {
    let numbers = if first == last { first.to_string() } else { format!("{first} to {last}") };
    let what = format!("{numbers}: events are gone, which nobody sends again");
    let way_out = "restore a backup, or `mpp repair reporting bookkeeping --accept-altered` and then \
                   `mpp repair reporting projections`, which are made anew without them";
    Disagreement::for_a_person("inbox", what, way_out).of_rows(last - first + 1)
}

/// Accepts that events are gone: puts events of no kind in their place, which say nothing and
/// complete the numbers. Some numbers at a time, so that what comes in need not wait; what was done
/// stays if the rest fails, and is counted in `progress`. Answers how many. Index: inbox's primary
/// key.
///
/// # Errors
/// The same as [`disagreements`].
pub async fn close_gaps(db: &Db, by: &Actor, progress: &Progress) -> Result<i64> {
    let (mut closed, mut from, mut read) = (0, 1, db.read().await?);
    let all = ends(read.conn()).await?;
    progress.found(missing(read.conn(), all.gone().unwrap_or(all.last)).await?);
    read.end().await?;
    loop {
        let mut tx = db.begin(by).await?;
        let ends = ends(tx.conn()).await?;
        let end = ends.gone().unwrap_or(ends.last);
        let Some(first) = first_gap(tx.conn(), from, end).await? else {
            tx.rollback().await?;
            return Ok(closed);
        };
        let last = end.min(first + PORTION - 1);
        let count = fill(tx.conn(), first, last).await?;
        tx.commit().await?;
        progress.mended(count);
        tracing::warn!(first, last, count, "events that are gone are done without");
        (closed, from) = (closed + count, last + 1);
    }
}

/// How many of the numbers up to this one have no event. Scans the primary key.
async fn missing(conn: &mut Conn, last: i64) -> Result<i64> {
    let text = "select count(*) as many from inbox";
    let row = sqlx::query(text).fetch_one(conn).await.map_err(db_error)?;
    Ok(last - get::<i64>(&row, "many")?)
}

/// The first number from one to another whose event is gone.
async fn first_gap(conn: &mut Conn, from: i64, end: i64) -> Result<Option<i64>> {
    let text = "select b.seq + 1 as first from
                (select seq from inbox where seq >= $1 union all select cast($1 as bigint) - 1) b
                where b.seq < $2 and not exists (select 1 from inbox n where n.seq = b.seq + 1)
                order by b.seq limit 1";
    let row = sqlx::query(text).bind(from).bind(end).fetch_optional(conn).await;
    row.map_err(db_error)?.map(|row| get(&row, "first")).transpose()
}

async fn fill(conn: &mut Conn, first: i64, last: i64) -> Result<i64> {
    let text = "insert into inbox (seq, feed, revision, sub, kind, name, version, op, doc, labels,
                actor, at, proof)
                with recursive n (seq) as (select cast($1 as bigint)
                                           union all select seq + 1 from n where seq < $2)
                select seq, 'registry', 0, seq, '', '', 0, 'deleted', null, '{}',
                'services/reporting', 0, null from n
                where not exists (select 1 from inbox i where i.seq = n.seq)";
    let done = sqlx::query(text).bind(first).bind(last).execute(conn).await.map_err(db_error)?;
    Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
}
