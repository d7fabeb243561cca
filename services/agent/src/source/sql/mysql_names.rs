//! Which views and tables a statement names. MySQL keeps no list of what a statement touches, so
//! its names are looked for in the statement, and those of a view in the view's own text; a view
//! that the account cannot look into is told, since any limit may stand in it.

use std::collections::HashSet;

use sqlx::{MySqlConnection, Row as _};

use super::{
    limit::{Dialect, limited, names},
    mysql_ask::all,
};

/// The server's own databases.
const OWN: &str = "('information_schema', 'mysql', 'performance_schema', 'sys')";

/// A view, and the database it is in, which is left out for the connection's own.
struct SqlView {
    schema: String,
    name: String,
    text: String,
}

/// Why a view may yield a part that the statement names, also by way of others.
///
/// # Errors
/// The server does not answer.
pub async fn limited_view(
    conn: &mut MySqlConnection,
    statement: &str,
) -> sqlx::Result<Option<String>> {
    let mut views = views(conn).await?;
    if !views.iter().any(|view| is_named(statement, &view.schema, &view.name)) {
        return Ok(None);
    }
    let known = known(conn).await?;
    let mut texts = vec![statement.to_owned()];
    while let Some(text) = texts.pop() {
        let named = |view: &mut SqlView| is_named(&text, &view.schema, &view.name);
        for view in views.extract_if(.., named).collect::<Vec<_>>() {
            if let Some(why) = limited(&view.name, &view.text, Dialect::Mysql) {
                return Ok(Some(why));
            }
            let hidden = made_of(&view.text).into_iter().find(|table| !known.contains(table));
            if view.text.is_empty() || hidden.is_some() {
                return Ok(Some(unseen(&view.name, hidden)));
            }
            texts.push(view.text);
        }
    }
    Ok(None)
}

fn unseen(view: &str, table: Option<(String, String)>) -> String {
    let part = table.map_or(String::new(), |(schema, name)| format!(" ({schema}.{name} of it)"));
    format!(
        "the account does not see what the view {view} is made of{part}, so nobody knows whether \
         that limits its rows; let the account see it (GRANT SELECT, SHOW VIEW ON the database)"
    )
}

/// True for a statement that names a table of an engine without snapshots, whose writers wait for
/// its readers.
///
/// # Errors
/// The server does not answer.
pub async fn lacks_snapshots(conn: &mut MySqlConnection, statement: &str) -> sqlx::Result<bool> {
    let listing = format!(
        "SELECT {SCHEMA}, table_name FROM information_schema.tables
         WHERE table_schema NOT IN {OWN} AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'"
    );
    let tables = pairs(conn, listing).await?;
    if tables.is_empty() {
        return Ok(false);
    }
    let views = views(conn).await?;
    let named = views.iter().filter(|view| is_named(statement, &view.schema, &view.name));
    let mut texts = named.map(|view| view.text.as_str()).chain([statement]);
    Ok(texts.any(|text| tables.iter().any(|(schema, name)| is_named(text, schema, name))))
}

/// The database of a table; nothing if it is the connection's own.
const SCHEMA: &str = "CASE WHEN table_schema = DATABASE() THEN '' ELSE table_schema END";

async fn views(conn: &mut MySqlConnection) -> sqlx::Result<Vec<SqlView>> {
    let listing = format!(
        "SELECT {SCHEMA}, table_name, view_definition FROM information_schema.views
         WHERE table_schema NOT IN {OWN} ORDER BY 1, 2"
    );
    let rows = all(conn, listing).await?;
    let view = |row: &sqlx::mysql::MySqlRow| {
        Ok(SqlView {
            schema: row.try_get_unchecked(0)?,
            name: row.try_get_unchecked(1)?,
            text: row.try_get_unchecked::<Option<String>, _>(2)?.unwrap_or_default(),
        })
    };
    rows.iter().map(view).collect()
}

/// All tables and views that the account sees.
async fn known(conn: &mut MySqlConnection) -> sqlx::Result<HashSet<(String, String)>> {
    let listing = "SELECT table_schema, table_name FROM information_schema.tables".to_owned();
    Ok(pairs(conn, listing).await?.into_iter().collect())
}

async fn pairs(conn: &mut MySqlConnection, listing: String) -> sqlx::Result<Vec<(String, String)>> {
    let rows = all(conn, listing).await?;
    rows.iter().map(|row| Ok((row.try_get_unchecked(0)?, row.try_get_unchecked(1)?))).collect()
}

fn is_named(text: &str, schema: &str, name: &str) -> bool {
    names(text, name) && (schema.is_empty() || names(text, schema))
}

/// The tables of a view, as the server writes its text: ``from (`k`.`a` join `k`.`b` on …)``.
fn made_of(text: &str) -> Vec<(String, String)> {
    let after = |word: &'static str| text.split(word).skip(1);
    let tables = after("from ").chain(after("join ")).filter_map(|rest| {
        let (schema, rest) = name(rest.trim_start_matches(['(', ' ']))?;
        let (table, _) = name(rest.strip_prefix('.')?)?;
        Some((schema, table))
    });
    tables.collect()
}

/// A quoted name at the beginning of a text, and what follows it.
fn name(text: &str) -> Option<(String, &str)> {
    let rest = text.strip_prefix('`')?;
    let mut from = 0;
    loop {
        let end = from + rest.get(from..)?.find('`')?;
        match rest[end + 1..].strip_prefix('`') {
            Some(_) => from = end + 2,
            None => return Some((rest[..end].replace("``", "`"), &rest[end + 1..])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_a_view_are_found_in_its_text() {
        let pair = |schema: &str, name: &str| (schema.to_owned(), name.to_owned());
        let text = "select `a`.`kode` AS `kode` from (`k`.`a` join `k`.`b``c` on(`a`.`x` = 1))";
        assert_eq!(made_of(text), [pair("k", "a"), pair("k", "b`c")]);
        assert_eq!(
            made_of("with x as (select 1 from `d`.`t`) select 2 from `x`"),
            [pair("d", "t")]
        );
        assert_eq!(made_of("select 1 from dual"), []);
    }
}
