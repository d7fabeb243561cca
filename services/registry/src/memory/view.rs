//! The whole directory and catalog of one moment.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use mpp_api::{
    Document,
    registry::{Mall, Offering, Service, Standard, StandardLink, Unit},
};
use mpp_core::{Micros, Overridden, Result, id_of};
use mpp_resource::memory::{MemoryRow, Records, View};
use mpp_store::{Change, Label, Op};
use prost::Message;

use super::{
    leads::Leads,
    needs::{Asking, Needs},
    portraits,
    under::Under,
};
use crate::model::{self, likeness::Portrait, tree::Lineage};

/// Every living record at one revision.
#[derive(Default)]
pub struct RegistryView {
    /// The records.
    pub records: Records,
    /// Unit → the unit above it; agencies are left out.
    parents: HashMap<Arc<str>, Arc<str>>,
    /// When a unit last changed, or went.
    units_changed: Micros,
    /// The last part of a service's name → the services of that id, of all units.
    ids: HashMap<Arc<str>, Vec<Arc<str>>>,
    /// Services with overridden fields → how they stand, of [`Label::Overridden`].
    overridden: BTreeMap<Arc<str>, Arc<str>>,
    /// Category → how many services are of it.
    categories: BTreeMap<Arc<str>, usize>,
    /// Service → its offerings.
    offered: Under,
    /// Standard → the links to it.
    linked: Under,
    /// Standard → what suggestions compare of it.
    portraits: BTreeMap<Arc<str>, Arc<Portrait>>,
    /// Requirements of all services.
    needs: Needs,
    /// Those that name a service.
    leads: Leads,
}

impl View for RegistryView {
    const KINDS: &'static [&'static str] = model::KINDS;

    fn apply(&mut self, kind: &'static str, change: &Change) -> Result<()> {
        let before = self.records.apply(kind, change);
        if kind == Service::KIND {
            self.count_category(before.as_ref(), change);
            self.put_needs(before.as_ref(), change);
        }
        if kind == Unit::KIND {
            self.units_changed = self.units_changed.max(change.at);
        }
        match (kind, change.op) {
            (Unit::KIND, Op::Put) => self.put_unit(change),
            (Unit::KIND, _) => drop(self.parents.remove(change.name.as_str())),
            (Service::KIND, Op::Put) => self.put_service(change),
            (Service::KIND, _) => self.remove_service(&change.name),
            (Offering::KIND, Op::Put) => {
                self.offered.put(&mut self.records.texts, change, Label::Service);
            }
            (Offering::KIND, _) => {
                self.offered.remove(before.as_ref(), &change.name, Label::Service);
            }
            (Standard::KIND, Op::Put) => self.put_standard(change),
            (Standard::KIND, _) => drop(self.portraits.remove(change.name.as_str())),
            (StandardLink::KIND, Op::Put) => {
                self.linked.put(&mut self.records.texts, change, Label::Standard);
            }
            (StandardLink::KIND, _) => {
                self.linked.remove(before.as_ref(), &change.name, Label::Standard);
            }
            _ => {}
        }
        Ok(())
    }

    fn records(&self) -> &Records {
        &self.records
    }
}

impl RegistryView {
    /// Takes in a unit. One that cannot be read must not keep the others out: the log names it,
    /// reads do not show it, and the unit above it stays as it was known, since rights follow from
    /// that.
    fn put_unit(&mut self, change: &Change) {
        let doc = match Unit::decode(change.doc.clone()) {
            Ok(doc) => doc,
            Err(error) => {
                tracing::error!(name = change.name, %error, "a stored unit cannot be read");
                return;
            }
        };
        let unit = self.records.texts.shared(&change.name);
        if doc.parent.is_empty() {
            self.parents.remove(&unit);
        } else {
            let parent = self.records.texts.shared(&doc.parent);
            self.parents.insert(unit, parent);
        }
    }

    fn put_service(&mut self, change: &Change) {
        let texts = &mut self.records.texts;
        let (name, id) = (texts.shared(&change.name), texts.shared(id_of(&change.name)));
        match change.labels.get(&Label::Overridden) {
            Some(label) if !label.is_empty() => {
                self.overridden.insert(name.clone(), texts.shared(label));
            }
            _ => drop(self.overridden.remove(&name)),
        }
        let names = self.ids.entry(id).or_default();
        if !names.contains(&name) {
            names.push(name);
        }
    }

