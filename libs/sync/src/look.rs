//! Looks again and again whether the things that records wait for are there.
//!
//! It goes round: each source has one piece tried, beginning with the source whose oldest record
//! waits longest, and then all are looked at anew. So a source with many records due delays another
//! by one piece only, and of two that wait for one name the one that waits longer is tried first.

use std::{sync::Arc, time::Instant};

use mpp_core::{FieldCode, Micros, Result};
use mpp_form::record;
use mpp_store::Actor;
use tokio_util::sync::CancellationToken;

use crate::{
    model::{
        lies::Lies,
        quarantine::{has_changed, is_due},
    },
    redrive::Redrive,
    store::waiting::{self, Cause, Selection},
    syncs::Syncs,
    turn::Patience,
};

/// Looks until shutdown. Every replica does; records that one has taken the others do not find any
/// more. While a source has more pieces to try, it goes on without a rest.
pub async fn run<S: Syncs>(service: S, shutdown: CancellationToken) {
    let mut rest = service.settings().quarantine_look();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(rest) => {}
        }
        let begun = Instant::now();
        let causes = causes(&service).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "records that wait are looked at again");
            Vec::new()
        });
        rest = service.settings().quarantine_rest(begun.elapsed());
        if go_round(&service, &causes).await {
            rest = std::time::Duration::ZERO;
        }
    }
}

/// The causes that records wait for, the oldest first.
async fn causes<S: Syncs>(service: &S) -> Result<Vec<Cause>> {
    if !service.memory().is_whole() {
        return Ok(Vec::new());
    }
    let mut db = service.db().read().await?;
    let mut causes = waiting::causes(db.conn(), "").await?;
    db.end().await?;
    causes.sort_by_key(|cause| cause.oldest);
    service.engine().waiting.replace(Arc::new(causes.clone()));
    Ok(causes)
}

/// Tries a piece of each source; true if one has more to try at once.
async fn go_round<S: Syncs>(service: &S, causes: &[Cause]) -> bool {
    let now = service.time();
    let mut goes_on = false;
    for (source, due) in due_by_source(service, causes, now) {
        match piece(service, source, &due, now).await {
            Ok(is_full) => goes_on |= is_full,
            Err(error) => tracing::warn!(%error, source, "it is tried again at the next look"),
        }
    }
    goes_on
}

/// The sources with records that are due, in the order of the causes.
fn due_by_source<'a, S: Syncs>(
    service: &S,
    causes: &'a [Cause],
    now: Micros,
) -> Vec<(&'a str, Vec<&'a Cause>)> {
    let mut sources: Vec<(&str, Vec<&Cause>)> = Vec::new();
    for cause in causes.iter().filter(|cause| is_due_now(service, cause, now)) {
        match sources.iter_mut().find(|(source, _)| *source == cause.source) {
            Some((_, own)) => own.push(cause),
            None => sources.push((&cause.source, vec![cause])),
        }
    }
    sources
}

/// Tries as many records of a source as a batch may have; true if there may be more, and some of
/// these were taken or rejected.
async fn piece<S: Syncs>(service: &S, source: &str, due: &[&Cause], now: Micros) -> Result<bool> {
    let names = names(service, due, now).await?;
    let actor = Actor::new(source, S::own_name().subject);
    let redrive = Redrive {
        service: service.clone(),
        actor,
        accept_moves: false,
        validate_only: false,
        patience: Patience::default(),
    };
    let (source, by) = (source.to_owned(), Some(now));
    let wanted = Selection { source, with_refused: true, by, ..Selection::default() };
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let done = redrive.some(&wanted, &asked).await?;
    Ok(names.len() >= service.settings().batch_records && done.taken + done.rejected > 0)
}

/// The records that are due, as many as a batch may have.
async fn names<S: Syncs>(service: &S, due: &[&Cause], now: Micros) -> Result<Vec<String>> {
    let most = service.settings().batch_records;
    let mut names = Vec::new();
    let mut db = service.db().read().await?;
    for cause in due {
        if names.len() >= most {
            break;
        }
        // For a name that another source publishes, only the record of that name waits.
        if cause.code == FieldCode::OwnedByOtherSource.as_str() {
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
fn is_due_now<S: Syncs>(service: &S, cause: &Cause, now: Micros) -> bool {
    if cause.not_before > now {
        return false;
    }
    if cause.refused {
        let rests = cause.tried.saturating_add(service.settings().other_rules_rest()) > now;
        return cause.rules != record::RULES && !rests;
    }
    match Lies::of_stored(&cause.code) {
        Lies::Others => has_changed(service.changed(&cause.awaited), cause.tried),
        lies => is_due(lies, service.sight(&cause.source, &cause.awaited)),
    }
}
