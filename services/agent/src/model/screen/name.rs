//! Names that name nothing.

use mpp_form::screen::{
    is_cut, left_over,
    name::{is_blank, is_ditto, is_none, is_tick},
};
use serde_json::Value;

use crate::model::called::{CONTENTS, TITLES};

/// Fields for a text that a record can do without, in both spellings.
const TEXTS: [&str; 26] = [
    "address",
    "authority",
    "competence",
    "complaints",
    "condition",
    "evaluation",
    "facilities",
    "floor",
    "keywords",
    "legalBasis",
    "legal_basis",
    "note",
    "notes",
    "number",
    "procedure",
    "producedDocuments",
    "produced_documents",
    "product",
    "productValidity",
    "product_validity",
    "safetyGuarantee",
    "safety_guarantee",
    "scale",
    "supervision",
    "validity",
    "zone",
];

/// Takes away the English title or name, the labels of fees, the requirements and other texts that
/// name nothing: a record can do without them. Answers where they stood and what they said.
pub fn drop_empty(record: &mut Value) -> Vec<(String, String)> {
    let mut dropped = Vec::new();
    for place in TITLES {
        let text = record.pointer_mut(place).and_then(|title| take_out(title, "en", is_none));
        let field = || format!("{}.en", place.trim_start_matches('/').replace('/', "."));
        dropped.extend(text.map(|text| (field(), text)));
    }
    let fees = record.pointer_mut("/service/fees").and_then(Value::as_array_mut);
    for (at, fee) in fees.into_iter().flatten().enumerate() {
        let label = take_out(fee, "label", is_blank);
        dropped.extend(label.map(|text| (format!("service.fees[{at}].label"), text)));
    }
    dropped.extend(drop_requirements(record));
    dropped.extend(drop_ticks(record));
    for content in CONTENTS {
        if let Some(body) = record.get_mut(content) {
            drop_texts(body, content, &mut dropped);
        }
    }
    dropped
}

/// A product "-", a procedure of "n/a": a sign that there is nothing is no text of it.
fn drop_texts(value: &mut Value, place: &str, dropped: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let here = format!("{place}.{name}");
                match value {
                    Value::String(text) if TEXTS.contains(&&**name) && is_nothing(text) => {
                        dropped.push((here, text.trim().to_owned()));
                        *value = Value::Null;
                    }
                    Value::Array(texts) if TEXTS.contains(&&**name) => {
                        retain(texts, &here, dropped, |one| {
                            one.as_str().filter(|text| is_nothing(text)).map(str::to_owned)
                        });
                    }
                    value => drop_texts(value, &here, dropped),
                }
            }
            fields.retain(|_, value| !value.is_null());
        }
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                drop_texts(item, &format!("{place}[{at}]"), dropped);
            }
        }
        _ => {}
    }
}

/// "Tidak ada" is nothing, while "dll" says that there is more.
fn is_nothing(text: &str) -> bool {
    is_blank(text) && !is_cut(text) && !is_ditto(text) && left_over("", text).is_none()
}

/// A ticked cell says nothing without its heading: neither a fee nor a time nor a product.
fn drop_ticks(record: &mut Value) -> Vec<(String, String)> {
    let Some(service) = record.get_mut("service").and_then(Value::as_object_mut) else {
        return Vec::new();
    };
    let mut dropped = Vec::new();
    for (field, value) in service.iter_mut() {
        let place = format!("service.{field}");
        match value {
            Value::Array(list) => retain(list, &place, &mut dropped, ticked),
            value => {
                if let Some(text) = ticked(value) {
                    dropped.push((place, text));
                    *value = Value::Null;
                }
            }
        }
    }
    service.retain(|_, value| !value.is_null());
    dropped
}

/// Leaves in a list what says something; the others are told.
fn retain(
    list: &mut Vec<Value>,
    place: &str,
    dropped: &mut Vec<(String, String)>,
    says_nothing: impl Fn(&Value) -> Option<String>,
) {
    let mut at = 0;
    list.retain(|one| {
        let text = says_nothing(one);
        let told = text.iter().map(|text| (format!("{place}[{at}]"), text.trim().to_owned()));
        dropped.extend(told);
        at += 1;
        text.is_none()
    });
}

/// The tick that a text is, or the words of a fee or a time.
fn ticked(value: &Value) -> Option<String> {
    let words = || value.get("source_text").or_else(|| value.get("sourceText"));
    let text = value.as_str().or_else(|| words()?.as_str())?;
    is_tick(text).then(|| text.trim().to_owned())
}

fn drop_requirements(record: &mut Value) -> Vec<(String, String)> {
    let list = record.pointer_mut("/service/requirements").and_then(Value::as_array_mut);
    let (mut dropped, mut at) = (Vec::new(), 0);
    list.into_iter().for_each(|list| {
        list.retain(|one| {
            let text = one.get("text").and_then(Value::as_str).unwrap_or_default();
            let is_none = is_nothing(text) || is_tick(text);
            if is_none {
                let place = format!("service.requirements[{at}].text");
                dropped.push((place, text.trim().to_owned()));
            }
            at += 1;
            !is_none
        });
    });
    dropped
}

/// Why a record is not known without the one above it, if it is not.
pub fn ditto(record: &Value) -> Option<String> {
    let list = record.pointer("/service/requirements").and_then(Value::as_array);
    let mut texts = list.into_iter().flatten().filter_map(|one| one.get("text")?.as_str());
    let text = texts.find(|text| is_ditto(text))?.trim();
    Some(format!("the requirement \"{text}\" repeats another row; write out what is meant"))
}

