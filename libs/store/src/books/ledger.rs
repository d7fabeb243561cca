//! The ledger of migrations, by which a program decides whether it may start on a database: the
//! service that owns it, and the steps that have run.

use std::collections::BTreeMap;

use mpp_core::{Micros, Result};
use sqlx::Row as _;

use super::{Disagreement, Statement};
use crate::{Conn, Migration, db_error, owner, schema::STORE};

/// Compares the ledger with this program's steps, which it held when the database was opened.
pub(super) async fn disagreements(
    conn: &mut Conn,
    (service, steps): (&'static str, &[Migration]),
    now: Micros,
) -> Result<Vec<Disagreement>> {
    let lines = lines(conn).await?;
    let tracks = [("store", STORE), (service, steps)];
    let run = tracks
        .into_iter()
        .flat_map(|(track, steps)| steps.iter().map(move |step| (track, step.version, step.name)));
    let all = [(owner::TRACK, 0, service)].into_iter().chain(run);
    Ok(all.filter_map(|line| wrong(line, &lines, now)).collect())
}

async fn lines(conn: &mut Conn) -> Result<BTreeMap<(String, i64), String>> {
    let rows = sqlx::query("select track, version, name from migration")
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    let line = |row: &sqlx::any::AnyRow| -> sqlx::Result<_> {
        let key = (row.try_get("track")?, row.try_get("version")?);
        Ok((key, row.try_get("name")?))
    };
    rows.iter().map(|row| line(row).map_err(db_error)).collect()
}

fn wrong(
    (track, version, name): (&'static str, i64, &'static str),
    lines: &BTreeMap<(String, i64), String>,
    now: Micros,
) -> Option<Disagreement> {
    let line = lines.get(&(track.to_owned(), version));
    let what = match line {
        None => {
            format!("the line of {track} {version} '{name}' is gone: the next start is refused")
        }
        Some(other) if track == owner::TRACK && other != name => {
            format!("the owner is {other}, and not {name}: the next start is refused")
        }
        Some(_) => return None,
    };
    let text = "insert into migration (track, version, name, run_at, run_by)
                values ($1, $2, $3, $4, 'repair') on conflict (track, version)
                do update set name = excluded.name";
    let mend = Statement::new(text).text(track).number(version).text(name).number(now);
    Some(Disagreement::new("migration", what, mend))
}
