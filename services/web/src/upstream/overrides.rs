//! Services with fields that curators have set over their sources'.

use mpp_api::registry::{
    ListServicesRequest, ListServicesResponse, Service, list_services_request::Overridden,
};

use super::{Missing, ServiceAnswer, Upstream};

/// Services on a page.
const PAGE: i32 = 50;

/// A page of such services.
#[derive(Debug)]
pub struct OverridesData {
    /// The first of those whose sources have changed such a field since.
    pub drifting: ListServicesResponse,
    /// All.
    pub all: ListServicesResponse,
}

impl Upstream {
    /// A page of services with such fields, from the one that a token names.
    pub async fn overrides(&self, page: &str) -> Result<OverridesData, Missing> {
        let (drifting, all) = futures::try_join!(
            self.with_overrides(Overridden::Drifting, ""),
            self.with_overrides(Overridden::Any, page)
        )?;
        Ok(OverridesData { drifting, all })
    }

    async fn with_overrides(
        &self,
        overridden: Overridden,
        page: &str,
    ) -> Result<ListServicesResponse, Missing> {
        let request = ListServicesRequest {
            parent: "units/-".into(),
            overridden: overridden.into(),
            page_size: PAGE,
            page_token: page.to_owned(),
            ..ListServicesRequest::default()
        };
        match self.answer(self.catalog.clone().list_services(request)).await {
            ServiceAnswer::Known(found)
                if found.services.iter().all(|one| fits(one, overridden)) =>
            {
                Ok(found)
            }
            // A registry of the release before knows no such filter, and lists all services.
            ServiceAnswer::Known(_) => Err(Missing::Unreachable),
            ServiceAnswer::Refused => Err(Missing::Refused),
            // The list always has an answer, if only an empty one.
            ServiceAnswer::Absent | ServiceAnswer::Gone | ServiceAnswer::NoAnswer => {
                Err(Missing::Unreachable)
            }
        }
    }
}

fn fits(service: &Service, overridden: Overridden) -> bool {
    let drifts = overridden == Overridden::Drifting;
    service.overrides.iter().any(|kept| !drifts || kept.drift_time.is_some())
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::service::Override;

    use super::*;

    #[test]
    fn the_list_of_all_services_of_an_older_registry_is_no_answer() {
        let of = |overrides: Vec<Override>| Service { overrides, ..Service::default() };
        let drifts = Override { drift_time: Some(Default::default()), ..Override::default() };
        assert!(!fits(&of(vec![]), Overridden::Any), "none of its fields is set");
        assert!(fits(&of(vec![Override::default()]), Overridden::Any));
        assert!(!fits(&of(vec![Override::default()]), Overridden::Drifting));
        assert!(fits(&of(vec![Override::default(), drifts]), Overridden::Drifting));
    }
}
