//! The one way in which a command runs: begin, work, remember the answer, commit.
//!
//! **The write goes first.** A request that was answered before, or is being answered by another
//! replica at this moment, fails: at the latest when it remembers its answer, often earlier by the
//! effect of the first one (the name is taken, the window is busy). Only then is a stored answer
//! looked for, and given instead of the refusal. Asking first was rejected: it costs every request
//! a round trip for the sake of the few that come twice.

use mpp_core::{Code, Error, Reason, Result};
use mpp_store::{Db, Tx};
use prost::Message;

use crate::call::Call;

/// The outcome of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Done<A> {
    /// Its answer, now or when the same request was sent first.
    pub answer: A,
    /// A revision that shows the write; 0 if the call only validates.
    pub revision: i64,
}

/// Runs `work` in a transaction, at most once for each request id. Nothing is kept if it fails or
/// if the call only validates. No personal data may be in the answer, which is stored.
///
/// # Errors
/// The errors of `work`; `REQUEST_ID_REUSED` for an id of another request; `WRITE_CONFLICT` if a
/// race was lost.
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
    let answer = work(&mut tx).await.inspect_err(|error| db.note_failed(error))?;
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

/// The stored answer. Its own revision was not known when it was stored; the present head shows the
/// write just as well.
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
/// since may even make the form or the owner wrong; one that a newer replica wrote may not be
/// written here.
fn may_be_answered(error: &Error) -> bool {
    if error.reason() == Reason::NewerForm {
        return true;
    }
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

#[cfg(test)]
mod tests {
    use mpp_api::registry::Window;
    use mpp_core::{Caller, Labels, Role};
    use mpp_rpc::{Grant, Moving};
    use mpp_store::{Expect, RequestKey, Schema};
    use mpp_testkit::on_both;

    use super::*;

    const SCHEMA: Schema =
        Schema { service: "command", steps: &[], history_kinds: &[], standing_kinds: &[] };
    const NAME: &str = "malls/a/counters/b/windows/c";

    fn call(request_id: &str, digest: u8) -> Call {
        let roles = vec![Role::Administrator];
        let caller = Caller { subject: "users/siti".into(), roles, namespaces: Vec::new() };
        let path = "/mpp.registry.v1.DirectoryService/CreateWindow";
        let grant = Grant::find(path, &caller).expect("may");
        let key = RequestKey::new(&caller.subject, "CreateWindow", request_id, [digest; 32]);
        let key = Some(key.expect("a UUID"));
        Call {
            caller,
            grant,
            key,
            validate_only: false,
            deadline: None,
            moving: Moving::default(),
            reason: String::new(),
            reasoned: Vec::new(),
        }
    }

    /// Makes the window, `accessible` or not, and answers it.
    async fn make(db: &Db, call: &Call, accessible: bool) -> Result<Done<Window>> {
        run(db, call, async |tx| {
            let window = Window { name: NAME.into(), accessible, ..Window::default() };
            tx.put(NAME, &window, Labels::new(), Expect::New).await?;
            Ok(window)
        })
        .await
    }

    const FIRST: &str = "01926f2b-0000-7000-8000-000000000001";
    const SECOND: &str = "01926f2b-0000-7000-8000-000000000002";

    #[tokio::test]
    async fn a_request_that_is_sent_twice_is_answered_alike_and_counts_once() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let first = make(&db, &call(FIRST, 1), true).await.expect("made");
            // The second try would answer otherwise, and fails by the effect of the first.
            let again = make(&db, &call(FIRST, 1), false).await.expect("answered");
            assert_eq!(again.answer, first.answer);
            assert!(again.revision >= first.revision);
            let other = make(&db, &call(SECOND, 1), true).await.expect_err("it exists");
            assert_eq!(other.reason(), Reason::AlreadyExists);
        })
        .await;
    }

    #[tokio::test]
    async fn an_id_of_another_request_is_refused() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            make(&db, &call(FIRST, 1), true).await.expect("made");
            let reused = make(&db, &call(FIRST, 2), true).await.expect_err("another digest");
            assert_eq!(reused.reason(), Reason::RequestIdReused);
        })
        .await;
    }

    #[tokio::test]
    async fn of_two_that_run_at_once_one_writes_and_both_get_its_answer() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let call = call(FIRST, 1);
            let (one, other) = tokio::join!(make(&db, &call, true), make(&db, &call, true));
            assert_eq!(one.expect("answered").answer, other.expect("answered").answer);
            let mut read = db.read().await.expect("a snapshot");
            let stored = read.get::<Window>(NAME).await.expect("read");
            assert_eq!(stored.map(|record| record.version), Some(1));
        })
        .await;
    }

    #[tokio::test]
    async fn a_call_that_validates_keeps_neither_the_write_nor_its_answer() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let checks = Call { validate_only: true, ..call(FIRST, 1) };
            assert_eq!(make(&db, &checks, true).await.expect("checked").revision, 0);
            let made = make(&db, &call(FIRST, 2), true).await.expect("the id is still free");
            assert!(made.revision > 0);
        })
        .await;
    }

    #[tokio::test]
    async fn a_refusal_that_was_not_answered_before_stays_one() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let refused: Result<Done<Window>> =
                run(&db, &call(FIRST, 1), async |_| Err(Error::not_found(NAME))).await;
            assert_eq!(refused.expect_err("refused").reason(), Reason::NotFound);
        })
        .await;
    }
}
