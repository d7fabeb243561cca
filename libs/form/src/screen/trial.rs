//! Records that somebody left behind while trying the form out.

use super::{
    blank::leaves_open,
    filler::{has, is_filler},
    footer::{in_brackets, is_footer, set_off},
    look_alike::folded,
    name,
    remark::is_remark,
};

/// Words that make up the title of a trial, with at least one of the first kind.
const TRIAL: &str = "varchar string foo bar tes test testing tester ngetes coba cobacoba \
    percobaan ujicoba dummy contoh sample trial untitled template demo placeholder";
const NEUTRAL: &str = "api web website server database db upload insert update integrasi \
    sinkronisasi sync import user login fitur endpoint koneksi deskripsi layanan pelayanan data \
    judul nama input isi saja aja dulu ini itu satu dua tiga baru lagi service title jenis menu \
    form admin sistem system aplikasi hapus jangan the a untuk";
/// Texts that a form shows until somebody writes over them: an order, what, and where.
const ORDERS: &str = "ketik ketikkan ketikan isi isikan tulis tuliskan masukkan masukan type \
    enter insert write input";
const OBJECTS: &str = "teks text judul nama layanan deskripsi keterangan isi konten sesuatu \
    anda kamu syarat persyaratan title name description your some the a content data uraian";
const PLACES: [&str; 4] = ["di sini", "disini", "here", "di sini ya"];
/// Whole texts of other forms.
const PROMPTS: [&str; 7] = [
    "masukkan teks",
    "masukan teks",
    "insert text",
    "click to add text",
    "click to add title",
    "klik di sini untuk menambahkan teks",
    "klik disini untuk menambahkan teks",
];

/// Why a title does not name a service, or a name a place, if so: it belongs to a trial, to a row
/// that is no record, to what is not offered, or to nothing.
pub fn title(title: &str) -> Option<String> {
    let seen = folded(title);
    let is_trial = |title: &str| looks_like_a_trial(title) || is_marked_as_trial(title);
    if is_trial(title) || is_trial(&seen) {
        return Some(format!("\"{}\" looks like a trial", title.trim()));
    }
    if is_footer(title) || is_footer(&seen) {
        let what = "is of a row that is no record, or of one that is not offered";
        return Some(format!("\"{}\" {what}", title.trim()));
    }
    if is_remark(&seen) {
        let what = "speaks of a list, such as what it leaves out, and names no record";
        return Some(format!("\"{}\" {what}", title.trim()));
    }
    if leaves_open(title) {
        return Some(format!("\"{}\" leaves open what it names", title.trim()));
    }
    name::is_none(title).then(|| format!("\"{}\" names nothing", title.trim()))
}

/// Why a text is not a record's, if it is the prompt of an empty form.
pub fn prompt(text: &str) -> Option<String> {
    let what = "is what a form shows before somebody fills it in";
    is_prompt(&folded(text)).then(|| format!("the text \"{}\" {what}", text.trim()))
}

/// Only a whole text counts: "Masukkan teks captcha" is an order to the applicant.
fn is_prompt(text: &str) -> bool {
    if text.to_lowercase().trim_start().starts_with("lorem ipsum") {
        return true;
    }
    if text.len() > 120 {
        return false;
    }
    let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_matches(|sign: char| !sign.is_alphanumeric());
    let asks = || {
        let text = PLACES.iter().find_map(|place| text.strip_suffix(place))?;
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        let is_order = has(ORDERS, words.next()?);
        Some(is_order && words.all(|word| has(OBJECTS, word)))
    };
    PROMPTS.contains(&text) || asks().unwrap_or(false)
}

/// Words that mark a whole title, in brackets or set off: "KTP (tes)", "[DUMMY] Izin usaha".
const MARKS: [&str; 16] = [
    "tes",
    "test",
    "testing",
    "uji coba",
    "ujicoba",
    "coba",
    "percobaan",
    "dummy",
    "contoh",
    "example",
    "sample",
    "trial",
    "demo",
    "simulasi",
    "latihan",
    "percontohan",
];

fn is_marked_as_trial(title: &str) -> bool {
    let lower = title.to_lowercase();
    let is_mark = |part: &str| {
        let part = part.trim_matches(|sign: char| !sign.is_alphabetic());
        MARKS.contains(&part.strip_prefix("data ").unwrap_or(part))
    };
    in_brackets(&lower).chain(set_off(&lower)).any(is_mark)
}

