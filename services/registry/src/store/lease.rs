//! Which session may write for a source: a lease with a fencing token. How long it holds is
//! `lease_seconds` in `policy.rs`.

use std::time::Duration;

use mpp_api::sync::{Checkpoint, Hello};
use mpp_core::{Error, Micros, Reason, Result};
use mpp_store::{Tx, db_error};
use sqlx::{Row, any::AnyRow};

use crate::model::checkpoint::{Known, agreed};

/// A session's right to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The source's name.
    pub source: String,
    /// The session's id.
    pub session: String,
    /// Higher than that of every session before.
    pub fencing: i64,
}

/// The start of a new session.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    /// Its lease.
    pub lease: Lease,
    /// Where both sides resume.
    pub checkpoint: Checkpoint,
    /// The mapping is another one than last time.
    pub send_all: bool,
}

/// A session that is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its lease.
    pub lease: Lease,
    /// When the lease was last prolonged.
    pub kept: Micros,
}

/// A row of `sync_lease`.
#[derive(Debug)]
struct LeaseRow {
    fencing: i64,
    session: String,
    holder: String,
    until: Micros,
    mapping_version: String,
    resend: bool,
    checkpoint: Checkpoint,
}

/// Takes the lease for a new session, whose fencing token shuts out every session before.
///
/// # Errors
/// `LEASE_HELD` while another session is alive and is not to be taken over.
pub async fn acquire(tx: &mut Tx, hello: &Hello, session: &str, ttl: Duration) -> Result<Begun> {
    let standing = locked(tx, &hello.source).await?;
    let left = standing.until - tx.now();
    if left > 0 && !may_take(&standing, hello) {
        return Err(held(&hello.source, left));
    }
    let known = known(tx, &hello.source, hello.checkpoint.as_ref()).await?;
    let checkpoint = agreed(&standing.checkpoint, hello.checkpoint.as_ref(), known);
    let send_all = standing.resend || standing.mapping_version != hello.mapping_version;
    let lease = Lease {
        source: hello.source.clone(),
        session: session.to_owned(),
        fencing: standing.fencing + 1,
    };
    // Index: sync_lease's primary key; the row is locked.
    sqlx::query(
        "update sync_lease set fencing = $2, session = $3, holder = $4, until = $5,
         mapping_version = $6, resend = $7, sequence = $8, position = $9 where source = $1",
    )
    .bind(&lease.source)
    .bind(lease.fencing)
    .bind(&lease.session)
    .bind(&hello.holder)
    .bind(until(tx, ttl))
    .bind(&hello.mapping_version)
    .bind(i64::from(send_all))
    .bind(checkpoint.sequence)
    .bind(&checkpoint.position)
    .execute(tx.conn())
    .await
    .map_err(db_error)?;
    abandon_after(tx, &lease.source, checkpoint.sequence).await?;
    Ok(Begun { lease, checkpoint, send_all })
}

/// A holder that says hello again has lost its session, or it would not.
fn may_take(standing: &LeaseRow, hello: &Hello) -> bool {
    let returns = !hello.holder.is_empty() && hello.holder == standing.holder;
    hello.take_over || returns
}

/// The source's row, made if there is none, and locked: the upsert waits for the session that holds
/// it.
async fn locked(tx: &mut Tx, source: &str) -> Result<LeaseRow> {
    let row = sqlx::query(
        "insert into sync_lease (source, fencing, session, holder, until, mapping_version, resend,
         sequence, position) values ($1, 0, '', '', 0, '', 1, 0, '')
         on conflict (source) do update set source = excluded.source
         returning fencing, session, holder, until, mapping_version, resend, sequence, position",
    )
    .bind(source)
    .fetch_one(tx.conn())
    .await
    .map_err(db_error)?;
    read(&row).map_err(db_error)
}

fn read(row: &AnyRow) -> sqlx::Result<LeaseRow> {
    Ok(LeaseRow {
        fencing: row.try_get("fencing")?,
        session: row.try_get("session")?,
        holder: row.try_get("holder")?,
        until: row.try_get("until")?,
        mapping_version: row.try_get("mapping_version")?,
        resend: row.try_get::<i64, _>("resend")? != 0,
        checkpoint: Checkpoint {
            sequence: row.try_get("sequence")?,
            position: row.try_get("position")?,
        },
    })
}

/// Index: sync_batch_sequence.
async fn known(tx: &mut Tx, source: &str, client: Option<&Checkpoint>) -> Result<Known> {
    let Some(client) = client else {
        return Ok(Known::Never);
    };
    let row = sqlx::query(
        "select max(current) as current from sync_batch
         where source = $1 and sequence = $2 and position = $3",
    )
    .bind(source)
    .bind(client.sequence)
    .bind(&client.position)
    .fetch_one(tx.conn())
    .await
    .map_err(db_error)?;
    Ok(match row.try_get::<Option<i64>, _>("current").map_err(db_error)? {
        None => Known::Never,
        Some(0) => Known::Abandoned,
        Some(_) => Known::Current,
    })
}

