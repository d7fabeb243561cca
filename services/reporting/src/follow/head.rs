//! The head of an upstream, as it says itself: a watch of each replica's own beside the one that is
//! read into the inbox, of a kind that hardly ever changes. Its bookmarks tell the revision.

use std::{sync::Arc, time::Duration};

use mpp_api::feed::{Filter, WatchRequest, feed_service_client::FeedServiceClient};
use mpp_client::Channel;
use mpp_core::Backoff;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::{memory::Memory, model::Upstream};

/// Longer than the pauses of those that read a feed: here it only matters how far one lags. No
/// settings, since nothing waits for it but a gauge.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Listens to an upstream until `shutdown`. While the upstream is away nothing is heard; the
/// replica that reads the feed notes that.
pub async fn listen(
    feed: Upstream,
    channel: Channel,
    memory: Arc<Memory>,
    shutdown: CancellationToken,
) {
    let heard = async {
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        loop {
            if let Err(status) = until_failure(feed, &channel, &memory, &mut backoff).await {
                tracing::debug!(feed = feed.as_str(), %status, "its head is asked for again");
            }
            sleep(backoff.pause()).await;
        }
    };
    let _ = shutdown.run_until_cancelled(heard).await;
}

async fn until_failure(
    feed: Upstream,
    channel: &Channel,
    memory: &Memory,
    backoff: &mut Backoff,
) -> Result<(), Status> {
    let kinds = vec![feed.quiet_kind().to_owned()];
    let filter = Some(Filter { kinds, ..Filter::default() });
    let request = WatchRequest { filter, ..WatchRequest::default() };
    let mut stream = FeedServiceClient::new(channel.clone()).watch(request).await?.into_inner();
    while let Some(message) = stream.message().await? {
        backoff.reset();
        memory.hear(feed, message.revision);
    }
    Ok(())
}
