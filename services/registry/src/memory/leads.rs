//! Which services the requirements of others name, kept as services come and go.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Bound,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
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

/// Counts the changes of all leads, so that those of two memories never have the same number.
static CHANGES: AtomicU64 = AtomicU64::new(1);

/// The requirements that name a service, of all that are served, and the services that are not.
#[derive(Default)]
pub struct Leads {
    from: BTreeMap<Arc<str>, Arc<[Lead]>>,
    unserved: HashSet<Arc<str>>,
    changed: u64,
}

impl Leads {
    /// Takes in a service, which was there before or is new.
    pub fn put(&mut self, service: &Arc<str>, is_new: bool, asking: &Asking, texts: &mut Texts) {
        let lead = |(number, to, is_certain): (usize, &str, bool)| Lead {
            number,
            to: texts.shared(to),
            is_certain,
        };
        let is_served = asking.is_served();
        let named = asking.named().filter(|_| is_served);
        let leads: Arc<[Lead]> = named.map(lead).collect();
        let before = self.from.get(service).map_or(&[][..], |leads| &leads[..]);
        if is_new || self.is_served(service) != is_served || *before != *leads {
            self.changed = CHANGES.fetch_add(1, Ordering::Relaxed);
        }
        self.forget(service);
        if !is_served {
            self.unserved.insert(service.clone());
        }
        if !leads.is_empty() {
            self.from.insert(service.clone(), leads);
        }
    }

    /// Forgets a service.
    pub fn remove(&mut self, service: &str) {
        self.changed = CHANGES.fetch_add(1, Ordering::Relaxed);
        self.forget(service);
    }

    fn forget(&mut self, service: &str) {
        self.from.remove(service);
        self.unserved.remove(service);
    }

    /// A number that changes with what leads where, and with nothing else of a service.
    pub fn changed(&self) -> u64 {
        self.changed
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

#[cfg(test)]
mod tests {
    use mpp_api::registry::{
        Service,
        service::{Requirement, State},
    };
    use prost::Message as _;

    use super::*;

    #[test]
    fn only_what_leads_elsewhere_is_a_change() {
        let (mut leads, mut texts) = (Leads::default(), Texts::default());
        let mut put = |service: &Service, is_new: bool| {
            let asking = Asking::of(&service.encode_to_vec().into());
            leads.put(&"units/a/services/b".into(), is_new, &asking, &mut texts);
            leads.changed()
        };
        let asks = Requirement { satisfied_by: "units/a/services/kk".into(), ..Default::default() };
        let service = Service { requirements: vec![asks], ..Service::default() };
        let first = put(&service, true);
        let dearer = Service { product: "KTP".into(), ..service.clone() };
        assert_eq!(put(&dearer, false), first, "its text leads nowhere else");
        let paused = put(&Service { state: State::Inactive.into(), ..service.clone() }, false);
        assert_ne!(paused, first);
        assert_ne!(put(&service, false), paused);
        let open = put(&Service::default(), false);
        leads.remove("units/a/services/b");
        assert_ne!(leads.changed(), open);
    }
}
