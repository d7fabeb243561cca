//! The counts of sources as they are stored.

use mpp_api::sync::Source;
use mpp_core::Result;
use mpp_store::Db;

use crate::store::batches;

/// Fills in the counts and the checkpoint of sources, as they are stored, also while a session is
/// under way.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn count(db: &Db, sources: &mut [Source]) -> Result<()> {
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let totals = batches::totals_of(db.read().await?.conn(), &names).await?;
    for source in sources {
        let Some(totals) = totals.get(&source.name) else { continue };
        source.accounting = Some(totals.source);
        source.last_session = Some(totals.session);
        source.checkpoint = Some(totals.checkpoint.clone());
    }
    Ok(())
}