    fn count_category(&mut self, before: Option<&MemoryRow>, change: &Change) {
        if let Some(before) = before {
            let known = before.label(Label::Category);
            if let Some(count) = self.categories.get_mut(known) {
                *count -= 1;
            }
            self.categories.retain(|_, count| *count > 0);
        }
        if change.op == Op::Put {
            let own = change.labels.get(&Label::Category).map_or("", String::as_str);
            *self.categories.entry(self.records.texts.shared(own)).or_default() += 1;
        }
    }

    fn put_needs(&mut self, before: Option<&MemoryRow>, change: &Change) {
        if let Some(before) = before {
            self.needs.subtract(Asking::of(&before.doc).needs());
        }
        if change.op != Op::Put {
            self.leads.remove(&change.name);
            return;
        }
        let (asking, texts) = (Asking::of(&change.doc), &mut self.records.texts);
        self.needs.add(asking.needs());
        self.leads.put(&texts.shared(&change.name), before.is_none(), &asking, texts);
    }

    /// The requirements that name a service.
    pub fn leads(&self) -> &Leads {
        &self.leads
    }

    /// How many requirements all services have.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// The categories of all services, in order; services without one are left out.
    pub fn categories(&self) -> impl Iterator<Item = &str> {
        self.categories.keys().map(|category| &**category).filter(|category| !category.is_empty())
    }

    /// Whether some service is of the category.
    pub fn has_category(&self, category: &str) -> bool {
        self.categories.contains_key(category)
    }

    /// How many services with overridden fields stand so.
    pub fn overridden(&self, label: &str) -> usize {
        self.overridden.values().filter(|stands| &***stands == label).count()
    }

    /// Services with a field that a curator has set over their source's, in the order of their
    /// names: all, or those whose source has changed such a field since.
    pub fn with_overrides(&self, drifting: bool) -> impl Iterator<Item = &Arc<str>> {
        let fits = move |label: &str| match drifting {
            true => label == Overridden::Drifting.as_str(),
            false => label != Overridden::Handed.as_str(),
        };
        self.overridden.iter().filter(move |(_, label)| fits(label)).map(|(name, _)| name)
    }

    fn remove_service(&mut self, name: &str) {
        self.overridden.remove(name);
        let Some(names) = self.ids.get_mut(id_of(name)) else { return };
        names.retain(|known| &**known != name);
        if names.is_empty() {
            self.ids.remove(id_of(name));
        }
    }

    /// Services of the same id under other units.
    pub fn namesakes(&self, name: &str) -> Vec<String> {
        let all = self.ids.get(id_of(name)).into_iter().flatten();
        all.filter(|known| &***known != name).map(|known| known.to_string()).collect()
    }

    /// The offerings of a service, in the order of their names.
    pub fn offerings_of(&self, service: &str) -> impl Iterator<Item = &Arc<str>> {
        self.offered.of(service)
    }

    /// One that cannot be read is not suggested, and the log names it wherever it is read.
    fn put_standard(&mut self, change: &Change) {
        let name = self.records.texts.shared(&change.name);
        let Some(found) = self.records.get::<Standard>(&name) else {
            self.portraits.remove(&name);
            return;
        };
        self.portraits.insert(name, Arc::new(portraits::of_standard(&found.doc)));
    }

    /// What suggestions compare of each standard, in the order of their names.
    pub fn portraits(&self) -> impl Iterator<Item = (&str, &Arc<Portrait>)> {
        self.portraits.iter().map(|(name, portrait)| (&**name, portrait))
    }

    /// The links to a standard, in the order of their names.
    pub fn links_to(&self, standard: &str) -> impl Iterator<Item = &Arc<str>> {
        self.linked.of(standard)
    }

    /// The links of a service, in the order of their names.
    pub fn links_of(&self, service: &str) -> impl Iterator<Item = (&Arc<str>, &MemoryRow)> {
        self.records.rows::<StandardLink>(&format!("{service}/links/"))
    }

