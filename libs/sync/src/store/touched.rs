//! What a session has written, in the order in which it was committed, and on from a place there:
//! a piece costs as much as it holds, however much lies before it.

use mpp_api::types::{Tombstone, tombstone::Reason as Why};
use mpp_core::{Result, id_of};
use mpp_store::{Conn, db_error, placeholders};
use prost::Message as _;
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

/// Names of one statement: the databases limit its parameters.
const CHUNK: usize = 100;

/// The versions of a record that a session has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The record's kind.
    pub kind: String,
    /// The record's name.
    pub name: String,
    /// The first version that the session made.
    pub first: i64,
    /// The last one.
    pub last: i64,
    /// How many it made.
    pub versions: i64,
    /// How many of them say something other than the version before; in the others the record has
    /// only followed a place.
    pub said: i64,
}

/// JOINs the version before each change `c`.
pub(super) const WITH_BEFORE: &str = "left join change b
    on b.kind = c.kind and b.name = c.name and b.version = c.version - 1";
/// Whether it says something other than that one, and is not only filed elsewhere.
pub(super) const SAYS_MORE: &str =
    "(b.version is null or b.deleted <> c.deleted or b.doc <> c.doc)";

/// A place among the changes of a session: those of a revision up to a record have been seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionPlace {
    revision: i64,
    kind: String,
    name: String,
}

impl SessionPlace {
    /// The place of a token; the beginning, if an older program has written it: what has gone back
    /// already is not told again.
    pub fn read(token: &str) -> Self {
        let mut parts = token.splitn(3, '/');
        let mut next = || parts.next().unwrap_or_default();
        let Ok(revision) = next().parse() else { return Self::default() };
        Self { revision, kind: next().to_owned(), name: next().to_owned() }
    }

    /// Its token. It has no blank: an older program, which splits tokens there, then begins anew,
    /// and does not take what is left as done.
    pub fn token(&self) -> String {
        format!("{}/{}/{}", self.revision, self.kind, self.name)
    }
}

/// The records whose first version of the session lies after a place, except its source's own
/// record, and the place up to which `limit` changes were looked at; `None` at the end. In a
/// revision the kinds that sources send, `own`, come first and in their order, since the others
/// rest on them; then kinds and names in order.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn touched(
    conn: &mut Conn,
    of: (&str, &str),
    mut place: SessionPlace,
    (own, limit): (&[&str], usize),
) -> Result<(Vec<Touched>, Option<SessionPlace>)> {
    let (mut found, mut left) = (Vec::new(), limit);
    while let Some((revision, tx)) = revision(conn, of, place.revision).await? {
        if revision > place.revision {
            place = SessionPlace { revision, ..SessionPlace::default() };
        }
        let seen = changes(conn, tx, &place, (own, left)).await?;
        found.extend(begun(conn, of, &seen).await?);
        left -= seen.len();
        place = match seen.into_iter().last().filter(|_| left == 0) {
            Some(TouchedRecord { kind, name, .. }) => {
                return Ok((found, Some(SessionPlace { kind, name, ..place })));
            }
            None => SessionPlace { revision: revision + 1, ..SessionPlace::default() },
        };
    }
    Ok((found, None))
}

/// What a session has written of one record; `None` if nothing.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn of(
    conn: &mut Conn,
    of: (&str, &str),
    (kind, name): (&str, &str),
) -> Result<Option<Touched>> {
    let seen = TouchedRecord { kind: kind.to_owned(), name: name.to_owned(), version: 0 };
    Ok(versions(conn, of, &[seen]).await?.into_iter().next())
}

/// The names from which a record has moved that was new in its first version, in the transaction
/// that wrote it. Indexes: change_history, change_tx.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn moved_to(conn: &mut Conn, one: &Touched) -> Result<Vec<String>> {
    let id = id_of(&one.name);
    let text = "select g.name, g.tombstone from change c join change g on g.tx = c.tx
        where c.kind = $1 and c.name = $2 and c.version = $3 and c.deleted = 0
        and g.kind = $1 and g.deleted = 1 and g.name like $4";
    let query = sqlx::query(text).bind(&one.kind).bind(&one.name).bind(one.first);
    let rows = query.bind(format!("%/{id}")).fetch_all(conn).await.map_err(db_error)?;
    let mut names = Vec::new();
    for row in &rows {
        let tombstone: Vec<u8> = row.try_get("tombstone").map_err(db_error)?;
        let tombstone = Tombstone::decode(&tombstone[..]).unwrap_or_default();
        if tombstone.reason() == Why::Moved && tombstone.successor == one.name {
            names.push(row.try_get("name").map_err(db_error)?);
        }
    }
    Ok(names)
}

/// Whether history has anything of a session. Index: revision_session.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn has_written(conn: &mut Conn, of: (&str, &str)) -> Result<bool> {
    Ok(revision(conn, of, 0).await?.is_some())
}

