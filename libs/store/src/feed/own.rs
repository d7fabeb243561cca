//! The service's own records, read whole: their digests, and those that are not as they were
//! written.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt as _;
use mpp_core::{Contents, Result};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, any::AnyRow};

use crate::{Conn, Read, db_error, dialect::Engine, read::LAST, record::StoredRow, texts::text};

/// Most records in one page.
const PAGE: i64 = 1_000;
/// Bytes of a page that is only compared, not sent.
const TURN_BYTES: usize = 1 << 20;
/// Most records of a kind that are named.
const NAMED: usize = 5;

/// Some records: how many, and the first few of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountedNames {
    /// How many there are.
    pub count: i64,
    /// The first few.
    pub names: Vec<String>,
}

impl CountedNames {
    /// Counts one more.
    pub fn add(&mut self, name: &str) {
        self.add_many(name, 1);
    }

    /// Counts `count` more, of which one is named.
    pub fn add_many(&mut self, name: &str, count: i64) {
        self.count += count;
        if self.names.len() < NAMED {
            self.names.push(name.to_owned());
        }
    }
}

/// The records of a service, by kind where something is wrong with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnRecords {
    /// The digests of all records.
    pub contents: Contents,
    /// The names whose row was altered or deleted in the database, by kind.
    pub altered: BTreeMap<String, CountedNames>,
    /// Those of them that have no row any more.
    pub gone: BTreeSet<String>,
    /// The names whose document is no message of its kind, or whose labels cannot be read.
    pub unreadable: BTreeMap<String, CountedNames>,
    /// How many were written without a proof, by an older program.
    pub unproven: i64,
}

