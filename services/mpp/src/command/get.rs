//! `mpp get`: a record by its name, whichever kind the name is of.

use mpp_api::{
    registry::{
        GetCounterRequest, GetMallRequest, GetOfferingRequest, GetRegionRequest, GetServiceRequest,
        GetUnitRequest, GetWindowRequest, catalog_service_client::CatalogServiceClient,
        directory_service_client::DirectoryServiceClient,
    },
    scheduling::{
        GetAppointmentRequest, GetHoursRuleRequest, booking_service_client::BookingServiceClient,
        hours_service_client::HoursServiceClient,
    },
    sync::{GetSourceRequest, sync_service_client::SyncServiceClient},
};
use mpp_core::{Error, Result};
use prost::{Message, Name};
use serde_json::Value;

use crate::{
    args::{Output, Service},
    call::refused,
    context::Client,
    output,
};

pub async fn run(name: &str, client: &Client, output: Output) -> Result<()> {
    let record = fetch(name, client).await?;
    if output.is_json() {
        println!("{record}");
    } else {
        let value: Value = serde_json::from_str(&record).map_err(Error::internal)?;
        print_value("", &value);
    }
    Ok(())
}

/// The record as JSON; the collections of the name say which service to ask for what.
async fn fetch(name: &str, client: &Client) -> Result<String> {
    let collections: Vec<&str> = name.split('/').step_by(2).collect();
    let name = name.to_owned();
    let registry = || {
        client
            .endpoint(Service::Registry)
            .and_then(|end| mpp_rpc::connect(&end))
    };
    let scheduling = || {
        client
            .endpoint(Service::Scheduling)
            .and_then(|end| mpp_rpc::connect(&end))
    };
    let min_revision = 0;
    match collections.as_slice() {
        ["regions"] => {
            let request = GetRegionRequest { name, min_revision };
            shown(
                DirectoryServiceClient::new(registry()?)
                    .get_region(request)
                    .await,
                |a| a.region,
            )
        }
        ["units"] => {
            let request = GetUnitRequest { name, min_revision };
            shown(
                DirectoryServiceClient::new(registry()?)
                    .get_unit(request)
                    .await,
                |a| a.unit,
            )
        }
        ["malls"] => {
            let request = GetMallRequest { name, min_revision };
            shown(
                DirectoryServiceClient::new(registry()?)
                    .get_mall(request)
                    .await,
                |a| a.mall,
            )
        }
        ["malls", "counters"] => {
            let request = GetCounterRequest { name, min_revision };
            shown(
                DirectoryServiceClient::new(registry()?)
                    .get_counter(request)
                    .await,
                |a| a.counter,
            )
        }
        ["malls", "counters", "windows"] => {
            let request = GetWindowRequest { name, min_revision };
            shown(
                DirectoryServiceClient::new(registry()?)
                    .get_window(request)
                    .await,
                |a| a.window,
            )
        }
        ["units", "services"] => {
            let request = GetServiceRequest { name, min_revision };
            shown(
                CatalogServiceClient::new(registry()?)
                    .get_service(request)
                    .await,
                |a| a.service,
            )
        }
        ["malls", "counters", "offerings"] => {
            let request = GetOfferingRequest { name, min_revision };
            shown(
                CatalogServiceClient::new(registry()?)
                    .get_offering(request)
                    .await,
                |a| a.offering,
            )
        }
        ["sources"] => {
            let request = GetSourceRequest { name };
            shown(
                SyncServiceClient::new(registry()?)
                    .get_source(request)
                    .await,
                |a| a.source,
            )
        }
        ["hoursRules"] => {
            let request = GetHoursRuleRequest { name };
            shown(
                HoursServiceClient::new(scheduling()?)
                    .get_hours_rule(request)
                    .await,
                |a| a.hours_rule,
            )
        }
        ["malls", "appointments"] => {
            let request = GetAppointmentRequest { name };
            shown(
                BookingServiceClient::new(scheduling()?)
                    .get_appointment(request)
                    .await,
                |a| a.appointment,
            )
        }
        _ => Err(Error::field(
            "name",
            "NAME",
            format!(
                "'{name}' is not a name; write malls/ID, units/ID/services/ID, regions/35.10, …"
            ),
        )),
    }
}

fn shown<A, M: Message + Name + Default>(
    answer: Result<tonic::Response<A>, tonic::Status>,
    record: fn(A) -> Option<M>,
) -> Result<String> {
    output::json(&record(answer.map_err(refused)?.into_inner()).unwrap_or_default())
}

/// One line for each field, nested ones by their path.
fn print_value(path: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                let inner_path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                print_value(&inner_path, inner);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                print_value(&format!("{path}[{at}]"), item);
            }
        }
        Value::String(text) => println!("{path:28} {}", text.replace('\n', " / ")),
        other => println!("{path:28} {other}"),
    }
}
