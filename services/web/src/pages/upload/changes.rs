//! What sending a workbook would change in the index, record by record and field by field.

use maud::{Markup, html};
use mpp_agent::{ForeseenRecord, Previewed};
use mpp_api::sync::{FieldDifference, RecordPreview, record_preview::Change};

use super::english;
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    words::{Phrase, fault_of_cell, table as words},
};

/// Fields of a record that are shown; how many more differ is said.
const FIELDS: usize = 12;
/// Characters of a value that are shown.
const SIGNS: usize = 200;

/// The counts, and a row for each record that would change.
pub fn changes(look: Look, previewed: &Previewed, foreseen: &[ForeseenRecord]) -> Markup {
    let counts = &previewed.changes;
    let facts = [
        (words::UPLOAD_CREATED, counts.created),
        (words::UPLOAD_UPDATED, counts.updated + counts.moved),
        (words::UPLOAD_UNCHANGED, counts.in_sync + counts.unchanged),
        (words::UPLOAD_WAITING, counts.waiting),
        (words::UPLOAD_REFUSED, counts.rejected + counts.still_rejected),
    ];
    let columns = [
        Column::text(words::UPLOAD_SERVICE),
        Column::text(words::UPLOAD_CHANGE),
        Column::text(words::UPLOAD_FIELDS),
    ];
    let rows: Vec<TableRow> = foreseen.iter().map(|one| row(look, one)).collect();
    html! {
        dl.facts { @for (label, count) in facts { (look.fact(label, html! { (look.number(count)) })) } }
        @if !rows.is_empty() {
            (table(look, "changes", &html! { (look.of(words::UPLOAD_CHANGES)) }, &columns, &rows))
        }
    }
}

fn row(look: Look, one: &ForeseenRecord) -> TableRow {
    let record = &one.record;
    let name = html! { code { (one.id) } };
    TableRow::new(name, [html! { (look.of(what(record))) }, fields(look, record)])
}

fn what(record: &RecordPreview) -> Phrase {
    match record.change() {
        Change::Created => words::UPLOAD_CREATED,
        Change::Updated => words::UPLOAD_UPDATED,
        Change::Moved => words::UPLOAD_MOVED,
        Change::Deleted => words::UPLOAD_DELETED,
        Change::Unspecified => words::UPLOAD_NO_CHANGE,
    }
}

fn fields(look: Look, record: &RecordPreview) -> Markup {
    let shown = &record.differences[..record.differences.len().min(FIELDS)];
    let more =
        record.differences.len() - shown.len() + usize::try_from(record.left_out).unwrap_or(0);
    let said = record.result.as_ref().filter(|result| !result.message.is_empty());
    html! {
        @if let Some(result) = said {
            p {
                code { (result.code) } " " (look.of(fault_of_cell(&result.code))) " "
                span lang=[english(look)] { (result.message) }
            }
        }
        @if !shown.is_empty() { ul.plain { @for one in shown { li { (difference(one)) } } } }
        @if more > 0 {
            p { (words::WAITING_MORE.text(look.lang, &[&more.to_string()])) }
        }
    }
}

/// "fees[0].amount_rupiah: 5000 → 7000".
fn difference(one: &FieldDifference) -> Markup {
    let path = one.path.strip_prefix("service.").unwrap_or(&one.path);
    html! { code { (path) } ": " del { (start(&one.old_value)) } " → " ins { (start(&one.new_value)) } }
}

fn start(value: &str) -> String {
    let mut text: String = value.chars().take(SIGNS).collect();
    if text.len() < value.len() {
        text.push('…');
    }
    text
}
