//! Filters of lists, of search and of the feed that nothing can pass: refused, since an empty
//! answer would read as "there is none".

use mpp_api::{
    registry::{Counter, Mall, Region, Service, Standard, Unit},
    sync::Source,
};
use mpp_core::{Error, FieldCode, Label, RegionCode, Result, check_name};
use mpp_resource::Kind;

use super::Registry;
use crate::memory::RegistryView;

/// Categories that a refusal lists at the most.
const MOST_LISTED: usize = 30;

/// Checks that the record named by a filter exists.
///
/// # Errors
/// Names `field`.
pub fn exists<K: Kind>(state: &RegistryView, name: &str, field: &str) -> Result<()> {
    check_name(name, K::COLLECTIONS, field)?;
    if state.records.row::<K>(name).is_some() {
        return Ok(());
    }
    let all = K::COLLECTIONS.last().copied().unwrap_or_default();
    let text = format!(
        "{name} does not exist, so nothing can be found by it; `mpp list {all}` shows those that there are"
    );
    Err(unknown(field, text))
}

/// Checks that a record can bear a label of a watch. Before the memory has read the first state
/// every label passes; a record that another replica has just written is waited for before the
/// label is refused.
///
/// # Errors
/// Names the label; `UNAVAILABLE` if this replica lags.
pub async fn label(registry: &Registry, label: Label, value: &str) -> Result<()> {
    if value.is_empty() || !registry.memory.is_whole() {
        return Ok(());
    }
    registry.memory.settled(|state| borne(state, label, value)).await
}

fn borne(state: &RegistryView, label: Label, value: &str) -> Result<()> {
    let field = format!("labels.{label}");
    match label {
        Label::Region => region(state, value, &field).map(drop),
        Label::Unit | Label::Agency | Label::Organiser => exists::<Unit>(state, value, &field),
        Label::Mall => exists::<Mall>(state, value, &field),
        Label::Counter => exists::<Counter>(state, value, &field),
        Label::Service => exists::<Service>(state, value, &field),
        Label::Source => exists::<Source>(state, value, &field),
        Label::Standard => exists::<Standard>(state, value, &field),
        // They are checked by their form alone; the next record may be the first of its category.
        Label::Category | Label::Date | Label::Overridden | Label::State | Label::Target => Ok(()),
    }
}

/// The region of a filter; `None` for an empty one.
///
/// # Errors
/// Names `field`: no code, or one that was never given out.
pub fn region(state: &RegistryView, region: &str, field: &str) -> Result<Option<RegionCode>> {
    if region.is_empty() {
        return Ok(None);
    }
    let code: RegionCode = region.parse()?;
    if state.records.row::<Region>(&code.resource_name()).is_some() {
        return Ok(Some(code));
    }
    let way_out = "`mpp list regions` shows those that there are";
    Err(unknown(field, format!("no region has the code {code}; {way_out}")))
}

/// Checks that some service has this category.
///
/// # Errors
/// Names `field` and lists the known categories.
pub fn category(state: &RegistryView, category: &str, field: &str) -> Result<()> {
    if state.has_category(category) {
        return Ok(());
    }
    let known = state.categories().take(MOST_LISTED).collect::<Vec<_>>().join(", ");
    Err(unknown(field, format!("no service is of this category; there are: {known}")))
}

fn unknown(field: &str, text: String) -> Error {
    Error::field(field, FieldCode::UnknownValue, text)
}
