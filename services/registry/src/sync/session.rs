//! The protocol: Hello → Welcome, then Batch → BatchResult as often as needed, then End → Summary.

use std::time::Duration;

use mpp_api::{
    registry::Service,
    sync::{
        Batch, BatchResult, Hello, Source, Summary, SyncRequest, SyncResponse, Welcome,
        sync_request::Message as Asked, sync_response::Message as Answer,
    },
};
use mpp_core::{Caller, Error, FieldCode, Micros, Reason, Result};
use mpp_rpc::{Grant, status, time::to_timestamp};
use mpp_store::{Actor, Expect};
use prost::Message;
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};
use uuid::Uuid;

use super::apply::Applier;
use crate::{
    app::{Registry, filing::lineage},
    model::{Check, checkpoint},
    store::{
        batches,
        lease::{self, Begun},
    },
};

/// Longest mapping version or holder, in characters.
const MAX_TEXT: usize = 200;

/// One client's stream.
pub struct Stream {
    /// The registry that it writes to.
    pub registry: Registry,
    /// Who calls.
    pub caller: Caller,
    /// Its grant by the authorization table.
    pub grant: Grant,
    /// The client's messages.
    pub inbound: Streaming<SyncRequest>,
    /// The answers to it; holds one, so that a client that does not read is not answered ahead.
    pub outbound: mpsc::Sender<Result<SyncResponse, Status>>,
    /// Ends the session after the batch in work.
    pub shutdown: CancellationToken,
}

/// The client has gone, and nobody is left to tell.
struct Gone;

impl Stream {
    /// Serves the stream until it ends; the lease is let go in every case, so that the client can
    /// come back at once.
    pub async fn run(mut self) {
        // Read before the hello takes the lease: the next message may come at once.
        let begun = self.registry.now();
        let Some((applier, welcome)) = self.begin().await else {
            return;
        };
        let ended = match self.send(Answer::Welcome(welcome)).await {
            Ok(()) => self.serve(&applier, begun).await,
            Err(Gone) => Ok(()),
        };
        if let Err(error) = ended {
            let _ = self.outbound.send(Err(status(error))).await;
        }
        if let Err(error) = release(&applier).await {
            tracing::warn!(source = applier.lease.source, %error, "the lease ends by itself");
        }
    }

    /// Takes the first message. `None` where the client has gone, or the session was refused, which
    /// the client was told.
    async fn begin(&mut self) -> Option<(Applier, Welcome)> {
        let begun = match self.next().await {
            Ok(None) => return None,
            Ok(Some(Asked::Hello(hello))) => self.hello(hello).await,
            Ok(Some(_)) => Err(violation("the first message must be a hello")),
            Err(error) => Err(error),
        };
        match begun {
            Ok(begun) => Some(begun),
            Err(error) => {
                let _ = self.outbound.send(Err(status(error))).await;
                None
            }
        }
    }

    async fn hello(&self, hello: Hello) -> Result<(Applier, Welcome)> {
        check_hello(&hello)?;
        let actor = Actor { origin: hello.source.clone(), subject: self.caller.subject.clone() };
        let mut tx = self.registry.db.begin(&actor).await?;
        let source =
            tx.require::<Source>(&hello.source, "hello.source").await.map_err(|error| {
                if error.reason() == Reason::ReferenceInvalid {
                    Error::not_found(&hello.source)
                } else {
                    error
                }
            })?;
        let unit = lineage(&mut tx, &source.doc.unit, "source.unit").await?;
        self.grant.check(&[vec![hello.source.as_str()], unit.names()].concat())?;
        let session = Uuid::now_v7().to_string();
        let begun = lease::acquire(&mut tx, &hello, &session, self.registry.policy.lease()).await?;
        let revision = tx.commit().await?;
        // Whose a record is, is looked up in memory.
        self.registry.memory.see(revision, None).await;
        let Begun { lease, checkpoint, send_all } = begun;
        tracing::info!(
            source = lease.source,
            session,
            fencing = lease.fencing,
            send_all,
            "a session begins"
        );
        let welcome = Welcome {
            session,
            fencing_token: lease.fencing,
            checkpoint: Some(checkpoint),
            send_all,
            max_batch_records: bound(self.registry.policy.batch_records),
            max_batch_bytes: bound(self.registry.policy.batch_bytes),
            lease_millis: i64::try_from(self.registry.policy.lease().as_millis())
                .unwrap_or(i64::MAX),
        };
        let applier = Applier { registry: self.registry.clone(), lease, actor };
        Ok((applier, welcome))
    }

    /// Answers messages in their order, one at a time, until the end.
    async fn serve(&mut self, applier: &Applier, begun: Micros) -> Result<()> {
        let mut kept = begun;
        loop {
            let sent = match self.next().await? {
                None => return Ok(()),
                Some(Asked::Batch(batch)) => {
                    self.check_batch(&batch, applier)?;
                    self.send(Answer::BatchResult(answer(applier, batch).await?)).await
                }
                Some(Asked::KeepAlive(_)) => {
                    if self.is_due(kept, self.registry.now()) {
                        keep_alive(applier).await?;
                        kept = self.registry.now();
                    }
                    Ok(())
                }
                Some(Asked::End(_)) => {
                    let _ = self.send(Answer::Summary(finish(applier).await?)).await;
                    return Ok(());
                }
                Some(Asked::Hello(_)) => return Err(violation("a session has one hello only")),
            };
            if sent.is_err() {
                return Ok(());
            }
        }
    }

