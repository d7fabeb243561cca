//! Sources: which units one may write (its namespace), and the form of a synced record. When one
//! counts as late is worked out in reporting, from the freshness target that the source declares.

use mpp_api::{
    registry::{Service, Unit},
    sync::{End, Record, Source, incomplete, record::Body, record::Delete},
    text,
    types::Tombstone,
};
use mpp_core::{Error, FieldCode, FieldViolation, Result};
use mpp_resource::{Kind, tombstone};

use super::{Check, service, tree::Lineage, values::localized};

const MAX_ALSO_WRITES: usize = 200;

/// Characters that say what a session lacked.
const MAX_LACK: usize = 2_000;

/// Checks a source's form.
///
/// # Errors
/// Every wrong field.
pub fn check(source: &Source) -> Result<()> {
    let mut check = Check::new("source");
    check.name::<Source>("name", &source.name);
    localized(&mut check, "display_name", source.display_name.as_ref());
    check.name::<Unit>("unit", &source.unit);
    check.range("freshness_target_seconds", source.freshness_target_seconds, 300, 31_536_000);
    check.each("also_writes", &source.also_writes, MAX_ALSO_WRITES, |part, unit| {
        part.name::<Unit>("", unit);
    });
    check.finish()
}

/// Checks what a client says at the end of its session.
///
/// # Errors
/// Every wrong field.
pub fn check_end(end: &End, mut check: Check) -> Result<()> {
    check.range("unread", end.unread, 0, i64::from(i32::MAX));
    if let Some(lack) = &end.incomplete {
        check.within("incomplete", |part| {
            // One that only a newer client knows is a reason as well.
            if lack.reason == i32::from(incomplete::Reason::Unspecified) {
                part.fail("reason", FieldCode::Required, "must say why, as REASON_TORN does");
            }
            part.text("text", &lack.text, MAX_LACK);
        });
    }
    check.finish()
}

/// Checks that a unit of `also_writes` adds something: it lies below none that the source writes
/// already.
///
/// # Errors
/// `DUPLICATE`, naming the other one.
pub fn check_also_writes(source: &Source, index: usize, own: &Lineage) -> Result<()> {
    let others = source.also_writes.iter().enumerate();
    let mut others = others.filter(|(at, other)| *at < index || *other != own.unit());
    let other = std::iter::once((0, &source.unit))
        .chain(others.by_ref())
        .find(|(_, other)| own.is_within(other));
    let Some((_, other)) = other else { return Ok(()) };
    let text = match other == own.unit() {
        true => format!("{other} is written by this source already; leave one out"),
        false => format!(
            "{} lies below {other}, which the source writes already; leave it out",
            own.unit()
        ),
    };
    Err(Error::field(format!("source.also_writes[{index}]"), FieldCode::Duplicate, text))
}

/// The change that a record of a batch asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// The service is to be as this.
    Put(Box<Service>),
    /// The service is to go.
    Delete(Tombstone),
}

/// A checked record of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The service's name.
    pub name: String,
    /// The change that it asks for.
    pub item: Item,
}

impl Checked {
    /// The unit that the record lies in.
    pub fn unit(&self) -> &str {
        self.name.split_once("/services/").map_or("", |(unit, _)| unit)
    }
}

/// Checks the form of one record of a batch of `source`.
///
/// # Errors
/// Every wrong field; the record is then rejected.
pub fn check_record(record: Record, source: &str) -> Result<Checked> {
    let mut check = Check::new("");
    check.id("source_id", &record.source_id);
    check.finish()?;
    match record.body {
        None => Err(Error::field("body", FieldCode::Required, "must hold a service or a delete")),
        Some(Body::Service(given)) => check_service(given, &record.unit, record.source_id, source),
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
    given.name.clone_from(&name);
    given.source = source.to_owned();
    given.source_id = source_id;
    given.etag.clear();
    given.overrides.clear();
    given.create_time = None;
    given.update_time = None;
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
        Service::COLLECTIONS,
        "delete.tombstone",
    )?;
    Ok(Checked { name: delete.name.clone(), item: Item::Delete(tombstone) })
}

