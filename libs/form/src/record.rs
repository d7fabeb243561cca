//! The form of a synced record.

pub mod hours;

use mpp_api::{
    Document,
    registry::{Service, Unit},
    sync::{Record, record::Body, record::Delete},
    text,
    types::Tombstone,
};
use mpp_core::{Error, FieldCode, FieldViolation, Result};

use crate::{Check, check::collections, screen, service, tombstone};

/// The change that a record of a batch asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Item<D = Service> {
    /// The record is to be as this.
    Put(Box<D>),
    /// The record is to go.
    Delete(Tombstone),
}

/// A checked record of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<D = Service> {
    /// The record's name.
    pub name: String,
    /// The change that it asks for.
    pub item: Item<D>,
}

impl Checked {
    /// The unit that the record lies in.
    pub fn unit(&self) -> &str {
        self.name.split_once("/services/").map_or("", |(unit, _)| unit)
    }

    /// Remarks for its author, although its form is right.
    pub fn remarks(&self) -> Vec<FieldViolation> {
        match &self.item {
            Item::Put(service) => screen::cut(&mut service.clone()),
            Item::Delete(_) => Vec::new(),
        }
    }

    /// The record that this was checked of, as it is kept where it has to wait: checked again it
    /// is the same.
    pub fn to_record(&self) -> Record {
        let source_id = self.name.rsplit('/').next().unwrap_or_default().to_owned();
        match &self.item {
            Item::Put(service) => Record {
                source_id,
                unit: self.unit().to_owned(),
                body: Some(Body::Service(Service::clone(service))),
                // It was looked at when it came.
                confirmed: true,
            },
            Item::Delete(tombstone) => {
                let delete = Delete { name: self.name.clone(), tombstone: Some(tombstone.clone()) };
                let body = Some(Body::Delete(delete));
                Record { source_id, body, ..Record::default() }
            }
        }
    }
}

/// The names of the services that a record refers to.
pub fn refers_to(record: &Record) -> Vec<&str> {
    let named: Vec<&str> = match &record.body {
        Some(Body::Service(service)) => {
            service.requirements.iter().map(|one| one.satisfied_by.as_str()).collect()
        }
        Some(Body::Delete(delete)) => {
            delete.tombstone.iter().map(|tombstone| tombstone.successor.as_str()).collect()
        }
        Some(Body::HoursRule(_)) | None => Vec::new(),
    };
    named.into_iter().filter(|name| !name.is_empty()).collect()
}

/// The number of these rules, which stands with what was rejected by them. It grows whenever a rule
/// for synced records changes, here or in the registry, so that what was rejected may pass.
pub const RULES: i64 = 3;

/// Checks the form of one record of a batch of `source`.
///
/// # Errors
/// Every wrong field; the record is then rejected.
pub fn check(record: Record, source: &str) -> Result<Checked> {
    let mut check = Check::new("");
    check.id("source_id", &record.source_id);
    check.finish()?;
    match record.body {
        None => Err(Error::field("body", FieldCode::Required, "must hold a service or a delete")),
        Some(Body::Service(mut given)) => {
            let doubt = if record.confirmed { None } else { screen::doubt(&mut given) };
            let checked = check_service(given, &record.unit, record.source_id, source)?;
            doubt.map_or(Ok(checked), |fault| Err(Error::fields(vec![fault])))
        }
        Some(Body::HoursRule(_)) => {
            let text = "is kept by scheduling, and this is the registry: send it there";
            Err(Error::field("hours_rule", FieldCode::NotAllowed, text))
        }
        Some(Body::Delete(delete)) => check_delete(&delete, &record.source_id),
    }
}

/// The registry decides name, source and source id; fields that only it knows are cleared.
fn check_service(
    mut given: Service,
    unit: &str,
    source_id: String,
    source: &str,
) -> Result<Checked> {
    let mut check = Check::new("");
    check.name::<Unit>("unit", unit);
    check.finish()?;
    let name = format!("{unit}/services/{source_id}");
    if !given.name.is_empty() && given.name != name {
        return Err(Error::field(
            "service.name",
            FieldCode::Name,
            format!("must be empty or {name}"),
        ));
    }
    let own = (name.clone(), source.to_owned(), source_id);
    (given.name, given.source, given.source_id) = own;
    given.etag.clear();
    given.overrides.clear();
    (given.create_time, given.update_time) = (None, None);
    let faults = text::clean(&mut given, "service");
    if !faults.is_empty() {
        return Err(Error::fields(faults));
    }
    service::check(&given)?;
    Ok(Checked { name, item: Item::Put(Box::new(given)) })
}

