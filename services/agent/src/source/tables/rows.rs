//! Rows of cells out of lines. Quotes decide where a row ends, so a stray one lets rows run into
//! one another: wherever that may have happened, all its lines are refused, and the rest goes on.
//!
//! Own code, since readers of CSV take a stray quote for part of a cell and do not tell.

use std::{collections::VecDeque, io};

use mpp_core::{Error, FieldCode};

use super::{
    habit::Habit,
    lines::{Lines, TextLine},
    row::{FileRow, TableRows},
};

/// Settings for all rows of a file.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The character between the cells.
    pub separator: char,
    /// How many cells a row has; 0 if that is not known yet.
    pub columns: usize,
    /// Most bytes of a row.
    pub longest: usize,
    /// Cells with lines that look like rows are taken as they are.
    pub trust_quotes: bool,
}

/// The rows of a file, one after the other.
pub struct Rows {
    lines: Lines,
    /// Lines that were looked at and have yet to be read.
    ahead: VecDeque<TextLine>,
    layout: Layout,
    /// How the rows so far look, by which a line within a cell is known for one of them.
    habit: Habit,
}

impl Rows {
    /// Reads on after `ahead`.
    pub fn new(lines: Lines, ahead: VecDeque<TextLine>, layout: Layout) -> Self {
        Self { lines, ahead, layout, habit: Habit::default() }
    }
}

impl TableRows for Rows {
    fn set_columns(&mut self, columns: usize) {
        self.layout.columns = columns;
    }

    fn is_open(&self) -> bool {
        self.ahead.is_empty() && self.lines.is_open()
    }

    fn called(&self) -> String {
        "row at line ".to_owned()
    }

    fn title(&self) -> Option<&str> {
        None
    }

    fn next(&mut self) -> io::Result<Option<FileRow>> {
        let Some(mut line) = self.line()? else { return Ok(None) };
        let from = line.number;
        let mut scanner = Scanner::default();
        loop {
            let to = line.number;
            let text = match line.text {
                Ok(text) => text,
                Err(why) if to == from => return Ok(Some(refused(from, why))),
                Err(why) => return Ok(Some(FileRow::Torn { from, to, why })),
            };
            match scanner.feed(&text, self.layout.separator) {
                Fed::Done => return Ok(Some(self.judge(scanner, from, to))),
                Fed::Stray(why) => return Ok(Some(FileRow::Torn { from, to, why })),
                Fed::Open if scanner.bytes > self.layout.longest => {
                    let why = goes_on(from, self.layout.longest);
                    return Ok(Some(FileRow::Torn { from, to, why }));
                }
                Fed::Open => {}
            }
            let Some(next) = self.line()? else {
                let column = scanner.cells.len() + 1;
                let why = format!(
                    "a quote that opens in column {column} of the row at line {from} is never closed"
                );
                return Ok(Some(FileRow::Torn { from, to, why }));
            };
            line = next;
        }
    }
}

impl Rows {
    fn line(&mut self) -> io::Result<Option<TextLine>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(),
        }
    }

    fn judge(&mut self, scanner: Scanner, from: usize, to: usize) -> FileRow {
        let Layout { separator, columns, trust_quotes, .. } = self.layout;
        self.habit.see_separators(scanner.separators, scanner.spaced);
        let cells = scanner.cells;
        let is_blank = cells.iter().all(|cell| cell.trim().is_empty());
        let misfit = columns > 0 && cells.len() != columns && !is_blank;
        let found = format!(
            "{} columns where the heading has {columns}; a cell that holds the sign '{separator}' \
             must stand in quotes",
            cells.len()
        );
        let spread = to > from;
        if spread && !trust_quotes && (misfit || self.habit.has_swallowed(&cells, separator)) {
            let why = format!(
                "a quote that opens in line {from} closes in line {to}, and what lies between looks \
                 like rows; where it is one cell indeed, set trust_quotes = true"
            );
            return FileRow::Torn { from, to, why };
        }
        if misfit {
            return FileRow::Torn { from, to, why: found };
        }
        if columns > 0 {
            self.habit.see_id(&cells);
        }
        FileRow::Cells { line: from, cells }
    }
}

fn refused(line: usize, why: String) -> FileRow {
    FileRow::Refused {
        line,
        error: Error::field("row", FieldCode::Unreadable, why),
        rest: Vec::new(),
    }
}

fn goes_on(from: usize, longest: usize) -> String {
    format!("a cell that opens with a quote in line {from} goes on for over {longest} bytes")
}

/// The effect of a line on a row.
enum Fed {
    /// The row ends with it.
    Done,
    /// A quote is open: the row goes on.
    Open,
    /// A quote stands where none may.
    Stray(String),
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Before the first sign of a cell.
    #[default]
    Start,
    Plain,
    Quoted,
    /// After the quote that closes a cell.
    Closed,
}

/// Takes a row up, line by line.
#[derive(Default)]
struct Scanner {
    cells: Vec<String>,
    cell: String,
    state: State,
    /// Quotes within a cell that has none around it; those after a digit are inches.
    bare: usize,
    bytes: usize,
    /// Separators behind which a blank stands.
    spaced: usize,
    /// Separators in all.
    separators: usize,
}

impl Scanner {
    fn feed(&mut self, line: &str, separator: char) -> Fed {
        self.bytes += line.len() + 1;
        let mut signs = line.chars().peekable();
        while let Some(sign) = signs.next() {
            let next = signs.peek().copied();
            if self.state == State::Quoted && sign == '"' && next == Some('"') {
                signs.next();
                self.cell.push('"');
            } else if let Some(stray) = self.take_sign(sign, next, separator) {
                return stray;
            }
        }
        if self.state == State::Quoted {
            self.cell.push('\n');
            return Fed::Open;
        }
        self.end_cell().unwrap_or(Fed::Done)
    }

    fn take_sign(&mut self, sign: char, next: Option<char>, separator: char) -> Option<Fed> {
        match (self.state, sign) {
            (State::Quoted, '"') => self.state = State::Closed,
            (State::Quoted, _) => self.cell.push(sign),
            (_, _) if sign == separator => {
                self.separators += 1;
                self.spaced += usize::from(next == Some(' '));
                return self.end_cell();
            }
            (State::Closed, ' ' | '\t') => {}
            (State::Closed, _) => {
                return Some(stray(self.cells.len(), &format!("closes and '{sign}' follows it")));
            }
            (State::Start | State::Plain, '"') if self.cell.trim().is_empty() => {
                self.cell.clear();
                self.state = State::Quoted;
            }
            (State::Start | State::Plain, _) => self.plain(sign),
        }
        None
    }

    fn plain(&mut self, sign: char) {
        let is_inch = self.cell.ends_with(|last: char| last.is_ascii_digit());
        self.bare += usize::from(sign == '"' && !is_inch);
        self.cell.push(sign);
        self.state = State::Plain;
    }

    fn end_cell(&mut self) -> Option<Fed> {
        let odd = self.bare % 2 == 1;
        self.bare = 0;
        self.state = State::Start;
        self.cells.push(std::mem::take(&mut self.cell));
        odd.then(|| stray(self.cells.len() - 1, "stands alone"))
    }
}

fn stray(column: usize, what: &str) -> Fed {
    Fed::Stray(format!("a quote in column {} {what}; is it a stray one?", column + 1))
}

#[cfg(test)]
mod tests;
