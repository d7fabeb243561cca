//! Tables, cell by cell.

use std::io::{BufWriter, Write};

use mpp_core::{Error, FieldCode, Result};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::{dataset::unwritable, sheets::Cell};

/// A CSV file: UTF-8, commas, CRLF, the headings first.
pub struct Csv<W: Write>(csv::Writer<BufWriter<W>>);

impl<W: Write> Csv<W> {
    /// Opens it.
    pub fn begin(out: W) -> Self {
        let mut builder = csv::WriterBuilder::new();
        builder.terminator(csv::Terminator::CRLF);
        Self(builder.from_writer(BufWriter::new(out)))
    }

    /// Writes a row.
    ///
    /// # Errors
    /// The writer's.
    pub fn row(&mut self, cells: &[Cell]) -> Result<()> {
        let texts = cells.iter().map(|cell| match cell {
            Cell::Text(text) => harmless(text),
            Cell::Number(number) => number.to_string(),
        });
        self.0.write_record(texts).map_err(|error| unwritable(error.into()))
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// The writer's.
    pub fn end(self) -> Result<W> {
        let buffered = self.0.into_inner().map_err(|error| unwritable(error.into_error()))?;
        buffered.into_inner().map_err(|error| unwritable(error.into_error()))
    }
}

/// A text that no spreadsheet takes for a formula: one that would begin as such gets an apostrophe
/// before it, as OWASP advises. Programs take the text from JSON or linked data, where it is as
/// sent.
fn harmless(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') => {
            format!("'{text}")
        }
        _ => text.to_owned(),
    }
}

/// A workbook (XLSX), one sheet after the other. Every text is stored as a text: there is nothing
/// in it that is worked out. Rows go to temporary files as they come, so that it costs no memory.
#[derive(Default)]
pub struct Book {
    book: Workbook,
    sheets: usize,
    rows: u32,
    cut: u64,
}

impl Book {
    /// Begins a sheet; the one before is whole. Its first row and column stay in sight.
    ///
    /// # Errors
    /// A name that no sheet can bear; the temporary file's.
    pub fn sheet(&mut self, name: &str) -> Result<()> {
        let sheet = self.book.add_worksheet_with_constant_memory();
        let sheet = sheet.map_err(|error| unwritten(&error))?;
        sheet.set_name(name).map_err(|error| unwritten(&error))?;
        sheet.set_freeze_panes(1, 1).map_err(|error| unwritten(&error))?;
        sheet.set_column_range_width(0, COLUMNS, WIDTH).map_err(|error| unwritten(&error))?;
        sheet.set_row_format(0, &Format::new().set_bold()).map_err(|error| unwritten(&error))?;
        self.sheets += 1;
        self.rows = 0;
        Ok(())
    }

    /// Writes a row.
    ///
    /// # Errors
    /// The sheet is full: a workbook holds 1,048,576 rows.
    pub fn row(&mut self, cells: &[Cell]) -> Result<()> {
        let last = self.sheets.checked_sub(1);
        let last = last.ok_or_else(|| Error::internal("a row before the first sheet"))?;
        let sheet = self.book.worksheet_from_index(last).map_err(|error| unwritten(&error))?;
        for (column, cell) in (0..).zip(cells) {
            let written = match cell {
                Cell::Text(text) if text.is_empty() => continue,
                Cell::Text(text) => {
                    let (text, cut) = fitting(text);
                    self.cut += u64::from(cut);
                    sheet.write_string(self.rows, column, text)
                }
                Cell::Number(number) => sheet.write_number(self.rows, column, *number as f64),
            };
            written.map_err(|error| unwritten(&error))?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Writes the file; answers how many texts were cut, since a cell holds 32,767 characters.
    ///
    /// # Errors
    /// The writer's.
    pub fn end(mut self, out: impl Write + Send) -> Result<u64> {
        self.book.save_to_writer(out).map_err(|error| unwritten(&error))?;
        Ok(self.cut)
    }
}

/// More than any sheet has, and how wide each is, in characters.
const COLUMNS: u16 = 63;
const WIDTH: f64 = 24.0;

/// Characters that a cell of a workbook holds, as its format counts them.
const CELL: usize = 32_767;

/// A text as a cell holds it, and whether it was cut for that.
fn fitting(text: &str) -> (String, bool) {
    if text.encode_utf16().count() <= CELL {
        return (text.to_owned(), false);
    }
    let mut left = CELL - 1;
    let fits = |letter: &char| {
        let room = left.checked_sub(letter.len_utf16());
        left = room.unwrap_or_default();
        room.is_some()
    };
    (text.chars().take_while(fits).chain(['…']).collect(), true)
}

fn unwritten(error: &XlsxError) -> Error {
    match error {
        XlsxError::IoError(_) | XlsxError::ZipError(_) => {
            unwritable(std::io::Error::other(error.to_string()))
        }
        XlsxError::RowColumnLimitError => {
            let text = "a sheet holds 1,048,576 rows; csv has no such bound";
            Error::field("format", FieldCode::TooLarge, text)
        }
        other => Error::internal(other.to_string()),
    }
}