/// The source goes on from an earlier checkpoint: later ones are none any more. Their batches
/// stay, and count. Index: sync_batch_sequence.
async fn abandon_after(tx: &mut Tx, source: &str, sequence: i64) -> Result<()> {
    sqlx::query(
        "update sync_batch set current = 0 where source = $1 and sequence > $2 and current = 1",
    )
    .bind(source)
    .bind(sequence)
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}

/// The session that a fencing token was given to, if it is alive. Index: sync_lease's primary key.
///
/// # Errors
/// `LEASE_LOST` where it is not; `PROTOCOL_VIOLATION` for a token that was never given.
pub async fn find(tx: &mut Tx, source: &str, fencing: i64, ttl: Duration) -> Result<Held> {
    let row = sqlx::query(
        "select fencing, session, holder, until, mapping_version, resend, sequence, position
         from sync_lease where source = $1",
    )
    .bind(source)
    .fetch_optional(tx.conn())
    .await
    .map_err(db_error)?;
    let standing = row.as_ref().map(read).transpose().map_err(db_error)?;
    let standing = standing.filter(|last| fencing <= last.fencing).ok_or_else(|| {
        let message = format!("no session of {source} has the fencing token {fencing}");
        Error::new(Reason::ProtocolViolation, message)
    })?;
    check_alive(&standing, source, fencing, tx.now())?;
    let lease = Lease { source: source.to_owned(), session: standing.session, fencing };
    Ok(Held { lease, kept: standing.until.saturating_sub(micros(ttl)) })
}

/// A stream that is open is itself a sign of life; of a session by single calls only the row says
/// how long nothing was heard.
fn check_alive(standing: &LeaseRow, source: &str, fencing: i64, now: Micros) -> Result<()> {
    if standing.fencing != fencing {
        return Err(lost(source));
    }
    if standing.until > now {
        return Ok(());
    }
    let message = if standing.until == 0 {
        format!("this session of {source} has ended; open another one")
    } else {
        format!("nothing was heard from this session of {source} for a whole lease; open it again")
    };
    Err(Error::new(Reason::LeaseLost, message))
}

/// Checks and prolongs the lease, as the first statement of every write of a session: the row is
/// locked until the commit, so that no later session begins in between. Answers the checkpoint.
///
/// # Errors
/// `LEASE_LOST` where the session has ended, or a later one has shut it out.
pub async fn hold(tx: &mut Tx, lease: &Lease, ttl: Duration) -> Result<Checkpoint> {
    let until = until(tx, ttl);
    // Index: sync_lease's primary key.
    let row = sqlx::query(
        "update sync_lease set until = $4
         where source = $1 and session = $2 and fencing = $3 and until > 0
         returning fencing, session, holder, until, mapping_version, resend, sequence, position",
    )
    .bind(&lease.source)
    .bind(&lease.session)
    .bind(lease.fencing)
    .bind(until)
    .fetch_optional(tx.conn())
    .await
    .map_err(db_error)?;
    let standing = row.as_ref().map(read).transpose().map_err(db_error)?;
    standing.map(|standing| standing.checkpoint).ok_or_else(|| lost(&lease.source))
}

/// Moves the checkpoint on; the session has begun to send everything, if it was told to.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn advance(tx: &mut Tx, lease: &Lease, checkpoint: &Checkpoint) -> Result<()> {
    // Index: sync_lease's primary key; the row is locked by `hold`.
    sqlx::query("update sync_lease set sequence = $2, position = $3, resend = 0 where source = $1")
        .bind(&lease.source)
        .bind(checkpoint.sequence)
        .bind(&checkpoint.position)
        .execute(tx.conn())
        .await
        .map(drop)
        .map_err(db_error)
}

/// Lets the lease go, where it is still this session's. Index: sync_lease's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away; the lease then ends by itself.
pub async fn release(tx: &mut Tx, lease: &Lease) -> Result<()> {
    sqlx::query(
        "update sync_lease set until = 0 where source = $1 and session = $2 and fencing = $3",
    )
    .bind(&lease.source)
    .bind(&lease.session)
    .bind(lease.fencing)
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}

fn until(tx: &Tx, ttl: Duration) -> Micros {
    tx.now().saturating_add(micros(ttl))
}

fn micros(ttl: Duration) -> Micros {
    Micros::try_from(ttl.as_micros()).unwrap_or(Micros::MAX)
}

fn held(source: &str, left: Micros) -> Error {
    let left = Duration::from_micros(left.unsigned_abs());
    let message = format!(
        "another session of {source} is alive; wait {} s, or set take_over when its holder is gone",
        left.as_secs() + 1
    );
    Error::new(Reason::LeaseHeld, message).with_retry_after(left)
}

fn lost(source: &str) -> Error {
    let message =
        format!("this session of {source} has ended, or a later one has begun; open another one");
    Error::new(Reason::LeaseLost, message)
}
