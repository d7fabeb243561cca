//! How far services follow their standards, by standard, region or body: counted when asked for,
//! over confirmed links only. What has not changed since this replica last looked (`measured`) is
//! not compared again.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
};

use mpp_api::{
    registry::{
        Adoption as Count, CountAdoptionRequest, CountAdoptionResponse, Region, Standard,
        StandardLink, Unit, count_adoption_request::Group,
    },
    types::LocalizedText,
};
use mpp_core::{Error, FieldCode, RegionCode, Result, check_name};
use mpp_resource::{Kind as _, memory::Row, page};
use mpp_store::Label;
use tokio_util::sync::CancellationToken;

use super::{
    Registry,
    divergences::{count, region_of},
    filters::{self, exists},
    judge::{Judge, Linked},
    measured::{Stands, pair},
    standards::is_confirmed,
};
use crate::{memory::RegistryView, model::adoption::Adoption};

/// Lines on a page where the request names no number.
const USUAL: usize = 20;
/// Lines on a page at the most.
const MOST: usize = 100;
/// The parent of all standards.
const ALL: &str = "standards/-";
/// The key of units that are of no region.
const NOWHERE: &str = "-";

/// A line of the answer, and what is counted in it.
struct Line {
    count: Count,
    known: Vec<Stands>,
    open: Vec<Linked>,
}

impl Line {
    fn new(count: Count) -> Self {
        Self { count, known: Vec::new(), open: Vec::new() }
    }
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
            self.memory.settled(|state| self.gather(state, asked, group, (bound, most))).await?;
        self.comparing.run(caller, move |gone| counted(gathered, bound, &today, gone)).await
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

impl Registry {
    fn gather(
        &self,
        state: &RegistryView,
        asked: &CountAdoptionRequest,
        group: Group,
        (bound, most): (u64, usize),
    ) -> Result<Gathered> {
        let begin = page::parse(asked.page_size, &asked.page_token, bound)?;
        let size = if asked.page_size == 0 { USUAL } else { begin.size.min(MOST) };
        let all = keyed(state, asked, group)?;
        let after = (Bound::Excluded(begin.after.as_str()), Bound::Unbounded);
        let mut rest = all.range::<str, _>(after);
        let (today, mut standards) = (self.today()?.to_string(), HashMap::new());
        let (mut lines, mut services) = (Vec::new(), 0);
        while lines.len() < size
            && services < most
            && let Some((key, links)) = rest.next()
        {
            let taken = links.len().min(most);
            services += taken;
            let left_out = count(links.len() - taken);
            let mut line = Line::new(Count { left_out, ..titled(state, key, group) });
            for (name, row) in &links[..taken] {
                self.sort(state, (name, row.label(Label::Standard)), &today, &mut line);
                note(state, row.label(Label::Standard), &mut standards);
            }
            lines.push(line);
        }
        Ok(Gathered { lines, standards, goes_on: rest.next().is_some() })
    }

    /// A pair among those that are known, or those that are to be compared.
    fn sort(
        &self,
        state: &RegistryView,
        (link, standard): (&str, &str),
        today: &str,
        line: &mut Line,
    ) {
        let row = state.records.row::<Standard>(standard);
        let version = row.map_or(0, |row| row.stamp.version);
        let Some((linked, versions)) = pair(state, link, version) else { return };
        match self.measured.known(today, link, versions) {
            Some(stands) => line.known.push(stands),
            None => line.open.push(linked),
        }
    }
}

fn note(state: &RegistryView, standard: &str, standards: &mut HashMap<String, Standard>) {
    if !standards.contains_key(standard)
        && let Some(found) = state.records.get::<Standard>(standard)
    {
        standards.insert(standard.to_owned(), found.doc);
    }
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

fn counted(
    gathered: Gathered,
    bound: u64,
    today: &str,
    gone: &CancellationToken,
) -> CountAdoptionResponse {
    let Gathered { lines, standards, goes_on } = gathered;
    let judges: HashMap<&str, Judge<'_>> = standards
        .iter()
        .map(|(name, standard)| (name.as_str(), Judge::new(standard, today)))
        .collect();
    let mut answer = CountAdoptionResponse::default();
    for Line { mut count, known, open } in lines {
        let judged = open
            .into_iter()
            .take_while(|_| !gone.is_cancelled())
            .map(|one| judges.get(one.standard.as_str()).and_then(|judge| judge.read(one)));
        for (state, is_adopted) in known.into_iter().chain(judged).flatten() {
            add(&mut count, state, is_adopted);
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
