//! The template, filled in by an office: its mark, its sheet, and each row under the fields that
//! its headings stand for.

use std::{collections::BTreeSet, io, path::PathBuf};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible};
use mpp_core::Error;

use super::{
    fault::Fault,
    sink::Sink,
    tables::{
        before::{Before, OpenWorkbook},
        hidden::Hidden,
        row::{FileRow, TableRows},
        sheet::SheetRows,
        table::read_rows,
        workbook::{holds_something, open},
    },
};
use crate::{
    model::column_letters::letters,
    model::template::{
        Column, EXAMPLE, GUIDE, Layout, MARK, MARK_SHEET, SERVICES, VERSION, is_example,
        is_own_sheet,
    },
    policy::Policy,
};

/// Where the headings stand.
const HEADING_ROW: usize = 1;
/// Where they stand on the sheet of the example, from 0.
const EXAMPLE_HEADING: u32 = 1;
/// The way out for a workbook that was not made from the template.
const HOW_TO_GET_ONE: &str = "fetch the template anew, and copy the rows into its sheet";

/// A workbook of the template.
#[derive(Clone, Debug)]
pub struct Template {
    /// The workbook's path.
    pub path: PathBuf,
    /// What it is called in messages.
    pub name: String,
}

/// Where the columns stand.
///
/// # Errors
/// It is no workbook of the template, of another version, or its headings are others.
pub fn layout(template: &Template, policy: &Policy) -> Result<Layout, Fault> {
    let place = &template.name;
    let (mut open, formatted) = open(&template.path, policy, place, HOW_TO_GET_ONE)?;
    let sheet = choose(&mut open, place)?;
    let unreadable = |text: String| Fault::unreadable(place, format!("sheet '{sheet}': {text}"));
    let before = Before::look(&mut open, &sheet, formatted).map_err(unreadable)?;
    if let Some((row, from, to)) = before.merged_across() {
        return Err(unreadable(format!(
            "row {}: columns {} to {} are merged, and each is another field; take them apart",
            row + 1,
            letters(from),
            letters(to)
        )));
    }
    let mut rows = SheetRows::open(&mut open, &sheet, before).map_err(unreadable)?;
    let first = rows.look_ahead(1).map_err(|error| unreadable(error.to_string()))?;
    match first {
        [FileRow::Cells { line: HEADING_ROW, cells }] => {
            Layout::of(&sheet, cells).map_err(|text| {
                Fault::unreadable(
                    place,
                    format!("sheet '{sheet}', row 1: {text}; {HOW_TO_GET_ONE}"),
                )
            })
        }
        [FileRow::Refused { line: HEADING_ROW, error, .. }] => {
            Err(unreadable(format!("row 1: {}", error.message())))
        }
        _ => Err(Fault::unreadable(
            place,
            format!("row 1 of sheet '{sheet}' must hold the template's headings; {HOW_TO_GET_ONE}"),
        )),
    }
}

/// Hands on every row of the sheet.
///
/// # Errors
/// The same as [`layout`]. A row that cannot be read goes to the sink.
pub fn read(template: &Template, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let layout = layout(template, policy)?;
    let place = &template.name;
    let unreadable = |text: String| Fault::unreadable(place, text);
    let (mut open, formatted) = open(&template.path, policy, place, HOW_TO_GET_ONE)?;
    let before = Before::look(&mut open, &layout.sheet, formatted).map_err(unreadable)?;
    let before = Before { hidden: Hidden::look(&template.path, &layout.sheet), ..before };
    let rows = SheetRows::open(&mut open, &layout.sheet, before).map_err(unreadable)?;
    let mut rows = FieldRows { rows, layout: &layout, is_below: false };
    read_rows(place, &mut rows, Vec::new(), policy, sink)
}

/// The sheet that is filled in, once the workbook is known to be the template's.
fn choose(open: &mut OpenWorkbook, place: &str) -> Result<String, Fault> {
    check_mark(open, place)?;
    let sheets = open.sheets_metadata().to_vec();
    let shown = sheets.iter().filter(|sheet| {
        // A sheet of a chart or of a program holds no rows.
        sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet
    });
    for sheet in shown {
        if EXAMPLE.is(&sheet.name) {
            check_example(open, &sheet.name, place)?;
        }
        if !is_own_sheet(&sheet.name) && holds_something(open, &sheet.name, place)? {
            let text = format!(
                "sheet '{}' is none of the template's, and would not be read; take it out, or move \
                 its services to sheet '{}'",
                sheet.name, SERVICES.0
            );
            return Err(Fault::unreadable(place, text));
        }
    }
    let found: Vec<_> = sheets.iter().filter(|sheet| SERVICES.is(&sheet.name)).collect();
    match found.as_slice() {
        [one] if one.visible == SheetVisible::Visible => Ok(one.name.clone()),
        [one] => {
            let text =
                format!("sheet '{}' is hidden; show it, so that all see what is sent", one.name);
            Err(Fault::unreadable(place, text))
        }
        _ => {
            let text = format!(
                "exactly one sheet must be called '{}' or '{}'; beside it stand '{}' and others",
                SERVICES.0, SERVICES.1, GUIDE.0
            );
            Err(Fault::unreadable(place, text))
        }
    }
}

