//! Which service may be of which standard: worked out when asked for, and never stored. A pair
//! about which a person has decided is not suggested.
//!
//! For a service all standards are compared, whose words lie in memory. For a standard those
//! services are compared that search finds by its title and its keywords and that are still open: a
//! pair that shares no word of these has no likeness.

use std::{collections::BTreeSet, sync::Arc};

use bytes::Bytes;
use mpp_api::registry::{
    Service, Standard, SuggestServicesRequest, SuggestServicesResponse, SuggestStandardsRequest,
    Suggestion,
    service::State,
    suggestion::{Reason, reason::Ground as GroundWord},
};
use mpp_core::{Label, Result, Sizes};
use mpp_form::limits::QUESTION;
use mpp_resource::handler::read;
use prost::Message as _;
use tokio_util::sync::CancellationToken;

use super::{Registry, search::refused, standards::is_confirmed};
use crate::{
    memory::{MemoryRow, RegistryView, portraits},
    model::likeness::{Ground, Likeness, Portrait, likeness},
    search::{MAX_PAGE, Query},
};

/// Suggestions of an answer.
const SIZES: Sizes = Sizes { usual: 10, most: 100 };
/// Most hits that search is asked for, for each service that may be compared: if most are decided
/// about, the open ones come late.
const HITS_EACH: usize = 20;

/// Texts of a standard that search is asked for, one after the other: its title and the first of
/// its keywords.
const MOST_SEARCHES: usize = 24;

impl Registry {
    /// Standards that a service may be of, the likeliest first.
    ///
    /// # Errors
    /// `NOT_FOUND`; a name of another form; a negative number.
    pub async fn suggest_standards(
        &self,
        caller: &str,
        asked: &SuggestStandardsRequest,
    ) -> Result<Vec<Suggestion>> {
        let most = SIZES.asked(asked.max_results, "max_results")?;
        let bounds = (self.policy.suggest_least_percent, most);
        let service = read::<Service>(self, &asked.name, asked.min_revision).await?;
        let open = open_standards(&self.memory.read(), &service.name);
        let words = service.clone();
        let best = move |gone: &CancellationToken| {
            let own = portraits::of_service(&words);
            let all = open.into_iter().take_while(|_| !gone.is_cancelled());
            let alike = all.map(|(standard, portrait)| (likeness(&own, &portrait), standard));
            best(alike, |standard: &String| standard.as_str(), bounds)
        };
        let best = self.comparing.run(caller, best).await?.into_iter();
        let state = self.memory.read();
        let told = best.filter_map(|(likeness, standard)| {
            let standard = state.records.get::<Standard>(&standard)?.doc;
            Some(suggestion(&service, &self.in_force(&standard), likeness))
        });
        Ok(told.collect())
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
    ) -> Result<SuggestServicesResponse> {
        let most = SIZES.asked(asked.max_results, "max_results")?;
        let bounds = (self.policy.suggest_least_percent, most);
        let standard = read::<Standard>(self, &asked.name, asked.min_revision).await?;
        let (named, incomplete) = self.named_alike(caller, &standard, asked.min_revision).await?;
        let given = self.documents(named);
        let words = standard.clone();
        let best = move |gone: &CancellationToken| {
            let own = portraits::of_standard(&words);
            let given = given.into_iter().take_while(|_| !gone.is_cancelled());
            let read = given.filter_map(|doc| Service::decode(doc).ok());
            let alike =
                read.map(|service| (likeness(&portraits::of_service(&service), &own), service));
            best(alike, |service: &Service| service.name.as_str(), bounds)
        };
        let best = self.comparing.run(caller, best).await?.into_iter();
        let standard = self.in_force(&standard);
        let told = best.map(|(likeness, service)| suggestion(&service, &standard, likeness));
        Ok(SuggestServicesResponse { suggestions: told.collect(), incomplete })
    }

    fn only_open(&self, names: impl Iterator<Item = String>, standard: &str) -> Vec<String> {
        let state = self.memory.read();
        names.filter(|service| is_open(&state, service, standard)).collect()
    }

    /// The services as they are in memory, to be read outside of its lock.
    fn documents(&self, names: BTreeSet<String>) -> Vec<Bytes> {
        let state = self.memory.read();
        let rows = names.iter().filter_map(|name| state.records.row::<Service>(name));
        rows.map(|row| row.doc.clone()).collect()
    }

    /// Services that share a word of title or keywords with a standard and that nobody has decided
    /// about, as far as search looks; and whether it has stopped before its end.
    async fn named_alike(
        &self,
        caller: &str,
        standard: &Standard,
        min_revision: i64,
    ) -> Result<(BTreeSet<String>, bool)> {
        let enough = self.policy.suggest_candidates;
        let (mut open, mut looked) = (BTreeSet::new(), 0);
        let title = standard.title.as_ref().map(|title| &title.id);
        let texts: Vec<&String> = title.into_iter().chain(&standard.keywords).collect();
        for text in texts.iter().take(MOST_SEARCHES) {
            let mut query = query(text, min_revision);
            query.of_age = self.of_age()?;
            loop {
                let page = self.search.search_for(caller, query.clone()).await.map_err(refused)?;
                looked += page.hits.len();
                let names = page.hits.into_iter().map(|hit| hit.service);
                open.extend(self.only_open(names, &standard.name));
                if open.len() >= enough || looked >= enough * HITS_EACH {
                    return Ok((open, true));
                }
                let Some(after) = page.next else { break };
                query.after = Some(after);
            }
        }
        Ok((open, texts.len() > MOST_SEARCHES))
    }
}

fn query(text: &str, min_revision: i64) -> Query {
    Query {
        text: text.chars().take(QUESTION).collect(),
        include_inactive: true,
        page_size: MAX_PAGE,
        min_revision,
        ..Query::default()
    }
}

/// The standards that a service may still turn out to be of; none if it is of one already.
fn open_standards(state: &RegistryView, service: &str) -> Vec<(String, Arc<Portrait>)> {
    if state.links_of(service).any(|(_, row)| is_confirmed(row)) {
        return Vec::new();
    }
    let links = state.links_of(service);
    let decided: BTreeSet<&str> = links.map(|(_, row)| row.label(Label::Standard)).collect();
    let open = state.portraits().filter(|(standard, _)| !decided.contains(standard));
    open.map(|(standard, portrait)| (standard.to_owned(), portrait.clone())).collect()
}

/// Whether nobody has decided about a pair yet, nor found another standard for the service.
fn is_open(state: &RegistryView, service: &str, standard: &str) -> bool {
    let says = |row: &MemoryRow| row.label(Label::Standard) == standard;
    !state.links_of(service).any(|(_, row)| is_confirmed(row) || says(row))
}

/// The likeliest, of those that are alike enough, by likeness and then by `name`.
fn best<T>(
    alike: impl Iterator<Item = (Likeness, T)>,
    name: impl Fn(&T) -> &str,
    (least, most): (u32, usize),
) -> Vec<(Likeness, T)> {
    let mut best: Vec<_> = alike.filter(|(likeness, _)| likeness.percent >= least).collect();
    best.sort_by(|(one, first), (other, second)| {
        other.percent.cmp(&one.percent).then_with(|| name(first).cmp(name(second)))
    });
    best.truncate(most);
    best
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
        standard_example: standard.example,
        service_inactive: service.state() == State::Inactive,
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
