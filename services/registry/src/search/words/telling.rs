//! The words by which two texts of the catalog are told apart, for whoever compares them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    analyze::{EXPANSIONS, is_abbreviation, is_faint, joined, terms},
    vocabulary::{ACTS, NEW},
};

/// "Izin apotek" and "apotek" name the same service.
const UNSPOKEN: &str = "izin";

/// The weight of an act: "KTP hilang" and "KTP rusak" are two services.
const ACT: u32 = 2;

/// The words that tell a service from others by its title, each with its weight. Where an
/// abbreviation stands there, the words that it stands for say nothing beside it.
pub fn telling(title: &str) -> BTreeMap<String, u32> {
    let said = said(title);
    let spelt_out: BTreeSet<&String> =
        said.iter().filter_map(|term| EXPANSIONS.get(term.as_str())).flatten().flatten().collect();
    let is_told = |term: &&String| {
        let is_unspoken = term.as_str() == UNSPOKEN || NEW.contains(&term.as_str());
        !is_faint(term) && !is_unspoken && (is_abbreviation(term) || !spelt_out.contains(term))
    };
    let weight = |term: &String| if ACTS.contains(&term.as_str()) { ACT } else { 1 };
    said.iter().filter(is_told).map(|term| (term.clone(), weight(term))).collect()
}

/// All words of a text, numbers among them, in whatever spelling and order: two texts of the same
/// words ask for the same. Every KTP is electronic, whether or not it is called so.
pub fn said(text: &str) -> BTreeSet<String> {
    let mut words = joined(&terms(text));
    if words.contains("ktp") {
        words.retain(|word| !matches!(word.as_str(), "el" | "elektronik"));
    }
    words
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
        assert_ne!(said("Pas foto 2 lembar"), said("Pas foto 3 lembar"));
    }

    #[test]
    fn an_act_weighs_more_than_what_it_is_done_to() {
        let words = telling("Penggantian KTP hilang");
        assert_eq!((words["ktp"], words["hilang"], words["ganti"]), (1, ACT, ACT));
    }
}
