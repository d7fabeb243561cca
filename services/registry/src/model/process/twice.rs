//! Documents that several steps ask for.

use std::collections::{BTreeMap, BTreeSet};

/// A step that asks for something.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// The step's number in the plan, from 0.
    pub step: usize,
    /// The agency whose step it is.
    pub agency: &'a str,
    /// What is asked for, in the source's words.
    pub text: &'a str,
    /// The service that gives it; empty: none is named.
    pub by: &'a str,
    /// The words by which it is compared; if they are empty, nothing is compared.
    pub words: String,
}

/// A document, and the steps that ask for it.
#[derive(Clone, Debug)]
pub struct Twice<'a> {
    /// The first thing that each step asks for, by step.
    pub asks: Vec<Ask<'a>>,
    /// How many agencies ask.
    pub agencies: usize,
}

/// What is asked for by two steps or more: what the same service gives, or in the same words where
/// none is named. What most agencies ask for comes first, then what most steps do.
pub fn twice(asks: Vec<Ask<'_>>) -> Vec<Twice<'_>> {
    let mut groups: BTreeMap<(String, String), BTreeMap<usize, Ask<'_>>> = BTreeMap::new();
    for ask in asks {
        let words = if ask.by.is_empty() { ask.words.clone() } else { String::new() };
        if ask.by.is_empty() && words.is_empty() {
            continue;
        }
        groups.entry((ask.by.to_owned(), words)).or_default().entry(ask.step).or_insert(ask);
    }
    let groups = groups.into_values().filter(|steps| steps.len() > 1);
    let mut found: Vec<Twice<'_>> = groups.map(counted).collect();
    found.sort_by_key(|one| std::cmp::Reverse((one.agencies, one.asks.len())));
    found
}

fn counted(steps: BTreeMap<usize, Ask<'_>>) -> Twice<'_> {
    let asks: Vec<Ask<'_>> = steps.into_values().collect();
    let agencies = asks.iter().map(|ask| ask.agency).collect::<BTreeSet<_>>().len();
    Twice { asks, agencies }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask<'a>(step: usize, agency: &'a str, text: &'a str, by: &'a str) -> Ask<'a> {
        Ask { step, agency, text, by, words: text.to_lowercase() }
    }

    #[test]
    fn a_document_is_asked_twice_by_its_service_or_else_by_its_words() {
        let found = twice(vec![
            ask(0, "units/a", "Foto", ""),
            ask(1, "units/a", "foto", ""),
            ask(0, "units/a", "KK", "kk"),
            ask(0, "units/a", "KK lagi", "kk"),
            ask(1, "units/b", "Kartu keluarga", "kk"),
            ask(1, "units/b", "Akta", "akta"),
            ask(2, "units/b", "kk", ""),
        ]);
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.asks[0].by, one.asks[0].text, one.asks.len(), one.agencies))
            .collect();
        assert_eq!(told, [("kk", "KK", 2, 2), ("", "Foto", 2, 1)]);
    }
}
