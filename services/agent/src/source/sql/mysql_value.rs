//! Values as MySQL and MariaDB write them, as JSON. The driver tells a column's type; that its
//! numbers are filled with zeros, or that a text of MariaDB is JSON, only the server's own lists
//! tell.

use std::{collections::HashSet, str::from_utf8};

use sqlx::{
    Column as _, ColumnOrigin, Decode, MySql, MySqlConnection, Row as _, TypeInfo as _,
    ValueRef as _,
    mysql::{MySqlColumn, MySqlRow},
};

use super::{
    amiss::is_unknown_table,
    mysql_ask::{all, is_mariadb},
    told::{number, text, too_large},
};

const ZEROFILL: &str =
    "SELECT table_schema, table_name, column_name FROM information_schema.columns
    WHERE column_type LIKE '%zerofill%'";
/// MariaDB has no type of its own for JSON, but a check.
const JSON: &str = "SELECT constraint_schema, table_name, check_clause
    FROM information_schema.check_constraints WHERE check_clause LIKE 'json_valid(`%`)'";

/// Types whose values are numbers, signed or not.
const NUMBERS: [&str; 10] = [
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "MEDIUMINT",
    "INT",
    "BIGINT",
    "DECIMAL",
    "FLOAT",
    "DOUBLE",
    "YEAR",
];

/// How a column's values are to be told beyond their type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueForm {
    /// By their type alone.
    Plain,
    /// With their leading zeros: 00042 is a code, and so is 12345 below it.
    Filled,
    /// A text that is JSON.
    Nested,
}

/// How the values of each column are told.
///
/// # Errors
/// The server does not answer.
pub async fn forms(
    conn: &mut MySqlConnection,
    columns: &[MySqlColumn],
) -> sqlx::Result<Vec<ValueForm>> {
    let filled = listed(conn, ZEROFILL).await?;
    let nested = if is_mariadb(conn).await? { checked(conn).await? } else { HashSet::new() };
    let form = |column: &MySqlColumn| match column.origin() {
        ColumnOrigin::Table(own) => {
            let own = (own.table.to_string(), own.name.to_string());
            match () {
                () if filled.contains(&own) => ValueForm::Filled,
                () if nested.contains(&own) => ValueForm::Nested,
                () => ValueForm::Plain,
            }
        }
        _ => ValueForm::Plain,
    };
    Ok(columns.iter().map(form).collect())
}

/// Columns that are JSON by a check. A server that lists no checks, as MariaDB before 10.2.22, is
/// older than most such columns: theirs are told as the texts that they are.
async fn checked(conn: &mut MySqlConnection) -> sqlx::Result<HashSet<(String, String)>> {
    match listed(conn, JSON).await {
        Err(error) if is_unknown_table(&error) => Ok(HashSet::new()),
        listed => listed,
    }
}

/// Columns by table, as the driver names it, and own name.
async fn listed(
    conn: &mut MySqlConnection,
    listing: &str,
) -> sqlx::Result<HashSet<(String, String)>> {
    let rows = all(conn, listing.to_owned()).await?;
    let names = rows.iter().map(|row| {
        let [schema, table, column] = [0, 1, 2].map(|at| row.try_get_unchecked::<String, _>(at));
        let column = column?;
        let column = column.trim_start_matches("json_valid(`").trim_end_matches("`)").to_owned();
        Ok((format!("{}.{}", schema?, table?), column))
    });
    names.collect()
}

/// A name, quoted.
pub fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A value as JSON; `left` bytes may still come of its row.
///
/// # Errors
/// Says why it cannot be told.
pub fn value(
    row: &MySqlRow,
    at: usize,
    form: ValueForm,
    left: &mut usize,
) -> Result<String, String> {
    let raw = row.try_get_raw(at).map_err(|error| error.to_string())?;
    if raw.is_null() {
        return Ok("null".to_owned());
    }
    let kind = raw.type_info().name().to_owned();
    let bytes = <&[u8] as Decode<MySql>>::decode(raw).map_err(|error| error.to_string())?;
    *left = left.checked_sub(bytes.len()).ok_or_else(|| too_large(bytes.len()))?;
    written(&kind, form, bytes)
}

/// A value as JSON text; a date of zeros is null.
fn written(kind: &str, form: ValueForm, bytes: &[u8]) -> Result<String, String> {
    if kind == "BIT" {
        return Ok(bytes.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte)).to_string());
    }
    let found = from_utf8(bytes).map_err(|_| "its text is no UTF-8".to_owned())?;
    Ok(match kind {
        "DATE" | "DATETIME" | "TIMESTAMP" if found.starts_with("0000-00-00") => "null".to_owned(),
        "DATETIME" | "TIMESTAMP" => text(&found.replacen(' ', "T", 1)),
        _ if form == ValueForm::Nested || kind == "JSON" => nested(found),
        "FLOAT" | "FLOAT UNSIGNED" if may_be_rounded(found) => return Err(ROUNDED.to_owned()),
        _ if form == ValueForm::Plain && is_number(kind) => number(found),
        _ => text(found),
    })
}

const ROUNDED: &str = "it is a FLOAT, of which MySQL tells no more than six digits; let a query give \
                       CAST(column AS DECIMAL(20, 2)) in its place";

/// True for as many digits as MySQL ever gives of such a number: the stored number may have more,
/// as 1234567 is given as 1234570.
fn may_be_rounded(found: &str) -> bool {
    let digits = found.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len() >= 6
}

fn is_number(kind: &str) -> bool {
    let kind = kind.trim_end_matches(" UNSIGNED");
    NUMBERS.contains(&kind)
}

fn nested(found: &str) -> String {
    match serde_json::from_str::<serde::de::IgnoredAny>(found) {
        Ok(_) => found.to_owned(),
        Err(_) => text(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_by_its_type() {
        let told = |kind: &str, bytes: &str| written(kind, ValueForm::Plain, bytes.as_bytes());
        for (kind, bytes, json) in [
            ("BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"),
            ("DECIMAL", "50000.00", "50000.00"),
            ("BOOLEAN", "1", "1"),
            ("DOUBLE", "1e20", "1e20"),
            ("YEAR", "2026", "2026"),
            ("POINT", "1", r#""1""#),
            ("DATE", "0000-00-00", "null"),
            ("DATE", "2026-00-00", r#""2026-00-00""#),
            ("DATETIME", "0000-00-00 00:00:00.000", "null"),
            ("TIMESTAMP", "2026-03-01 08:30:00", r#""2026-03-01T08:30:00""#),
            ("TIME", "-08:30:00", r#""-08:30:00""#),
            ("JSON", r#"{"a": [1]}"#, r#"{"a": [1]}"#),
            ("BIT", "\u{1}\u{1}", "257"),
            ("SET", "a,b", r#""a,b""#),
        ] {
            assert_eq!(told(kind, bytes).as_deref(), Ok(json), "{kind}");
        }
        assert_eq!(written("INT", ValueForm::Filled, b"12345").as_deref(), Ok(r#""12345""#));
        assert_eq!(written("LONGTEXT", ValueForm::Nested, b"{no").as_deref(), Ok(r#""{no""#));
        assert!(written("TEXT", ValueForm::Plain, b"\xff").is_err());
        for (told, is_whole) in
            [("50000", true), ("0.25", true), ("1e20", true), ("1234570", false)]
        {
            let read = written("FLOAT", ValueForm::Plain, told.as_bytes());
            assert_eq!(read.is_ok(), is_whole, "{told}: {read:?}");
        }
    }
}
