//! `mpp hand-back`: an administrator gives fields of a service back to the source that publishes
//! it; an officer of its unit, too, hands the whole of it to another publisher. Units, malls and
//! counters are only handed over whole, by their field `source`.

use clap::Args as ClapArgs;
use mpp_agent::is_place;
use mpp_api::registry::{
    GetServiceRequest, HandBackServiceRequest, catalog_service_client::CatalogServiceClient,
};
use mpp_core::{Error, FieldCode, Result, in_words};
use prost_reflect::{ReflectMessage as _, Value};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    record::{Kind, Records},
    service::Service,
};

/// Who publishes a place that is written by calls.
const NONE: &str = "none";

#[derive(ClapArgs)]
pub struct HandBackArgs {
    /// The service, unit, mall or counter; `mpp get` shows what is overridden of a service, by
    /// whom, and what the source says.
    #[arg(value_name = "NAME")]
    pub name: String,
    /// A field of a service to give back, such as title; may be given again. Without it all of
    /// them.
    #[arg(long = "field", value_name = "FIELD")]
    pub fields: Vec<String>,
    /// Give nothing back: the fields were looked at and stay as they are set.
    #[arg(long)]
    pub keep: bool,
    /// Why, with --keep.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Hand the whole of it to another publisher: a source; or, for no source any more, of a
    /// service its own unit, of a unit, a mall or a counter none. An officer of its unit may, too.
    #[arg(long, value_name = "PUBLISHER", default_value = "", conflicts_with_all = ["fields", "keep"])]
    pub to: String,
    /// Only check; change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

pub async fn run(args: HandBackArgs, client: &Client, output: Output) -> Result<()> {
    match Kind::of(&args.name) {
        Ok(kind) if is_place(&args.name) => place(args, kind, client, output).await,
        _ => service(args, client, output).await,
    }
}

/// Hands a unit, a mall or a counter over.
async fn place(args: HandBackArgs, kind: &Kind, client: &Client, output: Output) -> Result<()> {
    if args.to.is_empty() || !args.reason.is_empty() {
        let text = "no field of a unit, a mall or a counter is set over its source, and no reason is kept: \
                    hand the whole of it over with --to sources/…, or with --to none";
        return Err(Error::field("to", FieldCode::Required, text));
    }
    let to = if args.to == NONE { "" } else { args.to.as_str() };
    let records = Records::new(client);
    let mut record = records.get(&args.name).await?;
    let field = record.descriptor().get_field_by_name("source");
    let field = field.ok_or_else(|| Error::internal("a place without a source"))?;
    record.set_field(&field, Value::String(to.to_owned()));
    let after = records.update(kind, record, &[field], "", args.dry_run).await?;
    if output.is_json() {
        say!("{}", serde_json::to_string(&after).map_err(Error::internal)?);
        return Ok(());
    }
    let would = if args.dry_run { "would be " } else { "" };
    let to = if to.is_empty() { "whoever may write it by calls" } else { to };
    say!("{would}handed over  {} to {to}", args.name);
    Ok(())
}

async fn service(args: HandBackArgs, client: &Client, output: Output) -> Result<()> {
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
