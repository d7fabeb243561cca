//! Records: every resource of a service, with its version and its labels.

use std::collections::BTreeMap;

use bytes::Bytes;
use mpp_api::{
    Document, document,
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::{Error, FieldCode, FieldViolation, Labels, Micros, Reason, Result, known_labels};
use prost::Message as _;
use sqlx::{Row as _, any::AnyRow};

use crate::{
    db_error,
    error::{altered, newer_form},
    proof::Proof,
    texts::text,
};

/// Longest document, in bytes: one always fits in a message of the feed.
pub const MAX_DOCUMENT: usize = 1024 * 1024;
/// Longest name and all labels together, in bytes.
const MAX_KEYS: usize = 8 * 1024;

/// A record that lives.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<D> {
    /// The record's resource name.
    pub name: String,
    /// Counts the record's changes from 1.
    pub version: i64,
    /// The message as it is stored and fed: without what answers add ([`Document::ADDED`]).
    pub doc: D,
    /// The values that it is filed under, for filters.
    pub labels: Labels,
    /// When it was made.
    pub create_time: Micros,
    /// When it was last changed.
    pub update_time: Micros,
    /// The document's bytes, for its etag: encoded anew, they would lack what a newer version of
    /// this program has written.
    pub(crate) stored: Bytes,
}

impl<D: Document> Record<D> {
    /// The etag of this state, the same for programs of any form: it is made of the stored bytes.
    pub fn etag(&self) -> String {
        document::etag(self.version, &self.stored)
    }
}

/// A record that lives, encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// Counts the record's changes from 1.
    pub version: i64,
    /// The message as it is stored and fed.
    pub doc: Bytes,
    /// The values that it is filed under.
    pub labels: Labels,
}

/// The state in which a write expects to find its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect<'a> {
    /// No record: it is new.
    New,
    /// The record at this etag; an empty one means any living record.
    Etag(&'a str),
    /// The record at this version, for a program that has just read it in the same history.
    Version(i64),
    /// A living record or none.
    Any,
}

/// The outcome of a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Put {
    /// The record's version now.
    pub version: i64,
    /// False if document and labels were the same already: the feed then has no change.
    pub changed: bool,
    /// True if the record is deleted and was not written (only from `put_many`).
    pub tombstoned: bool,
}

/// The tombstone of a deleted record.
#[derive(Clone, Debug, PartialEq)]
pub struct Buried {
    /// The labels that it had.
    pub labels: Labels,
    /// Why it went.
    pub tombstone: Tombstone,
}

impl Buried {
    /// Whether only a session that was undone had used the name, which is then free again.
    pub fn is_undone(&self) -> bool {
        self.tombstone.reason() == Why::Undone
    }
}

/// A row as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredRow {
    pub version: i64,
    /// The version that the row has: another one if it was altered.
    pub row_version: i64,
    pub form: i64,
    pub deleted: bool,
    pub labels: String,
    pub doc: Bytes,
    pub tombstone: Option<Bytes>,
    pub create_time: Micros,
    pub update_time: Micros,
    /// The row's proof as it was written, and the version that it was written for.
    pub proof: Proof,
    /// True if a program that always writes a proof has written the row.
    pub sealed: bool,
    /// True if each value of the row is of its column's type, which SQLite does not require.
    pub of_class: bool,
    /// Whether this is the row itself, or stands in for an altered one.
    pub altered: Altered,
}

/// Whether the record that a transaction has read is the row, or stands in for an altered one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Altered {
    /// It is the row, and nothing shows that it was altered.
    #[default]
    No,
    /// The row was altered; this is the one that was written.
    Restored,
    /// The row was altered, and the one that was written is not kept any more.
    Lost,
}

impl StoredRow {
    /// The row as it was just written.
    pub fn written(
        (version, form): (i64, i64),
        labels: String,
        doc: Bytes,
        (create_time, update_time): (Micros, Micros),
        proof: Proof,
    ) -> Self {
        Self {
            version,
            row_version: version,
            form,
            deleted: false,
            labels,
            doc,
            tombstone: None,
            create_time,
            update_time,
            proof,
            sealed: true,
            of_class: true,
            altered: Altered::No,
        }
    }

    /// Its tombstone; `None` if it lives.
    pub fn buried(&self, name: &str) -> Result<Option<Buried>> {
        if !self.deleted {
            return Ok(None);
        }
        let tombstone = Tombstone::decode(self.tombstone.clone().unwrap_or_default());
        let tombstone = tombstone.map_err(Error::internal)?;
        Ok(Some(Buried { labels: readable_labels(name, &self.labels), tombstone }))
    }

    /// A row of the dialect's `record_columns`.
    pub fn from_row(row: &AnyRow) -> Result<Self> {
        let read = || -> sqlx::Result<Self> {
            let (labels, is_text) = text(row, "labels")?;
            Ok(Self {
                version: row.try_get("version")?,
                row_version: row.try_get("version")?,
                form: row.try_get("form")?,
                deleted: row.try_get::<i64, _>("deleted")? != 0,
                labels,
                doc: row.try_get::<Vec<u8>, _>("doc")?.into(),
                tombstone: row.try_get::<Option<Vec<u8>>, _>("tombstone")?.map(Bytes::from),
                create_time: row.try_get("create_time")?,
                update_time: row.try_get("update_time")?,
                proof: Proof {
                    version: row.try_get("proof_version")?,
                    hash: row.try_get("proof")?,
                },
                sealed: row.try_get::<i64, _>("sealed")? != 0,
                of_class: is_text && row.try_get::<i64, _>("of_class")? != 0,
                altered: Altered::No,
            })
        };
        read().map_err(db_error)
    }

