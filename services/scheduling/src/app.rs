//! What the handlers share.

use std::time::Duration;

use mpp_api::scheduling as wire;
use mpp_core::{Caller, Code, Error, Reason, Result};
use mpp_store::{Actor, Db, RequestKey};
use prost::Message;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::{memory::Memory, model::applicant::Keys};

/// How long a call waits until its own replica has seen a revision, where it has no deadline.
const CATCH_UP: Duration = Duration::from_secs(5);

/// The service's parts.
pub struct App {
    /// The database.
    pub db: Db,
    /// What reads are answered from.
    pub memory: Memory,
    /// What stands for applicants.
    pub keys: Keys,
    /// The own feed's revision that the memory has seen.
    pub applied: watch::Receiver<i64>,
}

/// An answer that carries the revision of its write.
pub trait Answer: Message + Default {
    /// Sets the revision.
    fn set_revision(&mut self, revision: i64);
}

macro_rules! answers {
    ($($answer:ident),*) => {
        $(impl Answer for wire::$answer {
            fn set_revision(&mut self, revision: i64) {
                self.revision = revision;
            }
        })*
    };
}

answers!(
    CreateHoursRuleResponse,
    UpdateHoursRuleResponse,
    DeleteHoursRuleResponse,
    BookAppointmentResponse,
    CancelAppointmentResponse,
    IssueTicketResponse,
    CallNextResponse,
    CompleteTicketResponse
);

/// Who makes a change, for the feed.
pub fn actor(caller: &Caller) -> Actor {
    Actor { origin: "api".into(), subject: caller.subject.clone() }
}

/// SHA-256 of a request, to tell a repeated request from a reused id.
pub fn digest(request: &impl Message) -> [u8; 32] {
    Sha256::digest(request.encode_to_vec()).into()
}

impl App {
    /// Does `work`, which remembers its answer by `key` in its own transaction. Where the request
    /// was answered before, or is at this moment by another replica, `work` fails: by that memory
    /// at the latest, often earlier by what the first answer did (the window is busy, the place is
    /// taken). So a refusal counts only where there is no answer; else that answer is given, with a
    /// revision at which its write can be read. Asking first was rejected: it costs every request
    /// a round trip for the sake of the few that come twice.
    ///
    /// # Errors
    /// Those of `work`; `REQUEST_ID_REUSED`.
    pub async fn once<A: Answer>(
        &self,
        key: &RequestKey,
        work: impl Future<Output = Result<A>>,
    ) -> Result<A> {
        match work.await {
            Err(error) if may_be_answered(&error) => self.answered(key).await?.ok_or(error),
            done => done,
        }
    }

    async fn answered<A: Answer>(&self, key: &RequestKey) -> Result<Option<A>> {
        let Some(bytes) = self.db.replay(key).await? else {
            return Ok(None);
        };
        let mut answer = A::decode(bytes).map_err(Error::internal)?;
        answer.set_revision(self.db.read().await?.revision());
        Ok(Some(answer))
    }

    /// Waits until the memory has seen `revision` of the own feed.
    ///
    /// # Errors
    /// `DEADLINE_EXCEEDED` where that takes longer than `limit`.
    pub async fn seen(&self, revision: i64, limit: Option<Duration>) -> Result<()> {
        let mut applied = self.applied.clone();
        let wait = applied.wait_for(|seen| *seen >= revision);
        match tokio::time::timeout(limit.unwrap_or(CATCH_UP), wait).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(Error::new(Reason::Unavailable, "the server is stopping")),
            Err(_) => Err(Error::new(
                Reason::DeadlineExceeded,
                format!("revision {revision} has not arrived at this replica; try again"),
            )),
        }
    }
}

fn may_be_answered(error: &Error) -> bool {
    matches!(
        error.code(),
        Code::Aborted
            | Code::AlreadyExists
            | Code::FailedPrecondition
            | Code::NotFound
            | Code::ResourceExhausted
    )
}