/// The first revision of a session from this one on, and its transaction. Index: revision_session.
async fn revision(
    conn: &mut Conn,
    (source, session): (&str, &str),
    from: i64,
) -> Result<Option<(i64, i64)>> {
    let text = "select rev, tx from revision where session = $1 and session <> ''
        and rev >= $2 and origin = $3 order by rev limit 1";
    let query = sqlx::query(text).bind(session).bind(from).bind(source);
    let row = query.fetch_optional(conn).await.map_err(db_error)?;
    let read = |row: AnyRow| Ok((row.try_get("rev")?, row.try_get("tx")?));
    row.map(read).transpose().map_err(db_error)
}

/// A record that a transaction has changed, with the first version that it made.
struct TouchedRecord {
    kind: String,
    name: String,
    version: i64,
}

/// Records that a transaction has changed, after a place. Index: (tx, seq) of change.
async fn changes(
    conn: &mut Conn,
    tx: i64,
    place: &SessionPlace,
    (own, limit): (&[&str], usize),
) -> Result<Vec<TouchedRecord>> {
    let (rank, rank_of_place) = (rank("kind", own), rank("$2", own));
    let text = format!(
        "select kind, name, min(version) as version from change where tx = $1
         and kind <> 'source' and ($2 = '' or {rank} > {rank_of_place} or ({rank} = {rank_of_place}
             and (kind > $2 or (kind = $2 and name > $3))))
         group by kind, name order by {rank}, kind, name limit $4"
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(tx)
        .bind(&place.kind)
        .bind(&place.name)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    let read = |row: &AnyRow| -> sqlx::Result<TouchedRecord> {
        let (kind, name) = (row.try_get("kind")?, row.try_get("name")?);
        Ok(TouchedRecord { kind, name, version: row.try_get("version")? })
    };
    rows.iter().map(|row| read(row).map_err(db_error)).collect()
}

/// The place of a kind in the order of those that sources send; all others stand behind them.
fn rank(kind: &str, own: &[&str]) -> String {
    let cases = own.iter().enumerate();
    let cases: String = cases.map(|(at, own)| format!(" when '{own}' then {at}")).collect();
    format!("case {kind}{cases} else {} end", own.len())
}

/// Those of these records whose first version of the session this is, with all that it made of
/// each. Others were seen before.
async fn begun(conn: &mut Conn, of: (&str, &str), seen: &[TouchedRecord]) -> Result<Vec<Touched>> {
    let mut found = Vec::new();
    for alike in seen.chunk_by(|one, next| one.kind == next.kind) {
        for chunk in alike.chunks(CHUNK) {
            let all = versions(conn, of, chunk).await?;
            let is_first = |one: &Touched| {
                chunk.iter().any(|seen| seen.name == one.name && seen.version == one.first)
            };
            found.extend(all.into_iter().filter(is_first));
        }
    }
    Ok(found)
}

/// All versions that a session has made of these records of one kind, by name. Indexes:
/// change_history; revision_tx, and not revision_session, which would read the whole session.
async fn versions(
    conn: &mut Conn,
    (source, session): (&str, &str),
    chunk: &[TouchedRecord],
) -> Result<Vec<Touched>> {
    let text = format!(
        "select c.kind, c.name, min(c.version) as first, max(c.version) as last,
         count(*) as versions, sum(case when {SAYS_MORE} then 1 else 0 end) as said
         from change c join revision r on r.tx = c.tx {WITH_BEFORE}
         where c.kind = $1 and c.name in {} and r.session || '' = $2 and r.origin = $3
         group by c.kind, c.name order by c.name",
        placeholders(4, 1, chunk.len())
    );
    let kind = chunk.first().map(|seen| seen.kind.as_str()).unwrap_or_default();
    let query = sqlx::query(AssertSqlSafe(text)).bind(kind).bind(session).bind(source);
    let query = chunk.iter().fold(query, |query, seen| query.bind(&seen.name));
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| read(row).map_err(db_error)).collect()
}

pub(super) fn read(row: &AnyRow) -> sqlx::Result<Touched> {
    Ok(Touched {
        kind: row.try_get("kind")?,
        name: row.try_get("name")?,
        first: row.try_get("first")?,
        last: row.try_get("last")?,
        versions: row.try_get("versions")?,
        said: row.try_get("said")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_told_and_one_of_before_is_the_beginning() {
        let place =
            SessionPlace { revision: 7, kind: "service".into(), name: "units/a/services/b".into() };
        assert_eq!(place.token(), "7/service/units/a/services/b");
        assert_eq!(SessionPlace::read(&place.token()), place);
        assert_eq!(SessionPlace::read("service units/a/services/b"), SessionPlace::default());
        assert_eq!(SessionPlace::read(""), SessionPlace::default());
        let between = SessionPlace { revision: 8, ..SessionPlace::default() };
        assert_eq!(SessionPlace::read(&between.token()), between);
    }
}
