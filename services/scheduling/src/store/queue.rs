//! The queue: numbers, order, and calls to windows.

use mpp_core::{Error, Reason, Result};
use mpp_store::{Conn, Read, Statement, Tx, constraint, db_error};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use super::kept::of_part;
use crate::model::ticket::{Queued, Rank, TicketState};

const COLUMNS: &str = "name, counter, date, number, seq, class, due_at, state, window_name, \
                       appointment, issued_at, called_at, completed_at";

/// The next number of a mall's prefix on a local date. Index: queue_counter's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn next_number(tx: &mut Tx, mall: &str, prefix: &str, date: &str) -> Result<i64> {
    let row = sqlx::query(
        "insert into queue_counter (mall, prefix, date, last) values ($1, $2, $3, 1)
         on conflict (mall, prefix, date) do update set last = queue_counter.last + 1
         returning last",
    )
    .bind(mall)
    .bind(prefix)
    .bind(date)
    .fetch_one(tx.conn())
    .await
    .map_err(db_error)?;
    row.try_get(0).map_err(db_error)
}

/// Puts a ticket into the queue; false if its appointment has one.
/// Indexes: ticket_queue's primary key, ticket_one_of_an_appointment.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn enter(tx: &mut Tx, ticket: &Queued) -> Result<bool> {
    let text = format!(
        "insert into ticket_queue ({COLUMNS})
         values ($1, $2, $3, $4, $5, $6, $7, 1, '', $8, $9, 0, 0) on conflict do nothing"
    );
    let done = sqlx::query(AssertSqlSafe(text))
        .bind(&ticket.name)
        .bind(&ticket.counter)
        .bind(&ticket.date)
        .bind(&ticket.number)
        .bind(ticket.seq)
        .bind(ticket.rank.class)
        .bind(ticket.rank.due_at)
        .bind(&ticket.appointment)
        .bind(ticket.issued_at)
        .execute(tx.conn())
        .await
        .map_err(db_error)?;
    Ok(done.rows_affected() == 1)
}

/// How many wait before a ticket. Index: ticket_waiting.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn ahead_of(tx: &mut Tx, ticket: &Queued) -> Result<i64> {
    let row = sqlx::query(
        "select count(*) from ticket_queue where counter = $1 and date = $2 and state = 1
         and (class, due_at, seq) < ($3, $4, $5)",
    )
    .bind(&ticket.counter)
    .bind(&ticket.date)
    .bind(ticket.rank.class)
    .bind(ticket.rank.due_at)
    .bind(ticket.seq)
    .fetch_one(tx.conn())
    .await
    .map_err(db_error)?;
    row.try_get(0).map_err(db_error)
}

/// Calls the first that waits to a window: one statement, so that two windows never call one
/// citizen. `None` if nobody waits or the window is busy. `skip_locked` is what PostgreSQL
/// needs so that windows do not wait for each other; SQLite has one writer.
/// Indexes: ticket_waiting, ticket_one_at_a_window.
///
/// # Errors
/// `WRONG_STATE` if the window was made busy by another call at the same moment.
pub async fn call_next(
    tx: &mut Tx,
    counter: &str,
    date: &str,
    window: &str,
    skip_locked: bool,
) -> Result<Option<Queued>> {
    let lock = if skip_locked { "for update skip locked" } else { "" };
    let text = format!(
        "update ticket_queue set state = 2, window_name = $3, called_at = $4
         where name = (select name from ticket_queue
                       where counter = $1 and date = $2 and state = 1
                       order by class, due_at, seq limit 1 {lock})
         and not exists (select 1 from ticket_queue where window_name = $3 and state = 2)
         returning {COLUMNS}"
    );
    let now = tx.now();
    let called = sqlx::query(AssertSqlSafe(text))
        .bind(counter)
        .bind(date)
        .bind(window)
        .bind(now)
        .fetch_optional(tx.conn())
        .await;
    match called {
        Ok(row) => row.as_ref().map(queued).transpose(),
        Err(error) if is_busy_window(&error) => {
            let hint = format!("{window} called another ticket at this moment; complete it first");
            Err(Error::new(Reason::WrongState, hint))
        }
        Err(error) => Err(db_error(error)),
    }
}

fn is_busy_window(error: &sqlx::Error) -> bool {
    let broken = constraint(error).unwrap_or_default();
    broken.contains("ticket_one_at_a_window") || broken.contains("window_name")
}

/// The ticket that is being served at a window. Index: ticket_one_at_a_window.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn served_at(tx: &mut Tx, window: &str) -> Result<Option<Queued>> {
    let text = format!("select {COLUMNS} from ticket_queue where window_name = $1 and state = 2");
    let row = sqlx::query(AssertSqlSafe(text))
        .bind(window)
        .fetch_optional(tx.conn())
        .await
        .map_err(db_error)?;
    row.as_ref().map(queued).transpose()
}

