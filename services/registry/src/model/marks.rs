//! What in a title tells two services apart when all else is the same.

use std::collections::{BTreeMap, BTreeSet};

/// Those of a title.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Single letters, as in "SIM A".
    pub letters: BTreeSet<String>,
    /// Numbers, as in "PPh 21" and "Golongan II".
    pub numbers: BTreeSet<String>,
    /// Words that are denied, as in "bukan rumah tinggal".
    pub denied: BTreeSet<String>,
}

/// Whether a letter, a number or a denial in one of two titles makes it another service's.
pub fn apart(
    one: (&Marks, &BTreeMap<String, u32>),
    other: (&Marks, &BTreeMap<String, u32>),
) -> bool {
    let none = |own: &BTreeSet<String>, others: &BTreeSet<String>| {
        !own.is_empty() && !others.is_empty() && own.is_disjoint(others)
    };
    none(&one.0.letters, &other.0.letters)
        || none(&one.0.numbers, &other.0.numbers)
        || denies(one.0, other)
        || denies(other.0, one)
}

/// Whether a title denies what another says.
fn denies(one: &Marks, (marks, title): (&Marks, &BTreeMap<String, u32>)) -> bool {
    one.denied.iter().any(|word| title.contains_key(word) && !marks.denied.contains(word))
}
