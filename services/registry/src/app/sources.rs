//! Sources: their place, and their counts.

use mpp_api::{
    sync::{ListSourcesRequest, ListSourcesResponse, Source},
    types::Tombstone,
};
use mpp_core::{Error, Reason, Result};
use mpp_form::record;
use mpp_resource::{Call, Filing, Keeps, Serves, handler::read, list};
use mpp_store::{Label, Tx};
use mpp_sync::store::rejected;

use super::{
    Registry,
    filing::{filing, lineage},
    lists,
};
use crate::model;

impl Serves<Source> for Registry {}

impl Keeps<Source> for Registry {
    fn check(source: &Source) -> Result<()> {
        model::source::check(source)
    }

    async fn file(&self, source: &Source, before: Option<&Source>, tx: &mut Tx) -> Result<Filing> {
        lineage(tx, &source.unit, "source.unit").await?;
        // By now it may list a unit twice, because a unit moved: that must not keep anybody from
        // mending it.
        let as_it_stands = |before: &Source| {
            before.unit == source.unit && before.also_writes == source.also_writes
        };
        if !before.is_some_and(as_it_stands) {
            check_also_writes(source, tx).await?;
        }
        let labels = [(Label::Source, source.name.as_str()), (Label::Unit, &source.unit)];
        Ok(filing(&labels, vec![source.name.clone()]))
    }

    /// A source that still publishes something stays. The end of its lease has ended its session,
    /// so that no batch comes in between.
    async fn before_delete(
        &self,
        source: &Source,
        _why: &Tombstone,
        _call: &Call,
        tx: &mut Tx,
    ) -> Result<()> {
        rejected::forget_source(tx, &source.name).await?;
        self.memory.catch_up(tx.head().await?).await?;
        let state = self.memory.read();
        let rows = record::KINDS.iter().flat_map(|kind| state.records.rows_of(kind, ""));
        let mut own = rows.filter(|(_, row)| row.label(Label::Source) == source.name);
        let Some((first, _)) = own.next() else { return Ok(()) };
        let text = format!(
            "{} still publishes records ({}), such as {first}; withdraw services that are no longer \
             offered (`mpp agent withdraw --all-gone`, or `mpp delete` of each), hand the others to \
             their unit or another source (`mpp hand-back --to`), and take units, malls and counters \
             back (their field `source`)",
            source.name,
            own.count() + 1
        );
        Err(Error::new(Reason::WrongState, text))
    }
}

impl Registry {
    /// A source, with its counts.
    ///
    /// # Errors
    /// `NOT_FOUND`; `UNAVAILABLE` if the database is away.
    pub async fn counted_source(&self, name: &str) -> Result<Source> {
        let mut source = read(self, name, 0).await?;
        self.count(std::slice::from_mut(&mut source)).await?;
        Ok(source)
    }

    /// A page of sources, with their counts.
    ///
    /// # Errors
    /// A page token that is not this list's; `UNAVAILABLE` if the database is away.
    pub async fn counted_sources(
        &self,
        request: &ListSourcesRequest,
    ) -> Result<ListSourcesResponse> {
        let mut listed = list::one_page(self, request, lists::sources).await?;
        self.count(&mut listed.sources).await?;
        Ok(listed)
    }

    /// Adds the counts to sources, which no record keeps.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn count(&self, sources: &mut [Source]) -> Result<()> {
        mpp_sync::count(&self.db, sources).await
    }
}

async fn check_also_writes(source: &Source, tx: &mut Tx) -> Result<()> {
    for (index, unit) in source.also_writes.iter().enumerate() {
        let own = lineage(tx, unit, &format!("source.also_writes[{index}]")).await?;
        model::source::check_also_writes(source, index, &own)?;
    }
    Ok(())
}
