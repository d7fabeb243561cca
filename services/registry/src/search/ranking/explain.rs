//! From a candidate to a hit: why it answers, and where the service is offered.

use std::collections::BTreeSet;

use super::{
    answer::{Hit, MAX_OFFERINGS, Match, NearbyOffering},
    filter::{Candidate, Closeness, Filter},
};
use crate::search::{
    asking::{needle::Needle, places::code_terms},
    indexing::table::{Offering, Service, SlotTable},
    words::analyze::{QueryTerm, folded_words, index_terms},
};

/// The answer that a candidate stands for; nothing if its service has gone.
pub fn hit(
    table: &SlotTable,
    candidate: &Candidate,
    needles: &[Needle],
    filter: &Filter,
) -> Option<Hit> {
    let slot = &table.slots[candidate.slot as usize];
    let service = slot.service.as_ref()?;
    let admitted: Vec<&Offering> =
        slot.offerings.iter().filter(|offering| filter.admits(offering.place)).collect();
    Some(Hit {
        service: slot.name.to_string(),
        score: candidate.score,
        matches: matches(service, candidate.has, needles),
        offering_count: admitted.len() as u64,
        offered_there: slot.offerings.iter().filter(|one| is_there(filter, one)).count() as u64,
        offerings: nearest(table, admitted, filter),
    })
}

fn is_there(filter: &Filter, offering: &Offering) -> bool {
    filter.closeness(offering.place) == Closeness::There
}

fn matches(service: &Service, has: u16, needles: &[Needle]) -> Vec<Match> {
    let title = [&service.title_id, &service.title_en].into_iter().flat_map(|text| all(text));
    let title = title.collect();
    let keywords = service.keywords.iter().flat_map(|text| all(text)).collect();
    let had = needles.iter().enumerate().filter(|(bit, _)| has >> bit & 1 == 1);
    had.map(|(_, needle)| explained(&needle.term, &title, &keywords)).collect()
}

/// The terms of a text and the places that it names.
fn all(text: &str) -> impl Iterator<Item = String> + use<> {
    index_terms(text).into_iter().chain(code_terms(&folded_words(text)))
}

/// The best alternative that stands in the title, else in the keywords. A word that stands in
/// neither was found in the body, whose text is not kept: then the likeliest alternative is named.
fn explained(term: &QueryTerm, title: &BTreeSet<String>, keywords: &BTreeSet<String>) -> Match {
    let best = |terms: &BTreeSet<String>| {
        let present = term.alternatives.iter().filter(|one| terms.contains(&one.term));
        present.max_by(|a, b| a.weight.total_cmp(&b.weight))
    };
    let found = best(title).or_else(|| best(keywords)).unwrap_or(&term.alternatives[0]);
    Match { word: term.word.clone(), term: found.term.clone(), via: found.via }
}

fn nearest(
    table: &SlotTable,
    mut offerings: Vec<&Offering>,
    filter: &Filter,
) -> Vec<NearbyOffering> {
    offerings.sort_by(|a, b| {
        let distance =
            |offering: &Offering| filter.distance(offering.place).unwrap_or(f64::INFINITY);
        let mall = |offering: &Offering| &table.places[offering.place as usize].mall;
        let closeness = |offering: &Offering| filter.closeness(offering.place);
        closeness(a)
            .cmp(&closeness(b))
            .then_with(|| distance(a).total_cmp(&distance(b)))
            .then_with(|| mall(a).cmp(mall(b)))
            .then_with(|| a.name.cmp(&b.name))
    });
    offerings.truncate(MAX_OFFERINGS);
    offerings.into_iter().map(|offering| nearby(table, offering, filter)).collect()
}

fn nearby(table: &SlotTable, offering: &Offering, filter: &Filter) -> NearbyOffering {
    let place = &table.places[offering.place as usize];
    NearbyOffering {
        offering: offering.name.to_string(),
        mall: place.mall.to_string(),
        region_code: place.region.to_string(),
        distance_km: filter.distance(offering.place),
    }
}
