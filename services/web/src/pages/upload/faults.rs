//! Faults and remarks by sheet, row and column.

use maud::{Markup, html};
use mpp_agent::Placed;

use super::english;
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    words::{fault_of_cell, table as words},
};

/// Rows of the table at the most; how many more there are is said.
const SHOWN: usize = 200;

/// The table of what was not taken; nothing if there is nothing to tell.
pub fn faults(look: Look, placed: &[Placed]) -> Markup {
    let columns = [
        Column::text(words::UPLOAD_WHERE),
        Column::text(words::UPLOAD_WHAT),
        Column::text(words::UPLOAD_DETAIL),
        Column::text(words::UPLOAD_WEIGHT),
    ];
    let rows: Vec<TableRow> = placed.iter().take(SHOWN).map(|one| row(look, one)).collect();
    let more = placed.len().saturating_sub(SHOWN);
    html! {
        @if !rows.is_empty() {
            (table(look, "faults", &html! { (look.of(words::UPLOAD_FAULTS)) }, &columns, &rows))
        }
        @if more > 0 {
            p { (words::WAITING_MORE.text(look.lang, &[&look.number(i64::try_from(more).unwrap_or(i64::MAX))])) }
        }
    }
}

fn row(look: Look, placed: &Placed) -> TableRow {
    let weight = if placed.is_remark { words::UPLOAD_REMARK } else { words::UPLOAD_FAULT };
    let detail = html! { span lang=[english(look)] { (placed.message) } };
    let what = html! { (look.of(fault_of_cell(&placed.code))) };
    TableRow::new(place(look, placed), [what, detail, html! { (look.of(weight)) }])
}

/// "Lembar Layanan, baris 7, kolom F (Biaya)".
fn place(look: Look, placed: &Placed) -> Markup {
    let columns: Vec<_> =
        placed.columns.iter().map(|(letters, heading)| format!("{letters} ({heading})")).collect();
    let id = &placed.id;
    html! {
        @if let Some((sheet, row)) = &placed.row {
            (words::UPLOAD_ROW.text(look.lang, &[sheet, &row.to_string()]))
            @if !columns.is_empty() {
                (words::UPLOAD_COLUMN.text(look.lang, &[&columns.join(", ")]))
            }
        } @else if id.is_empty() { (look.of(words::UPLOAD_WORKBOOK)) }
        @if !id.is_empty() { " " code { (id) } }
    }
}
