//! Which services and offerings a query admits, and which of two comes first.

use std::cmp::Ordering;

use super::{
    geo::{distance_km, lies_in},
    office::{Home, homes},
    score::Tally,
};
use crate::search::{
    asking::{question::Query, reading::Reading},
    indexing::table::{MallPlace, Service, Slot, SlotTable},
};

/// The most that the nearest offering adds; enough to order equal services, too little to lift a
/// worse one.
const NEARNESS: f32 = 0.1;

/// The bonus of a service that is offered in the place that the question names or is of an office
/// for it, or that is offered anywhere but
/// where one does not want to ask: enough to order equal services, too little to lift a worse one.
const THERE: f32 = 0.05;

/// The distance in kilometres at which nearness has lost half of its worth.
const NEAR_KM: f64 = 25.0;

/// The cost of each further word of a title: the shorter of two titles is the more exact answer.
const TITLE_WORD_COST: f32 = 0.01;

/// A service that answers, before it is known whether it comes on the page.
pub struct Candidate {
    pub slot: u32,
    pub score: f32,
    /// Bit `n` is set when the service has needle `n`.
    pub has: u16,
    /// The same for title and keywords.
    pub strong: u16,
    /// The same, where it is no guess.
    pub sure: u16,
    /// Title and keywords, in the word itself or another for the same.
    pub held: u16,
    /// Whether the question calls the service by a name.
    pub named: bool,
    /// Whether acts aside the question is one of its names: "faskes" of "ganti faskes".
    pub called: bool,
    /// The share of the question that the service answers.
    pub cover: f32,
}

impl Candidate {
    /// The better one first: by score, then by name.
    pub fn compare(&self, other: &Self, table: &SlotTable) -> Ordering {
        let name = |one: &Self| &table.slots[one.slot as usize].name;
        other.score.total_cmp(&self.score).then_with(|| name(self).cmp(name(other)))
    }

    /// Whether it comes after the page before.
    pub fn is_after(&self, table: &SlotTable, query: &Query) -> bool {
        query.after.as_ref().is_none_or(|(score, name)| {
            let own = &*table.slots[self.slot as usize].name;
            score.total_cmp(&self.score).then_with(|| own.cmp(name)).is_gt()
        })
    }
}

/// How close a place is to the places that a question names, the closest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    There,
    SameProvince,
    Elsewhere,
    /// One does not want to ask there.
    Avoided,
}

/// The filters of a query, worked out once for the table.
pub struct Filter<'a> {
    /// The agency's number in the table; `Some(None)` for one that it does not have.
    agency: Option<Option<u32>>,
    category: Option<Option<u32>>,
    only_free: bool,
    include_inactive: bool,
    /// Whether each place lies in the region; `None` without a region.
    inside: Option<Vec<bool>>,
    /// How near each place is to those that the question names; `None` if it names none.
    named: Option<Vec<Closeness>>,
    /// For whom the units of each region work; `None` if the question asks in no place.
    homes: Option<Vec<Home>>,
    /// The region of each unit, by its number.
    served: &'a [u32],
    /// Whether the question wants any of them; if it only avoids some, services elsewhere come
    /// first.
    asks_there: bool,
    /// Kilometres to each place whose location is known; `None` without a place to measure from.
    distances: Option<Vec<Option<f64>>>,
}

fn named(table: &SlotTable, reading: &Reading) -> Option<Vec<Closeness>> {
    let wanted: Vec<&str> = reading.where_asked().flat_map(|place| &place.codes).copied().collect();
    let avoided: Vec<&str> = reading.avoided().flat_map(|place| &place.codes).copied().collect();
    let closeness = |place: &MallPlace| {
        let within = |code: &str| lies_in(&place.region, code);
        match () {
            () if avoided.iter().any(|code| within(code)) => Closeness::Avoided,
            () if wanted.iter().any(|code| within(code)) => Closeness::There,
            () if wanted.iter().any(|code| within(&code[..2])) => Closeness::SameProvince,
            () => Closeness::Elsewhere,
        }
    };
    let names = !wanted.is_empty() || !avoided.is_empty();
    names.then(|| table.places.iter().map(closeness).collect())
}

