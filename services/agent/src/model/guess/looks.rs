//! Tells by a column's contents which field they fit: a fee, a time, a list of papers, a
//! regulation.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    columns::{Column, ColumnForm},
    field::Field,
};
use crate::model::{text, wording};

/// Beginnings of regulations' names.
const LAWS: [&str; 20] = [
    "uu ",
    "undang",
    "pp ",
    "peraturan",
    "perpres",
    "perda",
    "perbup",
    "perwali",
    "perwal",
    "pergub",
    "permen",
    "keppres",
    "kepmen",
    "inpres",
    "qanun",
    "se ",
    "pma ",
    "perkap",
    "perka",
    "sk ",
];
/// Papers that applicants bring.
const PAPERS: [&str; 16] = [
    "ktp",
    "kk",
    "kartu",
    "surat",
    "akta",
    "fotokopi",
    "foto",
    "ijazah",
    "sertifikat",
    "paspor",
    "nib",
    "npwp",
    "formulir",
    "berkas",
    "proposal",
    "buku",
];
/// Steps of procedures.
const STEPS: [&str; 22] = [
    "daftar",
    "ambil",
    "verifikasi",
    "datang",
    "isi",
    "mengisi",
    "serahkan",
    "menyerahkan",
    "terima",
    "cetak",
    "terbit",
    "loket",
    "survei",
    "bayar",
    "unggah",
    "apply",
    "collect",
    "periksa",
    "sidang",
    "petugas",
    "pemohon",
    "antrean",
];
/// Words of English titles.
const ENGLISH: [&str; 24] = [
    "new",
    "of",
    "for",
    "and",
    "permit",
    "license",
    "licence",
    "certificate",
    "card",
    "registration",
    "renewal",
    "birth",
    "death",
    "exit",
    "stay",
    "passport",
    "identity",
    "family",
    "issuance",
    "business",
    "letter",
    "change",
    "replacement",
    "the",
];

/// How well a column's contents fit a field: from -40, if they cannot be that, to 20.
pub(super) fn fit(field: Field, column: &Column) -> i32 {
    let share = |test: &dyn Fn(&str) -> bool| share(&column.examples, test);
    if column.examples.is_empty() {
        return -40;
    }
    match field {
        Field::SourceId => id(column),
        Field::Title | Field::TitleEn => title(field, column),
        Field::Time => scaled(share(&|text| is_read(&wording::service_time(text)))),
        Field::State => {
            60 * i32::from(share(&|text| wording::is_served(text).is_some()) == 100) - 40
        }
        Field::Fees => fee(column),
        Field::LegalBasis => scaled(share(&is_law)),
        Field::Requirements => listed(column, &PAPERS),
        Field::Procedure => listed(column, &STEPS),
        Field::Complaints => 10 * i32::from(share(&is_contact) > 50),
        Field::Category | Field::Unit => {
            let lines = share(&|text| text.contains('\n'));
            -10 * i32::from(column.is_number || lines > 20)
        }
        _ => 0,
    }
}

/// The share of the examples that pass, in per cent.
fn share(examples: &[String], test: &dyn Fn(&str) -> bool) -> i32 {
    let (all, good) = (examples.len(), examples.iter().filter(|text| test(text)).count());
    i32::try_from(good * 100 / all.max(1)).unwrap_or_default()
}

fn scaled(share: i32) -> i32 {
    share / 5 - if share < 20 { 10 } else { 0 }
}

fn distinct(column: &Column) -> usize {
    let mut all: Vec<&String> = column.examples.iter().collect();
    all.sort_unstable();
    all.dedup();
    all.len() * 100 / column.examples.len().max(1)
}

/// True for numbers that merely count the rows: they are no ids.
pub(super) fn counts_rows(column: &Column) -> bool {
    let numbers: Vec<usize> = column.examples.iter().filter_map(|text| text.parse().ok()).collect();
    numbers.len() == column.examples.len() && numbers.iter().copied().eq(1..=numbers.len())
}

