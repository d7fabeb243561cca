//! The canonical record that a mapping yields, as JSON, and its way into the wire's form.

use mpp_api::{registry, sync, types};
use mpp_core::{Error, Result};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Canonical {
    source_id: String,
    service: Option<Service>,
    delete: Option<Delete>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delete {
    name: String,
    reason: String,
    #[serde(default)]
    successor: String,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Service {
    unit: String,
    title: Text,
    category: String,
    keywords: Vec<String>,
    requirements: Vec<Requirement>,
    procedure: Vec<String>,
    time: Option<Time>,
    fees: Vec<Fee>,
    product: String,
    complaints: Vec<String>,
    legal_basis: Vec<String>,
    facilities: Vec<String>,
    competence: String,
    supervision: String,
    staff: Option<Staff>,
    service_guarantee: String,
    safety_guarantee: String,
    evaluation: String,
    licence: Option<Licence>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Text {
    id: String,
    en: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Requirement {
    text: String,
    applicant: String,
    satisfied_by: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Time {
    value: i64,
    unit: String,
    at_most: bool,
    source_text: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Fee {
    label: String,
    kind: String,
    amount_rupiah: i64,
    max_rupiah: i64,
    source_text: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Staff {
    count: i32,
    source_text: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Licence {
    kbli: Vec<Kbli>,
    risk: String,
    scale: String,
    authority: String,
    validity: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Kbli {
    code: String,
    edition: String,
}

/// Turns a mapping's output into a record of the wire.
///
/// # Errors
/// Names the key that is missing, unknown or of the wrong type. What the registry judges (an empty
/// title, a unit that does not exist) passes: the registry's answer is the one that counts.
pub fn parse(mut json: Value) -> Result<sync::Record> {
    drop_nulls(&mut json);
    let canonical: Canonical = serde_json::from_value(json)
        .map_err(|error| Error::field("record", "MAPPING", error.to_string()))?;
    let body = match (canonical.service, canonical.delete) {
        (Some(service), None) => sync::record::Body::Service(service_record(service)?),
        (None, Some(delete)) => sync::record::Body::Delete(delete_record(delete)?),
        _ => {
            let text = "give just one of 'service' and 'delete'";
            return Err(Error::field("record", "MAPPING", text));
        }
    };
    Ok(sync::Record { source_id: canonical.source_id, body: Some(body) })
}

/// jq yields null where a key is absent; both mean "not given".
fn drop_nulls(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn delete_record(delete: Delete) -> Result<sync::record::Delete> {
    let reason = types::tombstone::Reason::from_str_name(&format!("REASON_{}", delete.reason))
        .ok_or_else(|| unknown("delete.reason", &delete.reason))?;
    Ok(sync::record::Delete {
        name: delete.name,
        tombstone: Some(types::Tombstone { reason: reason.into(), successor: delete.successor }),
    })
}

fn service_record(service: Service) -> Result<sync::ServiceRecord> {
    let unit = service.unit;
    let record = registry::Service {
        title: Some(types::LocalizedText { id: service.title.id, en: service.title.en }),
        category: service.category,
        keywords: service.keywords,
        requirements: indexed(service.requirements, "service.requirements", requirement)?,
        procedure: service.procedure,
        time: service.time.map(time).transpose()?,
        fees: indexed(service.fees, "service.fees", fee)?,
        product: service.product,
        complaints: service.complaints,
        legal_basis: service.legal_basis,
        facilities: service.facilities,
        competence: service.competence,
        supervision: service.supervision,
        staff: service.staff.map(|staff| registry::service::Staff {
            count: staff.count,
            source_text: staff.source_text,
        }),
        service_guarantee: service.service_guarantee,
        safety_guarantee: service.safety_guarantee,
        evaluation: service.evaluation,
        licence: service.licence.map(licence).transpose()?,
        ..Default::default()
    };
    Ok(sync::ServiceRecord { unit, service: Some(record) })
}

fn indexed<T, U>(items: Vec<T>, field: &str, one: fn(T) -> Result<U>) -> Result<Vec<U>> {
    items
        .into_iter()
        .enumerate()
        .map(|(at, item)| one(item).map_err(|error| error.within(&format!("{field}[{at}]"))))
        .collect()
}

fn requirement(from: Requirement) -> Result<registry::service::Requirement> {
    use registry::service::requirement::Applicant;
    let applicant = match from.applicant.as_str() {
        "" => Applicant::Any,
        text => Applicant::from_str_name(&format!("APPLICANT_{text}"))
            .ok_or_else(|| unknown("applicant", text))?,
    };
    Ok(registry::service::Requirement {
        text: from.text,
        applicant: applicant.into(),
        satisfied_by: from.satisfied_by,
    })
}

fn time(from: Time) -> Result<types::ServiceTime> {
    let unit = types::service_time::Unit::from_str_name(&format!("UNIT_{}", from.unit))
        .ok_or_else(|| unknown("service.time.unit", &from.unit))?;
    Ok(types::ServiceTime {
        value: from.value,
        unit: unit.into(),
        at_most: from.at_most,
        source_text: from.source_text,
    })
}

fn fee(from: Fee) -> Result<types::Fee> {
    let kind = types::fee::Kind::from_str_name(&format!("KIND_{}", from.kind))
        .ok_or_else(|| unknown("kind", &from.kind))?;
    Ok(types::Fee {
        label: from.label,
        kind: kind.into(),
        amount_rupiah: from.amount_rupiah,
        max_rupiah: from.max_rupiah,
        source_text: from.source_text,
    })
}

fn licence(from: Licence) -> Result<registry::service::Licence> {
    use registry::service::licence::{Kbli, Risk};
    let risk = match from.risk.as_str() {
        "" => Risk::Unspecified,
        text => Risk::from_str_name(&format!("RISK_{text}"))
            .ok_or_else(|| unknown("service.licence.risk", text))?,
    };
    let kbli = from.kbli.into_iter().map(|kbli| Kbli { code: kbli.code, edition: kbli.edition });
    Ok(registry::service::Licence {
        kbli: kbli.collect(),
        risk: risk.into(),
        scale: from.scale,
        authority: from.authority,
        validity: from.validity,
    })
}

fn unknown(field: &str, text: &str) -> Error {
    let shown: String = text.chars().take(60).collect();
    Error::field(field, "MAPPING", format!("'{shown}' is not a value that this field has"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mapped_service_keeps_every_component() {
        let record = parse(json!({
            "source_id": "ktp-hilang",
            "service": {
                "unit": "units/kemendagri", "title": { "id": "KTP hilang", "en": null },
                "requirements": [{ "text": "Surat kehilangan", "applicant": "PERSON" }],
                "fees": [{ "kind": "FREE", "source_text": "Gratis" }],
                "time": { "value": 1, "unit": "WORKING_DAYS", "source_text": "1 hari kerja" },
            }
        }))
        .expect("a canonical record");
        let Some(sync::record::Body::Service(body)) = record.body else { panic!("a service") };
        let service = body.service.expect("a service");
        assert_eq!(service.requirements[0].text, "Surat kehilangan");
        assert_eq!(service.fees[0].kind(), types::fee::Kind::Free);
        assert_eq!(service.time.expect("a time").value, 1);
    }

    #[test]
    fn what_a_mapping_gets_wrong_is_named() {
        let wrong = json!({ "source_id": "x", "service": { "fees": [{ "kind": "CHEAP" }] } });
        let error = parse(wrong).expect_err("no such kind");
        assert_eq!(error.violations()[0].field, "service.fees[0].kind");
        let misspelt = json!({ "source_id": "x", "service": { "tittle": {} } });
        assert!(parse(misspelt).expect_err("misspelt").message().contains("tittle"));
        assert!(parse(json!({ "source_id": "x" })).is_err());
    }
}
