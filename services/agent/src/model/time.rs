//! Times as Indonesian catalogs write them. The source's words are kept; a text that cannot be read
//! is marked as unparsed, never guessed.

use mpp_api::types::service_time::Unit;
use serde_json::{Value, json};

use super::text::squeeze;

/// An `mpp.type.v1.ServiceTime` from a text such as "Maksimal 20 (dua puluh) hari" or "1 x 24 jam".
///
/// Plain "hari" is a calendar day, as in the national catalog's own list of units, which keeps
/// "hari kerja" beside it. Months and mixed units are left unparsed.
pub fn service_time(text: &str) -> Value {
    let words = squeeze(text);
    let lower = without_brackets(&words.to_lowercase());
    let at_most = ["maksimal", "paling lama", "selambat", "paling lambat", "maks"]
        .iter()
        .any(|word| lower.contains(word));
    let (value, unit) = time(&lower).unwrap_or((0, Unit::Unparsed));
    json!({
        "value": value, "unit": unit.as_str_name(), "at_most": at_most, "source_text": words
    })
}

fn time(lower: &str) -> Option<(i64, Unit)> {
    let tokens: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).collect();
    let numbers: Vec<i64> = tokens.iter().filter_map(|token| token.parse().ok()).collect();
    let glued = tokens.iter().any(|token| {
        token.bytes().any(|byte| byte.is_ascii_digit())
            && token.parse::<i64>().is_err()
            && *token != "1x24"
    });
    let (unit, times) = unit(&tokens)?;
    match (numbers.as_slice(), unit) {
        ([] | [24], Unit::Hours) if tokens.contains(&"1x24") => Some((24, unit)),
        ([days, 24], Unit::Hours) if tokens.contains(&"x") => {
            days.checked_mul(24).map(|hours| (hours, unit))
        }
        ([value], _) if !glued && *value > 0 => value.checked_mul(times).map(|value| (value, unit)),
        _ => None,
    }
}

/// The one unit of a text and how many of it one stands for; `None` for none or more than one.
fn unit(tokens: &[&str]) -> Option<(Unit, i64)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).copied().unwrap_or_default();
        match *token {
            "menit" => found.push((Unit::Minutes, 1)),
            "jam" if next != "kerja" => found.push((Unit::Hours, 1)),
            "hari" if next == "kerja" => found.push((Unit::WorkingDays, 1)),
            "hari" => found.push((Unit::CalendarDays, 1)),
            "minggu" => found.push((Unit::CalendarDays, 7)),
            "jam" | "bulan" | "tahun" | "detik" => return None,
            _ => {}
        }
    }
    match found.as_slice() {
        [unit] => Some(*unit),
        _ => None,
    }
}

/// Drops the number in words, which stands in round brackets.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_read_beside_their_words() {
        let table = [
            ("Maksimal 20 (dua puluh) hari", 20, "UNIT_CALENDAR_DAYS", true),
            ("3 (tiga) hari kerja", 3, "UNIT_WORKING_DAYS", false),
            ("paling lama 14 (empat belas) Hari Kerja", 14, "UNIT_WORKING_DAYS", true),
            ("15 menit", 15, "UNIT_MINUTES", false),
            ("1 x 24 jam", 24, "UNIT_HOURS", false),
            ("1x24 jam", 24, "UNIT_HOURS", false),
            ("2 jam", 2, "UNIT_HOURS", false),
            ("1 minggu", 7, "UNIT_CALENDAR_DAYS", false),
        ];
        for (text, value, unit, at_most) in table {
            let time = service_time(text);
            assert_eq!((&time["value"], &time["unit"]), (&json!(value), &json!(unit)), "{text}");
            assert_eq!(time["at_most"], at_most, "{text}");
        }
    }

    #[test]
    fn a_time_that_says_two_things_is_kept_and_not_guessed() {
        for text in [
            "1 hari sampai 2 minggu",
            "3 bulan",
            "sesuai antrean",
            "2-3 hari",
            "1 jam 30 menit",
            "3hari",
        ] {
            assert_eq!(service_time(text)["unit"], "UNIT_UNPARSED", "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_lost_and_none_makes_us_panic(text in ".{0,300}") {
            let time = service_time(&text);
            prop_assert_eq!(time["source_text"].as_str().expect("a text"), squeeze(&text));
        }
    }
}