    /// True if it cannot be known whether the row was altered: an older program wrote it.
    pub fn is_unproven(&self) -> bool {
        self.proof.version != self.version && !self.sealed
    }

    /// True if no program has written the row like this in this version: it was altered in the
    /// database.
    pub fn is_altered(&self, kind: &str, name: &str) -> bool {
        match self.proof.version == self.version {
            _ if !self.of_class => true,
            true => self.proof != self.proof_of_row(kind, name),
            false => self.sealed,
        }
    }

    /// Rows of which one is the row as it was written, if it only got another version, was marked
    /// as deleted or got values of other types: that one then fits the proof.
    pub fn perhaps_written(&self) -> Vec<Self> {
        let version = self.proof.version;
        let mut rows = vec![Self { version, of_class: true, ..self.clone() }];
        if !self.of_class {
            let proof = Proof { version: self.version, ..self.proof };
            rows.push(Self { proof, of_class: true, ..self.clone() });
        }
        rows
    }

    fn proof_of_row(&self, kind: &str, name: &str) -> Proof {
        let (version, labels) = (self.version, self.labels.as_str());
        let times = (self.create_time, self.update_time);
        match self.deleted {
            false => Proof::of(kind, name, version, labels, &self.doc, times),
            true => {
                let tombstone = self.tombstone.as_deref().unwrap_or_default();
                Proof::of_deletion(kind, name, version, labels, tombstone, times)
            }
        }
    }

    /// True if this program can read document and labels.
    pub fn is_readable(&self, kind: &str) -> bool {
        document::is_readable(kind, &self.doc) && parse_labels(&self.labels).is_ok()
    }

    pub fn etag(&self) -> String {
        document::etag(self.version, &self.doc)
    }

    /// Passes if this program loses nothing by rewriting the row.
    ///
    /// # Errors
    /// `NEWER_FORM` if a newer one has written it.
    pub fn check_form(&self, kind: &str, name: &str) -> Result<()> {
        let own = document::form_number(kind);
        if self.form <= own {
            return Ok(());
        }
        let text = format!(
            "{name} is in form {} of its kind, and this replica, which writes form {own}, would lose \
             fields of it; nothing was written: send it again, a newer replica takes it",
            self.form
        );
        Err(newer_form(text))
    }

    /// # Errors
    /// `WRONG_STATE` if a write would build on an altered row.
    pub fn encoded(&self, name: &str) -> Result<Encoded> {
        if self.altered == Altered::Lost {
            return Err(altered(name));
        }
        let labels = readable_labels(name, &self.labels);
        Ok(Encoded { version: self.version, doc: self.doc.clone(), labels })
    }

    /// # Errors
    /// `WRONG_STATE` if a write would build on an altered row.
    pub fn record<D: Document>(&self, name: &str) -> Result<Record<D>> {
        if self.altered == Altered::Lost {
            return Err(altered(name));
        }
        Ok(Record {
            name: name.to_owned(),
            version: self.version,
            doc: D::decode(self.doc.clone()).map_err(Error::internal)?,
            labels: readable_labels(name, &self.labels),
            create_time: self.create_time,
            update_time: self.update_time,
            stored: self.doc.clone(),
        })
    }
}

/// Encodes document and labels, within their bounds.
pub(crate) fn encode<D: Document>(name: &str, doc: &D, labels: &Labels) -> Result<(Bytes, String)> {
    debug_assert!(
        labels.keys().all(|label| document::labels(D::KIND).contains(label)),
        "{} is filed under more than mpp_api::document says: {labels:?}",
        D::KIND
    );
    let doc = stored_bytes(doc.clone());
    let labels = encode_labels(name, &doc, labels)?;
    Ok((doc, labels))
}

/// The bytes of a record as it is stored and fed. The one place where what answers add is taken
/// off, so that no writer can forget it.
pub(crate) fn stored_bytes<D: Document>(mut doc: D) -> Bytes {
    doc.strip();
    doc.encode_to_vec().into()
}

/// Encodes the labels of a document, all within their bounds.
pub(crate) fn encode_labels(name: &str, doc: &Bytes, labels: &Labels) -> Result<String> {
    let labels = serde_json::to_string(labels).map_err(Error::internal)?;
    let bounds = [
        (doc.len(), MAX_DOCUMENT, "document"),
        (labels.len() + name.len(), MAX_KEYS, "name and labels"),
    ];
    for (size, limit, what) in bounds {
        if size > limit {
            return Err(Error::new(
                Reason::TooLarge,
                format!("{name:.200}: its {what} has {size} bytes, {limit} are allowed"),
            ));
        }
    }
    if name.is_empty() || name.contains('\0') {
        return Err(Error::fields(vec![FieldViolation {
            field: "name".into(),
            description: "must not be empty nor hold a zero byte".into(),
            code: FieldCode::Name,
        }]));
    }
    Ok(labels)
}

/// The labels of a row. Labels that somebody has altered so that they cannot be read must not fail
/// the read of all other records: the record is filed under none, and the log names it.
pub(crate) fn readable_labels(name: &str, text: &str) -> Labels {
    parse_labels(text).unwrap_or_else(|error| {
        tracing::error!(name, %error, "the labels of a record cannot be read");
        Labels::new()
    })
}

fn parse_labels(text: &str) -> Result<Labels> {
    let texts: BTreeMap<String, String> = serde_json::from_str(text).map_err(Error::internal)?;
    Ok(known_labels(texts))
}
