//! Filters of lists and of the feed that nothing can pass: refused, since an empty answer would
//! read as "there is none".

use mpp_core::{Error, FieldCode, Label, NATIONAL, Reason, Result};
use mpp_form::hours_rule::Target;

use super::Scheduling;
use crate::{memory::Snapshot, model::scope::Scope};

/// Checks that a record can bear a label of a watch. Before the memory is whole every label passes.
///
/// # Errors
/// Names the label; `UNAVAILABLE` if the registry may have just made it and cannot be asked.
pub async fn label(app: &Scheduling, label: Label, value: &str) -> Result<()> {
    if value.is_empty() || !app.memory.read().is_whole {
        return Ok(());
    }
    app.known(|| borne(&app.memory.read(), label, value)).await
}

fn borne(state: &Snapshot<'_>, label: Label, value: &str) -> Result<()> {
    let field = format!("labels.{label}");
    match label {
        Label::Region => {
            let scope = Scope::Region(value.parse()?);
            state.directory.require_scope(&scope).map_err(|error| unknown(&field, &error))
        }
        Label::Mall | Label::Counter | Label::Target => {
            target(state, &Target::parse(value, &field)?, &field)
        }
        Label::Source => source(state, value, &field),
        // A date is checked by its form alone; the other labels belong to records of the registry.
        Label::Date
        | Label::Agency
        | Label::Category
        | Label::Organiser
        | Label::Overridden
        | Label::Service
        | Label::Standard
        | Label::State
        | Label::Unit => Ok(()),
    }
}

/// Checks that there is such a place, or was one that still has rules.
///
/// # Errors
/// Names `field`.
pub fn target(state: &Snapshot<'_>, target: &Target, field: &str) -> Result<()> {
    if target.name() == NATIONAL || state.records.rule_count(target.name()) > 0 {
        return Ok(());
    }
    state.directory.require(target).map_err(|error| unknown(field, &error))
}

/// Checks that there is such a source, or was one that still publishes rules.
///
/// # Errors
/// Names `field`; `UNAVAILABLE` before it is known which sources there are.
pub fn source(state: &Snapshot<'_>, source: &str, field: &str) -> Result<()> {
    match state.directory.source(source) {
        Ok(_) => Ok(()),
        Err(_) if state.records.has_rules_of(source) => Ok(()),
        Err(error) if error.reason() == Reason::NotFound => Err(unknown(field, &error)),
        Err(error) => Err(error),
    }
}

fn unknown(field: &str, error: &Error) -> Error {
    Error::field(field, FieldCode::UnknownValue, error.message())
}
