//! Names that name nothing.

use serde_json::Value;

use super::residue;

/// Placeholders for a name that is not known, as letters.
const NO_NAMES: [&str; 38] = [
    "na",
    "nd",
    "nil",
    "null",
    "none",
    "nan",
    "undefined",
    "objectobject",
    "unknown",
    "noname",
    "notitle",
    "tbd",
    "tba",
    "todo",
    "blank",
    "empty",
    "kosong",
    "nihil",
    "tidakada",
    "tidakadadata",
    "tidaktersedia",
    "belumada",
    "belumdiisi",
    "belumdiketahui",
    "tanpajudul",
    "tanpanama",
    "takbernama",
    "idem",
    "sda",
    "samadenganatas",
    "true",
    "false",
    "ya",
    "tidak",
    "benar",
    "salah",
    "dst",
    "dll",
];
/// Headings, which name no service.
const HEADINGS: [&str; 14] = [
    "nama",
    "namalayanan",
    "namapelayanan",
    "namaizin",
    "jenislayanan",
    "jenispelayanan",
    "judul",
    "judullayanan",
    "layanan",
    "pelayanan",
    "title",
    "name",
    "service",
    "servicename",
];

/// The title, where it names nothing.
pub fn none(record: &Value) -> Option<&str> {
    record.pointer("/service/title/id")?.as_str().filter(|name| is_none(name))
}

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

fn is_none(name: &str) -> bool {
    HEADINGS.contains(&letters(name).as_str()) || is_blank(name)
}

/// True for a text that says nothing. "Layanan" beside "Bahan" says what a fee is for.
fn is_blank(name: &str) -> bool {
    let letters = letters(name);
    let is_empty = letters.is_empty() && !name.trim().is_empty();
    is_empty || NO_NAMES.contains(&letters.as_str()) || residue::of_text(name)
}

fn letters(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
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
        assert!(drop_empty(&mut record).is_empty() && none(&record).is_none());
        assert_eq!(none(&json!({"service": {"title": {"id": "N/A"}}})), Some("N/A"));
    }
}
