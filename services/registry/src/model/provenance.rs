//! A field of a service that a source publishes is decided by the source, or by a curator who has
//! overridden it. Neither value is lost: an override keeps the source's value beside its own, and
//! the source's next record changes the value that is kept, not the one that is shown.

use mpp_api::registry::{Service, service::Override};
use mpp_api::time::to_timestamp;
use mpp_core::{Error, FieldCode, FieldViolation, Micros, Result, in_words, text};
use mpp_form::screen;
use mpp_resource::Resource;

use super::Check;

/// Longest reason for an override, in characters.
const MAX_REASON: usize = 500;

/// Characters of a source's value that a warning shows.
const SHOWN: usize = 200;

/// A curator's change.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// The curator's subject, as the token names it.
    pub subject: &'a str,
    /// When it was made, in microseconds since 1970 UTC.
    pub at: Micros,
    /// Why, in the curator's words.
    pub reason: &'a str,
}

/// A curator's reason as it is kept: without hidden characters and empty lines.
///
/// # Errors
/// It is too long, or no person has written it.
pub fn reason(given: &str) -> Result<String> {
    let mut check = Check::new("");
    check.text("reason", given, MAX_REASON);
    // A sentence may speak of the source's fault: "the source says #REF!".
    let is_sentence = given.trim().contains(char::is_whitespace);
    let broken = screen::text(given);
    if let Some((code, why)) = broken.filter(|(code, _)| !is_sentence || *code == FieldCode::Markup)
    {
        check.fail("reason", code, why);
    } else if !given.trim().is_empty() && screen::name::is_blank(given) {
        let hint = "it says no reason; say why in words, or leave it empty";
        check.fail("reason", FieldCode::Required, hint);
    }
    check.finish()?;
    Ok(text::lines(given).into_owned())
}

/// A warning for each overridden field: who has set it, why, and whether the source drifts from it.
pub fn override_warnings(service: &Service) -> impl Iterator<Item = FieldViolation> {
    service.overrides.iter().map(|kept| {
        let why = if kept.reason.is_empty() { "" } else { ": " };
        let drifts = match kept.drift_time {
            Some(_) => {
                format!("; the source has said something else since: {}", source_value(kept))
            }
            None => String::new(),
        };
        let who = in_words(&kept.subject);
        let description = format!(
            "{who} has set this over the source's value, which is kept beside it until it is handed \
             back{why}{}{drifts}; where the source is right: mpp hand-back {} --field {}",
            kept.reason, service.name, kept.field
        );
        let field = format!("service.{}", kept.field);
        FieldViolation { field, code: FieldCode::Overridden, description }
    })
}

/// Marks the fields that a curator's update of `before` has changed. A field that now has the
/// source's value is the source's again.
pub fn overridden(mut after: Service, before: &Service, by: By<'_>) -> Service {
    for field in fields() {
        let (was, is) = (only(field, before), only(field, &after));
        if was == is {
            continue;
        }
        let kept = take_out(&mut after.overrides, field).unwrap_or_default();
        let source_value = kept.source_value.unwrap_or(was);
        if is != source_value {
            after.overrides.push(Override {
                field: field.to_owned(),
                subject: by.subject.to_owned(),
                time: Some(to_timestamp(by.at)),
                reason: by.reason.to_owned(),
                source_value: Some(source_value),
                // A change of the source since then waits for a person to look at it.
                drift_time: kept.drift_time,
                first_value: kept.first_value,
            });
        }
    }
    after.overrides.sort_by(|one, other| one.field.cmp(&other.field));
    after
}

/// Sets a reason, which may be given or changed later, for fields that stay overridden.
pub fn reasoned(mut service: Service, named: &[String], by: By<'_>) -> Service {
    let gets = |kept: &&mut Override| named.contains(&kept.field) && kept.reason != by.reason;
    for kept in service.overrides.iter_mut().filter(gets).filter(|_| !by.reason.is_empty()) {
        by.reason.clone_into(&mut kept.reason);
        by.subject.clone_into(&mut kept.subject);
        kept.time = Some(to_timestamp(by.at));
    }
    service
}

/// The published record once the source says `given`: overridden fields stay, with the source's
/// values beside them. A field for which it gives the curator's value is the source's again.
pub fn published(mut given: Service, before: &Service, now: Micros) -> Service {
    for kept in &before.overrides {
        let (says, stands) = (only(&kept.field, &given), only(&kept.field, before));
        if says != stands {
            given.copy_field(&kept.field, before);
            given.overrides.push(beside(kept.clone(), says, now));
        }
    }
    given
}

