//! The source with a few records that show each outcome, over two years: what was refused and what
//! is remarked, a correction by hand that the source then leaves behind, and a record that is
//! withdrawn.

use mpp_agent::{CsvFile, Input, Run, Withdraw};
use mpp_api::{
    registry::{
        Service as Record, UpdateServiceRequest, catalog_service_client::CatalogServiceClient,
    },
    types::LocalizedText,
};
use mpp_core::Result;
use prost_types::FieldMask;
use tokio_util::sync::CancellationToken;

use super::{Ministry, patience::until_answered};
use crate::{call::refused, client::Client, service::Service};

/// The source that shows them.
const SOURCE: &str = "sources/madiun";
/// Its list of the year before, beside the present one.
const BEFORE: &str = "services-2025.csv";
/// A correction by the administrator, and a service that the city no longer offers.
const CORRECTED: &str = "units/madiun/services/tera";
const WITHDRAWN: &str = "karcis";

/// True for the ministry that shows them, before its first run.
pub fn are_of(ministry: &Ministry) -> bool {
    ministry.run.source == SOURCE && !ministry.run.state.exists()
}

/// Runs its agent through both years.
///
/// # Errors
/// A service refuses something, which names it.
pub async fn show(
    ministry: &Ministry,
    administrator: &Client,
    shutdown: &CancellationToken,
) -> Result<()> {
    let now = &ministry.run;
    say!("{SOURCE}, its list of 2025:");
    ministry.sync_as(&Run { input: before(&now.input), ..now.clone() }, shutdown).await?;
    say!("An administrator corrects the title of {CORRECTED}; the list of 2026 has another:");
    let correct = async || correct(administrator).await;
    until_answered("the correction", correct).await?;
    ministry.sync_as(now, shutdown).await?;
    say!("\"{WITHDRAWN}\" is in it no more, and is withdrawn:");
    let withdraw = Withdraw::These(vec![WITHDRAWN.to_owned()]);
    ministry.sync_as(&Run { withdraw, ..now.clone() }, shutdown).await?;
    say!(
        "The same again by an agent that has lost its state: it compares, and sends only what differs:"
    );
    let state = now.state.with_extension("lost.db");
    ministry.sync_as(&Run { state, ..now.clone() }, shutdown).await
}

fn before(now: &Input) -> Input {
    match now {
        Input::Csv(table) => {
            Input::Csv(CsvFile { path: table.path.with_file_name(BEFORE), ..table.clone() })
        }
        other => other.clone(),
    }
}

/// The title is set over the source's, which is kept beside it.
async fn correct(administrator: &Client) -> Result<()> {
    let title = LocalizedText { id: "Tera ulang alat timbang".into(), en: String::new() };
    let service = Record { name: CORRECTED.into(), title: Some(title), ..Record::default() };
    let request = UpdateServiceRequest {
        service: Some(service),
        update_mask: Some(FieldMask { paths: vec!["title".into()] }),
        reason: "nama baku menurut standar layanan".into(),
        ..UpdateServiceRequest::default()
    };
    let mut catalog = CatalogServiceClient::new(administrator.channel(Service::Registry)?);
    catalog.update_service(request).await.map(drop).map_err(refused)
}
