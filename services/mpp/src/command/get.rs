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
use mpp_rpc::Channel;
use prost::{Message, Name};
use serde_json::Value;

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
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
    let service = match collections.as_slice() {
        ["hoursRules"] | ["malls", "appointments"] => Service::Scheduling,
        _ => Service::Registry,
    };
    let channel = || client.endpoint(service).and_then(|endpoint| mpp_rpc::connect(&endpoint));
    let name = name.to_owned();
    match collections.as_slice() {
        ["regions" | "units" | "malls"] | ["malls", "counters", ..]
            if !collections.contains(&"offerings") =>
        {
            directory(name, &collections, channel()?).await
        }
        ["units", "services"] | ["malls", "counters", "offerings"] => {
            catalog(name, &collections, channel()?).await
        }
        ["sources"] => {
            let request = GetSourceRequest { name };
            shown(SyncServiceClient::new(channel()?).get_source(request).await, |a| a.source)
        }
        ["hoursRules"] => {
            let request = GetHoursRuleRequest { name, ..Default::default() };
            shown(HoursServiceClient::new(channel()?).get_hours_rule(request).await, |a| {
                a.hours_rule
            })
        }
        ["malls", "appointments"] => {
            let request = GetAppointmentRequest { name, ..Default::default() };
            shown(BookingServiceClient::new(channel()?).get_appointment(request).await, |a| {
                a.appointment
            })
        }
        _ => Err(no_name(&name)),
    }
}

async fn directory(name: String, collections: &[&str], channel: Channel) -> Result<String> {
    let mut client = DirectoryServiceClient::new(channel);
    let min_revision = 0;
    match collections {
        ["regions"] => {
            shown(client.get_region(GetRegionRequest { name, min_revision }).await, |a| a.region)
        }
        ["units"] => {
            shown(client.get_unit(GetUnitRequest { name, min_revision }).await, |a| a.unit)
        }
        ["malls"] => {
            shown(client.get_mall(GetMallRequest { name, min_revision }).await, |a| a.mall)
        }
        ["malls", "counters"] => {
            shown(client.get_counter(GetCounterRequest { name, min_revision }).await, |a| a.counter)
        }
        ["malls", "counters", "windows"] => {
            shown(client.get_window(GetWindowRequest { name, min_revision }).await, |a| a.window)
        }
        _ => Err(no_name(&name)),
    }
}

async fn catalog(name: String, collections: &[&str], channel: Channel) -> Result<String> {
    let mut client = CatalogServiceClient::new(channel);
    let min_revision = 0;
    match collections {
        ["units", "services"] => {
            shown(client.get_service(GetServiceRequest { name, min_revision }).await, |a| a.service)
        }
        _ => shown(client.get_offering(GetOfferingRequest { name, min_revision }).await, |a| {
            a.offering
        }),
    }
}

fn no_name(name: &str) -> Error {
    let text =
        format!("'{name}' is not a name; write malls/ID, units/ID/services/ID, regions/35.10, …");
    Error::field("name", "NAME", text)
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
                let inner_path =
                    if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
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
