//! SQLite: the file is opened only for reading. Each value there has a type of its own, whatever
//! its column's is, and is told by that type.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
    time::Duration,
};

use futures::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, Column as _, Executor as _, Row as _, SqlSafeStr as _, SqliteConnection,
    Statement as _, TypeInfo as _, ValueRef as _,
    sqlite::{SqliteConnectOptions, SqliteRow},
};

use super::{
    amiss::StatementPlace,
    ask::Ask,
    limit::{Dialect, limited, names},
    told::{Out, Told, number, reach, row, text, too_large, within},
};
use crate::{policy::Policy, source::fault::Fault};

/// Tells the rows, and how many there are.
///
/// # Errors
/// The file cannot be read, the statement is refused, or it breaks off.
pub async fn read(
    (path, immutable): (&Path, bool),
    ask: &Ask,
    at: &StatementPlace,
    policy: &Policy,
    out: &Out,
) -> Result<(), Fault> {
    let limit = Duration::from_secs(policy.statement_timeout_seconds);
    let options = options((path, immutable), policy.page_timeout());
    let options = options.map_err(|error| at.no_file(&error.to_string()))?;
    if immutable {
        is_settled(path, at)?;
    }
    let mut conn =
        reach(at, policy, async || sqlx::ConnectOptions::connect(&options).await).await?;
    let fault = |error: sqlx::Error| at.fault(&error);
    conn.execute("BEGIN").await.map_err(fault)?;
    let statement = ask.statement('"');
    // First of all: a statement that is not a single reading query cannot be counted.
    let counting = AssertSqlSafe(Ask::counting(&statement));
    let counting = sqlx::query(counting).fetch_one(&mut conn);
    let count: i64 = within(limit, at, counting).await?.map_err(fault)?.get(0);
    if !ask.is_whole
        && let Some(why) = limited_view(&mut conn, &statement).await.map_err(fault)?
        && !out.tell(Told::Part(why)).await
    {
        return Ok(());
    }
    let columns = columns(&mut conn, &statement).await.map_err(fault)?;
    if !out.tell(Told::Columns(columns.clone())).await {
        return Ok(());
    }
    let mut rows = sqlx::query(AssertSqlSafe(statement)).fetch(&mut conn);
    loop {
        let next = within(limit, at, rows.try_next()).await?;
        let Some(found) = next.map_err(|error| at.breaks_off(&error))? else { break };
        let mut left = policy.max_row_bytes;
        if !out.tell(row(&columns, |at| value(&found, at, &mut left))).await {
            return Ok(());
        }
    }
    out.tell(Told::Whole(u64::try_from(count).unwrap_or_default())).await;
    Ok(())
}

/// From here on not every whole number is one that SQLite keeps where it makes it REAL.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// How the file is opened: only for reading, by its absolute path, since SQLite takes `:memory:`
/// and an empty name for a new database, and waits for ever at a pipe.
///
/// # Errors
/// There is nothing of that name, or it is no file.
pub fn options(
    (path, immutable): (&Path, bool),
    patience: Duration,
) -> io::Result<SqliteConnectOptions> {
    let none = |why: String| io::Error::other(format!("there is no database file ({why})"));
    let file = path.canonicalize().map_err(|error| none(error.to_string()))?;
    if !fs::metadata(&file)?.is_file() {
        return Err(none("but a folder, a pipe or a device".to_owned()));
    }
    Ok(SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .immutable(immutable)
        .pragma("query_only", "on")
        .busy_timeout(patience)
        // A row may have any size, so only one is held at a time.
        .row_buffer_size(1))
}

/// Checks that no log lies beside the file: it would hold the newest changes, or those to undo
/// after a change that was not ended, and without a lock SQLite reads neither.
fn is_settled(path: &Path, at: &StatementPlace) -> Result<(), Fault> {
    for end in ["-wal", "-journal"] {
        let mut log = path.canonicalize().map_or_else(|_| path.into(), OsString::from);
        log.push(end);
        if begins(Path::new(&log)).map_err(|error| at.no_file(&error.to_string()))? {
            return Err(at.unsettled(end));
        }
    }
    Ok(())
}

/// True for a log that holds changes; a finished one is gone, empty or begins with 0.
fn begins(log: &Path) -> io::Result<bool> {
    if !log.is_file() {
        return Ok(false);
    }
    let mut first = Vec::new();
    File::open(log)?.take(1).read_to_end(&mut first)?;
    Ok(first.first().is_some_and(|byte| *byte != 0))
}

/// Why a view that the statement names, directly or through others, may yield only a part.
async fn limited_view(
    conn: &mut SqliteConnection,
    statement: &str,
) -> sqlx::Result<Option<String>> {
    let views = "SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name";
    let mut views: Vec<(String, String)> = sqlx::query_as(views).fetch_all(conn).await?;
    let mut texts = vec![statement.to_owned()];
    while let Some(text) = texts.pop() {
        let named = |view: &mut (String, String)| names(&text, &view.0);
        for (name, definition) in views.extract_if(.., named).collect::<Vec<_>>() {
            if let Some(why) = limited(&name, &definition, Dialect::Standard) {
                return Ok(Some(why));
            }
            texts.push(definition);
        }
    }
    Ok(None)
}

async fn columns(conn: &mut SqliteConnection, statement: &str) -> sqlx::Result<Vec<String>> {
    let prepared = conn.prepare(AssertSqlSafe(statement.to_owned()).into_sql_str()).await?;
    Ok(prepared.columns().iter().map(|column| column.name().to_owned()).collect())
}

fn value(row: &SqliteRow, at: usize, left: &mut usize) -> Result<String, String> {
    let failed = |error: sqlx::Error| error.to_string();
    let raw = row.try_get_raw(at).map_err(failed)?;
    if raw.is_null() {
        return Ok("null".to_owned());
    }
    match raw.type_info().name() {
        "INTEGER" => row.try_get_unchecked::<i64, _>(at).map(|value| number(&value.to_string())),
        "REAL" => {
            let value = row.try_get_unchecked::<f64, _>(at).map_err(failed)?;
            if value.fract() == 0.0 && value.abs() >= EXACT {
                return Err(format!(
                    "the number {value} is kept without its last digits; make the column TEXT"
                ));
            }
            Ok(number(&format!("{value:?}")))
        }
        "TEXT" => {
            let found = row.try_get_unchecked::<String, _>(at);
            let found = found.map_err(|_| "its text is no UTF-8".to_owned())?;
            *left = left.checked_sub(found.len()).ok_or_else(|| too_large(found.len()))?;
            Ok(text(&found))
        }
        _ => return Err("it holds bytes (BLOB); leave the column out of the query".to_owned()),
    }
    .map_err(failed)
}
