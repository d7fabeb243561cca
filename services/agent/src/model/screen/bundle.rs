//! One record whose text lists many services.

use std::collections::HashSet;

use jaq_json::Val;

use mpp_form::dates::DAYS;

use super::walk;
use crate::model::text;

/// Permits and the like that one text may name before it is a bundle of them.
const BUNDLED: usize = 12;
/// Items of any kind.
const LISTED: usize = 40;
const PERMITS: [&str; 18] = [
    "izin",
    "ijin",
    "surat izin",
    "surat ijin",
    "perizinan",
    "sertifikat",
    "sertifikasi",
    "rekomendasi",
    "tanda daftar",
    "persetujuan",
    "perpanjangan",
    "penerbitan",
    "pengesahan",
    "layanan",
    "pelayanan",
    "surat keterangan",
    "legalisasi",
    "pendaftaran",
];

/// Why a raw record is a bundle of services rather than one, if it is. A weekly rota is a list,
/// too, but not one of permits.
pub fn bundle(raw: &Val) -> Option<String> {
    let mut found = None;
    walk(raw, "", &mut |place, text| {
        // A list of texts is one text.
        let place = place.split('[').next().unwrap_or(place);
        if text.len() > BUNDLED * 4 && found.is_none() {
            found = many(text).map(|what| format!("{place} lists {what}"));
        }
    });
    found.or_else(|| lists_of_texts(raw))
}

fn lists_of_texts(raw: &Val) -> Option<String> {
    let Val::Obj(map) = raw else { return None };
    map.iter().find_map(|(name, value)| {
        let Val::Arr(items) = value else { return None };
        let mut texts = Vec::new();
        for item in items.iter() {
            let Val::TStr(bytes) = item else { return None };
            texts.push(String::from_utf8_lossy(bytes).into_owned());
        }
        many(&texts.join("\n")).map(|what| format!("{name} lists {what}"))
    })
}

/// The kind of thing of which a text lists too many, such as services.
fn many(text: &str) -> Option<String> {
    let plain = if text.contains('<') { text::html_text(text) } else { text.to_owned() };
    let items: HashSet<String> = plain
        .split(['\n', ';', ',', '•', '▪', '●', '|'])
        .flat_map(split_numbers)
        .map(|item| unmarked(&item))
        .filter(|item| item.chars().count() >= 3)
        .collect();
    let rota = items.iter().filter(|item| is_of_a_rota(item)).count();
    if rota * 3 >= items.len() {
        return None;
    }
    let permits = items.iter().filter(|item| names_a_permit(item)).count();
    if permits >= BUNDLED {
        return Some(format!("{permits} permits or services"));
    }
    (items.len() >= LISTED).then(|| format!("{} items", items.len()))
}

/// "1. Izin A 2. Izin B" on one line.
fn split_numbers(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in line.split_whitespace() {
        let number = word.trim_end_matches(['.', ')']);
        let marks = number.len() < word.len()
            && !number.is_empty()
            && number.bytes().all(|digit| digit.is_ascii_digit());
        match parts.last_mut() {
            _ if marks => parts.push(String::new()),
            Some(part) => {
                part.push_str(word);
                part.push(' ');
            }
            None => {}
        }
    }
    parts
}

fn unmarked(item: &str) -> String {
    let item = item.trim().trim_start_matches(['-', '*', '·', '–', '(', ' ', '.']);
    let marked = item.split_once([')', '.']).filter(|(mark, _)| {
        mark.len() <= 3 && !mark.is_empty() && mark.chars().all(char::is_alphanumeric)
    });
    marked.map_or(item, |(_, rest)| rest).trim().to_lowercase()
}

fn names_a_permit(item: &str) -> bool {
    PERMITS.iter().any(|word| {
        item.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

fn is_of_a_rota(item: &str) -> bool {
    let is_hour = item.starts_with(|sign: char| sign.is_ascii_digit())
        || item.starts_with("pukul")
        || item.starts_with("jam ");
    is_hour || DAYS.iter().any(|day| item.starts_with(day) || item.ends_with(day))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn raw(value: &Value) -> Val {
        jaq_json::read::parse_single(value.to_string().as_bytes()).expect("JSON")
    }

    #[test]
    fn a_text_of_seventy_permits_is_a_bundle_and_a_rota_is_none() {
        let permits: Vec<String> =
            (1..=70).map(|n| format!("{n}. Izin praktik nomor {n}")).collect();
        for text in [
            permits.join("\n"),
            permits.join(" "),
            permits.join("; "),
            format!("<ul><li>{}</li></ul>", permits.join("</li><li>")),
        ] {
            let found =
                bundle(&raw(&json!({"nama": "Perizinan", "uraian": text}))).expect("a bundle");
            assert!(found.contains("uraian") && found.contains("70 permits"), "{found}");
        }
        let array = json!({"nama": "Perizinan", "daftar": permits});
        assert!(bundle(&raw(&array)).is_some());
        let others: Vec<String> = (1..=70).map(|n| format!("Apotek jenis {n}")).collect();
        assert!(
            bundle(&raw(&json!({"uraian": others.join("\n")}))).expect("many").contains("70 items")
        );
        let rota = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat"]
            .map(|day| format!("{day}: Layanan KTP, pukul 08.00; Layanan KK, pukul 10.00; Layanan akta, pukul 13.00"))
            .join("\n");
        assert_eq!(bundle(&raw(&json!({"uraian": rota}))), None);
        let one = "1. Izin lokasi\n2. KTP\n3. Sertifikat tanah\n4. Pas foto, 3 lembar\n5. NPWP";
        assert_eq!(bundle(&raw(&json!({"syarat": one}))), None);
    }
}
