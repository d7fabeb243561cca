//! The first column of a table within a list, which may number the rows.

use super::first_column::{is_title, number};

/// What the first cells of the rows hold.
#[derive(Default)]
pub struct Column {
    /// The cells of the row that have begun.
    cells: usize,
    is_open: bool,
    /// Where the cell and its row begin in the text.
    cell: usize,
    row: usize,
    numbers: Vec<u32>,
    /// The row is the heading of such a column.
    is_heading: bool,
    is_titled: bool,
}

impl Column {
    /// An element begins.
    pub fn start(&mut self, name: &[u8], text: &mut String) {
        match name {
            b"tr" => self.next_row(text),
            b"td" | b"th" => {
                self.end_cell(text);
                (self.cells, self.cell, self.is_open) = (self.cells + 1, text.len(), true);
            }
            _ => {}
        }
    }

    /// An element ends.
    pub fn end(&mut self, name: &[u8], text: &mut String) {
        match name {
            b"tr" | b"table" => self.next_row(text),
            b"td" | b"th" => self.end_cell(text),
            _ => {}
        }
    }

    /// Whether the rows are numbered from 1 on. One row alone is if its heading says so.
    pub fn runs(&self) -> bool {
        let is_next = |(at, number): (usize, &u32)| *number as usize == at + 1;
        let least = if self.is_titled { 1 } else { 2 };
        self.numbers.len() >= least && self.numbers.iter().enumerate().all(is_next)
    }

    fn next_row(&mut self, text: &mut String) {
        self.end_cell(text);
        if std::mem::take(&mut self.is_heading) {
            text.truncate(self.row);
        }
        (self.cells, self.row) = (0, text.len());
    }

    fn end_cell(&mut self, text: &mut String) {
        if !std::mem::take(&mut self.is_open) || self.cells != 1 {
            return;
        }
        let said = text.get(self.cell..).unwrap_or_default().replace('\0', " ");
        if let Some(number) = number(&said) {
            text.truncate(self.cell);
            text.push_str(&format!("{number}. "));
            self.numbers.push(number);
        } else if self.numbers.is_empty() && is_title(&said) {
            (self.is_heading, self.is_titled) = (true, true);
        }
    }
}
