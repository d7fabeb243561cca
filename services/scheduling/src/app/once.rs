//! A command that is sent twice is answered alike and counts once.

use mpp_api::scheduling as wire;
use mpp_core::{Code, Error, Result};
use mpp_store::{RequestKey, Tx};
use prost::Message;

use super::{App, Call};

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

impl App {
    /// Does `work` and remembers its answer by the call's request id, in one transaction. Where the
    /// request was answered before, or is at this moment by another replica, `work` fails: by that
    /// memory at the latest, often earlier because of the first answer itself (the window is busy,
    /// the place is taken). So a refusal counts only where there is no stored answer; else that
    /// answer is given, with a revision at which its write can be read. Asking first was rejected:
    /// it costs every request a round trip for the sake of the few that come twice.
    ///
    /// # Errors
    /// Those of `work`; `REQUEST_ID_REUSED`.
    pub(super) async fn once<A: Answer>(
        &self,
        call: &Call,
        work: impl Future<Output = Result<(Tx, A)>>,
    ) -> Result<A> {
        match (self.finish(call, work).await, &call.key) {
            (Err(error), Some(key)) if may_be_answered(&error) => {
                self.answered(key).await?.ok_or(error)
            }
            (done, _) => done,
        }
    }

    async fn finish<A: Answer>(
        &self,
        call: &Call,
        work: impl Future<Output = Result<(Tx, A)>>,
    ) -> Result<A> {
        let (mut tx, mut answer) = work.await?;
        if call.validate_only {
            tx.rollback().await?;
            return Ok(answer);
        }
        if let Some(key) = &call.key {
            tx.remember(key, &answer).await?;
        }
        answer.set_revision(tx.commit().await?);
        Ok(answer)
    }

    async fn answered<A: Answer>(&self, key: &RequestKey) -> Result<Option<A>> {
        let Some(bytes) = self.db.replay(key).await? else {
            return Ok(None);
        };
        let mut answer = A::decode(bytes).map_err(Error::internal)?;
        answer.set_revision(self.db.read().await?.revision());
        Ok(Some(answer))
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
