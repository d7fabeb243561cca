//! The lease by which one session may write for a source, with its fencing token. How long it holds
//! is `lease_seconds` in `policy.rs`.

mod row;
mod undo;

use std::time::Duration;

use mpp_api::sync::Hello;
use mpp_core::{Micros, Result};
use mpp_store::{Tx, db_error};
use sqlx::{AssertSqlSafe, Row as _};

use self::row::{COLUMNS, LeaseRow, read};
pub use self::undo::{ask_anew, check_over, was_there};
use super::{
    clients::{self, Client},
    digests, seal,
};
use crate::{
    kind::Synced,
    model::{
        checkpoint::{CheckpointStanding, Greeting, Opened, SourceState, known_from},
        forms::Forms,
        lease as rule,
    },
    policy::Policy,
};

/// A session's right to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    /// The source's name.
    pub source: String,
    /// The session's id.
    pub session: String,
    /// Higher than that of every session before.
    pub fencing: i64,
    /// No two records of its source have the same id.
    pub unique_ids: bool,
    /// Its client means to move many records.
    pub accept_moves: bool,
    /// The forms in which its client writes records.
    pub forms: Forms,
    /// Its client, and those beside it.
    pub client: Client,
}

impl Lease {
    /// The source, and the number of the client that sends.
    pub fn of_client(&self) -> (&str, i64) {
        (&self.source, self.client.number)
    }
}

/// The start of a new session.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    /// The lease that the session holds.
    pub lease: Lease,
    /// The checkpoint at which both sides resume.
    pub greeting: Greeting,
    /// The number of its first batch.
    pub next_sequence: i64,
    /// Answers are known that its client may compare with.
    pub can_reconcile: bool,
}

/// A session that is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The lease that the session holds.
    pub lease: Lease,
    /// When the lease was last prolonged.
    pub kept: Micros,
}

/// Takes the lease for a new session, whose fencing token shuts out every session before.
///
/// # Errors
/// `NEWER_FORM` for a client that writes fields which this replica does not know; `LEASE_HELD`
/// while another session is alive and is not to be taken over.
pub async fn acquire<D: Synced>(
    tx: &mut Tx,
    hello: &Hello,
    session: &str,
    policy: &Policy,
) -> Result<Begun> {
    let ttl = policy.lease();
    let forms = Forms::named::<D>(&hello.forms);
    forms.check()?;
    let row = locked(tx, &hello.source).await?;
    rule::check_free(hello, &row.holder, row.until.saturating_sub(tx.now()), micros(ttl))?;
    // Not earlier: a session that is refused comes again, and its transaction leaves nothing.
    reckon(tx, &hello.source, &row).await?;
    let client = hello.checkpoint.as_ref();
    let known = known(tx, hello).await?;
    let (standing, greeting) = row.standing.open(&hello.mapping_version, client, known);
    let fencing = rule::next_fencing(row.fencing, rand::random());
    let number = clients::heard(tx, hello, fencing, policy.source_clients).await?;
    let lease = Lease {
        source: hello.source.clone(),
        session: session.to_owned(),
        fencing,
        unique_ids: hello.unique_ids,
        accept_moves: hello.accept_moves,
        forms,
        client: Client::of(tx, &hello.source, number, policy.away(tx.now())).await?,
    };
    take_lease::<D>(tx, &lease, &hello.holder, until(tx, ttl), &standing).await?;
    let can_reconcile = digests::is_any(tx, &hello.source).await?;
    Ok(Begun { lease, greeting, next_sequence: standing.next_sequence(), can_reconcile })
}

/// Locks the source's row until the transaction ends, for a caller that is no session, as if a
/// session had moved this many records before. Index: sync_lease's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn stand_in(tx: &mut Tx, source: &str, moved: i64) -> Result<()> {
    let row = locked(tx, source).await?;
    reckon(tx, source, &row).await?;
    sqlx::query("update sync_lease set moved = $2, redrive_moved = $2 where source = $1")
        .bind(source)
        .bind(moved)
        .execute(tx.conn())
        .await
        .map(drop)
        .map_err(db_error)
}

