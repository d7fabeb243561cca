//! The projections' rows, as a function of the inbox reads and writes them.
//!
//! [`Rows`] lets one function serve both uses. Live, it holds only what has been loaded: a read of
//! another row notes what is missing, the store loads it and the function runs again on the same
//! events. Rebuilding, it holds everything.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mpp_core::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};

/// The form of the rows: raise it if a row gains a field, or an event makes something else of a
/// row, or of a record, than before. A program of a newer form projects the whole inbox anew, once;
/// one of an older form adds nothing from then on, since it would write rows back without the
/// fields that it does not know.
pub const FORM: i64 = 7;

/// A kind of row.
pub trait ProjectedRow: Serialize + DeserializeOwned {
    /// The projection that it belongs to.
    const TABLE: &'static str;
}

/// Projection and key.
pub type Key = (String, String);

/// Rows by key; a value is JSON, `None` a row that was there and is gone.
pub type Written = BTreeMap<Key, Option<String>>;

/// The rows that a projection reads and writes; notes which ones were not at hand.
#[derive(Debug, Default)]
pub struct Rows {
    loaded: HashMap<Key, Option<String>>,
    written: Written,
    missing: BTreeSet<Key>,
    whole: bool,
}

impl Rows {
    /// Starts without rows, and with all of them at hand: for a rebuild.
    pub fn empty() -> Self {
        Self { whole: true, ..Self::default() }
    }

    /// Starts with these rows; there are no others.
    pub fn over(all: Written) -> Self {
        Self { loaded: all.into_iter().collect(), whole: true, ..Self::default() }
    }

    /// A row's value.
    ///
    /// # Errors
    /// Internal, where a stored value cannot be read by this version.
    pub fn get<R: ProjectedRow>(&mut self, name: &str) -> Result<Option<R>> {
        let key = (R::TABLE.to_owned(), name.to_owned());
        let value = self.written.get(&key).or_else(|| self.loaded.get(&key)).cloned();
        match value {
            Some(Some(json)) => decode(&key, &json).map(Some),
            Some(None) => Ok(None),
            None => {
                if !self.whole {
                    self.missing.insert(key);
                }
                Ok(None)
            }
        }
    }

    /// Writes a row; `None` takes it away.
    ///
    /// # Errors
    /// Internal, where it cannot be encoded.
    pub fn put<R: ProjectedRow>(&mut self, name: &str, row: Option<&R>) -> Result<()> {
        let value = row.map(serde_json::to_string).transpose().map_err(Error::internal)?;
        self.written.insert((R::TABLE.to_owned(), name.to_owned()), value);
        Ok(())
    }

    /// The rows that were asked for and not loaded. If there are any, the writes made meanwhile are
    /// void and are dropped.
    pub fn take_missing(&mut self) -> BTreeSet<Key> {
        if !self.missing.is_empty() {
            self.written.clear();
        }
        std::mem::take(&mut self.missing)
    }

    /// Adds the stored value for a key that was missing.
    pub fn load(&mut self, key: Key, value: Option<String>) {
        self.loaded.insert(key, value);
    }

    /// The rows that it had, and those that were written since.
    pub fn into_parts(self) -> (Written, Written) {
        (self.loaded.into_iter().collect(), self.written)
    }

    /// All rows written.
    pub fn into_written(self) -> Written {
        self.written
    }
}

/// Reads a row's value.
///
/// # Errors
/// Internal, where this version cannot read it.
pub fn decode<R: ProjectedRow>(key: &Key, json: &str) -> Result<R> {
    serde_json::from_str(json)
        .map_err(|error| Error::internal(format!("projection {} {}: {error}", key.0, key.1)))
}
