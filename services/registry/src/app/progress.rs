//! How far services follow their standards, by standard, region or body: counted when asked for,
//! over confirmed links only. What has not changed since this replica last looked
//! (`measure_adoption`) is not compared again.
//!
//! The memory is read standard by standard, so that its writes wait for none of it long.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::civil::Date;
use mpp_api::{
    Document as _,
    registry::{
        Adoption as Count, CountAdoptionRequest, CountAdoptionResponse, Region, Standard,
        StandardLink, Unit, count_adoption_request::Group,
    },
    types::LocalizedText,
};
use mpp_core::{Error, FieldCode, RegionCode, Result, check_parent, region_name};
use mpp_form::announced::{holds, text_on};
use mpp_resource::{
    list::Pager,
    memory::MemoryRow,
    page::{OnePage, PageRequest},
};
use mpp_store::Label;
use tokio_util::sync::CancellationToken;

use super::{
    Registry,
    divergences::region_of,
    filters::{self, exists},
    measure_adoption::pair,
    standards::is_confirmed,
    standing::{Judge, Linked, Stood},
};
use crate::{memory::RegistryView, model::adoption::Adoption};

/// The parent of all standards.
const ALL: &str = "standards/-";
/// The key of units that are of no region.
const NOWHERE: &str = "-";
/// Standards whose links are read before writes of the memory go on.
const AT_ONCE: usize = 20;

/// What is counted.
struct Scope {
    standards: Vec<Arc<str>>,
    region: Option<RegionCode>,
    below: Option<HashSet<String>>,
    group: Group,
    day: Date,
}

/// The lines of a page: those of the first keys after the last page, and one more.
struct Lines {
    page: PageRequest,
    found: BTreeMap<String, CountLine>,
    /// The regions of units.
    regions: HashMap<String, String>,
}

/// A line of the answer, and the services that are still to be compared for it.
#[derive(Default)]
struct CountLine {
    count: Count,
    open: Vec<Linked>,
}

impl Lines {
    /// The line of a key; `None` where it is on another page.
    fn of(&mut self, key: String) -> Option<&mut CountLine> {
        if key <= self.page.after {
            return None;
        }
        if !self.found.contains_key(&key) {
            let is_last = self.found.last_key_value().is_none_or(|(last, _)| key > *last);
            if is_last && self.found.len() > self.page.size {
                return None;
            }
            if self.found.len() > self.page.size {
                self.found.pop_last();
            }
        }
        Some(self.found.entry(key).or_default())
    }

    fn region_of(&mut self, state: &RegistryView, unit: &str) -> &str {
        if !self.regions.contains_key(unit) {
            self.regions.insert(unit.to_owned(), region_of(state, unit).to_owned());
        }
        &self.regions[unit]
    }
}

impl Registry {
    /// How many services follow their standards.
    ///
    /// # Errors
    /// A parent, region or unit that does not exist; `UNAVAILABLE` if this replica is behind.
    pub async fn count_adoption(
        &self,
        caller: &str,
        asked: &CountAdoptionRequest,
        page: PageRequest,
    ) -> Result<OnePage<CountAdoptionResponse>> {
        self.memory.wait_for(asked.min_revision).await?;
        let (group, day) = (group(asked)?, self.today()?);
        let scope = self.memory.settled(|state| scope(state, asked, (group, day))).await?;
        let own = self.clone();
        let work = move |gone: &CancellationToken| {
            let lines = Lines { page, found: BTreeMap::new(), regions: HashMap::new() };
            own.counted(&scope, lines, gone)
        };
        self.comparing.run(caller, work).await
    }

    fn counted(
        &self,
        scope: &Scope,
        mut lines: Lines,
        gone: &CancellationToken,
    ) -> OnePage<CountAdoptionResponse> {
        for some in scope.standards.chunks(AT_ONCE).take_while(|_| !gone.is_cancelled()) {
            let state = self.memory.read();
            some.iter().for_each(|standard| self.gather(&state, scope, standard, &mut lines));
        }
        let most = self.policy.divergence_services;
        let (mut pager, mut open) = (Pager::new(lines.page), 0);
        let mut rest = lines.found.into_iter().peekable();
        // No line has more open than the bound; a page ends before the line that would take it
        // beyond.
        let fits = |line: &CountLine, open: usize| open == 0 || open + line.open.len() <= most;
        while !pager.is_full()
            && let Some((key, line)) = rest.next_if(|(_, line)| fits(line, open))
        {
            open += line.open.len();
            pager.offer(&key, || Some(self.judged(scope, &key, line, gone)));
        }
        if rest.next().is_some() {
            pager.goes_on();
        }
        let listed = pager.finish();
        let response =
            CountAdoptionResponse { adoptions: listed.records, ..CountAdoptionResponse::default() };
        OnePage { response, next: listed.next }
    }

    /// Adds the links of a standard to the lines: what is known is counted, and of the rest as many
    /// are kept as may be compared.
    fn gather(&self, state: &RegistryView, scope: &Scope, standard: &str, lines: &mut Lines) {
        let Some(own) = state.records.row::<Standard>(standard) else { return };
        match scope.group {
            Group::Standard => drop(lines.of(standard.to_owned())),
            Group::All => drop(lines.of(ALL.to_owned())),
            _ => {}
        }
        for name in state.links_to(standard) {
            let row = state.records.row::<StandardLink>(name).filter(|row| is_confirmed(row));
            let Some(row) = row else { continue };
            let unit = row.label(Label::Unit);
            let region = lines.region_of(state, unit);
            if !scope.has(unit, region) {
                continue;
            }
            let key = key(row, region, scope.group);
            let (Some(line), Some((linked, versions))) =
                (lines.of(key), pair(state, name, own.stamp.version))
            else {
                continue;
            };
            match self.measured.known(scope.day, name, versions) {
                Some(Some(stood)) => add(&mut line.count, stood),
                Some(None) => {}
                None if line.open.len() < self.policy.divergence_services => line.open.push(linked),
                None => line.count.left_out += 1,
            }
        }
    }

