//! How do services stand to their standards, and do requirements and life events lead to a service?
//! What is amiss there is no fault of the registry: the keepers of the services have to look.

use mpp_api::registry::{
    Adoption, CountAdoptionRequest, LifeEvent, ListBrokenRequirementsRequest,
    ListBrokenRequirementsResponse, ListLifeEventsRequest, ListLifeEventsResponse,
    ListServicesRequest, ListServicesResponse, ListStandardsRequest, Service,
    catalog_service_client::CatalogServiceClient, count_adoption_request::Group,
    life_event_service_client::LifeEventServiceClient, list_services_request::Overridden,
    process_service_client::ProcessServiceClient, standard_service_client::StandardServiceClient,
};
use mpp_client::Channel;
use mpp_core::{Reason, Result};
use tokio::time::Instant;
use tonic::Status;

use super::services::{REPORTED, within};
use crate::call::refused;

/// Said of a registry of the release before.
const OLDER: &str = "not told by a registry of the release before";

/// How many services stand how to their standards.
///
/// # Errors
/// If the registry does not answer.
pub async fn standards(channel: Channel, until: Instant) -> Result<String> {
    let until = until.min(Instant::now() + REPORTED);
    let mut client = StandardServiceClient::new(channel);
    let one = ListStandardsRequest { page_size: 1, ..ListStandardsRequest::default() };
    let listed = client.list_standards(within(one, until)).await.map_err(refused)?;
    let asked = CountAdoptionRequest {
        parent: "standards/-".into(),
        group: Group::All.into(),
        ..CountAdoptionRequest::default()
    };
    let counted = match client.count_adoption(within(asked, until)).await {
        Ok(answer) => answer.into_inner().adoptions.into_iter().next().unwrap_or_default(),
        Err(status) => return or_older(status),
    };
    Ok(stand(listed.into_inner().total_size, &counted))
}

fn stand(standards: i32, counted: &Adoption) -> String {
    if standards == 0 {
        return "there is none".to_owned();
    }
    let Adoption { services, follows, explained, unknown, left_out, .. } = counted;
    let (by_words, differs) =
        (counted.differs_by_words, counted.differs - counted.differs_by_words);
    let left_out = match left_out {
        0 => String::new(),
        many => format!(", not compared: {many} more"),
    };
    format!(
        "{standards}; {services} services are of one (follow it: {follows}, differ: {differs}, \
         differ in words: {by_words}, differ and say why: {explained}, not known: \
         {unknown}{left_out}); `mpp adoption` tells of \
         each"
    )
}

/// Services of each list that the doctor looks at: a registry of the release before knows no such
/// filter and lists all services, and among so many one has no such field.
const LOOKED_AT: i32 = 100;

/// How many services have fields that curators have set over their sources', and how many of them
/// their sources have changed since.
///
/// # Errors
/// If the registry does not answer.
pub async fn overrides(channel: Channel, until: Instant) -> Result<String> {
    let until = until.min(Instant::now() + REPORTED);
    let mut catalog = CatalogServiceClient::new(channel);
    let mut listed = Vec::new();
    for overridden in [Overridden::Any, Overridden::Drifting] {
        let asked = ListServicesRequest {
            parent: "units/-".into(),
            overridden: overridden.into(),
            page_size: LOOKED_AT,
            ..ListServicesRequest::default()
        };
        match catalog.list_services(within(asked, until)).await {
            Ok(answer) => listed.push(answer.into_inner()),
            Err(status) => return or_older(status),
        }
    }
    Ok(set(&listed[0], &listed[1]))
}

fn set(any: &ListServicesResponse, drifting: &ListServicesResponse) -> String {
    let drifts = |service: &Service| service.overrides.iter().any(|one| one.drift_time.is_some());
    let is_set = |service: &Service| !service.overrides.is_empty();
    if !any.services.iter().all(is_set) || !drifting.services.iter().all(drifts) {
        return OLDER.to_owned();
    }
    let fields = format!("services with fields set over their sources': {}", any.total_size);
    match drifting.services.first() {
        None => fields,
        Some(first) => format!(
            "{fields}; the sources of {} have changed such a field since, the first is {}; `mpp \
             overrides --drifting` tells of each",
            drifting.total_size, first.name
        ),
    }
}

/// How many requirements lead to a service, and how many nowhere.
///
/// # Errors
/// If the registry does not answer.
pub async fn processes(channel: Channel, until: Instant) -> Result<String> {
    let asked = ListBrokenRequirementsRequest { page_size: 1, ..<_>::default() };
    let asked = within(asked, until.min(Instant::now() + REPORTED));
    match ProcessServiceClient::new(channel).list_broken_requirements(asked).await {
        Ok(answer) => Ok(lead(&answer.into_inner())),
        Err(status) => or_older(status),
    }
}

fn lead(answer: &ListBrokenRequirementsResponse) -> String {
    let named = format!("{} requirements name a service", answer.linked_size);
    match answer.broken_requirements.first() {
        None => named,
        Some(first) => format!(
            "{named}; {} lead nowhere, the first in {}; `mpp broken` names them",
            answer.total_size, first.service
        ),
    }
}

/// Life events that the doctor looks at.
const MOST_EVENTS: i32 = 1_000;

