//! Records that another service may have and the copy of its feed here does not have yet: those
//! that were made a moment ago.
//!
//! A copy lags by milliseconds, and a caller that has just written at the one service and names
//! that record at the other is not at fault. So no record is refused as unknown before the copy has
//! caught up with where its source was when it was asked; calls that come meanwhile share one look.
//! While the source is away this cannot be decided, and the caller is asked to come again.
//!
//! Rejected: asking the source for the record itself. It takes a method for each kind, and a record
//! that exists still has to be waited for.

use std::time::Duration;

use mpp_api::feed::{GetFeedRequest, feed_service_client::FeedServiceClient};
use mpp_client::{Channel, error_of};
use mpp_core::{Error, Reason, Result};
use tokio::time::timeout;
use tonic::Request;

use crate::{looks::Looks, waiting};

/// When a caller that could not be answered may ask again.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// A service whose feed is copied here.
pub struct Upstream {
    name: &'static str,
    channel: Channel,
    /// How long a call waits for the copy.
    wait: Duration,
    looks: Looks<Result<i64, String>>,
}

impl Upstream {
    /// The service `name` behind `channel`; a call waits at most `wait` for the copy of its feed.
    pub fn new(name: &'static str, channel: Channel, wait: Duration) -> Self {
        Self { name, channel, wait, looks: Looks::default() }
    }

    /// Runs `look` on the copy. If it names something unknown, runs it again once the copy has
    /// `reached` the revision at which its source stands now. Meanwhile the call takes no place
    /// from calls that could be answered.
    ///
    /// # Errors
    /// The errors of `look`; `UNAVAILABLE` if the source is away or the copy does not get that far;
    /// `LIMIT_REACHED` and `OVERLOADED` if as many calls wait as may.
    pub async fn ask<T, F>(
        &self,
        look: impl Fn() -> Result<T>,
        reached: impl FnOnce(i64) -> F,
    ) -> Result<T>
    where
        F: Future<Output = ()>,
    {
        let unknown = match look() {
            Err(error) if error.may_be_due_to_lag() => error,
            found => return found,
        };
        let caught_up = async {
            reached(self.head().await?).await;
            Ok::<(), String>(())
        };
        match waiting(timeout(self.wait, caught_up)).await? {
            Ok(Ok(())) => look(),
            Ok(Err(why)) => Err(self.cannot_tell(&unknown, &why)),
            Err(_) => Err(self.cannot_tell(&unknown, "the copy of its feed here lags")),
        }
    }

    fn cannot_tell(&self, unknown: &Error, why: &str) -> Error {
        let text = format!(
            "{}; whether the {} has it by now cannot be told: {why}; try again",
            unknown.message(),
            self.name
        );
        Error::new(Reason::Unavailable, text).with_retry_after(COME_AGAIN)
    }

    /// The source's head revision, read after this call began.
    async fn head(&self) -> Result<i64, String> {
        let found = self.looks.after_now(self.wait, || look(self.channel.clone(), self.wait)).await;
        found.unwrap_or_else(|| Err(format!("the {} does not answer", self.name)))
    }
}

async fn look(channel: Channel, wait: Duration) -> Result<i64, String> {
    let mut request =
        Request::new(GetFeedRequest { position_only: true, ..GetFeedRequest::default() });
    request.set_timeout(wait);
    let answer = FeedServiceClient::new(channel).get_feed(request).await;
    answer
        .map(|answer| answer.into_inner().head_revision)
        .map_err(|status| error_of(&status).message)
}
