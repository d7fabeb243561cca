//! Services that may satisfy the requirements of another one, by the words of both: worked out when
//! asked for, and never stored. Candidates are what search finds by the document's words, first
//! with the service's own agency and where it is at home.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::registry::{
    Service, SuggestSatisfiersRequest, SuggestSatisfiersResponse,
    suggest_satisfiers_response::Suggestion,
};
use mpp_core::{Label, Result, Sizes, parent_of, region_code};
use mpp_resource::handler::read;
use tokio_util::sync::CancellationToken;

use super::{Registry, divergences::region_of, search::refused};
use crate::{
    memory::{RegistryView, papers},
    model::likeness::{Likeness, Portrait},
    search::Query,
};

/// Suggestions for a requirement.
const SIZES: Sizes = Sizes { usual: 3, most: 20 };
/// Documents of one requirement that are looked for.
const MOST_DOCUMENTS: usize = 4;
/// Services that are compared for each question to search.
const CANDIDATES: usize = 20;

/// A requirement that names no service, and the documents of its words.
struct OpenRequirement {
    number: usize,
    text: String,
    documents: Vec<Portrait>,
    candidates: BTreeSet<String>,
}

/// Where a service is at home.
struct Home {
    service: String,
    agency: String,
    region: String,
}

/// A service that may be suggested, and how far from the one that asks.
struct Candidate {
    service: Service,
    agency: String,
    far: u8,
}

impl Registry {
    /// Services that may satisfy those requirements of a service that do not name one yet.
    ///
    /// # Errors
    /// `NOT_FOUND`; a name of another form; a number out of range; `UNAVAILABLE` if this replica is
    /// behind.
    pub async fn suggest_satisfiers(
        &self,
        caller: &str,
        asked: &SuggestSatisfiersRequest,
    ) -> Result<SuggestSatisfiersResponse> {
        let most = SIZES.asked(asked.max_results, "max_results")?;
        let least = self.policy.suggest_least_percent;
        let service = read::<Service>(self, &asked.name, asked.min_revision).await?;
        let (mut open, left_out) = open(&service, self.policy.satisfier_requirements);
        let home = home(&self.memory.read(), &service.name);
        for requirement in &mut open {
            for document in requirement.documents.iter().take(MOST_DOCUMENTS) {
                let found = self.giving(caller, document, &home, asked.min_revision).await?;
                requirement.candidates.extend(found);
            }
        }
        let named = open.iter().flat_map(|one| &one.candidates).cloned().collect();
        let candidates = self.candidates(named, &home);
        let compare = move |gone: &CancellationToken| {
            let given: BTreeMap<&str, Portrait> = candidates
                .iter()
                .map(|(name, own)| (name.as_str(), papers::given(&own.service)))
                .collect();
            let waited_for = open.iter().take_while(|_| !gone.is_cancelled());
            let all = waited_for.flat_map(|one| best(one, &candidates, &given, (least, most)));
            all.collect()
        };
        let suggestions = self.comparing.run(caller, compare).await?;
        Ok(SuggestSatisfiersResponse { suggestions, left_out })
    }

    /// Names of services that search finds by a document's words.
    async fn giving(
        &self,
        caller: &str,
        document: &Portrait,
        home: &Home,
        min_revision: i64,
    ) -> Result<BTreeSet<String>> {
        let all = Query {
            text: papers::question(document),
            page_size: CANDIDATES,
            of_age: self.of_age()?,
            min_revision,
            ..Query::default()
        };
        let agency = Some(home.agency.clone()).filter(|agency| !agency.is_empty());
        let region = (!home.region.is_empty()).then(|| region_code(&home.region).to_owned());
        let near = [agency.is_some(), region.is_some()];
        let own = [Query { agency, ..all.clone() }, Query { region, ..all.clone() }];
        let own = own.into_iter().zip(near).filter(|(_, is_narrower)| *is_narrower);
        let mut found = BTreeSet::new();
        for query in own.map(|(query, _)| query).chain([all]) {
            let page = self.search.search_for(caller, query).await.map_err(refused)?;
            found.extend(page.hits.into_iter().map(|hit| hit.service));
        }
        found.remove(&home.service);
        Ok(found)
    }

