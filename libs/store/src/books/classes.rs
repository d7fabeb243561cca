//! Values of another type than their column's, and texts that are not UTF-8. SQLite keeps any value
//! in any column, and every read of such a row fails, so that a comparison could not see the other
//! rows.
//!
//! A look goes once over each table. What a row itself still tells is put back some rows at a time,
//! while others write ([`put_back`]). What nothing tells is taken as it is, but only in the
//! transaction that also sets right what follows from it ([`take_as_it_is`]): until then no booking
//! may count it.

use std::{collections::BTreeMap, pin::pin};

use futures::{Stream, TryStreamExt as _, future, stream};
use mpp_core::{Result, hex};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::{
    Disagreement, Statement,
    columns::{Column, ComparedTable, RowPlace},
};
use crate::{Actor, Conn, Db, Progress, Tx, db_error, dialect::Engine};

/// Most rows of a column that one look names.
const ROWS: usize = 2_000;
/// Rows that one transaction puts back: others write in between.
const PORTION: usize = 500;

/// The way out of a value that cannot be restored from the row.
const LOST: &str = "restore a backup, or take it for what it begins with (0, or no text, where that \
                    is nothing) with --accept-altered; what follows from other rows is then set \
                    right";

/// A value of a wrong type, in the column of this number.
struct Wrong {
    column: usize,
    found: Disagreement,
}

