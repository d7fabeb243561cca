//! The form of a synced hours rule.

use mpp_api::{
    Document as _,
    scheduling::HoursRule,
    sync::{
        Record,
        record::{Body, Delete},
    },
    text,
};
use mpp_core::{Error, FieldCode, Result, check_name};

use super::{Checked, RecordChange};
use crate::{Check, check::collections, hours_rule, screen, tombstone};

/// Stands between the source's id and the rule's in a name. No id that anybody chooses has it, so
/// no two sources arrive at the same name, and neither does a caller of the API.
const BETWEEN: char = '_';

/// The name of the rule that a source sends under this id.
pub fn name(source: &str, source_id: &str) -> String {
    format!("hoursRules/{}{BETWEEN}{source_id}", source.trim_start_matches("sources/"))
}

/// The source's own id of a rule, by the rule's name.
pub fn source_id(name: &str) -> &str {
    name.split_once(BETWEEN).map_or(name, |(_, id)| id)
}

/// Checks the form of one record of a batch of `source`.
///
/// # Errors
/// Every wrong field; the record is then rejected.
pub fn check(record: Record, source: &str) -> Result<Checked<HoursRule>> {
    let mut check = Check::new("");
    check.id("source_id", &record.source_id);
    check.finish()?;
    let name = name(source, &record.source_id);
    match record.body {
        None => {
            let text = "must hold an hours rule or a delete";
            Err(Error::field("body", FieldCode::Required, text))
        }
        Some(Body::Service(_)) => Err(of_the_registry("service")),
        Some(Body::UnitRecord(_)) => Err(of_the_registry("unit_record")),
        Some(Body::Mall(_)) => Err(of_the_registry("mall")),
        Some(Body::Counter(_)) => Err(of_the_registry("counter")),
        Some(Body::HoursRule(rule)) => check_rule(rule, name, &record.unit, source),
        Some(Body::Delete(delete)) => check_delete(&delete, name),
    }
}

fn of_the_registry(field: &str) -> Error {
    let text = "is kept by the registry, and this is scheduling: send it there";
    Error::field(field, FieldCode::NotAllowed, text)
}

/// Scheduling decides name and source; fields that only it knows are cleared.
fn check_rule(
    mut rule: HoursRule,
    name: String,
    unit: &str,
    source: &str,
) -> Result<Checked<HoursRule>> {
    let mut check = Check::new("");
    if check_name(&name, &collections(HoursRule::KIND), "source_id").is_err() {
        let text = format!("is too long: {name:.200} would have more than 80 characters");
        check.fail("source_id", FieldCode::TooLong, text);
    }
    if !unit.is_empty() {
        check.fail("unit", FieldCode::NotAllowed, "must be empty: a rule is its target's");
    }
    if !rule.name.is_empty() && rule.name != name {
        let text = format!("must be empty or {name}");
        check.fail("hours_rule.name", FieldCode::Name, text);
    }
    check.finish()?;
    rule.name.clone_from(&name);
    source.clone_into(&mut rule.source);
    rule.etag.clear();
    (rule.create_time, rule.update_time) = (None, None);
    let mut faults = text::clean(&mut rule, "hours_rule");
    faults.extend(screen::broken(&mut rule, "hours_rule"));
    if !faults.is_empty() {
        return Err(Error::fields(faults));
    }
    hours_rule::check(&rule).map_err(|error| error.within("hours_rule"))?;
    hours_rule::check_reason(&rule, None)?;
    hours_rule::write_times(&mut rule);
    Ok(Checked { name, item: RecordChange::Put(Box::new(rule)) })
}

fn check_delete(delete: &Delete, name: String) -> Result<Checked<HoursRule>> {
    if delete.name != name {
        let text = format!("must be {name}, as this source's rule of this id is called");
        return Err(Error::field("delete.name", FieldCode::Name, text));
    }
    let (kinds, given) = (collections(HoursRule::KIND), delete.tombstone.as_ref());
    let tombstone = tombstone::checked(given, &name, &kinds, "delete.tombstone")?;
    Ok(Checked { name, item: RecordChange::Delete(tombstone) })
}

