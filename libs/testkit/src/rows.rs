//! Statements sent straight to a database, past the service that keeps it: what an operator does by
//! hand, and what another version of the program would have written.

use std::collections::BTreeMap;

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

/// A field that no version has, as its message would hold it: number 4000, "of tomorrow".
const OF_TOMORROW: &[u8] = b"\x82\xfa\x01\x0bof tomorrow";

/// Runs statements. A SQLite file is made if there is none.
///
/// # Panics
/// If one fails.
pub async fn execute(url: &str, statements: &str) {
    let mut conn = connect(url).await;
    let text = AssertSqlSafe(statements.to_owned());
    sqlx::raw_sql(text).execute(&mut conn).await.expect("statements");
    conn.close().await.expect("closed");
}

/// Alters records by hand, as no program does, so that no version shows it.
///
/// # Panics
/// If it fails.
pub async fn alter_records(url: &str, update: &str) {
    let begin = if is_sqlite(url) { "" } else { "select feed_begin();" };
    execute(url, &format!("begin; {begin} {update}; commit")).await;
}

/// Writes a record as the program's next version would: in the next form of its kind, with a field
/// that this version does not know. Answers its document. The service reads it once it starts
/// again.
///
/// # Panics
/// If there is no such record.
pub async fn write_as_next_version(url: &str, kind: &str, name: &str) -> Vec<u8> {
    let mut doc = document(url, kind, name).await;
    doc.extend_from_slice(OF_TOMORROW);
    let mut conn = connect(url).await;
    let mut tx = conn.begin().await.expect("a transaction");
    begin_change(url, &mut tx).await;
    let done =
        sqlx::query("update record set doc = $3, form = form + 1 where kind = $1 and name = $2")
            .bind(kind)
            .bind(name)
            .bind(doc.clone())
            .execute(&mut *tx)
            .await
            .expect("a record");
    assert_eq!(done.rows_affected(), 1, "{kind} {name}");
    tx.commit().await.expect("written");
    conn.close().await.expect("closed");
    doc
}

/// Makes the rows of newer forms this program's own, as if it were the next version.
///
/// # Panics
/// If a statement fails.
pub async fn become_next_version(url: &str) {
    let (on, begin) = match is_sqlite(url) {
        true => ("", ""),
        false => (" on record", "select feed_begin();"),
    };
    let text =
        format!("begin; {begin} drop trigger record_form{on}; update record set form = 1; commit");
    execute(url, &text).await;
}

/// A record's document, as it is stored.
///
/// # Panics
/// If there is no such record.
pub async fn document(url: &str, kind: &str, name: &str) -> Vec<u8> {
    let mut conn = connect(url).await;
    let row = sqlx::query("select doc from record where kind = $1 and name = $2")
        .bind(kind)
        .bind(name)
        .fetch_one(&mut conn)
        .await
        .expect("a record");
    conn.close().await.expect("closed");
    row.get(0)
}

/// On PostgreSQL no record changes outside a change of the feed.
async fn begin_change(url: &str, conn: &mut AnyConnection) {
    if !is_sqlite(url) {
        sqlx::raw_sql("select feed_begin()").execute(conn).await.expect("a change");
    }
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

async fn connect(url: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    let url = if is_sqlite(url) { format!("{url}?mode=rwc") } else { url.to_owned() };
    AnyConnection::connect(&url).await.expect("a database")
}

/// All rows of all tables, as text: to see that nothing has changed.
///
/// # Panics
/// If they cannot be read.
pub async fn contents(url: &str) -> BTreeMap<String, Vec<String>> {
    let mut conn = connect(url).await;
    let tables = match is_sqlite(url) {
        true => "select name from sqlite_master where type = 'table' order by 1",
        false => "select tablename::text from pg_tables where schemaname = 'public' order by 1",
    };
    let mut all = BTreeMap::new();
    for table in texts(&mut conn, tables).await {
        let row = match is_sqlite(url) {
            true => {
                let columns =
                    format!("select 'quote(\"' || name || '\")' from pragma_table_info('{table}')");
                texts(&mut conn, &columns).await.join(" || ' ' || ")
            }
            false => "t::text".to_owned(),
        };
        let rows = texts(&mut conn, &format!("select {row} from \"{table}\" t order by 1")).await;
        all.insert(table, rows);
    }
    conn.close().await.expect("closed");
    all
}

async fn texts(conn: &mut AnyConnection, query: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(query.to_owned())).fetch_all(conn).await.expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}
