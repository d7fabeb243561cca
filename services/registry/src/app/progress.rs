//! How far services follow their standards, by standard, region or body: counted when asked for,
//! over confirmed links only.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use mpp_api::{
    registry::{
        Adoption as Count, CountAdoptionRequest, CountAdoptionResponse, Region, Service, Standard,
        StandardLink, Unit, adoption::State, count_adoption_request::Group,
        service::State as Served,
    },
    types::LocalizedText,
};
use mpp_core::{Error, FieldCode, RegionCode, Result, check_name};
use mpp_form::standard::as_service;
use mpp_resource::{Kind as _, memory::Row, page};
use mpp_store::Label;
use prost::Message as _;

use super::{
    Registry,
    divergences::{count, region_of},
    filters::{self, exists},
    standards::is_confirmed,
};
use crate::{
    memory::{
        RegistryView,
        sayings::{self, PARTS},
    },
    model::{
        adoption::{self, Adoption, adoption, explanation, standing},
        divergence::Saying,
    },
};

/// Lines on a page where the request names no number.
const USUAL: usize = 20;
/// Lines on a page at the most.
const MOST: usize = 100;
/// The parent of all standards.
const ALL: &str = "standards/-";
/// The key of units that are of no region.
const NOWHERE: &str = "-";

/// A service and its link, as memory has them.
struct Linked {
    standard: String,
    service: Bytes,
    link: Bytes,
}

/// A line of the answer, and what is counted in it.
struct Line {
    count: Count,
    links: Vec<Linked>,
}

/// The lines of a page, the standards that they count by, and whether others follow.
struct Gathered {
    lines: Vec<Line>,
    standards: HashMap<String, Standard>,
    goes_on: bool,
}

impl Registry {
    /// How many services follow their standards.
    ///
    /// # Errors
    /// A parent, region or unit that does not exist; a page token that is not this list's;
    /// `UNAVAILABLE` if this replica is behind.
    pub async fn count_adoption(
        &self,
        caller: &str,
        asked: &CountAdoptionRequest,
    ) -> Result<CountAdoptionResponse> {
        self.memory.wait_for(asked.min_revision).await?;
        let today = self.today()?.to_string();
        let group = group(asked)?;
        let filter = [&asked.parent, group.as_str_name(), &asked.region, &asked.unit];
        let bound = page::hash(&filter);
        let most = self.policy.divergence_services;
        let gathered =
            self.memory.settled(|state| gather(state, asked, group, (bound, most))).await?;
        self.comparing.run(caller, move || counted(gathered, bound, &today)).await
    }
}

fn group(asked: &CountAdoptionRequest) -> Result<Group> {
    match Group::try_from(asked.group) {
        Ok(Group::Unspecified) => Ok(Group::Standard),
        Ok(group) => Ok(group),
        Err(_) => {
            let text = "must be standard, province, region, agency or unit";
            Err(Error::field("group", FieldCode::UnknownValue, text))
        }
    }
}

/// The links that are asked for, by the key of their line.
type Keyed<'a> = BTreeMap<String, Vec<(&'a str, &'a Row)>>;

fn gather(
    state: &RegistryView,
    asked: &CountAdoptionRequest,
    group: Group,
    (bound, most): (u64, usize),
) -> Result<Gathered> {
    let begin = page::parse(asked.page_size, &asked.page_token, bound)?;
    let size = if asked.page_size == 0 { USUAL } else { begin.size.min(MOST) };
    let all = keyed(state, asked, group)?;
    let mut rest = all.range::<str, _>((
        std::ops::Bound::Excluded(begin.after.as_str()),
        std::ops::Bound::Unbounded,
    ));
    let (mut lines, mut standards, mut services) = (Vec::new(), HashMap::new(), 0);
    while lines.len() < size
        && services < most
        && let Some((key, links)) = rest.next()
    {
        let left_out = links.len().saturating_sub(most);
        let taken = &links[..links.len() - left_out];
        services += taken.len();
        lines.push(Line {
            count: Count { left_out: count(left_out), ..titled(state, key, group) },
            links: taken.iter().filter_map(|(_, row)| linked(state, row, &mut standards)).collect(),
        });
    }
    Ok(Gathered { lines, standards, goes_on: rest.next().is_some() })
}

/// Of each link only labels are read here, which writes of the memory wait for.
fn keyed<'a>(
    state: &'a RegistryView,
    asked: &'a CountAdoptionRequest,
    group: Group,
) -> Result<Keyed<'a>> {
    check_name(&asked.parent, Standard::COLLECTIONS, "parent")?;
    let region = filters::region(state, &asked.region, "region")?;
    if !asked.unit.is_empty() {
        exists::<Unit>(state, &asked.unit, "unit")?;
    }
    let below = (!asked.unit.is_empty()).then(|| state.subtree(&asked.unit));
    let mut found = Keyed::new();
    let mut regions: HashMap<&str, &str> = HashMap::new();
    for standard in standards(state, &asked.parent)? {
        if group == Group::Standard {
            found.entry(standard.to_owned()).or_default();
        }
        for name in state.links_to(standard) {
            let Some(row) = state.records.row::<StandardLink>(name) else { continue };
            let unit = row.label(Label::Unit);
            let own = *regions.entry(unit).or_insert_with(|| region_of(state, unit));
            let lies = |wanted: RegionCode| own.parse().is_ok_and(|own| wanted.contains(own));
            if is_confirmed(row)
                && region.is_none_or(lies)
                && below.as_ref().is_none_or(|below| below.contains(unit))
            {
                found.entry(key(row, own, group)).or_default().push((name, row));
            }
        }
    }
    Ok(found)
}

