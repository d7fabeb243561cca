//! Compares each source's state (its accounting, checkpoint and the right of its session to write)
//! with the batches that were answered, and the records that are kept of it with the hashes that
//! they were written with.
//!
//! The number of rows that a client could not read is not compared: only the client knows it.

use std::collections::{BTreeMap, BTreeSet};

use mpp_core::{Micros, Result};
use mpp_store::{Conn, Disagreement, FAR_AHEAD, Statement, db_error};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::{
    answered::{self, AlteredBatch, Numbered},
    rejected,
    seal::{self, Sealed, of_source, sums},
    waiting,
};

/// The tables that are checked.
pub const TABLES: &[&str] = &[TABLE, "sync_batch", "sync_rejected", "sync_waiting"];
/// The table to lock: every write to the others begins with the source's row of this one.
pub const LOCKED: &[&str] = &[TABLE];
const TABLE: &str = "sync_lease";

/// The outcomes that a source counts, each for all sessions and for the last one.
const COUNTS: [&str; 4] = ["applied", "unchanged", "rejected", "quarantined"];

/// Everything that is wrong at a service, as `conn` shows it; only with the source `part`, unless
/// that is empty.
/// Batches are kept for good, so that all else follows from them. Indexes: sync_batch_sequence,
/// sync_batch's and sync_lease's primary keys.
///
/// # Errors
/// `UNAVAILABLE` where the database is away.
pub async fn disagreements(
    conn: &mut Conn,
    now: Micros,
    (service, part): (&str, &str),
) -> Result<Vec<Disagreement>> {
    let mut follows = places(conn, now, part).await?;
    for scope in ["source", "session"] {
        follows.extend(counts(conn, scope, part).await?);
    }
    follows.extend(redriven(conn, part).await?);
    let mut found = batches(conn, (service, part), &follows).await?;
    // A source with altered batches is left alone: its state follows from them as answered.
    let unsure: BTreeSet<String> = found.iter().map(|one| one.part.clone()).collect();
    found.extend(follows.into_iter().filter(|one| !unsure.contains(&one.part)));
    found.extend(records(conn, part).await?);
    Ok(found)
}

/// Batches that were altered, or are gone. Their answers are stored nowhere else. `follows` are the
/// disagreements of the state that follows from them.
async fn batches(
    conn: &mut Conn,
    (service, part): (&str, &str),
    follows: &[Disagreement],
) -> Result<Vec<Disagreement>> {
    let mut found = Vec::new();
    for one in answered::altered(&mut *conn, part).await? {
        let AlteredBatch { source, session, nonce, sequence, seal } = one;
        let text = "update sync_batch set proof = $4
                    where source = $1 and session = $2 and nonce = $3";
        let keep = Statement::new(text).text(&source).text(&session).number(nonce).number(seal);
        let what = format!("{source}: batch {sequence} is not as it was answered");
        let way_out = "restore a backup; or take it as it is with --accept-altered: counts and place \
                       of the source are then set to it, and the source sends everything again";
        let altered = Disagreement::for_a_person("sync_batch", what, way_out);
        found.push(altered.once_accepted(keep).of_part(source));
    }
    for (source, says, there) in sums(&mut *conn, part, Sealed::Batches).await? {
        if says == there || found.iter().any(|one| one.part == source) {
            continue;
        }
        let all = answered::numbered(&mut *conn, &source).await?;
        found.push(match all.are_whole() && follows.iter().all(|one| one.part != source) {
            true => summed_anew(source, there),
            false => gone((service, source), &all, there),
        });
    }
    Ok(found)
}

/// All batches are there and as they were answered, so it is the sum that was altered.
fn summed_anew(source: String, sum: i64) -> Disagreement {
    let what = format!("{source}: all its batches are there, and its own row has another sum");
    let mend = Statement::new("update sync_lease set batch_sum = $2 where source = $1");
    Disagreement::new(TABLE, what, mend.text(&source).number(sum)).of_part(source)
}

