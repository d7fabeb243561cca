//! Many records at once: one select and one upsert for each chunk.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use mpp_api::{Document, document};
use mpp_core::{Error, Micros, Result};
use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    Encoded, Labels, Put, Record, Tx, db_error,
    error::write_conflict,
    proof::Proof,
    record::{Altered, StoredRow, encode_labels, stored_bytes},
};

/// Records that are looked up at once.
const CHUNK: usize = 250;
/// Values of a record that is written, beside those that all of a statement share.
const VALUES: usize = 5;

/// A record that is written: its version, and when it was made.
struct Changed {
    item: BulkRow,
    version: i64,
    create_time: Micros,
}

/// A record on its way, and where its answer goes.
struct BulkRow {
    index: usize,
    name: String,
    doc: Bytes,
    labels: String,
}

/// What happens to an item whose name was deleted.
#[derive(Clone, Copy, PartialEq)]
enum OfDeleted {
    /// It is not written, but flagged.
    Flagged,
    /// It is written as a new record.
    MadeAnew,
}

/// Records as they are stored.
fn encoded<D: Document>(items: Vec<(String, D, Labels)>) -> Vec<(String, Bytes, Labels)> {
    items.into_iter().map(|(name, doc, labels)| (name, stored_bytes(doc), labels)).collect()
}

impl Tx {
    /// Writes many records and answers for each, in order. A deleted name is not written but
    /// flagged. A name that comes twice is written in turn.
    ///
    /// # Errors
    /// The same as [`Tx::put`] with `Expect::Any`; one error fails the whole transaction.
    pub async fn put_many<D: Document>(
        &mut self,
        items: Vec<(String, D, Labels)>,
    ) -> Result<Vec<Put>> {
        self.put_encoded(D::KIND, encoded(items)).await
    }

    /// Like [`Tx::put_many`], but a deleted name bears a new record, as [`Tx::revive`] writes it.
    ///
    /// # Errors
    /// The same as [`Tx::put_many`].
    pub async fn put_many_anew<D: Document>(
        &mut self,
        items: Vec<(String, D, Labels)>,
    ) -> Result<Vec<Put>> {
        self.put_items(D::KIND, encoded(items), OfDeleted::MadeAnew).await
    }

    /// Like [`Tx::put_many`], for documents of any kind that are encoded already, as they are in
    /// memory.
    ///
    /// # Errors
    /// The same as [`Tx::put_many`].
    pub async fn put_encoded(
        &mut self,
        kind: &'static str,
        items: Vec<(String, Bytes, Labels)>,
    ) -> Result<Vec<Put>> {
        self.put_items(kind, items, OfDeleted::Flagged).await
    }

    async fn put_items(
        &mut self,
        kind: &'static str,
        items: Vec<(String, Bytes, Labels)>,
        of_deleted: OfDeleted,
    ) -> Result<Vec<Put>> {
        let mut answers = vec![Put::default(); items.len()];
        let mut waiting = Vec::with_capacity(items.len());
        for (index, (name, doc, labels)) in items.into_iter().enumerate() {
            let labels = encode_labels(&name, &doc, &labels)?;
            waiting.push(BulkRow { index, name, doc, labels });
        }
        // Everyone locks rows in one order, so that two batches never wait for each other.
        waiting.sort_by(|a, b| (&a.name, a.index).cmp(&(&b.name, b.index)));
        while !waiting.is_empty() {
            let mut names = HashSet::new();
            let (round, again): (Vec<_>, Vec<_>) =
                waiting.into_iter().partition(|item| names.insert(item.name.clone()));
            let mut round = round.into_iter().peekable();
            while round.peek().is_some() {
                let chunk: Vec<_> = round.by_ref().take(CHUNK).collect();
                self.put_chunk(kind, chunk, of_deleted, &mut answers).await?;
            }
            waiting = again;
        }
        Ok(answers)
    }

    /// The living records of these names as this transaction has them, locked until it ends. A
    /// record that was altered in the database is left out if what was written is lost.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if a lock cannot be had.
    pub async fn living_many<D: Document>(
        &mut self,
        names: &BTreeSet<&str>,
    ) -> Result<BTreeMap<String, Record<D>>> {
        let names: Vec<_> = names.iter().copied().collect();
        let mut living = BTreeMap::new();
        for chunk in names.chunks(CHUNK) {
            let found = self.lock_many(D::KIND, chunk).await?;
            for (name, stored) in found.into_iter().filter(|(_, stored)| !stored.deleted) {
                living.extend(stored.record(&name).ok().map(|record| (name, record)));
            }
        }
        Ok(living)
    }

    /// Like [`Tx::living_many`], encoded and of any kind.
    ///
    /// # Errors
    /// The same as [`Tx::living_many`].
    pub async fn living_encoded(
        &mut self,
        kind: &'static str,
        names: &BTreeSet<&str>,
    ) -> Result<BTreeMap<String, Encoded>> {
        let names: Vec<_> = names.iter().copied().collect();
        let mut living = BTreeMap::new();
        for chunk in names.chunks(CHUNK) {
            let found = self.lock_many(kind, chunk).await?;
            for (name, stored) in found.into_iter().filter(|(_, stored)| !stored.deleted) {
                living.extend(stored.encoded(&name).ok().map(|record| (name, record)));
            }
        }
        Ok(living)
    }

