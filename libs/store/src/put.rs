//! Single records within a transaction: read with a lock, written, deleted.

use bytes::Bytes;
use mpp_api::{Document, document, types::Tombstone};
use mpp_core::{Error, Reason, Result, check_name};
use prost::Message as _;
use sqlx::AssertSqlSafe;

use crate::{
    Expect, Labels, Put, Record, Tx, db_error,
    error::{altered, write_conflict},
    proof::Proof,
    record::{Altered, Buried, StoredRow, encode},
};

impl Tx {
    /// The living record of that name, locked until the commit.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if its lock cannot be had; `WRONG_STATE` if it was altered in the
    /// database, and the written record is lost.
    pub async fn get<D: Document>(&mut self, name: &str) -> Result<Option<Record<D>>> {
        let stored = self.locked(D::KIND, name).await?;
        stored.filter(|stored| !stored.deleted).map(|stored| stored.record(name)).transpose()
    }

    /// Like [`Tx::get`], for a write to that name.
    ///
    /// # Errors
    /// `NOT_FOUND` if there never was one, `TOMBSTONED` if it is deleted; otherwise the same as
    /// [`Tx::get`].
    pub async fn living<D: Document>(&mut self, name: &str) -> Result<Record<D>> {
        match self.locked(D::KIND, name).await? {
            None => Err(Error::not_found(name)),
            Some(stored) if stored.deleted => Err(tombstoned(name)),
            Some(stored) => stored.record(name),
        }
    }

    /// The living record that `field` of the request refers to; it stays until the commit.
    ///
    /// # Errors
    /// `REFERENCE_INVALID` naming `field` if there is none; a name of another form, of which nobody
    /// can say that it does not exist.
    pub async fn require<D: Document>(&mut self, name: &str, field: &str) -> Result<Record<D>> {
        check_name(name, D::COLLECTIONS, field)?;
        let stored = match self.seen.get(&(D::KIND, name.to_owned())) {
            Some(stored) => Some(stored.clone()),
            None => self.select(D::KIND, name, self.db.0.dialect.for_share).await?,
        };
        match stored.filter(|stored| !stored.deleted) {
            Some(stored) => stored.record(name),
            None => {
                Err(Error::new(Reason::ReferenceInvalid, format!("{field}: {name} does not exist")))
            }
        }
    }

    /// Writes a record. Equal bytes and labels are no change, unless the row was altered in the
    /// database.
    ///
    /// # Errors
    /// `ALREADY_EXISTS`, `NOT_FOUND`, `ETAG_MISMATCH` if the record is not as `expect` says;
    /// `TOMBSTONED` for a name that was deleted; `NEWER_FORM` for a record whose fields this
    /// program would lose; `WRITE_CONFLICT` if a race was lost; `TOO_LARGE`.
    pub async fn put<D: Document>(
        &mut self,
        name: &str,
        doc: &D,
        labels: Labels,
        expect: Expect<'_>,
    ) -> Result<Put> {
        let (doc, labels) = encode(name, doc, &labels)?;
        if expect == Expect::New {
            return self.insert_new(D::KIND, name, doc, labels).await;
        }
        match self.locked(D::KIND, name).await? {
            None if expect == Expect::Any => {
                if self.insert(D::KIND, name, doc, labels).await? {
                    return Ok(Put { version: 1, changed: true, tombstoned: false });
                }
                Err(write_conflict())
            }
            None => Err(Error::not_found(name)),
            Some(stored) => {
                check_expected(name, &stored, expect)?;
                let is_same = stored.doc == doc && stored.labels == labels;
                // A record that was altered in the database is written anew, so that all copies
                // learn of it.
                if is_same && stored.altered == Altered::No {
                    return Ok(Put { version: stored.version, changed: false, tombstoned: false });
                }
                self.update(D::KIND, name, stored, doc, labels).await
            }
        }
    }

    /// Deletes a record; a tombstone keeps its name and version. Answers the version.
    ///
    /// # Errors
    /// `NOT_FOUND`, `ETAG_MISMATCH`; `TOMBSTONED` if it is deleted already; `NEWER_FORM`;
    /// `ALREADY_EXISTS` for `Expect::New`, which no delete can meet.
    pub async fn delete<D: Document>(
        &mut self,
        name: &str,
        tombstone: &Tombstone,
        expect: Expect<'_>,
    ) -> Result<i64> {
        let stored = self.locked(D::KIND, name).await?.ok_or_else(|| Error::not_found(name))?;
        check_expected(name, &stored, expect)?;
        self.bury(D::KIND, name, stored, tombstone.encode_to_vec().into()).await
    }

