//! What is worked out when a record leaves the memory.

use mpp_api::{
    Document,
    registry::{Counter, Mall, Offering, Region, Service, Unit, Window},
    sync::Source,
};
use mpp_core::Micros;

use super::State;
use crate::model;

/// A record that readers get.
pub trait Show: Document {
    /// Collections of its name.
    const COLLECTIONS: &'static [&'static str];

    /// Fills in what depends on other records or on the day.
    fn show(&mut self, _state: &State, _now: Micros) {}
}

impl Show for Region {
    const COLLECTIONS: &'static [&'static str] = &["regions"];
}

impl Show for Unit {
    const COLLECTIONS: &'static [&'static str] = &["units"];
}

impl Show for Counter {
    const COLLECTIONS: &'static [&'static str] = &["malls", "counters"];
}

impl Show for Window {
    const COLLECTIONS: &'static [&'static str] = &["malls", "counters", "windows"];
}

impl Show for Service {
    const COLLECTIONS: &'static [&'static str] = &["units", "services"];
}

impl Show for Source {
    const COLLECTIONS: &'static [&'static str] = &["sources"];
}

impl Show for Mall {
    const COLLECTIONS: &'static [&'static str] = &["malls"];

    fn show(&mut self, state: &State, now: Micros) {
        let Some(region) = state.get::<Region>(&self.region) else {
            return;
        };
        if let Ok(today) = model::region::today(&region.doc, now) {
            self.set_stage(model::mall::effective_stage(&self.stages, today));
        }
        self.time_zone = region.doc.time_zone;
    }
}

impl Show for Offering {
    const COLLECTIONS: &'static [&'static str] = &["malls", "counters", "offerings"];

    fn show(&mut self, state: &State, _now: Micros) {
        let service =
            state.get::<Service>(&self.service).map(|found| found.doc).unwrap_or_default();
        self.effective_fees = model::offering::effective_fees(&self.fees, &service.fees).to_vec();
        self.service_title = service.title;
    }
}