fn check_delete(delete: &Delete, source_id: &str) -> Result<Checked> {
    let mut check = Check::new("delete");
    check.name::<Service>("name", &delete.name);
    check.finish()?;
    if delete.name.rsplit('/').next() != Some(source_id) {
        return Err(Error::field(
            "delete.name",
            FieldCode::Name,
            format!("must end in /services/{source_id}"),
        ));
    }
    let tombstone = tombstone::checked(
        delete.tombstone.as_ref(),
        &delete.name,
        &collections(Service::KIND),
        "delete.tombstone",
    )?;
    Ok(Checked { name: delete.name.clone(), item: Item::Delete(tombstone) })
}

#[cfg(test)]
mod tests {
    use mpp_api::{
        registry::service::Override,
        types::{LocalizedText, tombstone::Reason},
    };

    use super::*;

    fn record(source_id: &str, unit: &str, name: &str) -> Record {
        let service = Service {
            name: name.into(),
            title: Some(LocalizedText { id: "Kartu Keluarga".into(), en: String::new() }),
            etag: "7".into(),
            source: "sources/other".into(),
            overrides: vec![Override { field: "title".into(), ..Override::default() }],
            ..Service::default()
        };
        let body = Some(Body::Service(service));
        Record { source_id: source_id.into(), unit: unit.into(), body, confirmed: false }
    }

    #[test]
    fn the_registry_decides_name_and_source() {
        let checked = check(record("kk-baru", "units/kemendagri", ""), "sources/kemendagri")
            .expect("a good record");
        assert_eq!(checked.name, "units/kemendagri/services/kk-baru");
        assert_eq!(checked.unit(), "units/kemendagri");
        let kept = check(checked.to_record(), "sources/kemendagri").expect("good");
        assert_eq!(kept, checked, "what is kept is what was checked");
        let Item::Put(service) = checked.item else { panic!("a put") };
        assert_eq!((service.source.as_str(), service.etag.as_str()), ("sources/kemendagri", ""));
        assert!(service.overrides.is_empty(), "a curator's alone");
    }

    #[test]
    fn what_looks_like_a_trial_is_taken_once_a_person_has_confirmed_it() {
        let named = |title: &str, confirmed| {
            let mut record = Record { confirmed, ..record("kk", "units/kemendagri", "") };
            if let Some(Body::Service(service)) = &mut record.body {
                service.title = Some(LocalizedText { id: title.into(), en: String::new() });
            }
            check(record, "sources/kemendagri")
        };
        let refused = named("tes", false).expect_err("a trial");
        assert_eq!(refused.violations()[0].code, FieldCode::Suspicious);
        assert!(named("tes", true).is_ok() && named("Kartu Keluarga", false).is_ok());
        let never = named("#REF!", true).expect_err("no person has written it");
        assert_eq!(never.violations()[0].code, FieldCode::ErrorValue);
    }

    #[test]
    fn a_record_under_another_name_is_refused() {
        for (id, unit, name) in [
            ("kk", "units/kemendagri", "units/kemendagri/services/ktp"),
            ("KK BARU", "units/kemendagri", ""),
            ("kk", "malls/kemendagri", ""),
            ("kk", "", ""),
        ] {
            assert!(check(record(id, unit, name), "sources/x").is_err(), "{id} {unit} {name}");
        }
        let none = Record { source_id: "kk".into(), ..Record::default() };
        assert!(check(none, "sources/x").is_err());
    }

    #[test]
    fn a_delete_says_why() {
        let delete = |name: &str, reason: Reason| {
            let tombstone = Some(Tombstone { reason: reason.into(), successor: String::new() });
            let body = Body::Delete(Delete { name: name.into(), tombstone });
            let record = Record { source_id: "kk".into(), body: Some(body), ..Record::default() };
            check(record, "sources/x").is_ok()
        };
        assert!(delete("units/a/services/kk", Reason::Withdrawn));
        assert!(!delete("units/a/services/kk", Reason::Unspecified));
        assert!(!delete("units/a/services/ktp", Reason::Withdrawn));
        assert!(!delete("malls/a", Reason::Withdrawn));
    }
}
