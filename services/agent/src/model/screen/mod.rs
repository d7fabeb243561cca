//! Rows that look like records and are not: error values of spreadsheets, lost text, trials that
//! were left among live rows; and one record that is many.

mod bundle;
mod doubt;
mod name;

use encoding_rs::WINDOWS_1252;
use jaq_json::Val;
use mpp_core::{Error, FieldCode, Result};

pub use bundle::bundle;
pub use doubt::{residue, trial};
use mpp_form::screen::is_error_value;
pub use name::{ditto, drop_empty};

/// A value as good as any other, for one that is lost.
pub const ANYTHING: &str = "1 lain";

/// Parts of the key of a field that holds its record's name.
const NAMING: [&str; 8] = ["nama", "layanan", "judul", "izin", "jenis", "title", "name", "service"];

/// True if a raw record repeats the heading: each value is the name of its own field, except for at
/// most one, which must not be the record's name.
pub fn is_heading(raw: &Val) -> bool {
    let Val::Obj(map) = raw else { return false };
    let letters = |value: &Val| match value {
        Val::TStr(bytes) => {
            let text = String::from_utf8_lossy(bytes).to_lowercase();
            text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>()
        }
        _ => String::new(),
    };
    let said = map.iter().map(|(key, value)| (letters(key), letters(value)));
    let filled: Vec<_> = said.filter(|(_, value)| !value.is_empty()).collect();
    let others: Vec<_> = filled.iter().filter(|(key, value)| key != value).collect();
    // A requirement may be ticked in a field of its own name; the record's name then has another
    // key.
    let names = |key: &String| NAMING.iter().any(|part| key.contains(part));
    let is_another = others.len() > 1 || others.iter().any(|(key, _)| names(key));
    !is_another && filled.len() - others.len() >= map.len().clamp(1, 2)
}

/// Refuses a raw record in which a value of a column that is `used` stands for another that is
/// lost.
///
/// # Errors
/// Names the value and where it stands.
pub fn check_values(raw: &Val, used: &dyn Fn(&str) -> bool) -> Result<()> {
    let mut found = None;
    walk(raw, "", &mut |place, text| {
        let column = place.split(['.', '[']).next().unwrap_or(place);
        if let Some(fault) = lost(place, text).filter(|_| used(column)) {
            found.get_or_insert(fault);
        }
    });
    found.map_or(Ok(()), Err)
}

fn lost(place: &str, text: &str) -> Option<Error> {
    if is_error_value(text) {
        let text = text.trim();
        let what = format!("{place}: \"{text}\" is an error value of a spreadsheet");
        return Some(Error::field(place, FieldCode::ErrorValue, what));
    }
    let what = if text.contains('\u{fffd}') {
        "holds a sign that stands for lost text (U+FFFD); export it again, as UTF-8".to_owned()
    } else {
        let read = read_wrongly(text)?;
        format!("holds \"{read}\", which is UTF-8 that was read as windows-1252; export it again")
    };
    Some(Error::field(place, FieldCode::Unreadable, format!("{place} {what}")))
}

/// The first signs that were UTF-8 and have been read as another encoding: "â€“" for a dash.
fn read_wrongly(text: &str) -> Option<&str> {
    let runs = text.split(|sign: char| sign.is_ascii()).filter(|run| run.chars().nth(1).is_some());
    runs.into_iter().find(|run| {
        let (bytes, _, is_lost) = WINDOWS_1252.encode(run);
        !is_lost && std::str::from_utf8(&bytes).is_ok()
    })
}

/// The record with `other` in place of each value that is lost.
pub fn replaced(raw: &Val, other: &str) -> Val {
    match raw {
        Val::TStr(bytes) if lost("", &String::from_utf8_lossy(bytes)).is_some() => {
            Val::utf8_str(other.to_owned().into_bytes())
        }
        Val::Arr(items) => items.iter().map(|item| replaced(item, other)).collect(),
        Val::Obj(map) => Val::obj(
            map.iter().map(|(name, inner)| (name.clone(), replaced(inner, other))).collect(),
        ),
        value => value.clone(),
    }
}

/// Calls `tell` with each text of a value and where it stands.
fn walk(value: &Val, place: &str, tell: &mut dyn FnMut(&str, &str)) {
    match value {
        Val::TStr(bytes) => tell(place, &String::from_utf8_lossy(bytes)),
        Val::Arr(items) => {
            for (at, item) in items.iter().enumerate() {
                walk(item, &format!("{place}[{at}]"), tell);
            }
        }
        Val::Obj(map) => {
            for (name, inner) in map.iter() {
                let Val::TStr(name) = name else { continue };
                let name = String::from_utf8_lossy(name);
                let here =
                    if place.is_empty() { name.into_owned() } else { format!("{place}.{name}") };
                walk(inner, &here, tell);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn raw(value: &Value) -> Val {
        jaq_json::read::parse_single(value.to_string().as_bytes()).expect("JSON")
    }

    #[test]
    fn a_value_that_is_lost_is_told_with_its_place() {
        let nested = raw(&json!({"nama": "KTP", "biaya": [{"nilai": "#REF!"}]}));
        let fault = check_values(&nested, &|_| true).expect_err("an error value");
        assert!(fault.message().contains("biaya[0].nilai"), "{fault}");
        assert!(check_values(&raw(&json!({"a": "P\u{fffd}kan"})), &|_| true).is_err());
        assert!(check_values(&raw(&json!({"a": ["KTP", 7, null]})), &|_| true).is_ok());
        for wrong in ["Izin usaha â€“ baru", "kafÃ©", "â€œbaruâ€\u{9d}"] {
            let fault = check_values(&raw(&json!({"nama": wrong})), &|_| true).expect_err(wrong);
            assert!(fault.message().contains("was read as windows-1252"), "{fault}");
        }
        for fine in ["Izin – “baru”", "Pékan", "±5 m²", "25 °C…", "日本", "“É”"]
        {
            assert!(check_values(&raw(&json!({"nama": fine})), &|_| true).is_ok(), "{fine}");
        }
    }

    #[test]
    fn a_record_of_the_names_of_its_fields_is_a_heading() {
        for heading in [
            json!({"kode": "Kode", "nama": "NAMA", "biaya": "biaya"}),
            json!({"kode": "kode", "nama_layanan": "Nama Layanan", "biaya": "Tarif"}),
            json!({"nama": "nama"}),
        ] {
            assert!(is_heading(&raw(&heading)), "{heading}");
        }
        for record in [
            json!({"kode": "ktp", "nama": "Nama", "biaya": "Gratis"}),
            json!({"kode": 7, "nama": "KTP"}),
            json!({"kode": "kode"  , "nama": "KTP", "biaya": "Gratis"}),
            json!({"layanan": "Akta kelahiran", "ktp": "KTP", "kk": "KK", "akta": ""}),
            json!({}),
            json!({"kode": "", "nama": ""}),
        ] {
            assert!(!is_heading(&raw(&record)), "{record}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        bolero::check!().with_iterations(3_000).with_type::<String>().for_each(|text| {
            let value = json!({"service": {"title": {"id": text}}, "x": text});
            is_error_value(text);
            trial(&value);
            bundle(&raw(&value));
        });
    }
}
