//! What services refer to.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::{
    registry::{Counter, Mall, Offering, Region, Unit, offering},
    types::{Fee, LocalizedText},
};
use mpp_form::stage::serves;

/// What services refer to: read before the first of them.
#[derive(Default)]
pub struct Surroundings {
    /// By name.
    pub units: BTreeMap<String, Unit>,
    /// By name.
    pub regions: BTreeMap<String, Region>,
    /// By name.
    malls: BTreeMap<String, Mall>,
    /// By name.
    pub counters: BTreeMap<String, Counter>,
    /// The counters that offer a service, by the service's name, with the fees that are their own.
    offered: BTreeMap<String, BTreeMap<String, Vec<Fee>>>,
}

impl Surroundings {
    /// Those of these records; where services are offered is noted by [`Self::offer`].
    pub fn new(
        units: Vec<Unit>,
        regions: Vec<Region>,
        malls: Vec<Mall>,
        counters: Vec<Counter>,
    ) -> Self {
        Self {
            units: units.into_iter().map(|unit| (unit.name.clone(), unit)).collect(),
            regions: regions.into_iter().map(|region| (region.name.clone(), region)).collect(),
            malls: malls.into_iter().map(|mall| (mall.name.clone(), mall)).collect(),
            counters: counters.into_iter().map(|it| (it.name.clone(), it)).collect(),
            offered: BTreeMap::new(),
        }
    }

    /// Notes where a service is offered. One that is only proposed is not, and neither is one in a
    /// mall that serves nobody now.
    pub fn offer(&mut self, offering: &Offering) {
        let counter = offering.name.split("/offerings/").next().unwrap_or_default();
        let open = self.mall_of(counter).is_some_and(|mall| serves(mall.stage()));
        if open
            && offering.state() == offering::State::Accepted
            && self.counters.contains_key(counter)
        {
            let counters = self.offered.entry(offering.service.clone()).or_default();
            counters.insert(counter.to_owned(), offering.fees.clone());
        }
    }

    /// The counters that offer a service, by name, each with its fees where they are not the
    /// service's.
    pub fn counters_of(&self, service: &str) -> impl Iterator<Item = (&Counter, &[Fee])> {
        let offered = self.offered.get(service).into_iter().flatten();
        offered.filter_map(|(name, fees)| Some((self.counters.get(name)?, fees.as_slice())))
    }

    /// The mall that a counter stands in.
    pub fn mall_of(&self, counter: &str) -> Option<&Mall> {
        self.malls.get(counter.split("/counters/").next().unwrap_or_default())
    }

    /// The name that people know a unit by; its resource name where the unit is not there.
    pub fn unit_name(&self, unit: &str) -> LocalizedText {
        let found = self.units.get(unit).and_then(|unit| unit.display_name.clone());
        found.unwrap_or_else(|| LocalizedText { id: unit.to_owned(), en: String::new() })
    }

    /// Regions that offices and malls name, and that are not there, by name.
    pub fn regions_not_listed(&self) -> BTreeSet<&str> {
        let units = self.units.values().map(|unit| unit.region.as_str());
        let named = units.chain(self.malls.values().map(|mall| mall.region.as_str()));
        named.filter(|name| !name.is_empty() && !self.regions.contains_key(*name)).collect()
    }

    /// A region's name; empty where the region is not there.
    pub fn region_name(&self, region: &str) -> &str {
        self.regions.get(region).map_or("", |region| &region.display_name)
    }
}
