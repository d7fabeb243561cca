//! Compares the feed's head, floor and drawn numbers with the revisions and changes that exist.

use mpp_core::Result;
use sqlx::{Row as _, any::AnyRow};

use super::{Disagreement, Statement};
use crate::{
    Conn, db_error,
    dialect::{Counter, Dialect},
    feed,
};

/// The feed's numbers, and the rows that they should match.
struct There {
    floor: i64,
    compacted: i64,
    head: i64,
    /// The last revision up to the floor that has a row.
    floor_row: i64,
    /// The last revision above the floor whose changes are not all there; 0 if there is none.
    broken: i64,
    /// Changes that belong to no revision.
    untold: i64,
    /// Revisions above the floor.
    revisions: i64,
}

pub(super) async fn disagreements(
    conn: &mut Conn,
    dialect: &Dialect,
    service: &str,
) -> Result<Vec<Disagreement>> {
    let mut found = Vec::new();
    for counter in dialect.counters {
        found.extend(count(conn, counter).await?);
    }
    let there = there(conn).await?;
    // Gaps are looked for above the floor, so the floor has to be right first.
    match floor(&there) {
        Some(wrong) => found.push(wrong),
        None => found.extend(gap(conn, &there, service).await?),
    }
    Ok(found)
}

async fn count(conn: &mut Conn, counter: &Counter) -> Result<Option<Disagreement>> {
    let Some(row) = sqlx::raw_sql(counter.read).fetch_optional(conn).await.map_err(db_error)?
    else {
        return Ok(None);
    };
    let number = |at: usize| row.try_get::<i64, _>(at).map_err(db_error);
    let (says, given) = (number(0)?, number(1)?);
    let ahead = says.saturating_sub(given);
    let wrong = ahead < 0 || counter.most_ahead.is_some_and(|most| ahead > most);
    let what = format!(
        "{} is {says}, and {given} is the last that was given out: {}",
        counter.name, counter.harm
    );
    Ok(wrong.then(|| Disagreement::new(counter.table, what, Statement::new(counter.mend))))
}

/// Indexes: revision's primary key, revision_tx, (tx, seq) of change.
async fn there(conn: &mut Conn) -> Result<There> {
    let row = sqlx::query(
        "select f.floor, f.compacted,
                (select coalesce(max(rev), 0) from revision) as head,
                (select coalesce(max(rev), 0) from revision where rev <= f.floor) as floor_row,
                (select coalesce(max(r.rev), 0) from revision r where r.rev > f.floor
                 and not exists (select 1 from change c where c.tx = r.tx and c.seq = r.last_seq))
                as broken,
                (select count(*) from change c
                 where c.tx <= (select coalesce(max(tx), 0) from revision)
                 and not exists (select 1 from revision r where r.tx = c.tx)) as untold,
                (select count(*) from revision where rev > f.floor) as revisions
         from feed f",
    )
    .persistent(false)
    .fetch_one(conn)
    .await
    .map_err(db_error)?;
    read(&row).map_err(db_error)
}

fn read(row: &AnyRow) -> sqlx::Result<There> {
    Ok(There {
        floor: row.try_get("floor")?,
        compacted: row.try_get("compacted")?,
        head: row.try_get("head")?,
        floor_row: row.try_get("floor_row")?,
        broken: row.try_get("broken")?,
        untold: row.try_get("untold")?,
        revisions: row.try_get("revisions")?,
    })
}

/// The floor has to be a revision that exists, and nothing above it may have been compacted.
fn floor(there: &There) -> Option<Disagreement> {
    let There { floor, compacted, head, floor_row, .. } = *there;
    let set = |to: i64| {
        let text = "update feed set floor = $1, compacted = case when compacted < 0 then 0
                    when compacted > $1 then $1 else compacted end";
        Statement::new(text).number(to)
    };
    let (what, to) = if floor > head || floor < 0 {
        let to = if compacted <= head { compacted.max(0) } else { floor_row };
        let text = format!(
            "the floor {floor} is not between 0 and the head {head}: every position is refused"
        );
        (text, if floor < 0 { to } else { to.min(head) })
    } else if floor_row != floor {
        (format!("the floor {floor} is no revision; the last before it is {floor_row}"), floor_row)
    } else if compacted > floor || compacted < 0 {
        let text = format!(
            "compacted {compacted} is not between 0 and the floor {floor}: positions would be \
             taken whose changes may be gone"
        );
        (text, if compacted > head || compacted < 0 { floor } else { compacted })
    } else {
        return None;
    };
    Some(Disagreement::new("feed", what, set(to)))
}

/// Above the floor the feed has everything. If something is gone, the floor is raised above it, so
/// that followers below start again from the state. Raising it gives up what lies below, so records
/// are repaired from the feed first.
async fn gap(conn: &mut Conn, there: &There, service: &str) -> Result<Option<Disagreement>> {
    let Some((table, what, to)) = gone(there) else { return Ok(None) };
    if !feed::are_sound(conn).await? {
        let way_out = format!(
            "`mpp repair {service} records` first, as long as the feed still has them, and then \
             `mpp repair {service} bookkeeping`"
        );
        return Ok(Some(Disagreement::for_a_person(table, what, &way_out)));
    }
    let raise = Statement::new("update feed set floor = $1").number(to);
    Ok(Some(Disagreement::new(table, what, raise)))
}

/// The table, what is gone from it, and where the floor belongs. Somebody who writes records by
/// hand leaves changes without a revision, too, which the records' proofs show; only where
/// revisions are gone are numbers missing as well. Such changes stay: they may be all that is left
/// of a record.
fn gone(there: &There) -> Option<(&'static str, String, i64)> {
    let There { floor, head, broken, untold, revisions, .. } = *there;
    let has_gaps = revisions < head - floor;
    if untold > 0 && has_gaps {
        let what =
            format!("rows are gone: {untold} changes are of none, and no follower hears them");
        return Some(("revision", what, head));
    }
    let what = format!("changes up to revision {broken} are gone, and the floor lies below it");
    (broken > 0).then_some(("change", what, broken))
}
