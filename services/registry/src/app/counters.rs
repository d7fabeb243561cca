//! Counters and windows: where each belongs.

use mpp_api::registry::{Counter, Window};
use mpp_core::{Result, mall_of, parent_of, region_code};
use mpp_resource::{Call, Filing, Keeps, Serves};
use mpp_store::{Label, Tx};

use super::{
    Registry,
    filing::{filing, lineage, mall_and_owners},
    published::{file_published, same},
};

impl Serves<Counter> for Registry {}
impl Serves<Window> for Registry {}

impl Keeps<Counter> for Registry {
    fn check(counter: &Counter) -> Result<()> {
        mpp_form::counter::check(counter)
    }

    async fn file(
        &self,
        counter: &Counter,
        before: Option<&Counter>,
        tx: &mut Tx,
    ) -> Result<Filing> {
        let (mall, owners) = mall_and_owners(tx, mall_of(&counter.name), "parent").await?;
        let organiser = lineage(tx, &mall.organiser, "mall.organiser").await?;
        let unit = lineage(tx, &counter.unit, "counter.unit").await?;
        let labels = [
            (Label::Mall, mall.name.as_str()),
            (Label::Counter, &counter.name),
            (Label::Unit, &counter.unit),
            (Label::Agency, unit.agency()),
            (Label::Region, region_code(&mall.region)),
        ];
        let mut filing = filing(&labels, owners);
        file_published(tx, (counter, before), &organiser, &mut filing).await?;
        Ok(filing)
    }

    fn decide_fields(
        &self,
        counter: &mut Counter,
        before: Option<&Counter>,
        _filing: &mut Filing,
        call: &Call,
    ) -> Result<()> {
        before.map_or(Ok(()), |before| self.check_published(before, counter, call, same))
    }
}

impl Keeps<Window> for Registry {
    fn check(window: &Window) -> Result<()> {
        mpp_form::counter::check_window(window)
    }

    async fn file(&self, window: &Window, _before: Option<&Window>, tx: &mut Tx) -> Result<Filing> {
        let (mall, owners) = mall_and_owners(tx, mall_of(&window.name), "parent").await?;
        let counter = tx.require::<Counter>(parent_of(&window.name), "parent").await?;
        let labels = [
            (Label::Mall, mall.name.as_str()),
            (Label::Counter, &counter.name),
            (Label::Region, region_code(&mall.region)),
        ];
        Ok(filing(&labels, owners))
    }
}
