//! `mpp accept`: a mall's organiser accepts the services that units offer in it.

use clap::Args as ClapArgs;
use mpp_api::registry::{AcceptOfferingRequest, catalog_service_client::CatalogServiceClient};
use mpp_core::Result;

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct AcceptArgs {
    /// The offerings to accept.
    #[arg(required = true, value_name = "OFFERING")]
    pub names: Vec<String>,
}

pub async fn run(args: AcceptArgs, client: &Client, output: Output) -> Result<()> {
    let mut catalog = CatalogServiceClient::new(client.channel(Service::Registry)?);
    for name in args.names {
        let request = AcceptOfferingRequest { name, ..Default::default() };
        let answer = catalog.accept_offering(request).await.map_err(refused)?.into_inner();
        let offering = answer.offering.unwrap_or_default();
        if output.is_json() {
            say!("{}", output::json(&offering)?);
        } else {
            say!("accepted  {}", offering.name);
        }
    }
    Ok(())
}
