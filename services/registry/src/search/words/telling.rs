//! The words by which two texts of the catalog are told apart, for whoever compares them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    analyze::{is_faint, joined, terms},
    vocabulary::{ACTS, NEW},
};

/// "Izin apotek" and "apotek" name the same service.
const UNSPOKEN: &str = "izin";

/// The weight of an act: "KTP hilang" and "KTP rusak" are two services.
const ACT: u32 = 2;

/// The words that tell a service from others by its title, each with its weight.
pub fn telling(title: &str) -> BTreeMap<String, u32> {
    let is_said = |term: &&String| {
        !is_faint(term) && !NEW.contains(&term.as_str()) && term.as_str() != UNSPOKEN
    };
    let weight = |term: &String| if ACTS.contains(&term.as_str()) { ACT } else { 1 };
    joined(&terms(title)).iter().filter(is_said).map(|term| (term.clone(), weight(term))).collect()
}

/// All words of a text, numbers among them, in whatever spelling and order: two texts of the same
/// words ask for the same.
pub fn said(text: &str) -> BTreeSet<String> {
    joined(&terms(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_and_its_abbreviation_are_the_same_words() {
        assert_eq!(telling("Penerbitan Kartu Keluarga baru"), telling("pembuatan KK"));
        assert_eq!(said("Fotokopi Kartu Tanda Penduduk"), said("fotocopy KTP."));
        assert_ne!(said("Pas foto 2 lembar"), said("Pas foto 3 lembar"));
    }

    #[test]
    fn an_act_weighs_more_than_what_it_is_done_to() {
        let words = telling("Penggantian KTP hilang");
        assert_eq!((words["ktp"], words["hilang"], words["ganti"]), (1, ACT, ACT));
    }
}
