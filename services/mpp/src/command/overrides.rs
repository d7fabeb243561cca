//! `mpp overrides`: the fields that curators have set over the sources of services, to be worked
//! off.

use std::pin::pin;

use clap::Args as ClapArgs;
use futures::TryStreamExt as _;
use mpp_api::{
    json,
    registry::{
        ListServicesRequest, Service, catalog_service_client::CatalogServiceClient,
        list_services_request::Overridden, service::Override,
    },
};
use mpp_client::pages;
use mpp_core::{Error, Result, in_words};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service as Suite,
};

/// Services asked for at a time.
const PAGE: i32 = 100;

#[derive(ClapArgs)]
pub struct OverridesArgs {
    /// Only services of this unit and of the units below it.
    #[arg(long, default_value = "units/-", hide_default_value = true)]
    pub unit: String,
    /// Only fields that drift: the source has changed them since they were set or confirmed.
    #[arg(long)]
    pub drifting: bool,
}

pub async fn run(args: OverridesArgs, client: &Client, output: Output) -> Result<()> {
    let channel = client.channel(Suite::Registry)?;
    let wanted = if args.drifting { Overridden::Drifting } else { Overridden::Any };
    let asked = ListServicesRequest {
        parent: args.unit,
        overridden: wanted.into(),
        page_size: PAGE,
        ..ListServicesRequest::default()
    };
    let mut pages = pin!(pages(|page_token| {
        let mut catalog = CatalogServiceClient::new(channel.clone());
        let request = ListServicesRequest { page_token, ..asked.clone() };
        async move {
            let answer = catalog.list_services(request).await.map_err(refused)?.into_inner();
            Ok::<_, Error>((answer.services, answer.next_page_token))
        }
    }));
    let mut fields = 0;
    while let Some(services) = pages.try_next().await? {
        for service in services {
            fields += print(service, args.drifting, output)?;
        }
    }
    match fields {
        _ if output.is_json() => {}
        0 if args.drifting => say!("No source has changed a field that a curator has set."),
        0 => say!("No field is set over its source's."),
        _ => {
            say!("mpp hand-back SERVICE --field FIELD: the source's value stands again");
            say!(
                "mpp hand-back SERVICE --field FIELD --keep --reason WHY: it was looked at, and stays"
            );
        }
    }
    Ok(())
}

/// Tells the fields of one service, and how many there are. A registry of the release before knows
/// no such filter and gives all services, most of which have none.
fn print(mut service: Service, drifting: bool, output: Output) -> Result<usize> {
    service.overrides.retain(|kept| !drifting || kept.drift_time.is_some());
    let fields = service.overrides.len();
    if fields == 0 {
        return Ok(0);
    }
    if output.is_json() {
        say!("{}", output::json(&service)?);
        return Ok(fields);
    }
    say!("{}", service.name);
    for kept in &service.overrides {
        for line in lines(&service, kept)? {
            say!("  {line}");
        }
    }
    Ok(fields)
}

/// What stands, since when, by whom and why; what the source says.
fn lines(service: &Service, kept: &Override) -> Result<Vec<String>> {
    let field = &kept.field;
    let since = kept.time.as_ref().map(|time| format!(", {}", time)).unwrap_or_default();
    let why = if kept.reason.is_empty() { "no reason is given" } else { &kept.reason };
    let mut lines = vec![
        format!("{field}: {}", value(Some(service), field)?),
        format!("  set by {}{since}: {why}", in_words(&kept.subject)),
        format!("  {} says: {}", service.source, value(kept.source_value.as_ref(), field)?),
    ];
    if let Some(time) = &kept.drift_time {
        let first = value(kept.first_value.as_ref(), field)?;
        lines.push(format!("  it drifts since {}; it said: {first}", time));
    }
    Ok(lines)
}

/// The value of a field as the contract writes it.
fn value(service: Option<&Service>, field: &str) -> Result<String> {
    let whole = json::value(&service.cloned().unwrap_or_default())?;
    Ok(match whole.get(field) {
        None => "nothing".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use mpp_api::types::LocalizedText;

    use super::*;

    fn titled(title: &str) -> Service {
        let title = LocalizedText { id: title.into(), ..LocalizedText::default() };
        Service {
            name: "units/a/services/kk".into(),
            source: "sources/a".into(),
            title: Some(title),
            ..Service::default()
        }
    }

    #[test]
    fn a_line_says_what_stands_why_and_what_the_source_says_now() {
        let kept = Override {
            field: "title".into(),
            subject: "users/-".into(),
            reason: "salah ketik di sumber".into(),
            source_value: Some(titled("KK Baru")),
            ..Override::default()
        };
        let told = lines(&titled("Kartu Keluarga"), &kept).expect("known");
        assert_eq!(told[0], r#"title: {"id":"Kartu Keluarga"}"#);
        assert_eq!(told[1], "  set by a person: salah ketik di sumber");
        assert_eq!(told[2], r#"  sources/a says: {"id":"KK Baru"}"#);
        assert_eq!(told.len(), 3, "it says the same as ever");
    }

    #[test]
    fn a_field_that_the_source_leaves_out_is_nothing() {
        let time = prost_types::Timestamp { seconds: 1_795_835_520, nanos: 0 };
        let first = Service { product: "KK cetak".into(), ..Service::default() };
        let kept = Override {
            field: "product".into(),
            subject: "-".into(),
            drift_time: Some(time),
            first_value: Some(first),
            ..Override::default()
        };
        let told = lines(&titled("Kartu Keluarga"), &kept).expect("known");
        assert_eq!(told[0], "product: nothing");
        assert_eq!(told[1], "  set by somebody: no reason is given");
        assert_eq!(told[2], "  sources/a says: nothing");
        let drifts = "  it drifts since 2026-11-28T03:12:00Z; it said: KK cetak";
        assert_eq!(told[3], drifts);
    }
}
