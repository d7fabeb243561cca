//! A table, row by row from its heading on: rows that are no records are told apart, the others are
//! handed on under its headings.

use std::{
    collections::{BTreeSet, HashSet, VecDeque},
    ffi::OsStr,
    io,
    path::Path,
};

use jaq_json::Val;
use mpp_core::{Error, FieldCode, Result};

use super::{
    columns::{self, Again},
    hidden::Hidden,
    kinds::{Kinds, may_be_heading},
    row::{FileRow, TableRows},
    shape::{self, Shape},
};
use crate::{
    model::{column_letters::letters, screen},
    policy::Policy,
    source::{
        fault::Fault,
        sink::Sink,
        whole::{below, saying::Saying},
    },
};

/// Rows that are read ahead, so that the first of them are judged by the others.
const AHEAD: usize = 300;

/// Reads a table from its heading on; `above` are the lines that stand above it.
///
/// # Errors
/// The same as [`read`].
pub fn read_rows(
    place: &str,
    rows: &mut dyn TableRows,
    above: Vec<String>,
    policy: &Policy,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    let lost = |error: io::Error| Fault::torn(place, format!("it breaks off: {error}"));
    let keys = headings(place, rows.next().map_err(lost)?)?;
    rows.set_columns(keys.len());
    sink.check_keys(place, &BTreeSet::from_iter(keys.iter().cloned()))?;
    sink.begin_rows();
    let mut saying = Saying::default();
    above.iter().map(String::as_str).chain(rows.title()).for_each(|title| saying.hear(title));
    let file = Path::new(place).file_stem().and_then(OsStr::to_str);
    // The files of a folder are parts of one list: the folder hears their names together.
    let file = file.filter(|_| !sink.is_within());
    file.into_iter().for_each(|name| saying.hear_name(name));
    let above = above.iter().map(|title| columns::letters(title)).filter(|title| !title.is_empty());
    let hidden = rows.hidden();
    sink.remark_file(hidden.of_columns(&keys));
    let mut reading = TableReader {
        place,
        called: rows.called(),
        keys,
        above: above.collect(),
        policy,
        sink,
        below_heading: true,
        below_gap: false,
        moved: None,
        kinds: Kinds::default(),
        doubtful: None,
        shape: Shape::default(),
        saying,
        hidden,
    };
    let mut ahead = VecDeque::new();
    while let Some((row, is_open)) = reading.next_of(rows, &mut ahead).map_err(lost)? {
        if reading.take_whole(row, is_open).is_err() {
            return Ok(()); // The run has ended.
        }
    }
    if reading.decide_heading(None).is_ok() && !rows.is_open() {
        reading.sink.ends();
    }
    reading.saying.beyond().map_or(Ok(()), |text| Err(Fault::torn(place, text)))
}

fn headings(place: &str, row: Option<FileRow>) -> Result<Vec<String>, Fault> {
    let cells = match row {
        Some(FileRow::Cells { cells, .. }) => cells,
        Some(FileRow::Refused { error, .. }) => {
            return Err(Fault::unreadable(place, format!("the heading: {}", error.message())));
        }
        Some(FileRow::Torn { why, .. }) => {
            return Err(Fault::torn(place, format!("the heading: {why}")));
        }
        None => return Err(Fault::nothing(place, "the file is empty")),
    };
    columns::keys(&cells).map_err(|text| Fault::unreadable(place, text))
}

/// A file that is being read.
struct TableReader<'a, 'b> {
    place: &'a str,
    /// The word for its rows, as in [`TableRows::called`].
    called: String,
    keys: Vec<String>,
    /// The lines above the heading, as letters.
    above: HashSet<String>,
    policy: &'a Policy,
    sink: &'a mut Sink<'b>,
    /// The row before was a heading.
    below_heading: bool,
    /// The row before was empty: no record goes on below it.
    below_gap: bool,
    /// The line at which a heading came again over columns in another order.
    moved: Option<usize>,
    kinds: Kinds,
    /// A row that is a heading if the rows below it are of other kinds.
    doubtful: Option<(usize, Vec<String>)>,
    /// The shape of the rows, learnt also from those that are read ahead.
    shape: Shape,
    /// Titles and footers about how much there is.
    saying: Saying,
    hidden: Hidden,
}