fn gone((service, source): (&str, String), all: &Numbered, sum: i64) -> Disagreement {
    let Numbered { batches, last, .. } = all;
    let what = format!(
        "{source}: its batches do not add up: its own row says {last}, {batches} are there; some are \
         gone, or that row was altered, and nothing else says which"
    );
    let way_out = format!(
        "restore a backup; or go on with what is there, `mpp repair {service} bookkeeping \
         --accept-altered`: counts and place of the source are then set to it, and the source sends \
         everything again, of which nothing is lost or counted twice"
    );
    let gone = Disagreement::for_a_person("sync_batch", what, &way_out);
    gone.once_accepted(all_again(&source, Sealed::Batches, sum)).of_part(source)
}

/// Asks the source for every record in its next session, as after a change of its mapping. A
/// session that is under way ends: it was told otherwise, and at its end records that it has not
/// sent again would count as gone.
fn all_again(source: &str, sealed: Sealed, sum: i64) -> Statement {
    let column = sealed.sum();
    let text = format!("update sync_lease set {column} = $2, {ASKED_AGAIN} where source = $1");
    Statement::new(text).text(source).number(sum)
}

const ASKED_AGAIN: &str = "until = 0, sealed_locks = sealed_locks + 1,
    mapped_after = (select case when coalesce(max(b.sequence), 0) > sync_lease.sequence
                    then max(b.sequence) else sync_lease.sequence end
                    from sync_batch b where b.source = $1)";

/// The same for a source for which an older program has written: its sums say nothing until they
/// are made anew, so nothing else would notice that an altered row was dropped.
fn all_again_beside_older(source: &str, sealed: Sealed) -> Disagreement {
    let what = format!("{source}: a row about its records was altered; its next session sends all");
    let text = format!("update sync_lease set {ASKED_AGAIN} where source = $1");
    let mend = Statement::new(text).text(source);
    Disagreement::new(sealed.table(), what, mend).of_part(source.to_owned())
}

/// Records that wait or stand rejected, and were altered or deleted. The source has them, and is
/// asked for them again.
async fn records(conn: &mut Conn, part: &str) -> Result<Vec<Disagreement>> {
    let mut found = Vec::new();
    let unsealed = seal::unsealed(&mut *conn, part).await?;
    let mut again = BTreeMap::new();
    for (source, name) in waiting::altered(&mut *conn, part).await? {
        let gone = Statement::new("delete from sync_waiting where source = $1 and name = $2");
        let what = format!("{source}: {name}, which waits, is not as it was sent");
        let gone = gone.text(&source).text(&name);
        again.insert(source.clone(), Sealed::Waiting);
        found.push(Disagreement::new("sync_waiting", what, gone).of_part(source));
    }
    for [source, id, name] in rejected::altered(&mut *conn, part).await? {
        let gone =
            Statement::new("delete from sync_rejected where source = $1 and id = $2 and name = $3");
        let what = format!("{source}: the note of a rejected record ({id}) was altered");
        let gone = gone.text(&source).text(&id).text(&name);
        again.insert(source.clone(), Sealed::Rejected);
        found.push(Disagreement::new("sync_rejected", what, gone).of_part(source));
    }
    again.retain(|source, _| unsealed.contains(source));
    found.extend(again.iter().map(|(source, sealed)| all_again_beside_older(source, *sealed)));
    for (sealed, text) in [
        (
            Sealed::Waiting,
            "records that wait do not add up: some are gone, or its own row was altered",
        ),
        (
            Sealed::Rejected,
            "notes of rejected records do not add up: some are gone, or its own row was altered",
        ),
    ] {
        for (source, says, there) in sums(&mut *conn, part, sealed).await? {
            if says != there {
                let what = format!("{source}: {text}; its next session sends everything again");
                let mend = all_again(&source, sealed, there);
                found.push(Disagreement::new(sealed.table(), what, mend).of_part(source));
            }
        }
    }
    Ok(found)
}