fn take_out(value: &mut Value, key: &str, is_none: fn(&str) -> bool) -> Option<String> {
    let text = value.get(key)?.as_str().filter(|text| is_none(text))?.trim().to_owned();
    value.as_object_mut()?.remove(key);
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_record_can_do_without_is_taken_away_where_it_names_nothing() {
        let fees =
            json!([{"label": "Layanan", "amountRupiah": 1}, {"label": "Bahan"}, {"label": "NULL"}]);
        let mut record = json!({"service": {"title": {"id": "KTP", "en": "-"}, "fees": fees}});
        let dropped = drop_empty(&mut record);
        let told: Vec<&str> = dropped.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(told, ["service.title.en", "service.fees[2].label"]);
        let left = json!([{"label": "Layanan", "amountRupiah": 1}, {"label": "Bahan"}, {}]);
        assert_eq!(record, json!({"service": {"title": {"id": "KTP"}, "fees": left}}));
        assert!(drop_empty(&mut record).is_empty());
        let mut counter = json!({"counter": {"displayName": {"id": "Dukcapil", "en": "-"}}});
        assert_eq!(drop_empty(&mut counter)[0].0, "counter.displayName.en");
        assert_eq!(counter, json!({"counter": {"displayName": {"id": "Dukcapil"}}}));
    }

    #[test]
    fn requirements_that_name_nothing_are_left_out_and_a_ditto_is_not_known() {
        let of = |texts: &[&str]| {
            let list: Vec<Value> = texts.iter().map(|text| json!({"text": text})).collect();
            json!({"service": {"title": {"id": "KTP"}, "requirements": list}})
        };
        let mut record = of(&["KTP", "-", "Tidak ada", "N/A", "dll"]);
        let places: Vec<_> = drop_empty(&mut record).into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, [1, 2, 3].map(|at| format!("service.requirements[{at}].text")));
        assert_eq!(record, of(&["KTP", "dll"]));
        for text in ["idem", "s.d.a.", "''", "\"", "〃"] {
            let mut record = of(&[text]);
            assert!(drop_empty(&mut record).is_empty() && ditto(&record).is_some(), "{text}");
        }
        assert!(ditto(&of(&["KTP", "Idem sebelumnya"])).is_none());
    }

    #[test]
    fn a_sign_for_nothing_is_no_text_of_any_field() {
        for sign in ["-", "--", "n/a", "N/A", "tidak ada", "Tidak Ada.", "nihil", "–"] {
            let mut record = json!({"service": {
                "title": {"id": "KTP"},
                "product": sign,
                "competence": sign,
                "procedure": ["Datang", sign],
                "legal_basis": [sign],
                "channels": [{"kind": "KIND_ONLINE", "note": sign}],
                "fees": [{"kind": "KIND_UNPARSED", "source_text": sign}],
                "state": "STATE_ACTIVE",
            }});
            let places: Vec<_> = drop_empty(&mut record).into_iter().map(|(at, _)| at).collect();
            let mut left = json!({"service": {
                "title": {"id": "KTP"},
                "procedure": ["Datang"],
                "legal_basis": [],
                "channels": [{"kind": "KIND_ONLINE"}],
                "fees": [{"kind": "KIND_UNPARSED", "source_text": sign}],
                "state": "STATE_ACTIVE",
            }});
            assert_eq!(record, left, "{sign}");
            assert_eq!(places.len(), 5, "{sign}: {places:?}");
            assert!(drop_empty(&mut left).is_empty(), "{sign}");
        }
        let mut told =
            json!({"service": {"title": {"id": "KTP"}, "product": "dll", "notes": ["SK"]}});
        assert!(drop_empty(&mut told).is_empty(), "more, and not nothing");
        let mut mall = json!({"mall": {"sites": [{"address": "-"}], "displayName": {"id": "MPP"}}});
        assert_eq!(drop_empty(&mut mall)[0].0, "mall.sites[0].address");
    }

    #[test]
    fn a_tick_is_no_text_of_a_requirement_a_fee_or_a_time() {
        let fee = |text: &str| json!({"kind": "KIND_UNPARSED", "source_text": text});
        let mut record = json!({"service": {
            "title": {"id": "KTP"},
            "requirements": [{"text": "v"}, {"text": "KK"}, {"text": "✓"}],
            "fees": [fee("√"), fee("Sesuai Perda"), fee("V")],
            "time": {"unit": "UNIT_UNPARSED", "sourceText": "✔"},
            "product": "x",
            "procedure": ["Datang", "√"],
        }});
        let places: Vec<_> = drop_empty(&mut record).into_iter().map(|(place, _)| place).collect();
        let mut sorted = places.clone();
        sorted.sort();
        assert_eq!(
            sorted,
            [
                "service.fees[0]",
                "service.fees[2]",
                "service.procedure[1]",
                "service.product",
                "service.requirements[0].text",
                "service.requirements[2].text",
                "service.time",
            ]
        );
        let left = json!({"service": {
            "title": {"id": "KTP"},
            "requirements": [{"text": "KK"}],
            "fees": [fee("Sesuai Perda")],
            "procedure": ["Datang"],
        }});
        assert_eq!(record, left);
    }
}
