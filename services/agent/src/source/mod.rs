//! Where records come from. A source is read on a thread of its own, mapped there, and handed on
//! through a bounded channel, so that a catalog of any size takes little memory.

mod csv;
mod json;

use std::path::PathBuf;

use mpp_api::sync::Record;
use mpp_core::{Error, Result};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::model::{mapping::Mapping, record};

/// What to read.
#[derive(Clone, Debug)]
pub enum Input {
    /// A CSV file with a heading row, UTF-8; a byte order mark is skipped.
    Csv {
        /// The file.
        path: PathBuf,
        /// What parts the columns, as a rule `,` or `;`.
        delimiter: u8,
    },
    /// JSON over HTTP, page by page, or a file of such a page.
    Json {
        /// `http://…`, `https://…` or a path.
        location: String,
        /// The key that holds the records; empty where the document is the list itself.
        items: String,
        /// The key that holds the next page's address: null or absent on the last page. Empty: there is one page.
        next: String,
        /// Sent as a bearer token.
        token: Option<String>,
    },
}

/// A record as read and mapped, or why it could not be.
pub struct Item {
    /// "row 17", "page 2, item 3": where to look in the source.
    pub place: String,
    /// The canonical record.
    pub record: Result<Record>,
}

/// Records read ahead of what is sent.
const READ_AHEAD: usize = 2_000;

/// Starts to read. The channel ends after the last record; an error of the source as a whole comes
/// as the last message, and then the catalog must not be taken for complete.
pub fn read(input: Input, program: String) -> mpsc::Receiver<Result<Item>> {
    let (items, receiver) = mpsc::channel(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        let outcome = Mapping::compile(&program).and_then(|mapping| {
            let mut sink = Sink { items: &items, mapping };
            match input {
                Input::Csv { path, delimiter } => csv::read(&path, delimiter, &mut sink),
                Input::Json { location, items, next, token } => {
                    json::read(&json::Pages { location, items, next, token }, &mut sink)
                }
            }
        });
        if let Err(error) = outcome {
            // A receiver that is gone has stopped listening for a reason of its own.
            let _ = items.blocking_send(Err(error));
        }
    });
    receiver
}

/// Maps what a reader finds and hands it on.
struct Sink<'a> {
    items: &'a mpsc::Sender<Result<Item>>,
    mapping: Mapping,
}

impl Sink<'_> {
    fn put(&mut self, place: String, raw: &Value) -> Result<()> {
        match self.mapping.apply(raw) {
            Ok(outputs) => {
                for output in outputs {
                    self.send(Item { place: place.clone(), record: record::parse(output) })?;
                }
                Ok(())
            }
            Err(error) => self.send(Item { place, record: Err(error) }),
        }
    }

    fn refuse(&mut self, place: String, error: Error) -> Result<()> {
        self.send(Item { place, record: Err(error) })
    }

    fn send(&mut self, item: Item) -> Result<()> {
        self.items
            .blocking_send(Ok(item))
            .map_err(|_| Error::internal("the run ended while its source was being read"))
    }
}
