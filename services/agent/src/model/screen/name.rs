//! Names that name nothing.

use mpp_form::screen::name::{is_blank, is_none};
use serde_json::Value;

/// Takes away the English title and the labels of fees that name nothing: a record can do without
/// them. Answers where they stood and what they said.
pub fn drop_empty(record: &mut Value) -> Vec<(String, String)> {
    let mut dropped = Vec::new();
    if let Some(title) = record.pointer_mut("/service/title") {
        dropped.extend(
            take_out(title, "en", is_none).map(|text| ("service.title.en".to_owned(), text)),
        );
    }
    let fees = record.pointer_mut("/service/fees").and_then(Value::as_array_mut);
    for (at, fee) in fees.into_iter().flatten().enumerate() {
        let label = take_out(fee, "label", is_blank);
        dropped.extend(label.map(|text| (format!("service.fees[{at}].label"), text)));
    }
    dropped
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
    }
}
