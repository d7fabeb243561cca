//! Faults and remarks by sheet, row and column.

use maud::{Markup, html};
use mpp_agent::Placed;

use super::english;
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    words::{fault_of_cell, fault_without_tick, table as words},
};

/// Rows of the table at the most; how many more there are is said.
const SHOWN: usize = 200;

/// The table of what was not taken; nothing if there is nothing to tell. `ticks` tells whether the
/// page has a box to tick for it.
pub fn faults(look: Look, placed: &[Placed], ticks: &dyn Fn(&Placed) -> bool) -> Markup {
    let columns = [
        Column::text(words::UPLOAD_WHERE),
        Column::text(words::UPLOAD_WHAT),
        Column::text(words::UPLOAD_DETAIL),
        Column::text(words::UPLOAD_WEIGHT),
    ];
    let rows: Vec<TableRow> =
        placed.iter().take(SHOWN).map(|one| row(look, one, ticks(one))).collect();
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

fn row(look: Look, placed: &Placed, has_tick: bool) -> TableRow {
    let weight = match (placed.is_remark, placed.is_answer) {
        (true, _) => words::UPLOAD_REMARK,
        (false, true) => words::UPLOAD_NOT_TAKEN,
        (false, false) => words::UPLOAD_FAULT,
    };
    let detail = html! { span lang=[english(look)] { (placed.message) } };
    let phrase = if has_tick { fault_of_cell } else { fault_without_tick };
    let what = html! { (look.of(phrase(&placed.code))) };
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

#[cfg(test)]
mod tests {
    use mpp_core::FieldCode;

    use super::*;
    use crate::words::Lang;

    fn placed(id: &str, code: FieldCode, is_answer: bool) -> Placed {
        Placed {
            row: Some(("Layanan".to_owned(), 7)),
            columns: Vec::new(),
            id: id.to_owned(),
            message: "x".to_owned(),
            way_out: String::new(),
            code: code.as_str().to_owned(),
            is_remark: false,
            is_answer,
        }
    }

    fn shown(one: Placed, has_tick: bool) -> String {
        let look = Look { lang: Lang::Id, sample: false, now: Default::default() };
        faults(look, &[one], &|_| has_tick).into_string()
    }

    #[test]
    fn what_the_registry_has_answered_was_sent() {
        let unit = shown(placed("ktp", FieldCode::UnitNotFound, true), false);
        assert!(
            unit.contains("Ditolak atau menunggu") && !unit.contains("Tidak dikirim"),
            "{unit}"
        );
        let cell = shown(placed("ktp", FieldCode::Format, false), false);
        assert!(cell.contains("Tidak dikirim"), "{cell}");
    }

    #[test]
    fn a_box_to_tick_is_named_only_where_there_is_one() {
        let trial = |has_tick| shown(placed("", FieldCode::Suspicious, false), has_tick);
        assert!(trial(true).contains("atau centang") && trial(false).contains("beri kode"));
        let gone = shown(placed("ktp", FieldCode::Gone, false), false);
        assert!(!gone.contains("centang"), "{gone}");
    }
}
