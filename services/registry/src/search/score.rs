//! How well each service answers the words of a query.
//!
//! A word is worth more the fewer services have it. For each word a service earns the best of what
//! it has: the word itself before a related one before a slip of the pen, in the title before the
//! keywords before the body. The sum is divided by what the perfect answer would earn, so it lies
//! between 0 and 1; a service that has *every* deciding word in its title or keywords gets
//! [`ALL_WORDS`] on top. The body earns no such bonus: nearly every service asks for a KTP.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::analyze::{self, Alternative, QueryTerm, Via, with_related};
use super::index::{PARTS, Part, View};

/// On top for all deciding words in title and keywords.
const ALL_WORDS: f32 = 0.5;

/// What a faint word counts beside a deciding one.
const FAINT_SHARE: f32 = 0.25;

/// What a word that is one, and two, slips away counts.
const TYPO_WEIGHT: [f32; 2] = [0.75, 0.5];

/// Words that may be meant by one slip of the pen.
const MAX_TYPO_WORDS: usize = 8;

/// A slip is suspected of a known word too when another is this many times as frequent: catalogs
/// have misprints.
const FAR_MORE_FREQUENT: u64 = 50;

/// A word in more than one in this many bodies is not looked up there.
const COMMON_IN_BODIES: u64 = 5;

/// Catalogs smaller than this have no common words.
const SMALL_CATALOG: u64 = 200;

/// A word of the query that the index knows something about.
pub struct Needle {
    pub term: QueryTerm,
    /// What the word is worth at most.
    worth: f32,
    /// Whether bodies are searched for it.
    in_bodies: bool,
}

/// What a service has earned.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    /// 0 to 1, and [`ALL_WORDS`].
    pub points: f32,
    /// Bit `n` is set when the service has needle `n` anywhere.
    pub any: u16,
    strong: u16,
    best: f32,
}

/// Adds likely slips to each word, and leaves out the words that nothing in the index answers.
pub fn needles(view: &View, terms: Vec<QueryTerm>) -> tantivy::Result<Vec<Needle>> {
    let mut known = Vec::new();
    for mut term in terms {
        term.alternatives.extend(typos(view, &term)?);
        term.alternatives = present(view, term.alternatives)?;
        known.extend(needle(view, term)?);
    }
    if !known.iter().any(|needle: &Needle| needle.term.decides) {
        known.iter_mut().for_each(|needle| needle.term.decides = true);
    }
    Ok(known)
}

/// The alternatives that some service has.
fn present(view: &View, alternatives: Vec<Alternative>) -> tantivy::Result<Vec<Alternative>> {
    let mut present = Vec::new();
    for alternative in alternatives {
        if frequency(view, &PARTS, std::slice::from_ref(&alternative))? > 0 {
            present.push(alternative);
        }
    }
    Ok(present)
}

/// What the word is worth; nothing if no service that is looked at has it.
fn needle(view: &View, term: QueryTerm) -> tantivy::Result<Option<Needle>> {
    let strong = frequency(view, &[Part::Title, Part::Keywords], &term.alternatives)?;
    let bodies = frequency(view, &[Part::Body], &term.alternatives)?;
    let services = view.services();
    let in_bodies = services < SMALL_CATALOG || bodies * COMMON_IN_BODIES <= services;
    if strong == 0 && (bodies == 0 || !in_bodies) {
        return Ok(None);
    }
    let found = strong + if in_bodies { bodies } else { 0 };
    let rarity = (1.0 + services as f32 / (1 + found) as f32).ln();
    let worth = rarity * if term.decides { 1.0 } else { FAINT_SHARE };
    Ok(Some(Needle { term, worth, in_bodies }))
}

fn frequency(view: &View, parts: &[Part], alternatives: &[Alternative]) -> tantivy::Result<u64> {
    let mut sum = 0;
    for alternative in alternatives {
        for part in parts {
            sum += view.frequency(*part, &alternative.term)?;
        }
    }
    Ok(sum)
}

