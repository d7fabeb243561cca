//! Records that somebody left behind while trying the form out.

use serde_json::Value;

/// Words of which a title of a trial consists, with at least one of the first kind.
const TRIAL: [&str; 17] = [
    "tes",
    "test",
    "testing",
    "tester",
    "ngetes",
    "coba",
    "cobacoba",
    "percobaan",
    "ujicoba",
    "dummy",
    "contoh",
    "sample",
    "trial",
    "untitled",
    "template",
    "demo",
    "placeholder",
];
const NEUTRAL: [&str; 34] = [
    "layanan",
    "pelayanan",
    "data",
    "judul",
    "nama",
    "input",
    "isi",
    "saja",
    "aja",
    "dulu",
    "ini",
    "itu",
    "satu",
    "dua",
    "tiga",
    "baru",
    "lagi",
    "uji",
    "service",
    "title",
    "jenis",
    "izin",
    "perizinan",
    "menu",
    "form",
    "admin",
    "sistem",
    "system",
    "aplikasi",
    "hapus",
    "jangan",
    "the",
    "a",
    "untuk",
];
/// Texts that a form shows until somebody writes over them.
const PROMPTS: [&str; 18] = [
    "ketik disini",
    "ketik di sini",
    "ketikkan di sini",
    "ketik teks di sini",
    "isi disini",
    "isi di sini",
    "tulis disini",
    "tulis di sini",
    "masukkan disini",
    "masukkan di sini",
    "masukkan teks",
    "lorem ipsum",
    "type here",
    "enter text here",
    "click to add",
    "klik di sini untuk",
    "klik disini untuk",
    "insert text",
];

/// Why a mapped record looks like a trial, if it does.
pub fn trial(record: &Value) -> Option<String> {
    let title = record.pointer("/service/title/id").and_then(Value::as_str).unwrap_or_default();
    if looks_like_a_trial(title) {
        return Some(format!("the title \"{}\" looks like a trial", title.trim()));
    }
    let prompt = prompt(record.get("service")?)?;
    Some(format!("the text \"{prompt}\" is what a form shows before somebody fills it in"))
}

fn prompt(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(text) if text.len() < 400 => {
            let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
            PROMPTS.into_iter().find(|prompt| text.contains(prompt))
        }
        Value::String(text) => prompt(&Value::String(text.chars().take(90).collect())),
        Value::Array(items) => items.iter().find_map(prompt),
        Value::Object(map) => map.values().find_map(prompt),
        _ => None,
    }
}

fn looks_like_a_trial(title: &str) -> bool {
    let lower = title.to_lowercase();
    let words: Vec<&str> =
        lower.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return !title.trim().is_empty();
    }
    let bare = |word: &str| word.trim_end_matches(|sign: char| sign.is_ascii_digit()).to_owned();
    let is_trial = |word: &&str| TRIAL.contains(&bare(word).as_str()) || is_hammered(word);
    let is_neutral = |word: &&str| bare(word).is_empty() || NEUTRAL.contains(&bare(word).as_str());
    words.iter().all(|word| is_trial(word) || is_neutral(word))
        && (words.iter().any(is_trial) || words.iter().all(|word| bare(word).is_empty()))
}

/// One sign again and again, or keys that lie side by side.
fn is_hammered(word: &str) -> bool {
    let first = word.chars().next();
    let same = word.chars().count() >= 3 && word.chars().all(|sign| Some(sign) == first);
    let runs = ["asdf", "qwer", "zxcv", "asd", "qwe", "zxc", "jkl", "abc", "dfg", "sdf", "fgh"];
    let mut rest = word;
    while let Some(run) = runs.iter().find(|run| rest.starts_with(**run)) {
        rest = &rest[run.len()..];
    }
    same || (rest.len() < word.len() && rest.len() <= 2)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn trials_are_told_from_services() {
        let of = |title: &str| trial(&json!({"service": {"title": {"id": title}}}));
        for title in [
            "tes",
            "Test 123",
            "TESTING",
            "xxx",
            "XXXXXX",
            "asdf",
            "asdasd",
            "qwerty",
            "Ketik disini",
            "ketik di  sini",
            "Uji coba",
            "layanan tes",
            "Coba2",
            "coba coba",
            "contoh layanan",
            "aaa",
            "123",
            "---",
            "Lorem ipsum dolor",
            "data dummy",
            "abc",
        ] {
            assert!(of(title).is_some(), "{title}");
        }
        for title in [
            "Tes Kesehatan",
            "Tes Narkoba (SKHPN)",
            "Uji Coba Kendaraan Bermotor",
            "Izin Usaha",
            "SKCK",
            "Surat Keterangan Uji KIR",
            "Layanan Data Kependudukan",
            "Uji",
            "KTP-el",
            "Pengujian Sampel Air",
            "Nomor Induk Berusaha",
            "BPJS",
            "AAK",
            "Input Data",
            "",
        ] {
            assert_eq!(of(title), None, "{title}");
        }
        let left = json!({"service": {"title": {"id": "KTP"}, "requirements": [{"text": "Ketik disini"}]}});
        assert!(trial(&left).is_some());
        assert_eq!(trial(&json!({"delete": {"name": "units/a/services/tes"}})), None);
    }
}
