//! The look, again and again, whether what records wait for is there.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mpp_core::{Micros, Result};
use mpp_form::record;
use mpp_store::Actor;
use tokio_util::sync::CancellationToken;

use super::redrive::Redrive;
use crate::{
    app::Registry,
    model::quarantine::is_due,
    store::waiting::{self, Cause, Selection},
};

/// A look rests so many times as long as it took: however much waits, it takes a tenth of a
/// processor at the most.
const REST: u32 = 10;

/// Looks until shutdown. Every replica does; what one has taken the others do not find any more.
pub async fn run(registry: Registry, shutdown: CancellationToken) {
    let every = registry.policy.quarantine_look();
    let mut rest: Duration = every;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(rest) => {}
        }
        let begun = Instant::now();
        if let Err(error) = look(&registry).await {
            tracing::warn!(%error, "records that wait are looked at again");
        }
        rest = every.max(begun.elapsed().saturating_mul(REST));
    }
}

async fn look(registry: &Registry) -> Result<()> {
    if !registry.memory.is_whole() {
        return Ok(());
    }
    let mut db = registry.db.read().await?;
    let causes = waiting::causes(db.conn()).await?;
    db.end().await?;
    let now = registry.now();
    for cause in causes.iter().filter(|cause| is_due_now(registry, cause, now)) {
        let actor = Actor { origin: cause.source.clone(), subject: "registry".into() };
        let redrive = Redrive {
            registry: registry.clone(),
            actor,
            accept_moves: false,
            validate_only: false,
        };
        let wanted = Selection {
            source: cause.source.clone(),
            code: cause.code.clone(),
            awaited: Some(cause.awaited.clone()),
            with_refused: cause.refused,
            by: Some(now),
            ..Selection::default()
        };
        if let Err(error) = redrive.all(&wanted).await {
            let source = &cause.source;
            tracing::warn!(%error, source, cause.awaited, "it is tried again at the next look");
        }
    }
    registry.waiting.replace(Arc::new(causes));
    Ok(())
}

/// What was rejected is tried again by other rules only.
fn is_due_now(registry: &Registry, cause: &Cause, now: Micros) -> bool {
    if cause.not_before > now {
        return false;
    }
    if cause.refused {
        return cause.rules != record::RULES;
    }
    is_due(&cause.code, registry.sight(&cause.source, &cause.awaited))
}
