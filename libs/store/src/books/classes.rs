//! Values of another type than their column's. SQLite keeps any value in any column, and every read
//! of such a row fails, so that a comparison could not see the others.

use mpp_core::Result;
use sqlx::{AssertSqlSafe, Row as _};

use super::{Disagreement, Statement};
use crate::{Conn, db_error, dialect::Engine};

/// Rows of a column that are named.
const NAMED: i64 = 20;

/// A column of a table.
struct Column {
    name: String,
    /// The class of its values, as SQLite names it; `None` where any will do.
    class: Option<&'static str>,
    is_key: bool,
}

/// Every value of a wrong type in these tables. Scans them.
pub(super) async fn disagreements(
    conn: &mut Conn,
    tables: &[&'static str],
) -> Result<Vec<Disagreement>> {
    let mut found = Vec::new();
    if conn.dialect().engine == Engine::Postgres {
        return Ok(found);
    }
    for table in tables {
        let columns = columns(conn, table).await?;
        if all_are_well(conn, table, &columns).await? {
            continue;
        }
        for column in &columns {
            found.extend(of_column(conn, table, &columns, column).await?);
        }
    }
    Ok(found)
}

async fn columns(conn: &mut Conn, table: &str) -> Result<Vec<Column>> {
    let text = "select name, type, pk from pragma_table_info($1)";
    let rows = sqlx::query(text).bind(table).fetch_all(conn).await.map_err(db_error)?;
    let column = |row: &sqlx::any::AnyRow| -> sqlx::Result<_> {
        let declared: String = row.try_get("type")?;
        let class = match declared.to_lowercase().as_str() {
            "bigint" | "integer" => Some("integer"),
            "text" => Some("text"),
            "blob" | "bytea" => Some("blob"),
            _ => None,
        };
        let is_key = row.try_get::<i64, _>("pk")? > 0;
        Ok(Column { name: row.try_get("name")?, class, is_key })
    };
    rows.iter().map(|row| column(row).map_err(db_error)).collect()
}

async fn all_are_well(conn: &mut Conn, table: &str, columns: &[Column]) -> Result<bool> {
    let wrong = |column: &Column| {
        let class = column.class?;
        Some(format!("typeof({}) not in ('{class}', 'null')", column.name))
    };
    let wrong: Vec<String> = columns.iter().filter_map(wrong).collect();
    if wrong.is_empty() {
        return Ok(true);
    }
    let text = format!("select 1 as one from {table} where {} limit 1", wrong.join(" or "));
    let row = sqlx::query(AssertSqlSafe(text)).fetch_optional(conn).await.map_err(db_error)?;
    Ok(row.is_none())
}

async fn of_column(
    conn: &mut Conn,
    table: &'static str,
    columns: &[Column],
    column: &Column,
) -> Result<Vec<Disagreement>> {
    let Column { name, class: Some(class), .. } = column else { return Ok(Vec::new()) };
    let keys = columns.iter().filter(|column| column.is_key);
    let keys: Vec<_> = keys.map(|key| format!("coalesce(quote({}), '')", key.name)).collect();
    // Not every table has a rowid beside its key.
    let key = if keys.is_empty() { "quote(rowid)".into() } else { keys.join(" || ' ' || ") };
    // Text may be of any bytes.
    let text = format!(
        "select cast({key} as blob) as key, typeof({name}) as class,
         case when '{class}' = 'text' then cast({name} as blob) end as bytes
         from {table} where typeof({name}) not in ('{class}', 'null') limit $1"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(NAMED);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    let wrong = |row: &sqlx::any::AnyRow| -> sqlx::Result<_> {
        let key_bytes: Vec<u8> = row.try_get("key")?;
        let (is, shown): (String, _) = (row.try_get("class")?, String::from_utf8_lossy(&key_bytes));
        let bytes: Option<Vec<u8>> = row.try_get("bytes")?;
        let what = format!("the row {shown}: its {name} is stored as {is}, and not as {class}");
        let is_whole = *class == "blob" && is == "text"
            || bytes.is_some_and(|bytes| String::from_utf8(bytes).is_ok());
        let cast = format!("update or ignore {table} set {name} = cast({name} as {class})");
        let cast = Statement::new(format!("{cast} where {key} = $1")).text(&shown);
        Ok(if is_whole { Disagreement::new(table, what, cast) } else { unsure(table, &what, cast) })
    };
    rows.iter().map(|row| wrong(row).map_err(db_error)).collect()
}

/// A value that cannot be restored from the row.
fn unsure(table: &'static str, what: &str, cast: Statement) -> Disagreement {
    let way_out = "restore a backup, or take it for what it begins with (0, or no text, where that is \
                   nothing) with --accept-altered; what follows from other rows is then set right";
    let what = format!("{what}; nothing of it says what stood there, and nothing else is compared");
    Disagreement::for_a_person(table, what, way_out).once_accepted(cast)
}
