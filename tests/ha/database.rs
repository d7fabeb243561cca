//! The database itself, without us: how long it takes no writes.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use tokio::time::{sleep, timeout};

use crate::{Work, calls::DATABASE};

const EVERY: Duration = Duration::from_millis(100);
/// A try that takes longer is given up for the next.
const PATIENCE: Duration = Duration::from_secs(1);

/// The address of a database behind HAProxy.
pub fn url(place: &str, database: &str) -> String {
    format!("postgres://postgres@{place}/{database}")
}

/// Writes again and again, each time over a new connection.
pub async fn start(place: &str, work: &Work) {
    let table = "create table poll (at timestamptz)";
    once(place, "postgres", table).await.expect("a table");
    let (place, work) = (place.to_owned(), work.clone());
    tokio::spawn(async move {
        while !work.is_over() {
            let begun = Instant::now();
            let insert = once(&place, "postgres", "insert into poll values (now())");
            let done = timeout(PATIENCE, insert).await;
            let done = done.unwrap_or_else(|_| Err("no answer within a second".to_owned()));
            work.calls.note(DATABASE, begun, &done.map(|()| 0));
            sleep(EVERY).await;
        }
    });
}

/// One statement over a connection of its own.
pub async fn once(place: &str, database: &str, statement: &str) -> Result<(), String> {
    let mut conn = connect(place, database).await?;
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut conn).await;
    done.map(drop).map_err(|error| error.to_string())
}

/// The revisions of a service's feed after one, in their order.
pub async fn revisions(place: &str, database: &str, after: i64) -> Vec<i64> {
    let mut conn = connect(place, database).await.expect("the database");
    let rows = sqlx::query("select rev from revision where rev > $1 order by rev")
        .bind(after)
        .fetch_all(&mut conn)
        .await
        .expect("its revisions");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn connect(place: &str, database: &str) -> Result<PgConnection, String> {
    PgConnection::connect(&url(place, database)).await.map_err(|error| error.to_string())
}