/// The counts of redriven records have to be the sums over the batches that brought them.
async fn redriven(conn: &mut Conn, part: &str) -> Result<Vec<Disagreement>> {
    let text = "select l.source, l.source_redriven as taken, l.source_redrive_rejected as refused,
                (select cast(coalesce(sum(b.redriven), 0) as bigint) from sync_batch b
                 where b.source = l.source) as sum_taken,
                (select cast(coalesce(sum(b.redrive_rejected), 0) as bigint) from sync_batch b
                 where b.source = l.source) as sum_refused";
    let rows = leases(conn, text, part).await?;
    let wrong = |row: &AnyRow| -> sqlx::Result<Option<Disagreement>> {
        let number = |column: &str| row.try_get::<i64, _>(column);
        let (taken, refused) = (number("taken")?, number("refused")?);
        let (sum_taken, sum_refused) = (number("sum_taken")?, number("sum_refused")?);
        let source: String = row.try_get("source")?;
        let what = format!(
            "{source}: of what waited {taken} are said to be taken and {refused} rejected, and its \
             batches have {sum_taken} and {sum_refused}"
        );
        let text = "update sync_lease set source_redriven = $2, source_redrive_rejected = $3
                    where source = $1";
        let mend = Statement::new(text).text(&source).number(sum_taken).number(sum_refused);
        let differs = (taken, refused) != (sum_taken, sum_refused);
        Ok(differs.then(|| Disagreement::new(TABLE, what, mend).of_part(source)))
    };
    let all = rows.iter().map(|row| wrong(row).map_err(db_error)).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().flatten().collect())
}

/// Selects from the own row `l` of each source, or of the source `part`.
async fn leases(conn: &mut Conn, select: &str, part: &str) -> Result<Vec<AnyRow>> {
    let text = format!("{select} from sync_lease l where {}", of_source("l.source", part));
    let query = sqlx::query(AssertSqlSafe(text)).bind(part).persistent(false);
    query.fetch_all(conn).await.map_err(db_error)
}

/// Each source's last batch, its mark and fencing token have to be those of its batches; a lease
/// may not last so long that no other session can ever begin.
async fn places(conn: &mut Conn, now: Micros, part: &str) -> Result<Vec<Disagreement>> {
    let text = "select l.source, l.sequence, l.mark, l.fencing, l.until, l.heard, l.mapped_after,
                (select coalesce(max(b.sequence), 0) from sync_batch b where b.source = l.source)
                as last,
                (select coalesce(max(b.fencing), 0) from sync_batch b where b.source = l.source)
                as fenced,
                coalesce((select b.mark from sync_batch b where b.source = l.source
                 and b.current = 1 order by b.sequence desc limit 1), 0) as marked";
    let rows = leases(conn, text, part).await?;
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
        let wrong = Disagreement::new(TABLE, format!("{source}: {what}"), mend);
        found.push(wrong.of_part(source.clone()));
    };
    let (fencing, fenced) = (number("fencing")?, number("fenced")?);
    if fencing < fenced {
        let what = format!("its fencing token {fencing} is older than a batch's, {fenced}");
        wrong(what, "update sync_lease set fencing = $2 where source = $1", fenced);
    }
    if until > now.saturating_add(FAR_AHEAD) {
        let what = "its lease ends in more than a day, and no other session can begin".to_owned();
        let text = "update sync_lease set until = $2, sealed_locks = sealed_locks + 1
                    where source = $1";
        wrong(what, text, 0);
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

/// Sets the source's sequence to that of its last batch, and position and mark to those of the last
/// batch that it has not gone back behind; empty if it went back to the start.
const AT_BATCH: &str = "update sync_lease set sequence = $2,
    position = coalesce((select b.position from sync_batch b where b.source = $1
                         and b.current = 1 order by b.sequence desc limit 1), ''),
    mark = coalesce((select b.mark from sync_batch b where b.source = $1
                     and b.current = 1 order by b.sequence desc limit 1), 0)
    where source = $1";

/// received = applied + unchanged + rejected + quarantined, and each is the sum of the batches that
/// count.
async fn counts(conn: &mut Conn, scope: &str, part: &str) -> Result<Vec<Disagreement>> {
    // A session counts all records that it has sent; a source counts those sent again once.
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
    let rows = leases(conn, &format!("select l.source, {}", sums.join(", ")), part).await?;
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
    Ok((!wrong.is_empty()).then(|| Disagreement::new(TABLE, what, statement).of_part(source)))
}
