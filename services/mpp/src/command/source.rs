//! `mpp source`.

use clap::Subcommand;
use mpp_api::sync::{
    Accounting, GetSourceRequest, ListSourcesRequest, Source,
    sync_service_client::SyncServiceClient,
};
use mpp_core::Result;

use crate::{
    call::refused,
    client::Client,
    output::{self, Output, Table},
    service::Service,
};

#[derive(Subcommand)]
pub enum SourceCommand {
    /// All sources.
    List,
    /// One source.
    Show { name: String },
}

pub async fn run(command: SourceCommand, client: &Client, output: Output) -> Result<()> {
    let channel = mpp_rpc::connect(&client.endpoint(Service::Registry)?)?;
    let mut sync = SyncServiceClient::new(channel);
    let sources = match command {
        SourceCommand::List => all(&mut sync).await?,
        SourceCommand::Show { name } => {
            let answer = sync.get_source(GetSourceRequest { name }).await.map_err(refused)?;
            answer.into_inner().source.into_iter().collect()
        }
    };
    print(&sources, output)
}

async fn all(sync: &mut SyncServiceClient<mpp_rpc::Channel>) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListSourcesRequest { page_size: 500, page_token };
        let answer = sync.list_sources(request).await.map_err(refused)?.into_inner();
        sources.extend(answer.sources);
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            return Ok(sources);
        }
    }
}

fn print(sources: &[Source], output: Output) -> Result<()> {
    if output.is_json() {
        for source in sources {
            println!("{}", output::json(source)?);
        }
        return Ok(());
    }
    let mut table = Table::new([
        "source",
        "received",
        "applied",
        "unchanged",
        "rejected",
        "quarantined",
        "last success",
    ]);
    for source in sources {
        let sums = source.accounting.unwrap_or_default();
        let last =
            source.last_success_time.as_ref().map_or_else(|| "never".into(), ToString::to_string);
        let [received, applied, unchanged, rejected, quarantined] = columns(&sums);
        table.row([source.name.clone(), received, applied, unchanged, rejected, quarantined, last]);
    }
    table.print();
    Ok(())
}

/// The accounting in the order received, applied, unchanged, rejected, quarantined.
pub fn columns(sums: &Accounting) -> [String; 5] {
    [sums.received, sums.applied, sums.unchanged, sums.rejected, sums.quarantined]
        .map(|sum| sum.to_string())
}
