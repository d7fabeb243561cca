//! Life events, and the path through one.

use std::collections::{BTreeSet, HashMap};

use futures::future::join_all;
use mpp_api::{
    registry::{
        ListLifeEventsRequest, ListLifeEventsResponse, PlanLifeEventRequest, PlanLifeEventResponse,
        service::requirement::Applicant,
    },
    scheduling::DayHours,
    types::LocalizedText,
};
use mpp_core::Micros;

use super::{AT_ONCE, Missing, Records, ServiceAnswer, Upstream};

/// Life events on a page.
const PAGE: i32 = 100;
/// Things of which a page asks whether one has them.
const MOST_GIVEN: usize = 100;

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
    /// What the path gives to somebody who has nothing yet.
    pub gives: Vec<Given>,
    /// The services of which one has the product, out of those.
    pub has: Vec<String>,
    /// The mall where one goes, if one was chosen and the registry answered.
    pub records: Records,
    /// The days of its counters from today, of those where steps are done, by counter.
    pub hours: HashMap<String, Vec<DayHours>>,
}

/// Something that a path gives.
#[derive(Clone, Debug)]
pub struct Given {
    /// The service whose product it is.
    pub service: String,
    /// What people call it.
    pub title: Option<LocalizedText>,
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
            ServiceAnswer::Absent | ServiceAnswer::Gone | ServiceAnswer::NoAnswer => {
                Err(Missing::Unreachable)
            }
        }
    }

    /// The path through a life event in a mall, by its id; empty: none is preferred. Of what an
    /// address says that one has, only that counts which the path gives.
    pub async fn path(
        &self,
        name: &str,
        (mall, had): (&str, &[String]),
        now: Micros,
    ) -> Result<PathData, Missing> {
        let place = if mall.is_empty() { String::new() } else { format!("malls/{mall}") };
        let mut answer = self.planned(name, &place, &[]).await?;
        let gives = gives(&answer);
        let is_had = |one: &&Given| had.contains(&one.service);
        let has: Vec<String> = gives.iter().filter(is_had).map(|one| one.service.clone()).collect();
        if !has.is_empty() {
            answer = self.planned(name, &place, &has).await?;
        }
        let counters = answer.stops.iter().map(|stop| stop.counter.clone()).collect();
        let (agencies, (records, hours)) =
            futures::join!(self.agencies_of(&answer), self.hours_of(&place, counters, now));
        let (name, mall) = (name.to_owned(), mall.to_owned());
        Ok(PathData { name, answer, mall, agencies, gives, has, records, hours })
    }

    async fn planned(
        &self,
        name: &str,
        mall: &str,
        has: &[String],
    ) -> Result<PlanLifeEventResponse, Missing> {
        let request = PlanLifeEventRequest {
            name: name.to_owned(),
            mall: mall.to_owned(),
            has: has.to_vec(),
            // Whoever reads the pages asks for himself and not for a company.
            applicant: Applicant::Person.into(),
            ..PlanLifeEventRequest::default()
        };
        // The page's own name is well formed: what is refused is the mall, which is not there.
        self.answer(self.life_events.clone().plan_life_event(request)).await.needed()
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

/// What a path gives, by its goals and then by its steps, each once. Of several offices that give a
/// goal, and of which none is a step, one stands for all.
fn gives(answer: &PlanLifeEventResponse) -> Vec<Given> {
    let goals = answer.goals.iter().filter(|goal| goal.steps.len() <= 1);
    let goals = goals.filter_map(|goal| {
        let service = goal.steps.first().or(goal.ways.first().map(|way| &way.service))?;
        Some(Given { service: service.clone(), title: goal.title.clone() })
    });
    let steps = answer.steps.iter().filter(|step| !step.missing);
    let steps =
        steps.map(|step| Given { service: step.service.clone(), title: step.title.clone() });
    let mut seen = BTreeSet::new();
    goals.chain(steps).filter(|one| seen.insert(one.service.clone())).take(MOST_GIVEN).collect()
}
