//! The way from a reader to the run: screened, mapped, and through a bounded channel.

mod again;
mod below;
mod file;
mod refused;

use std::collections::BTreeSet;

use jaq_json::Val;
use mpp_api::sync::Record;
use mpp_core::{Error, FieldCode, Result};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{
    explained,
    fault::Fault,
    found::{ReadResult, Yielded},
    identity::{Identity, identity, names},
    remembered::Mapped,
    tables::held_back::{HeldBack, doubted, extent, id, is_suspicious, names_nothing},
    way::Way,
};
use crate::model::{
    called, declared, destination::Destination, filled::Relied, keys::Keys, mapping::Mapping,
    screen, text, unread,
};

/// Maps each record that a reader finds and hands it on.
pub struct Sink<'a> {
    items: &'a mpsc::Sender<Yielded>,
    mapping: Mapping,
    /// How the source's keeper wants it read.
    way: &'a Way,
    keys: Keys,
    /// The findings of the last run.
    before: &'a Relied,
    /// Items that are held back until each column that was filled before is filled again; `None`
    /// once that is so, or more of them wait than are read ahead.
    held: Option<Vec<Yielded>>,
    /// The last raw record yielded one that is sent, or none by the mapping's own will.
    took: bool,
    /// Its columns that hold a bare number.
    bare: Vec<(String, String)>,
    /// The file that is being read, if there are several.
    file: Option<String>,
    /// The columns of all files so far.
    columns: BTreeSet<String>,
    /// True if a row came from it.
    has_row: bool,
    /// A remark on the file, which stands with its first record that is taken.
    of_file: Option<Error>,
    /// A remark on the row.
    of_row: Option<Error>,
    /// Rows of a table come, one below the other.
    reads_rows: bool,
    /// Where the record stands that a row yields beside others.
    which: Option<String>,
    /// The row that is being read.
    row: below::RowShape,
    /// The record above it.
    above: Option<below::Above>,
    /// The last record, if there was nothing to say about it.
    plain: Option<Mapped>,
}

impl<'a> Sink<'a> {
    /// Nothing handed on yet.
    pub fn new(
        items: &'a mpsc::Sender<Yielded>,
        mapping: Mapping,
        way: &'a Way,
        before: &'a Relied,
    ) -> Self {
        let (keys, held) = (mapping.keys(), Some(Vec::new()));
        Self {
            items,
            keys,
            mapping,
            way,
            before,
            held,
            took: true,
            bare: Vec::new(),
            file: None,
            columns: BTreeSet::new(),
            has_row: false,
            of_file: None,
            of_row: None,
            reads_rows: false,
            which: None,
            row: below::RowShape::default(),
            above: None,
            plain: None,
        }
    }

    /// Looks at the keys of the first records, before any of them is handed on.
    ///
    /// # Errors
    /// A key that the mapping reads was in every record of the last run and is in none of these, or
    /// a key with a configured unit is not there.
    pub fn check_keys(&mut self, place: &str, now: &BTreeSet<String>) -> Result<(), Fault> {
        if self.is_within() {
            // Another file may have it: see [`Self::unknown_unit`].
            self.columns.extend(now.iter().cloned());
        } else if let Some(text) = declared::unknown(&self.way.units, now) {
            return Err(Fault::config(place, text));
        }
        let lost = self.keys.lost(&self.before.keys, now);
        lost.map_or(Ok(()), |text| Err(Fault::renamed(place, text)))
    }

    /// Whether the last line of the file had an end in the last run.
    pub fn ended_before(&self) -> bool {
        self.before.ends
    }

    /// Notes that the last line of the file has its end.
    pub fn ends(&mut self) {
        self.keys.ends = true;
    }

    /// True if the mapping names a column.
    pub fn names(&self, column: &str) -> bool {
        self.mapping.mentions(column)
    }

    /// True once the run has ended.
    pub fn is_unheard(&self) -> bool {
        self.items.is_closed()
    }

