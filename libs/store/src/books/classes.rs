//! Values of another type than their column's, and texts that are not UTF-8. SQLite keeps any value
//! in any column, and every read of such a row fails, so that a comparison could not see the other
//! rows.

use futures::TryStreamExt as _;
use mpp_core::Result;
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::{
    Disagreement, Statement,
    columns::{Column, Table},
};
use crate::{Conn, db_error, dialect::Engine};

/// Most rows of a column that one check names.
const ROWS: i64 = 2_000;

/// The way out of a value that cannot be restored from the row.
const LOST: &str = "restore a backup, or take it for what it begins with (0, or no text, where that \
                    is nothing) with --accept-altered; what follows from other rows is then set \
                    right";

/// Every value of a wrong type in these tables. Scans them.
pub(super) async fn disagreements(
    conn: &mut Conn,
    tables: &[&'static str],
) -> Result<Vec<Disagreement>> {
    let mut found = Vec::new();
    if conn.dialect().engine == Engine::Postgres {
        return Ok(found);
    }
    for name in tables {
        let table = Table::read(conn, name).await?;
        if !table.all_are_well(conn).await? {
            for column in &table.columns {
                found.extend(misfiled(conn, &table, column).await?);
            }
        }
        for column in table.columns.iter().filter(|column| column.class == Some("text")) {
            found.extend(garbled(conn, &table, column).await?);
        }
    }
    Ok(found)
}

/// Finds the values of a column that are of another type.
async fn misfiled(conn: &mut Conn, table: &Table, column: &Column) -> Result<Vec<Disagreement>> {
    let Some(wrong) = column.is_wrong() else { return Ok(Vec::new()) };
    let (from, name, twin) = (table.name, &column.name, table.twin(column));
    let count = format!("select count(*) as many from {from} where {wrong}");
    let row = sqlx::query(AssertSqlSafe(count)).fetch_one(&mut *conn).await.map_err(db_error)?;
    let many: i64 = row.try_get("many").map_err(db_error)?;
    // Text may be of any bytes.
    let text = format!(
        "select {}, typeof({name}) as class, cast({name} as blob) as bytes, {twin} as has_twin
         from {from} one where {wrong} limit $1",
        table.keys()
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(ROWS);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    let mut found = Vec::new();
    for row in &rows {
        found.push(of_row(table, column, row).map_err(db_error)?);
    }
    Ok(and_more(found, many))
}

/// Lets the last row that is named stand for those that are not.
fn and_more(mut found: Vec<Disagreement>, many: i64) -> Vec<Disagreement> {
    let named = i64::try_from(found.len()).unwrap_or(i64::MAX);
    if let Some(last) = found.pop() {
        let more = (many - named).max(0);
        found.push(last.of_rows(1 + more));
    }
    found
}

fn of_row(table: &Table, column: &Column, row: &AnyRow) -> sqlx::Result<Disagreement> {
    let Column { name, class, .. } = column;
    let (class, is): (&str, String) = (class.unwrap_or_default(), row.try_get("class")?);
    let at = table.at(row)?;
    let what = format!("the row {}: its {name} is stored as {is}, and not as {class}", at.shown);
    if row.try_get::<i64, _>("has_twin")? != 0 {
        return Ok(beside_a_twin(table, &what, at.statement("delete from", "")));
    }
    let cast = at.statement("update or ignore", &format!("set {name} = cast({name} as {class})"));
    let bytes: Vec<u8> = row.try_get("bytes")?;
    let is_whole = match class {
        "blob" => is == "text",
        "text" => String::from_utf8(bytes).is_ok(),
        _ => false,
    };
    Ok(if is_whole {
        Disagreement::new(table.name, what, cast)
    } else {
        unsure(table, &what, cast)
    })
}

/// A value that cannot be restored from the row.
fn unsure(table: &Table, what: &str, cast: Statement) -> Disagreement {
    let what = format!("{what}; nothing of it says what stood there, and nothing else is compared");
    Disagreement::for_a_person(table.name, what, LOST).once_accepted(cast)
}

/// A value that cannot be converted, because another row would have the same key.
fn beside_a_twin(table: &Table, what: &str, gone: Statement) -> Disagreement {
    let what = format!("{what}, and a row with that key, of the right type, stands beside it");
    let way_out = "see which of the two is right; this one, which no program finds, goes with \
                   --accept-altered, after which the other one holds";
    Disagreement::for_a_person(table.name, what, way_out).once_accepted(gone)
}

/// Finds the texts of a column that are not UTF-8, among those that are not plain ASCII.
async fn garbled(conn: &mut Conn, table: &Table, column: &Column) -> Result<Vec<Disagreement>> {
    let name = &column.name;
    let text = format!(
        "select {}, cast({name} as blob) as bytes from {} one where {}",
        table.keys(),
        table.name,
        column.may_be_garbled()
    );
    let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(conn);
    let (mut found, mut many) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        let bytes: Vec<u8> = row.try_get("bytes").map_err(db_error)?;
        let Err(garbled) = String::from_utf8(bytes) else { continue };
        many += 1;
        if many <= ROWS {
            let readable = String::from_utf8_lossy(garbled.as_bytes()).into_owned();
            found.push(of_garbled(table, name, &row, &readable).map_err(db_error)?);
        }
    }
    Ok(and_more(found, many))
}

fn of_garbled(
    table: &Table,
    column: &str,
    row: &AnyRow,
    readable: &str,
) -> sqlx::Result<Disagreement> {
    let at = table.at(row)?;
    let what =
        format!("the row {}: its {column} is no text, but bytes that are not UTF-8", at.shown);
    let set = at.statement("update or ignore", &format!("set {column} = $2")).text(readable);
    Ok(unsure(table, &what, set))
}
