//! MySQL and MariaDB: one read-only transaction with one snapshot, whose rows come one after the
//! other as the server writes them: so impossible dates (`0000-00-00`) come as they are. Neither
//! side holds more than a few rows, unless the table's engine has no snapshots, so that its writers
//! would wait: then the rows lie at the server until they are fetched.
//!
//! **The server ends a statement that takes too long while it counts**, which is the same work;
//! rows are waited for as long as the reader takes, and there only the agent's own patience ends a
//! silence.

use futures::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, Column as _, Executor as _, MySqlConnection, Row as _, SqlSafeStr as _,
    Statement as _, TypeInfo as _,
    mysql::{MySqlColumn, MySqlConnectOptions, MySqlSslMode},
};

use super::{
    access::{Server, Tls},
    amiss::{StatementPlace, is_unknown_setting},
    ask::Ask,
    mysql_ask::{all, execute, is_mariadb},
    mysql_names::{lacks_snapshots, limited_view},
    mysql_value::{ValueForm, forms, quoted, value},
    told::{Out, Told, reach, row, unfit, within},
};
use crate::{policy::Policy, source::fault::Fault};

/// Warnings that the server has cut off a part of a value.
const CUT: [i64; 2] = [1260, 1301];
/// A year: the reader waits for the registry, however long that takes.
const LONG: u32 = 31_536_000;

/// Tells the rows, and how many there are.
///
/// # Errors
/// The database cannot be reached, refuses the statement, or breaks off.
pub async fn read(
    server: &Server,
    ask: &Ask,
    at: &StatementPlace,
    policy: &Policy,
    out: &Out,
) -> Result<(), Fault> {
    let options = options(server);
    let mut conn =
        reach(at, policy, async || sqlx::ConnectOptions::connect(&options).await).await?;
    let fault = |error: sqlx::Error| at.fault(&error);
    let limit = policy.statement_patience();
    within(limit, at, begin(&mut conn, policy)).await?.map_err(|error| at.begins(&error))?;
    let statement = ask.statement('`');
    let columns = within(limit, at, columns(&mut conn, &statement)).await?.map_err(fault)?;
    let names: Vec<String> = columns.iter().map(|column| column.name().to_owned()).collect();
    if !out.tell(Told::Columns(names.clone())).await {
        return Ok(());
    }
    if !ask.is_whole
        && let Some(why) =
            within(limit, at, limited_view(&mut conn, &statement)).await?.map_err(fault)?
        && !out.tell(Told::Part(why)).await
    {
        return Ok(());
    }
    let count = within(limit, at, count(&mut conn, &statement, &columns, at)).await??;
    let forms = within(limit, at, forms(&mut conn, &columns)).await?.map_err(fault)?;
    within(limit, at, before_rows(&mut conn, &statement)).await?.map_err(fault)?;
    if !rows(&mut conn, statement, (&names, &forms), at, policy, out).await? {
        return Ok(());
    }
    let cut = within(limit, at, cut_off(&mut conn)).await?.map_err(fault)?;
    if let Some(why) = cut {
        out.tell(Told::Part(why)).await;
    }
    out.tell(Told::Whole(u64::try_from(count).unwrap_or_default())).await;
    Ok(())
}

/// Tells each row; false if nobody listens any more.
async fn rows(
    conn: &mut MySqlConnection,
    statement: String,
    (names, forms): (&[String], &[ValueForm]),
    at: &StatementPlace,
    policy: &Policy,
    out: &Out,
) -> Result<bool, Fault> {
    let limit = policy.statement_patience();
    let mut rows = sqlx::raw_sql(AssertSqlSafe(statement)).fetch(conn);
    loop {
        let next = within(limit, at, rows.try_next()).await?;
        let Some(found) = next.map_err(|error| at.breaks_off(&error))? else { return Ok(true) };
        let mut left = policy.max_row_bytes;
        if !out.tell(row(names, |at| value(&found, at, forms[at], &mut left))).await {
            return Ok(false);
        }
    }
}

/// How the server is reached. The server's own time zone stays: a query that asks for today means
/// today there.
pub fn options(server: &Server) -> MySqlConnectOptions {
    let mode = match server.tls {
        Tls::Verified => MySqlSslMode::VerifyIdentity,
        Tls::Encrypted => MySqlSslMode::Required,
        Tls::Off => MySqlSslMode::Disabled,
    };
    let mut options = MySqlConnectOptions::new()
        .host(&server.host)
        .port(server.port.unwrap_or(3306))
        .username(&server.user)
        .database(&server.database)
        .ssl_mode(mode)
        .statement_cache_capacity(0)
        .timezone(None)
        .pipes_as_concat(false)
        .no_engine_substitution(false);
    if let Some(socket) = &server.socket {
        options = options.socket(socket);
    }
    if let Some(password) = &server.password {
        options = options.password(password.text());
    }
    match &server.tls_ca {
        Some(file) => options.ssl_ca(file),
        None => options,
    }
}

