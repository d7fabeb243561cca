//! PostgreSQL: one read-only transaction with one snapshot, and a cursor, so that neither side
//! holds more than a few rows. The rows come as the JSON that PostgreSQL itself makes of them: it
//! knows best how its types are written.
//!
//! **Each statement has its limit at both ends.** The server ends one that takes too long; a
//! network that falls silent ends nothing, and there only the agent's own patience does.

use sqlx::{
    AssertSqlSafe, Column as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _,
    Statement as _, TypeInfo as _,
    postgres::{PgConnectOptions, PgRow, PgSslMode, PgTypeInfo, PgTypeKind},
};

use super::{
    access::{Server, Tls},
    amiss::StatementPlace,
    ask::Ask,
    limit::{Dialect, limited},
    told::{Out, Told, locale, reach, refused_row, unfit, within},
};
use crate::{policy::Policy, source::fault::Fault};

/// Begins a transaction that only reads, all of it as of one moment.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The views that a statement names, directly or through others. PostgreSQL holds a lock on each
/// since it read the statement, and keeps a list of what each is made of.
const VIEWS: &str = "WITH RECURSIVE named(oid) AS (
        SELECT relation FROM pg_locks WHERE locktype = 'relation' AND pid = pg_backend_pid()
        UNION
        SELECT made.refobjid FROM named JOIN pg_rewrite AS rule ON rule.ev_class = named.oid
        JOIN pg_depend AS made ON made.classid = 'pg_rewrite'::regclass
            AND made.objid = rule.oid AND made.refclassid = 'pg_class'::regclass)
    SELECT named.oid::regclass::text, pg_get_viewdef(named.oid)
    FROM named JOIN pg_class AS class ON class.oid = named.oid
    JOIN pg_namespace AS space ON space.oid = class.relnamespace
    WHERE class.relkind IN ('v', 'm') AND space.nspname NOT IN ('pg_catalog', 'information_schema')
    ORDER BY 1";

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
    within(limit, at, begin(&mut conn, policy)).await?.map_err(fault)?;
    if !ask.is_whole {
        // An error instead of the rows that the account's policies leave.
        let all = execute(&mut conn, "SET LOCAL row_security = off".to_owned());
        within(limit, at, all).await?.map_err(fault)?;
    }
    let statement = ask.statement('"');
    let columns = within(limit, at, columns(&mut conn, &statement, at)).await??;
    if !out.tell(Told::Columns(columns)).await {
        return Ok(());
    }
    if !ask.is_whole
        && let Some(why) = within(limit, at, limited_view(&mut conn)).await?.map_err(fault)?
        && !out.tell(Told::Part(why)).await
    {
        return Ok(());
    }
    let counting = one(&mut conn, Ask::counting(&statement));
    let count: i64 = within(limit, at, counting).await?.map_err(fault)?.get(0);
    let cursor = execute(&mut conn, cursor(&statement, policy.max_row_bytes));
    within(limit, at, cursor).await?.map_err(fault)?;
    if tell_rows(&mut conn, at, policy, out).await? {
        out.tell(Told::Whole(u64::try_from(count).unwrap_or_default())).await;
    }
    Ok(())
}

/// Tells all rows of the cursor; false if nobody listens any more.
async fn tell_rows(
    conn: &mut PgConnection,
    at: &StatementPlace,
    policy: &Policy,
    out: &Out,
) -> Result<bool, Fault> {
    let fetch = format!("FETCH FORWARD {} FROM mpp_cursor", policy.rows_at_once);
    loop {
        let rows = within(policy.statement_patience(), at, all(conn, fetch.clone())).await?;
        let rows = rows.map_err(|error| at.breaks_off(&error))?;
        if rows.is_empty() {
            return Ok(true);
        }
        for row in &rows {
            if !out.tell(row_of(row, policy)).await {
                return Ok(false);
            }
        }
    }
}

/// Why a view may yield a part that the statement names.
async fn limited_view(conn: &mut PgConnection) -> sqlx::Result<Option<String>> {
    let views = all(conn, VIEWS.to_owned()).await?;
    let mut views = views.iter().map(|row| (row.get(0), row.get(1)));
    Ok(views.find_map(|(name, text): (String, String)| limited(&name, &text, Dialect::Standard)))
}

