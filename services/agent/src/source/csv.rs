//! CSV files with a heading row. A row that cannot be read is refused and the next one goes on.

use std::{fs::File, io::Read, path::Path};

use mpp_core::{Error, FieldCode, Result};
use serde_json::{Map, Value};

use super::sink::Sink;
use crate::policy::Policy;

pub fn read(path: &Path, delimiter: u8, policy: &Policy, sink: &mut Sink<'_>) -> Result<()> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    read_from(file, delimiter, policy, sink).map_err(|error| unreadable(path, &error))?
}

/// The outer error is the file's, the inner one the run's.
fn read_from(
    file: impl Read,
    delimiter: u8,
    policy: &Policy,
    sink: &mut Sink<'_>,
) -> csv::Result<Result<()>> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(file);
    let headings: Vec<String> = reader
        .headers()?
        .iter()
        .map(|heading| heading.trim_start_matches('\u{feff}').trim().to_owned())
        .collect();
    if headings.iter().all(String::is_empty) {
        let text = "the file is empty; its first row must hold the headings";
        return Ok(Err(Error::field("csv", FieldCode::Unreadable, text)));
    }
    for row in reader.into_records() {
        let sent = match row {
            Ok(row) => put_row(&headings, &row, policy, sink),
            Err(error) if matches!(error.kind(), csv::ErrorKind::Io(_)) => return Err(error),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                sink.refuse(
                    format!("row at line {line}"),
                    Error::field("row", FieldCode::Unreadable, error.to_string()),
                )
            }
        };
        if sent.is_err() {
            return Ok(sent);
        }
    }
    Ok(Ok(()))
}

fn put_row(
    headings: &[String],
    row: &csv::StringRecord,
    policy: &Policy,
    sink: &mut Sink<'_>,
) -> Result<()> {
    let found_at = format!("row at line {}", row.position().map_or(0, csv::Position::line));
    if row.len() != headings.len() {
        let text = format!("{} columns where the heading has {}", row.len(), headings.len());
        return sink.refuse(found_at, Error::field("row", FieldCode::Unreadable, text));
    }
    let limit = policy.max_cell_bytes;
    if row.iter().any(|cell| cell.len() > limit) {
        let text = format!("a cell is longer than {limit} bytes; is a quote left open?");
        return sink.refuse(found_at, Error::field("row", FieldCode::Unreadable, text));
    }
    if row.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(()); // Spreadsheets leave empty rows behind.
    }
    let cells = headings.iter().cloned().zip(row.iter().map(Value::from));
    sink.put(found_at, &Value::Object(cells.collect::<Map<_, _>>()))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::field(
        "csv",
        FieldCode::Unreadable,
        format!("{} cannot be read: {error}", path.display()),
    )
}
