//! The service's own records, read whole: what they are, and which are not what was written.

use std::collections::BTreeMap;

use mpp_api::document;
use mpp_core::{Contents, Result};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use crate::{
    Read, db_error,
    record::{COLUMNS, Stored},
};

/// Records in one page.
const PAGE: i64 = 1_000;
/// Most records of a kind that are named.
const NAMED: usize = 5;

/// Some records: how many, and the first few of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// How many there are.
    pub count: i64,
    /// The first few.
    pub names: Vec<String>,
}

impl Named {
    /// One more.
    pub fn add(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(name.to_owned());
        }
    }
}

/// The records of a service, by kind where something is wrong with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnRecords {
    /// What they are.
    pub contents: Contents,
    /// Those whose row was altered in the database.
    pub altered: BTreeMap<String, Named>,
    /// Those whose document is no message of its kind.
    pub unreadable: BTreeMap<String, Named>,
    /// How many a program of before has written, without a proof.
    pub unproven: i64,
}

impl OwnRecords {
    fn add(&mut self, kind: &str, name: &str, stored: &Stored) {
        self.contents.add(kind, name, stored.version, &stored.doc);
        self.unproven += i64::from(!stored.is_proven());
        if stored.is_altered(kind, name) {
            self.altered.entry(kind.to_owned()).or_default().add(name);
        }
        if !document::is_readable(kind, &stored.doc) {
            self.unreadable.entry(kind.to_owned()).or_default().add(name);
        }
    }
}

/// Adds a record to a digest: each part with its length before it.
fn digest_record(hash: &mut Sha256, kind: &str, name: &str, version: i64, doc: &[u8]) {
    for part in [kind.as_bytes(), name.as_bytes(), &version.to_be_bytes(), doc] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
}

/// A row with its key.
pub(super) struct Keyed {
    pub kind: String,
    pub name: String,
    pub stored: Stored,
}

/// The next living rows after a key, in order; none at the end. Index: record's primary key.
pub(super) async fn page(read: &mut Read, after: (&str, &str)) -> Result<Vec<Keyed>> {
    let text = format!(
        "select kind, name, {COLUMNS} from record
         where (kind, name) > ($1, $2) and deleted = 0 order by kind, name limit $3"
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(after.0)
        .bind(after.1)
        .bind(PAGE)
        .fetch_all(read.conn())
        .await
        .map_err(db_error)?;
    let keyed = |row: &AnyRow| {
        Ok(Keyed {
            kind: row.try_get("kind").map_err(db_error)?,
            name: row.try_get("name").map_err(db_error)?,
            stored: Stored::from_row(row)?,
        })
    };
    rows.iter().map(keyed).collect()
}

/// All of them, with a hash over them in order.
pub(super) async fn read(snapshot: &mut Read) -> Result<(OwnRecords, Sha256)> {
    let (mut own, mut hash) = (OwnRecords::default(), Sha256::default());
    let mut after = (String::new(), String::new());
    loop {
        let rows = page(snapshot, (&after.0, &after.1)).await?;
        for Keyed { kind, name, stored } in &rows {
            digest_record(&mut hash, kind, name, stored.version, &stored.doc);
            own.add(kind, name, stored);
        }
        let Some(last) = rows.into_iter().next_back() else { return Ok((own, hash)) };
        after = (last.kind, last.name);
    }
}
