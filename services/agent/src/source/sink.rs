//! The way from a reader to the run: mapped, and through a bounded channel.

use mpp_api::sync::Record;
use mpp_core::{Error, Result};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::model::{mapping::Mapping, text};

/// A record as read and mapped, or why it could not be.
pub struct Item {
    /// "row at line 17", "page 2, item 3": where to look in the source.
    pub found_at: String,
    /// The canonical record.
    pub record: Result<Record>,
}

/// Maps each record that a reader finds and hands it on.
pub struct Sink<'a> {
    items: &'a mpsc::Sender<Result<Item>>,
    mapping: Mapping,
}

impl<'a> Sink<'a> {
    /// Nothing handed on yet.
    pub fn new(items: &'a mpsc::Sender<Result<Item>>, mapping: Mapping) -> Self {
        Self { items, mapping }
    }

    /// Maps a raw record; a mapping may yield none, one or several from it.
    ///
    /// # Errors
    /// The run has ended. What is wrong with a record is handed on with it.
    pub fn put(&mut self, found_at: String, raw: &Value) -> Result<()> {
        match self.mapping.apply(raw) {
            Ok(outputs) => {
                for output in outputs {
                    let record = mpp_api::json::read(&output).map(text::tidied);
                    self.send(Item { found_at: found_at.clone(), record })?;
                }
                Ok(())
            }
            Err(error) => self.refuse(found_at, error),
        }
    }

    /// Hands on that a record could not be read.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub fn refuse(&mut self, found_at: String, error: Error) -> Result<()> {
        self.send(Item { found_at, record: Err(error) })
    }

    fn send(&mut self, item: Item) -> Result<()> {
        self.items
            .blocking_send(Ok(item))
            .map_err(|_| Error::internal("the run ended while its source was being read"))
    }
}