/// Every value of a wrong type in these tables; the last one that is named for a column stands for
/// those that are not named.
pub(super) async fn disagreements(
    conn: &mut Conn,
    tables: &[&'static str],
) -> Result<Vec<Disagreement>> {
    let mut found = Vec::new();
    if conn.dialect().engine == Engine::Postgres {
        return Ok(found);
    }
    for name in tables {
        let Some(table) = ComparedTable::read(conn, name).await? else { continue };
        let (mut named, mut all) =
            (BTreeMap::<_, Vec<Disagreement>>::new(), pin!(wrong(conn, &table)));
        while let Some(Wrong { column, found }) = all.try_next().await? {
            let alike = named.entry((column, found.mend.is_some())).or_default();
            match alike.get_mut(ROWS - 1) {
                Some(last) => *last = last.clone().of_rows(last.rows + 1),
                None => alike.push(found),
            }
        }
        found.extend(named.into_values().flatten());
    }
    Ok(found)
}

/// Puts back every value that its own row still tells; answers how many. What was put back stays if
/// the rest fails.
pub(super) async fn put_back(
    db: &Db,
    by: &Actor,
    tables: &[&'static str],
    progress: &Progress,
) -> Result<i64> {
    if !db.is_sqlite() {
        return Ok(0);
    }
    let mut all = 0;
    for name in tables {
        // Counted just before it is mended: a call that is cut off has not counted what it leaves.
        let (count, mut restored) = (count_wrong(db, name).await?, 0);
        progress.found(count);
        // A row whose whole key is its only place may have two wrong values in it.
        while let again @ 1.. = put_back_in(db, by, name, progress).await? {
            restored += again;
        }
        progress.left(count - restored);
        all += restored;
    }
    Ok(all)
}

/// How many values of another type a table has, including those that its rows do not tell.
async fn count_wrong(db: &Db, name: &'static str) -> Result<i64> {
    let mut read = db.read().await?;
    let Some(table) = ComparedTable::read(read.conn(), name).await? else { return Ok(0) };
    let Some(text) = table.count_wrong() else { return Ok(0) };
    let row = sqlx::query(AssertSqlSafe(text)).fetch_one(read.conn()).await.map_err(db_error)?;
    read.end().await?;
    row.try_get(0).map_err(db_error)
}

async fn put_back_in(db: &Db, by: &Actor, name: &'static str, progress: &Progress) -> Result<i64> {
    let mut read = db.read().await?;
    let Some(table) = ComparedTable::read(read.conn(), name).await? else { return Ok(0) };
    let mut restored = 0;
    let sure = wrong(read.conn(), &table).try_filter_map(|wrong| {
        future::ready(Ok(wrong.found.mend.map(|mend| (wrong.found.what, mend))))
    });
    let mut portions = pin!(sure.try_chunks(PORTION));
    while let Some(portion) = portions.try_next().await.map_err(|failed| failed.1)? {
        let mut tx = db.begin(by).await?;
        let mut count = 0;
        for (_, mend) in &portion {
            count += mend.run(tx.conn()).await?;
        }
        tx.commit().await?;
        progress.mended(count);
        let first = portion.first().map(|(what, _)| what);
        tracing::warn!(table = name, count, first, "values are put back into their type");
        restored += count;
    }
    Ok(restored)
}

/// Takes every value that nothing else tells as it is; answers how many. The transaction, which has
/// not written to these tables, keeps all others from writing, so that a snapshot shows what it
/// sees.
pub(super) async fn take_as_it_is(tx: &mut Tx, tables: &[&'static str]) -> Result<i64> {
    let (db, mut taken) = (tx.db.clone(), 0);
    for name in tables.iter().filter(|_| db.is_sqlite()) {
        let mut read = db.read().await?;
        let Some(table) = ComparedTable::read(read.conn(), name).await? else { continue };
        let mut all = pin!(wrong(read.conn(), &table));
        while let Some(Wrong { found, .. }) = all.try_next().await? {
            let Some(statement) = found.statement(true) else { continue };
            tracing::warn!(table = name, was = found.what, "a value is taken as it is");
            taken += statement.run(tx.conn()).await?;
        }
    }
    Ok(taken)
}

/// The values of a wrong type in a table. Scans the table.
fn wrong<'a>(
    conn: &'a mut Conn,
    table: &'a ComparedTable,
) -> impl Stream<Item = Result<Wrong>> + Send + 'a {
    let rows = sqlx::query(AssertSqlSafe(table.select_wrong())).fetch(conn);
    let found = rows.map_err(db_error).and_then(|row| {
        let found = of_row(table, &row).map_err(db_error);
        future::ready(found.map(|found| stream::iter(found.into_iter().map(Ok))))
    });
    found.try_flatten()
}

fn of_row(table: &ComparedTable, row: &AnyRow) -> sqlx::Result<Vec<Wrong>> {
    let (at, mut all) = (table.at(row)?, Vec::new());
    for (number, column) in table.columns.iter().enumerate().filter(|(_, one)| one.class.is_some())
    {
        let is: Option<String> = row.try_get(format!("class_{number}").as_str())?;
        let Some(is) = is else { continue };
        let bytes: Vec<u8> = row.try_get(format!("bytes_{number}").as_str())?;
        let found = if column.class == Some(is.as_str()) {
            of_garbled(&at, column, bytes)
        } else {
            let has_twin = row.try_get::<i64, _>(format!("twin_{number}").as_str())? != 0;
            Some(of_class(&at, column, (&is, bytes), has_twin))
        };
        all.extend(found.map(|found| Wrong { column: number, found }));
    }
    Ok(all)
}

/// A value of another type.
fn of_class(
    at: &RowPlace<'_>,
    column: &Column,
    (is, bytes): (&str, Vec<u8>),
    has_twin: bool,
) -> Disagreement {
    let (name, class) = (&column.name, column.class.unwrap_or_default());
    let still = column.is_wrong().unwrap_or_default();
    let what = format!("the row {}: its {name} is stored as {is}, and not as {class}", at.shown);
    if has_twin {
        return beside_a_twin(at.table.name, &what, at.statement("delete from", "", &still));
    }
    let set = format!("set {name} = cast({name} as {class})");
    let cast = at.statement("update or ignore", &set, &still);
    let is_whole = match class {
        "blob" => is == "text",
        "text" => String::from_utf8(bytes).is_ok(),
        _ => false,
    };
    if is_whole {
        Disagreement::new(at.table.name, what, cast)
    } else {
        unsure(at.table.name, &what, cast)
    }
}

/// A value that cannot be restored from the row.
fn unsure(table: &'static str, what: &str, cast: Statement) -> Disagreement {
    let what = format!("{what}; nothing of it says what stood there, and nothing else is compared");
    Disagreement::for_a_person(table, what, LOST).once_accepted(cast)
}

/// A value that cannot be converted, because another row would have the same key.
fn beside_a_twin(table: &'static str, what: &str, gone: Statement) -> Disagreement {
    let what = format!("{what}, and a row with that key, of the right type, stands beside it");
    let way_out = "see which of the two is right; this one, which no program finds, goes with \
                   --accept-altered, after which the other one holds";
    Disagreement::for_a_person(table, what, way_out).once_accepted(gone)
}

/// A text, if it is not UTF-8.
fn of_garbled(at: &RowPlace<'_>, column: &Column, bytes: Vec<u8>) -> Option<Disagreement> {
    let (name, garbled) = (&column.name, String::from_utf8(bytes).err()?);
    let what = format!("the row {}: its {name} is no text, but bytes that are not UTF-8", at.shown);
    let (set, still) = (format!("set {name} = $2"), format!("lower(hex({name})) = $3"));
    let readable = String::from_utf8_lossy(garbled.as_bytes());
    let set = at.statement("update or ignore", &set, &still).text(&readable);
    Some(unsure(at.table.name, &what, set.text(&hex(garbled.as_bytes()))))
}
