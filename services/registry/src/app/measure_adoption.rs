//! How all services stand to their standards, for the metrics: each replica looks once in a while,
//! and compares only the pairs of which service, standard or link has changed since it last looked,
//! or that turn by the day: a standard begins to hold, an explanation ends.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::civil::Date;
use mpp_api::registry::{Service, Standard, StandardLink};
use mpp_core::Result;
use mpp_store::Label;
use tokio_util::sync::CancellationToken;

use super::{
    Registry,
    standards::is_confirmed,
    standing::{Judge, Linked, Stands},
};
use crate::{memory::RegistryView, model::adoption::Adoption};

/// Whose turn it is to compare.
const OWN: &str = "registry";
/// Pairs that are compared in one turn.
const TURN: usize = 500;

/// What the last look has found. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Measured(Arc<RwLock<LastLook>>);

#[derive(Debug, Default)]
struct LastLook {
    /// False before the first look.
    has_looked: bool,
    pairs: HashMap<Arc<str>, Pair>,
}

/// A link that is confirmed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pair {
    versions: Versions,
    stands: Stands,
    days: Days,
}

/// The days for which what was found holds, as long as nobody writes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Days {
    from: Date,
    /// The first one for which it may not.
    turns_on: Option<Date>,
}

impl Days {
    /// A day before the first may come where a clock is set back.
    fn have(self, day: Date) -> bool {
        self.from <= day && self.turns_on.is_none_or(|turn| day < turn)
    }
}

/// The versions of service, standard and link.
type Versions = [i64; 3];

/// A pair that is to be compared.
type OpenPair = (Arc<str>, Versions, Linked);

impl Measured {
    /// How many services stand in each way; `None` before the first look.
    pub fn counts(&self) -> Option<[(Adoption, usize); Adoption::ALL.len()]> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let stands = || found.pairs.values().filter_map(|pair| pair.stands);
        let many = |state| stands().filter(|own| own.state == state).count();
        found.has_looked.then(|| Adoption::ALL.map(|state| (state, many(state))))
    }

    /// How a pair stands on a day, if it has not changed since it was compared.
    pub fn known(&self, day: Date, link: &str, versions: Versions) -> Option<Stands> {
        self.pair(day, link, versions).map(|pair| pair.stands)
    }

    fn pair(&self, day: Date, link: &str, versions: Versions) -> Option<Pair> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let holds = |pair: &&Pair| pair.versions == versions && pair.days.have(day);
        found.pairs.get(link).filter(holds).copied()
    }

    fn replace(&self, pairs: HashMap<Arc<str>, Pair>) {
        let found = LastLook { has_looked: true, pairs };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = found;
    }
}

impl Registry {
    /// Looks how all services stand to their standards; answers how many were compared for it.
    ///
    /// # Errors
    /// Internal, if the work panics.
    pub async fn measure_adoption(&self) -> Result<usize> {
        let day = self.today()?;
        let (mut pairs, mut compared) = (HashMap::new(), 0);
        let names = standards(&self.memory.read());
        for name in names {
            let Some((standard, open)) = self.changed(day, &name, &mut pairs) else { continue };
            compared += open.len();
            let mut open = open.into_iter();
            while let part = open.by_ref().take(TURN).collect::<Vec<OpenPair>>()
                && !part.is_empty()
            {
                let standard = standard.clone();
                let judge = move |_: &CancellationToken| judged(&standard, day, part);
                pairs.extend(self.comparing.run(OWN, judge).await?);
            }
        }
        self.measured.replace(pairs);
        Ok(compared)
    }

    /// The standard, and those of its pairs that are to be compared; `pairs` gets the others.
    fn changed(
        &self,
        day: Date,
        standard: &str,
        pairs: &mut HashMap<Arc<str>, Pair>,
    ) -> Option<(Standard, Vec<OpenPair>)> {
        let state = self.memory.read();
        let found = state.records.get::<Standard>(standard)?;
        let mut open = Vec::new();
        for name in state.links_to(standard) {
            let Some((service, versions)) = pair(&state, name, found.stamp.version) else {
                continue;
            };
            match self.measured.pair(day, name, versions) {
                Some(pair) => drop(pairs.insert(name.clone(), pair)),
                None => open.push((name.clone(), versions, service)),
            }
        }
        Some((found.doc, open))
    }
}

fn standards(state: &RegistryView) -> Vec<Arc<str>> {
    state.records.rows::<Standard>("").map(|(name, _)| name.clone()).collect()
}

/// A pair that counts, and its versions.
pub fn pair(state: &RegistryView, link: &str, standard: i64) -> Option<(Linked, Versions)> {
    let link = state.records.row::<StandardLink>(link).filter(|row| is_confirmed(row))?;
    let service = state.records.row::<Service>(link.label(Label::Service))?;
    let linked = Linked {
        standard: link.label(Label::Standard).to_owned(),
        service: service.doc.clone(),
        link: link.doc.clone(),
    };
    Some((linked, [service.stamp.version, standard, link.stamp.version]))
}

fn judged(standard: &Standard, day: Date, open: Vec<OpenPair>) -> Vec<(Arc<str>, Pair)> {
    let judge = Judge::new(standard, day);
    let read = open.into_iter().map(|(name, versions, linked)| {
        let (stands, turns_on) = judge.read(linked);
        (name, Pair { versions, stands, days: Days { from: day, turns_on } })
    });
    read.collect()
}