impl Checked<HoursRule> {
    /// The record from which this was made, as it is kept where it has to wait: checking it again
    /// gives the same.
    pub fn to_record(&self) -> Record {
        let body = match &self.item {
            RecordChange::Put(rule) => Body::HoursRule(HoursRule::clone(rule)),
            RecordChange::Delete(tombstone) => {
                Body::Delete(Delete { name: self.name.clone(), tombstone: Some(tombstone.clone()) })
            }
        };
        let source_id = source_id(&self.name).to_owned();
        Record { source_id, body: Some(body), ..Record::default() }
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::{
        registry::Service,
        scheduling::{Interval, hours_rule::Week},
        types::{Tombstone, tombstone::Reason},
    };

    use super::*;

    const SOURCE: &str = "sources/mal-banyuwangi";

    fn record(source_id: &str, target: &str) -> Record {
        let morning = vec![Interval { open: "8.00".into(), close: "12:00".into() }];
        let rule = HoursRule {
            target: target.into(),
            basis: "SE 1/2026".into(),
            weekly: Some(Week { mon: morning, ..Week::default() }),
            source: "sources/another".into(),
            etag: "7".into(),
            ..HoursRule::default()
        };
        let body = Some(Body::HoursRule(rule));
        Record { source_id: source_id.into(), body, ..Record::default() }
    }

    #[test]
    fn a_rule_whose_texts_nobody_can_have_meant_is_refused_as_by_the_api() {
        for wrong in ["<b>SE 1</b>/2026", "#N/A"] {
            let mut sent = record("r1", "malls/banyuwangi");
            let Some(Body::HoursRule(rule)) = &mut sent.body else { unreachable!("it is a rule") };
            rule.basis = wrong.into();
            assert_eq!(fields(sent), ["hours_rule.basis"], "{wrong}");
        }
    }

    fn fields(record: Record) -> Vec<String> {
        let error = check(record, SOURCE).expect_err("it is wrong");
        error.violations().iter().map(|fault| fault.field.clone()).collect()
    }

    #[test]
    fn scheduling_decides_name_and_source_and_what_waits_is_what_was_checked() {
        let checked = check(record("libur", "malls/banyuwangi"), SOURCE).expect("a good record");
        assert_eq!(checked.name, "hoursRules/mal-banyuwangi_libur");
        assert_eq!(source_id(&checked.name), "libur");
        assert_eq!(check(checked.to_record(), SOURCE).expect("good"), checked, "as it is kept");
        let RecordChange::Put(rule) = checked.item else { panic!("a put") };
        assert_eq!((rule.source.as_str(), rule.etag.as_str()), (SOURCE, ""));
        assert_eq!(rule.weekly.expect("hours").mon[0].open, "08:00");
    }

    #[test]
    fn two_sources_never_come_to_one_name() {
        assert_ne!(name("sources/a-b", "c"), name("sources/a", "b-c"));
        assert!(mpp_core::check_id("a_b", "id").is_err(), "no id has what stands between");
    }

    #[test]
    fn a_record_of_another_form_is_refused_with_its_field() {
        assert_eq!(fields(record("LIBUR", "malls/banyuwangi")), ["source_id"]);
        assert_eq!(fields(record(&"a".repeat(80), "malls/banyuwangi")), ["source_id"]);
        assert_eq!(fields(record("libur", "banyuwangi")), ["hours_rule.target"]);
        let below = Record { unit: "units/a".into(), ..record("libur", "malls/banyuwangi") };
        assert_eq!(fields(below), ["unit"]);
        assert_eq!(fields(Record { body: None, ..record("libur", "") }), ["body"]);
        let service = Some(Body::Service(Service::default()));
        assert_eq!(fields(Record { body: service, ..record("kk", "") }), ["service"]);
    }

    #[test]
    fn a_delete_names_the_sources_own_rule() {
        let delete = |name: &str| {
            let tombstone = Tombstone { reason: Reason::Withdrawn.into(), ..Tombstone::default() };
            let body = Body::Delete(Delete { name: name.into(), tombstone: Some(tombstone) });
            let record = Record { body: Some(body), ..record("libur", "") };
            check(record, SOURCE)
                .map(|checked| check(checked.to_record(), SOURCE).ok() == Some(checked))
        };
        assert_eq!(delete("hoursRules/mal-banyuwangi_libur").ok(), Some(true));
        assert!(delete("hoursRules/another_libur").is_err());
        assert!(delete("hoursRules/libur").is_err());
    }
}