impl TableReader<'_, '_> {
    /// The next row, and whether the file ends within it; those ahead of it are looked at before.
    fn next_of(
        &mut self,
        rows: &mut dyn TableRows,
        ahead: &mut VecDeque<(FileRow, bool)>,
    ) -> io::Result<Option<(FileRow, bool)>> {
        while ahead.len() < AHEAD
            && let Some(row) = rows.next()?
        {
            if let FileRow::Cells { cells, .. } = &row {
                self.shape.see(cells);
            }
            ahead.push_back((row, rows.is_open()));
        }
        Ok(ahead.pop_front())
    }

    /// A last line without an end may be cut off, if the last run's had one.
    fn take_whole(&mut self, row: FileRow, is_open: bool) -> Result<()> {
        self.decide_heading(Some(&row))?;
        match row {
            FileRow::Cells { line, cells }
                if is_open && self.sink.ended_before() && !is_blank(&cells) =>
            {
                let why = "the file's last line has no end, and had one in the last run: the file \
                           is cut short, perhaps within this row";
                self.tear(line, line, why)
            }
            row => self.take_row(row),
        }
    }

    /// Decides on a row that may have been a heading, by the row below it.
    fn decide_heading(&mut self, next: Option<&FileRow>) -> Result<()> {
        let Some((line, cells)) = self.doubtful.take() else { return Ok(()) };
        match next {
            Some(FileRow::Cells { cells: below, .. }) if is_blank(below) => {
                self.doubtful = Some((line, cells));
                Ok(())
            }
            Some(FileRow::Cells { cells: below, .. }) if self.is_heading(&cells, below) => {
                self.move_columns(line)
            }
            _ => {
                self.kinds.see(&cells);
                let below_gap = std::mem::take(&mut self.below_gap);
                self.put(line, cells)?;
                // It stands above the gap.
                self.below_gap = below_gap;
                Ok(())
            }
        }
    }

    /// Whether a row reads like a heading and what stands below it like another table.
    fn is_heading(&self, cells: &[String], below: &[String]) -> bool {
        let other_kinds = self.kinds.against(cells) > 0 && self.kinds.against(below) > 1;
        other_kinds || self.shape.begins_another(cells, below)
    }

    fn take_row(&mut self, row: FileRow) -> Result<()> {
        let below_heading = std::mem::take(&mut self.below_heading);
        if std::mem::take(&mut self.below_gap) {
            self.sink.close()?;
        }
        match row {
            // Spreadsheets leave empty rows behind.
            FileRow::Cells { cells, .. } if is_blank(&cells) => {
                self.below_gap = true;
                Ok(())
            }
            FileRow::Cells { cells, .. } if below_heading && columns::numbers_columns(&cells) => {
                Ok(())
            }
            FileRow::Cells { line, cells }
                if self.above.contains(&columns::letters(&cells.concat())) =>
            {
                self.pass_over(line, "repeats a line that stands above the heading")
            }
            FileRow::Cells { line, cells } => match columns::again(&cells, &self.keys) {
                Some(Again::Same) => self.pass_over(line, "repeats the heading"),
                Some(Again::Moved) => self.move_columns(line),
                Some(Again::Doubtful) => {
                    let text = "half of it are headings of the columns; is it a record?";
                    self.sink
                        .refuse(self.at(line), Error::field("row", FieldCode::Unreadable, text))
                }
                None => self.doubt(line, cells),
            },
            FileRow::Refused { line, error, rest } => {
                self.saying.count();
                let rows = self.rest(rest);
                self.sink.refuse_row(self.at(line), error, rows)
            }
            FileRow::Torn { from, to, why } => self.tear(from, to, &why),
        }
    }

    /// Passes over a heading that comes again, as when pages were glued together.
    fn pass_over(&mut self, line: usize, why: &str) -> Result<()> {
        self.below_heading = true;
        self.moved = None;
        let text = format!("it {why}, and is no record");
        self.sink.pass_over(self.at(line), Error::field("row", FieldCode::HeadingAgain, text))
    }

    /// Notes a heading over columns in another order: the rows below it are read by the first
    /// heading, so their cells would land in the wrong fields.
    fn move_columns(&mut self, line: usize) -> Result<()> {
        self.below_heading = true;
        self.moved = Some(line);
        let text = format!(
            "line {line} is a heading with other columns, or in another order, and the rows below it cannot \
             be read by the first one; give each part a file and a source of its own, or one order"
        );
        self.sink.refuse(self.at(line), Error::field("row", FieldCode::Torn, text.as_str()))?;
        self.sink.lack(Fault::torn(self.place, text))
    }

