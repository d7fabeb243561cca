//! Looks again and again whether the things that records wait for are there.
//!
//! It goes round: each source has one piece tried, beginning with the source whose oldest record
//! waits longest, and then all are looked at anew. So a source with many records due delays another
//! by one piece only, and of two that wait for one name the one that waits longer is tried first.

use std::{sync::Arc, time::Instant};

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

/// Looks until shutdown. Every replica does; records that one has taken the others do not find any
/// more. While a source has more pieces to try, it goes on without a rest.
pub async fn run(registry: Registry, shutdown: CancellationToken) {
    let mut rest = registry.policy.quarantine_look();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(rest) => {}
        }
        let begun = Instant::now();
        let causes = causes(&registry).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "records that wait are looked at again");
            Vec::new()
        });
        rest = registry.policy.quarantine_rest(begun.elapsed());
        if go_round(&registry, &causes).await {
            rest = std::time::Duration::ZERO;
        }
    }
}

/// The causes that records wait for, the oldest first.
async fn causes(registry: &Registry) -> Result<Vec<Cause>> {
    if !registry.memory.is_whole() {
        return Ok(Vec::new());
    }
    let mut db = registry.db.read().await?;
    let mut causes = waiting::causes(db.conn(), "").await?;
    db.end().await?;
    causes.sort_by_key(|cause| cause.oldest);
    registry.waiting.replace(Arc::new(causes.clone()));
    Ok(causes)
}

/// Tries a piece of each source; true if one has more to try at once.
async fn go_round(registry: &Registry, causes: &[Cause]) -> bool {
    let now = registry.now();
    let mut goes_on = false;
    for (source, due) in due_by_source(registry, causes, now) {
        match piece(registry, source, &due, now).await {
            Ok(is_full) => goes_on |= is_full,
            Err(error) => tracing::warn!(%error, source, "it is tried again at the next look"),
        }
    }
    goes_on
}

/// The sources with records that are due, in the order of the causes.
fn due_by_source<'a>(
    registry: &Registry,
    causes: &'a [Cause],
    now: Micros,
) -> Vec<(&'a str, Vec<&'a Cause>)> {
    let mut sources: Vec<(&str, Vec<&Cause>)> = Vec::new();
    for cause in causes.iter().filter(|cause| is_due_now(registry, cause, now)) {
        match sources.iter_mut().find(|(source, _)| *source == cause.source) {
            Some((_, own)) => own.push(cause),
            None => sources.push((&cause.source, vec![cause])),
        }
    }
    sources
}

/// Tries as many records of a source as a batch may have; true if there may be more, and some of
/// these were taken or rejected.
async fn piece(registry: &Registry, source: &str, due: &[&Cause], now: Micros) -> Result<bool> {
    let names = names(registry, due, now).await?;
    let actor = Actor { origin: source.to_owned(), subject: "registry".into() };
    let redrive =
        Redrive { registry: registry.clone(), actor, accept_moves: false, validate_only: false };
    let (source, by) = (source.to_owned(), Some(now));
    let wanted = Selection { source, with_refused: true, by, ..Selection::default() };
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let done = redrive.some(&wanted, &asked).await?;
    Ok(names.len() >= registry.policy.batch_records && done.taken + done.rejected > 0)
}

/// The records that are due, as many as a batch may have.
async fn names(registry: &Registry, due: &[&Cause], now: Micros) -> Result<Vec<String>> {
    let most = registry.policy.batch_records;
    let mut names = Vec::new();
    let mut db = registry.db.read().await?;
    for cause in due {
        if names.len() >= most {
            break;
        }
        // Only the record of the same name waits for a service.
        if cause.awaited.contains("/services/") {
            names.push(cause.awaited.clone());
            continue;
        }
        let wanted = Selection {
            source: cause.source.clone(),
            code: cause.code.clone(),
            awaited: Some(cause.awaited.clone()),
            with_refused: cause.refused,
            by: Some(now),
            ..Selection::default()
        };
        names.extend(waiting::select(db.conn(), &wanted, "", most - names.len()).await?);
    }
    db.end().await?;
    Ok(names)
}

/// True for a cause whose records may be tried now; rejected ones only under other rules.
fn is_due_now(registry: &Registry, cause: &Cause, now: Micros) -> bool {
    if cause.not_before > now {
        return false;
    }
    if cause.refused {
        return cause.rules != record::RULES;
    }
    is_due(&cause.code, registry.sight(&cause.source, &cause.awaited))
}
