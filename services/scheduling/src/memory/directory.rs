//! The registry's copy in memory, slimmed to the fields that hours, slots and queues need. Services
//! are not copied: an offering names its own, and nothing else is asked.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    iter,
};

use mpp_api::{
    Document,
    registry::{self, mall::StageEntry},
    sync::Source,
};
use mpp_calendar::Zone;
use mpp_core::{Error, FieldCode, Reason, RegionCode, Result, mall_of};
use mpp_form::hours_rule::Target;
use mpp_rpc::mall_owners;
use prost::Message;

use super::dirty::Touched;
use crate::model::{scope::Scope, slot::Terms, standing::Agreement};

/// The kinds of record that are followed. The copy's position in the database holds for this set
/// only: replicas of two sets, side by side, load the whole copy in turns. deploy/README.md,
/// "Upgrade", has to mention a release with another set.
pub const KINDS: &[&str] = &[
    registry::Region::KIND,
    registry::Unit::KIND,
    registry::Mall::KIND,
    registry::Counter::KIND,
    registry::Window::KIND,
    registry::Offering::KIND,
    Source::KIND,
];

/// The part of a mall that scheduling needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Mall {
    /// The regency or city, such as `35.10`.
    pub region: RegionCode,
    /// The unit that runs it.
    pub organiser: String,
    /// The stages that it has reached, and those that it will reach as far as is known.
    pub stages: Vec<StageEntry>,
}

/// The part of a counter that scheduling needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The rules of working hours that it is measured by, such as the civil service's.
    pub regime: registry::counter::Regime,
    /// Letters before its tickets' numbers; may be empty.
    pub ticket_prefix: String,
    /// The unit whose counter it is.
    pub unit: String,
    /// The agreement by which it is in the mall.
    pub agreement: Option<Agreement>,
}

/// The copy of what scheduling needs from the registry.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// True once the registry's whole state has been seen.
    pub is_whole: bool,
    /// The registry's revision up to which the copy has everything.
    pub revision: i64,
    /// True once the registry has gone on from the copy, or has told its whole state: so the copy
    /// is of these kinds, and no other program's.
    pub is_heard: bool,
    zones: HashMap<String, Zone>,
    /// For each unit that lies below another one, the unit above it.
    parents: HashMap<String, String>,
    malls: BTreeMap<String, Mall>,
    counters: BTreeMap<String, Counter>,
    windows: HashSet<String>,
    offerings: HashMap<String, Terms>,
    sources: BTreeMap<String, Source>,
}

impl Directory {
    /// Takes over a record.
    ///
    /// # Errors
    /// The document cannot be read; the copy is unchanged.
    pub fn put(&mut self, kind: &str, name: &str, doc: &[u8]) -> Result<Touched> {
        match kind {
            registry::Region::KIND => self.put_region(name, &decode(doc)?),
            registry::Unit::KIND => self.put_unit(name, decode(doc)?),
            registry::Mall::KIND => self.put_mall(name, &decode(doc)?),
            registry::Counter::KIND => self.put_counter(name, &decode(doc)?),
            registry::Window::KIND => {
                self.windows.insert(name.to_owned());
                Ok(Touched::Nothing)
            }
            registry::Offering::KIND => self.put_offering(name, &decode(doc)?),
            Source::KIND => self.put_source(name, decode(doc)?),
            _ => Ok(Touched::Nothing),
        }
    }

    fn put_region(&mut self, name: &str, region: &registry::Region) -> Result<Touched> {
        let Some(zone) = Zone::from_iana(&region.time_zone) else {
            let what = format!("{name} lies in the unknown time zone '{}'", region.time_zone);
            return Err(Error::internal(what));
        };
        let before = self.zones.insert(name.to_owned(), zone);
        Ok(if before == Some(zone) { Touched::Nothing } else { Touched::All })
    }

    fn put_unit(&mut self, name: &str, unit: registry::Unit) -> Result<Touched> {
        if unit.parent.is_empty() {
            self.parents.remove(name);
        } else {
            self.parents.insert(name.to_owned(), unit.parent);
        }
        Ok(Touched::Nothing)
    }

    fn put_mall(&mut self, name: &str, mall: &registry::Mall) -> Result<Touched> {
        let copy = Mall {
            region: mall.region.parse()?,
            organiser: mall.organiser.clone(),
            stages: mall.stages.clone(),
        };
        self.malls.insert(name.to_owned(), copy);
        Ok(Touched::Mall(name.to_owned()))
    }

    fn put_counter(&mut self, name: &str, counter: &registry::Counter) -> Result<Touched> {
        let regime = counter.regime();
        let copy = Counter {
            regime,
            ticket_prefix: counter.ticket_prefix.clone(),
            unit: counter.unit.clone(),
            agreement: Agreement::of(counter),
        };
        self.counters.insert(name.to_owned(), copy);
        Ok(Touched::Mall(mall_of(name).to_owned()))
    }

    fn put_offering(&mut self, name: &str, offering: &registry::Offering) -> Result<Touched> {
        let terms = Terms {
            offering: name.to_owned(),
            service: offering.service.clone(),
            accepted: offering.state() == registry::offering::State::Accepted,
            slot_minutes: u16::try_from(offering.slot_minutes).unwrap_or(0),
            slot_capacity: i64::from(offering.slot_capacity),
            quota_per_day: i64::from(offering.quota_per_day),
        };
        self.offerings.insert(name.to_owned(), terms);
        Ok(Touched::Nothing)
    }

