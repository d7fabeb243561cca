//! The form of a synced record.

mod entry;
pub mod hours;

use mpp_api::{
    Document as _, document,
    registry::{Counter, Mall, Service, Unit},
    sync::{Record, record::Body, record::Delete},
    text,
    types::{Tombstone, tombstone::Reason},
};
use mpp_core::{Error, FieldCode, FieldViolation, Result, id_of, unit_of};

pub use self::entry::Entry;
use crate::{Check, check::collections, screen, service, tombstone};

/// The kinds that sources send to the registry, in the order in which they are written: each may
/// refer to those before it.
pub const KINDS: &[&str] = &[Unit::KIND, Mall::KIND, Counter::KIND, Service::KIND];

/// Those of them that stay when their source no longer publishes them, since they hold records of
/// others.
pub const PLACES: &[&str] = &[Unit::KIND, Mall::KIND, Counter::KIND];

/// The change that a record of a batch asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordChange<D = Entry> {
    /// The record is to be as this.
    Put(Box<D>),
    /// The record is to go.
    Delete(Tombstone),
}

/// A checked record of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<D = Entry> {
    /// The record's name.
    pub name: String,
    /// The change that it asks for.
    pub item: RecordChange<D>,
}

impl Checked {
    /// Its kind.
    pub fn kind(&self) -> &'static str {
        document::kind_of(&self.name).unwrap_or_default()
    }

    /// The unit that a service lies in.
    pub fn unit(&self) -> &str {
        unit_of(&self.name)
    }

    /// Remarks for its author, although its form is right.
    pub fn remarks(&self) -> Vec<FieldViolation> {
        match &self.item {
            RecordChange::Put(entry) => match &**entry {
                Entry::Service(service) => screen::cut(&mut service.clone()),
                Entry::Unit(_) | Entry::Mall(_) | Entry::Counter(_) => Vec::new(),
            },
            RecordChange::Delete(_) => Vec::new(),
        }
    }

    /// The record that this was checked of, as it is kept where it has to wait: checked again it
    /// is the same.
    pub fn to_record(&self) -> Record {
        let source_id = id_of(&self.name).to_owned();
        match &self.item {
            RecordChange::Put(entry) => Record { source_id, ..entry.to_record(&self.name) },
            RecordChange::Delete(tombstone) => {
                let delete = Delete { name: self.name.clone(), tombstone: Some(tombstone.clone()) };
                let body = Some(Body::Delete(delete));
                Record { source_id, body, ..Record::default() }
            }
        }
    }
}

/// The name that a record asks for at the registry, whatever it holds.
pub fn asked(record: &Record) -> String {
    let id = &record.source_id;
    match &record.body {
        Some(Body::Delete(delete)) => delete.name.clone(),
        Some(Body::UnitRecord(_)) => format!("units/{id}"),
        Some(Body::Mall(_)) => format!("malls/{id}"),
        Some(Body::Counter(_)) => format!("{}/counters/{id}", record.parent),
        Some(Body::Service(_) | Body::HoursRule(_)) | None => {
            format!("{}/services/{id}", record.unit)
        }
    }
}

/// The source's own id of the record of this name: of a service its last part, which stays when it
/// moves; others are known by their names.
pub fn source_id(name: &str) -> &str {
    name.rsplit_once("/services/").map_or(name, |(_, id)| id)
}

/// The id by which a record is known at its source: its own, or the name of one that is known by
/// that.
pub fn known_as(record: &Record) -> String {
    let is_known_by_name = match &record.body {
        Some(Body::UnitRecord(_) | Body::Mall(_) | Body::Counter(_)) => true,
        Some(Body::Delete(delete)) => is_place(&delete.name),
        Some(Body::Service(_) | Body::HoursRule(_)) | None => false,
    };
    if is_known_by_name { asked(record) } else { record.source_id.clone() }
}

/// Whether a record of this name stays when its source no longer publishes it.
pub fn is_place(name: &str) -> bool {
    document::kind_of(name).is_some_and(|kind| PLACES.contains(&kind))
}

/// What a record is called: a service's title, a place's name.
pub fn title(record: &Record) -> Option<&str> {
    let title = match &record.body {
        Some(Body::Service(service)) => &service.title,
        Some(Body::UnitRecord(unit)) => &unit.display_name,
        Some(Body::Mall(mall)) => &mall.display_name,
        Some(Body::Counter(counter)) => &counter.display_name,
        Some(Body::HoursRule(_) | Body::Delete(_)) | None => return None,
    };
    title.as_ref().map(|title| title.id.as_str())
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
        Some(Body::HoursRule(_) | Body::UnitRecord(_) | Body::Mall(_) | Body::Counter(_))
        | None => Vec::new(),
    };
    named.into_iter().filter(|name| !name.is_empty()).collect()
}

