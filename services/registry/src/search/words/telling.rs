//! The words by which two texts of the catalog are told apart, for whoever compares them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    analyze::{EXPANSIONS, is_abbreviation, is_faint, phrased, terms},
    vocabulary::{ACTS, NEW, NO_DOCUMENTS},
};

/// "Izin apotek" and "apotek" name the same service.
const UNSPOKEN: &str = "izin";

/// The weight of an act: "KTP hilang" and "KTP rusak" are two services.
const ACT: u32 = 2;

/// The words that tell a service from others by its title, each with its weight.
pub fn telling(title: &str) -> BTreeMap<String, u32> {
    let is_told = |term: &String| {
        let is_unspoken = term == UNSPOKEN || NEW.contains(&term.as_str());
        !is_faint(term) && !is_unspoken
    };
    let weight = |term: &String| if is_act(term) { ACT } else { 1 };
    said(title).into_iter().filter(is_told).map(|term| (term.clone(), weight(&term))).collect()
}

/// Words that deny the one behind them.
const DENIALS: [&str; 9] =
    ["belum", "blm", "bukan", "kurang", "non", "selain", "tanpa", "tdk", "tidak"];
/// A word over which a denial reaches: "belum pernah menikah".
const EVER: &str = "pernah";
/// Words behind which "I", "V" and "X" are numbers.
const CLASSES: [&str; 9] =
    ["b", "c", "gol", "golongan", "kelas", "tahap", "tingkat", "tipe", "type"];

/// Numbers as titles count classes by them; a single letter is one.
const ROMAN: [(&str, &str); 8] = [
    ("ii", "2"),
    ("iii", "3"),
    ("iv", "4"),
    ("vi", "6"),
    ("vii", "7"),
    ("viii", "8"),
    ("ix", "9"),
    ("xi", "11"),
];

/// Those that are letters where no class stands before them.
const ALONE: [(&str, &str); 3] = [("i", "1"), ("v", "5"), ("x", "10")];

/// The single letters of a title, its numbers, and the telling words that it denies.
pub fn marks(title: &str) -> [BTreeSet<String>; 3] {
    let [mut letters, mut numbers, mut denied, mut said] = [const { BTreeSet::new() }; 4];
    let plain = title.to_lowercase();
    let (mut denies, mut before) = (false, "");
    for word in plain.split(|sign: char| !sign.is_alphanumeric()).filter(|one| !one.is_empty()) {
        let is_denied = std::mem::replace(&mut denies, DENIALS.contains(&word));
        denies |= is_denied && word == EVER;
        let of = if is_denied { &mut denied } else { &mut said };
        of.extend(telling(word).into_keys().filter(|term| term != EVER));
        match class(before, word) {
            Some(Class::Letter(letter)) => drop(letters.insert(letter.to_owned())),
            Some(Class::Number(number)) => drop(numbers.insert(number.to_owned())),
            Some(Class::Both(letter, number)) => {
                letters.insert(letter.to_owned());
                numbers.insert(number.to_owned());
            }
            None => {}
        }
        before = word;
    }
    // "Elektronik dan non-elektronik" is said of both.
    [letters, numbers, &denied - &said]
}

/// A letter or number that tells a class of documents.
enum Class<'w> {
    Letter(&'w str),
    Number(&'w str),
    /// "B1".
    Both(&'w str, &'w str),
}

fn class<'w>(before: &str, word: &'w str) -> Option<Class<'w>> {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|one| one.is_ascii_digit());
    let plain = |number: &'w str| number.trim_start_matches('0');
    let is_lone = CLASSES.contains(&before);
    let roman = ROMAN.iter().chain(ALONE.iter().filter(|_| is_lone));
    if let Some((_, number)) = roman.into_iter().find(|(roman, _)| *roman == word) {
        return Some(Class::Number(number));
    }
    match word.split_at_checked(1)? {
        _ if is_number(word) => Some(Class::Number(plain(word))),
        (letter, "") => Some(Class::Letter(letter)),
        (letter, number) if is_number(number) => Some(Class::Both(letter, plain(number))),
        _ => None,
    }
}

