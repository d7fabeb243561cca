//! Puts the demo's directory, malls and hours in, through the public API.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use mpp_api::{
    registry::{
        AcceptOfferingRequest, CreateCounterRequest, CreateMallRequest, CreateOfferingRequest,
        CreateUnitRequest, CreateWindowRequest, catalog_service_client::CatalogServiceClient,
        directory_service_client::DirectoryServiceClient,
    },
    scheduling::{CreateHoursRuleRequest, hours_service_client::HoursServiceClient},
    sync::{CreateSourceRequest, sync_service_client::SyncServiceClient},
};
use mpp_core::{Code, Error, Reason, Result};
use mpp_rpc::{Channel, Endpoint};
use tonic::{Response, Status};

use super::{data::Data, wire};
use crate::call::{refused, request_id};

/// Calls under way at once.
const AT_ONCE: usize = 16;

/// Units and sources.
pub async fn directory(demo: &Data, registry: &Endpoint) -> Result<()> {
    let channel = mpp_rpc::connect(registry)?;
    let mut directory = DirectoryServiceClient::new(channel.clone());
    for unit in &demo.units {
        let request = CreateUnitRequest {
            unit_id: unit.id.clone(),
            unit: Some(wire::unit(unit)?),
            request_id: request_id(),
            ..Default::default()
        };
        unless_there(directory.create_unit(request).await)?;
    }
    let mut sync = SyncServiceClient::new(channel);
    for source in &demo.sources {
        let request = CreateSourceRequest {
            source_id: source.id.clone(),
            source: Some(wire::source(source)),
            request_id: request_id(),
        };
        unless_there(sync.create_source(request).await)?;
    }
    Ok(())
}

/// Malls, with their counters, windows and accepted offerings.
pub async fn malls(demo: &Data, registry: &Endpoint) -> Result<()> {
    let channel = mpp_rpc::connect(registry)?;
    let mut directory = DirectoryServiceClient::new(channel.clone());
    let mut counters = Vec::new();
    for mall in &demo.malls {
        let request = CreateMallRequest {
            mall_id: mall.id.clone(),
            mall: Some(wire::mall(mall)?),
            request_id: request_id(),
            ..Default::default()
        };
        unless_there(directory.create_mall(request).await)?;
        counters
            .extend(mall.counters.iter().map(|counter| (format!("malls/{}", mall.id), counter)));
    }
    stream::iter(counters)
        .map(|(mall, counter)| open_counter(channel.clone(), mall, counter))
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await?;
    Ok(())
}

async fn open_counter(
    channel: Channel,
    mall: String,
    counter: &super::data::Counter,
) -> Result<()> {
    let mut directory = DirectoryServiceClient::new(channel.clone());
    let name = format!("{mall}/counters/{}", counter.id);
    let request = CreateCounterRequest {
        parent: mall,
        counter_id: counter.id.clone(),
        counter: Some(wire::counter(counter)?),
        request_id: request_id(),
        ..Default::default()
    };
    unless_there(directory.create_counter(request).await)?;
    for window in &counter.windows {
        let request = CreateWindowRequest {
            parent: name.clone(),
            window_id: window.id.clone(),
            window: Some(wire::window(window)),
            request_id: request_id(),
            ..Default::default()
        };
        unless_there(directory.create_window(request).await)?;
    }
    for offering in &counter.offerings {
        offer(channel.clone(), &name, offering).await?;
    }
    Ok(())
}

/// The unit proposes, the organiser accepts.
async fn offer(channel: Channel, counter: &str, offering: &super::data::Offering) -> Result<()> {
    let mut catalog = CatalogServiceClient::new(channel);
    let request = CreateOfferingRequest {
        parent: counter.to_owned(),
        offering_id: offering.id.clone(),
        offering: Some(wire::offering(offering)?),
        request_id: request_id(),
        ..Default::default()
    };
    unless_there(catalog.create_offering(request).await)?;
    let request = AcceptOfferingRequest {
        name: format!("{counter}/offerings/{}", offering.id),
        request_id: request_id(),
        ..Default::default()
    };
    match catalog.accept_offering(request).await.map_err(refused) {
        Err(error) if error.reason() != Reason::WrongState => Err(error),
        _ => Ok(()), // Accepted now, or in an earlier run.
    }
}

/// Hours, from the national template down to single counters.
pub async fn hours(demo: &Data, scheduling: &Endpoint) -> Result<()> {
    let mut hours = HoursServiceClient::new(mpp_rpc::connect(scheduling)?);
    for rule in &demo.hours {
        let request = CreateHoursRuleRequest {
            hours_rule_id: rule.id.clone(),
            hours_rule: Some(wire::hours_rule(rule)?),
            request_id: request_id(),
            ..Default::default()
        };
        // Scheduling follows the registry; a mall made a moment ago may not have reached it yet.
        let mut patience = 50;
        loop {
            match unless_there(hours.create_hours_rule(request.clone()).await) {
                Err(error) if is_not_there_yet(&error) && patience > 0 => {
                    patience -= 1;
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
                outcome => break outcome?,
            }
        }
    }
    Ok(())
}

fn is_not_there_yet(error: &Error) -> bool {
    matches!(error.reason(), Reason::ReferenceInvalid | Reason::NotFound | Reason::Unavailable)
}

/// What exists is left alone.
fn unless_there<T>(answer: Result<Response<T>, Status>) -> Result<()> {
    match answer.map_err(refused) {
        Err(error) if error.code() != Code::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
