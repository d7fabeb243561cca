//! A session, whichever way it comes in: how it is opened, kept and ended. Its state is a row of
//! the database; this is only what one stream, or one call, knows of it. How large a batch may be
//! and how long a silent session lives are settings (`policy.rs`).

use std::sync::Arc;

use mpp_api::sync::{Form, Hello, Source, Welcome};
use mpp_core::{FieldCode, Micros, Overridden, Result};
use mpp_form::{Check, held, record};
use mpp_resource::{Call, memory::View as _};
use mpp_store::{Actor, Label, Tx};
use uuid::Uuid;

use crate::{
    before::Before,
    metrics,
    model::checkpoint::{self, SourceState},
    own,
    policy::Policy,
    sealed::Sealed,
    store::{
        batches,
        lease::{self, Begun, Held, Lease},
    },
    syncs::Syncs,
    turn::Patience,
};

/// Longest mapping version, or name of a holder or a client, in characters.
const MAX_TEXT: usize = 200;

/// A session of one source, which may write for it.
pub struct Session<S: Syncs> {
    /// The replica that it writes to.
    pub service: S,
    /// Its right to write.
    pub lease: Lease,
    /// The author of its changes, as the feed names it.
    pub actor: Actor,
    /// When its lease was last prolonged, as far as is known here.
    kept: Micros,
    /// How long the call, or the stream, that it comes by waits.
    pub(super) patience: Patience,
    /// The records that its client compares with, once it does.
    pub(super) sealed: Option<Arc<Sealed>>,
    /// For previews only, of which nothing is kept: what earlier parts of the preview would have
    /// changed.
    pub(super) previews: Option<Before>,
}

impl<S: Syncs> Session<S> {
    /// Opens a session; `check` stands where the request has its hello.
    ///
    /// # Errors
    /// Every wrong field; `NOT_FOUND` for a source that does not exist, `PERMISSION_DENIED` for
    /// another's, `LEASE_HELD` while another session is alive.
    pub async fn open(
        service: &S,
        call: &Call,
        hello: &Hello,
        check: Check,
    ) -> Result<(Self, Welcome)> {
        let opened = Self::try_open(service, call, hello, check).await;
        metrics::opened::<S, _>(&opened);
        opened
    }

    async fn try_open(
        service: &S,
        call: &Call,
        hello: &Hello,
        check: Check,
    ) -> Result<(Self, Welcome)> {
        check_hello(hello, check)?;
        service.await_source(&hello.source).await?;
        // Read before the lease is taken: the next message may come at once.
        let kept = service.time();
        let actor = author(call, &hello.source);
        let mut tries = 1;
        let (begun, revision) = loop {
            match Self::take_lease(service, call, hello, &actor).await {
                // A redrive of the source, or another session, was faster.
                Err(error) if service.settings().tries_again(&error, tries) => tries += 1,
                taken => break taken?,
            }
        };
        // The owner of a record is looked up in memory.
        service.memory().see(revision, None).await;
        tracing::info!(
            source = begun.lease.source,
            session = begun.lease.session,
            fencing = begun.lease.fencing,
            send_all = begun.greeting.send_all,
            "a session begins"
        );
        let mut welcome = welcome(&begun, service.settings());
        tell_held(service, &hello.source, &mut welcome);
        let session = Self::of(service, begun.lease, actor, kept);
        Ok((Self { patience: Patience::of(call), ..session }, welcome))
    }

    fn of(service: &S, lease: Lease, actor: Actor, kept: Micros) -> Self {
        let actor = actor.within(&lease.session);
        let (service, patience) = (service.clone(), Patience::default());
        Self { service, lease, actor, kept, patience, sealed: None, previews: None }
    }

    /// Takes the lease; answers the revision with it.
    async fn take_lease(
        service: &S,
        call: &Call,
        hello: &Hello,
        actor: &Actor,
    ) -> Result<(Begun, i64)> {
        let mut tx = service.db().begin(actor).await?;
        permit(service, &mut tx, call, &hello.source).await?;
        let id = Uuid::now_v7().to_string();
        let begun = lease::acquire::<S::Doc>(&mut tx, hello, &id, service.settings()).await?;
        Ok((begun, tx.commit().await?))
    }

    /// Finds the session that this fencing token was given to, for one more call of it.
    ///
    /// # Errors
    /// `LEASE_LOST` where it has ended, by itself, by a later one or by a restore that does not
    /// know it; `PERMISSION_DENIED` for another's source.
    pub async fn resume(service: &S, call: &Call, source: &str, fencing: i64) -> Result<Self> {
        let actor = author(call, source);
        let mut tx = service.db().begin(&actor).await?;
        permit(service, &mut tx, call, source).await?;
        let Held { lease, kept } =
            lease::find::<S::Doc>(&mut tx, source, fencing, service.settings()).await?;
        tx.rollback().await?;
        Ok(Self { patience: Patience::of(call), ..Self::of(service, lease, actor, kept) })
    }