    fn placed(&self, found_at: String) -> String {
        match &self.file {
            Some(file) => format!("{file}, {found_at}"),
            None => found_at,
        }
    }

    /// Hands on which keys there were; all is read.
    ///
    /// # Errors
    /// A column has emptied; if that was found in time, no record was handed on.
    pub fn end(mut self, place: &str) -> Result<(), Fault> {
        if let Some(text) = self.keys.emptied(self.before) {
            let nothing = if self.held.is_some() { ". Nothing was sent" } else { "" };
            return Err(Fault::renamed(place, format!("{text}{nothing}")));
        }
        // A receiver that is gone has stopped listening for a reason of its own.
        let _ = self.close().and_then(|()| self.release());
        if !self.is_unheard() {
            self.way.remembered.end();
        }
        let _ = self.items.blocking_send(Yielded::Keys(Box::new(self.keys)));
        Ok(())
    }

    fn hand(&mut self, found: Yielded) -> Result<()> {
        let Some(held) = &mut self.held else {
            return self.items.blocking_send(found).map_err(|_| ended());
        };
        held.push(found);
        let is_long = held.len() >= self.items.max_capacity();
        let waits = !self.keys.awaited(self.before).is_empty();
        if waits && !is_long { Ok(()) } else { self.release() }
    }

    fn release(&mut self) -> Result<()> {
        let held = self.held.take().unwrap_or_default();
        held.into_iter().try_for_each(|found| self.items.blocking_send(found).map_err(|_| ended()))
    }

    /// Maps a raw record; a mapping may yield none, one or several from it.
    ///
    /// # Errors
    /// The run has ended. Faults of a record are handed on with it, and are no error here.
    pub fn put(&mut self, found_at: String, raw: Val) -> Result<Identity> {
        let of_raw = identity(&raw.to_string());
        (self.took, self.has_row) = (true, true);
        if self.way.raw {
            let record = serde_json::from_str(&raw.to_string()).unwrap_or_default();
            return self.hand(Yielded::Raw(record)).map(|()| of_raw);
        }
        if screen::is_heading(&raw) {
            return self.pass_over_heading(found_at).map(|()| of_raw);
        }
        self.keys.look_at(&raw);
        self.row = below::RowShape::of(&raw);
        if let Some(put) = self.put_again(&found_at, of_raw) {
            return put;
        }
        let raw = declared::with_units(raw, &self.way.units);
        self.bare = declared::bare_columns(&raw);
        let bundle = screen::bundle(&raw).filter(|_| self.way.destination == Destination::Registry);
        let checked = self.check(&raw);
        let row = raw.clone();
        let outputs = match (self.mapping.run(raw), checked) {
            (Ok(outputs), Ok(())) => outputs,
            (Ok(outputs), Err(lost)) => {
                return self.refuse_lost(found_at, lost, &row, &outputs).map(|()| of_raw);
            }
            (Err(_), Err(lost)) => {
                return self.refuse_failed(found_at, lost, row).map(|()| of_raw);
            }
            (Err(error), Ok(())) => {
                let error = explained::of_mapping(&self.mapping, &row, error);
                return self.refuse_failed(found_at, error, row).map(|()| of_raw);
            }
        };
        let names: String = outputs.iter().map(names).collect();
        let identity = if outputs.is_empty() { of_raw } else { identity(&names) };
        let is_one = outputs.len() == 1;
        self.put_all(&found_at, &row, outputs, bundle)?;
        if is_one {
            self.remember(of_raw, identity);
        }
        Ok(identity)
    }

    fn put_all(
        &mut self,
        found_at: &str,
        row: &Val,
        outputs: Vec<Value>,
        bundle: Option<String>,
    ) -> Result<()> {
        if outputs.is_empty() {
            // What stands below is no part of a row that is left out.
            self.row = below::RowShape::default();
        }
        // A mapping that yields several has split the bundle.
        let mut note = bundle.filter(|_| outputs.len() == 1).map(|what| {
            Error::field("row", FieldCode::Bundle, format!("this one record is a bundle: {what}"))
        });
        let several = outputs.len() > 1;
        outputs.into_iter().enumerate().try_for_each(|(at, output)| {
            self.which = several.then(|| format!("{found_at}, record {}", at + 1));
            self.put_one(found_at, row, output, note.take())
        })
    }

