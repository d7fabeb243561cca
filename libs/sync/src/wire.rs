//! Records that wait, on the wire.

use std::collections::HashSet;

use mpp_api::{
    sync::{
        ContestedRecord, ListWaitingRecordsRequest, ListWaitingRecordsResponse,
        RedriveRecordsRequest, RedriveRecordsResponse, Source, WaitingCause, WaitingRecord,
    },
    time::to_timestamp,
};
use mpp_core::Result;
use mpp_form::Check;
use mpp_resource::{
    Call,
    list::Pager,
    memory::View as _,
    page::{self, OnePage, PageRequest},
};
use mpp_store::Label;

use crate::{
    model::quarantine::check_code,
    own, redrive,
    store::{
        clients::{self, Clients},
        contested::{self, Contested},
        waiting::{Cause, Waiting},
    },
    syncs::Syncs,
    waiting::{place, waiting},
};

/// Causes that an answer names at the most.
const MAX_CAUSES: usize = 100;
/// Records that change hands which an answer names at the most.
const MAX_CONTESTED: i64 = 100;
/// Stands for every source.
const ALL: &str = "sources/-";

/// Answers a list.
///
/// # Errors
/// `INVALID_FIELD` for a request of the wrong form; `NOT_FOUND` for a source that does not exist; a
/// page token that is not this list's.
pub async fn listed<S: Syncs>(
    service: &S,
    request: &ListWaitingRecordsRequest,
) -> Result<ListWaitingRecordsResponse> {
    let mut check = Check::new("");
    if request.parent != ALL {
        check.name::<Source>("parent", &request.parent);
    }
    check_code(&mut check, &request.code);
    check.finish()?;
    page::answer(request, page::OF_RECORDS, |page| one_page(service, request, page)).await
}

async fn one_page<S: Syncs>(
    service: &S,
    request: &ListWaitingRecordsRequest,
    page: PageRequest,
) -> Result<OnePage<ListWaitingRecordsResponse>> {
    if request.parent != ALL {
        service.await_source(&request.parent).await?;
    }
    let source = if request.parent == ALL { "" } else { &request.parent };
    let found = waiting(service, source, &request.code, &page).await?;
    let mut pager = Pager::new(page);
    let size = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    let mut db = service.db().read().await?;
    let (mut contested, mut contested_size) =
        contested::list(db.conn(), source, MAX_CONTESTED).await?;
    // Memory shows what has become of them.
    if !contested.is_empty() {
        service.memory().catch_up(db.revision()).await?;
    }
    let listed = contested.len();
    contested.retain(|row| is_own(service, row));
    contested_size -= i64::try_from(listed - contested.len()).unwrap_or(0);
    let mut wanted = of_rows(&found.records);
    wanted.extend(
        contested.iter().flat_map(|row| [row.client, row.other].map(|one| (&*row.source, one))),
    );
    let clients = clients::names(db.conn(), &wanted).await?;
    db.end().await?;
    let (total, refused, oldest) = (found.total(), found.refused(), found.oldest().cloned());
    for row in found.records {
        pager.offer(&place(&row), || Some(record(row, &clients)));
    }
    let listed = pager.finish();
    let response = ListWaitingRecordsResponse {
        total_size: size(total),
        rejected_size: size(refused),
        oldest: oldest.map(cause),
        records: listed.records,
        next_page_token: String::new(),
        cause_size: i32::try_from(found.causes.len()).unwrap_or(i32::MAX),
        causes: found.causes.into_iter().take(MAX_CAUSES).map(cause).collect(),
        contested: contested.into_iter().map(|row| changes_hands(row, &clients)).collect(),
        contested_size: size(contested_size),
    };
    Ok(OnePage { response, next: listed.next })
}

/// Tries records that wait, and answers what became of them.
///
/// # Errors
/// Those of [`redrive::by_command`].
pub async fn redriven<S: Syncs>(
    service: &S,
    call: &Call,
    request: &RedriveRecordsRequest,
) -> Result<RedriveRecordsResponse> {
    let done = redrive::by_command(service, call, request).await?;
    let mut db = service.db().read().await?;
    let clients = clients::names(db.conn(), &of_rows(&done.left)).await?;
    db.end().await?;
    Ok(RedriveRecordsResponse {
        tried: done.tried(),
        taken: done.taken,
        waiting: done.waiting,
        rejected: done.rejected,
        left: done.left.into_iter().map(|row| record(row, &clients)).collect(),
        revision: done.revision,
    })
}

/// The clients that have sent these records.
fn of_rows(rows: &[Waiting]) -> HashSet<(&str, i64)> {
    rows.iter().map(|row| (row.source.as_str(), row.client)).collect()
}

/// Whether a record is still its source's, by this replica's memory: one that was deleted, or
/// handed back, nobody contests.
fn is_own<S: Syncs>(service: &S, one: &Contested) -> bool {
    let state = service.memory().read();
    own::row::<S::Doc>(state.records(), &one.name)
        .is_some_and(|row| row.label(Label::Source) == one.source)
}

fn record(row: Waiting, clients: &Clients) -> WaitingRecord {
    WaitingRecord {
        client: clients.get(&(row.source.clone(), row.client)).cloned().unwrap_or_default(),
        source: row.source,
        name: row.name,
        deletes: row.deletes,
        field: row.field,
        code: row.code,
        message: row.message,
        awaited: row.awaited,
        first_time: Some(to_timestamp(row.first_seen)),
        last_try_time: Some(to_timestamp(row.last_try)),
        tries: row.tries,
        session: row.session,
        rejected: row.refused,
    }
}

fn changes_hands(row: Contested, clients: &Clients) -> ContestedRecord {
    let name = |number| clients.get(&(row.source.clone(), number)).cloned().unwrap_or_default();
    ContestedRecord {
        client: name(row.client),
        other_client: name(row.other),
        time: Some(to_timestamp(row.at)),
        changes: row.changes,
        source: row.source,
        name: row.name,
    }
}

fn cause(found: Cause) -> WaitingCause {
    WaitingCause {
        source: found.source,
        code: found.code,
        awaited: found.awaited,
        record_count: found.records,
        oldest_time: Some(to_timestamp(found.oldest)),
        rejected: found.refused,
    }
}
