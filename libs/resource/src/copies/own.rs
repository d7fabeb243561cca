//! The service's own records, and its memory of them.

use mpp_core::{Contents, Error, Reason, Result};
use mpp_store::{Actor, Feed};
use tokio::task::yield_now;

use super::{Code, Finding, Held, KeptCopy, Place, RepairRequest, Repaired, Work};
use crate::memory::{Memory, View};

/// Records that are hashed in one turn: a millisecond.
const TURN: usize = 500;

/// The service's own records in its database.
pub fn records(feed: &Feed, kinds: &'static [&'static str], by: Actor) -> KeptCopy {
    let (name, reads, mends) = (feed.db().name(), feed.clone(), feed.clone());
    let read = move || -> Work<Held> {
        let feed = reads.clone();
        Box::pin(async move { own(&feed).await })
    };
    let repair = move |asked: RepairRequest| -> Work<Repaired> {
        let (feed, by) = (mends.clone(), by.clone());
        Box::pin(async move { mend(&feed, &by, &asked).await })
    };
    let kept = KeptCopy::new("records", name, Place::Records, read, repair);
    kept.of_kinds(kinds).proven_by(feed.last_proof())
}

async fn own(feed: &Feed) -> Result<Held> {
    let mut stands = feed.status(&[]).await?;
    let gone = &stands.own.gone;
    let named = stands.own.altered.values_mut().flat_map(|found| &mut found.names);
    named.filter(|name| gone.contains(name.as_str())).for_each(|name| name.push_str(" (deleted)"));
    let mut findings = Finding::each(Code::Altered, stands.own.altered);
    findings.extend(Finding::each(Code::Unreadable, stands.own.unreadable));
    let unproven = stands.own.unproven;
    Ok(Held::records(stands.head_revision, stands.own.contents, findings).unproven(unproven))
}

async fn mend(feed: &Feed, by: &Actor, asked: &RepairRequest) -> Result<Repaired> {
    let mended = feed.mend(by, asked.accept, &asked.progress).await?;
    let (restored, accepted) = (mended.restored, mended.accepted);
    let mut text = format!("{restored} put back as they were written, {accepted} kept as they are");
    if mended.left.count > 0 {
        text.push_str(
            "; the feed does not have the others any more, or a newer replica has written them and \
             mends them: keep what can be read as it is now with --accept-altered; what is wrong \
             then, apply with `mpp apply` from a backup that is restored beside it",
        );
    }
    Ok(Repaired { mended: restored + accepted, left: mended.left, text, remaining: None })
}

/// The memory of a service's own feed.
pub fn memory<V: View>(feed: &Feed, memory: &Memory<V>) -> KeptCopy {
    let (name, reads, starts) = (feed.db().name(), memory.clone(), memory.clone());
    let read = move || -> Work<Held> {
        let memory = reads.clone();
        Box::pin(async move { in_memory(&memory).await })
    };
    let repair = move |_| -> Work<Repaired> {
        starts.start_again();
        let text = "this replica's memory loads the whole state again; reads go on meanwhile";
        Box::pin(async move { Ok(Repaired::starts_again(text)) })
    };
    let kept = KeptCopy::new("memory", name, Place::Memory, read, repair);
    kept.of_kinds(V::KINDS).proven_by(memory.last_proof())
}

/// The memory's records of one moment; their documents are shared with it, and hashed outside of
/// its lock.
async fn in_memory<V: View>(memory: &Memory<V>) -> Result<Held> {
    let (revision, rows) = memory.rows();
    if revision == 0 && !memory.is_whole() {
        return Err(Error::new(Reason::Unavailable, "it is still loading"));
    }
    let mut contents = Contents::default();
    for turn in rows.chunks(TURN) {
        turn.iter().for_each(|(kind, name, version, doc)| contents.add(kind, name, *version, doc));
        yield_now().await;
    }
    Ok(Held::records(revision, contents, Vec::new()))
}
