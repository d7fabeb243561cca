//! One of several files, as those of a folder.

use super::Sink;
use crate::{model::declared, source::fault::Fault};

impl Sink<'_> {
    /// Begins with one of several files.
    pub fn enter(&mut self, file: &str) {
        (self.file, self.has_row, self.of_file) = (Some(file.to_owned()), false, None);
        self.reads_rows = false;
        self.keys.begin_file();
    }

    /// Ends one of several files; true if its last line had its end.
    pub fn leave(&mut self) -> bool {
        // A run that has ended hears of the file after it.
        let _ = self.close();
        if let Some(file) = self.file.take() {
            self.keys.end_file(&file);
        }
        std::mem::take(&mut self.keys.ends)
    }

    /// A configured unit of a column that none of the files has; where none could be looked into,
    /// nobody knows.
    pub fn unknown_unit(&self, place: &str) -> Option<Fault> {
        let text = declared::unknown(&self.way.units, &self.columns)?;
        (!self.columns.is_empty()).then(|| Fault::config(place, text))
    }

    /// True once a row came from the file, whatever became of it.
    pub fn has_row(&self) -> bool {
        self.has_row
    }

    /// True within one of several files.
    pub fn is_within(&self) -> bool {
        self.file.is_some()
    }
}