/// The number of these rules, which stands with what was rejected by them. It grows whenever a rule
/// for synced records changes, here or in the registry, so that what was rejected may pass.
pub const RULES: i64 = 7;

/// Checks the form of one record of a batch of `source`.
///
/// # Errors
/// Every wrong field; the record is then rejected.
pub fn check(mut record: Record, source: &str) -> Result<Checked> {
    check_keys(&record)?;
    let name = asked(&record);
    let doubted = record.body.as_mut().filter(|_| !record.confirmed);
    let doubt = doubted.and_then(screen::doubt);
    let checked = match record.body {
        None => {
            let text = "must hold a service, a unit_record, a mall, a counter or a delete";
            Err(Error::field("body", FieldCode::Required, text))
        }
        Some(Body::Service(given)) => check_service(given, name, record.source_id, source),
        Some(Body::HoursRule(_)) => {
            let text = "is kept by scheduling, and this is the registry: send it there";
            Err(Error::field("hours_rule", FieldCode::NotAllowed, text))
        }
        Some(Body::UnitRecord(given)) => entry::unit(given, name, source),
        Some(Body::Mall(given)) => entry::mall(given, name, source),
        Some(Body::Counter(given)) => entry::counter(given, name, source),
        Some(Body::Delete(delete)) => check_delete(&delete, &record.source_id),
    }?;
    doubt.map_or(Ok(checked), |fault| Err(Error::fields(vec![fault])))
}

/// The id, and the record above of a kind whose names have one.
fn check_keys(record: &Record) -> Result<()> {
    let mut check = Check::new("");
    check.id("source_id", &record.source_id);
    let (has_unit, has_parent) = match &record.body {
        Some(Body::Service(_)) => (true, false),
        Some(Body::Counter(_)) => (false, true),
        Some(Body::UnitRecord(_) | Body::Mall(_)) => (false, false),
        Some(Body::Delete(_) | Body::HoursRule(_)) | None => return check.finish(),
    };
    if has_unit {
        check.name::<Unit>("unit", &record.unit);
    } else if !record.unit.is_empty() {
        check.fail("unit", FieldCode::NotAllowed, "must be empty: only a service lies in a unit");
    }
    if has_parent {
        check.name::<Mall>("parent", &record.parent);
    } else if !record.parent.is_empty() {
        check.fail("parent", FieldCode::NotAllowed, "must be empty: only a counter lies in a mall");
    }
    check.finish()
}

/// The registry decides name, source and source id; fields that only it knows are cleared.
fn check_service(
    mut given: Service,
    name: String,
    source_id: String,
    source: &str,
) -> Result<Checked> {
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
    Ok(Checked { name, item: RecordChange::Put(Box::new(Entry::Service(given))) })
}

fn check_delete(delete: &Delete, source_id: &str) -> Result<Checked> {
    let kind = document::kind_of(&delete.name).filter(|kind| KINDS.contains(kind));
    let kind = kind.unwrap_or(Service::KIND);
    let mut check = Check::new("delete");
    check.name_of(kind, "name", &delete.name);
    check.finish()?;
    if id_of(&delete.name) != source_id {
        return Err(Error::field(
            "delete.name",
            FieldCode::Name,
            format!("must end in /{source_id}"),
        ));
    }
    let tombstone = tombstone::checked(
        delete.tombstone.as_ref(),
        &delete.name,
        &collections(kind),
        "delete.tombstone",
    )?;
    if PLACES.contains(&kind) && tombstone.reason() != Reason::Withdrawn {
        let text = format!("must be REASON_WITHDRAWN: the {kind} stays, and is only taken back");
        return Err(Error::field("delete.tombstone.reason", FieldCode::NotAllowed, text));
    }
    Ok(Checked { name: delete.name.clone(), item: RecordChange::Delete(tombstone) })
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
        Record { source_id: source_id.into(), unit: unit.into(), body, ..Record::default() }
    }

    #[test]
    fn the_registry_decides_name_and_source() {
        let checked = check(record("kk-baru", "units/kemendagri", ""), "sources/kemendagri")
            .expect("a good record");
        assert_eq!(checked.name, "units/kemendagri/services/kk-baru");
        assert_eq!(checked.unit(), "units/kemendagri");
        let kept = check(checked.to_record(), "sources/kemendagri").expect("good");
        assert_eq!(kept, checked, "what is kept is what was checked");
        let RecordChange::Put(entry) = checked.item else { panic!("a put") };
        let Entry::Service(service) = *entry else { panic!("a service") };
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
        assert!(!delete("malls/a", Reason::Withdrawn), "the id is another");
        assert!(!delete("standards/kk", Reason::Withdrawn));
        assert!(delete("malls/a/counters/kk", Reason::Withdrawn));
        assert!(!delete("malls/kk", Reason::Superseded), "a place stays");
    }
}
