//! Where each source stands, beside the batches that were answered: what the accounting, a
//! session's right to write and a source's checkpoint follow from.

use mpp_core::{Micros, Result};
use mpp_store::{Conn, Disagreement, FAR_AHEAD, Statement, db_error};
use sqlx::{Row as _, any::AnyRow};

/// The tables.
pub const TABLES: &[&str] = &[TABLE];
const TABLE: &str = "sync_lease";

/// What a source's counts are of, each for all sessions and for the last one.
const COUNTS: [&str; 4] = ["applied", "unchanged", "rejected", "quarantined"];

/// All of it, as `conn` shows it. Batches are kept for good, so that all follows from them.
/// Indexes: sync_batch_sequence, sync_batch's and sync_lease's primary keys.
///
/// # Errors
/// `UNAVAILABLE` where the database is away.
pub async fn disagreements(conn: &mut Conn, now: Micros) -> Result<Vec<Disagreement>> {
    let mut found = places(conn, now).await?;
    for scope in ["source", "session"] {
        found.extend(counts(conn, scope).await?);
    }
    Ok(found)
}

/// The last batch, its mark and the fencing token; and a lease that nobody can outlast.
async fn places(conn: &mut Conn, now: Micros) -> Result<Vec<Disagreement>> {
    let text = "select l.source, l.sequence, l.mark, l.fencing, l.until, l.heard, l.mapped_after,
                (select coalesce(max(b.sequence), 0) from sync_batch b where b.source = l.source)
                as last,
                (select coalesce(max(b.fencing), 0) from sync_batch b where b.source = l.source)
                as fenced,
                coalesce((select b.mark from sync_batch b where b.source = l.source
                 and b.current = 1 order by b.sequence desc limit 1), 0) as marked
                from sync_lease l";
    let rows = sqlx::query(text).persistent(false).fetch_all(conn).await.map_err(db_error)?;
    let mut found = Vec::new();
    for row in &rows {
        found.extend(place(row, now).map_err(db_error)?);
    }
    Ok(found)
}

fn place(row: &AnyRow, now: Micros) -> sqlx::Result<Vec<Disagreement>> {
    let number = |column: &str| row.try_get::<i64, _>(column);
    let source: String = row.try_get("source")?;
    let (says, last, until) = (number("sequence")?, number("last")?, number("until")?);
    let mut found = Vec::new();
    let mut wrong = |what: String, text: &str, to: i64| {
        let mend = Statement::new(text).text(&source).number(to);
        found.push(Disagreement::new(TABLE, format!("{source}: {what}"), mend));
    };
    let (fencing, fenced) = (number("fencing")?, number("fenced")?);
    if fencing < fenced {
        let what = format!("its fencing token {fencing} is older than a batch's, {fenced}");
        wrong(what, "update sync_lease set fencing = $2 where source = $1", fenced);
    }
    if until > now.saturating_add(FAR_AHEAD) {
        let what = "its lease ends in more than a day, and no other session can begin".to_owned();
        wrong(what, "update sync_lease set until = $2 where source = $1", 0);
    }
    let (mark, marked) = (number("mark")?, number("marked")?);
    if says != last {
        let what = format!("its last sequence is said to be {says}, and its last batch has {last}");
        wrong(what, AT_BATCH, last);
    } else if marked != mark {
        let what = "its mark is not that of the last batch that it builds on".to_owned();
        wrong(what, AT_BATCH, says);
    }
    for column in ["heard", "mapped_after"] {
        let at = number(column)?;
        if at > last {
            let text = format!("update sync_lease set {column} = $2 where source = $1");
            wrong(format!("{column} {at} lies beyond its last sequence"), &text, last);
        }
    }
    Ok(found)
}

/// Where the source stands after that batch: it keeps the number, and builds on the last batch that
/// it has not gone back behind. Whoever went back to the start builds on none.
const AT_BATCH: &str = "update sync_lease set sequence = $2,
    position = coalesce((select b.position from sync_batch b where b.source = $1
                         and b.current = 1 order by b.sequence desc limit 1), ''),
    mark = coalesce((select b.mark from sync_batch b where b.source = $1
                     and b.current = 1 order by b.sequence desc limit 1), 0)
    where source = $1";

/// received = applied + unchanged + rejected + quarantined, and each is the sum of the batches that
/// count.
async fn counts(conn: &mut Conn, scope: &str) -> Result<Vec<Disagreement>> {
    // A session counts all that it has sent; of a source, what was sent again counts once.
    let which = match scope {
        "session" => "b.session = l.counted_session",
        _ => "b.counted = 1",
    };
    let sums: Vec<String> = ["received"]
        .iter()
        .chain(&COUNTS)
        .map(|count| {
            format!(
                "l.{scope}_{count} as says_{count},
                 (select cast(coalesce(sum(b.{count}), 0) as bigint) from sync_batch b
                  where b.source = l.source and {which}) as sum_{count}"
            )
        })
        .collect();
    let text = format!("select l.source, {} from sync_lease l", sums.join(", "));
    let query = sqlx::query(sqlx::AssertSqlSafe(text)).persistent(false);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    let mut found = Vec::new();
    for row in &rows {
        found.extend(count(row, scope).map_err(db_error)?);
    }
    Ok(found)
}

fn count(row: &AnyRow, scope: &str) -> sqlx::Result<Option<Disagreement>> {
    let source: String = row.try_get("source")?;
    let mut statement = Statement::new(format!(
        "update sync_lease set {scope}_received = $2, {scope}_applied = $3, {scope}_unchanged = $4,
         {scope}_rejected = $5, {scope}_quarantined = $6 where source = $1"
    ));
    statement = statement.text(&source);
    let mut wrong = Vec::new();
    for count in ["received"].iter().chain(&COUNTS) {
        let says: i64 = row.try_get(format!("says_{count}").as_str())?;
        let sum: i64 = row.try_get(format!("sum_{count}").as_str())?;
        statement = statement.number(sum);
        if says != sum {
            wrong.push(format!("{count} is {says}, its batches have {sum}"));
        }
    }
    let what = format!("{source}: of its {scope}, {}", wrong.join("; "));
    Ok((!wrong.is_empty()).then(|| Disagreement::new(TABLE, what, statement)))
}
