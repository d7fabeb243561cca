//! The way to a service over those whose products it asks for: worked out from the records when
//! asked for. See [`crate::model::process`].

mod goals;
mod path;
mod places;
mod telling;
mod walk;

use std::collections::{BTreeSet, HashMap};

use mpp_api::{
    Document as _,
    registry::{
        Mall, PlanStepsRequest, PlanStepsResponse, Service, service::requirement::Applicant,
    },
};
use mpp_core::{Error, FieldCode, Result, check_name};
use mpp_resource::handler::read;
use tokio_util::sync::CancellationToken;

use super::{Registry, filters::exists};
use crate::{memory::RegistryView, model::process::plan};
use places::Places;
use walk::{Room, Walk, Wanted, walk};

/// Services that are not there for which one answer asks where they have moved.
const MOST_LOOKED_UP: usize = 100;
/// Services of which the applicant has the product already.
const MOST_HAD: usize = 100;

/// What was found out about services that are not there.
#[derive(Default)]
struct LookedUp {
    names: BTreeSet<String>,
    /// Those that have moved → where to.
    moved: HashMap<String, String>,
    /// Those that could not be looked up, or for which there was no room.
    missed: BTreeSet<String>,
}

impl Registry {
    /// The steps towards a service, with what is known of time, fees and places.
    ///
    /// # Errors
    /// `NOT_FOUND`; a mall that does not exist; names of another form, or too many; `UNAVAILABLE`
    /// if this replica is behind.
    pub async fn plan_steps(
        &self,
        caller: &str,
        asked: PlanStepsRequest,
    ) -> Result<PlanStepsResponse> {
        check_has(&asked.has, &asked.name)?;
        check_applicant(asked.applicant)?;
        read::<Service>(self, &asked.name, asked.min_revision).await?;
        self.memory.settled(|state| check_mall(state, &asked.mall)).await?;
        let applicant = Applicant::try_from(asked.applicant).unwrap_or_default();
        let wanted = Wanted::Service(asked.name.clone());
        let (walk, own) = (self.walked(caller, wanted, applicant, &asked.has).await?, self.clone());
        self.comparing.run(caller, move |_| own.planned(&asked, &walk)).await
    }

    /// The way to what is wanted. What is not there is looked for where it has moved, and from
    /// there on again.
    async fn walked(
        &self,
        caller: &str,
        wanted: Wanted,
        applicant: Applicant,
        has: &[String],
    ) -> Result<Walk> {
        let most = self.policy.process_steps;
        let mut looked_up = LookedUp::default();
        loop {
            let (memory, wanted) = (self.memory.clone(), wanted.clone());
            let (room, moved) = (Room::new(most), looked_up.moved.clone());
            let work = move |_: &CancellationToken| walk(&memory, wanted, applicant, (room, moved));
            let mut walk = self.comparing.run(caller, work).await?;
            let mut gone: BTreeSet<String> = has.iter().cloned().collect();
            gone.retain(|name| self.memory.read().records.row::<Service>(name).is_none());
            gone.extend(walk.missing().cloned());
            if !self.look_up(&mut looked_up, gone.clone()).await {
                gone.retain(|name| looked_up.missed.contains(name));
                walk.not_looked_up = gone;
                return Ok(walk);
            }
        }
    }

    /// Looks up where those have moved that were not looked up yet; false if none has.
    async fn look_up(&self, looked_up: &mut LookedUp, mut gone: BTreeSet<String>) -> bool {
        gone.retain(|name| !looked_up.names.contains(name));
        let first_beyond = gone.iter().nth(MOST_LOOKED_UP - looked_up.names.len()).cloned();
        if let Some(first) = first_beyond {
            looked_up.missed.extend(gone.split_off(&first));
        }
        looked_up.names.extend(gone.iter().cloned());
        let found = self.moved(gone).await;
        let is_more = !found.to.is_empty();
        looked_up.moved.extend(found.to);
        looked_up.missed.extend(found.not_looked_up);
        is_more
    }

    fn planned(&self, asked: &PlanStepsRequest, walk: &Walk) -> PlanStepsResponse {
        let mut places = Places::new(self, &asked.mall);
        let offered: Vec<_> = walk.found.iter().map(|found| places.of(&found.name)).collect();
        let has: BTreeSet<&str> = asked.has.iter().map(|name| walk.led(name)).collect();
        let held = has.iter().filter_map(|name| walk.place(name)).collect();
        let graph = walk.graph(&offered);
        let plan = plan(&graph, &held);
        let given = telling::PlanBasis { mall: &asked.mall, has, graph, offered };
        telling::answer(walk, &given, &plan)
    }
}

/// Checks the services of which the applicant has the product; none is `wanted`.
fn check_has(has: &[String], wanted: &str) -> Result<()> {
    if has.len() > MOST_HAD {
        let text = format!("are {}; name {MOST_HAD} at most", has.len());
        return Err(Error::field("has", FieldCode::TooMany, text));
    }
    for (index, name) in has.iter().enumerate() {
        let field = format!("has[{index}]");
        check_name(name, Service::COLLECTIONS, &field)?;
        if name == wanted {
            let text = "is the service that is asked for; whoever has it has nothing to do";
            return Err(Error::field(&field, FieldCode::NotAllowed, text));
        }
    }
    Ok(())
}

fn check_applicant(number: i32) -> Result<()> {
    let unknown = |_| {
        let text = "is not known; it is a person, a body, or anybody, which is the same as none";
        Error::field("applicant", FieldCode::UnknownValue, text)
    };
    Applicant::try_from(number).map(drop).map_err(unknown)
}

fn check_mall(state: &RegistryView, mall: &str) -> Result<()> {
    if mall.is_empty() { Ok(()) } else { exists::<Mall>(state, mall, "mall") }
}
