//! The one way in which a command runs: begin, work, remember the answer, commit.
//!
//! **The write goes first.** A request that was answered before, or is being answered by another
//! replica at this moment, fails: at the latest when it remembers its answer, often earlier by the
//! effect of the first one (the name is taken, the window is busy). Only then is a stored answer
//! looked for, and given instead of the refusal. Asking first was rejected: it costs every request
//! a round trip for the sake of the few that come twice.

use mpp_core::{Code, Error, Result};
use mpp_store::{Db, Tx};
use prost::Message;

use crate::call::Call;

/// The outcome of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Done<A> {
    /// Its answer, now or when the same request was sent first.
    pub answer: A,
    /// A revision that shows the write; 0 where the call only validates.
    pub revision: i64,
}

/// Runs `work` in a transaction, at most once for each request id. Nothing is kept where it fails
/// or where the call only validates. No personal data may be in the answer, which is stored.
///
/// # Errors
/// Those of `work`; `REQUEST_ID_REUSED` for an id of another request; `WRITE_CONFLICT` where a race
/// was lost.
pub async fn run<A: Message + Default>(
    db: &Db,
    call: &Call,
    work: impl AsyncFnOnce(&mut Tx) -> Result<A>,
) -> Result<Done<A>> {
    match once(db, call, work).await {
        Err(error) if may_be_answered(&error) => answered(db, call).await?.ok_or(error),
        done => done,
    }
}

async fn once<A: Message>(
    db: &Db,
    call: &Call,
    work: impl AsyncFnOnce(&mut Tx) -> Result<A>,
) -> Result<Done<A>> {
    let mut tx = db.begin(&call.actor()).await?;
    let answer = work(&mut tx).await?;
    if call.validate_only {
        tx.rollback().await?;
        return Ok(Done { answer, revision: 0 });
    }
    if let Some(key) = &call.key {
        tx.remember(key, &answer).await?;
    }
    let revision = tx.commit().await?;
    Ok(Done { answer, revision })
}

/// The stored answer. Its own revision was not known when it was stored; the head of now is one
/// that shows the write just as well.
async fn answered<A: Message + Default>(db: &Db, call: &Call) -> Result<Option<Done<A>>> {
    let Some(key) = &call.key else {
        return Ok(None);
    };
    let Some(bytes) = db.replay(key).await? else {
        return Ok(None);
    };
    let answer = A::decode(bytes).map_err(Error::internal)?;
    Ok(Some(Done { answer, revision: db.read().await?.revision() }))
}

/// Anything that the first request's own effect may have brought about. A record that has changed
/// since may even make the form or the owner wrong.
fn may_be_answered(error: &Error) -> bool {
    match error.code() {
        Code::Aborted
        | Code::AlreadyExists
        | Code::FailedPrecondition
        | Code::InvalidArgument
        | Code::NotFound
        | Code::OutOfRange
        | Code::PermissionDenied
        | Code::ResourceExhausted => true,
        Code::DeadlineExceeded
        | Code::Internal
        | Code::Unauthenticated
        | Code::Unavailable
        | Code::Unimplemented => false,
    }
}
