//! Inserts rows that are not there yet.

use bytes::Bytes;
use mpp_api::document;
use mpp_core::{Error, Micros, Reason, Result};

use crate::{Put, Tx, db_error, proof::Proof, put::tombstoned, record::StoredRow};

impl Tx {
    pub(crate) async fn insert_new(
        &mut self,
        kind: &'static str,
        name: &str,
        doc: Bytes,
        labels: String,
    ) -> Result<Put> {
        if self.insert(kind, name, doc.clone(), labels.clone()).await? {
            return Ok(Put { version: 1, changed: true, tombstoned: false });
        }
        match self.locked(kind, name).await? {
            Some(stored) if stored.buried(name)?.is_some_and(|gone| gone.is_undone()) => {
                self.update(kind, name, self.made_anew(stored), doc, labels).await
            }
            Some(stored) if stored.deleted => Err(tombstoned(name)),
            _ => Err(Error::new(Reason::AlreadyExists, format!("{name} exists"))),
        }
    }

    /// False if the name is taken. One statement. Index: record's primary key.
    pub(crate) async fn insert(
        &mut self,
        kind: &'static str,
        name: &str,
        doc: Bytes,
        labels: String,
    ) -> Result<bool> {
        self.insert_as(kind, name, (1, self.now()), doc, labels).await
    }

    /// Inserts a record in this version, as made at this time.
    pub(crate) async fn insert_as(
        &mut self,
        kind: &'static str,
        name: &str,
        (version, create_time): (i64, Micros),
        doc: Bytes,
        labels: String,
    ) -> Result<bool> {
        let (now, form) = (self.now(), document::form_number(kind));
        let proof = Proof::of(kind, name, version, &labels, &doc, (create_time, now));
        let done = sqlx::query(
            "insert into record (kind, name, version, form, deleted, labels, doc, create_time,
             update_time, proof, proof_version, sealed)
             values ($1, $2, $8, $6, 0, $3, $4, $9, $5, $7, $8, 1)
             on conflict (kind, name) do nothing",
        )
        .bind(kind)
        .bind(name)
        .bind(&labels)
        .bind(&doc[..])
        .bind(now)
        .bind(form)
        .bind(proof.hash)
        .bind(version)
        .bind(create_time)
        .execute(self.conn())
        .await
        .map_err(db_error)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let stored = StoredRow::written((version, form), labels, doc, (create_time, now), proof);
        self.seen.insert((kind, name.to_owned()), stored);
        Ok(true)
    }
}
