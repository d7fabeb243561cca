//! Single statements to MySQL and MariaDB, in the form in which values come as text.

use sqlx::{AssertSqlSafe, MySqlConnection, Row as _, mysql::MySqlRow};

/// True for MariaDB.
///
/// # Errors
/// The server does not answer.
pub async fn is_mariadb(conn: &mut MySqlConnection) -> sqlx::Result<bool> {
    let version: String = one(conn, "SELECT version()".to_owned()).await?.try_get_unchecked(0)?;
    Ok(version.contains("MariaDB"))
}

/// Carries out a statement that is not kept as a prepared one.
///
/// # Errors
/// It fails.
pub async fn execute(conn: &mut MySqlConnection, statement: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(conn).await.map(drop)
}

/// Asks for the one row of a statement.
///
/// # Errors
/// It fails, or finds none.
pub async fn one(conn: &mut MySqlConnection, statement: String) -> sqlx::Result<MySqlRow> {
    sqlx::raw_sql(AssertSqlSafe(statement)).fetch_one(conn).await
}

/// Asks for all rows of a statement.
///
/// # Errors
/// It fails.
pub async fn all(conn: &mut MySqlConnection, statement: String) -> sqlx::Result<Vec<MySqlRow>> {
    sqlx::raw_sql(AssertSqlSafe(statement)).fetch_all(conn).await
}