    /// Writes for a source without a session of its own, under the lock of its lease.
    pub(super) fn standing_in(service: &S, lease: Lease, actor: Actor) -> Self {
        Self::of(service, lease, actor, service.time())
    }

    /// Prolongs the lease, unless that was done a moment ago.
    ///
    /// # Errors
    /// `LEASE_LOST` where a later session has shut this one out.
    pub async fn keep(&mut self) -> Result<()> {
        let now = self.service.time();
        // It is also due if the clock was set back, so that no lease ends because of that.
        if (0..self.service.settings().keep_alive_millis * 1_000).contains(&(now - self.kept)) {
            return Ok(());
        }
        self.prolong().await?;
        self.kept = now;
        Ok(())
    }

    /// Prolongs the lease.
    ///
    /// # Errors
    /// `LEASE_LOST` where a later session has shut this one out.
    pub(super) async fn prolong(&self) -> Result<()> {
        let mut tx = self.service.db().begin(&self.actor).await?;
        lease::hold(&mut tx, &self.lease, self.service.settings().lease()).await?;
        tx.commit().await.map(drop)
    }

    /// A session that went back leaves batches behind with the first that it stores.
    pub(super) async fn leave_behind(&self, tx: &mut Tx, standing: &SourceState) -> Result<()> {
        match standing.abandons() {
            Some(abandoned) => batches::abandon(tx, &self.lease, abandoned).await,
            None => Ok(()),
        }
    }

    /// Lets the lease go, so that the source can come back at once.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away; the lease then ends by itself.
    pub async fn release(&self) -> Result<()> {
        let mut tx = self.service.db().begin(&self.actor).await?;
        lease::release(&mut tx, &self.lease).await?;
        tx.commit().await.map(drop)
    }
}

pub(super) fn author(call: &Call, source: &str) -> Actor {
    Actor::new(source, call.caller.subject.clone())
}

/// Passes for a caller who holds the source, or may speak for it.
pub(super) async fn permit<S: Syncs>(
    service: &S,
    tx: &mut Tx,
    call: &Call,
    source: &str,
) -> Result<()> {
    let others = service.speakers(tx, source).await?;
    let others = others.iter().map(String::as_str);
    call.grant.check(&std::iter::once(source).chain(others).collect::<Vec<_>>())
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
        rules_version: record::RULES,
        can_reconcile: begun.can_reconcile,
        lease_millis: i64::try_from(policy.lease().as_millis()).unwrap_or(i64::MAX),
        ..Welcome::default()
    }
}

/// Tells which records the source has here. A record that was handed over to it, and that it has
/// not sent since, is counted but left out of the digest: so a client that compares finds it and
/// sends it.
fn tell_held<S: Syncs>(service: &S, source: &str, welcome: &mut Welcome) {
    let state = service.memory().read();
    let own: Vec<_> = own::rows::<S::Doc>(state.records(), source).collect();
    welcome.held = i64::try_from(own.len()).unwrap_or(i64::MAX);
    let said =
        own.iter().filter(|(_, row)| row.label(Label::Overridden) != Overridden::Handed.as_str());
    welcome.held_digest = held::digest(said.map(|(name, _)| &***name)).to_vec().into();
}

fn check_hello(hello: &Hello, mut check: Check) -> Result<()> {
    check.name::<Source>("source", &hello.source);
    if hello.mapping_version.trim().is_empty() {
        check.fail("mapping_version", FieldCode::Required, "must not be empty");
    }
    check.token("mapping_version", &hello.mapping_version, MAX_TEXT);
    check_called(&mut check, "holder", &hello.holder);
    check_called(&mut check, "client", &hello.client);
    if let Some(given) = &hello.checkpoint {
        check.within("checkpoint", |part| checkpoint::check(part, given));
    }
    checkpoint::check_under_way(&mut check, &hello.under_way);
    check_forms(&mut check, &hello.forms);
    check.finish()
}

/// A name that a client has given itself.
pub(super) fn check_called(check: &mut Check, field: &str, given: &str) {
    check.token(field, given, MAX_TEXT);
    if given.trim() != given || given.chars().any(|one| one != ' ' && one.is_whitespace()) {
        let text = "has line ends, tabs, or blanks at its ends; remove them";
        check.fail(field, FieldCode::ControlCharacter, text);
    }
}

/// A kind that is not known here comes from a newer client, which may never send a record of it.
pub(super) fn check_forms(check: &mut Check, forms: &[Form]) {
    for (index, form) in forms.iter().enumerate().filter(|(_, form)| form.number < 1) {
        let text = format!("is {}; forms are counted from 1", form.number);
        check.fail(&format!("forms[{index}].number"), FieldCode::OutOfRange, &text);
    }
}

pub(super) fn bound(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}