/// Index: sync_lease's primary key; the row is locked.
async fn take_lease<D: Synced>(
    tx: &mut Tx,
    lease: &Lease,
    holder: &str,
    until: Micros,
    standing: &SourceState,
) -> Result<()> {
    let Opened { mapping, resumed, began_at, send_all } = &standing.opened;
    sqlx::query(
        "update sync_lease set fencing = $2, session = $3, holder = $4, until = $5, heard = $6,
         opened_mapping = $7, resumed_sequence = $8, resumed_position = $9, began_at = $10,
         unique_ids = $11, accept_moves = $12, moved = 0, redrive_moved = 0, opened_send_all = $13,
         resumed_mark = $14, form = $15, forms = $16, forms_of = $2,
         client = $17, client_of = $2, sealed_locks = sealed_locks + 1
         where source = $1",
    )
    .bind(&lease.source)
    .bind(lease.fencing)
    .bind(&lease.session)
    .bind(holder)
    .bind(until)
    .bind(standing.heard)
    .bind(mapping)
    .bind(resumed.sequence)
    .bind(&resumed.position)
    .bind(began_at)
    .bind(i64::from(lease.unique_ids))
    .bind(i64::from(lease.accept_moves))
    .bind(i64::from(*send_all))
    .bind(resumed.mark)
    .bind(lease.forms.of(D::ALONE))
    .bind(lease.forms.written::<D>())
    .bind(lease.client.number)
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}

/// The source's row, made if there is none, and locked: the upsert waits for the session that holds
/// it.
async fn locked(tx: &mut Tx, source: &str) -> Result<LeaseRow> {
    let text = format!(
        "insert into sync_lease (source, fencing, session, holder, until, mapping_version, resend,
         sequence, position) values ($1, 0, '', '', 0, '', 0, 0, '')
         on conflict (source) do update set source = excluded.source,
         sealed_locks = sync_lease.sealed_locks + 1 returning {COLUMNS}"
    );
    let row = sqlx::query(AssertSqlSafe(text))
        .bind(source)
        .fetch_one(tx.conn())
        .await
        .map_err(db_error)?;
    read(&row).map_err(db_error)
}

/// Makes the source's sums anew, if an older program has written without them.
async fn reckon(tx: &mut Tx, source: &str, row: &LeaseRow) -> Result<()> {
    if row.is_unsealed { seal::reckon(tx, source).await } else { Ok(()) }
}

/// What is known of the client's checkpoint. Index: sync_batch_sequence.
async fn known(tx: &mut Tx, hello: &Hello) -> Result<CheckpointStanding> {
    let Some(client) = &hello.checkpoint else {
        return Ok(CheckpointStanding::Never);
    };
    let row = sqlx::query(
        "select max(current) as current from sync_batch
         where source = $1 and sequence = $2 and mark = $3",
    )
    .bind(&hello.source)
    .bind(client.sequence)
    .bind(client.mark)
    .fetch_one(tx.conn())
    .await
    .map_err(db_error)?;
    Ok(match row.try_get::<Option<i64>, _>("current").map_err(db_error)? {
        None => CheckpointStanding::Never,
        Some(0) => CheckpointStanding::Abandoned,
        Some(_) => known_from(&hello.under_way, &answered_since(tx, hello, client.sequence).await?),
    })
}

/// Positions of the batches that were answered after this sequence, the latest first: also those
/// that the source has gone back behind, since their records may still stand. If there is one more
/// than the client names, it does not know that one; beyond that none is read. Index:
/// sync_batch_sequence.
async fn answered_since(tx: &mut Tx, hello: &Hello, sequence: i64) -> Result<Vec<String>> {
    let most = i64::try_from(hello.under_way.len() + 1).unwrap_or(i64::MAX);
    let rows = sqlx::query(
        "select position from sync_batch where source = $1 and sequence > $2
         order by sequence desc limit $3",
    )
    .bind(&hello.source)
    .bind(sequence)
    .bind(most)
    .fetch_all(tx.conn())
    .await
    .map_err(db_error)?;
    rows.iter().map(|row| row.try_get("position").map_err(db_error)).collect()
}

