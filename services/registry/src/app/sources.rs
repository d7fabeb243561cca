//! Sources: their place, and their counts.

use mpp_api::sync::Source;
use mpp_core::Result;
use mpp_resource::{Filing, Keeps, Serves};
use mpp_store::{Label, Tx};

use super::{
    Registry,
    filing::{filing, lineage},
};
use crate::{model, store::batches};

impl Serves<Source> for Registry {}

impl Keeps<Source> for Registry {
    fn check(source: &Source) -> Result<()> {
        model::source::check(source)
    }

    async fn file(&self, source: &Source, _before: Option<&Source>, tx: &mut Tx) -> Result<Filing> {
        lineage(tx, &source.unit, "source.unit").await?;
        for (index, unit) in source.also_writes.iter().enumerate() {
            let field = format!("source.also_writes[{index}]");
            let own = lineage(tx, unit, &field).await?;
            model::source::check_also_writes(source, index, &own)?;
        }
        let labels = [(Label::Source, source.name.as_str()), (Label::Unit, &source.unit)];
        Ok(filing(&labels, vec![source.name.clone()]))
    }
}

impl Registry {
    /// Fills in the counts and the checkpoint of sources, as they are stored, also while a session
    /// is under way.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the database is away.
    pub async fn count(&self, sources: &mut [Source]) -> Result<()> {
        let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
        let standings = batches::standings(self.db.read().await?.conn(), &names).await?;
        for source in sources {
            let Some(standing) = standings.get(&source.name) else { continue };
            source.accounting = Some(standing.source);
            source.last_session = Some(standing.session);
            source.checkpoint = Some(standing.checkpoint.clone());
        }
        Ok(())
    }
}