    /// The unit above; empty for an agency.
    pub fn parent_of(&self, unit: &str) -> &str {
        self.parents.get(unit).map_or("", |parent| parent)
    }

    /// A unit and the units above it; `None` if there is no such unit.
    pub fn lineage(&self, unit: &str) -> Option<Lineage> {
        self.records.row::<Unit>(unit)?;
        let mut upward = vec![unit.to_owned()];
        // The tree has no cycles; the bound is for a copy that is half way through a change.
        while upward.len() <= 64 {
            match self.parent_of(upward.last().map_or("", String::as_str)) {
                "" => break,
                parent => upward.push(parent.to_owned()),
            }
        }
        Lineage::new(upward)
    }

    /// The names whose holders act for a mall: its own, its organiser's, those of the units above.
    pub fn owners(&self, mall: &str) -> Vec<String> {
        let organiser = self.records.row::<Mall>(mall).map(|row| row.label(Label::Organiser));
        let lineage = organiser.and_then(|organiser| self.lineage(organiser));
        let units = lineage.as_ref().map(Lineage::names).unwrap_or_default();
        mpp_rpc::mall_owners(mall, units.into_iter().map(str::to_owned))
    }

    /// When one of the units last changed, or went.
    pub fn units_changed(&self) -> Micros {
        self.units_changed
    }

    /// A unit and all units below it.
    pub fn subtree<'a>(&'a self, top: &'a str) -> HashSet<&'a str> {
        let below = self.parents.keys().filter(|unit| self.depth_below(unit, top).is_some());
        below.map(|unit| &**unit).chain([top]).collect()
    }

    /// The units below one, each with how many levels, where some lie below another unit than
    /// memory has it; below none, if that is empty.
    pub fn below(&self, top: &str, moved: &HashMap<String, String>) -> HashMap<String, usize> {
        let parent = |unit: &str| match moved.get(unit) {
            Some(parent) => Some(parent.as_str()).filter(|parent| !parent.is_empty()),
            None => self.parents.get(unit).map(|parent| &**parent),
        };
        let units = self.parents.keys().map(|unit| &**unit);
        let units = units.chain(moved.keys().map(String::as_str));
        let levels = |unit| Some((String::from(unit), levels_between(unit, top, parent)?));
        units.filter_map(levels).collect()
    }

    /// How many levels `unit` lies below `top`; `None` if it does not.
    fn depth_below<'a>(&'a self, unit: &'a str, top: &str) -> Option<usize> {
        levels_between(unit, top, |unit| self.parents.get(unit).map(|parent| &**parent))
    }
}

/// How many levels the unit `at` lies below `top`; `None` if it does not.
fn levels_between<'a>(
    mut at: &'a str,
    top: &str,
    parent: impl Fn(&str) -> Option<&'a str>,
) -> Option<usize> {
    // The tree has no cycles; the bound is for a copy that is half way through a change.
    for depth in 1..=64 {
        at = parent(at)?;
        if at == top {
            return Some(depth);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use mpp_core::Labels;

    use super::*;

    const UNIT: &str = "units/dukcapil";

    fn put(version: i64, doc: Vec<u8>) -> Change {
        Change {
            kind: Unit::KIND.into(),
            name: UNIT.into(),
            version,
            op: Op::Put,
            doc: doc.into(),
            tombstone: None,
            labels: Labels::default(),
            labels_before: None,
            origin: String::new(),
            actor: String::new(),
            session: String::new(),
            at: 0,
            create_time: 0,
            update_time: 0,
            revision: version,
        }
    }

    #[test]
    fn a_unit_that_cannot_be_read_stays_below_the_one_above_it() {
        let mut view = RegistryView::default();
        let unit = Unit { parent: "units/kemendagri".into(), ..Unit::default() };
        view.apply(Unit::KIND, &put(1, unit.encode_to_vec())).expect("read");
        view.apply(Unit::KIND, &put(2, vec![0xff])).expect("it keeps no other out");
        assert_eq!(view.parent_of(UNIT), "units/kemendagri");
        let top = Unit::default().encode_to_vec();
        view.apply(Unit::KIND, &put(3, top)).expect("read");
        assert_eq!(view.parent_of(UNIT), "", "it was moved to the top");
    }
}