/// The words that are meant if this one is a slip: none when the index knows it and no neighbour is
/// far more frequent.
fn typos(view: &View, term: &QueryTerm) -> tantivy::Result<Vec<Alternative>> {
    let typed = term.word.to_lowercase();
    let own = &term.alternatives[0];
    let distance = slips_allowed(typed.chars().count());
    if own.via == Via::Abbreviation || distance == 0 {
        return Ok(Vec::new());
    }
    let frequency = frequency(view, &PARTS, &term.alternatives[..1])?;
    if frequency > 0 && typed.len() < 5 {
        return Ok(Vec::new());
    }
    let similar = view.similar(&typed, distance)?.into_iter();
    let likely = similar.filter(|(_, services)| *services > frequency * FAR_MORE_FREQUENT);
    let mut meant: Vec<(usize, Reverse<u64>, String)> = likely
        .filter_map(|(word, services)| {
            Some((slips(&typed, &word), Reverse(services), analyze::term(&word)?))
        })
        .filter(|(slips, _, stem)| *slips > 0 && *stem != own.term)
        .collect();
    meant.sort();
    let mut seen = HashSet::new();
    meant.retain(|(_, _, stem)| seen.len() < MAX_TYPO_WORDS && seen.insert(stem.clone()));
    Ok(meant
        .iter()
        .flat_map(|(slips, _, stem)| slipped(stem, TYPO_WEIGHT[slips.min(&2) - 1]))
        .collect())
}

/// Short words have too many neighbours for two slips, and the shortest for one.
fn slips_allowed(letters: usize) -> u8 {
    match letters {
        0..=2 => 0,
        3..=6 => 1,
        _ => 2,
    }
}

fn slipped(term: &str, weight: f32) -> impl Iterator<Item = Alternative> + use<> {
    let all = with_related(term, Via::Typo).into_iter();
    all.map(move |alternative| Alternative {
        weight: alternative.weight * weight,
        via: Via::Typo,
        ..alternative
    })
}

/// Letters to add, drop or replace, or neighbours to swap, from one word to the other (optimal
/// string alignment).
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

/// What each of `slots` services has earned, by slot. Those that have less than half of the
/// deciding words earn nothing.
pub fn tally(view: &View, needles: &[Needle], slots: usize) -> tantivy::Result<Vec<Tally>> {
    let mut tallies = vec![Tally::default(); slots];
    for (bit, needle) in needles.iter().enumerate() {
        let found = look_up(view, needle, 1 << bit, &mut tallies)?;
        for slot in found {
            let tally = &mut tallies[slot as usize];
            tally.points += needle.worth * std::mem::take(&mut tally.best);
        }
    }
    let perfect: f32 = needles.iter().map(|needle| needle.worth).sum();
    let deciding = needles.iter().enumerate().filter(|(_, needle)| needle.term.decides);
    let deciding = deciding.fold(0u16, |bits, (bit, _)| bits | 1 << bit);
    tallies.iter_mut().for_each(|tally| tally.finish(perfect, deciding));
    Ok(tallies)
}

/// Notes the best that each service has for a needle. Returns the services that have anything, each
/// once.
fn look_up(
    view: &View,
    needle: &Needle,
    bit: u16,
    tallies: &mut [Tally],
) -> tantivy::Result<Vec<u32>> {
    let mut found = Vec::new();
    for alternative in &needle.term.alternatives {
        for part in PARTS.into_iter().filter(|part| needle.in_bodies || *part != Part::Body) {
            let earned = alternative.weight * part_weight(part);
            view.each_slot(part, &alternative.term, |slot| {
                // A slot is published before the view that names it.
                let Some(tally) = tallies.get_mut(slot as usize) else {
                    return;
                };
                if tally.any & bit == 0 {
                    found.push(slot);
                }
                tally.any |= bit;
                tally.strong |= if part == Part::Body { 0 } else { bit };
                tally.best = tally.best.max(earned);
            })?;
        }
    }
    Ok(found)
}

fn part_weight(part: Part) -> f32 {
    match part {
        Part::Title => 1.0,
        Part::Keywords => 0.85,
        Part::Body => 0.3,
    }
}

impl Tally {
    fn finish(&mut self, perfect: f32, deciding: u16) {
        let enough = (self.any & deciding).count_ones() * 2 >= deciding.count_ones();
        let all = self.strong & deciding == deciding;
        self.points = if enough && self.any != 0 { self.points / perfect } else { 0.0 };
        self.points += if all && self.points > 0.0 { ALL_WORDS } else { 0.0 };
    }
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
