//! From a query to a page of results.

use std::cmp::Ordering;
use std::sync::Arc;

use super::analyze::{QueryTerms, query_terms};
use super::explain::hit;
use super::geo::{distance_km, is_point, is_region, lies_in, province};
use super::score::{Needle, needles, tally};
use super::table::{Place, Slot, Table};
use super::writer::Published;
use super::{Error, Facets, Fee, MAX_FACET_VALUES, MAX_PAGE, MAX_TEXT, Query, Results};

/// What the nearest offering adds at most; enough to order equal services, too little to lift a worse one.
const NEARNESS: f32 = 0.1;

/// The distance in kilometres at which nearness has lost half of its worth.
const NEAR_KM: f64 = 25.0;

/// What each further word of a title costs: the shorter of two titles is the more exact answer.
const TITLE_WORD_COST: f32 = 0.01;

/// Refuses what cannot be answered, before anything waits for it.
pub fn check(query: &Query) -> Result<(), Error> {
    let invalid = |field, message: String| Err(Error::Invalid { field, message });
    if query.text.chars().count() > MAX_TEXT {
        return invalid(
            "text",
            format!("is longer than {MAX_TEXT} characters; ask with fewer words"),
        );
    }
    if !(1..=MAX_PAGE).contains(&query.page_size) {
        return invalid("page_size", format!("is {}; ask for 1 to {MAX_PAGE}", query.page_size));
    }
    if query.near.is_some_and(|at| !is_point(at)) {
        return invalid(
            "near",
            "is not on the globe; give latitude -90 to 90, longitude -180 to 180".into(),
        );
    }
    if query.region.as_deref().is_some_and(|code| !is_region(code)) {
        return invalid("region", "is not a region code; give one such as 35 or 35.10".into());
    }
    if query.after.as_ref().is_some_and(|(score, _)| !score.is_finite()) {
        return invalid(
            "after",
            "is not a position; pass the one that the page before returned".into(),
        );
    }
    Ok(())
}

/// Answers a query that was checked, from one published state.
pub fn run(state: &Published, query: &Query) -> Result<Results, Error> {
    let QueryTerms { terms, mut ignored } = query_terms(&query.text);
    let (needles, unknown) = needles(&state.view, terms)?;
    ignored.extend(unknown);
    let table = &state.table;
    let filter = Filter::new(table, query);
    let found = found(state, query, &needles, &filter)?;

    let mut page: Vec<&Candidate> = found.iter().filter(|one| one.is_after(table, query)).collect();
    let more = page.len() > query.page_size;
    keep_best(&mut page, query.page_size, table);
    let next = page
        .last()
        .filter(|_| more)
        .map(|last| (last.score, table.slots[last.slot as usize].name.to_string()));
    Ok(Results {
        hits: page.iter().filter_map(|one| hit(table, one, &needles, &filter)).collect(),
        total: found.len() as u64,
        next,
        revision: state.revision,
        facets: facets(table, &found, &filter),
        ignored,
    })
}

/// A service that answers, before it is known whether it comes on the page.
pub struct Candidate {
    pub slot: u32,
    pub score: f32,
    /// Bit `n` is set when the service has needle `n`.
    pub has: u16,
}

impl Candidate {
    fn compare(&self, other: &Self, table: &Table) -> Ordering {
        let name = |one: &Self| &table.slots[one.slot as usize].name;
        other.score.total_cmp(&self.score).then_with(|| name(self).cmp(name(other)))
    }

    fn is_after(&self, table: &Table, query: &Query) -> bool {
        query.after.as_ref().is_none_or(|(score, name)| {
            let own = &*table.slots[self.slot as usize].name;
            score.total_cmp(&self.score).then_with(|| own.cmp(name)).is_gt()
        })
    }
}

fn found(
    state: &Published,
    query: &Query,
    needles: &[Needle],
    filter: &Filter,
) -> Result<Vec<Candidate>, Error> {
    let slots = state.table.slots.iter();
    if query.text.trim().is_empty() {
        let all = slots.enumerate().filter_map(|(at, slot)| filter.candidate(at, slot, 0.0, 0));
        return Ok(all.collect());
    }
    if needles.is_empty() {
        return Ok(Vec::new());
    }
    let tallies = tally(&state.view, needles, state.table.slots.len())?;
    let answering = slots.zip(tallies).enumerate().filter(|(_, (_, tally))| tally.points > 0.0);
    Ok(answering
        .filter_map(|(at, (slot, tally))| filter.candidate(at, slot, tally.points, tally.any))
        .collect())
}