/// Begins a transaction that only reads, all of it as of one moment. First it undoes settings of an
/// account that cut off rows and texts, and gives a backslash the same meaning in each query as
/// here.
///
/// # Errors
/// The server does not begin one.
pub async fn begin(conn: &mut MySqlConnection, policy: &Policy) -> sqlx::Result<()> {
    let (seconds, longest) = (policy.statement_timeout_seconds, policy.max_row_bytes + 1);
    for statement in [
        "SET SESSION sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')".to_owned(),
        "SET SESSION sql_select_limit = 18446744073709551615".to_owned(),
        format!("SET SESSION group_concat_max_len = {longest}"),
        "SET SESSION max_error_count = 65535".to_owned(),
        format!("SET SESSION lock_wait_timeout = {seconds}"),
        format!("SET SESSION net_write_timeout = {LONG}"),
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ".to_owned(),
        "SET SESSION TRANSACTION READ ONLY".to_owned(),
    ] {
        execute(conn, statement).await?;
    }
    limit_time(conn, seconds).await?;
    execute(conn, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY".to_owned()).await
}

/// MariaDB and MySQL have different names and units for it; some versions have neither.
async fn limit_time(conn: &mut MySqlConnection, seconds: u64) -> sqlx::Result<()> {
    let setting = if is_mariadb(conn).await? {
        format!("SET SESSION max_statement_time = {seconds}")
    } else {
        format!("SET SESSION max_execution_time = {}", seconds.saturating_mul(1_000))
    };
    match execute(conn, setting).await {
        Err(error) if is_unknown_setting(&error) => Ok(()),
        set => set,
    }
}

/// The columns of a statement. It must be a single one, since it is prepared.
async fn columns(conn: &mut MySqlConnection, statement: &str) -> sqlx::Result<Vec<MySqlColumn>> {
    let prepared = conn.prepare(AssertSqlSafe(statement.to_owned()).into_sql_str()).await?;
    Ok(prepared.columns().to_vec())
}

/// How many rows there are; and whether a column holds bytes, which only its character set tells
/// from text that is compared by its bytes.
async fn count(
    conn: &mut MySqlConnection,
    statement: &str,
    columns: &[MySqlColumn],
    at: &StatementPlace,
) -> Result<i64, Fault> {
    let may_hold_bytes: Vec<&MySqlColumn> = columns.iter().filter(|one| is_binary(one)).collect();
    let sets = may_hold_bytes.iter().map(|one| format!(", max(charset({}))", quoted(one.name())));
    let sets: String = sets.collect();
    let counting = Ask::counting(statement).replacen("count(*)", &format!("count(*){sets}"), 1);
    let counted = sqlx::query(AssertSqlSafe(counting)).persistent(false).fetch_one(conn).await;
    let counted = counted.map_err(|error| at.fault(&error))?;
    for (number, column) in may_hold_bytes.iter().enumerate() {
        let set = counted.try_get_unchecked::<Option<String>, _>(number + 1);
        if set.map_err(|error| at.fault(&error))?.as_deref() == Some("binary") {
            return Err(unfit(at, column.name(), column.type_info().name()));
        }
    }
    counted.try_get(0).map_err(|error| at.fault(&error))
}

fn is_binary(column: &MySqlColumn) -> bool {
    let name = column.type_info().name();
    ["BLOB", "BINARY", "GEOMETRY"].iter().any(|end| name.ends_with(end))
}

/// The limit of time ends with the count. Rows of a table without snapshots lie at the server.
async fn before_rows(conn: &mut MySqlConnection, statement: &str) -> sqlx::Result<()> {
    limit_time(conn, 0).await?;
    if lacks_snapshots(conn, statement).await? {
        execute(conn, "SET SESSION sql_buffer_result = 1".to_owned()).await?;
    }
    Ok(())
}

/// Why a value may be a part of what it should be, such as requirements that were joined to one
/// text.
async fn cut_off(conn: &mut MySqlConnection) -> sqlx::Result<Option<String>> {
    for warning in all(conn, "SHOW WARNINGS".to_owned()).await? {
        if CUT.contains(&warning.try_get_unchecked::<i64, _>(1)?) {
            let said: String = warning.try_get_unchecked(2)?;
            return Ok(Some(format!(
                "the database says that it has cut a text off ({said}), so a part of it would \
                 pass for the whole: give a query that yields shorter ones"
            )));
        }
    }
    Ok(None)
}