    /// The next message; `None` where the client has gone.
    async fn next(&mut self) -> Result<Option<Asked>> {
        let message = tokio::select! {
            message = timeout(self.registry.policy.lease(), self.inbound.message()) => message,
            // The client has gone, or the server has told it to move.
            () = self.outbound.closed() => return Ok(None),
            () = self.shutdown.cancelled() => return Err(going_away()),
        };
        match message {
            Err(_) => Err(silent(self.registry.policy.lease())),
            Ok(Err(_) | Ok(None)) => Ok(None),
            Ok(Ok(Some(request))) => {
                request.message.map(Some).ok_or_else(|| violation("a message without content"))
            }
        }
    }

    /// True as well where the clock was set back, so that a lease does not end by that.
    fn is_due(&self, kept: Micros, now: Micros) -> bool {
        let every = self.registry.policy.keep_alive_millis * 1_000;
        !(0..every).contains(&(now - kept))
    }

    async fn send(&self, answer: Answer) -> Result<(), Gone> {
        self.outbound.send(Ok(SyncResponse { message: Some(answer) })).await.map_err(|_| Gone)
    }

    fn check_batch(&self, batch: &Batch, applier: &Applier) -> Result<()> {
        let (records, bytes) = (batch.records.len(), batch.encoded_len());
        if records == 0 {
            let message = "must hold at least one record; a keep_alive keeps the lease";
            return Err(Error::field("batch.records", FieldCode::Required, message));
        }
        if records > self.registry.policy.batch_records || bytes > self.registry.policy.batch_bytes
        {
            let message = format!(
                "a batch of {records} records and {bytes} bytes; the welcome allows {} and {}",
                self.registry.policy.batch_records, self.registry.policy.batch_bytes
            );
            return Err(Error::new(Reason::TooLarge, message));
        }
        if batch.fencing_token != applier.lease.fencing {
            return Err(violation("batch.fencing_token is not the welcome's"));
        }
        let Some(given) = &batch.checkpoint else {
            return Err(violation("batch.checkpoint must be set"));
        };
        let mut check = Check::new("batch.checkpoint");
        checkpoint::check(&mut check, given);
        check.finish()
    }
}

fn check_hello(hello: &Hello) -> Result<()> {
    let mut check = Check::new("hello");
    check.name::<Source>("source", &hello.source);
    check.required("mapping_version", &hello.mapping_version, MAX_TEXT);
    check.text("holder", &hello.holder, MAX_TEXT);
    if let Some(given) = &hello.checkpoint {
        check.within("checkpoint", |part| checkpoint::check(part, given));
    }
    check.finish()
}

async fn answer(applier: &Applier, batch: Batch) -> Result<BatchResult> {
    let result = applier.answer(batch).await?;
    if result.results.iter().any(|answer| answer.code == "INTERNAL") {
        tracing::error!(
            source = applier.lease.source,
            nonce = result.nonce,
            "records were refused by the database"
        );
    }
    Ok(result)
}

async fn keep_alive(applier: &Applier) -> Result<()> {
    let mut tx = applier.registry.db.begin(&applier.actor).await?;
    lease::hold(&mut tx, &applier.lease, applier.registry.policy.lease()).await?;
    tx.commit().await.map(drop)
}

/// Ends the session completely: the source's record then shows when, and the counts.
async fn finish(applier: &Applier) -> Result<Summary> {
    let Applier { registry, lease, actor } = applier;
    let mut tx = registry.db.begin(actor).await?;
    let checkpoint = lease::hold(&mut tx, lease, registry.policy.lease()).await?;
    lease::advance(&mut tx, lease, &checkpoint).await?;
    let mut standings = batches::standings(tx.conn(), std::slice::from_ref(&lease.source)).await?;
    let standing = standings.remove(&lease.source).unwrap_or_default();
    let found = tx.get::<Source>(&lease.source).await?;
    let mut source = found.ok_or_else(|| Error::not_found(&lease.source))?;
    source.doc.accounting = Some(standing.source);
    source.doc.last_session = Some(standing.session);
    source.doc.checkpoint = Some(checkpoint);
    source.doc.last_success_time = Some(to_timestamp(tx.now()));
    tx.put(&lease.source, &source.doc, source.labels, Expect::Any).await?;
    lease::release(&mut tx, lease).await?;
    let revision = tx.commit().await?;
    registry.memory.see(revision, None).await;
    let services = registry.memory.read().records.count::<Service>();
    tracing::info!(
        source = lease.source,
        session = lease.session,
        revision,
        services,
        "a session ends"
    );
    Ok(Summary { session: Some(standing.session), source: Some(standing.source), revision })
}

async fn release(applier: &Applier) -> Result<()> {
    let mut tx = applier.registry.db.begin(&applier.actor).await?;
    lease::release(&mut tx, &applier.lease).await?;
    tx.commit().await.map(drop)
}

fn going_away() -> Error {
    Error::new(Reason::Unavailable, "the server is going away; connect again")
}

fn violation(what: &str) -> Error {
    Error::new(Reason::ProtocolViolation, what)
}

fn silent(lease: Duration) -> Error {
    let message = format!(
        "nothing was heard for {} s; send keep_alive while the source is slow, or begin again",
        lease.as_secs()
    );
    Error::new(Reason::LeaseLost, message)
}

fn bound(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}