/// How many goals of life events lead to a service, and how many nowhere.
///
/// # Errors
/// If the registry does not answer.
pub async fn life_events(channel: Channel, until: Instant) -> Result<String> {
    let asked = ListLifeEventsRequest { page_size: MOST_EVENTS, ..<_>::default() };
    let asked = within(asked, until.min(Instant::now() + REPORTED));
    match LifeEventServiceClient::new(channel).list_life_events(asked).await {
        Ok(answer) => Ok(reach(&answer.into_inner())),
        Err(status) => or_older(status),
    }
}

fn reach(answer: &ListLifeEventsResponse) -> String {
    let events = &answer.life_events;
    let looked_at = i32::try_from(events.len()).unwrap_or(i32::MAX);
    let many = match answer.total_size {
        0 => return "there is none".to_owned(),
        all if all > looked_at => format!("{all}, of which {looked_at} were looked at"),
        all => all.to_string(),
    };
    let goals: usize = events.iter().map(|event| event.goals.len()).sum();
    let lost: usize = events.iter().map(|event| event.leads_nowhere.len()).sum();
    match events.iter().find(|event| !event.leads_nowhere.is_empty()) {
        None => format!("{many}; each of their {goals} goals leads to a service"),
        Some(LifeEvent { name, .. }) => format!(
            "{many} with {goals} goals; {lost} lead nowhere, the first in {name}; `mpp steps {name}` \
             tells why"
        ),
    }
}

fn or_older(status: Status) -> Result<String> {
    let error = refused(status);
    match error.reason() {
        Reason::Unimplemented | Reason::InvalidField => Ok(OLDER.to_owned()),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::{BrokenRequirement, service::Override};

    use super::*;

    #[test]
    fn services_are_told_by_how_they_stand() {
        assert_eq!(stand(0, &Adoption::default()), "there is none");
        let counted = Adoption {
            services: 9,
            follows: 4,
            differs: 3,
            differs_by_words: 1,
            explained: 1,
            unknown: 1,
            left_out: 2,
            ..Adoption::default()
        };
        let told = "12; 9 services are of one (follow it: 4, differ: 2, differ in words: 1, \
                    differ and say why: 1, not \
                    known: 1, not compared: 2 more); `mpp adoption` tells of each";
        assert_eq!(stand(12, &counted), told);
    }

    #[test]
    fn goals_of_life_events_are_counted_and_the_first_event_that_lacks_one_is_named() {
        assert_eq!(reach(&ListLifeEventsResponse::default()), "there is none");
        let event = |id: &str, lost: &[i32]| LifeEvent {
            name: format!("lifeEvents/{id}"),
            goals: vec![Default::default(); 3],
            leads_nowhere: lost.to_vec(),
            ..LifeEvent::default()
        };
        let all = |life_events| ListLifeEventsResponse {
            total_size: 2,
            life_events,
            ..ListLifeEventsResponse::default()
        };
        let well = all(vec![event("a", &[]), event("b", &[])]);
        assert_eq!(reach(&well), "2; each of their 6 goals leads to a service");
        let told = "2 with 6 goals; 2 lead nowhere, the first in lifeEvents/b; `mpp steps \
                    lifeEvents/b` tells why";
        assert_eq!(reach(&all(vec![event("a", &[]), event("b", &[1, 3])])), told);
    }

    #[test]
    fn what_leads_nowhere_is_counted_and_the_first_is_named() {
        let well = ListBrokenRequirementsResponse { linked_size: 5, ..<_>::default() };
        assert_eq!(lead(&well), "5 requirements name a service");
        let first = BrokenRequirement {
            service: "units/a/services/b".into(),
            ..BrokenRequirement::default()
        };
        let broken = ListBrokenRequirementsResponse {
            broken_requirements: vec![first],
            total_size: 2,
            ..well
        };
        let told = "5 requirements name a service; 2 lead nowhere, the first in units/a/services/b; \
                    `mpp broken` names them";
        assert_eq!(lead(&broken), told);
    }

    #[test]
    fn what_drifts_is_named_and_an_older_registry_is_not_taken_at_its_word() {
        let drifts = Service {
            name: "units/a/services/kk".into(),
            overrides: vec![Override {
                drift_time: Some(prost_types::Timestamp::default()),
                ..Override::default()
            }],
            ..Service::default()
        };
        let settled = Service { overrides: vec![Override::default()], ..Service::default() };
        let of = |services: Vec<Service>, total_size| ListServicesResponse {
            services,
            total_size,
            ..ListServicesResponse::default()
        };
        let none = of(vec![], 0);
        assert_eq!(set(&none, &none), "services with fields set over their sources': 0");
        assert_eq!(
            set(&of(vec![drifts.clone()], 3), &of(vec![drifts.clone()], 1)),
            "services with fields set over their sources': 3; the sources of 1 have changed such a \
             field since, the first is units/a/services/kk; `mpp overrides --drifting` tells of each"
        );
        let all = of(vec![Service::default()], 70);
        assert_eq!(set(&all, &all), OLDER);
        let mixed = of(vec![drifts.clone(), settled], 70);
        assert_eq!(set(&mixed, &mixed), OLDER, "one that does not drift is no answer to that");
        let last = of(vec![drifts, Service::default()], 70);
        assert_eq!(set(&last, &last), OLDER);
    }
}
