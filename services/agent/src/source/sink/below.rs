//! A record that goes on in the rows below it, as when cells were merged or a list was written
//! downwards: no row is such a record as a whole, so none of them is sent.

use std::collections::BTreeSet;

use jaq_json::Val;
use mpp_api::sync::Record;
use mpp_core::{Error, FieldCode, Result};
use mpp_form::record::{known_as, title};
use serde_json::Value;

use super::Sink;
use crate::{
    model::{
        called::called,
        filled::{holds_something, text},
    },
    source::{found::ReadResult, tables::held_back::id},
};

/// Rows below a record that wait with it.
const MOST: usize = 100;

/// The columns that a row fills, and whether it has neither an id nor a title or name of its own.
#[derive(Default)]
pub(super) struct RowShape {
    fills: BTreeSet<String>,
    is_nameless: bool,
}

/// The record above, which waits until the rows below it are known.
pub(super) struct Above {
    record: Record,
    fills: BTreeSet<String>,
    found_at: String,
    /// `None` once it is known to go on, and refused.
    item: Option<ReadResult>,
    /// Rows below it that may be parts of it.
    below: Vec<ReadResult>,
}

impl RowShape {
    pub(super) fn of(raw: &Val) -> Self {
        let Val::Obj(map) = raw else { return Self::default() };
        let filled = map.iter().filter(|(_, value)| holds_something(value));
        Self { fills: filled.filter_map(|(name, _)| text(name)).collect(), is_nameless: false }
    }

    /// Notes what the mapping made of it.
    pub(super) fn made(&mut self, output: &Value) {
        let is_titled = called(output).is_some_and(|title| !title.trim().is_empty());
        self.is_nameless = !is_titled && id(output).is_none();
    }
}

impl Above {
    fn of(record: Record, item: ReadResult, fills: BTreeSet<String>) -> Self {
        let found_at = item.found_at.clone();
        Self { record, fills, found_at, item: Some(item), below: Vec::new() }
    }

    /// True if a record is a part of this one: it says something else under the same id and title.
    fn is_parted_by(&self, item: &ReadResult) -> bool {
        item.record.as_ref().is_ok_and(|record| {
            known_as(record) == known_as(&self.record)
                && title(record).is_some_and(|own| Some(own) == title(&self.record))
                && *record != self.record
                && item.found_at != self.found_at
        })
    }

    /// True if a row may be a part of it: it has neither id nor title, and fills columns that this
    /// one fills, too. So may a signature below the table.
    fn may_hold(&self, item: &ReadResult, row: &RowShape) -> bool {
        item.record.is_err()
            && row.is_nameless
            && !row.fills.is_empty()
            && row.fills.is_subset(&self.fills)
            && row.fills.len() < self.fills.len()
            && self.below.len() < MOST
    }

    /// Refuses it, together with the rows that are parts of it.
    fn torn(&mut self, last: Option<ReadResult>) -> Vec<ReadResult> {
        let parts: Vec<ReadResult> =
            std::mem::take(&mut self.below).into_iter().chain(last).collect();
        let Some(second) = parts.first() else { return parts };
        let first = self.item.take();
        let first = first.map(|first| self.refused(first.found_at, "goes on in", &second.found_at));
        let part = |part: ReadResult| self.refused(part.found_at, "is a part of", &self.found_at);
        first.into_iter().chain(parts.into_iter().map(part)).collect()
    }

    /// A row that is a part of a record; its id has not gone.
    fn refused(&self, found_at: String, how: &str, other: &str) -> ReadResult {
        let text = format!(
            "it {how} what stands at {other}, and no row holds the whole record: write it in one \
             row, its list in one cell with a line for each"
        );
        let error = Error::field("row", FieldCode::Torn, text);
        let refused_id = Some(known_as(&self.record));
        ReadResult { refused_id, ..ReadResult::refused(found_at, error) }
    }

    /// The record as it is, with a remark if rows below it may belong to it.
    fn marked(self) -> impl Iterator<Item = ReadResult> {
        let Self { item, below, .. } = self;
        let mark = below.first().map(|row| {
            let text = format!(
                "what stands at {} has neither id nor title, and may be a part of it",
                row.found_at
            );
            Error::field("row", FieldCode::Cut, text)
        });
        let item = item.map(|mut item| {
            item.notes.extend(mark);
            item
        });
        item.into_iter().chain(below)
    }
}

impl Sink<'_> {
    /// Rows of a table follow: one may belong to the row above it.
    pub fn begin_rows(&mut self) {
        self.reads_rows = true;
    }

    /// Hands on a record once it is known not to go on in the rows that follow. That it does is
    /// sure only if another record comes below them.
    pub(super) fn hand_in_turn(&mut self, item: ReadResult) -> Result<()> {
        let row = std::mem::take(&mut self.row);
        match self.above.take() {
            Some(mut above) if above.is_parted_by(&item) => {
                let torn = above.torn(Some(item));
                self.above = Some(above);
                self.hand_all(torn)
            }
            Some(mut above) if above.may_hold(&item, &row) => {
                above.below.push(item);
                self.above = Some(above);
                Ok(())
            }
            above => self.begin(above, item, row.fills),
        }
    }

    fn begin(
        &mut self,
        above: Option<Above>,
        item: ReadResult,
        fills: BTreeSet<String>,
    ) -> Result<()> {
        match (above, item.record.is_ok()) {
            (Some(mut above), true) if !above.below.is_empty() => {
                let torn = above.torn(None);
                self.hand_all(torn)?;
            }
            (above, _) => self.hand_all(above.into_iter().flat_map(Above::marked))?,
        }
        match item.record.as_ref().ok().cloned() {
            Some(record) => self.above = Some(Above::of(record, item, fills)),
            None => self.hand_item(item)?,
        }
        Ok(())
    }

    /// What follows goes on with nothing above it.
    ///
    /// # Errors
    /// The same as [`Self::put`].
    pub fn close(&mut self) -> Result<()> {
        let above = self.above.take();
        self.hand_all(above.into_iter().flat_map(Above::marked))
    }

    fn hand_all(&mut self, items: impl IntoIterator<Item = ReadResult>) -> Result<()> {
        items.into_iter().try_for_each(|item| self.hand_item(item))
    }
}
