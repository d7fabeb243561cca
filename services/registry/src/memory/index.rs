//! The updates of the search index that follow from a change.

use std::sync::Arc;

use mpp_api::{
    Document,
    registry::{LifeEvent, Mall, Offering, Service, Unit, offering::State as Acceptance, service},
    types::{Fee, fee::Kind},
};

use mpp_core::{Error, Result};
use mpp_resource::memory::{Listener, Memory, MemoryRecord};
use mpp_store::{Change, Label};

use super::{events, view::RegistryView};
use crate::search::{Engine, OfferingDoc, ServiceDoc, UnitDoc, Update};

/// Records that search gets at once: their updates take as much memory as they do.
const PART: usize = 1_000;

/// Tells the search index about every change.
pub struct SearchListener {
    /// The memory that changes.
    pub memory: Memory<RegistryView>,
    /// The index that is told of services.
    pub search: Engine,
    /// The index that is told of life events.
    pub events: Engine,
}

impl Listener<RegistryView> for SearchListener {
    async fn replaced(&self, before: RegistryView, revision: i64) -> Result<()> {
        let gone = vanished(&before, &self.memory.read());
        let events = events::replaced(&before, &self.memory.read());
        drop(before);
        self.search.apply(gone).await.map_err(Error::internal)?;
        let names = searchable(&self.memory.read());
        for part in names.chunks(PART) {
            let updates = self.updates(part.iter().map(|(kind, name)| (*kind, &**name)));
            self.search.apply(updates).await.map_err(Error::internal)?;
        }
        self.tell(Vec::new(), events, revision).await
    }

    async fn changed(&self, changes: &[Arc<Change>], revision: i64) -> Result<()> {
        let changed = changes.iter().map(|change| (change.kind.as_str(), change.name.as_str()));
        let updates = self.updates(changed);
        let events = changes.iter().filter(|change| change.kind == LifeEvent::KIND);
        let events = events.map(|change| events::update(&self.memory.read(), &change.name));
        let events = events.collect();
        self.tell(updates, events, revision).await
    }
}

impl SearchListener {
    fn updates<'a>(&self, changed: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Update> {
        let state = self.memory.read();
        changed.flat_map(|(kind, name)| updates(&state, kind, name)).collect()
    }

    async fn tell(
        &self,
        mut updates: Vec<Update>,
        mut events: Vec<Update>,
        revision: i64,
    ) -> Result<()> {
        updates.push(Update::Revision(revision));
        events.push(Update::Revision(revision));
        self.events.apply(events).await.map_err(Error::internal)?;
        self.search.apply(updates).await.map_err(Error::internal)
    }
}

/// The updates that follow from a changed record, given the state after the change.
pub fn updates(state: &RegistryView, kind: &str, name: &str) -> Vec<Update> {
    match kind {
        Service::KIND => vec![service(state, name)],
        Offering::KIND => vec![offering(state, name)],
        Unit::KIND => vec![unit(state, name)],
        // Offerings carry the mall's place and region.
        Mall::KIND => {
            let below = format!("{name}/");
            let offerings = state.records.rows::<Offering>(&below);
            offerings.map(|(name, _)| offering(state, name)).collect()
        }
        _ => Vec::new(),
    }
}

/// Everything that search should hold: kinds and names, for [`updates`].
pub fn searchable(state: &RegistryView) -> Vec<(&'static str, Arc<str>)> {
    let services = state.records.rows::<Service>("").map(|(name, _)| (Service::KIND, name.clone()));
    let offerings =
        state.records.rows::<Offering>("").map(|(name, _)| (Offering::KIND, name.clone()));
    let units = state.records.rows::<Unit>("").map(|(name, _)| (Unit::KIND, name.clone()));
    units.chain(services).chain(offerings).collect()
}

/// Removes everything that search holds from `before` and that is not there any more.
pub fn vanished(before: &RegistryView, after: &RegistryView) -> Vec<Update> {
    let services = before
        .records
        .rows::<Service>("")
        .filter(|(name, _)| after.records.row::<Service>(name).is_none())
        .map(|(name, _)| Update::DeleteService(name.to_string()));
    let offerings = before
        .records
        .rows::<Offering>("")
        .filter(|(name, _)| after.records.row::<Offering>(name).is_none())
        .map(|(name, _)| Update::DeleteOffering(name.to_string()));
    let units = before
        .records
        .rows::<Unit>("")
        .filter(|(name, _)| after.records.row::<Unit>(name).is_none())
        .map(|(name, _)| Update::DeleteUnit(name.to_string()));
    services.chain(offerings).chain(units).collect()
}