/// Completes a called ticket; `None` if it is not called. Index: ticket_queue's primary key.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers.
pub async fn complete(tx: &mut Tx, name: &str) -> Result<Option<Queued>> {
    let text = format!(
        "update ticket_queue set state = 3, completed_at = $2
         where name = $1 and state = 2 returning {COLUMNS}"
    );
    let now = tx.now();
    let row = sqlx::query(AssertSqlSafe(text))
        .bind(name)
        .bind(now)
        .fetch_optional(tx.conn())
        .await
        .map_err(db_error)?;
    row.as_ref().map(queued).transpose()
}

/// How many tickets of a counter's day wait and how many are completed. Index: ticket_by_day.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn counts(read: &mut Read, counter: &str, date: &str) -> Result<(i64, i64)> {
    let row = sqlx::query(
        "select (select count(*) from ticket_queue
                 where counter = $1 and date = $2 and state = 1) as waiting,
                (select count(*) from ticket_queue
                 where counter = $1 and date = $2 and state = 3) as completed",
    )
    .bind(counter)
    .bind(date)
    .fetch_one(read.conn())
    .await
    .map_err(db_error)?;
    let count = |column| row.try_get(column).map_err(db_error);
    Ok((count("waiting")?, count("completed")?))
}

/// How many wait at all counters, of this day and later ones, and since when the first of them has
/// waited. Index: ticket_waiting_since.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn waiting_since(read: &mut Read, date: &str) -> Result<(i64, Option<i64>)> {
    let row = sqlx::query(
        "select count(*) as waiting, min(issued_at) as since from ticket_queue
         where state = 1 and date >= $1",
    )
    .bind(date)
    .fetch_one(read.conn())
    .await
    .map_err(db_error)?;
    let read = || Ok((row.try_get("waiting")?, row.try_get("since")?));
    read().map_err(db_error)
}

/// The first tickets of a counter's day in a state, in the order in which they are called.
/// Indexes: ticket_waiting, ticket_by_day.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn first(
    read: &mut Read,
    counter: &str,
    date: &str,
    state: TicketState,
    limit: i64,
) -> Result<Vec<Queued>> {
    let text = format!(
        "select {COLUMNS} from ticket_queue where counter = $1 and date = $2 and state = {}
         order by class, due_at, seq limit $3",
        state.number()
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(counter)
        .bind(date)
        .bind(limit)
        .fetch_all(read.conn())
        .await
        .map_err(db_error)?;
    rows.iter().map(queued).collect()
}

/// The tickets of a mall, or of all malls if none is named, from a date on. Indexes: ticket_queue's
/// primary key; for all malls ticket_by_date.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn since(conn: &mut Conn, mall: &str, date: &str) -> Result<Vec<Queued>> {
    let which = of_part(conn, "name", mall);
    let text = format!("select {COLUMNS} from ticket_queue where {which} and date >= $2");
    let query = sqlx::query(AssertSqlSafe(text)).bind(mall).bind(date);
    let rows = query.fetch_all(conn).await.map_err(db_error)?;
    rows.iter().map(queued).collect()
}

/// Sets a ticket's row to this, whatever it was.
pub fn entered(ticket: &Queued) -> Statement {
    let text = format!(
        "insert into ticket_queue ({COLUMNS})
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (name) do update set counter = excluded.counter, date = excluded.date,
         number = excluded.number, seq = excluded.seq, class = excluded.class,
         due_at = excluded.due_at, state = excluded.state, window_name = excluded.window_name,
         appointment = excluded.appointment, issued_at = excluded.issued_at,
         called_at = excluded.called_at, completed_at = excluded.completed_at"
    );
    let statement = Statement::new(text).text(&ticket.name).text(&ticket.counter);
    let statement = statement.text(&ticket.date).text(&ticket.number).number(ticket.seq);
    let statement = statement.number(ticket.rank.class).number(ticket.rank.due_at);
    let statement = statement.number(ticket.state.number()).text(&ticket.window);
    let statement = statement.text(&ticket.appointment).number(ticket.issued_at);
    statement.number(ticket.called_at).number(ticket.completed_at)
}

fn queued(row: &AnyRow) -> Result<Queued> {
    let read = || -> sqlx::Result<Queued> {
        Ok(Queued {
            name: row.try_get("name")?,
            counter: row.try_get("counter")?,
            date: row.try_get("date")?,
            number: row.try_get("number")?,
            seq: row.try_get("seq")?,
            rank: Rank { class: row.try_get("class")?, due_at: row.try_get("due_at")? },
            state: TicketState::of(row.try_get("state")?),
            window: row.try_get("window_name")?,
            appointment: row.try_get("appointment")?,
            issued_at: row.try_get("issued_at")?,
            called_at: row.try_get("called_at")?,
            completed_at: row.try_get("completed_at")?,
        })
    };
    read().map_err(db_error)
}
