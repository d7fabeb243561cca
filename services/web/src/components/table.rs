//! Tables: a caption that says what is counted, scopes, and on a phone a row as a block where it
//! has more than three columns.

use maud::{Markup, html};

use super::Look;
use crate::words::Phrase;

/// A column's heading and how its cells behave.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    head: Phrase,
    kind: ColumnKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnKind {
    Text,
    Number,
    Flow,
}

impl Column {
    /// A cell of words.
    pub const fn text(head: Phrase) -> Self {
        Self { head, kind: ColumnKind::Text }
    }

    /// A figure, set to the right.
    pub const fn number(head: Phrase) -> Self {
        Self { head, kind: ColumnKind::Number }
    }

    /// A cell that reads without its heading on a phone.
    pub const fn flow(head: Phrase) -> Self {
        Self { head, kind: ColumnKind::Flow }
    }
}

/// A row: its own heading, then a cell for each further column.
#[derive(Debug)]
pub struct TableRow {
    head: Markup,
    cells: Vec<Markup>,
    today: bool,
}

impl TableRow {
    /// The row's subject, and one cell for each column after the first.
    pub fn new(head: Markup, cells: impl Into<Vec<Markup>>) -> Self {
        Self { head, cells: cells.into(), today: false }
    }

    /// The row stands out if it is today's.
    #[must_use]
    pub fn today(self, today: bool) -> Self {
        Self { today, ..self }
    }
}

/// Up to three columns stay a table on a phone; wider ones become blocks of heading and value.
pub fn table(
    look: Look,
    class: &str,
    caption: &Markup,
    columns: &[Column],
    rows: &[TableRow],
) -> Markup {
    if columns.len() > 3 {
        stacked(look, class, caption, columns, rows)
    } else {
        plain(look, class, caption, columns, rows)
    }
}

fn plain(
    look: Look,
    class: &str,
    caption: &Markup,
    columns: &[Column],
    rows: &[TableRow],
) -> Markup {
    html! {
        table class=[some(class)] {
            caption { (caption) }
            thead {
                tr {
                    @for column in columns {
                        th scope="col" class=[cell_class(column.kind)] { (look.of(column.head)) }
                    }
                }
            }
            tbody {
                @for row in rows {
                    tr class=[row.today.then_some("today")] {
                        th scope="row" { (row.head) }
                        @for (cell, column) in row.cells.iter().zip(&columns[1..]) {
                            td class=[cell_class(column.kind)] { (cell) }
                        }
                    }
                }
            }
        }
    }
}

/// The roles are given explicitly, since the styles for phones take them from the elements.
fn stacked(
    look: Look,
    class: &str,
    caption: &Markup,
    columns: &[Column],
    rows: &[TableRow],
) -> Markup {
    html! {
        table class=(format!("stack {class}").trim_end()) role="table" {
            caption { (caption) }
            thead role="rowgroup" {
                tr role="row" {
                    @for column in columns {
                        th scope="col" role="columnheader" class=[cell_class(column.kind)] {
                            (look.of(column.head))
                        }
                    }
                }
            }
            tbody role="rowgroup" {
                @for row in rows {
                    tr role="row" {
                        th scope="row" role="rowheader" { (row.head) }
                        @for (cell, column) in row.cells.iter().zip(&columns[1..]) {
                            td role="cell" class=[cell_class(column.kind)]
                                data-label=(look.of(column.head)) { (cell) }
                        }
                    }
                }
            }
        }
    }
}

fn some(class: &str) -> Option<&str> {
    (!class.is_empty()).then_some(class)
}

fn cell_class(kind: ColumnKind) -> Option<&'static str> {
    match kind {
        ColumnKind::Text => None,
        ColumnKind::Number => Some("num"),
        ColumnKind::Flow => Some("flow"),
    }
}