fn keep_best(page: &mut Vec<&Candidate>, size: usize, table: &Table) {
    if page.len() > size {
        page.select_nth_unstable_by(size, |a, b| a.compare(b, table));
        page.truncate(size);
    }
    page.sort_unstable_by(|a, b| a.compare(b, table));
}

/// The filters of a query, worked out once for the table.
pub struct Filter {
    /// By unit number.
    agency: Option<Option<u32>>,
    category: Option<Option<u32>>,
    only_free: bool,
    /// Whether each place lies in the region; `None` without a region.
    inside: Option<Vec<bool>>,
    /// Kilometres to each place whose location is known; `None` without a place to measure from.
    distances: Option<Vec<Option<f64>>>,
}

impl Filter {
    fn new(table: &Table, query: &Query) -> Self {
        let places = || table.places.iter();
        let inside =
            |region: &String| places().map(|place| lies_in(&place.region, region)).collect();
        let distance = |from, place: &Place| place.location.map(|to| distance_km(from, to));
        Self {
            agency: query.agency.as_ref().map(|name| table.units.find(name)),
            category: query.category.as_ref().map(|name| table.categories.find(name)),
            only_free: query.only_free,
            inside: query.region.as_ref().map(inside),
            distances: query.near.map(|from| places().map(|place| distance(from, place)).collect()),
        }
    }

    /// Whether the place counts for this query.
    pub fn admits(&self, place: u32) -> bool {
        self.inside.as_ref().is_none_or(|inside| inside[place as usize])
    }

    /// Kilometres to the place, when both ends are known.
    pub fn distance(&self, place: u32) -> Option<f64> {
        self.distances.as_ref().and_then(|distances| distances[place as usize])
    }

    fn candidate(&self, at: usize, slot: &Slot, points: f32, has: u16) -> Option<Candidate> {
        let service = slot.service.as_ref()?;
        let admitted = self
            .agency
            .is_none_or(|unit| unit == Some(service.agency) || unit == Some(service.unit))
            && self.category.is_none_or(|category| category == Some(service.category))
            && (!self.only_free || service.fee == Fee::Free)
            && (self.inside.is_none()
                || slot.offerings.iter().any(|offering| self.admits(offering.place)));
        let length = f32::from(service.title_words) * TITLE_WORD_COST;
        let score = points - length + self.nearness(slot);
        admitted.then_some(Candidate { slot: at as u32, score, has })
    }

    fn nearness(&self, slot: &Slot) -> f32 {
        let admitted = slot.offerings.iter().filter(|offering| self.admits(offering.place));
        let nearest =
            admitted.filter_map(|offering| self.distance(offering.place)).min_by(f64::total_cmp);
        nearest.map_or(0.0, |km| NEARNESS / (1.0 + (km / NEAR_KM) as f32))
    }
}

fn facets(table: &Table, found: &[Candidate], filter: &Filter) -> Facets {
    let provinces: Vec<Option<u8>> =
        table.places.iter().map(|place| province(&place.region)).collect();
    let mut agencies = vec![0; table.units.all().len()];
    let mut categories = vec![0; table.categories.all().len()];
    let mut by_province = [0; 100];
    let mut facets = Facets::default();
    for slot in found.iter().map(|one| &table.slots[one.slot as usize]) {
        let Some(service) = &slot.service else {
            continue;
        };
        agencies[service.agency as usize] += 1;
        categories[service.category as usize] += 1;
        facets.free += u64::from(service.fee == Fee::Free);
        facets.paid += u64::from(service.fee == Fee::Paid);
        let places = slot
            .offerings
            .iter()
            .map(|offering| offering.place)
            .filter(|place| filter.admits(*place));
        let offered_in = places
            .filter_map(|place| provinces[place as usize])
            .fold(0u128, |bits, code| bits | 1 << code);
        bits(offered_in).for_each(|code| by_province[code] += 1);
    }
    facets.agencies = most_frequent(table.units.all(), &agencies);
    facets.categories = most_frequent(table.categories.all(), &categories);
    let codes: Vec<Arc<str>> = (0..100).map(|code| format!("{code:02}").into()).collect();
    facets.provinces = most_frequent(&codes, &by_province);
    facets
}

/// The numbers of the bits that are set.
fn bits(mut set: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(lowest)
    })
}

fn most_frequent(names: &[Arc<str>], counts: &[u64]) -> Vec<(String, u64)> {
    let counted = names.iter().zip(counts).filter(|(name, count)| **count > 0 && !name.is_empty());
    let mut counted: Vec<_> = counted.map(|(name, count)| (name.to_string(), *count)).collect();
    counted.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counted.truncate(MAX_FACET_VALUES);
    counted
}