impl OwnRecords {
    fn add(&mut self, kind: &str, name: &str, stored: &StoredRow, hash: &mut Sha256) {
        if stored.is_altered(kind, name) {
            self.altered.entry(kind.to_owned()).or_default().add(name);
        }
        if stored.deleted {
            return;
        }
        digest_record(hash, kind, name, stored.version, &stored.doc);
        self.contents.add(kind, name, stored.version, &stored.doc);
        self.unproven += i64::from(stored.is_unproven());
        if !stored.is_readable(kind) {
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
    pub stored: StoredRow,
}

/// The next rows after a key that live or can be proven, deleted ones too, in order, as many as
/// fit in about a message; none at the end. Index: record's primary key.
pub(super) async fn page(
    conn: &mut Conn,
    after: (&str, &str),
    message_bytes: usize,
) -> Result<Vec<Keyed>> {
    let (columns, plain) = (conn.dialect().record_columns, plain(conn, "kind", "name"));
    let text = format!(
        "select kind, name, {columns} from record
         where (kind, name) > ($1, $2) and kind < $4 and name < $4 and {plain}
         and (deleted = 0 or proof_version = version or sealed = 1)
         order by kind, name limit $3"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(after.0).bind(after.1).bind(PAGE);
    let mut rows = query.bind(LAST.to_string()).fetch(conn);
    let (mut page, mut bytes) = (Vec::new(), 0);
    while bytes < message_bytes
        && let Some(row) = rows.try_next().await.map_err(db_error)?
    {
        let stored = StoredRow::from_row(&row)?;
        bytes += stored.doc.len() + stored.labels.len();
        let (kind, name) = key(&row)?;
        page.push(Keyed { kind, name, stored });
    }
    Ok(page)
}

/// Records that have no row, although the feed's last change of them is no deletion: the row was
/// deleted in the database. Indexes: record's primary key and change_history.
pub(super) async fn missing(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    missing_among(conn, None).await
}

/// The same for one kind, among the names that start with a text.
async fn missing_among(
    conn: &mut Conn,
    among: Option<(&str, &str)>,
) -> Result<Vec<(String, String)>> {
    let which = among.map_or("", |_| "and c.kind = $1 and c.name >= $2 and c.name < $3");
    let plain = plain(conn, "c.kind", "c.name");
    let text = format!(
        "select distinct cast(c.kind as text) as kind, cast(c.name as text) as name from change c join revision r on r.tx = c.tx
         where c.deleted = 0 {which} and {plain}
         and not exists (select 1 from record o where o.kind = cast(c.kind as text)
                         and o.name = cast(c.name as text))
         and not exists (select 1 from change l join revision lr on lr.tx = l.tx
                         where l.kind = cast(c.kind as text) and l.name = cast(c.name as text)
                         and l.deleted = 1
                         and (lr.rev, l.seq) > (r.rev, c.seq))
         order by 1, 2"
    );
    let mut query = sqlx::query(AssertSqlSafe(text)).persistent(false);
    if let Some((kind, under)) = among {
        query = query.bind(kind).bind(under).bind(format!("{under}{LAST}"));
    }
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(key).collect()
}

/// Rows whose key is no text, so that no read finds them: SQLite keeps whatever it is given.
const MISFILED: &str = "typeof(kind) <> 'text' or typeof(name) <> 'text'";

/// True for a key that is plain text, as all keys written by a program are. On SQLite any other may
/// not be UTF-8, and reading it fails.
fn plain(conn: &Conn, kind: &str, name: &str) -> String {
    match conn.dialect().engine {
        Engine::Postgres => "1 = 1".to_owned(),
        Engine::Sqlite => format!(
            "({kind} not glob '*[^ -~]*' and {name} not glob '*[^ -~]*'
              and length({name}) = length(cast({name} as blob)))"
        ),
    }
}

/// The keys of such rows, as texts. Scanned.
pub(super) async fn misfiled(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    if conn.dialect().engine == Engine::Postgres {
        return Ok(Vec::new());
    }
    let plain = plain(conn, "kind", "name");
    let keys = "select cast(kind as blob) as kind, cast(name as blob) as name from record";
    let query = sqlx::query(AssertSqlSafe(format!("{keys} where {MISFILED} or not {plain}")));
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(key).collect()
}

/// Files such rows under their names; if a name has a row already, the other row is deleted. If the
/// name itself is lost, the row stays, and is deleted only with `accept`: the feed may still have
/// what it was.
pub(super) async fn file(conn: &mut Conn, accept: bool) -> Result<i64> {
    let known =
        format!("({MISFILED}) and {}", plain(conn, "cast(kind as text)", "cast(name as text)"));
    let lost = format!("{MISFILED} or not {}", plain(conn, "kind", "name"));
    let mut done = 0;
    for text in [
        format!(
            "update or ignore record set kind = cast(kind as text), name = cast(name as text)
             where {known}"
        ),
        format!("delete from record where {}", if accept { &lost } else { &known }),
    ] {
        let query = sqlx::query(AssertSqlSafe(text));
        done += query.execute(&mut *conn).await.map_err(db_error)?.rows_affected();
    }
    Ok(i64::try_from(done).unwrap_or(i64::MAX))
}

/// Whether every record is as it was written, or is beyond what the feed can tell.
pub(crate) async fn are_sound(conn: &mut Conn) -> Result<bool> {
    let elsewhere = [missing(&mut *conn).await?, misfiled(&mut *conn).await?];
    if elsewhere.iter().any(|names| !names.is_empty()) {
        return Ok(false);
    }
    let mut after = (String::new(), String::new());
    loop {
        let rows = page(&mut *conn, (&after.0, &after.1), TURN_BYTES).await?;
        let Some(last) = rows.last() else { return Ok(true) };
        after = (last.kind.clone(), last.name.clone());
        if rows.iter().any(|row| row.stored.is_altered(&row.kind, &row.name)) {
            return Ok(false);
        }
    }
}

/// The names of a kind whose records somebody has taken away in the database, among those that
/// start so: the row is gone, or was marked as deleted by no program. Nothing can be said to follow
/// from the records that are left. Indexes: change_history, and record's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away; internal for a row that cannot be read.
pub async fn taken_away(conn: &mut Conn, kind: &str, under: &str) -> Result<Vec<String>> {
    let missing = missing_among(&mut *conn, Some((kind, under))).await?;
    let mut names: Vec<String> = missing.into_iter().map(|(_, name)| name).collect();
    // In a part, misfiled rows were looked for just before.
    if under.is_empty() {
        let misfiled = misfiled(&mut *conn).await?.into_iter().filter(|(of, _)| of == kind);
        names.extend(misfiled.map(|(_, name)| name));
    }
    let (columns, plain) = (conn.dialect().record_columns, plain(conn, "kind", "name"));
    let text = format!(
        "select kind, name, {columns} from record
         where kind = $1 and name >= $2 and name < $3 and deleted = 1 and {plain}"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(kind).bind(under);
    let mut rows = query.bind(format!("{under}{LAST}")).fetch(conn);
    while let Some(row) = rows.try_next().await.map_err(db_error)? {
        let (kind, name) = key(&row)?;
        if StoredRow::from_row(&row)?.is_altered(&kind, &name) {
            names.push(name);
        }
    }
    Ok(names)
}

fn key(row: &AnyRow) -> Result<(String, String)> {
    let key = || Ok((text(row, "kind")?.0, text(row, "name")?.0));
    key().map_err(db_error)
}

/// All living records, with a hash over them in their order.
pub(super) async fn read(
    snapshot: &mut Read,
    message_bytes: usize,
) -> Result<(OwnRecords, Sha256)> {
    let (mut own, mut hash) = (OwnRecords::default(), Sha256::default());
    let (missing, misfiled) = (missing(snapshot.conn()).await?, misfiled(snapshot.conn()).await?);
    for (kind, name) in missing.iter().chain(&misfiled) {
        own.altered.entry(kind.clone()).or_default().add(name);
    }
    own.gone = missing.into_iter().map(|(_, name)| name).collect();
    let mut after = (String::new(), String::new());
    loop {
        let rows = page(snapshot.conn(), (&after.0, &after.1), message_bytes).await?;
        for Keyed { kind, name, stored } in &rows {
            own.add(kind, name, stored, &mut hash);
        }
        let Some(last) = rows.into_iter().next_back() else { return Ok((own, hash)) };
        after = (last.kind, last.name);
    }
}
