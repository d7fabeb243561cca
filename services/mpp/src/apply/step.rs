//! One record: it is read and compared, then created, updated or left as it is.

use std::collections::BTreeSet;

use mpp_core::{Error, Reason, Result};
use prost_reflect::{DynamicMessage, FieldDescriptor, Value};

use super::{ApplyOutcome, Options, difference::difference, record::RecordToApply};
use crate::record::Records;

pub struct ApplyStep<'a> {
    pub services: &'a Records<'a>,
    pub options: Options<'a>,
    /// True if it names a record that was created in this run.
    pub names_new: bool,
}

impl ApplyStep<'_> {
    pub async fn run(&self, record: &RecordToApply) -> ApplyOutcome {
        let (verb, outcome) = match self.services.get(&record.name).await {
            Ok(_) if self.options.keep_existing => return ApplyOutcome::Unchanged,
            Ok(stored) => ("Update", self.update(record, &stored).await),
            Err(error) if error.reason() == Reason::NotFound => {
                ("Create", self.create(record).await)
            }
            Err(error) => ("Get", Err(error)),
        };
        outcome.unwrap_or_else(|error| ApplyOutcome::Refused { verb, error })
    }

    async fn create(&self, record: &RecordToApply) -> Result<ApplyOutcome> {
        let dry_run = self.options.dry_run;
        if dry_run && self.names_new {
            return Ok(ApplyOutcome::Created { checked: false });
        }
        let message = record.message.clone();
        match self.services.create(record.kind, &record.name, message, dry_run).await {
            Ok(_) => Ok(ApplyOutcome::Created { checked: true }),
            Err(error) if self.options.keep_existing && is_gone(&error) => {
                Ok(ApplyOutcome::Unchanged)
            }
            Err(error) => Err(error),
        }
    }

    async fn update(
        &self,
        record: &RecordToApply,
        stored: &DynamicMessage,
    ) -> Result<ApplyOutcome> {
        let differs =
            |field: &&FieldDescriptor| stored.get_field(field) != record.message.get_field(field);
        let unsaid = without_reason(stored, self.options.reason);
        let is_sent = |field: &&FieldDescriptor| differs(field) || unsaid.contains(field.name());
        let fields: Vec<_> = record.given.iter().filter(is_sent).cloned().collect();
        if fields.is_empty() {
            return Ok(ApplyOutcome::Unchanged);
        }
        let dry_run = self.options.dry_run;
        if dry_run && self.names_new {
            // The service would miss records that are still to be created.
            return Ok(ApplyOutcome::Updated(difference(
                stored,
                &with_fields(stored, record, &fields),
            )?));
        }
        let message = with_etag_of(stored, record.message.clone());
        let (kind, reason) = (record.kind, self.options.reason);
        let after = self.services.update(kind, message, &fields, reason, dry_run).await?;
        let changes = difference(stored, &after)?;
        Ok(if changes.is_empty() {
            ApplyOutcome::Unchanged
        } else {
            ApplyOutcome::Updated(changes)
        })
    }
}

/// Fields that are overridden already, but for another reason: this one has to be kept with them.
fn without_reason(stored: &DynamicMessage, reason: &str) -> BTreeSet<String> {
    let overrides = stored.get_field_by_name("overrides").filter(|_| !reason.is_empty());
    let text = |kept: &Value, field| {
        let message = kept.as_message().and_then(|kept| kept.get_field_by_name(field));
        message.and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let all = overrides.as_deref().and_then(Value::as_list).unwrap_or_default();
    let others = all.iter().filter(|kept| text(kept, "reason") != reason);
    others.map(|kept| text(kept, "field")).collect()
}

/// A deleted record keeps its name, and is not created again.
fn is_gone(error: &Error) -> bool {
    error.reason() == Reason::Tombstoned
}

/// The stored record with the fields in which the file differs.
fn with_fields(
    stored: &DynamicMessage,
    record: &RecordToApply,
    fields: &[FieldDescriptor],
) -> DynamicMessage {
    let mut after = stored.clone();
    for field in fields {
        after.set_field(field, record.message.get_field(field).into_owned());
    }
    after
}

/// The message with the etag of the record that it was compared with, unless the file gives one: a
/// change that came in between is not overwritten.
fn with_etag_of(stored: &DynamicMessage, mut message: DynamicMessage) -> DynamicMessage {
    let is_given = message.get_field_by_name("etag").is_some_and(|etag| etag.as_str() != Some(""));
    if let Some(etag) = stored.get_field_by_name("etag").filter(|_| !is_given) {
        message.set_field_by_name("etag", etag.into_owned());
    }
    message
}

#[cfg(test)]
mod tests {
    use mpp_api::json::read_dynamic;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reason_is_sent_for_what_is_overridden_without_it_or_for_another() {
        let stored = json!({ "title": { "id": "KK" }, "overrides": [
            { "field": "title" }, { "field": "fees", "reason": "Perbup 12" },
        ] });
        let stored = read_dynamic("service", &stored).expect("a service");
        let sent = |reason| without_reason(&stored, reason).into_iter().collect::<Vec<_>>();
        assert_eq!(sent("Perbup 12"), ["title"]);
        assert_eq!(sent("Perbup 99"), ["fees", "title"]);
        assert!(sent("").is_empty());
    }
}