fn unit(state: &RegistryView, name: &str) -> Update {
    let Some(row) = state.records.row::<Unit>(name) else {
        return Update::DeleteUnit(name.to_owned());
    };
    let (parent, region_code) = (state.parent_of(name).into(), row.label(Label::Region).into());
    Update::PutUnit(Box::new(UnitDoc { name: name.to_owned(), parent, region_code }))
}

fn service(state: &RegistryView, name: &str) -> Update {
    let Some(MemoryRecord { doc, .. }) = state.records.get::<Service>(name) else {
        return Update::DeleteService(name.to_owned());
    };
    let label =
        |key| state.records.row::<Service>(name).map_or("", |row| row.label(key)).to_owned();
    Update::PutService(Box::new(service_doc(doc, label(Label::Unit), label(Label::Agency))))
}

/// A service in the form that search gets; `agency` is the root of its unit's tree.
pub fn service_doc(doc: Service, unit: String, agency: String) -> ServiceDoc {
    let requirements = doc.requirements.iter().map(|requirement| &requirement.text);
    let body = requirements.chain(&doc.procedure).chain([&doc.product]).cloned().collect();
    let inactive = doc.state() == service::State::Inactive;
    let title = doc.title.unwrap_or_default();
    ServiceDoc {
        name: doc.name,
        unit,
        agency,
        title_id: title.id,
        title_en: title.en,
        category: doc.category,
        keywords: doc.keywords,
        body,
        fee_text: fee_text(&doc.fees),
        free: is_free(&doc.fees),
        inactive,
    }
}

fn fee_text(fees: &[Fee]) -> String {
    let texts = fees.iter().flat_map(|fee| [fee.label.as_str(), fee.source_text.as_str()]);
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Free only where every fee is, for all; a regulation may ask anything, and "maksimal Rp 50.000"
/// may be nothing and is not free.
fn is_free(fees: &[Fee]) -> bool {
    !fees.is_empty() && fees.iter().all(|fee| fee.kind() == Kind::Free)
}

/// Citizens find accepted offerings only.
fn offering(state: &RegistryView, name: &str) -> Update {
    let found = state.records.get::<Offering>(name).map(|found| found.doc);
    let Some(doc) = found.filter(|doc| doc.state() == Acceptance::Accepted) else {
        return Update::DeleteOffering(name.to_owned());
    };
    let label =
        |key| state.records.row::<Offering>(name).map_or("", |row| row.label(key)).to_owned();
    let mall =
        state.records.get::<Mall>(&label(Label::Mall)).map(|found| found.doc).unwrap_or_default();
    let place = mall.sites.iter().find_map(|site| site.location.as_ref());
    Update::PutOffering(Box::new(OfferingDoc {
        name: doc.name,
        service: doc.service,
        mall: label(Label::Mall),
        region_code: label(Label::Region),
        location: place.map(|place| (place.latitude, place.longitude)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_is_only_what_costs_nothing_in_every_case() {
        let fee = |kind: Kind| Fee { kind: kind.into(), ..Fee::default() };
        let free =
            |kinds: &[Kind]| is_free(&kinds.iter().map(|kind| fee(*kind)).collect::<Vec<_>>());
        assert!(free(&[Kind::Free, Kind::Free]));
        assert!(!free(&[]), "nothing is said");
        for other in [Kind::Fixed, Kind::Charged, Kind::LocalRegulation, Kind::Regulation] {
            assert!(!free(&[Kind::Free, other]), "{other:?}");
        }
        let cases = vec![fee(Kind::Free)];
        assert!(!is_free(&[Fee { cases, ..fee(Kind::Cases) }]), "free for some");
        assert!(!is_free(&[Fee { max_rupiah: 9, ..fee(Kind::Range) }]), "up to 9 rupiah");
    }
}
