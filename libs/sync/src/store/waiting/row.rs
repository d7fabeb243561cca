//! The rows of records that wait.

use mpp_core::Micros;
use sqlx::{Row as _, any::AnyRow};

use crate::{model::quarantine::State, store::seal::seal};

/// The columns of [`Waiting`], in its order, but for the record itself.
pub(super) const COLUMNS: &str =
    "source, name, source_id, deletes, field, code, message, awaited, refused, rules,
    sequence, session, unique_ids, form, first_seen, last_try, tries, not_before, proof,
    client";

/// A record that is kept in quarantine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Its source.
    pub source: String,
    /// The service that it asks for.
    pub name: String,
    /// The last part of that name.
    pub source_id: String,
    /// It asks for the service to go.
    pub deletes: bool,
    /// The encoded record; empty if only the columns about it were read.
    pub record: Vec<u8>,
    /// The field at fault.
    pub field: String,
    /// Why it waits.
    pub code: String,
    /// Why it waits, for people.
    pub message: String,
    /// The unit or service that it waits for; empty if it waits for a person's decision.
    pub awaited: String,
    /// It no longer waits: it was rejected when it was tried again.
    pub refused: bool,
    /// The rules by which it was tried last.
    pub rules: i64,
    /// The batch that brought it.
    pub sequence: i64,
    /// The session that brought it.
    pub session: String,
    /// That session's client has said that ids are unique.
    pub unique_ids: bool,
    /// The form in which that client writes.
    pub form: i64,
    /// When its bytes were first answered so.
    pub first_seen: Micros,
    /// When it was last tried.
    pub last_try: Micros,
    /// How often it was tried.
    pub tries: i64,
    /// It is not tried again by itself before then.
    pub not_before: Micros,
    /// The hash of the row as it was written; 0 if none was written.
    pub proof: i64,
    /// The client that brought it; 0 where that is not known.
    pub client: i64,
}

impl Waiting {
    /// The hash of this row, without its batch and client, which a reconcile moves on.
    pub(super) fn seal(&self) -> i64 {
        let flags = [self.deletes, self.refused, self.unique_ids].map(u8::from);
        let numbers =
            [self.rules, self.form, self.first_seen, self.last_try, self.tries, self.not_before];
        seal(&[
            self.source.as_bytes(),
            self.name.as_bytes(),
            self.source_id.as_bytes(),
            &self.record,
            self.field.as_bytes(),
            self.code.as_bytes(),
            self.message.as_bytes(),
            self.awaited.as_bytes(),
            self.session.as_bytes(),
            &flags,
            numbers.map(i64::to_be_bytes).as_flattened(),
        ])
    }

    /// True if the row is not as the program has written it. It has to be read whole.
    pub fn is_altered(&self) -> bool {
        self.proof != 0 && self.proof != self.seal()
    }

    /// The state of its name.
    pub fn state(&self) -> State {
        if self.refused { State::Refused } else { State::Waiting }
    }
}

/// How much of a source is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Its records, including those that were rejected since.
    pub records: i64,
    /// Their bytes.
    pub bytes: i64,
}

/// Records that wait for the same thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// Their source.
    pub source: String,
    /// Why they wait.
    pub code: String,
    /// The unit or service that they wait for; empty if they wait for a person's decision.
    pub awaited: String,
    /// They were rejected when they were tried again.
    pub refused: bool,
    /// How many records.
    pub records: i64,
    /// Since when the oldest of them waits.
    pub oldest: Micros,
    /// When the one that was tried longest ago was tried.
    pub tried: Micros,
    /// The oldest rules by which one of them was tried.
    pub rules: i64,
    /// When the first of them may be tried again.
    pub not_before: Micros,
}

/// A row with the columns of [`COLUMNS`], and perhaps the record.
pub(super) fn read(row: &AnyRow) -> sqlx::Result<Waiting> {
    let flag = |column: &str| row.try_get::<i64, _>(column).map(|flag| flag != 0);
    let record = match row.try_get("record") {
        Err(sqlx::Error::ColumnNotFound(_)) => Vec::new(),
        record => record?,
    };
    Ok(Waiting {
        record,
        deletes: flag("deletes")?,
        source: row.try_get("source")?,
        name: row.try_get("name")?,
        source_id: row.try_get("source_id")?,
        field: row.try_get("field")?,
        code: row.try_get("code")?,
        message: row.try_get("message")?,
        awaited: row.try_get("awaited")?,
        refused: flag("refused")?,
        rules: row.try_get("rules")?,
        sequence: row.try_get("sequence")?,
        session: row.try_get("session")?,
        unique_ids: flag("unique_ids")?,
        form: row.try_get("form")?,
        first_seen: row.try_get("first_seen")?,
        last_try: row.try_get("last_try")?,
        tries: row.try_get("tries")?,
        not_before: row.try_get("not_before")?,
        proof: row.try_get("proof")?,
        client: row.try_get("client")?,
    })
}

/// A row that sums up a cause.
pub(super) fn cause(row: &AnyRow) -> sqlx::Result<Cause> {
    Ok(Cause {
        source: row.try_get("source")?,
        code: row.try_get("code")?,
        awaited: row.try_get("awaited")?,
        refused: row.try_get::<i64, _>("refused")? != 0,
        records: row.try_get("records")?,
        oldest: row.try_get("oldest")?,
        tried: row.try_get("tried")?,
        rules: row.try_get("rules")?,
        not_before: row.try_get("not_before")?,
    })
}