    /// Writes the row as deleted. Index: record's primary key.
    pub(crate) async fn bury(
        &mut self,
        kind: &'static str,
        name: &str,
        stored: StoredRow,
        tombstone: Bytes,
    ) -> Result<i64> {
        self.check_form(&stored, kind, name)?;
        let stored = self.filed(kind, name, stored).await?;
        let form = stored.form.max(document::form_number(kind));
        let (version, now) = (stored.version + 1, self.now());
        let times = (stored.create_time, now);
        let proof = Proof::of_deletion(kind, name, version, &stored.labels, &tombstone, times);
        sqlx::query(
            "update record set version = $3, deleted = 1, doc = $4, tombstone = $5,
             update_time = $6, form = $7, labels = $8, create_time = $9, proof = $10,
             proof_version = $3, sealed = 1
             where kind = $1 and name = $2",
        )
        .bind(kind)
        .bind(name)
        .bind(version)
        .bind(&[] as &[u8])
        .bind(&tombstone[..])
        .bind(now)
        .bind(form)
        .bind(&stored.labels)
        .bind(stored.create_time)
        .bind(proof.hash)
        .execute(self.conn())
        .await
        .map_err(db_error)?;
        let written =
            StoredRow::written((version, form), stored.labels, Bytes::new(), times, proof);
        let gone = StoredRow { deleted: true, tombstone: Some(tombstone), ..written };
        self.seen.insert((kind, name.to_owned()), gone);
        Ok(version)
    }

