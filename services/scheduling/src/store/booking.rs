//! Places of slots, and their holders. A booking locks in this order: applicant, day, slot; so no
//! two bookings wait for each other.

use mpp_core::Result;
use mpp_store::{Conn, Read, Tx, db_error, placeholders};
use sqlx::{AssertSqlSafe, Row as _};

use crate::model::{
    applicant::Digest,
    slot::{Planned, Terms},
    sold::Sold,
};

/// A slot's seal is its capacity times this, plus the places offered.
pub const SEAL: i64 = 1 << 31;

/// Notes the applicant; false if the applicant is noted already, under any key.
/// Index: applicant's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn note_applicant(
    tx: &mut Tx,
    digests: &[Digest],
    appointment: &str,
    date: &str,
) -> Result<bool> {
    let text = format!(
        "insert into applicant (digest, key_id, appointment, date) values {}
         on conflict (digest) do nothing",
        placeholders(1, digests.len(), 4)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for digest in digests {
        query = query.bind(&digest.bytes[..]).bind(&digest.key_id).bind(appointment).bind(date);
    }
    let done = query.execute(tx.conn()).await.map_err(db_error)?;
    Ok(done.rows_affected() == digests.len() as u64)
}

/// Keeps an appointment's code. Index: appointment_code's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn keep_code(tx: &mut Tx, appointment: &str, code: &str, date: &str) -> Result<()> {
    sqlx::query("insert into appointment_code (appointment, code, date) values ($1, $2, $3)")
        .bind(appointment)
        .bind(code)
        .bind(date)
        .execute(tx.conn())
        .await
        .map_err(db_error)?;
    Ok(())
}

/// An appointment's code; empty once it is forgotten. Index: appointment_code's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn code_of(conn: &mut Conn, appointment: &str) -> Result<String> {
    let row = sqlx::query("select code from appointment_code where appointment = $1")
        .bind(appointment)
        .fetch_optional(conn)
        .await
        .map_err(db_error)?;
    row.map_or(Ok(String::new()), |row| row.try_get(0).map_err(db_error))
}

/// Queues up with the other bookings of the offering's day, so that the sum of its slots stands
/// still until the commit. Only for offerings with a quota. Index: offering_day's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn hold_day(tx: &mut Tx, terms: &Terms, date: &str) -> Result<()> {
    sqlx::query(
        "insert into offering_day (offering, date, quota) values ($1, $2, $3)
         on conflict (offering, date) do update set quota = excluded.quota",
    )
    .bind(&terms.offering)
    .bind(date)
    .bind(terms.quota_per_day)
    .execute(tx.conn())
    .await
    .map_err(db_error)?;
    Ok(())
}

/// Takes one place; false if the slot or the day is full. The first booking makes the row; each
/// later one updates it to what is offered now. Indexes: slot's primary key, slot_by_day.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn take_place(tx: &mut Tx, slot: &Planned, terms: &Terms, date: &str) -> Result<bool> {
    // The most places that it ever had, as the last booking has sealed them.
    let had = format!("case when slot.seal > 0 then slot.seal / {SEAL} else slot.capacity end");
    let most = format!("case when {had} < excluded.offered then excluded.offered else {had} end");
    let text = format!(
        "insert into slot (name, offering, date, start_at, capacity, offered, booked, seal)
         select $1, $2, $3, $4, $5, $5, 1, $5 * {SEAL} + $5
         where $6 = 0 or $6 >
             (select coalesce(sum(booked), 0) from slot where offering = $2 and date = $3)
         on conflict (name) do update set booked = slot.booked + 1, offered = excluded.offered,
             capacity = {most}, seal = ({most}) * {SEAL} + excluded.offered
         where slot.booked < excluded.offered
         returning booked"
    );
    let taken = sqlx::query(AssertSqlSafe(text))
        .bind(&slot.name)
        .bind(&terms.offering)
        .bind(date)
        .bind(slot.start_at)
        .bind(terms.slot_capacity)
        .bind(terms.quota_per_day)
        .fetch_optional(tx.conn())
        .await
        .map_err(db_error)?;
    Ok(taken.is_some())
}

/// How many places of a slot are taken. Index: slot's primary key.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn booked(tx: &mut Tx, slot: &str) -> Result<i64> {
    let row = sqlx::query("select booked from slot where name = $1")
        .bind(slot)
        .fetch_optional(tx.conn())
        .await
        .map_err(db_error)?;
    row.map_or(Ok(0), |row| row.try_get(0).map_err(db_error))
}

/// Forgets the applicant of an appointment and gives the place back.
/// Indexes: applicant_by_appointment, slot's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn give_back(tx: &mut Tx, appointment: &str, slot: &str) -> Result<()> {
    for (text, name) in [
        ("delete from applicant where appointment = $1", appointment),
        ("update slot set booked = booked - 1 where name = $1", slot),
    ] {
        sqlx::query(text).bind(name).execute(tx.conn()).await.map_err(db_error)?;
    }
    Ok(())
}

/// The slots of an offering that were ever sold, from one date to another, both included.
/// Index: slot_by_day.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn sold(
    read: &mut Read,
    offering: &str,
    from: &str,
    to: &str,
) -> Result<Vec<(String, Sold)>> {
    let rows = sqlx::query(
        "select name, date, capacity, booked from slot
         where offering = $1 and date >= $2 and date <= $3",
    )
    .bind(offering)
    .bind(from)
    .bind(to)
    .fetch_all(read.conn())
    .await
    .map_err(db_error)?;
    rows.iter().map(|row| sold_row(row).map_err(db_error)).collect()
}

fn sold_row(row: &sqlx::any::AnyRow) -> sqlx::Result<(String, Sold)> {
    let sold = Sold {
        name: row.try_get("name")?,
        capacity: row.try_get("capacity")?,
        booked: row.try_get("booked")?,
    };
    Ok((row.try_get("date")?, sold))
}

/// The appointment's ticket, if one was printed. Index: ticket_one_of_an_appointment.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn ticket_of(conn: &mut Conn, appointment: &str) -> Result<Option<String>> {
    let row =
        sqlx::query("select number from ticket_queue where appointment = $1 and appointment <> ''")
            .bind(appointment)
            .fetch_optional(conn)
            .await
            .map_err(db_error)?;
    row.map(|row| row.try_get(0).map_err(db_error)).transpose()
}
