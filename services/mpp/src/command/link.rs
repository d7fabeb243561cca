//! `mpp link`: an officer of a service's unit says whether it is of a standard, or takes that back;
//! or which service satisfies a requirement of it.

use clap::Args as ClapArgs;
use mpp_api::registry::{
    CreateStandardLinkRequest, DeleteStandardLinkRequest, StandardLink, UpdateStandardLinkRequest,
    standard_link::State, standard_service_client::StandardServiceClient,
};
use mpp_api::types::{Tombstone, tombstone};
use mpp_client::Channel;
use mpp_core::{Error, FieldCode, Reason, Result};
use prost_types::FieldMask;

use super::requirement;
use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct LinkArgs {
    /// The service: units/…/services/…
    #[arg(value_name = "SERVICE")]
    pub service: String,
    /// The standard that it is of; `mpp suggest SERVICE` shows some. With --requirement the service
    /// whose product satisfies it, or `none`; `mpp suggest SERVICE --requirements` shows some.
    #[arg(value_name = "TO")]
    pub to: String,
    /// The number of a requirement, from 1.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["reject", "open"])]
    pub requirement: Option<usize>,
    /// It is not of that standard, which is not suggested again; say why.
    #[arg(long, requires = "reason")]
    pub reject: bool,
    /// Takes back what was decided: the pair is open again.
    #[arg(long, conflicts_with_all = ["reject", "reason"])]
    pub open: bool,
    /// Why; shown to everybody.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Check only.
    #[arg(long)]
    pub dry_run: bool,
}

pub async fn run(args: LinkArgs, client: &Client, output: Output) -> Result<()> {
    if let Some(number) = args.requirement {
        let LinkArgs { service, to: by, reason, dry_run, .. } = args;
        let said = requirement::Link { service, number, by, reason, dry_run };
        return requirement::link(said, client, output).await;
    }
    let mut standards = StandardServiceClient::new(client.channel(Service::Registry)?);
    if args.open {
        return take_back(&mut standards, &args, output).await;
    }
    let link = said(&mut standards, &args).await?;
    let example = if link.standard_example { " (example)" } else { "" };
    let only = if args.dry_run { "would be " } else { "" };
    let version = match link.decided_version.as_str() {
        "" => String::new(),
        version => format!(", decided on version {version}"),
    };
    let standard = format!("{}{example}{version}", link.standard);
    match link.state() {
        _ if output.is_json() => say!("{}", output::json(&link)?),
        State::Confirmed => say!("{only}confirmed  {} is of {standard}", args.service),
        _ => say!("{only}rejected  {} is not of {standard}", args.service),
    }
    Ok(())
}

/// The last part of the link's name, which is the standard's.
fn standard_id(standard: &str) -> Result<&str> {
    standard.strip_prefix("standards/").ok_or_else(|| {
        let text = format!(
            "'{standard}' is no standard; `mpp list standards` shows them, and --requirement NUMBER \
             says which requirement a service satisfies"
        );
        Error::field("TO", FieldCode::Name, text)
    })
}

async fn take_back(
    standards: &mut StandardServiceClient<Channel>,
    args: &LinkArgs,
    output: Output,
) -> Result<()> {
    let reason = tombstone::Reason::Withdrawn.into();
    let request = DeleteStandardLinkRequest {
        name: format!("{}/links/{}", args.service, standard_id(&args.to)?),
        tombstone: Some(Tombstone { reason, ..Tombstone::default() }),
        validate_only: args.dry_run,
        ..DeleteStandardLinkRequest::default()
    };
    let answer = standards.delete_standard_link(request).await.map_err(refused)?.into_inner();
    let only = if args.dry_run { "would be " } else { "" };
    match output.is_json() {
        true => say!("{}", output::json(&answer)?),
        false => say!("{only}open again  {} and {}", args.service, args.to),
    }
    Ok(())
}

/// The link as it is said; one that is there already is decided anew.
async fn said(
    standards: &mut StandardServiceClient<Channel>,
    args: &LinkArgs,
) -> Result<StandardLink> {
    let id = standard_id(&args.to)?;
    let state = if args.reject { State::Rejected } else { State::Confirmed };
    let link = StandardLink {
        name: format!("{}/links/{id}", args.service),
        standard: args.to.clone(),
        state: state.into(),
        reason: args.reason.clone(),
        ..StandardLink::default()
    };
    let request = CreateStandardLinkRequest {
        parent: args.service.clone(),
        standard_link_id: id.to_owned(),
        standard_link: Some(link.clone()),
        validate_only: args.dry_run,
        ..CreateStandardLinkRequest::default()
    };
    match standards.create_standard_link(request).await.map_err(refused) {
        Err(error) if error.reason() == Reason::AlreadyExists => {
            // Whoever gives no reason leaves the one that is there.
            let reason = (!args.reason.is_empty()).then(|| "reason".to_owned());
            let paths = std::iter::once("state".to_owned()).chain(reason).collect();
            let request = UpdateStandardLinkRequest {
                standard_link: Some(link),
                update_mask: Some(FieldMask { paths }),
                validate_only: args.dry_run,
                ..UpdateStandardLinkRequest::default()
            };
            let answer = standards.update_standard_link(request).await.map_err(refused)?;
            Ok(answer.into_inner().standard_link.unwrap_or_default())
        }
        made => Ok(made?.into_inner().standard_link.unwrap_or_default()),
    }
}
