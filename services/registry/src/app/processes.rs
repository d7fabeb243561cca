//! The way to a service over those whose products it asks for: worked out from the records when
//! asked for. See [`crate::model::process`].

mod places;
mod telling;
mod walk;

use std::collections::BTreeSet;

use mpp_api::registry::{
    Mall, PlanStepsRequest, PlanStepsResponse, Service, service::requirement::Applicant,
};
use mpp_core::{Error, FieldCode, Result, check_name};
use mpp_resource::{Kind as _, handler::read};

use super::{Registry, filters::exists};
use crate::{memory::RegistryView, model::process::plan};
use places::Places;
use walk::{Room, walk};

/// Services of which the applicant has the product already.
const MOST_HAD: usize = 100;

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
        check_has(&asked)?;
        read::<Service>(self, &asked.name, asked.min_revision).await?;
        self.memory.settled(|state| check_mall(state, &asked.mall)).await?;
        let own = self.clone();
        self.comparing.run(caller, move |_| own.planned(&asked)).await
    }

    fn planned(&self, asked: &PlanStepsRequest) -> PlanStepsResponse {
        let applicant = Applicant::try_from(asked.applicant).unwrap_or_default();
        let room = Room::new(self.policy.process_steps);
        let walk = walk(&self.memory, &asked.name, applicant, room);
        let mut places = Places::new(self, &asked.mall);
        let offered: Vec<_> = walk.found.iter().map(|found| places.of(&found.name)).collect();
        let has: BTreeSet<&str> = asked.has.iter().map(String::as_str).collect();
        let held = has.iter().filter_map(|name| walk.place(name)).collect();
        let graph = walk.graph(&offered);
        let plan = plan(&graph, &held);
        telling::answer(&walk, telling::Given { asked, has, graph, plan, offered })
    }
}

fn check_has(asked: &PlanStepsRequest) -> Result<()> {
    if asked.has.len() > MOST_HAD {
        let text = format!("are {}; name {MOST_HAD} at most", asked.has.len());
        return Err(Error::field("has", FieldCode::TooMany, text));
    }
    for (index, name) in asked.has.iter().enumerate() {
        let field = format!("has[{index}]");
        check_name(name, Service::COLLECTIONS, &field)?;
        if *name == asked.name {
            let text = "is the service that is asked for; there is nothing to do for who has it";
            return Err(Error::field(&field, FieldCode::NotAllowed, text));
        }
    }
    Ok(())
}

fn check_mall(state: &RegistryView, mall: &str) -> Result<()> {
    if mall.is_empty() { Ok(()) } else { exists::<Mall>(state, mall, "mall") }
}
