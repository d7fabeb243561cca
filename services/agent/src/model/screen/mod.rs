//! What looks like a record and is none: error values of spreadsheets, lost text, trials that were
//! left among live rows; and one record that is many.

mod bundle;
mod trial;

use jaq_json::Val;
use mpp_core::{Error, FieldCode, Result};

pub use bundle::bundle;
pub use trial::trial;

/// Refuses a raw record in which a value stands for another that is lost.
///
/// # Errors
/// Names the value and where it stands.
pub fn check_values(raw: &Val) -> Result<()> {
    let mut found = None;
    walk(raw, "", &mut |place, text| {
        let fault = if is_error_value(text) {
            let text = text.trim();
            Error::field(
                place,
                FieldCode::ErrorValue,
                format!("{place}: \"{text}\" is an error value of a spreadsheet"),
            )
        } else if text.contains('\u{fffd}') {
            let what = "holds a sign that stands for lost text (U+FFFD); export it again, as UTF-8";
            Error::field(place, FieldCode::Unreadable, format!("{place} {what}"))
        } else {
            return;
        };
        found.get_or_insert(fault);
    });
    found.map_or(Ok(()), Err)
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

/// `#N/A`, `#REF!`, `#NAME?` and their like in any language, `Err:502`, and cells too narrow.
pub fn is_error_value(text: &str) -> bool {
    let text = text.trim();
    if let Some(code) = text.strip_prefix("Err:") {
        return code.len() == 3 && code.bytes().all(|digit| digit.is_ascii_digit());
    }
    let Some(rest) = text.strip_prefix('#') else { return false };
    if rest.chars().count() >= 2 && rest.chars().all(|sign| sign == '#') {
        return true;
    }
    let unknown = ["N/A", "NA", "N/D", "N/B", "N/V", "NV", "N/DISP", "N.A."];
    if unknown.contains(&rest.trim_end_matches(['!', '?']).to_uppercase().as_str()) {
        return true;
    }
    let word = rest.trim_start_matches(['¡', '¿']);
    let bare = word.trim_end_matches(['!', '?']);
    let is_marked = bare.len() < word.len() || word.len() < rest.len();
    let is_word = |sign: char| sign.is_alphanumeric() || matches!(sign, '/' | '_');
    is_marked && bare.chars().count() >= 2 && bare.chars().all(is_word)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn raw(value: &Value) -> Val {
        jaq_json::read::parse_single(value.to_string().as_bytes()).expect("JSON")
    }

    #[test]
    fn error_values_are_known_in_any_language() {
        for error in [
            "#N/A",
            "#REF!",
            "#VALUE!",
            "#DIV/0!",
            "#NAME?",
            "#NULL!",
            "#NUM!",
            "#SPILL!",
            "#CALC!",
            "########",
            "###",
            " #N/A ",
            "#n/a",
            "#NV",
            "#BEZUG!",
            "#WERT!",
            "#ÜBERLAUF!",
            "#VALEUR!",
            "#NOM?",
            "#¡REF!",
            "#¿NOMBRE?",
            "#N/D",
            "#WAARDE!",
            "#NILAI!",
            "Err:502",
            "#GETTING_DATA!",
        ] {
            assert!(is_error_value(error), "{error}");
        }
        for fine in [
            "#1",
            "# Syarat",
            "#SatuData",
            "C#",
            "",
            "#",
            "##",
            "Err: tidak",
            "No. #12!",
            "#KamiSiap melayani!",
        ] {
            assert!(!is_error_value(fine), "{fine}");
        }
        let nested = raw(&json!({"nama": "KTP", "biaya": [{"nilai": "#REF!"}]}));
        let fault = check_values(&nested).expect_err("an error value");
        assert!(fault.message().contains("biaya[0].nilai"), "{fault}");
        assert!(check_values(&raw(&json!({"a": "P\u{fffd}kan"}))).is_err());
        assert!(check_values(&raw(&json!({"a": ["KTP", 7, null]}))).is_ok());
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
