//! Everything that the registry keeps, read anew to be compared: its records, this replica's memory
//! of them, and the search index that follows from the memory.

use std::sync::Arc;

use mpp_api::{
    Document as _,
    registry::{Offering, Service},
};
use mpp_core::{Error, Result};
use mpp_resource::copies::{
    self, Books, Held, KeptCopy, PartCheck, Place, Repaired, Work, moves_on,
};
use mpp_store::{CountedNames, Feed};
use mpp_sync::store::books;

use super::Registry;
use crate::{
    memory::{searchable, updates},
    model,
    search::Shown,
    store::{SCHEMA, own_name},
};

/// Records that are looked up in one turn.
const TURN: usize = 500;
/// How often the index is compared before it counts as changing too fast.
const TRIES: usize = 3;

/// All that is kept, in the order in which it is made.
pub fn kept(registry: &Registry, feed: &Feed) -> Vec<KeptCopy> {
    let (reads, starts) = (registry.clone(), registry.clone());
    let read = move || -> Work<Held> { Box::pin(index(reads.clone())) };
    let repair = move |_| -> Work<Repaired> {
        starts.memory.start_again();
        let text =
            "memory and index load the whole state again; reads and searches go on meanwhile";
        Box::pin(async move { Ok(Repaired::starts_again(text)) })
    };
    let check: PartCheck = Arc::new(|conn, now, source| {
        Box::pin(async move { books::disagreements(conn, now, (SCHEMA.service, &source)).await })
    });
    let bookkeeping =
        Books::bookkeeping(feed.db(), own_name(), (books::TABLES, books::LOCKED), check);
    vec![
        copies::records(feed, model::KINDS, own_name()),
        copies::memory(feed, &registry.memory),
        KeptCopy::new("search", feed.db().name(), Place::Derived, read, repair),
        bookkeeping.kept("bookkeeping"),
    ]
}

async fn index(registry: Registry) -> Result<Held> {
    if !registry.memory.is_whole() {
        return Err(moves_on("the memory is still loading, and"));
    }
    for _ in 0..TRIES {
        let Some((revision, wanted)) = wanted(&registry).await else { continue };
        registry.search.caught_up(revision).await.map_err(Error::internal)?;
        let shown = registry.search.shown().await.map_err(Error::internal)?;
        if let Some((at, shown)) = shown
            && at == revision
        {
            let count = usize::try_from(shown.digest.count()).unwrap_or_default();
            return Ok(Held::derived(revision, count, differing(&shown, &wanted)));
        }
    }
    Err(moves_on("the catalog"))
}

/// The services that the index should show, by the memory; `None` if that has changed meanwhile.
async fn wanted(registry: &Registry) -> Option<(i64, Shown)> {
    let revision = registry.memory.revision();
    let names = searchable(&registry.memory.read());
    let mut wanted = Shown::default();
    for turn in names.chunks(TURN) {
        {
            let state = registry.memory.read();
            let all = turn.iter().flat_map(|(kind, name)| updates(&state, kind, name));
            all.for_each(|update| wanted.add(&update));
        }
        tokio::task::yield_now().await;
    }
    (registry.memory.revision() == revision).then_some((revision, wanted))
}

fn differing(shown: &Shown, wanted: &Shown) -> Vec<(&'static str, CountedNames)> {
    let found = shown.digest.differences(&wanted.digest).into_iter().map(|found| {
        let name = format!("the index shows {} of {}", found.held, found.wanted);
        let kind = if found.kind == Service::KIND { Service::KIND } else { Offering::KIND };
        (kind, CountedNames { count: (found.held - found.wanted).abs().max(1), names: vec![name] })
    });
    let words = (shown.indexed != wanted.indexed).then(|| {
        let name = format!("the words of {} services of {}", shown.indexed, wanted.indexed);
        (
            "words",
            CountedNames {
                count: shown.indexed.abs_diff(wanted.indexed).cast_signed(),
                names: vec![name],
            },
        )
    });
    found.chain(words).collect()
}
