//! Which service satisfies a requirement: what may, and what a person says.

use mpp_api::registry::{
    GetServiceRequest, Service as Record, SuggestSatisfiersRequest, UpdateServiceRequest,
    catalog_service_client::CatalogServiceClient, process_service_client::ProcessServiceClient,
    suggest_satisfiers_response::Suggestion,
};
use mpp_core::{Error, FieldCode, Result};
use prost_types::FieldMask;

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

/// The word for a requirement that no service is to satisfy any more.
const NONE: &str = "none";

/// Shows services that may satisfy the requirements of one.
pub async fn suggest(
    name: String,
    max_results: i32,
    client: &Client,
    output: Output,
) -> Result<()> {
    let mut processes = ProcessServiceClient::new(client.channel(Service::Registry)?);
    let request = SuggestSatisfiersRequest { name, max_results, min_revision: 0 };
    let answer = processes.suggest_satisfiers(request).await.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
        return Ok(());
    }
    let mut shown = 0;
    for suggestion in &answer.suggestions {
        if std::mem::replace(&mut shown, suggestion.number) != suggestion.number {
            say!("{}. {}", suggestion.number, suggestion.text);
        }
        say!("   {}", line(suggestion));
    }
    match answer.suggestions.len() {
        0 => say!("No service gives what a requirement names that is not linked yet."),
        _ => say!("mpp link SERVICE SATISFIER --requirement NUMBER confirms one"),
    }
    if answer.left_out > 0 {
        say!("{} more requirements were not looked at", answer.left_out);
    }
    Ok(())
}

/// " 90 %  units/x/services/kk  Family card: kk".
fn line(one: &Suggestion) -> String {
    let title = output::english(one.title.as_ref());
    format!("{:3} %  {}  {title}: {}", one.percent, one.service, one.words.join(", "))
}

/// What a person says of a requirement.
pub struct Link {
    /// The service that asks.
    pub service: String,
    /// The requirement, from 1.
    pub number: usize,
    /// The service that satisfies it, or `none`.
    pub by: String,
    /// Why, where a source publishes the service.
    pub reason: String,
    /// Only check; change nothing.
    pub dry_run: bool,
}

/// Says which service satisfies a requirement. The list of requirements is written whole, and only
/// if nobody has changed the service meanwhile.
pub async fn link(said: Link, client: &Client, output: Output) -> Result<()> {
    let mut catalog = CatalogServiceClient::new(client.channel(Service::Registry)?);
    let asked = GetServiceRequest { name: said.service, ..Default::default() };
    let before = catalog.get_service(asked).await.map_err(refused)?.into_inner().service;
    let service = satisfied(before.unwrap_or_default(), said.number, &said.by)?;
    let request = UpdateServiceRequest {
        service: Some(service),
        update_mask: Some(FieldMask { paths: vec!["requirements".to_owned()] }),
        validate_only: said.dry_run,
        reason: said.reason,
        ..UpdateServiceRequest::default()
    };
    let answer = catalog.update_service(request).await.map_err(refused)?.into_inner();
    let service = answer.service.unwrap_or_default();
    if output.is_json() {
        say!("{}", output::json(&service)?);
        return Ok(());
    }
    let only = if said.dry_run { "would be " } else { "" };
    let number = said.number;
    let text = number.checked_sub(1).and_then(|index| service.requirements.get(index));
    let text = text.map_or("", |requirement| requirement.text.as_str());
    match said.by.as_str() {
        NONE => say!("{only}unlinked  requirement {number} “{text}”"),
        to => say!("{only}linked  requirement {number} “{text}” to {to}"),
    }
    for warning in answer.warnings {
        complain!("warning: {}: {}", warning.field, warning.message);
    }
    Ok(())
}

/// The service with one of its requirements satisfied, or open again.
fn satisfied(mut service: Record, number: usize, by: &str) -> Result<Record> {
    let many = service.requirements.len();
    let asked = number.checked_sub(1).and_then(|index| service.requirements.get_mut(index));
    let Some(asked) = asked else {
        let text = format!("{} has {many} requirements; {number} is none of them", service.name);
        return Err(Error::field("--requirement", FieldCode::OutOfRange, text));
    };
    asked.satisfied_by = if by == NONE { String::new() } else { by.to_owned() };
    Ok(service)
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::service::Requirement;

    use super::*;

    #[test]
    fn a_requirement_is_linked_by_its_number_and_the_others_stay() {
        let asks = |text: &str| Requirement { text: text.into(), ..Requirement::default() };
        let service = Record { requirements: vec![asks("KK"), asks("KTP")], ..Record::default() };
        let kk = "units/a/services/kk";
        let linked = satisfied(service.clone(), 1, kk).expect("linked");
        assert_eq!(linked.requirements[0].satisfied_by, kk);
        assert_eq!(linked.requirements[1], service.requirements[1]);
        assert_eq!(satisfied(linked, 1, NONE).expect("open"), service);
        for number in [0, 3] {
            assert!(satisfied(service.clone(), number, kk).is_err(), "{number}");
        }
    }
}