/// Rows on the sheet of the example are never sent, so none may stand there but the example's own.
fn check_example(open: &mut OpenWorkbook, sheet: &str, place: &str) -> Result<(), Fault> {
    let told = |error| Fault::torn(place, format!("sheet '{sheet}': {error}"));
    let mut cells = open.worksheet_cells_reader(sheet).map_err(told)?;
    let (mut filled, mut examples) = (BTreeSet::new(), BTreeSet::new());
    while let Some(cell) = cells.next_cell().map_err(told)? {
        let row = cell.get_position().0;
        match words(cell.get_value()) {
            Some(text) if is_example(&text) => drop(examples.insert(row)),
            Some(text) if row > EXAMPLE_HEADING && !text.trim().is_empty() => {
                filled.insert(row);
            }
            _ => {}
        }
    }
    let Some(row) = filled.difference(&examples).next() else { return Ok(()) };
    let text = format!(
        "sheet '{sheet}', row {}: what stands on this sheet is never sent, and this is not the \
         template's example; move it to sheet '{}', or take it out",
        row + 1,
        SERVICES.0
    );
    Err(Fault::unreadable(place, text))
}

/// The mark names the template and its version, so that a later program knows what it reads.
fn check_mark(open: &mut OpenWorkbook, place: &str) -> Result<(), Fault> {
    let version = mark(open);
    let text = match version.as_deref() {
        Some(version) if version == VERSION.to_string() => return Ok(()),
        Some(version) => format!(
            "it is of version {version} of the template, and this program reads version {VERSION}; \
             {HOW_TO_GET_ONE}"
        ),
        None => format!(
            "it is not made of the template (its hidden sheet '{MARK_SHEET}' is not there); \
             {HOW_TO_GET_ONE}"
        ),
    };
    Err(Fault::unreadable(place, text))
}

/// The version in the sheet of the mark: its second cell, behind the template's name.
fn mark(open: &mut OpenWorkbook) -> Option<String> {
    let mut cells = open.worksheet_cells_reader(MARK_SHEET).ok()?;
    let mut text = || words(cells.next_cell().ok()??.get_value());
    let name = text()?;
    (name.trim() == MARK).then(text)?.map(|version| version.trim().to_owned())
}

/// A text, or a number as one.
fn words(value: &DataRef<'_>) -> Option<String> {
    match value {
        DataRef::String(text) => Some(text.clone()),
        DataRef::SharedString(text) => Some((*text).to_owned()),
        DataRef::Float(number) => Some(number.to_string()),
        DataRef::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The rows of the sheet under the keys of the fields, each cell as its column reads it.
struct FieldRows<'a> {
    rows: SheetRows<'a>,
    layout: &'a Layout,
    /// The heading was handed on.
    is_below: bool,
}

impl FieldRows<'_> {
    fn fields(&self, line: usize, cells: Vec<String>) -> FileRow {
        if self.layout.is_heading(&cells) {
            return FileRow::Cells { line, cells: self.layout.keys() };
        }
        let mut faults = Vec::new();
        let columns = self.layout.columns();
        let read = |(column, cell): (&Column, String)| {
            column.read(cell).map_err(|fault| faults.push(fault)).ok()
        };
        let rest: Vec<_> = columns.zip(cells).map(read).collect();
        match faults.is_empty() {
            true => FileRow::Cells { line, cells: rest.into_iter().flatten().collect() },
            false => FileRow::Refused { line, error: Error::fields(faults), rest },
        }
    }

    /// The cells of a row that can be read, each as its column reads it.
    fn rest(&self, rest: Vec<Option<String>>) -> Vec<Option<String>> {
        let read = |(column, cell): (&Column, Option<String>)| column.read(cell?).ok();
        self.layout.columns().zip(rest).map(read).collect()
    }
}

impl TableRows for FieldRows<'_> {
    fn next(&mut self) -> io::Result<Option<FileRow>> {
        match self.rows.next()? {
            Some(FileRow::Cells { line, .. }) if !std::mem::replace(&mut self.is_below, true) => {
                Ok(Some(FileRow::Cells { line, cells: self.layout.keys() }))
            }
            Some(FileRow::Cells { line, cells }) => Ok(Some(self.fields(line, cells))),
            Some(FileRow::Refused { line, error, rest }) => {
                Ok(Some(FileRow::Refused { line, error, rest: self.rest(rest) }))
            }
            row => Ok(row),
        }
    }

    fn set_columns(&mut self, columns: usize) {
        self.rows.set_columns(columns);
    }

    fn is_open(&self) -> bool {
        self.rows.is_open()
    }

    fn called(&self) -> String {
        self.rows.called()
    }

    fn title(&self) -> Option<&str> {
        None
    }

    fn hidden(&self) -> Hidden {
        self.rows.hidden()
    }
}