/// The session that a fencing token was given to, if it is alive. Index: sync_lease's primary key.
///
/// # Errors
/// `LEASE_LOST` if it is not, `LEASE_EXPIRED` after a silence; `NEWER_FORM` if a newer replica has
/// opened it.
pub async fn find<D: Synced>(
    tx: &mut Tx,
    source: &str,
    fencing: i64,
    policy: &Policy,
) -> Result<Held> {
    let text = format!("select {COLUMNS} from sync_lease where source = $1");
    let row = sqlx::query(AssertSqlSafe(text))
        .bind(source)
        .fetch_optional(tx.conn())
        .await
        .map_err(db_error)?;
    let last = row.as_ref().map(read).transpose().map_err(db_error)?;
    let last = last.ok_or_else(|| rule::lost(source))?;
    rule::check_alive(source, fencing, last.fencing, last.until, tx.now())?;
    let forms = last.forms::<D>();
    forms.check()?;
    let since = policy.away(tx.now());
    let lease = Lease {
        client: Client::of(tx, source, last.client(), since).await?,
        source: source.to_owned(),
        session: last.session,
        fencing,
        unique_ids: last.unique_ids,
        accept_moves: last.accept_moves,
        forms,
    };
    Ok(Held { lease, kept: last.until.saturating_sub(micros(policy.lease())) })
}

/// Checks and prolongs the lease, as the first statement of every write of a session: the row is
/// locked until the commit, so that no later session begins in between. Answers where the source
/// stands.
///
/// # Errors
/// `LEASE_LOST` where the session has ended, or a later one has shut it out.
pub async fn hold(tx: &mut Tx, lease: &Lease, ttl: Duration) -> Result<SourceState> {
    let until = until(tx, ttl);
    let text = format!(
        "update sync_lease set until = $4, sealed_locks = sealed_locks + 1
         where source = $1 and session = $2 and fencing = $3 and until > 0 returning {COLUMNS}"
    );
    // Index: sync_lease's primary key.
    let row = sqlx::query(AssertSqlSafe(text))
        .bind(&lease.source)
        .bind(&lease.session)
        .bind(lease.fencing)
        .bind(until)
        .fetch_optional(tx.conn())
        .await
        .map_err(db_error)?;
    let row = row.as_ref().map(read).transpose().map_err(db_error)?;
    let row = row.ok_or_else(|| rule::lost(&lease.source))?;
    reckon(tx, &lease.source, &row).await?;
    Ok(row.standing)
}

/// Stores where the source stands after a batch, whose row has that hash, or after an end, which
/// has none.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn advance(tx: &mut Tx, lease: &Lease, standing: &SourceState, proof: i64) -> Result<()> {
    // Index: sync_lease's primary key; the row is locked by `hold`.
    sqlx::query(
        "update sync_lease set sequence = $2, position = $3, mapping_version = $4,
         mapped_after = $5, heard = $6, mark = $7, opened_send_all = $8, resend = 0,
         batch_sum = batch_sum + $9 where source = $1",
    )
    .bind(&lease.source)
    .bind(standing.last.sequence)
    .bind(&standing.last.position)
    .bind(&standing.mapping)
    .bind(standing.mapped_after)
    .bind(standing.heard)
    .bind(standing.last.mark)
    .bind(i64::from(standing.opened.send_all))
    .bind(proof)
    .execute(tx.conn())
    .await
    .map(drop)
    .map_err(db_error)
}

/// Lets the lease go, if it is still this session's. Index: sync_lease's primary key.
///
/// # Errors
/// `UNAVAILABLE` when the database is away; the lease then ends by itself.
pub async fn release(tx: &mut Tx, lease: &Lease) -> Result<()> {
    sqlx::query(
        "update sync_lease set until = 0, sealed_locks = sealed_locks + 1
         where source = $1 and session = $2 and fencing = $3",
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
