//! Filters of the feed that nothing can pass: refused, since silence would read as "nothing
//! happens".

use mpp_core::{Error, FieldCode, Label, Result, unit_of};

use super::Registry;
use crate::memory::Memory;

/// Checks that a record can bear a label of a watch. Until the registry has been read in full,
/// every label passes; a service is only checked by its unit.
///
/// # Errors
/// Names the label; `UNAVAILABLE` if the registry may have just made it and cannot be asked.
pub async fn label(registry: &Registry, label: Label, value: &str) -> Result<()> {
    let unit = match label {
        Label::Unit => value,
        Label::Service => unit_of(value),
        _ => return Ok(()),
    };
    registry.known(|memory| has_unit(memory, label, unit)).await
}

fn has_unit(memory: &Memory, label: Label, unit: &str) -> Result<()> {
    if memory.may_have_unit(unit) {
        return Ok(());
    }
    let text = format!("{unit} does not exist; `mpp list units` shows those that there are");
    Err(Error::field(format!("labels.{label}"), FieldCode::UnknownValue, text))
}
