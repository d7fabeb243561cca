//! CSV files with a heading row. A row that cannot be read is refused and the next one goes on; the
//! file as a whole counts as read only where every line was accounted for.

use std::{
    collections::{BTreeSet, VecDeque},
    path::PathBuf,
};

use encoding_rs::Encoding;
use jaq_json::Val;
use mpp_core::{Error, FieldCode, Result};

use super::{
    fault::Fault,
    heading::{self, LOOKED_AT},
    lines::Lines,
    rows::{Layout, Row, Rows},
    sink::Sink,
};
use crate::policy::Policy;

/// A file of rows.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The file.
    pub path: PathBuf,
    /// What parts the columns; none: it is found.
    pub delimiter: Option<char>,
    /// How it was saved; none: UTF-8, or as the file is marked.
    pub encoding: Option<&'static Encoding>,
    /// The line of the headings; none: it is found.
    pub heading_line: Option<usize>,
    /// Cells with lines that look like rows are taken as they are.
    pub trust_quotes: bool,
}

/// Hands on every row.
///
/// # Errors
/// The file as a whole cannot be read. A part that cannot goes to the sink.
pub fn read(table: &Table, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let lines = Lines::open(&table.path, table.encoding, policy.max_row_bytes)?;
    read_lines(lines, table, policy, sink)
}

/// As [`read`], of lines from anywhere.
pub fn read_lines(
    lines: Lines,
    table: &Table,
    policy: &Policy,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    let place = table.path.display().to_string();
    let lost = |error: std::io::Error| Fault::torn(&place, format!("it breaks off: {error}"));
    let mut rows = laid_out(lines, table, policy)?;
    let keys = headings(&place, rows.next().map_err(lost)?)?;
    rows.layout.columns = keys.len();
    sink.check_keys(&place, &BTreeSet::from_iter(keys.iter().cloned()))?;
    let mut reading = Reading { place: &place, keys, policy, sink };
    let mut is_first = true;
    while let Some(row) = rows.next().map_err(lost)? {
        let sent = reading.take(row, is_first);
        is_first = false;
        if sent.is_err() {
            return Ok(()); // The run has ended.
        }
    }
    Ok(())
}

/// The rows from the heading on.
fn laid_out(mut lines: Lines, table: &Table, policy: &Policy) -> Result<Rows, Fault> {
    let place = table.path.display().to_string();
    let lost = |error: std::io::Error| Fault::torn(&place, format!("it breaks off: {error}"));
    let mut ahead = VecDeque::new();
    while ahead.len() < LOOKED_AT
        && let Some(line) = lines.next().map_err(lost)?
    {
        ahead.push_back(line);
    }
    let found = heading::find(ahead.make_contiguous(), table.delimiter, table.heading_line);
    let found = found.map_err(|text| Fault::config(&place, text))?;
    ahead.drain(..found.above);
    let layout = Layout {
        separator: found.separator,
        columns: 0,
        longest: policy.max_row_bytes,
        trust_quotes: table.trust_quotes,
    };
    Ok(Rows::new(lines, ahead, layout))
}

fn headings(place: &str, row: Option<Row>) -> Result<Vec<String>, Fault> {
    let cells = match row {
        Some(Row::Cells { cells, .. }) => cells,
        Some(Row::Refused { error, .. }) => {
            return Err(Fault::unreadable(place, format!("the heading: {}", error.message())));
        }
        Some(Row::Torn { why, .. }) => {
            return Err(Fault::torn(place, format!("the heading: {why}")));
        }
        None => return Err(Fault::nothing(place, "the file is empty")),
    };
    heading::keys(&cells).map_err(|text| Fault::unreadable(place, text))
}

/// A file that is being read.
struct Reading<'a, 'b> {
    place: &'a str,
    keys: Vec<String>,
    policy: &'a Policy,
    sink: &'a mut Sink<'b>,
}

impl Reading<'_, '_> {
    fn take(&mut self, row: Row, is_first: bool) -> Result<()> {
        match row {
            // Spreadsheets leave empty rows behind.
            Row::Cells { cells, .. } if cells.iter().all(|cell| cell.trim().is_empty()) => Ok(()),
            Row::Cells { cells, .. } if is_first && heading::numbers_columns(&cells) => Ok(()),
            Row::Cells { line, cells } => self.put(line, cells),
            Row::Refused { line, error } => self.sink.refuse(at(line), error),
            Row::Torn { from, to, why } => self.tear(from, to, &why),
        }
    }

    fn put(&mut self, line: usize, cells: Vec<String>) -> Result<()> {
        let limit = self.policy.max_cell_bytes;
        if cells.iter().any(|cell| cell.len() > limit) {
            let text = format!("a cell is longer than {limit} bytes; is a quote left open?");
            return self.sink.refuse(at(line), Error::field("row", FieldCode::Unreadable, text));
        }
        let text = |text: String| Val::utf8_str(text.into_bytes());
        let cells = self.keys.iter().cloned().map(text).zip(cells.into_iter().map(text));
        self.sink.put(at(line), Val::obj(cells.collect())).map(drop)
    }

    /// Refuses each of the lines, and says that nobody knows how many rows they were.
    fn tear(&mut self, from: usize, to: usize, why: &str) -> Result<()> {
        for line in from..=to {
            self.sink.refuse(at(line), Error::field("row", FieldCode::Torn, why))?;
        }
        let lines =
            if from == to { format!("line {from}") } else { format!("lines {from} to {to}") };
        self.sink.lack(Fault::torn(self.place, format!("{lines} cannot be told apart: {why}")))
    }
}

fn at(line: usize) -> String {
    format!("row at line {line}")
}
