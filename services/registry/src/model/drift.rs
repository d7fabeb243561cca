//! What a source says of fields that a curator has set over it, between two states of a service.

use mpp_api::{
    difference::written,
    json,
    registry::{Service, service::Override},
    sync::OverriddenDifference,
};
use mpp_core::Result;

/// What the source says of fields that a curator has set.
///
/// # Errors
/// Never, of messages of the contract.
pub fn differences(before: &Service, after: &Service) -> Result<Vec<OverriddenDifference>> {
    let mut told = Vec::new();
    for kept in &after.overrides {
        let earlier = before.overrides.iter().find(|one| one.field == kept.field);
        told.push(OverriddenDifference {
            old_value: earlier.map_or_else(|| field(before, &kept.field), said)?,
            new_value: said(kept)?,
            drifts: kept.drift_time.is_some(),
            ..stays(after, kept)?
        });
    }
    let goes_on = |kept: &&Override| after.overrides.iter().any(|one| one.field == kept.field);
    for kept in before.overrides.iter().filter(|kept| !goes_on(kept)) {
        let one = stays(after, kept)?;
        let (old_value, new_value) = (said(kept)?, one.published_value.clone());
        told.push(OverriddenDifference { old_value, new_value, ends: true, ..one });
    }
    Ok(told)
}

fn stays(after: &Service, kept: &Override) -> Result<OverriddenDifference> {
    Ok(OverriddenDifference {
        path: format!("service.{}", kept.field),
        published_value: field(after, &kept.field)?,
        ..OverriddenDifference::default()
    })
}

fn said(kept: &Override) -> Result<String> {
    field(&kept.source_value.clone().unwrap_or_default(), &kept.field)
}

fn field(service: &Service, name: &str) -> Result<String> {
    Ok(written(json::value(service)?.get(name)))
}
