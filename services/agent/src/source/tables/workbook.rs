//! Workbooks (XLSX): which sheet is read, where its heading stands, and how much of the file may be
//! unpacked.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufReader, Read as _},
    path::{Path, PathBuf},
};

use calamine::{Reader as _, SheetType, SheetVisible};

use super::{
    before::{Before, OpenWorkbook},
    heading::{self, LOOKED_AT},
    hidden::Hidden,
    lines::{HOW_TO_FIND, TextLine},
    row::FileRow,
    runs,
    sheet::SheetRows,
    table::read_rows,
};
use crate::{
    policy::Policy,
    source::{fault::Fault, sink::Sink},
};

/// Separates the cells when the heading is looked for; no cell holds it.
const PARTS: char = '\u{1f}';
/// The way out for a file that is no workbook.
const AS_TEXT: &str = "for a text file set type = \"csv\" in [input]";

/// A workbook of which one sheet is read.
#[derive(Clone, Debug, Default)]
pub struct Workbook {
    /// The workbook's path.
    pub path: PathBuf,
    /// The sheet's name; none: the only one that is shown and holds something.
    pub sheet: Option<String>,
    /// The row of the headings; none: it is found.
    pub heading_row: Option<usize>,
}

/// Hands on every row of the sheet.
///
/// # Errors
/// The file as a whole cannot be read. A row that cannot goes to the sink.
pub fn read(workbook: &Workbook, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let place = workbook.path.display().to_string();
    let unreadable = |text: String| Fault::unreadable(&place, text);
    let (mut open, formatted) = open(&workbook.path, policy, &place, AS_TEXT)?;
    let sheet = choose(&mut open, workbook.sheet.as_deref(), &place)?;
    let before = Before::look(&mut open, &sheet, formatted).map_err(unreadable)?;
    let before = Before { hidden: Hidden::look(&workbook.path, &sheet), ..before };
    let mut rows = SheetRows::open(&mut open, &sheet, before).map_err(unreadable)?;
    let above = find_heading(&mut rows, workbook.heading_row, &place)?;
    read_rows(&place, &mut rows, above, policy, sink)
}

/// Opens a workbook whose bytes are all sound, with the texts of which a part is formatted
/// otherwise; `instead` is the way out for a file of another kind.
///
/// # Errors
/// It is no workbook, is damaged, or is larger than it may be.
pub fn open(
    path: &Path,
    policy: &Policy,
    place: &str,
    instead: &str,
) -> Result<(OpenWorkbook, HashSet<String>), Fault> {
    let formatted = unpack(path, policy.max_workbook_bytes, place, instead)?;
    let open = calamine::open_workbook(path).map_err(|error: calamine::XlsxError| {
        Fault::unreadable(place, format!("it is no workbook: {error}"))
    })?;
    Ok((open, formatted))
}

/// Unpacks all of it once, and keeps the texts of which a part is formatted otherwise: what it says
/// of its own size is not believed, and a file that is cut short or damaged ends here.
fn unpack(path: &Path, limit: u64, place: &str, instead: &str) -> Result<HashSet<String>, Fault> {
    let file = File::open(path);
    let file =
        file.map_err(|error| Fault::unreachable(place, format!("{error}; {HOW_TO_FIND}")))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file))
        .map_err(|_| no_workbook(path, place, instead))?;
    let (mut left, mut formatted) = (limit, HashSet::new());
    for part in 0..archive.len() {
        let damaged = |error: &dyn std::fmt::Display| {
            Fault::torn(place, format!("the workbook is damaged or has a password: {error}"))
        };
        let part = archive.by_index(part).map_err(|error| damaged(&error))?;
        let has_texts = part.name().is_ok_and(|name| runs::holds_texts(&name));
        let mut part = part.take(left + 1);
        if has_texts {
            formatted.extend(runs::formatted(&mut part));
        }
        io::copy(&mut part, &mut io::sink()).map_err(|error| damaged(&error))?;
        let read = left + 1 - part.limit();
        left = left.checked_sub(read).ok_or_else(|| {
            let text = format!(
                "unpacked it is larger than {limit} bytes (max_workbook_bytes in [policy]); is it \
                 a catalog?"
            );
            Fault::unreadable(place, text)
        })?;
    }
    Ok(formatted)
}

/// Says which kind of file it is instead, and what to do.
fn no_workbook(path: &Path, place: &str, instead: &str) -> Fault {
    let mut start = [0; 8];
    let read = File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or_default();
    let text = match &start[..read] {
        [] => return Fault::nothing(place, "the file is empty"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            "this is an old workbook (.xls), or one with a password; save it as .xlsx without one"
        }
        [b'P', b'K', ..] => return Fault::torn(place, "the workbook is cut short; fetch it again"),
        _ => {
            return Fault::unreadable(place, format!("this is no workbook (.xlsx); {instead}"));
        }
    };
    Fault::unreadable(place, text)
}

