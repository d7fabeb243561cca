//! Fields that are worked out when a record is read.

use mpp_api::{
    registry::{Counter, Mall, Offering, Region, Service, Unit, Window},
    sync::Source,
};
use mpp_resource::Serves;

use super::Registry;
use crate::{memory::RegistryView, model};

impl Serves<Region> for Registry {}
impl Serves<Unit> for Registry {}
impl Serves<Counter> for Registry {}
impl Serves<Window> for Registry {}
impl Serves<Service> for Registry {}
impl Serves<Source> for Registry {}

impl Serves<Mall> for Registry {
    fn show(&self, state: &RegistryView, mall: &mut Mall) {
        let Some(region) = state.records.get::<Region>(&mall.region) else {
            return;
        };
        if let Ok(today) = model::region::today(&region.doc, self.now()) {
            mall.set_stage(model::mall::effective_stage(&mall.stages, today));
        }
        mall.time_zone = region.doc.time_zone;
    }
}

impl Serves<Offering> for Registry {
    fn show(&self, state: &RegistryView, offering: &mut Offering) {
        let found = state.records.get::<Service>(&offering.service);
        let service = found.map(|found| found.doc).unwrap_or_default();
        let fees = model::offering::effective_fees(&offering.fees, &service.fees);
        offering.effective_fees = fees.to_vec();
        offering.service_title = service.title;
    }
}
