//! Rows of which no record is sent: refused, held back, passed over.

use jaq_json::Val;
use mpp_core::{Error, FieldCode, Result};
use serde_json::Value;

use super::{Sink, below::RowShape};
use crate::{
    model::{declared, screen},
    source::{
        explained,
        fault::Fault,
        found::{ReadResult, Yielded},
        tables::held_back::{HeldBack, id},
    },
};

impl Sink<'_> {
    /// A value that is lost refuses the record, unless the mapping does not use it: it does not
    /// name the column, and whatever stands there yields the same.
    pub(super) fn check(&self, raw: &Val) -> Result<()> {
        let Err(lost) = screen::check_values(raw, &|_| true) else { return Ok(()) };
        screen::check_values(raw, &|column| self.mapping.mentions(column))?;
        let outputs = |other: &str| self.mapping.run(screen::replaced(raw, other));
        match (outputs(""), outputs(screen::ANYTHING)) {
            (Ok(one), Ok(two)) if one == two => Ok(()),
            _ => Err(lost),
        }
    }

    /// Hands on that a record could not be read.
    ///
    /// # Errors
    /// The same as [`Self::put`].
    pub fn refuse(&mut self, found_at: String, error: Error) -> Result<()> {
        self.has_row = true;
        self.send(ReadResult::refused(found_at, error))
    }

    /// Hands on that a row could not be read. If its record has the same id whatever stood in the
    /// lost cells, as `rows` tries it, that id is not gone.
    ///
    /// # Errors
    /// The same as [`Self::put`].
    pub fn refuse_row(
        &mut self,
        found_at: String,
        error: Error,
        rows: Option<[Val; 2]>,
    ) -> Result<()> {
        self.has_row = true;
        let [one, other] = rows.map_or([None, None], |rows| rows.map(|row| self.only_id(row)));
        let refused_id = one.filter(|one| other.as_ref() == Some(one));
        self.send(ReadResult { refused_id, ..ReadResult::refused(found_at, error) })
    }

    /// The id of the one record that a row yields.
    fn only_id(&self, row: Val) -> Option<String> {
        let outputs = self.mapping.run(declared::with_units(row, &self.way.units)).ok()?;
        if let [only] = outputs.as_slice() { id(only) } else { None }
    }

    /// Hands on that a row could not be mapped, with its id if the part of the mapping that makes
    /// it does not fail: a later row of that id is another's, and it is not gone.
    pub(super) fn refuse_failed(&mut self, found_at: String, error: Error, row: Val) -> Result<()> {
        // An id that is made from a lost value names no record.
        let other = screen::replaced(&row, screen::ANYTHING);
        let [one, other] = [row, other].map(|row| self.mapping.only_id(row).as_ref().and_then(id));
        let refused_id = one.filter(|one| other.as_ref() == Some(one));
        self.send(ReadResult { refused_id, ..ReadResult::refused(found_at, error) })
    }

    /// Notes a remark on the file, for its first record that is taken.
    pub fn remark_file(&mut self, remark: Option<Error>) {
        self.of_file = remark;
    }

    /// Notes a remark on the row that follows, for its record if that is taken.
    pub fn remark_row(&mut self, remark: Option<Error>) {
        self.of_row = remark;
    }

    /// Refuses the record found at a place, with its id, so that it does not count as gone.
    pub(super) fn refuse_all(
        &mut self,
        found_at: String,
        error: Error,
        outputs: &[Value],
    ) -> Result<()> {
        let refused_id = outputs.first().and_then(id);
        self.send(ReadResult { refused_id, ..ReadResult::refused(found_at, error) })
    }

    /// Refuses a row for a lost value, with its id unless that is made from the value: such an id
    /// names no record.
    pub(super) fn refuse_lost(
        &mut self,
        found_at: String,
        lost: Error,
        row: &Val,
        outputs: &[Value],
    ) -> Result<()> {
        let other = self.mapping.run(screen::replaced(row, screen::ANYTHING)).unwrap_or_default();
        let is_stable = outputs.first().and_then(id) == other.first().and_then(id);
        self.refuse_all(found_at, lost, if is_stable { outputs } else { &[] })
    }

    /// Records that look like trials are sent.
    pub fn takes_trials(&self) -> bool {
        self.way.apply_trials
    }

    /// Hands on a row that is held back, or its records if a person has released it, which takes an
    /// id. One that the mapping leaves out is nobody's question.
    ///
    /// # Errors
    /// The same as [`Self::put`].
    pub fn hold_back(&mut self, found_at: String, error: Error, raw: Val) -> Result<()> {
        self.row = RowShape::of(&raw);
        let raw = declared::with_units(raw, &self.way.units);
        let outputs = self.mapping.run(raw.clone());
        if outputs.as_ref().is_ok_and(Vec::is_empty) {
            return self.put_all(&found_at, &raw, Vec::new(), None);
        }
        let outputs = outputs.unwrap_or_default();
        if let (true, Some(output)) = (self.reads_rows, outputs.first()) {
            self.row.made(output);
        }
        if outputs.first().is_some_and(|output| self.is_released(output)) {
            self.took = true;
            return self.put_all(&found_at, &raw, outputs, None);
        }
        let error = explained::of_record(&self.mapping, &raw, outputs.first(), error);
        let refused_id = outputs.first().and_then(id);
        let held_back = outputs.first().and_then(HeldBack::of);
        let item = ReadResult { refused_id, held_back, ..ReadResult::refused(found_at, error) };
        self.send(ReadResult { is_record: false, ..item })
    }

    /// A person has looked at it, and it is called as it was then.
    pub(super) fn is_released(&self, output: &Value) -> bool {
        HeldBack::of(output).is_some_and(|one| self.way.released.get(&one.id) == Some(&one.title))
    }

    /// Hands on that a row is no record.
    ///
    /// # Errors
    /// The same as [`Self::put`].
    pub fn pass_over(&mut self, found_at: String, why: Error) -> Result<()> {
        self.close()?;
        let found_at = self.placed(found_at);
        self.hand(Yielded::PassedOver(found_at, why))
    }

    pub(super) fn pass_over_heading(&mut self, found_at: String) -> Result<()> {
        let text = "it repeats the names of its fields, and is no record";
        self.pass_over(found_at, Error::field("row", FieldCode::HeadingAgain, text))
    }

    /// Hands on that the source's whole extent is not known; reading goes on.
    ///
    /// # Errors
    /// The same as [`Self::put`].
    pub fn lack(&mut self, fault: Fault) -> Result<()> {
        self.hand(Yielded::Fault(fault))
    }
}
