//! What an applicant brings: all that no step gives.

use std::collections::BTreeMap;

/// Something that a step asks for and no step gives.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The step's number in the plan, from 0.
    pub step: usize,
    /// What is asked for, in the source's words.
    pub text: &'a str,
    /// The service that gives it; empty: none is named.
    pub by: &'a str,
    /// The words by which it is compared where none is named.
    pub words: String,
    /// The case in which alone it is asked for; empty: none is said.
    pub condition: &'a str,
    /// Whether everybody brings it.
    pub is_certain: bool,
}

/// Something to bring, and the steps that ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought<'a> {
    /// In the words of the first step that asks.
    pub text: &'a str,
    /// The service that gives it; empty: none is named.
    pub by: &'a str,
    /// Each once, in order.
    pub steps: Vec<usize>,
    /// Each once, in order.
    pub conditions: Vec<&'a str>,
    /// Whether some step asks everybody for it.
    pub is_certain: bool,
}

/// Each thing once: what the same service gives, or what is said in the same words. What everybody
/// brings comes first, then in the order in which it is asked for.
pub fn brought(asked: Vec<Asked<'_>>) -> Vec<Brought<'_>> {
    let mut found: Vec<Brought<'_>> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for one in asked {
        let words = match (one.by, one.words.as_str()) {
            ("", "") => one.text.to_owned(),
            ("", words) => words.to_owned(),
            _ => String::new(),
        };
        let place = *places.entry((one.by.to_owned(), words)).or_insert(found.len());
        if place == found.len() {
            found.push(Brought {
                text: one.text,
                by: one.by,
                steps: Vec::new(),
                conditions: Vec::new(),
                is_certain: false,
            });
        }
        let known = &mut found[place];
        known.is_certain |= one.is_certain;
        if !known.steps.contains(&one.step) {
            known.steps.push(one.step);
        }
        if !one.condition.is_empty() && !known.conditions.contains(&one.condition) {
            known.conditions.push(one.condition);
        }
    }
    found.sort_by_key(|one| !one.is_certain);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(step: usize, text: &'a str, by: &'a str, condition: &'a str) -> Asked<'a> {
        let words = if by.is_empty() { text.to_lowercase() } else { String::new() };
        Asked { step, text, by, words, condition, is_certain: condition.is_empty() }
    }

    #[test]
    fn each_document_is_brought_once_and_what_everybody_brings_stands_first() {
        let found = brought(vec![
            asked(0, "Surat kuasa", "", "jika dikuasakan"),
            asked(0, "Pasfoto", "", ""),
            asked(1, "pasfoto", "", ""),
            asked(1, "KK", "kk", "jika pindah"),
            asked(2, "Kartu keluarga", "kk", ""),
            asked(2, "surat kuasa", "", "jika diwakilkan"),
            asked(2, "—", "", ""),
        ]);
        let told: Vec<_> = found.iter().map(|one| (one.text, one.steps.as_slice())).collect();
        let expected: [(&str, &[usize]); 4] =
            [("Pasfoto", &[0, 1]), ("KK", &[1, 2]), ("—", &[2]), ("Surat kuasa", &[0, 2])];
        assert_eq!(told, expected);
        assert_eq!(found[3].conditions, ["jika dikuasakan", "jika diwakilkan"]);
        assert!(found[1].is_certain, "one of them asks everybody");
    }
}
