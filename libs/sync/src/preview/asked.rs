//! What a preview may be asked.

use mpp_api::sync::{PreviewRecordsRequest, PreviewSoFar, Source};
use mpp_core::{FieldCode, Result};
use mpp_form::{Check, limits};
use prost::Message as _;

use crate::{
    kind::Synced,
    model::forms::Forms,
    plan, rooms,
    session::{check_called, check_forms},
    syncs::Syncs,
};

/// No preview has more records, or more bytes that wait.
const MOST_SO_FAR: u64 = 1 << 48;
/// The message for a name that no record of a source can have.
const NO_NAME: &str = "is no name of a record that sources send";

/// Refuses a part that is not of the form.
pub(super) fn check<S: Syncs>(request: &PreviewRecordsRequest, service: &S) -> Result<()> {
    let mut check = Check::new("");
    check.name::<Source>("source", &request.source);
    check_forms(&mut check, &request.forms);
    check_called(&mut check, "client", &request.client);
    let named =
        [("published_before", &request.published_before), ("gone_before", &request.gone_before)];
    for (field, names) in named.into_iter().filter(|(_, all)| all.len() > limits::PREVIEWED_NAMES) {
        let text = format!("are {}; at most {}", names.len(), limits::PREVIEWED_NAMES);
        check.fail(field, FieldCode::TooMany, text);
    }
    for (field, names) in named {
        let is_wrong = |name: &String| check_named::<S::Doc>(Check::new(""), name).is_err();
        if let Some(index) = names.iter().take(limits::PREVIEWED_NAMES).position(is_wrong) {
            check.fail(&format!("{field}[{index}]"), FieldCode::Name, NO_NAME);
        }
    }
    if let Some(so_far) = &request.so_far {
        check_so_far(&mut check, so_far);
    }
    check.finish()?;
    let bytes = request.records.iter().map(|record| record.encoded_len() + rooms::FRAME).sum();
    plan::check_size(request.records.len(), bytes, service.settings())?;
    Forms::named::<S::Doc>(&request.forms).check()
}

fn check_named<D: Synced>(mut check: Check, name: &str) -> Result<()> {
    match D::kind_of(name) {
        Some(kind) => check.name_of(kind, "name", name),
        None => check.fail("name", FieldCode::Name, NO_NAME),
    }
    check.finish()
}

/// Refuses counts that no preview of ours can have answered.
fn check_so_far(check: &mut Check, so_far: &PreviewSoFar) {
    let PreviewSoFar { moved, published, waiting, waiting_bytes, .. } = *so_far;
    rooms::check(check, &so_far.rooms);
    let counts = [
        ("moved", moved),
        ("published", published),
        ("waiting", waiting),
        ("waiting_bytes", waiting_bytes),
    ];
    for (field, count) in counts {
        if count.unsigned_abs() > MOST_SO_FAR || (field == "moved" && count < 0) {
            let text = format!("is {count}; give back what the last answer said");
            check.fail(&format!("so_far.{field}"), FieldCode::OutOfRange, text);
        }
    }
}