/// Which examples come again, as a code does by a slip, and what to do.
pub(super) fn repeated(column: &Column) -> Option<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    column.examples.iter().for_each(|text| *times.entry(text.trim()).or_default() += 1);
    times.retain(|_, times| *times > 1);
    let codes: Vec<&str> = times.keys().copied().collect();
    let how_often = if times.values().all(|times| *times == 2) { "twice" } else { "repeatedly" };
    match codes.as_slice() {
        [] => None,
        [code] => Some(format!("{code} comes {how_often}: mend it; the first row counts")),
        many => {
            let many = many.join(", ");
            Some(format!("{many} come {how_often}: mend them; the first row of each counts"))
        }
    }
}

/// How many values of a column came before.
fn again(column: &Column) -> usize {
    let distinct: BTreeSet<&str> = column.examples.iter().map(|text| text.trim()).collect();
    column.examples.len() - distinct.len()
}

/// Values that each name their row, except for one in twenty, or one of ten, fit best; with as many
/// as one in five that came before, or one of four, a column has to be called a code.
fn id(column: &Column) -> i32 {
    let is_code = |text: &str| text.len() <= 40 && !text.trim().contains(char::is_whitespace);
    let (all, again) = (column.examples.len(), again(column));
    let nearly = |share: usize, least: usize| all >= least && again <= (all / share).max(1);
    let fits = match () {
        () if again == 0 || nearly(20, 10) => 6,
        () if nearly(5, 4) => 0,
        () => -40,
    };
    if column.form != ColumnForm::Plain || counts_rows(column) {
        return -40;
    }
    if share(&column.examples, &is_code) < 90 { -30 } else { fits }
}

fn title(field: Field, column: &Column) -> i32 {
    let is_prose = |text: &str| {
        let words = text.split_whitespace().count();
        text.contains('\n') || words > 20 || text.contains('<')
    };
    if column.is_number || column.form != ColumnForm::Plain || distinct(column) < 70 {
        return -40;
    }
    let says = |text: &str| {
        let lower = text.to_lowercase();
        lower.split_whitespace().any(|word| ENGLISH.contains(&word))
    };
    let english = share(&column.examples, &says);
    let in_its_language = match field {
        Field::TitleEn if english > 50 => 34,
        Field::TitleEn => 0,
        _ if english > 50 => -8,
        _ => 6,
    };
    in_its_language - share(&column.examples, &is_prose) / 4
}

fn fee(column: &Column) -> i32 {
    let is_amount = |text: &str| text == "0" || text.parse::<u64>().is_ok_and(|sum| sum >= 1_000);
    let amounts = share(&column.examples, &is_amount);
    (share(&column.examples, &reads_as_fee) / 5).max(if amounts > 90 { 8 } else { 0 })
}

/// Whether a text says that it is a fee, and is read as one.
pub(super) fn reads_as_fee(text: &str) -> bool {
    let lower = text.to_lowercase();
    let says = ["rp", "gratis", "rupiah", "free", "tidak dipungut", "perda", "idr"];
    says.iter().any(|word| lower.contains(word)) && is_read(&wording::rupiah(text))
}

fn is_law(text: &str) -> bool {
    let lower = format!("{} ", text.to_lowercase());
    LAWS.iter().any(|begin| lower.trim_start().starts_with(begin))
}

fn is_contact(text: &str) -> bool {
    let lower = text.to_lowercase();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    lower.contains("lapor") || lower.contains('@') || digits >= 6 && !is_law(text)
}

fn listed(column: &Column, words: &[&str]) -> i32 {
    let is_list = |text: &str| items(text).len() > 1;
    let says = |text: &str| {
        let lower = text.to_lowercase();
        lower.split(|sign: char| !sign.is_alphanumeric()).any(|word| words.contains(&word))
    };
    let lists =
        if column.form == ColumnForm::Plain { share(&column.examples, &is_list) } else { 100 };
    lists / 20 + share(&column.examples, &says) / 10
}

/// The items of a text, which may be HTML.
pub(super) fn items(found: &str) -> Vec<String> {
    text::list_items(&text::html_text(found))
}

fn is_read(value: &serde_json::Value) -> bool {
    !value.is_null() && !value.to_string().contains("_UNPARSED")
}
