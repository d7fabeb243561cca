//! Which services the requirements of others name, kept as services come and go.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Bound,
    sync::Arc,
};

use mpp_resource::memory::Texts;

use super::needs::Asking;

/// A requirement that names a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// Its number in the service, from 1.
    pub number: usize,
    /// The service that satisfies it.
    pub to: Arc<str>,
    /// Whether it holds for everybody.
    pub is_certain: bool,
}

/// The requirements that name a service, of all that are served, and the services that are not.
#[derive(Default)]
pub struct Leads {
    from: BTreeMap<Arc<str>, Arc<[Lead]>>,
    unserved: HashSet<Arc<str>>,
}

impl Leads {
    /// Takes in a service.
    pub fn put(&mut self, service: &Arc<str>, asking: &Asking, texts: &mut Texts) {
        self.remove(service);
        if !asking.is_served() {
            self.unserved.insert(service.clone());
            return;
        }
        let lead = |(number, to, is_certain): (usize, &str, bool)| Lead {
            number,
            to: texts.shared(to),
            is_certain,
        };
        let leads: Arc<[Lead]> = asking.named().map(lead).collect();
        if !leads.is_empty() {
            self.from.insert(service.clone(), leads);
        }
    }

    /// Forgets a service.
    pub fn remove(&mut self, service: &str) {
        self.from.remove(service);
        self.unserved.remove(service);
    }

    /// Whether the owner of a service that is there serves it.
    pub fn is_served(&self, service: &str) -> bool {
        !self.unserved.contains(service)
    }

    /// The services after one, in order, with their requirements that name a service.
    pub fn after(&self, service: &str) -> impl Iterator<Item = (&Arc<str>, &Arc<[Lead]>)> {
        self.from.range::<str, _>((Bound::Excluded(service), Bound::Unbounded))
    }
}
