//! Sources: what the registry says of each, with the accounting of its sessions here.

use mpp_api::{
    Document as _,
    sync::{ListSourcesRequest, ListSourcesResponse, Source},
};
use mpp_core::{Error, Result, check_name};
use mpp_resource::{
    list::{self, Pager},
    memory::View as _,
};

use super::Scheduling;
use crate::memory::Snapshot;

/// A source as the registry has it, with the accounting of its record here.
pub fn accounted(known: &Source, own: Option<Source>) -> Source {
    Source {
        name: known.name.clone(),
        display_name: known.display_name.clone(),
        unit: known.unit.clone(),
        freshness_target_seconds: known.freshness_target_seconds,
        also_writes: known.also_writes.clone(),
        feeds: known.feeds.clone(),
        etag: String::new(),
        ..own.unwrap_or_default()
    }
}

impl Scheduling {
    /// Whether the registry has such a source, by this replica's copy of it.
    pub fn knows_source(&self, name: &str) -> bool {
        self.memory.read().directory.source(name).is_ok()
    }

    /// Waits until the source is known, or is known not to exist.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the registry cannot be asked, or has not been heard yet.
    pub async fn await_source(&self, name: &str) -> Result<()> {
        let look = || {
            self.memory.read().require_whole()?;
            if self.knows_source(name) { Ok(()) } else { Err(Error::not_found(name)) }
        };
        match self.known(look).await {
            Err(error) if error.may_be_due_to_lag() => {
                if self.knows_source(name) {
                    return Ok(());
                }
                self.memory.read().directory.require_sources()
            }
            known => known,
        }
    }

    /// A source, with its counts here.
    ///
    /// # Errors
    /// `NOT_FOUND`; `UNAVAILABLE` if the database is away.
    pub async fn counted_source(&self, name: &str) -> Result<Source> {
        check_name(name, Source::COLLECTIONS, "name")?;
        self.await_source(name).await?;
        let mut found = {
            let state = self.memory.read();
            shown(&state, state.directory.source(name)?)
        };
        mpp_sync::count(&self.db, std::slice::from_mut(&mut found)).await?;
        Ok(found)
    }

    /// A page of sources, with their counts here.
    ///
    /// # Errors
    /// A page token that is not this list's; `UNAVAILABLE` before the registry is known.
    pub async fn counted_sources(
        &self,
        request: &ListSourcesRequest,
    ) -> Result<ListSourcesResponse> {
        let mut listed = list::paged(request, |page| async move {
            let state = self.memory.read();
            state.require_whole()?;
            state.directory.require_sources()?;
            let mut pager = Pager::new(page);
            for source in state.directory.sources() {
                pager.offer(&source.name, || Some(shown(&state, source)));
            }
            Ok(pager.finish())
        })
        .await?;
        mpp_sync::count(&self.db, &mut listed.sources).await?;
        Ok(listed)
    }
}

fn shown(state: &Snapshot<'_>, known: &Source) -> Source {
    let own = state.records.records().get::<Source>(&known.name);
    accounted(known, own.map(|found| found.doc))
}
