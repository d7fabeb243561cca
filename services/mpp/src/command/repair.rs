//! `mpp repair`: mends what `mpp doctor` has found of a copy.

use clap::Args as ClapArgs;
use mpp_api::feed::{RepairCopyRequest, copy_service_client::CopyServiceClient};
use mpp_core::{Error, Reason, Result};
use serde_json::json;

use crate::{call::refused, client::Client, output::Output, service::Service};

#[derive(ClapArgs)]
pub struct RepairArgs {
    /// The service that keeps it.
    pub service: Service,
    /// Its name in `mpp doctor`, such as "records", "memory" or "projections".
    pub copy: String,
    /// Keep records and events as they are stored now that were altered in the database, and whose
    /// true form nobody has any more. Without it they stay as they are and are named.
    #[arg(long)]
    pub accept_altered: bool,
}

pub async fn run(args: RepairArgs, client: &Client, output: Output) -> Result<()> {
    let RepairArgs { service, copy, accept_altered } = args;
    let name = format!("copies/{}", copy.trim_start_matches("copies/"));
    let request = RepairCopyRequest { name, accept_altered };
    let mut copies = CopyServiceClient::new(client.channel(service)?);
    let done = copies.repair_copy(request).await.map_err(refused)?.into_inner();
    if output.is_json() {
        let (mended, left) = (done.mended_count, done.left_count);
        say!(
            "{}",
            json!({ "mended": mended, "left": left, "names": done.left_names, "detail": done.text })
        );
    } else {
        say!("{}", done.text);
    }
    if done.left_count == 0 {
        return Ok(());
    }
    let names = done.left_names.join(", ");
    let text = format!("{} are left as they are: {names}", done.left_count);
    Err(Error::new(Reason::Internal, text))
}
