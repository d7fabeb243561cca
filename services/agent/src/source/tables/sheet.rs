//! The rows of a sheet, one after the other: memory holds one row and what cells were merged.

use std::{
    collections::{BTreeSet, VecDeque},
    fs::File,
    io::{self, BufReader},
};

use calamine::{XlsxCellReader, XlsxError};
use mpp_core::{Error, FieldCode};

use super::{
    before::{Before, HOW_TO_STORE, Merged, OpenWorkbook, Spot, sheet_fault_text},
    cell,
    hidden::{Hidden, MAX_COLUMNS},
    row::{FileRow, TableRows},
    runs,
};
use crate::model::column_letters::letters;

/// Most bytes of a row, over all its cells: as many as a record may have.
const LONGEST_ROW: usize = 262_144;
/// The rows of a sheet.
pub struct SheetRows<'a> {
    cells: XlsxCellReader<'a, BufReader<File>>,
    sheet: String,
    before: Before,
    /// Merged cells that reach the row that is read.
    reaching: Vec<Merged>,
    /// The first cell of the next row.
    next: Option<(Spot, Result<String, String>)>,
    /// The row after the last one that was read.
    expected: u32,
    columns: usize,
    /// Rows that were looked at and have yet to be read.
    ahead: VecDeque<FileRow>,
    ended: bool,
}

impl<'a> SheetRows<'a> {
    /// Opens a sheet, at its first row.
    ///
    /// # Errors
    /// The sheet cannot be read.
    pub fn open(
        workbook: &'a mut OpenWorkbook,
        sheet: &str,
        before: Before,
    ) -> Result<Self, String> {
        Ok(Self {
            cells: workbook.worksheet_cells_reader(sheet).map_err(sheet_fault_text)?,
            sheet: sheet.to_owned(),
            before,
            reaching: Vec::new(),
            next: None,
            expected: 0,
            columns: 0,
            ahead: VecDeque::new(),
            ended: false,
        })
    }

    /// Up to `rows` rows ahead, which are read again afterwards.
    ///
    /// # Errors
    /// The sheet cannot be read on.
    pub fn look_ahead(&mut self, rows: usize) -> io::Result<&[FileRow]> {
        while self.ahead.len() < rows
            && let Some(row) = self.read()?
        {
            self.ahead.push_back(row);
        }
        Ok(self.ahead.make_contiguous())
    }

    /// Passes over this many of the rows that were looked at.
    pub fn pass_over(&mut self, rows: usize) {
        self.ahead.drain(..rows.min(self.ahead.len()));
    }

    fn read(&mut self) -> io::Result<Option<FileRow>> {
        let Some((first, text)) = self.cell()? else { return Ok(None) };
        let line = first.0 as usize + 1;
        if first.0 < self.expected {
            let why = "the sheet's rows are out of order, so that none of them is sure".to_owned();
            return Ok(Some(FileRow::Torn { from: line, to: line, why }));
        }
        self.expected = first.0 + 1;
        let mut bytes = 0;
        let mut cells = vec![(first, bounded(text, &mut bytes))];
        while let Some((spot, text)) = self.cell()? {
            if spot.0 != first.0 {
                self.next = Some((spot, text));
                break;
            }
            cells.push((spot, bounded(text, &mut bytes)));
        }
        Ok(Some(Self::row(first.0, cells)))
    }

    /// The next cell that holds something.
    fn cell(&mut self) -> io::Result<Option<(Spot, Result<String, String>)>> {
        if let Some(cell) = self.next.take() {
            return Ok(Some(cell));
        }
        while !self.ended {
            let Some((cell, style)) = self.cells.next_cell_with_style_id().map_err(lost)? else {
                self.ended = true;
                break;
            };
            let spot = cell.get_position();
            if self.before.uncalculated.contains(&spot) {
                let why = format!("it is a formula without a value; {HOW_TO_STORE}");
                return Ok(Some((spot, Err(why))));
            }
            let style = self.cells.styles().get(style);
            let text = cell::text(cell.get_value(), style);
            let is_struck = style.and_then(|style| style.font.as_ref());
            if is_struck.is_some_and(calamine::Font::has_strikethrough) && text != Ok(String::new())
            {
                let why = "it is struck through: take it out, or the stroke".to_owned();
                return Ok(Some((spot, Err(why))));
            }
            if text.as_ref().is_ok_and(|text| self.before.formatted.contains(&runs::key(text))) {
                let why =
                    "a part of it is struck through, raised or lowered: write it without that";
                return Ok(Some((spot, Err(why.to_owned()))));
            }
            if text != Ok(String::new()) {
                return Ok(Some((spot, text)));
            }
        }
        Ok(None)
    }

