//! Life events, and the path through one.

use std::collections::{BTreeSet, HashMap};

use futures::future::join_all;
use mpp_api::{
    registry::{
        ListLifeEventsRequest, ListLifeEventsResponse, PlanLifeEventRequest, PlanLifeEventResponse,
        service::requirement::Applicant,
    },
    types::LocalizedText,
};

use super::{AT_ONCE, Missing, ServiceAnswer, Upstream};

/// Life events on a page.
const PAGE: i32 = 100;

/// A page of life events.
#[derive(Debug)]
pub struct LifeEventsData {
    /// The events.
    pub found: ListLifeEventsResponse,
    /// The id of the mall where one goes; empty: none was chosen.
    pub mall: String,
}

/// The path through a life event.
#[derive(Debug)]
pub struct PathData {
    /// The life event's name.
    pub name: String,
    /// The registry's answer.
    pub answer: PlanLifeEventResponse,
    /// The id of the mall where one goes; empty: none was chosen.
    pub mall: String,
    /// The names of the bodies of which several give one thing.
    pub agencies: HashMap<String, LocalizedText>,
}

impl Upstream {
    /// A page of life events, from the one that a token names.
    pub async fn life_events(&self, page: &str, mall: &str) -> Result<LifeEventsData, Missing> {
        let request = ListLifeEventsRequest {
            page_size: PAGE,
            page_token: page.to_owned(),
            ..ListLifeEventsRequest::default()
        };
        match self.answer(self.life_events.clone().list_life_events(request)).await {
            ServiceAnswer::Known(found) => Ok(LifeEventsData { found, mall: mall.to_owned() }),
            ServiceAnswer::Refused => Err(Missing::Refused),
            // The list always has an answer, if only an empty one.
            ServiceAnswer::Absent | ServiceAnswer::NoAnswer => Err(Missing::Unreachable),
        }
    }

    /// The path through a life event in a mall, by its id; empty: none is preferred.
    pub async fn path(&self, name: &str, mall: &str) -> Result<PathData, Missing> {
        let request = PlanLifeEventRequest {
            name: name.to_owned(),
            mall: if mall.is_empty() { String::new() } else { format!("malls/{mall}") },
            // Whoever reads the pages asks for himself and not for a company.
            applicant: Applicant::Person.into(),
            ..PlanLifeEventRequest::default()
        };
        let answer = match self.answer(self.life_events.clone().plan_life_event(request)).await {
            ServiceAnswer::Known(answer) => answer,
            // The page's own name is well formed: what is refused is the mall, which is not there.
            ServiceAnswer::Refused | ServiceAnswer::Absent => return Err(Missing::Unknown),
            ServiceAnswer::NoAnswer => return Err(Missing::Unreachable),
        };
        let agencies = self.agencies_of(&answer).await;
        Ok(PathData { name: name.to_owned(), answer, mall: mall.to_owned(), agencies })
    }

    async fn agencies_of(&self, answer: &PlanLifeEventResponse) -> HashMap<String, LocalizedText> {
        let several = answer.goals.iter().filter(|goal| goal.ways.len() > 1);
        let names: BTreeSet<&str> =
            several.flat_map(|goal| &goal.ways).map(|way| way.agency.as_str()).collect();
        let asked = names.into_iter().take(AT_ONCE).map(|name| async move {
            Some((name.to_owned(), self.unit(name).await?.display_name?))
        });
        join_all(asked).await.into_iter().flatten().collect()
    }
}