fn looks_like_a_trial(title: &str) -> bool {
    let lower = title.to_lowercase().replace("uji coba", "ujicoba");
    let words: Vec<&str> =
        lower.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return !title.trim().is_empty();
    }
    let bare = |word: &str| word.trim_end_matches(|sign: char| sign.is_ascii_digit()).to_owned();
    let is_number = |word: &&str| bare(word).is_empty();
    if let [number] = words.as_slice()
        && is_number(number)
    {
        return !is_short_number(number);
    }
    if is_filler(&words) {
        return true;
    }
    let is_trial = |word: &&str| is_tried(&bare(word)) || is_hammered(word);
    let is_neutral = |word: &&str| is_number(word) || has(NEUTRAL, &bare(word));
    let is_keys = |word: &&str| is_trial(word) || KEYS.contains(word);
    words.iter().all(is_keys)
        || (words.iter().all(|word| is_trial(word) || is_neutral(word))
            && words.iter().any(is_trial))
        || words.iter().all(is_number)
}

/// "test", "testt", "tets", "testlayanan".
fn is_tried(word: &str) -> bool {
    let mut once: Vec<char> = word.chars().collect();
    once.dedup();
    let once: String = once.into_iter().collect();
    let is_known = |word: &str| has(TRIAL, word);
    let glued = TRIAL
        .split_whitespace()
        .filter(|own| own.len() > 2)
        .any(|own| word.strip_prefix(own).is_some_and(|rest| is_known(rest) || has(NEUTRAL, rest)));
    is_known(word)
        || is_known(&once)
        || ["tets", "tset", "tst", "tezt", "tesing"].contains(&word)
        || glued
}

/// 110, 112, 119: the number of an emergency is the name of its service.
fn is_short_number(number: &str) -> bool {
    number.len() == 3 && number.starts_with('1') && number != "123"
}

/// Keys that lie side by side. Beside other words they may be an abbreviation of something.
const KEYS: [&str; 11] =
    ["asdf", "qwer", "zxcv", "asd", "qwe", "zxc", "jkl", "abc", "dfg", "sdf", "fgh"];

/// One letter again and again, unless it is a Roman number; or several runs of keys.
fn is_hammered(word: &str) -> bool {
    let first = word.chars().next();
    let is_letter = first.is_some_and(|sign| sign.is_alphabetic() && sign != 'i');
    if is_letter && word.chars().count() >= 3 && word.chars().all(|sign| Some(sign) == first) {
        return true;
    }
    let mut rest = word;
    while let Some(run) = KEYS.iter().find(|run| rest.starts_with(**run)) {
        rest = &rest[run.len()..];
    }
    word.len() - rest.len() > 3 && rest.len() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_are_told_from_services() {
        let of = |text: &str| title(text).or_else(|| prompt(text));
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
            "TES API",
            "Uji coba API",
            "layanan ujicoba 2",
            "Test data",
            "Ketik judul di sini...",
            "abc",
            "undefined",
            "null",
            "NULL",
            "N/A",
            "n.a.",
            "NaN",
            "-",
            "–",
            "?",
            "[object Object]",
            "=VLOOKUP(A2;B:C;2;0)",
            "Layanan undefined",
            "TBD",
            "Tidak ada",
            "tanpa judul",
            "Nama Layanan",
            "Layanan",
            "TRUE",
            "Admin",
            "Layanan 1",
            "Hapus saja",
            "contoh",
            "tesst",
            "testlayanan",
            "KTP (tes)",
            "[DUMMY] Izin usaha",
            "Akta lahir - contoh",
            "test admin",
            "Lainnya",
            "Lain-lain",
            "dan lainnya",
            "Others",
            "Jenis Izin",
            "Izin xxx",
            "√",
        ] {
            assert!(of(title).is_some(), "{title}");
        }
        for title in [
            "Tes Kesehatan",
            "Uji Sample",
            "Uji Contoh",
            "Izin Uji Coba",
            "Layanan ASDP",
            "Layanan ASD",
            "Perizinan III",
            "Layanan III",
            "Layanan 111",
            "112",
            "Izin Demo",
            "Tes narkoba",
            "Uji coba kendaraan",
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
            "Tesis dan disertasi",
            "Kontes",
            "Cobaan",
            "Izin (perpanjangan)",
            "Layanan lain-lain",
            "Surat keterangan lainnya",
            "Izin praktik tenaga kesehatan lainnya",
            "",
        ] {
            assert_eq!(of(title), None, "{title}");
        }
        assert!(prompt("Ketik disini").is_some());
        for text in
            ["[Isi di sini]", "Masukkan teks", "Tulis nama layanan di sini", "type your text here"]
        {
            assert!(is_prompt(text), "{text}");
        }
        for text in [
            "Klik di sini untuk mengunduh formulir",
            "Klik disini untuk mendaftar",
            "Masukkan teks captcha",
            "kondisi di sini",
            "Isi formulir pendaftaran di sini",
            "Klik di sini",
        ] {
            assert!(!is_prompt(text), "{text}");
        }
    }
}
