//! Names and titles.

use mpp_api::types::LocalizedText;
use mpp_core::FieldCode;

use crate::{Check, limits::SHORT, screen};

/// Checks a name or title in Indonesian, with an English rendering where there is one.
pub fn localized(check: &mut Check, field: &str, text: Option<&LocalizedText>) {
    match text {
        None => check.fail(&format!("{field}.id"), FieldCode::Required, "must not be empty"),
        Some(text) => check.within(field, |part| {
            part.required("id", &text.id, SHORT);
            part.text("en", &text.en, SHORT);
            for (field, text) in [("id", &text.id), ("en", &text.en)] {
                if let Some((code, why)) = screen::text(text) {
                    part.fail(field, code, why);
                }
            }
        }),
    }
}
