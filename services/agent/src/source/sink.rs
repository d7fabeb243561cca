//! The way from a reader to the run: screened, mapped, and through a bounded channel.

use jaq_json::Val;
use mpp_api::sync::Record;
use mpp_core::{Error, FieldCode, Result};
use tokio::sync::mpsc;

use super::fault::Fault;
use crate::model::{mapping::Mapping, screen, text};

/// A record as read and mapped, or why it could not be.
pub struct Item {
    /// "row at line 17", "page 2, item 3": where to look in the source.
    pub found_at: String,
    /// The canonical record.
    pub record: Result<Record>,
    /// What a person should look at, although the record is taken.
    pub note: Option<Error>,
}

/// What a source yields: records, and what is wrong with the source as a whole.
pub type Found = Result<Item, Fault>;

/// Maps each record that a reader finds and hands it on.
pub struct Sink<'a> {
    items: &'a mpsc::Sender<Found>,
    mapping: Mapping,
    apply_trials: bool,
}

impl<'a> Sink<'a> {
    /// Nothing handed on yet. With `apply_trials` a record that looks like a trial is sent.
    pub fn new(items: &'a mpsc::Sender<Found>, mapping: Mapping, apply_trials: bool) -> Self {
        Self { items, mapping, apply_trials }
    }

    /// Maps a raw record; a mapping may yield none, one or several from it.
    ///
    /// # Errors
    /// The run has ended. What is wrong with a record is handed on with it.
    pub fn put(&mut self, found_at: String, raw: Val) -> Result<()> {
        let bundle = screen::bundle(&raw);
        let mapped = screen::check_values(&raw).and_then(|()| self.mapping.run(raw));
        let outputs = match mapped {
            Ok(outputs) => outputs,
            Err(error) => return self.refuse(found_at, error),
        };
        // A mapping that yields several has split the bundle.
        let note = bundle.filter(|_| outputs.len() == 1).map(|what| {
            Error::field("row", FieldCode::Bundle, format!("this one record is a bundle: {what}"))
        });
        let mut note = note;
        for output in outputs {
            let record = self.read(&output);
            self.send(Item { found_at: found_at.clone(), record, note: note.take() })?;
        }
        Ok(())
    }

    fn read(&self, output: &serde_json::Value) -> Result<Record> {
        match screen::trial(output) {
            Some(why) if !self.apply_trials => Err(Error::field("row", FieldCode::Suspicious, why)),
            _ => mpp_api::json::read(output).map(text::tidied),
        }
    }

    /// Hands on that a record could not be read.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub fn refuse(&mut self, found_at: String, error: Error) -> Result<()> {
        self.send(Item { found_at, record: Err(error), note: None })
    }

    /// Hands on that the whole extent of the source is not known; it is read on all the same.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub fn lack(&mut self, fault: Fault) -> Result<()> {
        self.items.blocking_send(Err(fault)).map_err(|_| ended())
    }

    fn send(&mut self, item: Item) -> Result<()> {
        self.items.blocking_send(Ok(item)).map_err(|_| ended())
    }
}

fn ended() -> Error {
    Error::internal("the run ended while its source was being read")
}
