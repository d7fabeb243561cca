//! A revision that a report waits for and that never comes: its write was lost in a restore of its
//! service, or of this one.
//!
//! A copy that only lags will have it soon, so it is waited for first. Whether an upstream still
//! has a revision, only it can say: it is asked to read something from there on, and refuses where
//! it cannot.

use std::time::Duration;

use mpp_api::{
    registry::{GetRegionRequest, directory_service_client::DirectoryServiceClient},
    scheduling::{GetHoursRuleRequest, hours_service_client::HoursServiceClient},
};
use mpp_client::{Channel, error_of};
use mpp_core::{Error, Reason};
use mpp_store::{Db, revision_lost};
use tokio::{sync::Mutex, time::sleep};
use tonic::Request;

use crate::{
    memory::{Memory, Reached},
    model::Upstream,
    store,
};

// No settings: they only delay a caller who names a revision that cannot come.

/// A copy lags by less than this: no upstream is asked before.
const LAGS: Duration = Duration::from_secs(1);
/// How long an upstream may take: one that lags itself is asked again.
const ANSWER: Duration = Duration::from_secs(1);

/// Asks the upstreams whether a revision that a report waits for can still come, one question at a
/// time.
pub struct Lost {
    upstreams: [Channel; 2],
    asking: Mutex<()>,
}

impl Lost {
    /// Asks these, in the order of [`Upstream::ALL`].
    pub fn new(upstreams: [Channel; 2]) -> Self {
        Self { upstreams, asking: Mutex::default() }
    }

    /// Ends once it is known that the memory will not get there.
    pub async fn is_known(&self, memory: &Memory, db: &Db, least: Reached) -> Error {
        loop {
            sleep(LAGS).await;
            let _asking = self.asking.lock().await;
            if let Ok(head) = store::inbox_head(db).await
                && head < least.seq
            {
                return revision_lost(least.seq, head);
            }
            let reached = memory.feeds().map(|feed| feed.revision);
            for upstream in Upstream::ALL {
                let wanted = least.feeds[upstream as usize];
                if reached[upstream as usize] < wanted
                    && let Some(error) = self.refusal(upstream, wanted).await
                {
                    return error;
                }
            }
        }
    }

    /// The upstream's own refusal, if it has no such revision.
    async fn refusal(&self, upstream: Upstream, min_revision: i64) -> Option<Error> {
        let channel = self.upstreams[upstream as usize].clone();
        let asked = match upstream {
            Upstream::Registry => {
                let region = GetRegionRequest { name: "regions/11".into(), min_revision };
                let mut directory = DirectoryServiceClient::new(channel);
                directory.get_region(within(region)).await.map(drop)
            }
            Upstream::Scheduling => {
                // Whether the rule exists does not matter: the call waits before it looks.
                let rule = GetHoursRuleRequest { name: "hoursRules/none".into(), min_revision };
                HoursServiceClient::new(channel).get_hours_rule(within(rule)).await.map(drop)
            }
        };
        let error = error_of(&asked.err()?);
        let text = format!("{}: {}", upstream.as_str(), error.message);
        error.is(Reason::LineageChanged).then(|| Error::new(Reason::LineageChanged, text))
    }
}

fn within<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(ANSWER);
    request
}