    fn doubt(&mut self, line: usize, cells: Vec<String>) -> Result<()> {
        if shape::names_columns(&cells) {
            return self.move_columns(line);
        }
        let is_footer = self.keys.len() > 1 && below::is_extent(&cells);
        if (is_footer || self.shape.is_foreign(&cells)) && !self.sink.takes_trials() {
            return self.hold_back(line, cells);
        }
        if may_be_heading(&cells) {
            self.doubtful = Some((line, cells));
            return Ok(());
        }
        self.kinds.see(&cells);
        self.put(line, cells)
    }

    fn put(&mut self, line: usize, cells: Vec<String>) -> Result<()> {
        if let Some(other) = self.moved {
            let text = format!("it stands below the heading in line {other}, of another order");
            return self.sink.refuse(self.at(line), Error::field("row", FieldCode::Torn, text));
        }
        self.saying.count();
        let limit = self.policy.max_cell_bytes;
        if cells.iter().any(|cell| cell.len() > limit) {
            let text = format!("a cell is longer than {limit} bytes; is a quote left open?");
            return self
                .sink
                .refuse(self.at(line), Error::field("row", FieldCode::Unreadable, text));
        }
        if let Some((column, cell)) =
            columns::nameless(&cells, &self.keys, |key| self.sink.names(key))
        {
            let error = without_heading(column, cell);
            let raw = self.raw(cells);
            return self.sink.refuse_row(self.at(line), error, Some([raw.clone(), raw]));
        }
        let raw = self.raw(cells.clone());
        self.sink.remark_row(self.hidden.of_row(line));
        self.sink.put(self.at(line), raw)?;
        if !self.sink.took() {
            self.saying.hear_refused(&cells);
        }
        Ok(())
    }

    fn at(&self, line: usize) -> String {
        format!("{}{line}", self.called)
    }

    fn raw(&self, cells: Vec<String>) -> Val {
        let text = |text: String| Val::utf8_str(text.into_bytes());
        let cells = self.keys.iter().cloned().map(text).zip(cells.into_iter().map(text));
        Val::obj(cells.collect())
    }

    /// The rest of a row with lost cells, once as if those were empty and once as if they were not;
    /// `None` if nothing is left of it.
    fn rest(&self, mut rest: Vec<Option<String>>) -> Option<[Val; 2]> {
        if rest.is_empty() {
            return None;
        }
        rest.resize(self.keys.len(), Some(String::new()));
        let with = |lost: &str| {
            let cells = rest.iter().map(|cell| cell.clone().unwrap_or_else(|| lost.to_owned()));
            self.raw(cells.collect())
        };
        Some([with(""), with(screen::ANYTHING)])
    }

    /// Holds back a row without the table's shape: it is reported, and not published.
    fn hold_back(&mut self, line: usize, cells: Vec<String>) -> Result<()> {
        self.saying.hear_row(&cells.join(" "));
        let raw = self.raw(cells);
        self.sink.hold_back(self.at(line), shape::foreign(), raw)
    }

    /// Refuses each of the lines, and says that it is not known how many rows they were.
    fn tear(&mut self, from: usize, to: usize, why: &str) -> Result<()> {
        for line in from..=to {
            self.sink.refuse(self.at(line), Error::field("row", FieldCode::Torn, why))?;
        }
        let lines =
            if from == to { format!("line {from}") } else { format!("lines {from} to {to}") };
        self.sink.lack(Fault::torn(self.place, format!("{lines} cannot be told apart: {why}")))
    }
}

/// The error for a cell under no heading: it may be a part of what stands beside it.
fn without_heading(column: usize, cell: &str) -> Error {
    let shown: String = cell.chars().take(40).collect();
    let (key, called) = (columns::unnamed(column), letters(column as u32));
    let text = format!(
        "column {} ({called}) has no heading and holds \"{shown}\": give it one, or take it out; \
         where it is meant, let the mapping read it, as .\"{key}\"",
        column + 1
    );
    Error::field("row", FieldCode::Unreadable, text)
}

fn is_blank(cells: &[String]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}