/// The sheet to read: hidden ones only by name.
fn choose(open: &mut OpenWorkbook, wanted: Option<&str>, place: &str) -> Result<String, Fault> {
    let sheets = open.sheets_metadata().to_vec();
    let called = |names: &[&str]| names.join("', '");
    if let Some(wanted) = wanted {
        let found = sheets.iter().find(|sheet| sheet.name.trim() == wanted.trim());
        let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        let none = || {
            let text =
                format!("sheet = '{wanted}': there is none; its sheets are '{}'", called(&names));
            Fault::config(place, text)
        };
        return found.map(|sheet| sheet.name.clone()).ok_or_else(none);
    }
    let filled = filled(open, place)?;
    match filled.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Fault::nothing(place, "no sheet that is shown holds anything")),
        several => Err(Fault::config(
            place,
            format!(
                "{} sheets hold something: '{}'; name one as sheet = \"...\" in [input], and give \
                 each of the others an agent's file of its own",
                several.len(),
                several.join("', '")
            ),
        )),
    }
}

/// The sheets that are shown and hold something.
fn filled(open: &mut OpenWorkbook, place: &str) -> Result<Vec<String>, Fault> {
    let shown = open.sheets_metadata().to_vec().into_iter().filter(|sheet| {
        sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
    });
    let mut filled = Vec::new();
    for sheet in shown {
        if holds_something(open, &sheet.name, place)? {
            filled.push(sheet.name);
        }
    }
    Ok(filled)
}

/// The sheets of a workbook that may be read without a name.
///
/// # Errors
/// It is no workbook, is damaged, or is larger than it may be.
pub fn sheets(path: &Path, policy: &Policy) -> Result<Vec<String>, Fault> {
    let place = path.display().to_string();
    let (mut open, _) = open(path, policy, &place, AS_TEXT)?;
    filled(&mut open, &place)
}

/// True for a sheet of which a cell is filled.
///
/// # Errors
/// It cannot be read.
pub fn holds_something(open: &mut OpenWorkbook, sheet: &str, place: &str) -> Result<bool, Fault> {
    let told = |error| Fault::torn(place, format!("sheet '{sheet}': {error}"));
    let mut cells = open.worksheet_cells_reader(sheet).map_err(told)?;
    while let Some(cell) = cells.next_cell().map_err(told)? {
        if *cell.get_value() != calamine::DataRef::Empty {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Passes over what stands above the heading, and answers it.
fn find_heading(
    rows: &mut SheetRows<'_>,
    heading_row: Option<usize>,
    place: &str,
) -> Result<Vec<String>, Fault> {
    let lost = |error: io::Error| Fault::torn(place, format!("it breaks off: {error}"));
    let ahead = rows.look_ahead(LOOKED_AT).map_err(lost)?;
    let lines: Vec<TextLine> = ahead.iter().map(line).collect();
    let wanted = heading_row.map(|row| {
        let found = lines.iter().position(|line| line.number == row).map(|at| at + 1);
        let text = format!(
            "heading_row = {row}: among the first {LOOKED_AT} rows that hold \
                            something there is no such row"
        );
        found.ok_or_else(|| Fault::config(place, text))
    });
    let found = heading::find(&lines, Some(PARTS), wanted.transpose()?).map_err(|_| {
        let text = "no heading is found in the first rows; set heading_row in [input]. If all of \
                    a row stands in one cell, part it into columns first";
        Fault::config(place, text)
    })?;
    let above = lines.iter().take(found.above).filter_map(|line| line.text.clone().ok());
    let above = above.map(|text| text.replace(PARTS, " ")).collect();
    rows.pass_over(found.above);
    Ok(above)
}

/// A row as a line of text, for a look at where the heading stands.
fn line(row: &FileRow) -> TextLine {
    match row {
        FileRow::Cells { line, cells } => {
            let clean = |cell: &String| cell.replace(['\n', '\r', '"', PARTS], " ");
            let text = cells.iter().map(clean).collect::<Vec<_>>().join(&PARTS.to_string());
            TextLine { number: *line, text: Ok(text) }
        }
        FileRow::Refused { line, error, .. } => {
            TextLine { number: *line, text: Err(error.message().to_owned()) }
        }
        FileRow::Torn { from, why, .. } => TextLine { number: *from, text: Err(why.clone()) },
    }
}