/// An override once the source says `says`: it drifts if that differs from the source's first
/// value, and no longer does once the source has returned to it.
fn beside(mut kept: Override, says: Service, now: Micros) -> Override {
    if kept.source_value.as_ref() == Some(&says) {
        return kept;
    }
    let before = kept.source_value.replace(says.clone());
    let first = kept.first_value.take().or(before).unwrap_or_default();
    kept.drift_time = None;
    if says != first {
        kept.drift_time = Some(to_timestamp(now));
        kept.first_value = Some(first);
    }
    kept
}

/// Gives fields back to the source, all if none is named. The source's latest values stand at once.
///
/// # Errors
/// Names a field that is not overridden.
pub fn handed_back(mut service: Service, named: &[String]) -> Result<Service> {
    for field in chosen(&service, named)? {
        let kept = take_out(&mut service.overrides, &field).unwrap_or_default();
        service.copy_field(&field, &kept.source_value.unwrap_or_default());
    }
    Ok(service)
}

/// Confirms overridden fields, all if none is named. Drift counts from the source's present values
/// on.
///
/// # Errors
/// Names a field that is not overridden.
pub fn confirmed(mut service: Service, named: &[String], by: By<'_>) -> Result<Service> {
    let fields = chosen(&service, named)?;
    for kept in service.overrides.iter_mut().filter(|kept| fields.contains(&kept.field)) {
        (kept.drift_time, kept.first_value) = (None, None);
        by.subject.clone_into(&mut kept.subject);
        kept.time = Some(to_timestamp(by.at));
        if !by.reason.is_empty() {
            by.reason.clone_into(&mut kept.reason);
        }
    }
    Ok(service)
}

/// The service under another publisher, empty for its unit. Its values stay; if no source publishes
/// it any more, nothing is overridden. It gets the source's id once the source has sent it: until
/// then the source is asked for it (`tell_held` of a session).
pub fn handed_over(mut service: Service, source: &str) -> Service {
    source.clone_into(&mut service.source);
    service.source_id.clear();
    if source.is_empty() {
        service.overrides.clear();
    }
    service
}

/// The overridden fields among `named`, each once; all if none is named.
fn chosen(service: &Service, named: &[String]) -> Result<Vec<String>> {
    let overridden: Vec<String> = service.overrides.iter().map(|kept| kept.field.clone()).collect();
    let unknown = named.iter().enumerate().find(|(_, field)| !overridden.contains(field));
    if let Some((index, field)) = unknown {
        return Err(not_overridden(index, field, service));
    }
    let wanted = |field: &String| named.is_empty() || named.contains(field);
    Ok(overridden.into_iter().filter(wanted).collect())
}

/// The overridden fields, such as "fees, title"; empty if there is none.
pub fn named(service: &Service) -> String {
    let fields: Vec<&str> = service.overrides.iter().map(|kept| kept.field.as_str()).collect();
    fields.join(", ")
}

/// The fields that can be overridden: all but the source's own id.
fn fields() -> impl Iterator<Item = &'static str> {
    Service::PATHS.iter().copied().filter(|field| *field != "source_id")
}

/// A service that has only this field.
fn only(field: &str, service: &Service) -> Service {
    let mut one = Service::default();
    one.copy_field(field, service);
    one
}

/// The source's value of an overridden field, as JSON, cut to what a warning shows.
fn source_value(kept: &Override) -> String {
    let source = kept.source_value.clone().unwrap_or_default();
    let value = value(&source, &kept.field).unwrap_or_else(|| "nothing".to_owned());
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value,
    }
}

/// A service's value in one field, as JSON; `None` if the field is empty.
fn value(service: &Service, field: &str) -> Option<String> {
    let whole = mpp_api::json::write(&only(field, service)).ok()?;
    let whole: serde_json::Value = serde_json::from_str(&whole).ok()?;
    whole.as_object()?.values().next().map(ToString::to_string)
}

fn take_out(overrides: &mut Vec<Override>, field: &str) -> Option<Override> {
    let place = overrides.iter().position(|kept| kept.field == field)?;
    Some(overrides.remove(place))
}

fn not_overridden(index: usize, field: &str, service: &Service) -> Error {
    let others = match named(service) {
        others if others.is_empty() => "nothing of this service is".to_owned(),
        others => format!("these are: {others}"),
    };
    let text = format!("{field} is not overridden; {others}");
    Error::field(format!("fields[{index}]"), FieldCode::UnknownValue, text)
}

#[cfg(test)]
mod tests;
