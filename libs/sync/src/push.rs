//! A session by single calls, for clients that cannot hold a stream. Each call finds the session by
//! its fencing token and does what the stream's message does; between two of them there is only the
//! session's row, so any replica answers the next.
//!
//! **A call may come twice**, since gateways repeat what they saw no answer to: a holder that opens
//! again gets a session again, a nonce and an end get what was stored. At the same time a caller
//! has one call of a source in work at a replica; others are refused at once, since each would hold
//! a connection to the database while it waits for the lease's row.

use mpp_api::sync::{
    BatchResult, End, EndSessionRequest, Hello, KeepSessionRequest, OpenSessionRequest,
    PreviewRecordsRequest, PreviewRecordsResponse, PushBatchRequest, ReconcileRecordsRequest,
    Reconciliation, Source, Summary, Welcome,
};
use mpp_core::{Error, FieldCode, Reason, Result};
use mpp_form::Check;
use mpp_resource::Call;
use mpp_rpc::{Share, Shares};

use crate::{
    account, metrics, preview,
    sealed::Seals,
    session::{Session, author, permit},
    syncs::Syncs,
};

/// Serves sessions by single calls. Clones share what is under way.
#[derive(Clone)]
pub struct Pushes<S> {
    service: S,
    /// Keyed by caller and source: another's source cannot be kept busy.
    working: Shares<(String, String)>,
    /// Sets that clients compare with.
    seals: Seals,
}

impl<S: Syncs> Pushes<S> {
    /// The push sessions of this replica.
    pub fn new(service: S) -> Self {
        Self { service, working: Shares::new(1), seals: Seals::default() }
    }

    /// Opens a session.
    ///
    /// # Errors
    /// The errors of [`Session::open`]; a holder must be given.
    pub async fn open(&self, call: &Call, request: OpenSessionRequest) -> Result<Welcome> {
        let mut check = Check::new("");
        if request.holder.trim().is_empty() {
            let text = "must be given: choose one and keep it, so that a call that is sent again \
                        is known for yours";
            check.fail("holder", FieldCode::Required, text);
        }
        let hello = hello(request);
        let _working = self.work(call, &hello.source)?;
        let (_, welcome) = Session::open(&self.service, call, &hello, check).await?;
        Ok(welcome)
    }

    /// Answers a batch.
    ///
    /// # Errors
    /// The errors of [`Session::resume`] and [`Session::answer`].
    pub async fn push(&self, call: &Call, request: PushBatchRequest) -> Result<BatchResult> {
        let Some(batch) = request.batch else {
            return Err(Error::field("batch", FieldCode::Required, "must be set"));
        };
        check(&request.source, batch.fencing_token, "batch.fencing_token")?;
        let _working = self.work(call, &request.source)?;
        let session = self.resume(call, &request.source, batch.fencing_token).await?;
        let result = session.answer(batch).await?;
        self.service.memory().see(result.revision, call.deadline).await;
        Ok(result)
    }

    /// Compares what is known of a source's records with what its client has.
    ///
    /// # Errors
    /// Ranges that are too many or not of the form; `NOT_FOUND`, `PERMISSION_DENIED`.
    pub async fn reconcile(
        &self,
        call: &Call,
        request: &ReconcileRecordsRequest,
    ) -> Result<Reconciliation> {
        let mut check = Check::new("");
        check.name::<Source>("source", &request.source);
        check.finish()?;
        let _working = self.work(call, &request.source)?;
        self.service.await_source(&request.source).await?;
        let mut tx = self.service.db().begin(&author(call, &request.source)).await?;
        permit(&self.service, &mut tx, call, &request.source).await?;
        tx.rollback().await?;
        let sealed = self.seals.of(&self.service, &request.source, &request.ranges).await?;
        metrics::compared::<S>(request.ranges.len());
        let client = (!request.client.is_empty()).then(|| sealed.client(&request.client));
        sealed.compare(&request.ranges, client)
    }

    /// Shows what a batch would bring, and keeps nothing of it.
    ///
    /// # Errors
    /// The errors of [`preview::preview`].
    pub async fn preview(
        &self,
        call: &Call,
        request: PreviewRecordsRequest,
    ) -> Result<PreviewRecordsResponse> {
        let _working = self.work(call, &request.source)?;
        preview::preview(&self.service, call, request).await
    }

    /// Prolongs the lease.
    ///
    /// # Errors
    /// The errors of [`Session::resume`].
    pub async fn keep(&self, call: &Call, request: &KeepSessionRequest) -> Result<()> {
        check(&request.source, request.fencing_token, "fencing_token")?;
        let _working = self.work(call, &request.source)?;
        self.resume(call, &request.source, request.fencing_token).await?.keep().await
    }

    /// Ends a session; one that has ended the same way already gets its summary again.
    ///
    /// # Errors
    /// The errors of [`Session::resume`].
    pub async fn end(&self, call: &Call, request: EndSessionRequest) -> Result<Summary> {
        let source = &request.source;
        let fencing = request.fencing_token;
        check(source, fencing, "fencing_token")?;
        let EndSessionRequest { unread, incomplete, rejected_gone, empty, part, .. } =
            request.clone();
        let end = End { unread, incomplete, rejected_gone, empty, part };
        let _working = self.work(call, source)?;
        let ended = match self.resume(call, source, fencing).await {
            Ok(session) => session.finish(end, Check::new("")).await,
            Err(error) => Err(error),
        };
        match ended {
            Err(error) if is_over(&error) => {
                account::summary(&self.service, source, fencing).await?.ok_or(error)
            }
            ended => ended,
        }
    }

    async fn resume(&self, call: &Call, source: &str, fencing: i64) -> Result<Session<S>> {
        Session::resume(&self.service, call, source, fencing).await
    }

    fn work(&self, call: &Call, source: &str) -> Result<Share<(String, String)>> {
        let key = (call.caller.subject.clone(), source.to_owned());
        self.working.take(key).map_err(|_| {
            let message = format!(
                "another call for {source} is in work; send this one again once it is answered"
            );
            Error::new(Reason::WriteConflict, message)
        })
    }
}

/// The session has ended: with the summary that is stored, or without one.
fn is_over(error: &Error) -> bool {
    matches!(error.reason(), Reason::LeaseLost | Reason::LeaseExpired)
}

/// The stream's message with the same fields. All fields of both are named, so that a field added
/// to one does not compile until the other has it.
fn hello(request: OpenSessionRequest) -> Hello {
    let OpenSessionRequest {
        source,
        mapping_version,
        checkpoint,
        take_over,
        holder,
        unique_ids,
        under_way,
        accept_moves,
        forms,
        client,
        unscheduled,
    } = request;
    Hello {
        source,
        mapping_version,
        checkpoint,
        take_over,
        holder,
        unique_ids,
        under_way,
        accept_moves,
        forms,
        client,
        unscheduled,
    }
}

fn check(source: &str, fencing: i64, field: &str) -> Result<()> {
    let mut check = Check::new("");
    check.name::<Source>("source", source);
    if fencing <= 0 {
        check.fail(field, FieldCode::Required, "must be the one that the welcome gave");
    }
    check.finish()
}
