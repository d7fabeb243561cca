//! A session, whichever way it comes in: how it is opened, kept and ended. Its state is a row of
//! the database; what lies here is what one stream, or one call, knows of it. How large a batch may
//! be and how long a silent session lives are settings (`policy.rs`).

use std::sync::LazyLock;

use mpp_api::{
    registry::Service,
    sync::{End, Hello, Source, Summary, Welcome},
};
use mpp_core::{Error, Micros, Reason, Result};
use mpp_resource::Call;
use mpp_rpc::time::to_timestamp;
use mpp_store::{Actor, Expect, RequestKey, Tx};
use mpp_telemetry::{Counter, KeyValue};
use prost::Message;
use uuid::Uuid;

use crate::{
    app::{Registry, filing::lineage},
    model::{
        Check,
        checkpoint::{self, Standing},
        source::check_end,
    },
    policy::Policy,
    store::{
        batches,
        lease::{self, Begun, Held, Lease},
    },
};

static UNREAD_ROWS: LazyLock<Counter<u64>> = LazyLock::new(|| {
    mpp_telemetry::counter("mpp.sync.unread_rows", "Rows that sources' clients could not read")
});

static INCOMPLETE_SESSIONS: LazyLock<Counter<u64>> = LazyLock::new(|| {
    let what = "Sessions whose client did not see the whole of its source, by reason";
    mpp_telemetry::counter("mpp.sync.incomplete_sessions", what)
});

/// Longest mapping version or holder, in characters.
const MAX_TEXT: usize = 200;

/// A session of one source, which may write for it.
pub struct Session {
    /// The registry that it writes to.
    pub registry: Registry,
    /// Its right to write.
    pub lease: Lease,
    /// The author of its changes, as the feed names it.
    pub actor: Actor,
    /// When its lease was last prolonged, as far as is known here.
    kept: Micros,
}

impl Session {
    /// Opens a session; `check` stands where the request has its hello.
    ///
    /// # Errors
    /// Every wrong field; `NOT_FOUND` for a source that there is not, `PERMISSION_DENIED` for
    /// another's, `LEASE_HELD` while another session is alive.
    pub async fn open(
        registry: &Registry,
        call: &Call,
        hello: &Hello,
        check: Check,
    ) -> Result<(Self, Welcome)> {
        check_hello(hello, check)?;
        // Read before the lease is taken: the next message may come at once.
        let kept = registry.now();
        let actor = author(call, &hello.source);
        let mut tx = registry.db.begin(&actor).await?;
        permit(&mut tx, call, &hello.source).await?;
        let id = Uuid::now_v7().to_string();
        let begun = lease::acquire(&mut tx, hello, &id, registry.policy.lease()).await?;
        let revision = tx.commit().await?;
        // Whose a record is, is looked up in memory.
        registry.memory.see(revision, None).await;
        tracing::info!(
            source = begun.lease.source,
            session = begun.lease.session,
            fencing = begun.lease.fencing,
            send_all = begun.greeting.send_all,
            "a session begins"
        );
        let welcome = welcome(&begun, &registry.policy);
        Ok((Self { registry: registry.clone(), lease: begun.lease, actor, kept }, welcome))
    }

    /// The session that this token was given to, for one call more.
    ///
    /// # Errors
    /// `LEASE_LOST` where it has ended, by itself or by a later one; `PROTOCOL_VIOLATION` for a
    /// token that was never given; `PERMISSION_DENIED` for another's source.
    pub async fn resume(
        registry: &Registry,
        call: &Call,
        source: &str,
        fencing: i64,
    ) -> Result<Self> {
        let actor = author(call, source);
        let mut tx = registry.db.begin(&actor).await?;
        permit(&mut tx, call, source).await?;
        let Held { lease, kept } =
            lease::find(&mut tx, source, fencing, registry.policy.lease()).await?;
        tx.rollback().await?;
        Ok(Self { registry: registry.clone(), lease, actor, kept })
    }

    /// Prolongs the lease, unless that was done a moment ago.
    ///
    /// # Errors
    /// `LEASE_LOST` where a later session has shut this one out.
    pub async fn keep(&mut self) -> Result<()> {
        let now = self.registry.now();
        // Due as well where the clock was set back, so that a lease does not end by that.
        if (0..self.registry.policy.keep_alive_millis * 1_000).contains(&(now - self.kept)) {
            return Ok(());
        }
        let mut tx = self.registry.db.begin(&self.actor).await?;
        lease::hold(&mut tx, &self.lease, self.registry.policy.lease()).await?;
        tx.commit().await?;
        self.kept = now;
        Ok(())
    }

    /// Ends the session: the source's record then shows when, the counts, and what the session
    /// lacked where its client did not see the whole source. `check` stands where the request has
    /// its end.
    ///
    /// # Errors
    /// What is wrong with the end; `LEASE_LOST` where the session has ended already.
    pub async fn finish(&self, end: End, check: Check) -> Result<Summary> {
        check_end(&end, check)?;
        let Self { registry, lease, actor, .. } = self;
        let mut tx = registry.db.begin(actor).await?;
        let mut summary = self.close(&mut tx, &end).await?;
        tx.remember(&ended(&lease.source, lease.fencing), &summary).await?;
        summary.revision = tx.commit().await?;
        registry.memory.see(summary.revision, None).await;
        let services = registry.memory.read().records.count::<Service>();
        tracing::info!(
            source = lease.source,
            session = lease.session,
            revision = summary.revision,
            services,
            unread = end.unread,
            incomplete = end.incomplete.as_ref().map(|lack| lack.reason().as_str_name()),
            "a session ends"
        );
        measure(&end);
        Ok(summary)
    }

