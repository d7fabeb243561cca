//! Records that the registry has and this replica's copy of it does not have yet: see
//! `mpp_rpc::Upstream`. Each use case looks its request's names up this way, before it opens a
//! transaction.

use std::time::Duration;

use mpp_api::feed::{
    GetRecordVersionRequest, change::Op, history_service_client::HistoryServiceClient,
};
use mpp_client::{Channel, error_of};
use mpp_core::{Error, Reason, Result};
use mpp_form::hours_rule::Target;
use mpp_rpc::Upstream;
use tokio::sync::watch;
use tonic::Request;

use super::Scheduling;

/// The registry, and how far its copy here has come.
pub struct Registry {
    /// The service itself.
    pub upstream: Upstream,
    /// The way to it.
    pub channel: Channel,
    /// How long a question to it may take.
    pub wait: Duration,
    /// The revision up to which the memory shows its feed.
    pub reached: watch::Receiver<i64>,
}

impl Registry {
    async fn copied(&self, revision: i64) {
        let mut reached = self.reached.clone();
        // Its sender ends with the service.
        let _ = reached.wait_for(|reached| *reached >= revision).await;
    }

    /// Whether the registry itself says that a record was deleted: its last version, which it keeps
    /// for good, is a tombstone. It says nothing of a record that it never had, and that does not
    /// count as deleted.
    ///
    /// # Errors
    /// `UNAVAILABLE` if it cannot be asked.
    pub async fn has_deleted(&self, name: &str) -> Result<bool> {
        let mut request =
            Request::new(GetRecordVersionRequest { name: name.to_owned(), moment: None });
        request.set_timeout(self.wait);
        let mut history = HistoryServiceClient::new(self.channel.clone());
        let version = match history.get_record_version(request).await {
            Ok(answer) => answer.into_inner().version,
            Err(status) => {
                let error = error_of(&status);
                let unknown = error.reason == Reason::NotFound.as_str();
                let text = format!("the registry cannot be asked of {name}: {}", error.message);
                return if unknown {
                    Ok(false)
                } else {
                    Err(Error::new(Reason::Unavailable, text))
                };
            }
        };
        let change = version.and_then(|version| version.change);
        Ok(change.is_some_and(|change| change.op() == Op::Deleted))
    }
}

impl Scheduling {
    /// Runs `look` on the memory. If it names something unknown, runs it again once the copy of the
    /// registry stands where the registry does.
    ///
    /// # Errors
    /// The errors of `look`; `UNAVAILABLE` if the registry is away and cannot be asked.
    pub async fn known<T>(&self, look: impl Fn() -> Result<T>) -> Result<T> {
        self.registry.upstream.ask(look, |revision| self.registry.copied(revision)).await
    }

    /// Waits until the target is known, or is known not to exist: the write that names it then
    /// refuses it in its own words.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the registry cannot be asked.
    pub async fn await_target(&self, target: &str) -> Result<()> {
        let Ok(target) = Target::parse(target, "target") else { return Ok(()) };
        let known = self.known(|| self.memory.read().directory.require(&target)).await;
        known.or_else(|error| if error.may_be_due_to_lag() { Ok(()) } else { Err(error) })
    }
}