    /// Drops a record that is gone.
    pub fn remove(&mut self, kind: &str, name: &str) -> Touched {
        match kind {
            registry::Region::KIND => {
                self.zones.remove(name);
                Touched::All
            }
            registry::Unit::KIND => {
                self.parents.remove(name);
                Touched::Nothing
            }
            registry::Mall::KIND => {
                self.malls.remove(name);
                Touched::Mall(name.to_owned())
            }
            registry::Counter::KIND => {
                self.counters.remove(name);
                Touched::Mall(mall_of(name).to_owned())
            }
            registry::Window::KIND => {
                self.windows.remove(name);
                Touched::Nothing
            }
            registry::Offering::KIND => {
                self.offerings.remove(name);
                Touched::Nothing
            }
            Source::KIND => {
                self.sources.remove(name);
                Touched::Nothing
            }
            _ => Touched::Nothing,
        }
    }

    /// Succeeds if the target is known, with everything that it lies in.
    ///
    /// # Errors
    /// `NOT_FOUND`, naming the missing record.
    pub fn require(&self, target: &Target) -> Result<()> {
        for name in target.chain().skip(1) {
            let known = match name.split('/').count() {
                2 => self.malls.contains_key(name),
                4 => self.counters.contains_key(name),
                _ => self.offerings.contains_key(name),
            };
            if !known {
                return Err(unknown(name));
            }
        }
        Ok(())
    }

    /// Succeeds if the place exists, so that an empty list means that nothing was found there.
    ///
    /// # Errors
    /// `NOT_FOUND`; it names the field `scope` for a region that does not exist.
    pub fn require_scope(&self, scope: &Scope) -> Result<()> {
        match scope {
            Scope::Nation => Ok(()),
            Scope::Mall(name) => self.mall(name).map(drop),
            Scope::Counter(name) => self.counter(name).map(drop),
            Scope::Region(code) => {
                let mut known = self.zones.keys().filter_map(|name| name.parse().ok());
                if known.any(|own| code.contains(own)) {
                    return Ok(());
                }
                let hint = format!("no region has the code {code}");
                Err(Error::field("scope", FieldCode::UnknownValue, hint))
            }
        }
    }

    /// A mall.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn mall(&self, name: &str) -> Result<&Mall> {
        self.malls.get(name).ok_or_else(|| unknown(name))
    }

    /// The namespaces whose holders may act for a mall and what lies in it; none for an unknown
    /// mall.
    pub fn owners(&self, mall: &str) -> Vec<String> {
        let Some(known) = self.malls.get(mall) else { return Vec::new() };
        mall_owners(mall, self.lineage(&known.organiser))
    }

    /// A unit and those above it.
    pub fn lineage(&self, unit: &str) -> impl Iterator<Item = String> {
        let above = |unit: &String| self.parents.get(unit).cloned();
        // Bounded by the number of units, in case a unit lies below itself.
        iter::successors(Some(unit.to_owned()), above).take(self.parents.len() + 1)
    }

    /// A mall's zone, which is its region's.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the region has not arrived yet.
    pub fn zone(&self, mall: &Mall) -> Result<Zone> {
        let region = mall.region.resource_name();
        self.zones.get(&region).copied().ok_or_else(|| {
            let hint = format!("{region} has not arrived from the registry yet; try again");
            Error::new(Reason::Unavailable, hint)
        })
    }

    /// A counter.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn counter(&self, name: &str) -> Result<&Counter> {
        self.counters.get(name).ok_or_else(|| unknown(name))
    }

    /// Succeeds if the window is known.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn require_window(&self, name: &str) -> Result<()> {
        if self.windows.contains(name) { Ok(()) } else { Err(unknown(name)) }
    }

    /// How an offering is booked.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn terms(&self, offering: &str) -> Result<&Terms> {
        self.offerings.get(offering).ok_or_else(|| unknown(offering))
    }

    /// How many records it is made of; of the units only those that lie below another one.
    pub fn count(&self) -> usize {
        let below = self.counters.len() + self.windows.len() + self.offerings.len();
        let above = self.zones.len() + self.parents.len() + self.sources.len();
        above + self.malls.len() + below
    }

    /// The names of all offerings.
    pub fn offering_names(&self) -> Vec<String> {
        self.offerings.keys().cloned().collect()
    }

    /// All malls, by name.
    pub fn malls(&self) -> impl Iterator<Item = (&str, &Mall)> {
        self.malls.iter().map(|(name, mall)| (name.as_str(), mall))
    }

    /// The counters of a mall, by name.
    pub fn counters_of(&self, mall: &str) -> impl Iterator<Item = (&str, &Counter)> {
        let below = format!("{mall}/");
        let from = below.clone();
        self.counters
            .range(from..)
            .take_while(move |(name, _)| name.starts_with(&below))
            .map(|(name, counter)| (name.as_str(), counter))
    }
}

fn unknown(name: &str) -> Error {
    let hint = "create it in the registry first";
    Error::new(Reason::NotFound, format!("{name} is not known to scheduling; {hint}"))
}

fn decode<D: Message + Default>(doc: &[u8]) -> Result<D> {
    D::decode(doc).map_err(Error::internal)
}

mod differences;
mod sources;
mod standing;
#[cfg(test)]
mod tests;