impl<'a> Filter<'a> {
    /// The filter of a query that was checked.
    pub fn new(table: &'a SlotTable, query: &Query, reading: &Reading) -> Self {
        let places = || table.places.iter();
        let inside =
            |region: &String| places().map(|place| lies_in(&place.region, region)).collect();
        let distance = |from, place: &MallPlace| place.location.map(|to| distance_km(from, to));
        Self {
            agency: query.agency.as_ref().map(|name| table.units.find(name)),
            category: query.category.as_ref().map(|name| table.categories.find(name)),
            only_free: query.only_free,
            include_inactive: query.include_inactive,
            inside: query.region.as_ref().map(inside),
            named: named(table, reading),
            homes: homes(table, reading),
            served: &table.served.of_unit,
            asks_there: reading.where_asked().next().is_some(),
            distances: query.near.map(|from| places().map(|place| distance(from, place)).collect()),
        }
    }

    /// Whether the place counts for this query.
    pub fn admits(&self, place: u32) -> bool {
        self.inside.as_ref().is_none_or(|inside| inside[place as usize])
    }

    /// Kilometres to the place, when both ends are known.
    pub fn distance(&self, place: u32) -> Option<f64> {
        self.distances.as_ref().and_then(|distances| distances[place as usize])
    }

    /// How near the place is to those that the question names.
    pub fn closeness(&self, place: u32) -> Closeness {
        self.named.as_ref().map_or(Closeness::Elsewhere, |named| named[place as usize])
    }

    /// For whom the office of a service works; `None` if the question asks in no place.
    pub fn home(&self, service: &Service) -> Option<Home> {
        let region = *self.served.get(service.unit as usize)?;
        self.homes.as_ref().map(|homes| homes[region as usize])
    }

    /// Whether the service in a slot is offered in a place that the question names.
    pub fn is_there(&self, slot: &Slot) -> bool {
        slot.offerings.iter().any(|offering| self.closeness(offering.place) == Closeness::There)
    }

    /// The service in a slot, if it passes, with its score.
    pub fn candidate(&self, at: usize, slot: &Slot, tally: Tally) -> Option<Candidate> {
        let service = slot.service.as_ref()?;
        let admitted = self
            .agency
            .is_none_or(|unit| unit == Some(service.agency) || unit == Some(service.unit))
            && self.category.is_none_or(|category| category == Some(service.category))
            && (!self.only_free || service.free)
            && (self.include_inactive || !service.inactive)
            && (self.inside.is_none()
                || slot.offerings.iter().any(|offering| self.admits(offering.place)));
        let length = f32::from(service.title_words) * TITLE_WORD_COST;
        let score = tally.points - length + self.nearness(slot) + self.there(slot);
        let Tally { any: has, strong, sure, held, name, called, cover, .. } = tally;
        let (slot, named) = (at as u32, name > 0.0);
        admitted.then_some(Candidate { slot, score, has, strong, sure, held, named, called, cover })
    }

    fn there(&self, slot: &Slot) -> f32 {
        let mut places = slot.offerings.iter().map(|offering| offering.place);
        let best = if self.asks_there { Closeness::There } else { Closeness::Elsewhere };
        let there = |place| self.admits(place) && self.closeness(place) == best;
        let own = || slot.service.as_ref().and_then(|service| self.home(service));
        let is_own = self.asks_there && own() == Some(Home::There);
        if self.named.is_some() && (is_own || places.any(there)) { THERE } else { 0.0 }
    }

    fn nearness(&self, slot: &Slot) -> f32 {
        let admitted = slot.offerings.iter().filter(|offering| self.admits(offering.place));
        let nearest =
            admitted.filter_map(|offering| self.distance(offering.place)).min_by(f64::total_cmp);
        nearest.map_or(0.0, |km| NEARNESS / (1.0 + (km / NEAR_KM) as f32))
    }
}
