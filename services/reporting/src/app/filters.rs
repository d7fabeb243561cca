//! Filters of the feed that nothing can pass: refused, since silence would read as "nothing
//! happens".

use mpp_core::{Error, FieldCode, Label, Result};

use crate::{memory::Memory, model::unit_of};

/// Checks that a label of a watch can be borne by a record. Before the registry was read whole
/// nobody knows; of a service its unit is known.
///
/// # Errors
/// Names the label.
pub fn label(memory: &Memory, label: Label, value: &str) -> Result<()> {
    let unit = match label {
        Label::Unit => value,
        Label::Service => unit_of(value),
        _ => return Ok(()),
    };
    if memory.may_have_unit(unit) {
        return Ok(());
    }
    let text = format!(
        "{unit} is not known here, as one that was just made is for a moment; `mpp list units` shows all"
    );
    Err(Error::field(format!("labels.{label}"), FieldCode::UnknownValue, text))
}