/// Checks that a unit lies where the source may write. `lineage` is `None` for a unit that does
/// not exist.
///
/// # Errors
/// Names the field `unit`.
pub fn check_unit(
    source: &Source,
    unit: &str,
    lineage: Option<&Lineage>,
) -> Result<(), FieldViolation> {
    let fault = |code, description| FieldViolation { field: "unit".into(), description, code };
    let Some(lineage) = lineage else {
        return Err(fault(
            FieldCode::UnitNotFound,
            format!("{unit} does not exist; create it first"),
        ));
    };
    let may = lineage.is_within(&source.unit)
        || source.also_writes.iter().any(|other| lineage.is_within(other));
    if may {
        return Ok(());
    }
    let message = format!(
        "{unit} is neither below {} nor below a unit that the source also writes",
        source.unit
    );
    Err(fault(FieldCode::UnitNotOwned, message))
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
        Record { source_id: source_id.into(), unit: unit.into(), body }
    }

    #[test]
    fn the_registry_decides_name_and_source() {
        let checked = check_record(record("kk-baru", "units/kemendagri", ""), "sources/kemendagri")
            .expect("a good record");
        assert_eq!(checked.name, "units/kemendagri/services/kk-baru");
        assert_eq!(checked.unit(), "units/kemendagri");
        let Item::Put(service) = checked.item else { panic!("a put") };
        assert_eq!((service.source.as_str(), service.etag.as_str()), ("sources/kemendagri", ""));
        assert!(service.overrides.is_empty(), "a curator's alone");
    }

    #[test]
    fn a_record_under_another_name_is_refused() {
        for (id, unit, name) in [
            ("kk", "units/kemendagri", "units/kemendagri/services/ktp"),
            ("KK BARU", "units/kemendagri", ""),
            ("kk", "malls/kemendagri", ""),
            ("kk", "", ""),
        ] {
            assert!(
                check_record(record(id, unit, name), "sources/x").is_err(),
                "{id} {unit} {name}"
            );
        }
        let none = Record { source_id: "kk".into(), ..Record::default() };
        assert!(check_record(none, "sources/x").is_err());
    }

    #[test]
    fn a_delete_says_why() {
        let delete = |name: &str, reason: Reason| {
            let tombstone = Some(Tombstone { reason: reason.into(), successor: String::new() });
            let body = Body::Delete(Delete { name: name.into(), tombstone });
            let record = Record { source_id: "kk".into(), body: Some(body), ..Record::default() };
            check_record(record, "sources/x").is_ok()
        };
        assert!(delete("units/a/services/kk", Reason::Withdrawn));
        assert!(!delete("units/a/services/kk", Reason::Unspecified));
        assert!(!delete("units/a/services/ktp", Reason::Withdrawn));
        assert!(!delete("malls/a", Reason::Withdrawn));
    }

    #[test]
    fn a_reason_that_only_a_newer_client_knows_ends_its_session_as_well() {
        let ends = |reason: i32| {
            let lack = mpp_api::sync::Incomplete { reason, text: String::new() };
            check_end(&End { incomplete: Some(lack), ..End::default() }, Check::new("end"))
        };
        ends(99).expect("a reason");
        let wrong = ends(0).expect_err("none");
        assert_eq!(wrong.violations()[0].field, "end.incomplete.reason");
    }

    #[test]
    fn what_a_source_also_writes_adds_something() {
        let also_writes = ["units/polres", "units/skck", "units/polres", "units/kk"];
        let source = Source {
            unit: "units/kemendagri".into(),
            also_writes: also_writes.map(String::from).to_vec(),
            ..Source::default()
        };
        let told = |index: usize, names: &[&str]| {
            let line = Lineage::new(names.iter().map(|name| (*name).to_owned()).collect());
            let error = check_also_writes(&source, index, &line.expect("a unit")).err();
            error.map(|error| error.message().to_owned()).unwrap_or_default()
        };
        assert_eq!(told(0, &["units/polres", "units/polri"]), "");
        assert!(told(1, &["units/skck", "units/polres"]).contains("lies below units/polres"));
        assert!(told(2, &["units/polres", "units/polri"]).contains("already; leave one out"));
        assert!(told(3, &["units/kk", "units/kemendagri"]).contains("lies below units/kemendagri"));
    }

    #[test]
    fn a_source_writes_its_units_subtree_and_what_it_also_writes() {
        let source = Source {
            unit: "units/kemendagri".into(),
            also_writes: vec!["units/polres".into()],
            ..Source::default()
        };
        let line = |names: &[&str]| Lineage::new(names.iter().map(|n| (*n).to_owned()).collect());
        let code = |unit: &str, line: Option<Lineage>| {
            check_unit(&source, unit, line.as_ref()).err().map(|v| v.code)
        };
        assert_eq!(code("units/dukcapil", line(&["units/dukcapil", "units/kemendagri"])), None);
        assert_eq!(code("units/skck", line(&["units/skck", "units/polres", "units/polri"])), None);
        assert_eq!(code("units/bkpm", line(&["units/bkpm"])), Some(FieldCode::UnitNotOwned));
        assert_eq!(code("units/gone", None), Some(FieldCode::UnitNotFound));
    }
}
