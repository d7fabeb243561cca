//! CSV files with a heading row. A row that cannot be read is refused and the next one goes on; the
//! file as a whole counts as read only if every line was accounted for.

use std::{collections::VecDeque, io, path::PathBuf};

use encoding_rs::Encoding;

use super::{
    heading::{self, LOOKED_AT},
    lines::Lines,
    rows::{Layout, Rows},
    table::read_rows,
};
use crate::{
    policy::Policy,
    source::{fault::Fault, sink::Sink},
};

/// A file of rows.
#[derive(Clone, Debug, Default)]
pub struct CsvFile {
    /// The path of the file.
    pub path: PathBuf,
    /// The character between the columns; `None`: it is guessed.
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
pub fn read(table: &CsvFile, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let lines = Lines::open(&table.path, table.encoding, policy.max_row_bytes)?;
    read_lines(lines, table, policy, sink)
}

/// Like [`read`], of lines from anywhere.
pub fn read_lines(
    lines: Lines,
    table: &CsvFile,
    policy: &Policy,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    let place = table.path.display().to_string();
    let (mut rows, above) = laid_out(lines, table, policy)?;
    read_rows(&place, &mut rows, above, policy, sink)
}

/// The rows from the heading on, and the lines above it.
fn laid_out(
    mut lines: Lines,
    table: &CsvFile,
    policy: &Policy,
) -> Result<(Rows, Vec<String>), Fault> {
    let place = table.path.display().to_string();
    let lost = |error: io::Error| Fault::torn(&place, format!("it breaks off: {error}"));
    let mut ahead = VecDeque::new();
    while ahead.len() < LOOKED_AT
        && let Some(line) = lines.next().map_err(lost)?
    {
        ahead.push_back(line);
    }
    let found = heading::find(ahead.make_contiguous(), table.delimiter, table.heading_line);
    if ahead.iter().all(|line| line.text.as_ref().is_ok_and(|text| text.trim().is_empty())) {
        let text = "the file is empty; its first row must hold the headings";
        return Err(Fault::nothing(&place, text));
    }
    let found = found.map_err(|text| Fault::config(&place, text))?;
    let above = ahead.drain(..found.above).filter_map(|line| line.text.ok()).collect();
    let layout = Layout {
        separator: found.separator,
        columns: 0,
        longest: policy.max_row_bytes,
        trust_quotes: table.trust_quotes,
    };
    Ok((Rows::new(lines, ahead, layout), above))
}