fn standards<'a>(state: &'a RegistryView, parent: &'a str) -> Result<Vec<&'a str>> {
    if parent != ALL {
        exists::<Standard>(state, parent, "parent")?;
        return Ok(vec![parent]);
    }
    Ok(state.records.rows::<Standard>("").map(|(name, _)| &**name).collect())
}

fn key(row: &Row, region: &str, group: Group) -> String {
    let key = match group {
        Group::Province => region.split('.').next().unwrap_or(region),
        Group::Region => region,
        Group::Agency => row.label(Label::Agency),
        Group::Unit => row.label(Label::Unit),
        Group::Standard | Group::Unspecified => row.label(Label::Standard),
    };
    if key.is_empty() { NOWHERE.to_owned() } else { key.to_owned() }
}

/// A line that counts nothing yet.
fn titled(state: &RegistryView, key: &str, group: Group) -> Count {
    let (title, example) = match group {
        Group::Province | Group::Region => {
            let found = state.records.get::<Region>(&format!("regions/{key}"));
            let title =
                found.map(|found| LocalizedText { id: found.doc.display_name, en: String::new() });
            (title, false)
        }
        Group::Agency | Group::Unit => {
            (state.records.get::<Unit>(key).and_then(|found| found.doc.display_name), false)
        }
        Group::Standard | Group::Unspecified => {
            let found = state.records.get::<Standard>(key).map(|found| found.doc);
            found.map(|found| (found.title, found.example)).unwrap_or_default()
        }
    };
    Count { key: key.to_owned(), title, example, ..Count::default() }
}

fn linked(
    state: &RegistryView,
    row: &Row,
    standards: &mut HashMap<String, Standard>,
) -> Option<Linked> {
    let standard = row.label(Label::Standard);
    let service = state.records.row::<Service>(row.label(Label::Service))?.doc.clone();
    if !standards.contains_key(standard) {
        standards.insert(standard.to_owned(), state.records.get::<Standard>(standard)?.doc);
    }
    Some(Linked { standard: standard.to_owned(), service, link: row.doc.clone() })
}

fn counted(gathered: Gathered, bound: u64, today: &str) -> CountAdoptionResponse {
    let Gathered { lines, standards, goes_on } = gathered;
    let judges: HashMap<&str, Judge<'_>> = standards
        .iter()
        .map(|(name, standard)| (name.as_str(), Judge::new(standard, today)))
        .collect();
    let mut answer = CountAdoptionResponse::default();
    for Line { mut count, links } in lines {
        for one in links {
            let judged = judges.get(one.standard.as_str()).and_then(|judge| judge.read(one));
            if let Some((state, is_adopted)) = judged {
                add(&mut count, state, is_adopted);
            }
        }
        answer.adoptions.push(count);
    }
    if let Some(last) = answer.adoptions.last().filter(|_| goes_on) {
        answer.next_page_token = page::token(&last.key, bound);
    }
    answer
}

fn add(count: &mut Count, state: Adoption, is_adopted: bool) {
    count.services += 1;
    count.adopted += i32::from(is_adopted);
    *match state {
        Adoption::Follows => &mut count.follows,
        Adoption::Differs => &mut count.differs,
        Adoption::Explained => &mut count.explained,
        Adoption::Unknown => &mut count.unknown,
    } += 1;
}

/// What a standard says, ready to be compared with many services.
struct Judge<'a> {
    standard: &'a Standard,
    sayings: [Saying; PARTS.len()],
    today: &'a str,
}

impl<'a> Judge<'a> {
    fn new(standard: &'a Standard, today: &'a str) -> Self {
        let said = as_service(standard);
        Self { standard, sayings: PARTS.map(|part| sayings::of(&said, part)), today }
    }

    /// How a service stands, and whether it has adopted the present version; `None` if it is not
    /// served now.
    fn read(&self, given: Linked) -> Option<(Adoption, bool)> {
        let service = Service::decode(given.service).ok()?;
        let link = StandardLink::decode(given.link).ok()?;
        if service.state() == Served::Inactive {
            return None;
        }
        let is_adopted = link.adopt_time.is_some() && link.adopted_version == self.standard.version;
        if !adoption::holds(self.standard, self.today) {
            return Some((Adoption::Unknown, is_adopted));
        }
        let stands = PARTS.iter().zip(&self.sayings).map(|(part, own)| {
            let is_explained = explanation(&link, part.component(), self.standard, self.today);
            (standing(own, &sayings::of(&service, *part)), is_explained.is_some())
        });
        Some((adoption(&stands.collect::<Vec<_>>()), is_adopted))
    }
}

/// Its word in the contract.
pub fn state_word(state: Adoption) -> State {
    match state {
        Adoption::Follows => State::Follows,
        Adoption::Differs => State::Differs,
        Adoption::Explained => State::Explained,
        Adoption::Unknown => State::Unknown,
    }
}
