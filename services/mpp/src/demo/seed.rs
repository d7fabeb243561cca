//! Puts the demo's directory, malls and hours in, as `mpp apply` does.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use mpp_api::{
    registry::{
        AcceptOfferingRequest, AdoptStandardRequest, CompareWithStandardRequest,
        catalog_service_client::CatalogServiceClient, divergence::Component,
        standard_service_client::StandardServiceClient,
    },
    sync::Source,
};
use mpp_core::{Error, Reason, Result};

use crate::{
    apply::{Applied, ApplyOutcome, Options, RecordToApply, apply, from_text, records},
    call::refused,
    client::Client,
    record::Records,
    service::Service,
};

/// Calls under way at once. SQLite has one writer: more calls would only wait, and on a busy
/// machine beyond their deadline.
const AT_ONCE: usize = 4;

const UNITS: (&str, &str) = ("units.json", include_str!("../../demo/units.json"));
const SOURCES: (&str, &str) = ("sources.json", include_str!("../../demo/sources.json"));
const MALLS: (&str, &str) = ("malls.json", include_str!("../../demo/malls.json"));
const HOURS: (&str, &str) = ("hours.json", include_str!("../../demo/hours.json"));

const STANDARDS: (&str, &str) = ("standards.json", include_str!("../../demo/standards.json"));

const LIFE_EVENTS: (&str, &str) = ("life_events.json", include_str!("../../demo/life_events.json"));

/// Services that adopt what their standard says of the product.
const ADOPTS: [&str; 2] =
    ["units/disnaker-jembrana/services/ak1", "units/disnaker-lombok-barat/services/ak1"];

/// The sources whose ministries the demo has.
pub fn sources() -> Result<Vec<Source>> {
    let (file, text) = SOURCES;
    from_text(file, text)?.iter().map(|given| mpp_api::json::read(&given.value)).collect()
}

/// Units and sources.
pub async fn directory(administrator: &Client) -> Result<()> {
    seed(&read(&[UNITS, SOURCES])?, administrator).await
}

/// Malls with their counters, windows, accepted offerings and hours; answers how many malls.
pub async fn malls(administrator: &Client) -> Result<usize> {
    let records = read(&[MALLS, HOURS])?;
    seed(&records, administrator).await?;
    let of_kind =
        |word: &'static str| records.iter().filter(move |record| record.kind.word == word);
    stream::iter(of_kind("offering"))
        .map(|offering| accept(administrator, &offering.name))
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await?;
    Ok(of_kind("mall").count())
}

/// Standard services, the same service at several places, and what officers have said of them. Two
/// offices have adopted an example's name of the product.
pub async fn standards(administrator: &Client) -> Result<()> {
    seed(&read(&[STANDARDS])?, administrator).await?;
    for service in ADOPTS {
        adopt(administrator, service).await?;
    }
    Ok(())
}

/// The office takes the example's name of its product over, now or in an earlier run; on a day of
/// before the example there is nothing to adopt.
async fn adopt(administrator: &Client, service: &str) -> Result<()> {
    let mut standards = StandardServiceClient::new(administrator.channel(Service::Registry)?);
    let name = service.to_owned();
    let asked = CompareWithStandardRequest { name: name.clone(), ..Default::default() };
    let found = standards.compare_with_standard(asked).await.map_err(refused)?.into_inner();
    let found = found.comparison.unwrap_or_default();
    if found.adopt_time.is_some() || !found.holds_from.is_empty() {
        return Ok(());
    }
    let components = vec![Component::Product.into()];
    let request = AdoptStandardRequest { name, components, ..Default::default() };
    standards.adopt_standard(request).await.map_err(refused).map(drop)
}

/// Samples of life events, with the standards that only they name.
pub async fn life_events(administrator: &Client) -> Result<()> {
    seed(&read(&[LIFE_EVENTS])?, administrator).await
}

fn read(files: &[(&str, &str)]) -> Result<Vec<RecordToApply>> {
    let mut given = Vec::new();
    for (file, text) in files {
        given.extend(from_text(file, text)?);
    }
    records(given)
}

/// Creates the missing records; the first refusal ends the demo.
async fn seed(records: &[RecordToApply], administrator: &Client) -> Result<()> {
    let options = Options { keep_existing: true, ..Options::default() };
    let mut refused = Ok(());
    let mut tell = |applied: Applied<'_>| {
        if let (ApplyOutcome::Refused { error, .. }, Ok(())) = (applied.outcome, &refused) {
            let text = format!("{}: {}", applied.record.name, error.message());
            refused = Err(Error::new(error.reason(), text));
        }
    };
    apply(records, &Records::new(administrator), options, &mut tell).await;
    refused
}

/// The organiser accepts the unit's proposal, now or in an earlier run.
async fn accept(administrator: &Client, offering: &str) -> Result<()> {
    let mut catalog = CatalogServiceClient::new(administrator.channel(Service::Registry)?);
    let request = AcceptOfferingRequest { name: offering.to_owned(), ..Default::default() };
    match catalog.accept_offering(request).await.map_err(refused) {
        Err(error) if !matches!(error.reason(), Reason::WrongState | Reason::NotFound) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_demo_is_whole() {
        let records =
            read(&[UNITS, SOURCES, MALLS, HOURS, STANDARDS, LIFE_EVENTS]).expect("records");
        let names: HashSet<_> = records.iter().map(|record| record.name.as_str()).collect();
        for record in &records {
            let elsewhere =
                |name: &str| name.starts_with("regions/") || name.contains("/services/");
            for name in record.names.iter().filter(|name| !elsewhere(name)) {
                assert!(names.contains(name.as_str()), "{} names {name}", record.place);
            }
        }
        let of_kind = |word: &str| records.iter().filter(|one| one.kind.word == word).count();
        assert!(of_kind("mall") >= 15 && of_kind("life_event") >= 8);
    }
}
