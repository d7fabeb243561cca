//! The template as a workbook, empty: for an office that has no system of its own.

use mpp_core::{Error, Result};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Note,
    Workbook, Worksheet, XlsxError,
};

use crate::model::template::{
    CellForm, Column, EXAMPLE, GUIDE, Lang, MARK, MARK_SHEET, SERVICES, VERSION, Words, columns,
};

/// The last row with lists to choose from: no office fills in more.
const LAST_ROW: u32 = 2_000;
/// Columns that stay in sight: code, unit and name.
const IN_SIGHT: u16 = 3;

const REQUIRED: Words = Words("wajib diisi", "required");
const OPTIONAL: Words = Words("boleh kosong", "may be empty");
const HEADING: Words = Words("Judul kolom", "Heading");
const NEED: Words = Words("Wajib?", "Required?");
const HOW: Words = Words("Cara mengisi", "How to fill it in");
const IN_EXAMPLE: Words = Words("Contoh (tidak dikirim)", "Example (not sent)");
const ABOVE_EXAMPLE: Words = Words(
    "CONTOH: baris di lembar ini hanya contoh dan tidak pernah dikirim.",
    "EXAMPLE: the row on this sheet is an example, and is never sent.",
);
const RULES: [Words; 6] = [
    Words(
        "Templat katalog layanan. Isi lembar \"Layanan\", satu layanan per baris, lalu kirim.",
        "Template of a service catalog. Fill in the sheet \"Services\", one service a row, and upload it.",
    ),
    Words(
        "Jangan mengubah judul kolom, dan jangan menghapus kolom; urutannya boleh berbeda.",
        "Leave the headings as they are, and take no column out; their order may differ.",
    ),
    Words(
        "Beberapa isi dalam satu sel: satu per baris (Alt+Enter).",
        "Several entries in one cell: one a line (Alt+Enter).",
    ),
    Words(
        "Jangan mencoret isi sel, dan jangan menyisakan rumus yang rusak (#REF!).",
        "Strike nothing through, and leave no broken formula (#REF!).",
    ),
    Words(
        "Layanan yang hilang dari lembar tetap ada di indeks sampai ditarik dengan sengaja.",
        "A service that is gone from the sheet stays in the index until it is withdrawn on purpose.",
    ),
    Words(
        "Baris dan kolom yang disembunyikan tetap dibaca; berkas dengan lembar lain ditolak.",
        "Hidden rows and columns are read all the same; a file with other sheets is refused.",
    ),
];

/// The template in a language.
///
/// # Errors
/// Only a fault of ours: it cannot be written.
pub fn template(lang: Lang) -> Result<Vec<u8>> {
    written(lang).map_err(Error::internal)
}

fn written(lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    services(workbook.add_worksheet(), lang)?;
    guide(workbook.add_worksheet(), lang)?;
    example(workbook.add_worksheet(), lang)?;
    let mark = workbook.add_worksheet().set_name(MARK_SHEET)?.set_hidden(true);
    mark.write_string(0, 0, MARK)?.write_string(0, 1, VERSION.to_string())?;
    workbook.save_to_buffer()
}

fn services(sheet: &mut Worksheet, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name(SERVICES.of(lang))?;
    headings(sheet, 0, lang)?;
    sheet.set_freeze_panes(1, IN_SIGHT)?;
    for (at, column) in (0..).zip(columns()) {
        sheet.insert_note(
            0,
            at,
            &Note::new(explained(column, lang)).set_width(320).set_height(140),
        )?;
        if let Some(list) = list(column, lang)? {
            sheet.add_data_validation(1, at, LAST_ROW, at, &list)?;
        }
    }
    Ok(())
}

/// The headings in a row, each column as wide as it needs; its cells are texts, so that no program
/// makes a date of "3-5".
fn headings(sheet: &mut Worksheet, row: u32, lang: Lang) -> Result<(), XlsxError> {
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    for (at, column) in (0..).zip(columns()) {
        sheet.set_column_width(at, column.width)?.set_column_format(at, &text)?;
        let format = heading(column.is_required());
        sheet.write_string_with_format(row, at, column.heading.of(lang), &format)?;
    }
    Ok(())
}

fn heading(is_required: bool) -> Format {
    let ground = if is_required { 0x00FF_E699 } else { 0x00DD_EBF7 };
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin)
        .set_background_color(Color::RGB(ground))
}

fn explained(column: &Column, lang: Lang) -> String {
    format!("{} ({})", column.how.of(lang), need(column).of(lang))
}

fn need(column: &Column) -> Words {
    if column.is_required() { REQUIRED } else { OPTIONAL }
}

/// The list of a column's choices: it is closed, but only a help if words may stand instead.
fn list(column: &Column, lang: Lang) -> Result<Option<DataValidation>, XlsxError> {
    let values = column.listed(lang);
    if values.is_empty() {
        return Ok(None);
    }
    let list = DataValidation::new().allow_list_strings(&values)?;
    let list = list.set_error_style(DataValidationErrorStyle::Stop);
    Ok(Some(list.show_error_message(!matches!(column.form, CellForm::Way))))
}

fn guide(sheet: &mut Worksheet, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name(GUIDE.of(lang))?;
    for (column, width) in [(0, 34), (1, 14), (2, 70), (3, 44)] {
        sheet.set_column_width(column, width)?;
    }
    for (row, rule) in (0..).zip(RULES) {
        sheet.write_string(row, 0, rule.of(lang))?;
    }
    let first = RULES.len() as u32 + 1;
    for (at, words) in (0..).zip([HEADING, NEED, HOW, IN_EXAMPLE]) {
        sheet.write_string_with_format(first, at, words.of(lang), &heading(false))?;
    }
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, column) in (first + 1..).zip(columns()) {
        let cells =
            [column.heading.of(lang), need(column).of(lang), column.how.of(lang), column.example];
        for (at, cell) in (0..).zip(cells) {
            sheet.write_string_with_format(row, at, cell, &text)?;
        }
    }
    Ok(())
}

fn example(sheet: &mut Worksheet, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name(EXAMPLE.of(lang))?;
    headings(sheet, 1, lang)?;
    sheet.write_string_with_format(0, 0, ABOVE_EXAMPLE.of(lang), &Format::new().set_bold())?;
    for (at, column) in (0..).zip(columns()) {
        sheet.write_string(2, at, column.example)?;
    }
    Ok(())
}
