//! The kinds of record that sources send, as a batch holds them.

use mpp_api::{
    registry::Service,
    scheduling::HoursRule,
    sync::{Record, record::Body},
};
use mpp_core::{FieldCode, Result};
use mpp_form::record::{self, Checked, hours};
use mpp_resource::Resource;

/// A kind of record that sources send.
pub trait Synced: Resource {
    /// The name that a record of this source, unit and id asks for, whatever they hold.
    fn asked(source: &str, unit: &str, source_id: &str) -> String;

    /// The source's own id of the record of this name.
    fn source_id(name: &str) -> &str;

    /// The record that one of this name waits for, which was answered with this code; empty where
    /// only a person's decision helps.
    fn awaited(code: FieldCode, name: &str, record: &Record) -> String;

    /// Checks the form of one record of `source`.
    ///
    /// # Errors
    /// Every wrong field; the record is then rejected.
    fn check(record: Record, source: &str) -> Result<Checked<Self>>;

    /// The record that this was checked of, as it is kept where it has to wait: checked again it
    /// is the same.
    fn to_record(checked: &Checked<Self>) -> Record;
}

impl Synced for Service {
    fn asked(_source: &str, unit: &str, source_id: &str) -> String {
        format!("{unit}/services/{source_id}")
    }

    fn source_id(name: &str) -> &str {
        id_of(name)
    }

    fn awaited(code: FieldCode, name: &str, _record: &Record) -> String {
        let awaited = match code {
            FieldCode::UnitNotFound | FieldCode::UnitNotOwned => {
                name.split_once("/services/").map_or("", |(unit, _)| unit)
            }
            FieldCode::OwnedByOtherSource => name,
            _ => "",
        };
        awaited.to_owned()
    }

    fn check(record: Record, source: &str) -> Result<Checked<Self>> {
        record::check(record, source)
    }

    fn to_record(checked: &Checked<Self>) -> Record {
        checked.to_record()
    }
}

impl Synced for HoursRule {
    /// A rule lies in no unit.
    fn asked(source: &str, _unit: &str, source_id: &str) -> String {
        hours::name(source, source_id)
    }

    fn source_id(name: &str) -> &str {
        hours::source_id(name)
    }

    fn awaited(code: FieldCode, name: &str, record: &Record) -> String {
        match (code, &record.body) {
            (
                FieldCode::TargetNotFound | FieldCode::TargetNotOwned,
                Some(Body::HoursRule(rule)),
            ) => rule.target.clone(),
            (FieldCode::OwnedByOtherSource, _) => name.to_owned(),
            _ => String::new(),
        }
    }

    fn check(record: Record, source: &str) -> Result<Checked<Self>> {
        hours::check(record, source)
    }

    fn to_record(checked: &Checked<Self>) -> Record {
        checked.to_record()
    }
}

/// The last part of a name: a record's own id.
pub fn id_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::quarantine::{Answer, Asks};

    #[test]
    fn every_code_is_decided_and_what_waits_names_what_it_waits_for() {
        let (service, rule) = ("units/baru/services/akta", "hoursRules/mal_libur");
        let target = "malls/baru".to_owned();
        let body = Some(Body::HoursRule(HoursRule { target, ..HoursRule::default() }));
        let record = Record { body, ..Record::default() };
        for code in FieldCode::ALL {
            let waits = Answer::of(Some(*code), Asks::Put) == Answer::Waits;
            let of_service = Service::awaited(*code, service, &Record::default());
            let of_rule = HoursRule::awaited(*code, rule, &record);
            let decided = [FieldCode::TooManyMoved, FieldCode::Undone].contains(code);
            let named = !of_service.is_empty() || !of_rule.is_empty();
            assert_eq!(waits, named || decided, "{code}");
        }
        let of = |code| HoursRule::awaited(code, rule, &record);
        assert_eq!(of(FieldCode::TargetNotFound), "malls/baru");
        assert_eq!(of(FieldCode::OwnedByOtherSource), rule);
        let unit = Service::awaited(FieldCode::UnitNotFound, service, &Record::default());
        assert_eq!(unit, "units/baru");
    }
}