    fn put_one(
        &mut self,
        found_at: &str,
        row: &Val,
        mut output: Value,
        note: Option<Error>,
    ) -> Result<()> {
        drop_nulls(&mut output);
        let dropped = screen::drop_empty(&mut output);
        let kind = called::content(&output).map_or("", |(kind, _)| kind);
        self.keys.made(kind);
        if self.reads_rows {
            self.row.made(&output);
        }
        let explained = |error| explained::of_record(&self.mapping, row, Some(&output), error);
        let mut record = self.read(&output).map_err(explained);
        record.iter_mut().for_each(|record| unread::doubt_amounts(record, &self.bare));
        let not_read = record.as_ref().map(|record| unread::wordings(record, &self.bare));
        let not_read = not_read.unwrap_or_default();
        let dropped = dropped.into_iter().map(|(place, text)| names_nothing(&place, &text));
        let remarks = match &record {
            Ok(_) => [self.of_file.take(), self.of_row.take()],
            Err(_) => [None, None],
        };
        let notes: Vec<_> =
            remarks.into_iter().flatten().chain(note).chain(not_read).chain(dropped).collect();
        self.note_plain(&record, &notes, kind);
        let refused_id = record.is_err().then(|| id(&output)).flatten();
        let is_held = record.as_ref().is_err_and(is_suspicious);
        let held_back = is_held.then(|| HeldBack::of(&output)).flatten();
        let which = self.which.take().filter(|_| record.is_err());
        let found_at = which.unwrap_or_else(|| found_at.to_owned());
        self.send(ReadResult { found_at, record, notes, refused_id, is_record: true, held_back })
    }

    /// Values that no person wrote are refused first: `trial_rows` cannot make a title of
    /// "undefined".
    fn read(&self, output: &Value) -> Result<Record> {
        if let Some(why) = screen::residue(output) {
            return Err(Error::field("row", FieldCode::ErrorValue, why));
        }
        if let Some(why) = screen::ditto(output) {
            return Err(Error::field("row", FieldCode::Unreadable, why));
        }
        let is_sent = self.way.apply_trials || self.is_released(output);
        let suspicious = |why: String| Err(Error::field("row", FieldCode::Suspicious, why));
        let looks = screen::trial(output).or_else(|| extent(output));
        if let Some(why) = looks.clone().filter(|_| !is_sent) {
            return suspicious(why);
        }
        let mut record: Record = mpp_api::json::read(output).map(text::tidied)?;
        self.way.destination.check_kind(&record)?;
        // Its number or its tags may have hidden it: "1. tes".
        let hidden = doubted(&mut record);
        if let Some(why) = hidden.clone().filter(|_| !is_sent && !record.confirmed) {
            return suspicious(why);
        }
        record.confirmed |= looks.is_some() || hidden.is_some();
        explained::with_id(record)
    }

    /// Whether the last raw record was taken for one.
    pub fn took(&self) -> bool {
        self.took
    }

    fn send(&mut self, item: ReadResult) -> Result<()> {
        self.took &= item.record.is_ok();
        let found_at = self.placed(item.found_at);
        self.hand_in_turn(ReadResult { found_at, ..item })
    }

    fn hand_item(&mut self, item: ReadResult) -> Result<()> {
        self.hand(Yielded::Record(Box::new(item)))
    }
}

/// An entry of a list that is null is not given, as a field is not: `[.biaya | rupiah]` of a cell
/// that is empty.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(drop_nulls);
        }
        Value::Object(fields) => fields.values_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn ended() -> Error {
    Error::internal("the run ended while its source was being read")
}
