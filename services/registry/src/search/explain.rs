//! From a candidate to a hit: why it answers, and where the service is offered.

use std::collections::BTreeSet;
use std::ops::Range;

use super::analyze::{QueryTerm, index_terms, stands_for, tokens};
use super::index::Part;
use super::query::{Candidate, Filter};
use super::score::Needle;
use super::table::{Offering, Service, Table};
use super::{Hit, MAX_OFFERINGS, Match, NearbyOffering};

/// The answer that a candidate stands for; nothing if its service has gone.
pub fn hit(
    table: &Table,
    candidate: &Candidate,
    needles: &[Needle],
    filter: &Filter,
) -> Option<Hit> {
    let slot = &table.slots[candidate.slot as usize];
    let service = slot.service.as_ref()?;
    let admitted: Vec<&Offering> =
        slot.offerings.iter().filter(|offering| filter.admits(offering.place)).collect();
    let matches = matches(service, candidate.has, needles);
    Some(Hit {
        service: slot.name.to_string(),
        score: candidate.score,
        highlights: highlights(&service.title_id, &matches),
        title_id: service.title_id.to_string(),
        title_en: service.title_en.to_string(),
        matches,
        offering_count: admitted.len() as u64,
        offerings: nearest(table, admitted, filter),
        revision: service.revision,
    })
}

fn matches(service: &Service, has: u16, needles: &[Needle]) -> Vec<Match> {
    let title = [&service.title_id, &service.title_en]
        .into_iter()
        .flat_map(|text| index_terms(text))
        .collect();
    let keywords = service.keywords.iter().flat_map(|text| index_terms(text)).collect();
    let had = needles.iter().enumerate().filter(|(bit, _)| has >> bit & 1 == 1);
    had.map(|(_, needle)| explained(&needle.term, &title, &keywords)).collect()
}

/// The best alternative that stands in the title, else in the keywords. What stands in neither was found in the body, whose
/// text is not kept: then the likeliest alternative is named.
fn explained(term: &QueryTerm, title: &BTreeSet<String>, keywords: &BTreeSet<String>) -> Match {
    for (part, terms) in [(Part::Title, title), (Part::Keywords, keywords)] {
        let present =
            term.alternatives.iter().filter(|alternative| terms.contains(&alternative.term));
        if let Some(best) = present.max_by(|a, b| a.weight.total_cmp(&b.weight)) {
            return Match { word: term.word.clone(), term: best.term.clone(), via: best.via, part };
        }
    }
    let own = &term.alternatives[0];
    Match { word: term.word.clone(), term: own.term.clone(), via: own.via, part: Part::Body }
}

fn highlights(title: &str, matches: &[Match]) -> Vec<Range<usize>> {
    let answers =
        |term: &str| matches.iter().any(|one| one.term == term || stands_for(&one.term, term));
    tokens(title).into_iter().filter(|token| answers(&token.term)).map(|token| token.at).collect()
}

fn nearest(table: &Table, mut offerings: Vec<&Offering>, filter: &Filter) -> Vec<NearbyOffering> {
    offerings.sort_by(|a, b| {
        let distance =
            |offering: &Offering| filter.distance(offering.place).unwrap_or(f64::INFINITY);
        let mall = |offering: &Offering| &table.places[offering.place as usize].mall;
        distance(a)
            .total_cmp(&distance(b))
            .then_with(|| mall(a).cmp(mall(b)))
            .then_with(|| a.name.cmp(&b.name))
    });
    offerings.truncate(MAX_OFFERINGS);
    offerings.into_iter().map(|offering| nearby(table, offering, filter)).collect()
}

fn nearby(table: &Table, offering: &Offering, filter: &Filter) -> NearbyOffering {
    let place = &table.places[offering.place as usize];
    NearbyOffering {
        offering: offering.name.to_string(),
        counter: offering.counter.to_string(),
        mall: place.mall.to_string(),
        mall_name: place.mall_name.to_string(),
        region_code: place.region.to_string(),
        distance_km: filter.distance(offering.place),
    }
}