    fn row(row: u32, found: Vec<(Spot, Result<String, String>)>) -> FileRow {
        let line = row as usize + 1;
        let (mut cells, mut columns, mut fault) = (Vec::new(), BTreeSet::new(), None);
        for ((_, column), text) in found {
            let place = format!("column {}", letters(column));
            let column = column as usize;
            if column >= MAX_COLUMNS {
                let why = format!("{place}: a table has at most {MAX_COLUMNS} columns here");
                return FileRow::Torn { from: line, to: line, why };
            }
            if !columns.insert(column) || columns.last() != Some(&column) {
                let why = format!("{place}: its cells are out of order, or stand twice");
                return FileRow::Torn { from: line, to: line, why };
            }
            match text {
                Ok(text) => set(&mut cells, column, Some(text)),
                Err(why) => {
                    set(&mut cells, column, None);
                    fault.get_or_insert(format!("{place}: {why}"));
                }
            }
        }
        match fault {
            None => FileRow::Cells { line, cells: cells.into_iter().flatten().collect() },
            Some(why) => {
                let error = Error::field("row", FieldCode::Unreadable, why);
                FileRow::Refused { line, error, rest: cells }
            }
        }
    }

    /// A row as wide as the heading, with what was merged.
    fn whole(&mut self, row: FileRow) -> FileRow {
        match row {
            FileRow::Cells { line, cells } => self.widened(line, cells),
            FileRow::Refused { line, error, rest } => {
                self.reach(line as u32 - 1);
                let rest = if self.reaching.is_empty() { rest } else { Vec::new() };
                FileRow::Refused { line, error, rest }
            }
            FileRow::Torn { from, .. } => {
                self.reach(from as u32 - 1);
                row
            }
        }
    }

    fn widened(&mut self, line: usize, mut cells: Vec<String>) -> FileRow {
        let row = line as u32 - 1;
        self.reach(row);
        if self.columns > 0 {
            if cells.iter().skip(self.columns).any(|cell| !cell.is_empty()) {
                let why = "it has more cells than the heading; give each column a heading";
                return FileRow::Torn { from: line, to: line, why: why.to_owned() };
            }
            cells.resize(self.columns, String::new());
        }
        match self.fill_merged(row, &mut cells) {
            Ok(()) => FileRow::Cells { line, cells },
            Err(why) => {
                let error = Error::field("row", FieldCode::Unreadable, why);
                FileRow::Refused { line, error, rest: Vec::new() }
            }
        }
    }

    /// Goes on to the merged cells that reach a row.
    fn reach(&mut self, row: u32) {
        while self.before.merged.last().is_some_and(|merged| merged.from.0 <= row) {
            self.reaching.extend(self.before.merged.pop());
        }
        self.reaching.retain(|merged| merged.to.0 >= row);
    }

    /// Merged cells hold their text in each row and column that they reach; if the row with that
    /// text could not be read, the others are not known either.
    fn fill_merged(&mut self, row: u32, cells: &mut [String]) -> Result<(), String> {
        let mut bytes = cells.iter().map(String::len).sum::<usize>();
        for merged in &mut self.reaching {
            let first = merged.from.1 as usize;
            if merged.from.0 == row {
                merged.text = Some(cells.get(first).cloned().unwrap_or_default());
            }
            for cell in cells.iter_mut().take(merged.to.1 as usize + 1).skip(first) {
                match &merged.text {
                    Some(text) if cell.is_empty() => {
                        bytes += text.len();
                        if bytes > LONGEST_ROW {
                            return Err(too_long());
                        }
                        cell.clone_from(text);
                    }
                    Some(_) => {}
                    None => return Err(unknown(merged.from)),
                }
            }
        }
        Ok(())
    }
}

/// The text of a cell, as long as its row is no longer than rows may be: one text of a workbook may
/// stand in any number of cells, so that a small file unpacks to a very large table.
fn bounded(text: Result<String, String>, bytes: &mut usize) -> Result<String, String> {
    *bytes += text.as_ref().map_or(0, String::len);
    if *bytes > LONGEST_ROW { Err(too_long()) } else { text }
}

fn too_long() -> String {
    format!("up to here the row holds more than {LONGEST_ROW} bytes; no record needs so many")
}

fn unknown((row, column): Spot) -> String {
    format!("column {} is merged with row {}, which could not be read", letters(column), row + 1)
}

impl TableRows for SheetRows<'_> {
    fn next(&mut self) -> io::Result<Option<FileRow>> {
        let row = match self.ahead.pop_front() {
            Some(row) => Some(row),
            None => self.read()?,
        };
        Ok(row.map(|row| self.whole(row)))
    }

    fn set_columns(&mut self, columns: usize) {
        self.columns = columns;
    }

    /// A sheet that is cut short cannot be opened at all.
    fn is_open(&self) -> bool {
        false
    }

    fn called(&self) -> String {
        format!("sheet '{}', row ", self.sheet)
    }

    fn title(&self) -> Option<&str> {
        Some(&self.sheet)
    }

    fn hidden(&self) -> Hidden {
        self.before.hidden.clone()
    }
}

fn set(cells: &mut Vec<Option<String>>, column: usize, text: Option<String>) {
    if cells.len() <= column {
        cells.resize(column + 1, Some(String::new()));
    }
    cells[column] = text;
}

fn lost(error: XlsxError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}
