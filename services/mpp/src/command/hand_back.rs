//! `mpp hand-back`: an administrator gives fields of a service back to the source that publishes it.

use clap::Args as ClapArgs;
use mpp_api::registry::{HandBackServiceRequest, catalog_service_client::CatalogServiceClient};
use mpp_core::Result;

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
    /// Check only.
    #[arg(long)]
    pub dry_run: bool,
}

pub async fn run(args: HandBackArgs, client: &Client, output: Output) -> Result<()> {
    let mut catalog = CatalogServiceClient::new(client.channel(Service::Registry)?);
    let request = HandBackServiceRequest {
        name: args.name,
        fields: args.fields,
        validate_only: args.dry_run,
        ..Default::default()
    };
    let answer = catalog.hand_back_service(request).await.map_err(refused)?.into_inner();
    let service = answer.service.unwrap_or_default();
    if output.is_json() {
        println!("{}", output::json(&service)?);
        return Ok(());
    }
    println!("handed back  {} to {}", service.name, service.source);
    for kept in service.overrides {
        println!("still set by {}: {}", kept.subject, kept.field);
    }
    Ok(())
}
