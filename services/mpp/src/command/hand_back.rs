//! `mpp hand-back`: an administrator gives fields of a service back to the source that publishes
//! it; an officer of its unit, too, hands the whole of it to another publisher.

use clap::Args as ClapArgs;
use mpp_api::registry::{
    GetServiceRequest, HandBackServiceRequest, catalog_service_client::CatalogServiceClient,
};
use mpp_core::{Result, in_words};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct HandBackArgs {
    /// The service; `mpp get` shows what is overridden of it, by whom, and what the source says.
    #[arg(value_name = "SERVICE")]
    pub name: String,
    /// A field to give back, such as title; may be given again. Without it all of them.
    #[arg(long = "field", value_name = "FIELD")]
    pub fields: Vec<String>,
    /// Give nothing back: the fields were looked at and stay as they are set.
    #[arg(long)]
    pub keep: bool,
    /// Why, with --keep.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Hand the whole service to another publisher: a source, or its own unit for no source any
    /// more. An officer of its unit may, too.
    #[arg(long, value_name = "PUBLISHER", default_value = "", conflicts_with_all = ["fields", "keep"])]
    pub to: String,
    /// Check only.
    #[arg(long)]
    pub dry_run: bool,
}

pub async fn run(args: HandBackArgs, client: &Client, output: Output) -> Result<()> {
    let mut catalog = CatalogServiceClient::new(client.channel(Service::Registry)?);
    let (keep, to, dry_run) = (args.keep, args.to.clone(), args.dry_run);
    let asked = GetServiceRequest { name: args.name.clone(), ..Default::default() };
    let before = catalog.get_service(asked).await.map_err(refused)?.into_inner().service;
    let overridden = before.unwrap_or_default().overrides.len();
    let request = HandBackServiceRequest {
        name: args.name,
        fields: args.fields,
        keep: args.keep,
        reason: args.reason,
        to: args.to,
        validate_only: args.dry_run,
        ..Default::default()
    };
    let answer = catalog.hand_back_service(request).await.map_err(refused)?.into_inner();
    let service = answer.service.unwrap_or_default();
    if output.is_json() {
        say!("{}", output::json(&service)?);
        return Ok(());
    }
    let only = if dry_run { "would be " } else { "" };
    match overridden - service.overrides.len().min(overridden) {
        _ if !to.is_empty() => say!("{only}handed over  {} to {to}", service.name),
        _ if overridden == 0 => say!("nothing of {} is overridden", service.name),
        _ if keep => say!("{only}confirmed  {}", service.name),
        fields => say!("{only}handed back  {fields} of {} to {}", service.name, service.source),
    }
    for kept in service.overrides {
        say!("still set by {}: {}", in_words(&kept.subject), kept.field);
    }
    Ok(())
}
