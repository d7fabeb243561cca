//! Which services and offerings a query admits, and which of two comes first.

use std::cmp::Ordering;

use super::doc::Fee;
use super::geo::{distance_km, lies_in};
use super::question::Query;
use super::table::{MallPlace, Slot, Table};

/// The most that the nearest offering adds; enough to order equal services, too little to lift a
/// worse one.
const NEARNESS: f32 = 0.1;

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
}

impl Candidate {
    /// The better one first: by score, then by name.
    pub fn compare(&self, other: &Self, table: &Table) -> Ordering {
        let name = |one: &Self| &table.slots[one.slot as usize].name;
        other.score.total_cmp(&self.score).then_with(|| name(self).cmp(name(other)))
    }

    /// Whether it comes after the page before.
    pub fn is_after(&self, table: &Table, query: &Query) -> bool {
        query.after.as_ref().is_none_or(|(score, name)| {
            let own = &*table.slots[self.slot as usize].name;
            score.total_cmp(&self.score).then_with(|| own.cmp(name)).is_gt()
        })
    }
}

/// The filters of a query, worked out once for the table.
pub struct Filter {
    /// By unit number.
    agency: Option<Option<u32>>,
    category: Option<Option<u32>>,
    only_free: bool,
    /// Whether each place lies in the region; `None` without a region.
    inside: Option<Vec<bool>>,
    /// Kilometres to each place whose location is known; `None` without a place to measure from.
    distances: Option<Vec<Option<f64>>>,
}

impl Filter {
    /// Of a query that was checked.
    pub fn new(table: &Table, query: &Query) -> Self {
        let places = || table.places.iter();
        let inside =
            |region: &String| places().map(|place| lies_in(&place.region, region)).collect();
        let distance = |from, place: &MallPlace| place.location.map(|to| distance_km(from, to));
        Self {
            agency: query.agency.as_ref().map(|name| table.units.find(name)),
            category: query.category.as_ref().map(|name| table.categories.find(name)),
            only_free: query.only_free,
            inside: query.region.as_ref().map(inside),
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

    /// The service in a slot, if it passes, with its score.
    pub fn candidate(&self, at: usize, slot: &Slot, points: f32, has: u16) -> Option<Candidate> {
        let service = slot.service.as_ref()?;
        let admitted = self
            .agency
            .is_none_or(|unit| unit == Some(service.agency) || unit == Some(service.unit))
            && self.category.is_none_or(|category| category == Some(service.category))
            && (!self.only_free || service.fee == Fee::Free)
            && (self.inside.is_none()
                || slot.offerings.iter().any(|offering| self.admits(offering.place)));
        let length = f32::from(service.title_words) * TITLE_WORD_COST;
        let score = points - length + self.nearness(slot);
        admitted.then_some(Candidate { slot: at as u32, score, has })
    }

    fn nearness(&self, slot: &Slot) -> f32 {
        let admitted = slot.offerings.iter().filter(|offering| self.admits(offering.place));
        let nearest =
            admitted.filter_map(|offering| self.distance(offering.place)).min_by(f64::total_cmp);
        nearest.map_or(0.0, |km| NEARNESS / (1.0 + (km / NEAR_KM) as f32))
    }
}