    fn candidates(&self, names: BTreeSet<String>, home: &Home) -> BTreeMap<String, Candidate> {
        let state = self.memory.read();
        let of = |name: String| {
            let service = state.records.get::<Service>(&name)?.doc;
            let there = self::home(&state, &name);
            let far = far(home, &there);
            Some((name, Candidate { service, agency: there.agency, far }))
        };
        names.into_iter().filter_map(of).collect()
    }
}

/// The requirements without a service that are looked at, and how many more there are.
fn open(service: &Service, most: usize) -> (Vec<OpenRequirement>, i32) {
    let all = service.requirements.iter().enumerate();
    let mut open: Vec<OpenRequirement> = all
        .filter(|(_, requirement)| requirement.satisfied_by.is_empty())
        .map(|(index, requirement)| OpenRequirement {
            number: index + 1,
            text: requirement.text.clone(),
            documents: papers::named(&requirement.text),
            candidates: BTreeSet::new(),
        })
        .collect();
    let left_out = open.len().saturating_sub(most);
    open.truncate(most);
    (open, i32::try_from(left_out).unwrap_or(i32::MAX))
}

fn home(state: &RegistryView, service: &str) -> Home {
    let row = state.records.row::<Service>(service);
    Home {
        service: service.to_owned(),
        agency: row.map_or("", |row| row.label(Label::Agency)).to_owned(),
        region: region_of(state, parent_of(service)).to_owned(),
    }
}

/// How far a service is from another: in its unit, its agency, its region or nationwide, or in
/// another region.
fn far(home: &Home, other: &Home) -> u8 {
    if parent_of(&home.service) == parent_of(&other.service) {
        0
    } else if home.agency == other.agency {
        1
    } else if other.region.is_empty() || other.region == home.region {
        2
    } else {
        3
    }
}

/// The likeliest services for a requirement. A service that gives one of several documents
/// satisfies a part of it.
fn best(
    open: &OpenRequirement,
    candidates: &BTreeMap<String, Candidate>,
    given: &BTreeMap<&str, Portrait>,
    (least, most): (u32, usize),
) -> Vec<Suggestion> {
    let parts = u32::try_from(open.documents.len()).unwrap_or(u32::MAX).max(1);
    let alike = open.candidates.iter().filter_map(|name| {
        let gives = given.get(name.as_str())?;
        let all = open.documents.iter().map(|document| papers::alike(document, gives));
        let best = all.max_by_key(|likeness| likeness.percent)?;
        let whole = Likeness { percent: best.percent / parts, ..best };
        (whole.percent >= least).then_some((whole, candidates.get(name)?))
    });
    let mut found: Vec<_> = alike.collect();
    found.sort_by(|(one, first), (other, second)| {
        let names = || first.service.name.cmp(&second.service.name);
        other.percent.cmp(&one.percent).then(first.far.cmp(&second.far)).then_with(names)
    });
    found.truncate(most);
    found
        .into_iter()
        .map(|(likeness, candidate)| suggestion_of(open, likeness, candidate))
        .collect()
}

fn suggestion_of(open: &OpenRequirement, likeness: Likeness, candidate: &Candidate) -> Suggestion {
    let words = likeness.reasons.into_iter().next().map(|reason| reason.words);
    Suggestion {
        number: i32::try_from(open.number).unwrap_or(i32::MAX),
        text: open.text.clone(),
        service: candidate.service.name.clone(),
        title: candidate.service.title.clone(),
        agency: candidate.agency.clone(),
        percent: i32::try_from(likeness.percent).unwrap_or(100),
        words: words.unwrap_or_default(),
    }
}
