//! Which service may be of which standard: worked out when asked for, and never stored. A pair about
//! which a person has decided is not suggested.
//!
//! Of a service all standards are compared, whose words lie in memory. Of a standard those services
//! are compared that search finds by its title and its keywords: a pair that shares no word of
//! these has no likeness.

use std::collections::BTreeSet;

use mpp_api::registry::{
    Service, Standard, SuggestServicesRequest, SuggestStandardsRequest, Suggestion,
    suggestion::{Reason, reason::Ground as GroundWord},
};
use mpp_core::{Error, FieldCode, Label, Result};
use mpp_resource::handler::read;

use super::{Registry, search::refused, standards::is_confirmed};
use crate::{
    memory::{RegistryView, Row, portraits},
    model::likeness::{Ground, Likeness, likeness},
    search::{self, MAX_PAGE, MAX_TEXT, Query},
};

/// Suggestions where the request names no number.
const USUAL: usize = 10;
/// Suggestions at the most.
const MOST: usize = 100;

impl Registry {
    /// Standards that a service may be of, the likeliest first.
    ///
    /// # Errors
    /// `NOT_FOUND`; a name of another form; a negative number.
    pub async fn suggest_standards(
        &self,
        asked: &SuggestStandardsRequest,
    ) -> Result<Vec<Suggestion>> {
        let most = most(asked.max_results)?;
        let service = read::<Service>(self, &asked.name, asked.min_revision).await?;
        let state = self.memory.read();
        if is_decided(&state, &service.name) {
            return Ok(Vec::new());
        }
        let links = state.links_of(&service.name);
        let decided: BTreeSet<&str> = links.map(|(_, row)| row.label(Label::Standard)).collect();
        let own = portraits::of_service(&service);
        let open = state.portraits().filter(|(standard, _)| !decided.contains(standard));
        let found =
            open.map(|(standard, portrait)| (standard.to_owned(), likeness(&own, portrait)));
        let best = self.best(found, most).into_iter();
        let titled = best.map(|(standard, likeness)| {
            let found = state.records.get::<Standard>(&standard);
            let standard = found.map(|found| found.doc).unwrap_or_default();
            suggestion(&service, &standard, likeness)
        });
        Ok(titled.collect())
    }

    /// Services that may be of a standard, the likeliest first.
    ///
    /// # Errors
    /// `NOT_FOUND`; a name of another form; a negative number; `UNAVAILABLE` if this replica is
    /// behind.
    pub async fn suggest_services(
        &self,
        caller: &str,
        asked: &SuggestServicesRequest,
    ) -> Result<Vec<Suggestion>> {
        let most = most(asked.max_results)?;
        let standard = read::<Standard>(self, &asked.name, asked.min_revision).await?;
        let named = self.named_alike(caller, &standard, asked.min_revision).await?;
        let own = portraits::of_standard(&standard);
        let state = self.memory.read();
        let open = named.into_iter().filter(|service| is_open(&state, service, &standard.name));
        let found = open.filter_map(|service| {
            let doc = state.records.get::<Service>(&service)?.doc;
            Some((service, likeness(&portraits::of_service(&doc), &own)))
        });
        let best = self.best(found, most).into_iter();
        let titled = best.filter_map(|(service, likeness)| {
            let service = state.records.get::<Service>(&service)?.doc;
            Some(suggestion(&service, &standard, likeness))
        });
        Ok(titled.collect())
    }

    /// Services that share a word of title or keywords with a standard, as far as search looks.
    async fn named_alike(
        &self,
        caller: &str,
        standard: &Standard,
        min_revision: i64,
    ) -> Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let title = standard.title.as_ref().map(|title| &title.id);
        for text in title.into_iter().chain(&standard.keywords) {
            let text = text.chars().take(MAX_TEXT).collect();
            let mut query = Query {
                text,
                include_inactive: true,
                page_size: MAX_PAGE,
                min_revision,
                ..Query::default()
            };
            let mut looked = 0;
            while looked < self.policy.suggest_candidates {
                let page = self.search.search_for(caller, query.clone()).await.map_err(refused)?;
                looked += page.hits.len();
                found.extend(page.hits.into_iter().map(|hit: search::Hit| hit.service));
                if page.next.is_none() {
                    break;
                }
                query.after = page.next;
            }
        }
        Ok(found)
    }

    /// The likeliest, of those that are alike enough.
    fn best(
        &self,
        found: impl Iterator<Item = (String, Likeness)>,
        most: usize,
    ) -> Vec<(String, Likeness)> {
        let least = self.policy.suggest_least_percent;
        let mut best: Vec<_> = found.filter(|(_, likeness)| likeness.percent >= least).collect();
        best.sort_by(|(one, alike), (other, than)| {
            than.percent.cmp(&alike.percent).then_with(|| one.cmp(other))
        });
        best.truncate(most);
        best
    }
}

fn most(asked: i32) -> Result<usize> {
    match usize::try_from(asked) {
        Ok(0) => Ok(USUAL),
        Ok(asked) => Ok(asked.min(MOST)),
        Err(_) => {
            let text = format!("{asked} is negative; say 1 to {MOST}, or nothing");
            Err(Error::field("max_results", FieldCode::OutOfRange, text))
        }
    }
}

/// Whether a person has found a standard that a service is of.
fn is_decided(state: &RegistryView, service: &str) -> bool {
    state.links_of(service).any(|(_, row)| is_confirmed(row))
}

/// Whether nobody has decided about a pair yet, nor found another standard for the service.
fn is_open(state: &RegistryView, service: &str, standard: &str) -> bool {
    let says = |row: &Row| row.label(Label::Standard) == standard;
    !state.links_of(service).any(|(_, row)| is_confirmed(row) || says(row))
}

fn suggestion(service: &Service, standard: &Standard, likeness: Likeness) -> Suggestion {
    let percent = |share: u32| i32::try_from(share).unwrap_or(100);
    let reasons = likeness.reasons.into_iter().map(|reason| Reason {
        ground: word(reason.ground).into(),
        percent: percent(reason.percent),
        words: reason.words,
    });
    Suggestion {
        service: service.name.clone(),
        standard: standard.name.clone(),
        service_title: service.title.clone(),
        standard_title: standard.title.clone(),
        percent: percent(likeness.percent),
        reasons: reasons.collect(),
    }
}

fn word(ground: Ground) -> GroundWord {
    match ground {
        Ground::Title => GroundWord::Title,
        Ground::Keyword => GroundWord::Keyword,
        Ground::Product => GroundWord::Product,
        Ground::Requirements => GroundWord::Requirements,
        Ground::LegalBasis => GroundWord::LegalBasis,
    }
}
