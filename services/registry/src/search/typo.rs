//! Slips of the pen: the words that a typed one may stand for.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::analyze::{self, Alternative, QueryTerm, Via, with_related};
use super::index::{PARTS, View, frequency};

/// The weight of a word that is one, and two, slips away.
const TYPO_WEIGHT: [f32; 2] = [0.75, 0.5];

/// How many slips of the pen search forgives. Short words have too many neighbours for two slips,
/// and the shortest for one. The numbers are the settings `search_one_slip_letters`,
/// `search_two_slip_letters` and those after them in `policy.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Letters from which one slip is forgiven.
    pub one_slip_letters: usize,
    /// Letters from which two slips are forgiven.
    pub two_slip_letters: usize,
    /// A word that the index knows is taken as typed when it has fewer letters than this.
    pub known_word_letters: usize,
    /// A slip is suspected of a longer known word when another is this many times as frequent:
    /// catalogs have misprints.
    pub far_more_frequent: u64,
    /// Words that may be meant by one slip.
    pub words: usize,
}

impl Tolerance {
    fn slips(&self, letters: usize) -> u8 {
        u8::from(letters >= self.one_slip_letters) + u8::from(letters >= self.two_slip_letters)
    }
}

/// The words that are meant if this one is a slip: none when the index knows it and no neighbour is far more frequent.
pub fn typos(
    view: &View,
    term: &QueryTerm,
    tolerance: &Tolerance,
) -> tantivy::Result<Vec<Alternative>> {
    let typed = term.word.to_lowercase();
    let own = &term.alternatives[0];
    let letters = typed.chars().count();
    let distance = tolerance.slips(letters);
    if own.via == Via::Abbreviation || distance == 0 {
        return Ok(Vec::new());
    }
    let frequency = frequency(view, &PARTS, &term.alternatives[..1])?;
    if frequency > 0 && letters < tolerance.known_word_letters {
        return Ok(Vec::new());
    }
    let similar = view.similar(&typed, distance)?.into_iter();
    let likely =
        similar.filter(|(_, services)| *services > frequency * tolerance.far_more_frequent);
    let mut meant: Vec<(usize, Reverse<u64>, String)> = likely
        .filter_map(|(word, services)| {
            Some((slips(&typed, &word), Reverse(services), analyze::term(&word)?))
        })
        .filter(|(slips, _, stem)| *slips > 0 && *stem != own.term)
        .collect();
    meant.sort();
    let mut seen = HashSet::new();
    meant.retain(|(_, _, stem)| seen.len() < tolerance.words && seen.insert(stem.clone()));
    Ok(meant
        .iter()
        .flat_map(|(slips, _, stem)| slipped(stem, TYPO_WEIGHT[slips.min(&2) - 1]))
        .collect())
}

fn slipped(term: &str, weight: f32) -> impl Iterator<Item = Alternative> + use<> {
    let all = with_related(term, Via::Typo).into_iter();
    all.map(move |alternative| Alternative {
        weight: alternative.weight * weight,
        via: Via::Typo,
        ..alternative
    })
}

/// Letters to add, drop or replace, or neighbours to swap, from one word to the other (optimal string alignment).
fn slips(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            rows[i][j] = if i == 0 || j == 0 { i + j } else { cheapest(&rows, &from, &to, i, j) };
        }
    }
    rows[from.len()][to.len()]
}

fn cheapest(rows: &[Vec<usize>], from: &[char], to: &[char], i: usize, j: usize) -> usize {
    let differs = usize::from(from[i - 1] != to[j - 1]);
    let edit = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + differs);
    let swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
    if swapped { edit.min(rows[i - 2][j - 2] + 1) } else { edit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_changed_places_are_one_slip() {
        assert_eq!(slips("skkc", "skck"), 1);
        assert_eq!(slips("keluaga", "keluarga"), 1);
        assert_eq!(slips("paspot", "paspor"), 1);
        assert_eq!(slips("ktp", "kia"), 2);
    }
}
