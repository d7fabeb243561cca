//! Services and offerings as ranking and answers need them, beside their terms.

use std::collections::HashMap;
use std::sync::Arc;

use super::doc::{OfferingDoc, ServiceDoc, UnitDoc};
use super::offices::Offices;
use crate::search::{ranking::geo::is_point, words::analyze::key_terms};

/// A number for each of a few strings that many services share. It never shrinks: units and
/// categories are few.
#[derive(Default)]
pub struct Names(HashMap<Box<str>, u32>);

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(name.into()).or_insert(next)
    }

    /// The number of a name, if any service has had it.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.0.get(name).copied()
    }

    /// What `of` tells of each name, by number.
    pub fn each<T: Default + Clone>(&self, mut of: impl FnMut(&str) -> T) -> Vec<T> {
        let mut told = vec![T::default(); self.0.len()];
        self.0.iter().for_each(|(name, number)| told[*number as usize] = of(name));
        told
    }
}

/// A service without its terms.
pub struct Service {
    pub unit: u32,
    pub agency: u32,
    pub category: u32,
    pub title_id: Box<str>,
    pub title_en: Box<str>,
    pub keywords: Box<[String]>,
    /// Words of the Indonesian title that tell it from others, at most 12.
    pub title_words: u8,
    pub free: bool,
    pub inactive: bool,
}

/// A site of a mall; many offerings share one.
#[derive(Clone)]
pub struct MallPlace {
    pub mall: Box<str>,
    pub region: Box<str>,
    pub location: Option<(f64, f64)>,
}

/// Mall, region, and the coordinates' bits.
type PlaceKey = (Box<str>, Box<str>, Option<(u64, u64)>);

/// An offering without its service.
pub struct Offering {
    pub name: Box<str>,
    /// Index into [`SlotTable::places`].
    pub place: u32,
}

/// Everything known under one service's name. Its offerings may arrive before it and stay after it.
pub struct Slot {
    pub name: Arc<str>,
    pub service: Option<Service>,
    pub offerings: Vec<Offering>,
}

/// One change of the table, ready to be published.
pub enum Change {
    Service(u32, Option<Box<ServiceDoc>>),
    Offering(u32, Box<OfferingDoc>),
    NoOffering(u32, String),
    Unit(Box<UnitDoc>),
    NoUnit(String),
}

/// The regions that units serve. They are a few hundred, whatever the units are.
#[derive(Default)]
pub struct Served {
    /// The codes, each once; empty for the whole country.
    pub codes: Vec<Box<str>>,
    /// The place of each unit's code among them, by the unit's number.
    pub of_unit: Vec<u32>,
    /// Units have come or changed since.
    stale: bool,
}

/// The published state of all slots.
#[derive(Default)]
pub struct SlotTable {
    pub slots: Vec<Slot>,
    pub places: Vec<MallPlace>,
    pub units: Names,
    pub offices: Offices,
    /// The region that each unit serves, by its number: see [`SlotTable::settle`].
    pub served: Served,
    pub categories: Names,
    place_numbers: HashMap<PlaceKey, u32>,
    /// How many offerings are at each place; a place without any is used again.
    place_uses: Vec<u32>,
    free_places: Vec<u32>,
}

impl SlotTable {
    /// Adds the slots that are new, by number.
    pub fn extend(&mut self, names: impl IntoIterator<Item = Arc<str>>) {
        let slots =
            names.into_iter().map(|name| Slot { name, service: None, offerings: Vec::new() });
        self.slots.extend(slots);
    }

    /// Applies a change to a slot that exists.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Service(slot, service) => {
                let service = service.map(|service| self.service(*service));
                self.slots[slot as usize].service = service;
            }
            Change::Offering(slot, offering) => {
                self.remove_offering(slot, &offering.name);
                let offering = self.offering(*offering);
                self.slots[slot as usize].offerings.push(offering);
            }
            Change::NoOffering(slot, name) => self.remove_offering(slot, &name),
            Change::Unit(unit) => {
                self.offices.put(*unit);
                self.served.stale = true;
            }
            Change::NoUnit(name) => {
                self.offices.remove(&name);
                self.served.stale = true;
            }
        }
    }

    /// Brings up to date what is worked out from all units, once changes have been applied: a
    /// question would work it out each time.
    pub fn settle(&mut self) {
        if !self.served.stale && self.served.of_unit.len() == self.units.0.len() {
            return;
        }
        let mut codes: HashMap<Box<str>, u32> = HashMap::new();
        let of_unit = self.units.each(|unit| {
            let next = codes.len() as u32;
            *codes.entry(self.offices.region_of(unit).into()).or_insert(next)
        });
        let mut listed: Vec<_> = codes.into_iter().collect();
        listed.sort_unstable_by_key(|(_, number)| *number);
        let codes = listed.into_iter().map(|(code, _)| code).collect();
        self.served = Served { codes, of_unit, stale: false };
    }

    fn service(&mut self, doc: ServiceDoc) -> Service {
        Service {
            unit: self.units.number(&doc.unit),
            agency: self.units.number(&doc.agency),
            category: self.categories.number(&doc.category),
            title_words: deciding_words(&doc.title_id),
            title_id: doc.title_id.into(),
            title_en: doc.title_en.into(),
            keywords: doc.keywords.into(),
            free: doc.free,
            inactive: doc.inactive,
        }
    }

    fn offering(&mut self, doc: OfferingDoc) -> Offering {
        let place = MallPlace {
            mall: doc.mall.into(),
            region: doc.region_code.into(),
            location: doc.location.filter(|at| is_point(*at)),
        };
        Offering { name: doc.name.into(), place: self.enter(place) }
    }

    fn enter(&mut self, place: MallPlace) -> u32 {
        let key = key(&place);
        let number = match self.place_numbers.get(&key) {
            Some(number) => *number,
            None => self.new_place(key, place),
        };
        self.place_uses[number as usize] += 1;
        number
    }

    fn new_place(&mut self, key: PlaceKey, place: MallPlace) -> u32 {
        let number = self.free_places.pop().unwrap_or(self.places.len() as u32);
        if number as usize == self.places.len() {
            self.places.push(place);
            self.place_uses.push(0);
        } else {
            self.places[number as usize] = place;
        }
        self.place_numbers.insert(key, number);
        number
    }

    fn remove_offering(&mut self, slot: u32, name: &str) {
        let offerings = &mut self.slots[slot as usize].offerings;
        let Some(at) = offerings.iter().position(|offering| &*offering.name == name) else {
            return;
        };
        let place = offerings.swap_remove(at).place;
        self.place_uses[place as usize] -= 1;
        if self.place_uses[place as usize] == 0 {
            self.place_numbers.remove(&key(&self.places[place as usize]));
            self.free_places.push(place);
        }
    }
}

/// Longer titles are not told apart by their length.
const MOST_TITLE_WORDS: usize = 12;

/// An abbreviation and its phrase count the same, and "Penerbitan" counts nothing: a bare "SKCK"
/// asks for a new one.
fn deciding_words(title: &str) -> u8 {
    key_terms(title).len().min(MOST_TITLE_WORDS) as u8
}

fn key(place: &MallPlace) -> PlaceKey {
    let bits = place.location.map(|(lat, lon)| (lat.to_bits(), lon.to_bits()));
    (place.mall.clone(), place.region.clone(), bits)
}