/// Whether a term names what is done to a document.
pub fn is_act(term: &str) -> bool {
    ACTS.contains(&term)
}

/// The words by which a text is alike to another, without fillers: see [`super::worded`] for what
/// is compared to the word. Beside an abbreviation the words that it stands for say nothing, and
/// every KTP is electronic.
pub fn said(text: &str) -> BTreeSet<String> {
    let words: BTreeSet<String> = phrased(&terms(&with_sizes(text))).into_iter().collect();
    let spelt_out: BTreeSet<&String> =
        words.iter().filter_map(|word| EXPANSIONS.get(word.as_str())).flatten().flatten().collect();
    let is_said = |word: &&String| {
        let is_electronic = words.contains("ktp") && matches!(word.as_str(), "el" | "elektronik");
        let is_spelt_out = spelt_out.contains(*word) && !is_abbreviation(word);
        !is_electronic && !is_spelt_out
    };
    words.iter().filter(is_said).cloned().collect()
}

/// Those of these words that are short names of documents, as "ktp".
pub fn documents<'a>(words: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    let is_document =
        |word: &&String| is_abbreviation(word) && !NO_DOCUMENTS.contains(&word.as_str());
    words.filter(is_document).cloned().collect()
}

/// A text with each size in one word: "3 x 4" and "3×4" are "3x4".
pub fn with_sizes(text: &str) -> String {
    let plain = text.replace('×', "x");
    let mut words: Vec<String> = Vec::new();
    for word in plain.split_whitespace() {
        let after_x = words.last().is_some_and(|last| ends_in_size(last));
        match words.last_mut() {
            Some(last) if word == "x" && ends_in_digit(last) => last.push('x'),
            Some(last) if after_x && word.starts_with(|one: char| one.is_ascii_digit()) => {
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words.join(" ")
}

fn ends_in_digit(word: &str) -> bool {
    word.ends_with(|one: char| one.is_ascii_digit())
}

fn ends_in_size(word: &str) -> bool {
    word.strip_suffix('x').is_some_and(ends_in_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_and_its_abbreviation_are_the_same_words() {
        assert_eq!(telling("Penerbitan Kartu Keluarga baru"), telling("pembuatan KK"));
        assert_eq!(said("Fotokopi Kartu Tanda Penduduk"), said("fotocopy KTP."));
        assert_eq!(said("KTP-el asli"), said("asli KTP"));
        let spelt_out = "Penerbitan Kartu Tanda Bukti Pencari Kerja (AK1)";
        assert_eq!(telling(spelt_out), telling("kartu kuning"));
        assert_eq!(said("Foto 3 x 4"), said("foto 3×4"));
    }

    #[test]
    fn letters_numbers_and_what_is_denied_are_marks() {
        let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(marks("SIM A/C"), [set(&["a", "c"]), set(&[]), set(&[])]);
        assert_eq!(marks("Golongan II, 3"), [set(&[]), set(&["2", "3"]), set(&[])]);
        assert_eq!(marks("Paspor non-elektronik")[2], telling("elektronik").into_keys().collect());
        assert_eq!(marks("tdk mampu")[2], marks("tidak mampu")[2], "a short form denies the same");
        assert_eq!(marks("KTP-el baru"), [set(&[]), set(&[]), set(&[])]);
        assert_eq!(marks("SIM B I"), [set(&["b"]), set(&["1"]), set(&[])]);
        assert_eq!(marks("SIM B1"), marks("SIM B I"), "in either way of writing it");
        assert_eq!(marks("Golongan I")[1], set(&["1"]));
        assert_eq!(marks("ASN dan non ASN")[2], set(&[]), "both are said");
        assert_eq!(marks("belum pernah menikah")[2], marks("belum menikah")[2]);
        assert_eq!(marks("kurang mampu")[2], marks("tidak mampu")[2]);
    }

    #[test]
    fn an_act_weighs_more_than_what_it_is_done_to() {
        let words = telling("Penggantian KTP hilang");
        assert_eq!((words["ktp"], words["hilang"], words["ganti"]), (1, ACT, ACT));
    }
}
