//! What bookings and queues keep beside the records, and the records that this follows from, read
//! to be compared.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::Document;
use mpp_core::{Result, mall_of};
use mpp_store::{Conn, Record, by_bytes, db_error, records_between};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::booking::SEAL;

/// Records in one page.
const PAGE: i64 = 1000;
/// Sorts after every name of a collection.
const LAST: &str = "~";

/// A slot that was sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotRow {
    /// The offering that the row names.
    pub offering: String,
    /// Its local date.
    pub date: String,
    /// Its first instant.
    pub start_at: i64,
    /// Most places that it ever had.
    pub capacity: i64,
    /// Places that were offered at the last booking.
    pub offered: i64,
    /// Places that are counted as taken.
    pub booked: i64,
    /// Capacity and offered as they were written; 0 if an older program wrote the row.
    pub seal: i64,
}

impl SlotRow {
    /// Capacity and offered as they were written, if the seal says so.
    pub fn sealed(&self) -> Option<(i64, i64)> {
        let (capacity, offered) = (self.seal / SEAL, self.seal % SEAL);
        (offered > 0 && capacity >= offered).then_some((capacity, offered))
    }

    /// The seal of a slot with this capacity and this many places offered.
    pub fn seal(capacity: i64, offered: i64) -> i64 {
        capacity.saturating_mul(SEAL).saturating_add(offered)
    }
}

/// The malls that any of these tables, or of `known`, names: the first two parts of each name
/// "malls/x/…". Only `part`, if that is not empty.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn malls(
    conn: &mut Conn,
    part: &str,
    mut known: BTreeSet<String>,
) -> Result<BTreeSet<String>> {
    if !part.is_empty() {
        return Ok([part.to_owned()].into());
    }
    for text in [
        "select distinct offering from slot",
        "select distinct counter from ticket_queue",
        "select distinct mall from queue_counter",
    ] {
        let rows = sqlx::query(text).fetch_all(&mut *conn).await.map_err(db_error)?;
        for row in &rows {
            known.insert(mall_of(&get::<String>(row, 0)?).to_owned());
        }
    }
    Ok(known)
}

/// A mall's living records of a collection, whose ids come after one; and the names of those that
/// were altered in the database. Index: record's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away; internal for one that cannot be read.
pub async fn records<D: Document>(
    conn: &mut Conn,
    collection: &str,
    after_id: &str,
) -> Result<(Vec<Record<D>>, Vec<String>)> {
    let (mut all, mut altered) = (Vec::new(), Vec::new());
    let mut after = format!("{collection}/{after_id}");
    let before = format!("{collection}/{LAST}");
    loop {
        let page = records_between::<D>(conn, &after, &before, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok((all, altered)) };
        after.clone_from(&last.name);
        for (record, is_altered) in page {
            if is_altered {
                altered.push(record.name.clone());
            }
            all.push(record);
        }
    }
}

/// The condition for rows whose `column` names something of the mall `$1`, or for all rows if that
/// is empty.
pub(super) fn of_part(conn: &Conn, column: &str, part: &str) -> String {
    if part.is_empty() {
        return "$1 = ''".to_owned();
    }
    let column = by_bytes(conn, column);
    // In ASCII '0' follows '/'.
    format!("({column} = $1 or ({column} > $1 || '/' and {column} < $1 || '0'))")
}

/// The slots of a part that were sold, by name. Index: slot's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn slots(conn: &mut Conn, part: &str) -> Result<BTreeMap<String, SlotRow>> {
    let text = format!(
        "select name, offering, date, start_at, capacity, offered, booked, seal from slot
         where {}",
        of_part(conn, "name", part)
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(part);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    let slot = |row: &AnyRow| -> sqlx::Result<(String, SlotRow)> {
        let slot = SlotRow {
            offering: row.try_get("offering")?,
            date: row.try_get("date")?,
            start_at: row.try_get("start_at")?,
            capacity: row.try_get("capacity")?,
            offered: row.try_get("offered")?,
            booked: row.try_get("booked")?,
            seal: row.try_get("seal")?,
        };
        Ok((row.try_get("name")?, slot))
    };
    rows.iter().map(|row| slot(row).map_err(db_error)).collect()
}

/// Appointments of a part with the date that a table notes beside them. Indexes:
/// applicant_by_appointment, appointment_code's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn dates(
    conn: &mut Conn,
    part: &str,
    table: &'static str,
) -> Result<BTreeMap<String, String>> {
    let text = format!(
        "select appointment, min(date) as date from {table} where {} group by appointment",
        of_part(conn, "appointment", part)
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(part);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
}

/// The codes of a part's appointments. Indexes: as for [`dates`].
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn codes(conn: &mut Conn, part: &str) -> Result<BTreeMap<String, String>> {
    let which = of_part(conn, "appointment", part);
    let text = format!("select appointment, code from appointment_code where {which}");
    let query = sqlx::query(AssertSqlSafe(text)).bind(part);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| Ok((get(row, 0)?, get(row, 1)?))).collect()
}

/// The last number of each mall of a part, prefix and date. Index: queue_counter's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn numbers(
    conn: &mut Conn,
    part: &str,
) -> Result<BTreeMap<(String, String, String), i64>> {
    let which = of_part(conn, "mall", part);
    let text = format!("select mall, prefix, date, last from queue_counter where {which}");
    let query = sqlx::query(AssertSqlSafe(text)).bind(part);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(|row| Ok(((get(row, 0)?, get(row, 1)?, get(row, 2)?), get(row, 3)?))).collect()
}

fn get<'r, T>(row: &'r AnyRow, at: usize) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>,
{
    row.try_get(at).map_err(db_error)
}
