//! Requirements that name a service and lead nowhere, for those who keep the services: worked out
//! from what memory keeps of requirements, in short turns, and circles away from its lock. What was
//! found is kept until a service comes, goes, is paused or names another one.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use mpp_api::{
    Document as _,
    registry::{
        BrokenRequirement, ListBrokenRequirementsRequest, ListBrokenRequirementsResponse, Service,
        Unit, broken_requirement::Fault as Told,
    },
};
use mpp_core::{Result, parent_of};
use mpp_resource::{
    list::Pager,
    page::{OnePage, PageRequest},
};
use tokio_util::sync::CancellationToken;

use super::{Registry, divergences::count, filters::exists};
use crate::{
    memory::RegistryView,
    model::process::broken::{Fault, Named, mark_circles},
};

/// Whose turn it is to look for the metrics.
const OWN: &str = "registry";
/// Services whose requirements are read before writes of the memory go on.
const AT_ONCE: usize = 1_000;
/// Services of a circle that a line names.
const NAMED: usize = 10;

/// What was found last, and how many requirements led nowhere when the metrics looked, by
/// [`Fault::WORDS`]; and how many goals of life events led to a service, and how many nowhere.
/// Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<RwLock<KeptFaults>>);

#[derive(Debug, Default)]
struct KeptFaults {
    counts: Option<[usize; 3]>,
    goals: Option<[usize; 2]>,
    found: Option<Arc<NamedRequirements>>,
}

/// All requirements that name a service, as long as what leads where does not change.
#[derive(Debug)]
struct NamedRequirements {
    /// Of [`crate::memory::leads::Leads::changed`].
    changed: u64,
    /// Those that lead nowhere, by service and number.
    broken: Vec<Named>,
    /// Unit → how many requirements of its services name a service.
    linked: HashMap<String, usize>,
}

impl Faults {
    /// `None` before the first look.
    pub fn counts(&self) -> Option<[usize; 3]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).counts
    }

    /// `None` before the first look.
    pub fn goals(&self) -> Option<[usize; 2]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).goals
    }

    /// Keeps what the look has found.
    pub(super) fn keep_goals(&self, counts: [usize; 2]) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).goals = Some(counts);
    }

    fn found(&self, changed: u64) -> Option<Arc<NamedRequirements>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.found.clone().filter(|found| found.changed == changed)
    }

    fn keep(&self, found: &Arc<NamedRequirements>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).found = Some(found.clone());
    }
}

impl Registry {
    /// A page of the requirements that lead nowhere.
    ///
    /// # Errors
    /// A unit that does not exist; `UNAVAILABLE` if this replica is behind.
    pub async fn list_broken_requirements(
        &self,
        caller: &str,
        asked: &ListBrokenRequirementsRequest,
        page: PageRequest,
    ) -> Result<OnePage<ListBrokenRequirementsResponse>> {
        self.memory.wait_for(asked.min_revision).await?;
        let below = self.memory.settled(|state| below(state, &asked.unit)).await?;
        let is_below = |unit: &str| below.as_ref().is_none_or(|below| below.contains(unit));
        let found = self.found(caller).await?;
        let linked = found.linked.iter().filter(|(unit, _)| is_below(unit));
        let own: Vec<&Named> =
            found.broken.iter().filter(|one| is_below(parent_of(&one.from))).collect();
        let first = own.partition_point(|one| key(one) <= page.after);
        let some = &own[first..own.len().min(first + page.size)];
        let others_follow = first + page.size < own.len();
        let mut pager = Pager::new(page);
        let told = self.broken_requirements(some).await;
        some.iter().zip(told).for_each(|(one, told)| pager.offer(&key(one), || Some(told)));
        if others_follow {
            pager.goes_on();
        }
        let listed = pager.finish();
        let response = ListBrokenRequirementsResponse {
            next_page_token: String::new(),
            broken_requirements: listed.records,
            total_size: count(own.len()),
            linked_size: count(linked.map(|(_, many)| many).sum()),
        };
        Ok(OnePage { response, next: listed.next })
    }

    /// Looks how many requirements lead nowhere.
    ///
    /// # Errors
    /// Internal, if the work panics.
    pub async fn measure_requirements(&self) -> Result<()> {
        let mut counts = [0; 3];
        let found = self.found(OWN).await?;
        found.broken.iter().flat_map(|one| &one.fault).for_each(|one| counts[one.place()] += 1);
        self.faults.0.write().unwrap_or_else(PoisonError::into_inner).counts = Some(counts);
        Ok(())
    }

