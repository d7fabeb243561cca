//! A source as its clients have left it: as whole, and as fresh, as the worst of them
//! ([`model::clients`]).
//!
//! [`model::clients`]: crate::model::clients

use std::collections::HashSet;

use mpp_api::{
    sync::{End, Incomplete, Source},
    time::to_timestamp,
};
use mpp_core::{Micros, Result};
use mpp_store::Tx;

use crate::{
    model::{
        clients::{self, ClientState},
        ending::{self, SessionOutcome},
    },
    store::{client_states, clients::Client, lease::Lease, own, rejected::Count},
};

/// Shows how a session has ended that spoke of all that its client feeds. Those are away that were
/// heard before `since`.
pub(super) async fn ended(
    tx: &mut Tx,
    lease: &Lease,
    (end, lacks): (&End, Option<&Incomplete>),
    since: Micros,
    doc: &mut Source,
) -> Result<()> {
    client_states::ended(tx, lease.of_client(), end.unread, lacks).await?;
    let mut all = client_states::all(tx, &lease.source).await?;
    if all.iter().all(|one| one.number != lease.client.number) {
        all.push(unnamed(tx.now(), end, lacks));
    }
    show(doc, &all, since);
    Ok(())
}

/// The client of a session that an older program has opened, which notes none.
fn unnamed(now: Micros, end: &End, lacks: Option<&Incomplete>) -> ClientState {
    ClientState {
        first: now,
        heard: now,
        last_end: now,
        last_success: if lacks.is_none() { now } else { 0 },
        unread: end.unread,
        incomplete: lacks.cloned(),
        has_sent: true,
        ..ClientState::default()
    }
}

/// Judges anew, after a redrive, what the last session of each client lacked; one that lacks
/// nothing any more counts as having ended completely.
pub(super) async fn redriven(
    tx: &mut Tx,
    (has_taken, taken_of): (bool, &HashSet<i64>),
    since: Micros,
    doc: &mut Source,
) -> Result<()> {
    let mut all = client_states::all(tx, &doc.name).await?;
    for one in &mut all {
        let Some(lack) = one.incomplete.take() else { continue };
        let client = Client::of(tx, &doc.name, one.number, since).await?;
        let Count { rejected, waiting } = own::count(tx, (&doc.name, &client)).await?;
        // Of records of before it is not known whose they are.
        let is_taken = [0, one.number].iter().any(|client| taken_of.contains(client));
        let stands = match client.others.is_empty() {
            true => (is_taken || rejected + waiting == 0) && has_taken,
            // The source's mapping is that of whichever client came last.
            false => is_taken,
        };
        let answered = SessionOutcome { stands, rejected, waiting, ..SessionOutcome::default() };
        one.incomplete = ending::since(&lack, &answered);
        if one.incomplete.is_none() {
            one.last_success = one.last_end;
        }
        let who = (doc.name.as_str(), one.number);
        client_states::lack(tx, who, one.incomplete.as_ref(), one.last_end).await?;
    }
    // Of sessions that have all ended under an older program nothing is known: their end stands.
    if all.iter().any(|one| one.last_end > 0) {
        show(doc, &all, since);
    }
    Ok(())
}

/// What was known of its last success stays as long as no client is known to have had one.
fn show(doc: &mut Source, all: &[ClientState], since: Micros) {
    let Some(found) = clients::standing(all, since) else { return };
    doc.unread_now = found.unread;
    doc.incomplete = found.incomplete;
    doc.last_success_time = found.last_success.map(to_timestamp).or(doc.last_success_time);
    doc.unheard_since = found.unheard_since.map(to_timestamp);
    doc.clients = found.clients;
    doc.client_count = i32::try_from(found.count).unwrap_or(i32::MAX);
}
