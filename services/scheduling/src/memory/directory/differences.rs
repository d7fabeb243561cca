//! What differs between two copies of the registry.

use std::collections::BTreeMap;

use mpp_api::{Document, registry, sync::Source};
use mpp_store::CountedNames;

use super::Directory;

impl Directory {
    /// The records in which two copies differ, or which only one of them has.
    pub fn differences(&self, other: &Self) -> Vec<(&'static str, CountedNames)> {
        let window = |directory: &Self| -> BTreeMap<String, ()> {
            directory.windows.iter().map(|name| (name.clone(), ())).collect()
        };
        let all = [
            (registry::Region::KIND, differing(&self.zones, &other.zones)),
            (registry::Unit::KIND, differing(&self.parents, &other.parents)),
            (registry::Mall::KIND, differing(&self.malls, &other.malls)),
            (registry::Counter::KIND, differing(&self.counters, &other.counters)),
            (registry::Window::KIND, differing(&window(self), &window(other))),
            (registry::Offering::KIND, differing(&self.offerings, &other.offerings)),
            (Source::KIND, differing(&self.sources, &other.sources)),
        ];
        all.into_iter().filter(|(_, found)| found.count > 0).collect()
    }
}

fn differing<'a, T: PartialEq + 'a, M>(one: &'a M, other: &'a M) -> CountedNames
where
    &'a M: IntoIterator<Item = (&'a String, &'a T)>,
{
    let (one, other): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (one.into_iter().collect(), other.into_iter().collect());
    let lost = other.keys().filter(|name| !one.contains_key(*name));
    let changed = one.iter().filter(|(name, value)| other.get(*name) != Some(value));
    let mut found = CountedNames::default();
    changed.map(|(name, _)| name).chain(lost).for_each(|name| found.add(name));
    found
}
