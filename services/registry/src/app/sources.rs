//! Sources: where they belong.

use mpp_api::{registry::Unit, sync::Source};
use mpp_core::Result;
use mpp_resource::{Filing, Keeps};
use mpp_store::{Label, Tx};

use super::{
    Registry,
    filing::{filing, lineage},
};
use crate::model;

impl Keeps<Source> for Registry {
    fn check(source: &Source) -> Result<()> {
        model::source::check(source)
    }

    async fn file(&self, source: &Source, _before: Option<&Source>, tx: &mut Tx) -> Result<Filing> {
        lineage(tx, &source.unit, "source.unit").await?;
        for (index, unit) in source.also_writes.iter().enumerate() {
            tx.require::<Unit>(unit, &format!("source.also_writes[{index}]")).await?;
        }
        let labels = [(Label::Source, source.name.as_str()), (Label::Unit, &source.unit)];
        Ok(filing(&labels, vec![source.name.clone()]))
    }
}
