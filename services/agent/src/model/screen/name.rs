//! Names that name nothing.

use serde_json::Value;

use super::residue;

/// Placeholders for a name that is not known, as letters; and headings, which name no service.
const NO_NAMES: [&str; 52] = [
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

/// The first text that should name the service or one of its fees and does not.
pub fn none(record: &Value) -> Option<&str> {
    names(record).find(|name| is_none(name))
}

/// The texts that name the service and its fees.
fn names(record: &Value) -> impl Iterator<Item = &str> {
    let titles = ["/service/title/id", "/service/title/en"];
    let titles = titles.into_iter().filter_map(|place| record.pointer(place)?.as_str());
    let fees = record.pointer("/service/fees").and_then(Value::as_array).into_iter().flatten();
    titles.chain(fees.filter_map(|fee| fee.get("label")?.as_str()))
}

fn is_none(name: &str) -> bool {
    let letters: String =
        name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let is_empty = letters.is_empty() && !name.trim().is_empty();
    is_empty || NO_NAMES.contains(&letters.as_str()) || residue::of_text(name)
}
