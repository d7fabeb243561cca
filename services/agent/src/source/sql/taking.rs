//! Rows as they come from a database: each is judged by the others, and handed on.

use std::collections::{BTreeSet, VecDeque};

use jaq_json::Val;
use mpp_core::{Error, FieldCode, Result};

use super::{database::Database, limit::Limit, told::Told};
use crate::{
    model::tally::some,
    source::{
        fault::Fault,
        pages::{parse::parse, place},
        sink::Sink,
        tables::{
            row::cells,
            shape::{self, Shape},
        },
        whole::saying::Saying,
    },
};

/// Rows that are read ahead, so that the first of them are judged by the others.
const AHEAD: usize = 300;
/// Most bytes of those rows, as they are written.
const AHEAD_BYTES: usize = 8 * 1024 * 1024;
/// Signs of a value by which a row may be named.
const LONGEST_NAME: usize = 40;

/// Rows on their way to the sink.
pub struct Taking<'a, 'b> {
    database: &'a Database,
    place: String,
    sink: &'a mut Sink<'b>,
    columns: Vec<Val>,
    /// The rows read ahead, each with its size.
    ahead: VecDeque<(Result<Val>, usize)>,
    ahead_bytes: usize,
    shape: Shape,
    saying: Saying,
    /// Rows that came, and those of them that were handed on.
    came: u64,
    handed: u64,
    whole: Option<u64>,
    /// Why the rows that came may be only a part.
    part: Option<String>,
}

impl<'a, 'b> Taking<'a, 'b> {
    /// Nothing came yet.
    pub fn new(database: &'a Database, sink: &'a mut Sink<'b>) -> Self {
        Self {
            database,
            place: database.access.place(),
            sink,
            columns: Vec::new(),
            ahead: VecDeque::new(),
            ahead_bytes: 0,
            shape: Shape::default(),
            saying: Saying::default(),
            came: 0,
            handed: 0,
            whole: None,
            part: None,
        }
    }

    /// Takes up what the database's reader tells; the inner error says that the run has ended.
    ///
    /// # Errors
    /// The columns are not those that the mapping reads.
    pub fn take_up(&mut self, told: Told) -> Result<Result<()>, Fault> {
        match told {
            Told::Columns(columns) => return self.name(columns).map(Ok),
            Told::Whole(count) => self.whole = Some(count),
            Told::Part(why) => self.part = Some(why),
            Told::Refused(error) => self.keep(Err(error), 0),
            Told::Row(text) => {
                let row = parse(text.as_bytes())
                    .map_err(|why| Error::field("row", FieldCode::Unreadable, why));
                if let Ok(row) = &row {
                    self.shape.see(&cells(row, &self.columns));
                }
                self.keep(row, text.len());
            }
        }
        if self.ahead.len() >= AHEAD || self.ahead_bytes >= AHEAD_BYTES {
            return Ok(self.hand_on());
        }
        Ok(Ok(()))
    }

    fn name(&mut self, columns: Vec<String>) -> Result<(), Fault> {
        let mut known = BTreeSet::new();
        if let Some(twice) = columns.iter().find(|name| !known.insert((*name).clone())) {
            let text = format!(
                "two columns are called {twice}; give each its own name with AS, since only one \
                 of them would be read"
            );
            return Err(Fault::config(&self.database.ask.text.place, text));
        }
        self.sink.check_keys(&self.place, &known)?;
        self.columns =
            columns.iter().map(|name| Val::utf8_str(name.clone().into_bytes())).collect();
        Ok(())
    }

    fn keep(&mut self, row: Result<Val>, bytes: usize) {
        self.came += 1;
        self.ahead_bytes += bytes;
        self.ahead.push_back((row, bytes));
    }

    /// Hands on the rows that are still held.
    ///
    /// # Errors
    /// The run has ended.
    pub fn flush(&mut self) -> Result<()> {
        while !self.ahead.is_empty() {
            self.hand_on()?;
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<()> {
        let Some((row, bytes)) = self.ahead.pop_front() else { return Ok(()) };
        self.ahead_bytes -= bytes;
        self.handed += 1;
        let number = self.handed;
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                self.saying.count();
                return self.sink.refuse(format!("row {number}"), error);
            }
        };
        let cells = cells(&row, &self.columns);
        let found_at = self.found_at(number, &cells);
        if !self.sink.takes_trials() && self.shape.is_sparse(&cells) {
            self.saying.hear_row(&cells.join(" "));
            return self.sink.hold_back(found_at, shape::foreign(), row);
        }
        self.saying.count();
        self.sink.put(found_at, row)?;
        if !self.sink.took() {
            self.saying.hear_refused(&cells);
        }
        Ok(())
    }

    /// A row of a database has no line: if its first column reads like a key, that names it.
    fn found_at(&self, number: u64, cells: &[String]) -> String {
        let column = self.columns.first().and_then(place::text).unwrap_or_default();
        match cells.first() {
            Some(key) if is_key(key) => format!("row {number}, {column} {key}"),
            _ => format!("row {number}"),
        }
    }

    /// Checks that all rows came.
    ///
    /// # Errors
    /// Says why the rows are not known to be all.
    pub fn end(self) -> Result<(), Fault> {
        let torn = |text: String| Err(Fault::torn(&self.place, text));
        match self.whole {
            None => return torn("it ended before its last row".to_owned()),
            Some(count) if count != self.came => {
                let came = some(self.came, "row", "rows");
                return torn(format!(
                    "the database counts {count} at the same moment, and {came} came; does the \
                     query yield the same rows each time?"
                ));
            }
            Some(_) => {}
        }
        if let Some(why) = self.leaves_out() {
            let text = format!("{why}, or add whole = true to [input] where that is meant");
            return Err(Fault::config(&self.database.ask.text.place, text));
        }
        self.saying.beyond().map_or(Ok(()), torn)
    }

    /// Why the query may have left rows out.
    fn leaves_out(&self) -> Option<String> {
        match self.database.ask.limit(self.database.access.dialect()) {
            Limit::Rows(limit) if limit <= self.came => Some(format!(
                "the query asks for {limit} rows at the most, and just so many came; take the \
                 limit out"
            )),
            Limit::Unknown => Some(
                "the query limits its rows (LIMIT, OFFSET, FETCH or TABLESAMPLE) otherwise than \
                 by a plain number at its end, so nobody knows whether all of them came; take the \
                 limit out"
                    .to_owned(),
            ),
            Limit::Rows(_) | Limit::None => self.part.clone(),
        }
    }
}

/// True for a value that names a row and tells nothing else.
fn is_key(cell: &str) -> bool {
    let is_short = cell.chars().count() <= LONGEST_NAME;
    !cell.is_empty() && is_short && !cell.contains(char::is_whitespace) && !cell.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_named_by_what_reads_like_a_key() {
        assert!(is_key("4711") && is_key("DISDUK-01"));
        assert!(!is_key("") && !is_key("Akta kelahiran") && !is_key("budi@dinas.test"));
    }
}