/// How the server is reached.
pub fn options(server: &Server) -> PgConnectOptions {
    let mode = match server.tls {
        Tls::Verified => PgSslMode::VerifyFull,
        Tls::Encrypted => PgSslMode::Require,
        Tls::Off => PgSslMode::Disable,
    };
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(&server.host)
        .port(server.port.unwrap_or(5432))
        .database(&server.database)
        .ssl_mode(mode)
        .application_name("mpp agent");
    if let Some(socket) = &server.socket {
        options = options.socket(socket);
    }
    if !server.user.is_empty() {
        options = options.username(&server.user);
    }
    if let Some(password) = &server.password {
        options = options.password(password.text());
    }
    match &server.tls_ca {
        Some(file) => options.ssl_root_cert(file),
        None => options,
    }
}

/// Settings of the transaction alone: behind a pooler the session is shared with others.
///
/// # Errors
/// The server does not begin one.
pub async fn begin(conn: &mut PgConnection, policy: &Policy) -> sqlx::Result<()> {
    let limit = format!("SET LOCAL statement_timeout = '{} s'", policy.statement_timeout_seconds);
    execute(conn, BEGIN.to_owned()).await?;
    execute(conn, limit).await?;
    // The reader waits for the registry, however long that takes.
    execute(conn, "SET LOCAL idle_in_transaction_session_timeout = 0".to_owned()).await
}

/// The columns of a statement. It must be a single one, since it is prepared.
async fn columns(
    conn: &mut PgConnection,
    statement: &str,
    at: &StatementPlace,
) -> Result<Vec<String>, Fault> {
    let prepared = conn.prepare(AssertSqlSafe(statement.to_owned()).into_sql_str()).await;
    let prepared = prepared.map_err(|error| at.fault(&error))?;
    let columns = prepared.columns().iter();
    for column in columns.clone() {
        if holds(column.type_info(), "BYTEA") {
            return Err(unfit(at, column.name(), column.type_info().name()));
        }
        if holds(column.type_info(), "MONEY") {
            return Err(locale(at, column.name()));
        }
    }
    Ok(columns.map(|column| column.name().to_owned()).collect())
}

/// True for a type, and for one that is made of it.
fn holds(of: &PgTypeInfo, name: &str) -> bool {
    match of.kind() {
        PgTypeKind::Simple => of.name().eq_ignore_ascii_case(name),
        PgTypeKind::Array(inner) | PgTypeKind::Domain(inner) | PgTypeKind::Range(inner) => {
            holds(inner, name)
        }
        PgTypeKind::Composite(parts) => parts.iter().any(|(_, part)| holds(part, name)),
        PgTypeKind::Pseudo | PgTypeKind::Enum(_) => false,
    }
}

/// A row that is too large stays where it is: only its size comes.
fn cursor(statement: &str, largest: usize) -> String {
    format!(
        "DECLARE mpp_cursor NO SCROLL CURSOR FOR
         SELECT CASE WHEN octet_length(text) <= {largest} THEN text END,
                octet_length(text)::bigint
         FROM (SELECT row_to_json(mpp_rows)::text AS text FROM (\n{statement}\n) AS mpp_rows
               OFFSET 0) AS mpp_texts"
    )
}

fn row_of(row: &PgRow, policy: &Policy) -> Told {
    let (text, bytes): (Option<String>, i64) = (row.get(0), row.get(1));
    match text {
        Some(text) => Told::Row(text),
        None => {
            let most = policy.max_row_bytes;
            refused_row(format!("it has {bytes} bytes; at most {most} (max_row_bytes)"))
        }
    }
}

/// Carries out a statement that is not kept as a prepared one.
///
/// # Errors
/// It fails.
pub async fn execute(conn: &mut PgConnection, statement: String) -> sqlx::Result<()> {
    sqlx::query(AssertSqlSafe(statement)).persistent(false).execute(conn).await.map(drop)
}

/// Asks for the one row of a statement.
///
/// # Errors
/// It fails, or finds none.
pub async fn one(conn: &mut PgConnection, statement: String) -> sqlx::Result<PgRow> {
    sqlx::query(AssertSqlSafe(statement)).persistent(false).fetch_one(conn).await
}

async fn all(conn: &mut PgConnection, statement: String) -> sqlx::Result<Vec<PgRow>> {
    sqlx::query(AssertSqlSafe(statement)).persistent(false).fetch_all(conn).await
}
