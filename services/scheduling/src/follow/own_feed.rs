//! The own feed into the memory: rules and deviations, whichever replica wrote them.

use std::time::Duration;

use mpp_api::{
    Document,
    scheduling::{Deviation, HoursRule},
};
use mpp_core::Result;
use mpp_rpc::Component;
use mpp_store::{Feed, Filter, Start};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::memory::Memory;

/// How long to wait before the state is asked for again.
const PAUSE: Duration = Duration::from_millis(500);

/// Follows the own feed until the shutdown; says in `applied` how far the memory has come.
pub async fn follow(
    feed: Feed,
    memory: Memory,
    applied: watch::Sender<i64>,
    component: Component,
    shutdown: CancellationToken,
) {
    while !shutdown.is_cancelled() {
        let cut = tokio::select! {
            cut = follow_once(&feed, &memory, &applied, &component) => cut,
            () = shutdown.cancelled() => return,
        };
        if let Err(error) = cut {
            component.down("reads the rules anew");
            tracing::warn!(error = %error, "the own feed was cut; reading its state again");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn follow_once(
    feed: &Feed,
    memory: &Memory,
    applied: &watch::Sender<i64>,
    component: &Component,
) -> Result<()> {
    let filter = Filter::kinds([HoursRule::KIND, Deviation::KIND]);
    let mut changes = feed.subscribe(Start::State, filter).await?;
    memory.begin_records();
    while let Some(batch) = changes.next().await? {
        memory.apply(&batch.changes, batch.initial_state_complete);
        if batch.initial_state_complete {
            component.up();
        }
        if batch.token.is_some() {
            applied.send_replace(batch.revision);
        }
    }
    Ok(())
}