    /// A line with its title, once what was open is compared.
    fn judged(&self, scope: &Scope, key: &str, line: CountLine, gone: &CancellationToken) -> Count {
        let (standards, mut count) = {
            let state = self.memory.read();
            let names: BTreeSet<&str> =
                line.open.iter().map(|linked| linked.standard.as_str()).collect();
            let read = |name: &str| Some((name.to_owned(), state.records.get(name)?.doc));
            let standards: HashMap<String, Standard> = names.into_iter().filter_map(read).collect();
            (standards, titled(&state, key, scope, line.count))
        };
        let judges: HashMap<&str, Judge<'_>> = standards
            .iter()
            .map(|(name, standard)| (name.as_str(), Judge::new(standard, scope.day)))
            .collect();
        for linked in line.open.into_iter().take_while(|_| !gone.is_cancelled()) {
            let judge = judges.get(linked.standard.as_str());
            if let Some(stood) = judge.and_then(|judge| judge.read(linked).0) {
                add(&mut count, stood);
            }
        }
        Count { key: key.to_owned(), ..count }
    }
}

impl Scope {
    fn has(&self, unit: &str, region: &str) -> bool {
        let lies = |wanted: RegionCode| region.parse().is_ok_and(|own| wanted.contains(own));
        self.region.is_none_or(lies) && self.below.as_ref().is_none_or(|below| below.contains(unit))
    }
}

fn group(asked: &CountAdoptionRequest) -> Result<Group> {
    match Group::try_from(asked.group) {
        Ok(Group::Unspecified) => Ok(Group::Standard),
        Ok(group) => Ok(group),
        Err(_) => {
            let text = "must be standard, province, region, agency, unit or all";
            Err(Error::field("group", FieldCode::UnknownValue, text))
        }
    }
}

fn scope(
    state: &RegistryView,
    asked: &CountAdoptionRequest,
    (group, day): (Group, Date),
) -> Result<Scope> {
    check_parent(&asked.parent, Standard::COLLECTIONS, "parent")?;
    let region = filters::region(state, &asked.region, "region")?;
    if !asked.unit.is_empty() {
        exists::<Unit>(state, &asked.unit, "unit")?;
    }
    let below = (!asked.unit.is_empty())
        .then(|| state.subtree(&asked.unit).into_iter().map(str::to_owned).collect());
    let standards = if asked.parent == ALL {
        state.records.rows::<Standard>("").map(|(name, _)| name.clone()).collect()
    } else {
        exists::<Standard>(state, &asked.parent, "parent")?;
        vec![asked.parent.as_str().into()]
    };
    Ok(Scope { standards, region, below, group, day })
}

fn key(row: &MemoryRow, region: &str, group: Group) -> String {
    let key = match group {
        Group::Province => region.split('.').next().unwrap_or(region),
        Group::Region => region,
        Group::Agency => row.label(Label::Agency),
        Group::Unit => row.label(Label::Unit),
        Group::All => ALL,
        Group::Standard | Group::Unspecified => row.label(Label::Standard),
    };
    if key.is_empty() { NOWHERE.to_owned() } else { key.to_owned() }
}

/// A line with its title, and what else is told of a standard.
fn titled(state: &RegistryView, key: &str, scope: &Scope, count: Count) -> Count {
    match scope.group {
        Group::Province | Group::Region => {
            let found = state.records.get::<Region>(&region_name(key));
            let title =
                found.map(|found| LocalizedText { id: found.doc.display_name, en: String::new() });
            Count { title, ..count }
        }
        Group::Agency | Group::Unit => {
            let title = state.records.get::<Unit>(key).and_then(|found| found.doc.display_name);
            Count { title, ..count }
        }
        Group::All => count,
        Group::Standard | Group::Unspecified => {
            let found = state.records.get::<Standard>(key).map(|found| found.doc);
            let standard = found.unwrap_or_default();
            let (announced_from, announced_version) = announced(&standard, scope.day);
            let example = text_on(&standard, &scope.day.to_string()).example;
            Count { title: standard.title, example, announced_from, announced_version, ..count }
        }
    }
}

/// The first day of a text that begins later, and its version; else empty.
pub(super) fn announced(standard: &Standard, day: Date) -> (String, String) {
    match holds(standard, &day.to_string()) {
        true => (String::new(), String::new()),
        false => (standard.valid_from.clone(), standard.version.clone()),
    }
}

fn add(count: &mut Count, stood: Stood) {
    count.services += 1;
    count.adopted += i32::from(stood.is_adopted);
    count.ahead += i32::from(stood.is_ahead);
    count.differs_by_words += i32::from(stood.state == Adoption::DiffersInWords);
    *match stood.state {
        Adoption::Follows => &mut count.follows,
        Adoption::Differs | Adoption::DiffersInWords => &mut count.differs,
        Adoption::Explained => &mut count.explained,
        Adoption::Unknown => &mut count.unknown,
    } += 1;
}
