//! The faults of a record that its author has to mend: all of them in a new record; in a changed
//! one those that the change has made. What stood there before is not for this author to mend,
//! wherever it stands now: a list's entry moves when another goes.

use std::collections::HashMap;

use mpp_api::json;
use mpp_core::{Error, FieldCode, FieldViolation, Result};
use mpp_form::screen;
use serde_json::Value;

use crate::kind::Resource;

/// A path without the places in lists, and what is wrong there.
type Shape = (String, FieldCode);

/// Checks the form, and that people have written all texts: whatever the kind of record, no error
/// value of a sheet, nothing that a program leaves, no markup.
///
/// # Errors
/// Every fault that `before` did not have.
pub fn check<R: Resource>(
    form: impl Fn(&R) -> Result<()>,
    record: &R,
    before: Option<&R>,
) -> Result<()> {
    let mut found = faults(&form, record)?;
    if let Some(before) = before.filter(|_| !found.is_empty()) {
        let (own, old) = (RecordValue::of(record)?, RecordValue::of(before)?);
        let mut known = by_shape(faults(&form, before).unwrap_or_default(), &old);
        // Each earlier fault accounts for one of these, not for all that look like it.
        found.retain(|fault| {
            let Some(same) = known.get_mut(&shape(fault)) else { return true };
            let part = own.at(&fault.field);
            let known = same.iter().position(|before| *before == part);
            known.map(|at| same.swap_remove(at)).is_none()
        });
    }
    if found.is_empty() { Ok(()) } else { Err(Error::fields(found)) }
}

/// All faults, one for each field.
fn faults<R: Resource>(
    form: &impl Fn(&R) -> Result<()>,
    record: &R,
) -> Result<Vec<FieldViolation>> {
    let mut found = match form(record) {
        Err(error) if error.violations().is_empty() => return Err(error),
        Err(error) => error.violations().to_vec(),
        Ok(()) => Vec::new(),
    };
    for fault in screen::broken(&mut record.clone(), R::FIELD) {
        if found.iter().all(|own| own.field != fault.field) {
            found.push(fault);
        }
    }
    Ok(found)
}

/// The parts in which faults stand, by the faults' shapes.
fn by_shape(
    faults: Vec<FieldViolation>,
    parts: &RecordValue,
) -> HashMap<Shape, Vec<Option<&Value>>> {
    let mut known: HashMap<Shape, Vec<Option<&Value>>> = HashMap::new();
    for fault in faults {
        known.entry(shape(&fault)).or_default().push(parts.at(&fault.field));
    }
    known
}

fn shape(fault: &FieldViolation) -> Shape {
    let mut path = String::with_capacity(fault.field.len());
    let mut depth = 0;
    for letter in fault.field.chars() {
        depth += usize::from(letter == '[');
        if depth == 0 {
            path.push(letter);
        }
        depth -= usize::from(letter == ']' && depth > 0);
    }
    (path, fault.code)
}

/// A record, taken apart.
struct RecordValue {
    root: &'static str,
    whole: Value,
}

impl RecordValue {
    fn of<R: Resource>(record: &R) -> Result<Self> {
        Ok(Self { root: R::FIELD, whole: json::value(record)? })
    }

    /// The part that a fault at this path is about: the entry of the innermost list, or else the
    /// record's own field. `None` where nothing is set there.
    fn at(&self, path: &str) -> Option<&Value> {
        let path = path.strip_prefix(self.root)?.trim_start_matches('.');
        let end = match path.rfind(']') {
            Some(last) => last + 1,
            None => path.find('.').unwrap_or(path.len()),
        };
        let mut part = &self.whole;
        for step in path[..end].split(['.', '[', ']']).filter(|step| !step.is_empty()) {
            part = match part {
                Value::Array(entries) => entries.get(step.parse::<usize>().ok()?)?,
                part => part.get(step)?,
            };
        }
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::{
        registry::{Service, service::Requirement},
        types::LocalizedText,
    };

    use super::*;

    fn requiring(texts: &[&str]) -> Service {
        let requirement =
            |text: &&str| Requirement { text: (*text).to_owned(), ..Requirement::default() };
        Service {
            name: "units/a/services/b".into(),
            title: Some(LocalizedText { id: "Izin reklame".into(), en: String::new() }),
            requirements: texts.iter().map(requirement).collect(),
            ..Service::default()
        }
    }

    fn faulty_fields(after: &Service, before: &Service) -> Vec<String> {
        let found = check(mpp_form::service::check, after, Some(before)).err();
        let fields = found.iter().flat_map(|error| error.violations());
        fields.map(|fault| fault.field.trim_start_matches("service.").to_owned()).collect()
    }

    #[test]
    fn an_old_fault_bars_no_change_elsewhere() {
        let before = requiring(&["KTP", "#REF!"]);
        let titled = LocalizedText { id: "Izin parkir".into(), en: String::new() };
        let after = Service { title: Some(titled), ..before.clone() };
        assert!(faulty_fields(&after, &before).is_empty());
        let product = Service { product: "undefined".into(), ..after };
        assert_eq!(faulty_fields(&product, &before), ["product"]);
    }

    #[test]
    fn an_entry_stays_the_same_where_others_come_or_go_before_it() {
        let before = requiring(&["KTP", "#REF!", "", "KK"]);
        assert!(faulty_fields(&requiring(&["#REF!", "", "KK"]), &before).is_empty());
        assert!(faulty_fields(&requiring(&["Foto", "KTP", "#REF!", "", "KK"]), &before).is_empty());
        assert_eq!(
            faulty_fields(&requiring(&["#N/A", "KTP", "#REF!", ""]), &before),
            ["requirements[0].text"]
        );
    }

    #[test]
    fn who_changes_what_is_wrong_makes_it_right() {
        let before = requiring(&["#REF!"]);
        assert_eq!(faulty_fields(&requiring(&["#N/A"]), &before), ["requirements[0].text"]);
        assert_eq!(
            faulty_fields(&requiring(&["#REF!", "#REF!"]), &before),
            ["requirements[1].text"]
        );
        assert!(faulty_fields(&requiring(&["KTP"]), &before).is_empty());
    }

    #[test]
    fn however_many_old_faults_there_are_none_hides_a_new_one_or_is_told_as_new() {
        let mut texts = vec!["#REF!"; 90];
        let before = requiring(&texts);
        texts.remove(0);
        assert!(faulty_fields(&requiring(&texts), &before).is_empty());
        texts.push("undefined");
        assert_eq!(faulty_fields(&requiring(&texts), &before), ["requirements[89].text"]);
    }

    #[test]
    fn all_faults_of_a_new_record_are_told() {
        let wrong = requiring(&["#REF!", ""]);
        let error = check(mpp_form::service::check, &wrong, None).expect_err("two faults");
        assert_eq!(error.violations().len(), 2, "{error}");
    }
}