    /// What was found of the leads as they are, or is found now. They may change while they are
    /// read: then the next call reads them again.
    async fn found(&self, caller: &str) -> Result<Arc<NamedRequirements>> {
        let changed = self.memory.read().leads().changed();
        if let Some(found) = self.faults.found(changed) {
            return Ok(found);
        }
        let own = self.clone();
        let work = move |gone: &CancellationToken| {
            // Of those that waited for their turn meanwhile, the first has done it for all.
            if let Some(found) = own.faults.found(changed) {
                return found;
            }
            let found = Arc::new(found(changed, own.read_named(gone)));
            if !gone.is_cancelled() {
                own.faults.keep(&found);
            }
            found
        };
        self.comparing.run(caller, work).await
    }

    fn read_named(&self, gone: &CancellationToken) -> Vec<Named> {
        let (mut all, mut after): (Vec<Named>, Arc<str>) = (Vec::new(), "".into());
        while !gone.is_cancelled() {
            let state = self.memory.read();
            let mut last = None;
            for (from, leads) in state.leads().after(&after).take(AT_ONCE) {
                last = Some(from.clone());
                all.extend(leads.iter().map(|lead| Named {
                    from: from.clone(),
                    number: lead.number,
                    to: lead.to.clone(),
                    is_certain: lead.is_certain,
                    fault: fault(&state, &lead.to),
                }));
            }
            let Some(last) = last else { break };
            after = last;
        }
        all
    }

    async fn broken_requirements(&self, some: &[&Named]) -> Vec<BrokenRequirement> {
        let gone = some.iter().filter(|one| one.fault == Some(Fault::Missing));
        let successors = self.successors(gone.map(|one| &*one.to).collect()).await;
        let state = self.memory.read();
        some.iter().map(|one| broken_requirement(&state, one, &successors)).collect()
    }

    /// What took the place of services that are gone, as far as that was said and the database can
    /// be asked.
    async fn successors(&self, gone: BTreeSet<&str>) -> HashMap<String, String> {
        let mut found = HashMap::new();
        for name in gone {
            let Ok((last, _)) = self.last_versions(Service::KIND, name).await else { break };
            let tombstone = last.and_then(|last| last.tombstone).unwrap_or_default();
            found.insert(name.to_owned(), tombstone.successor);
        }
        found
    }
}

fn found(changed: u64, mut all: Vec<Named>) -> NamedRequirements {
    mark_circles(&mut all);
    let mut linked = HashMap::new();
    for one in &all {
        let unit = parent_of(&one.from);
        match linked.get_mut(unit) {
            Some(many) => *many += 1,
            None => drop(linked.insert(unit.to_owned(), 1)),
        }
    }
    all.retain(|one| one.fault.is_some());
    NamedRequirements { changed, broken: all, linked }
}

/// What is wrong with a service that a requirement names.
fn fault(state: &RegistryView, to: &str) -> Option<Fault> {
    if state.records.row::<Service>(to).is_none() {
        return Some(Fault::Missing);
    }
    (!state.leads().is_served(to)).then_some(Fault::Inactive)
}

/// A unit and those below it; `None` for all.
fn below(state: &RegistryView, unit: &str) -> Result<Option<HashSet<String>>> {
    if unit.is_empty() {
        return Ok(None);
    }
    exists::<Unit>(state, unit, "unit")?;
    Ok(Some(state.subtree(unit).into_iter().map(str::to_owned).collect()))
}

/// In the order of the list: a blank stands before whatever a name is made of.
fn key(one: &Named) -> String {
    format!("{} {:09}", one.from, one.number)
}

fn broken_requirement(
    state: &RegistryView,
    one: &Named,
    successors: &HashMap<String, String>,
) -> BrokenRequirement {
    let service = state.records.get::<Service>(&one.from).map(|found| found.doc);
    let service = service.unwrap_or_default();
    let text = one.number.checked_sub(1).and_then(|index| service.requirements.get(index));
    let (fault, circle) = match &one.fault {
        Some(Fault::Missing) => (Told::Missing, &[][..]),
        Some(Fault::Inactive) => (Told::Inactive, &[][..]),
        Some(Fault::Circle(circle)) => (Told::Circle, &circle[..]),
        None => (Told::Unspecified, &[][..]),
    };
    BrokenRequirement {
        service: one.from.to_string(),
        title: service.title,
        number: count(one.number),
        text: text.map(|requirement| requirement.text.clone()).unwrap_or_default(),
        satisfied_by: one.to.to_string(),
        fault: fault.into(),
        successor: successors.get(&*one.to).cloned().unwrap_or_default(),
        circle: circle.iter().take(NAMED).map(|name| name.to_string()).collect(),
        circle_size: count(circle.len()),
    }
}
