//! Where a step can be done: only in malls that serve, as in search.

use std::{cmp::Ordering, collections::HashMap};

use mpp_api::{
    registry::{Mall, Offering, Service, search_services_response::Place},
    types::Fee,
};
use mpp_core::{Acceptance, Label};
use mpp_form::stage;
use mpp_resource::{Serves as _, memory::MemoryRow};

use crate::{
    app::{Registry, search::place},
    memory::RegistryView,
    search::{NearbyOffering, distance_km},
};

/// Most places outside the mall that a step names.
const MOST_ELSEWHERE: usize = 3;

/// Where a service is offered.
#[derive(Default)]
pub struct Offered {
    /// In the mall.
    pub here: Vec<Place>,
    /// The nearest others.
    pub elsewhere: Vec<Place>,
    /// How many places serve.
    pub many: usize,
    fees: Vec<Fee>,
}

impl Offered {
    /// What it costs in the mall, or else by its owner.
    pub fn fees<'a>(&'a self, service: &'a Service) -> &'a [Fee] {
        if self.here.is_empty() { &service.fees } else { &self.fees }
    }
}

/// What the places of all steps share.
pub struct Places<'a> {
    registry: &'a Registry,
    mall: &'a str,
    malls: HashMap<String, KnownMall>,
}

/// What is known of a mall.
#[derive(Clone, Copy, Default)]
struct KnownMall {
    serves: bool,
    location: Option<(f64, f64)>,
}

impl<'a> Places<'a> {
    /// For somebody who goes to a mall, which may be empty.
    pub fn new(registry: &'a Registry, mall: &'a str) -> Self {
        Self { registry, mall, malls: HashMap::new() }
    }

    /// The places of a service that serve: those in the mall first, then the nearest.
    pub fn nearest(&mut self, service: &str) -> Vec<NearbyOffering> {
        let state = self.registry.memory.read();
        let mut serving = self.serving(&state, service);
        serving.sort_by(|one, other| {
            let rank = |near: &NearbyOffering| !self.is_here(near);
            rank(one).cmp(&rank(other)).then_with(|| nearer(one, other))
        });
        serving
    }

    /// Whether a place is in the mall.
    pub fn is_here(&self, near: &NearbyOffering) -> bool {
        near.mall == self.mall
    }

    /// A place as it is told.
    pub fn told(&self, near: NearbyOffering) -> Option<Place> {
        place(self.registry, &self.registry.memory.read(), near)
    }

    /// Where a service is offered.
    pub fn of(&mut self, service: &str) -> Offered {
        let state = self.registry.memory.read();
        let serving = self.serving(&state, service);
        let many = serving.len();
        let (here, mut others): (Vec<_>, Vec<_>) =
            serving.into_iter().partition(|near| near.mall == self.mall);
        others.sort_by(nearer);
        others.truncate(MOST_ELSEWHERE);
        let told = |near: Vec<NearbyOffering>| -> Vec<Place> {
            near.into_iter().filter_map(|near| place(self.registry, &state, near)).collect()
        };
        let (here, elsewhere) = (told(here), told(others));
        let mut fees: Vec<Fee> = Vec::new();
        for fee in here.iter().flat_map(|place| &place.fees) {
            if !fees.contains(fee) {
                fees.push(fee.clone());
            }
        }
        Offered { here, elsewhere, many, fees }
    }

    /// The accepted offerings of a service in malls that serve.
    fn serving(&mut self, state: &RegistryView, service: &str) -> Vec<NearbyOffering> {
        let home = self.known(state, self.mall).location;
        let mut serving = Vec::new();
        for name in state.offerings_of(service) {
            let row = state.records.row::<Offering>(name);
            let Some(row) = row.filter(|row| is_accepted(row)) else { continue };
            let mall = self.known(state, row.label(Label::Mall));
            if mall.serves {
                let ends = home.zip(mall.location);
                serving.push(NearbyOffering {
                    offering: name.to_string(),
                    mall: row.label(Label::Mall).to_owned(),
                    region_code: row.label(Label::Region).to_owned(),
                    distance_km: ends.map(|(from, to)| distance_km(from, to)),
                });
            }
        }
        serving
    }

    fn known(&mut self, state: &RegistryView, name: &str) -> KnownMall {
        if let Some(known) = self.malls.get(name) {
            return *known;
        }
        let known = state.records.get::<Mall>(name).map(|found| {
            let mut mall = found.doc;
            self.registry.show(state, &mut mall);
            let place = mall.sites.iter().find_map(|site| site.location.as_ref());
            let location = place.map(|place| (place.latitude, place.longitude));
            KnownMall { serves: stage::serves(mall.stage()), location }
        });
        let known = known.unwrap_or_default();
        self.malls.insert(name.to_owned(), known);
        known
    }
}

/// The nearer one first; those whose distance is not known last, by name.
pub fn nearer(one: &NearbyOffering, other: &NearbyOffering) -> Ordering {
    let far = |near: &NearbyOffering| near.distance_km.unwrap_or(f64::INFINITY);
    far(one).total_cmp(&far(other)).then_with(|| one.offering.cmp(&other.offering))
}

fn is_accepted(row: &MemoryRow) -> bool {
    row.label(Label::State) == Acceptance::Accepted.as_str()
}
