//! How well each service answers the words of a query.
//!
//! A word is worth more the fewer services have it. For each word a service earns by the best that
//! it has: the word itself before a related one before a slip of the pen, in the title before the
//! keywords before the body. The sum is divided by the perfect answer's, so it lies between 0 and
//! 1; a service that has *every* deciding word in its title or keywords gets [`ALL_WORDS`] on top.
//! The body earns no such bonus: nearly every service asks for a KTP.

use super::analyze::{Alternative, QueryTerm};
use super::index::{PARTS, Part, View, frequency};
use super::typo::{Tolerance, typos};

/// On top for all deciding words in title and keywords.
const ALL_WORDS: f32 = 0.5;

/// The weight of a faint word beside a deciding one.
const FAINT_SHARE: f32 = 0.25;

/// A word in more than one in this many bodies is not looked up there.
const COMMON_IN_BODIES: u64 = 5;

/// Catalogs smaller than this have no common words.
const SMALL_CATALOG: u64 = 200;

/// A word of the query that the index knows something about.
pub struct Needle {
    pub term: QueryTerm,
    /// The most that the word is worth.
    worth: f32,
    /// Whether bodies are searched for it.
    in_bodies: bool,
}

/// The points that a service has earned.
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
pub fn needles(
    view: &View,
    terms: Vec<QueryTerm>,
    tolerance: &Tolerance,
) -> tantivy::Result<Vec<Needle>> {
    let mut known = Vec::new();
    for mut term in terms {
        term.alternatives.extend(typos(view, &term, tolerance)?);
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

/// The word with its worth; nothing if no service that is looked at has it.
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

/// The points of each of `slots` services, by slot. Those that have less than half of the deciding
/// words earn nothing.
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