    /// The tombstone of a deleted record; `None` if the record lives or never existed.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn buried<D: Document>(&mut self, name: &str) -> Result<Option<Buried>> {
        match self.select(D::KIND, name, "").await? {
            Some(stored) => stored.buried(name),
            None => Ok(None),
        }
    }

    /// Writes a record under a name that was deleted, with the next version; nothing if it is not
    /// deleted. It is a new record, made now, like any other that takes the place of one that has
    /// gone.
    ///
    /// A tombstone keeps late writes from bringing a record back. So this is for records that have
    /// no such writes: derived ones, whose one writer is a job of the service and which are there
    /// whenever their source is; and one that its own writer had moved, and moves back.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if a race was lost; `TOO_LARGE`.
    pub async fn revive<D: Document>(&mut self, name: &str, doc: &D, labels: Labels) -> Result<()> {
        let (doc, labels) = encode(name, doc, &labels)?;
        match self.locked(D::KIND, name).await? {
            Some(gone) if gone.deleted => {
                self.update(D::KIND, name, self.made_anew(gone), doc, labels).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Writes a record where there is none, or where one has gone: for a kind whose names follow
    /// from what a record is about, such as a link between two others, so that no other name can be
    /// taken.
    ///
    /// # Errors
    /// The same as [`Tx::put`] of a new one, but never `TOMBSTONED`.
    pub async fn put_anew<D: Document>(
        &mut self,
        name: &str,
        doc: &D,
        labels: Labels,
    ) -> Result<Put> {
        match self.locked(D::KIND, name).await? {
            Some(gone) if gone.deleted => {
                let (doc, labels) = encode(name, doc, &labels)?;
                self.update(D::KIND, name, self.made_anew(gone), doc, labels).await
            }
            _ => self.put(name, doc, labels, Expect::New).await,
        }
    }

    /// The row of a deleted record for a new one of its name, which goes on with its versions.
    pub(crate) fn made_anew(&self, gone: StoredRow) -> StoredRow {
        StoredRow { create_time: self.now(), ..gone }
    }

    /// The etag of a record that this transaction has read or written by itself, as it leaves it;
    /// empty for any other.
    pub fn etag<D: Document>(&self, name: &str) -> String {
        self.seen.get(&(D::KIND, name.to_owned())).map(StoredRow::etag).unwrap_or_default()
    }

    pub(crate) async fn update(
        &mut self,
        kind: &'static str,
        name: &str,
        stored: StoredRow,
        doc: Bytes,
        labels: String,
    ) -> Result<Put> {
        self.check_form(&stored, kind, name)?;
        let stored = self.filed(kind, name, stored).await?;
        let (version, now) = (stored.version + 1, self.now());
        let form = stored.form.max(document::form_number(kind));
        let proof = Proof::of(kind, name, version, &labels, &doc, (stored.create_time, now));
        // Index: record's primary key.
        let done = sqlx::query(
            "update record set version = $3, deleted = 0, tombstone = null, labels = $4, doc = $5,
             update_time = $6, form = $8, proof = $9, proof_version = $3, create_time = $10,
             sealed = 1
             where kind = $1 and name = $2 and version = $7",
        )
        .bind(kind)
        .bind(name)
        .bind(version)
        .bind(&labels)
        .bind(&doc[..])
        .bind(now)
        .bind(stored.row_version)
        .bind(form)
        .bind(proof.hash)
        .bind(stored.create_time)
        .execute(self.conn())
        .await
        .map_err(db_error)?;
        if done.rows_affected() != 1 {
            return Err(write_conflict());
        }
        let times = (stored.create_time, now);
        let stored = StoredRow::written((version, form), labels, doc, times, proof);
        self.seen.insert((kind, name.to_owned()), stored);
        Ok(Put { version, changed: true, tombstoned: false })
    }

    /// The row, whose values are of their columns' types: if one is not, neither a condition nor a
    /// trigger can rely on it, and the row makes room for one that is written anew.
    async fn filed(
        &mut self,
        kind: &'static str,
        name: &str,
        stored: StoredRow,
    ) -> Result<StoredRow> {
        if stored.of_class {
            return Ok(stored);
        }
        sqlx::query("delete from record where kind = $1 and name = $2")
            .bind(kind)
            .bind(name)
            .execute(self.conn())
            .await
            .map_err(db_error)?;
        let made = (stored.version + 1, stored.create_time);
        self.insert_as(kind, name, made, stored.doc.clone(), stored.labels.clone()).await?;
        Ok(self.seen.get(&(kind, name.to_owned())).cloned().unwrap_or(stored))
    }

    /// The row, living or not, locked; read once in a transaction.
    pub(crate) async fn locked(
        &mut self,
        kind: &'static str,
        name: &str,
    ) -> Result<Option<StoredRow>> {
        if let Some(stored) = self.seen.get(&(kind, name.to_owned())) {
            return Ok(Some(stored.clone()));
        }
        let stored = self.select(kind, name, self.db.0.dialect.for_update).await?;
        if let Some(stored) = &stored {
            self.seen.insert((kind, name.to_owned()), stored.clone());
        }
        Ok(stored)
    }

    /// The row, or the one that was written, if it was altered since. Index: record's primary key.
    pub(crate) async fn select(
        &mut self,
        kind: &'static str,
        name: &str,
        lock: &'static str,
    ) -> Result<Option<StoredRow>> {
        let columns = self.db.0.dialect.record_columns;
        let text = format!("select {columns} from record where kind = $1 and name = $2{lock}");
        let row = sqlx::query(AssertSqlSafe(text))
            .bind(kind)
            .bind(name)
            .fetch_optional(self.conn())
            .await
            .map_err(db_error)?;
        match row {
            Some(row) => self.as_it_was(kind, name, StoredRow::from_row(&row)?).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Compares a row with the write's expectation.
fn check_expected(name: &str, stored: &StoredRow, expect: Expect<'_>) -> Result<()> {
    if stored.deleted {
        return Err(tombstoned(name));
    }
    match expect {
        Expect::Etag(given) if !given.is_empty() && given != stored.etag() => {
            Err(mismatch(name, stored, given))
        }
        Expect::Version(version) if version != stored.version => {
            Err(mismatch(name, stored, &version.to_string()))
        }
        Expect::New => Err(Error::new(Reason::AlreadyExists, format!("{name} exists"))),
        _ => Ok(()),
    }
}

fn mismatch(name: &str, stored: &StoredRow, given: &str) -> Error {
    // Reads show the altered record, so reading it again would not help.
    if stored.altered != Altered::No {
        return altered(name);
    }
    let etag = stored.etag();
    let text = format!("{name} is at etag {etag}, not {given:.40}; read it again");
    Error::new(Reason::EtagMismatch, text)
}

pub(crate) fn tombstoned(name: &str) -> Error {
    Error::new(Reason::Tombstoned, format!("{name} was deleted; its name is not used again"))
}