    async fn close(&self, tx: &mut Tx, end: &End) -> Result<Summary> {
        let lease = &self.lease;
        let standing = lease::hold(tx, lease, self.registry.policy.lease()).await?;
        self.leave_behind(tx, &standing).await?;
        let ended = standing.ended();
        lease::advance(tx, lease, &ended).await?;
        batches::add_unread(tx, lease, end.unread).await?;
        let mut standings =
            batches::standings(tx.conn(), std::slice::from_ref(&lease.source)).await?;
        let standing = standings.remove(&lease.source).unwrap_or_default();
        let found = tx.get::<Source>(&lease.source).await?;
        let mut source = found.ok_or_else(|| Error::not_found(&lease.source))?;
        source.doc.accounting = Some(standing.source);
        source.doc.last_session = Some(standing.session);
        source.doc.checkpoint = Some(ended.last);
        source.doc.last_end_time = Some(to_timestamp(tx.now()));
        if end.incomplete.is_none() {
            source.doc.last_success_time = source.doc.last_end_time;
        }
        source.doc.incomplete.clone_from(&end.incomplete);
        tx.put(&lease.source, &source.doc, source.labels, Expect::Any).await?;
        lease::release(tx, lease).await?;
        Ok(Summary { session: Some(standing.session), source: Some(standing.source), revision: 0 })
    }

    /// A session that went back leaves batches behind with the first that it stores.
    pub(super) async fn leave_behind(&self, tx: &mut Tx, standing: &Standing) -> Result<()> {
        match standing.abandons() {
            Some(abandoned) => batches::abandon(tx, &self.lease.source, abandoned).await,
            None => Ok(()),
        }
    }

    /// Lets the lease go, so that the source can come back at once.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away; the lease then ends by itself.
    pub async fn release(&self) -> Result<()> {
        let mut tx = self.registry.db.begin(&self.actor).await?;
        lease::release(&mut tx, &self.lease).await?;
        tx.commit().await.map(drop)
    }
}

/// Counts what sources lack, for alerts.
fn measure(end: &End) {
    UNREAD_ROWS.add(u64::try_from(end.unread).unwrap_or(0), &[]);
    if let Some(lack) = &end.incomplete {
        let reason = KeyValue::new("reason", lack.reason().as_str_name());
        INCOMPLETE_SESSIONS.add(1, &[reason]);
    }
}

/// The summary of a session that has ended, for as long as answers to requests are kept.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn summary(registry: &Registry, source: &str, fencing: i64) -> Result<Option<Summary>> {
    let Some(bytes) = registry.db.replay(&ended(source, fencing)).await? else {
        return Ok(None);
    };
    let mut summary = Summary::decode(bytes).map_err(Error::internal)?;
    // Not before the session's own revision, which was not known when this was stored.
    summary.revision = registry.db.read().await?.revision();
    Ok(Some(summary))
}

/// Under which the summary is stored: the request of whoever held the token, not of a caller,
/// since a source's client may call under another name than it began with.
fn ended(source: &str, fencing: i64) -> RequestKey {
    RequestKey {
        caller: source.to_owned(),
        method: "EndSession",
        request_id: fencing.to_string(),
        digest: [0; 32],
    }
}

fn author(call: &Call, source: &str) -> Actor {
    Actor { origin: source.to_owned(), subject: call.caller.subject.clone() }
}

/// Passes for whoever holds the source, its unit or a unit above.
async fn permit(tx: &mut Tx, call: &Call, source: &str) -> Result<()> {
    let found = tx.require::<Source>(source, "source").await.map_err(|error| {
        if error.reason() == Reason::ReferenceInvalid { Error::not_found(source) } else { error }
    })?;
    let unit = lineage(tx, &found.doc.unit, "source.unit").await?;
    call.grant.check(&[vec![source], unit.names()].concat())
}

fn welcome(begun: &Begun, policy: &Policy) -> Welcome {
    Welcome {
        session: begun.lease.session.clone(),
        fencing_token: begun.lease.fencing,
        checkpoint: Some(begun.greeting.checkpoint.clone()),
        send_all: begun.greeting.send_all,
        next_sequence: begun.next_sequence,
        max_batch_records: bound(policy.batch_records),
        max_batch_bytes: bound(policy.batch_bytes),
        lease_millis: i64::try_from(policy.lease().as_millis()).unwrap_or(i64::MAX),
    }
}

fn check_hello(hello: &Hello, mut check: Check) -> Result<()> {
    check.name::<Source>("source", &hello.source);
    check.required("mapping_version", &hello.mapping_version, MAX_TEXT);
    check.text("holder", &hello.holder, MAX_TEXT);
    if let Some(given) = &hello.checkpoint {
        check.within("checkpoint", |part| checkpoint::check(part, given));
    }
    checkpoint::check_under_way(&mut check, &hello.under_way);
    check.finish()
}

fn bound(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}
