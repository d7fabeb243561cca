//! The names of a service: its whole title and each whole keyword, as terms.
//!
//! An owner who writes "bikin ktp" and "ktp hilang" among the keywords of two services says which
//! of them a bare "ktp" means, and which one "ktp" with "hilang". So a question that holds all
//! words of a name finds its service before one that only shares words with it.

use std::collections::BTreeSet;

use mpp_core::id_of;

use super::doc::ServiceDoc;
use crate::search::words::{
    analyze::{folded, is_abbreviation, is_faint, keys_of, terms, tokens},
    vocabulary::{ACTS, NO_DOCUMENTS},
};

/// Words of a name; a longer title is not typed as a whole.
pub const MOST_WORDS: usize = 3;

/// "Izin apotek" is also called "apotek": people who open one ask for the licence.
const UNSPOKEN: &str = "izin";

const BLANK: &str = " ";

/// The names of a service as terms of the index: its words in order, and for a keyword of one
/// word that it is a [`document`] or a [`subject`].
pub fn names(service: &ServiceDoc) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for keyword in &service.keywords {
        let name = name(keyword);
        let only = name.as_ref().filter(|name| !name.contains(BLANK));
        let alone = terms(keyword).len() == 1;
        names.extend(only.map(|only| if alone { document(only) } else { subject(only) }));
        names.extend(bare(keys_of(&terms(keyword))));
        names.extend(name);
    }
    let titles = [&service.title_id, &service.title_en];
    names.extend(titles.into_iter().filter_map(|title| name(title)));
    names.extend(opening_of(&service.title_id));
    names.extend(head_of(&service.title_id).map(|term| head(&term)));
    names.extend(terms(id_of(&service.unit)).iter().map(|term| owned(term)));
    names
}

/// The subject of a title: its first word that is no act. "Penggantian KTP hilang" is about a KTP.
fn head_of(title: &str) -> Option<String> {
    let mut words = tokens(title).into_iter();
    let about = words.find(|word| {
        !is_faint(&word.term)
            && word.term != UNSPOKEN
            && !is_act(&folded(&title[word.at.clone()]), &word.term)
    });
    about.map(|word| word.term)
}

/// How loans for acts end: "rekomendasi".
const ACT_ENDING: &str = "asi";

/// "Perpanjangan" and "legalisasi" name an act, not the thing that it is done to.
fn is_act(written: &str, term: &str) -> bool {
    let derived = written.starts_with("pe") && written.ends_with("an") && written != term;
    derived || written.ends_with(ACT_ENDING)
}

/// "Syarat kerja" does not name work but a requirement for people who seek it.
const PURPOSE: &str = "syarat";

fn name(text: &str) -> Option<String> {
    let terms = terms(text);
    if terms.iter().any(|term| term == PURPOSE) {
        return None;
    }
    let mut keys = keys_of(&terms);
    keys.remove(UNSPOKEN);
    (1..=MOST_WORDS).contains(&keys.len()).then(|| joined(keys.iter().map(String::as_str)))
}

/// The rest of a name beside acts and documents, as a term: "faskes" of "ganti faskes", "umkm" of
/// "nib umkm".
pub fn bare(mut keys: BTreeSet<String>) -> Option<String> {
    let whole = keys.len();
    let document = |key: &str| is_abbreviation(key) && !NO_DOCUMENTS.contains(&key);
    keys.retain(|key| !ACTS.contains(&key.as_str()) && key != UNSPOKEN);
    if keys.len() > 1 {
        keys.retain(|key| !document(key));
    }
    let said = (1..=MOST_WORDS).contains(&keys.len()) && whole <= MOST_WORDS;
    said.then(|| format!("%{}", joined(keys.iter().map(String::as_str))))
}

/// The words of a name, which are in order, as one term.
pub fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(BLANK)
}

/// The term that says that somebody keeps a word alone as a keyword, as "paspor" and "tilang".
pub fn document(term: &str) -> String {
    format!("={term}")
}

/// Says of a word that the office is called by it: "samsat" of `units/samsat-banyuwangi`. Where it
/// is what one asks for, all services of the office bear it.
pub fn owned(term: &str) -> String {
    format!("@{term}")
}

/// Says of two words that a title begins with them and goes on: "izin usaha" of "Izin usaha
/// restoran".
pub fn opening(first: &str, second: &str) -> String {
    format!("&{first}{BLANK}{second}")
}

/// The first words of a longer title.
pub fn opening_of(title: &str) -> Option<String> {
    match &terms(title)[..] {
        [first, second, _, ..] => Some(opening(first, second)),
        _ => None,
    }
}

/// Says of a word that a title is about it.
pub fn head(term: &str) -> String {
    format!("^{term}")
}

/// The term that says that a keyword says nothing but this word and how: "surat pindah".
pub fn subject(term: &str) -> String {
    format!("~{term}")
}