    async fn put_chunk(
        &mut self,
        kind: &'static str,
        chunk: Vec<BulkRow>,
        of_deleted: OfDeleted,
        answers: &mut [Put],
    ) -> Result<()> {
        let names: Vec<_> = chunk.iter().map(|item| item.name.as_str()).collect();
        let found = self.lock_many(kind, &names).await?;
        let mut changed = Vec::with_capacity(chunk.len());
        for item in chunk {
            let stored = found.get(&item.name);
            let answer = judge(&item, stored);
            answers[item.index] = answer;
            if let Some(row) = stored.and_then(|stored| self.by_itself(stored, of_deleted)) {
                let BulkRow { index, name, doc, labels } = item;
                answers[index] = self.update(kind, &name, row, doc, labels).await?;
            } else if answer.changed {
                stored.map_or(Ok(()), |stored| self.check_form(stored, kind, &item.name))?;
                let create_time = stored.map_or(self.now(), |stored| stored.create_time);
                changed.push(Changed { item, version: answer.version, create_time });
            }
        }
        let most = self.rows_at_once(VALUES);
        let mut changed = changed.into_iter().peekable();
        while changed.peek().is_some() {
            let some: Vec<_> = changed.by_ref().take(most).collect();
            self.upsert_many(kind, some, most).await?;
        }
        Ok(())
    }

    /// The row, where the statement for many cannot write it: it was altered past the program, or
    /// it was deleted and is made anew.
    fn by_itself(&self, stored: &StoredRow, of_deleted: OfDeleted) -> Option<StoredRow> {
        if stored.deleted {
            return (of_deleted == OfDeleted::MadeAnew).then(|| self.made_anew(stored.clone()));
        }
        (stored.altered != Altered::No).then(|| stored.clone())
    }

    /// Index: record's primary key, once for each name.
    async fn lock_many(
        &mut self,
        kind: &'static str,
        names: &[&str],
    ) -> Result<HashMap<String, StoredRow>> {
        let names = serde_json::to_string(names).map_err(Error::internal)?;
        let (from, columns) = (self.db.0.dialect.records_named, self.db.0.dialect.record_columns);
        let rows = sqlx::query(AssertSqlSafe(format!("select name, {columns} from {from}")))
            .bind(kind)
            .bind(names)
            .fetch_all(self.conn())
            .await
            .map_err(db_error)?;
        let mut found = HashMap::new();
        for row in &rows {
            let name: String = row.try_get("name").map_err(db_error)?;
            let stored = self.as_it_was(kind, &name, StoredRow::from_row(row)?).await?;
            found.insert(name, stored);
        }
        Ok(found)
    }

    /// Writes at most `most` rows, which are known to have changed. Index: record's primary key.
    async fn upsert_many(
        &mut self,
        kind: &'static str,
        rows: Vec<Changed>,
        most: usize,
    ) -> Result<()> {
        let now = self.now();
        let values: Vec<_> = (0..rows.len())
            .map(|row| {
                let at = row * VALUES + 4;
                let (version, labels) = (at + 1, at + 2);
                let (doc, proof) = (at + 3, at + 4);
                format!("($1,${at},${version},$3,0,${labels},${doc},$2,$2,${proof},${version},1)")
            })
            .collect();
        let text = format!(
            "insert into record (kind, name, version, form, deleted, labels, doc, create_time,
             update_time, proof, proof_version, sealed)
             values {} on conflict (kind, name) do update set version = excluded.version,
             form = case when record.form > excluded.form then record.form
             else excluded.form end, labels = excluded.labels, doc = excluded.doc,
             update_time = excluded.update_time, proof = excluded.proof,
             proof_version = excluded.proof_version, sealed = 1
             where record.version = excluded.version - 1 and record.deleted = 0",
            values.join(",")
        );
        let mut query = sqlx::query(AssertSqlSafe(text)).persistent(rows.len() == most);
        query = query.bind(kind).bind(now).bind(document::form_number(kind));
        for row in &rows {
            let item = &row.item;
            query = query.bind(&item.name).bind(row.version).bind(&item.labels).bind(&item.doc[..]);
            query = query.bind(row.proof(kind, now).hash);
        }
        let done = query.execute(self.conn()).await.map_err(db_error)?;
        // A name that another transaction made meanwhile was skipped.
        if done.rows_affected() != rows.len() as u64 {
            return Err(write_conflict());
        }
        // They are not remembered, since a batch may be large, and what was remembered of them is
        // out of date.
        for row in rows {
            self.seen.remove(&(kind, row.item.name));
        }
        Ok(())
    }
}

impl Changed {
    fn proof(&self, kind: &str, now: Micros) -> Proof {
        let BulkRow { name, labels, doc, .. } = &self.item;
        Proof::of(kind, name, self.version, labels, doc, (self.create_time, now))
    }
}

/// Decides about an item, given the stored row. A row that was altered past the program is written
/// anew.
fn judge(item: &BulkRow, stored: Option<&StoredRow>) -> Put {
    match stored {
        None => Put { version: 1, changed: true, tombstoned: false },
        Some(stored) if stored.deleted => {
            Put { version: stored.version, changed: false, tombstoned: true }
        }
        Some(stored)
            if stored.doc == item.doc
                && stored.labels == item.labels
                && stored.altered == Altered::No =>
        {
            Put { version: stored.version, changed: false, tombstoned: false }
        }
        Some(stored) => Put { version: stored.version + 1, changed: true, tombstoned: false },
    }
}
