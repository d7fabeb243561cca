//! Texts of rows, whatever bytes somebody has stored in them.

use sqlx::{
    Row as _, ValueRef as _,
    any::{AnyRow, AnyTypeInfoKind},
};

/// A text that may have come as bytes, and whether it is a text at all.
pub(crate) fn text(row: &AnyRow, column: &str) -> sqlx::Result<(String, bool)> {
    Ok(maybe_text(row, column)?.unwrap_or_default())
}

/// The same, if it is there.
pub(crate) fn maybe_text(row: &AnyRow, column: &str) -> sqlx::Result<Option<(String, bool)>> {
    if row.try_get_raw(column)?.type_info().kind() != AnyTypeInfoKind::Blob {
        return Ok(row.try_get::<Option<String>, _>(column)?.map(|text| (text, true)));
    }
    let readable = |bytes: Vec<u8>| match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(other) => (String::from_utf8_lossy(other.as_bytes()).into_owned(), false),
    };
    Ok(row.try_get::<Option<Vec<u8>>, _>(column)?.map(readable))
}
