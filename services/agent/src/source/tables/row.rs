//! A row of a table, and whatever yields rows.

use std::io;

use jaq_json::Val;
use mpp_core::Error;

use super::hidden::Hidden;
use crate::{model::filled::holds_something, source::pages::place};

/// The next part of a file.
#[derive(Debug)]
pub enum FileRow {
    /// A row, where it begins.
    Cells { line: usize, cells: Vec<String> },
    /// One line that cannot be read; `rest` are the cells of it that can, empty if nothing is known
    /// of them.
    Refused { line: usize, error: Error, rest: Vec<Option<String>> },
    /// Lines, from and to, in which the ends of rows cannot be told.
    Torn { from: usize, to: usize, why: String },
}

/// Rows of cells, from a text or from a sheet.
pub trait TableRows {
    /// The next row; `None` after the last.
    ///
    /// # Errors
    /// It cannot be read on.
    fn next(&mut self) -> io::Result<Option<FileRow>>;

    /// How many columns the heading has.
    fn set_columns(&mut self, columns: usize);

    /// True once the last row was read and its line has no end.
    fn is_open(&self) -> bool;

    /// The word for its rows before their numbers: "row at line ".
    fn called(&self) -> String;

    /// A title outside of its rows: the name of a sheet.
    fn title(&self) -> Option<&str>;

    /// Rows and columns that its viewer does not see.
    fn hidden(&self) -> Hidden {
        Hidden::default()
    }
}

/// A record as the cells of a row under these columns.
pub fn cells(record: &Val, columns: &[Val]) -> Vec<String> {
    let Val::Obj(map) = record else { return Vec::new() };
    let cell = |key: &Val| match map.get(key) {
        Some(value @ Val::TStr(_)) => place::text(value).unwrap_or_default(),
        Some(value) if holds_something(value) => value.to_string(),
        _ => String::new(),
    };
    columns.iter().map(cell).collect()
}
