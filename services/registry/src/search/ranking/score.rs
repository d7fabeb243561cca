//! How well each service answers the words of a question.
//!
//! A word is worth more the fewer services have it. For each word a service earns by the best that
//! it has: the word itself before a related one before a slip of the pen, in the title before the
//! keywords before the body. The sum is divided by the perfect answer's, so it lies between 0 and
//! 1; a service that has *every* deciding word in its title or keywords gets [`ALL_WORDS`] on top,
//! and one that the question calls by its name (`indexing/names.rs`) up to [`NAME`]. The body earns
//! no such bonus: nearly every service asks for a KTP.
//!
//! A document that the question names leads: services that do not bear it earn [`NOT_THE_DOCUMENT`]
//! of their points.

use crate::search::{
    asking::needle::{Needle, QuestionWords},
    indexing::{
        index::{IndexView, PARTS, Part},
        names::owned,
    },
    words::{
        analyze::{Alternative, QueryTerm, Via, folded},
        slips::has_same_letters,
    },
};

/// Added if title and keywords have all deciding words.
const ALL_WORDS: f32 = 0.5;

/// Added for a name that holds all deciding words; less if some are missing.
const NAME: f32 = 0.6;

/// The share of the words' total worth that a service has to earn to be an answer at all.
const LEAST: f32 = 0.2;

/// A word that is further away does not stand for the one that was typed.
const CLOSE: f32 = 0.5;

/// The share that a service keeps without the document that the question names.
const NOT_THE_DOCUMENT: f32 = 0.4;

/// The same where what leads is no document: "akta" with "lahir", which a keyword says alone.
const NOT_THE_SUBJECT: f32 = 0.85;

/// A word of the body tells what the service asks for, not what the service is for.
const BODY_COVERS: f32 = 0.3;

/// The points that a service has earned.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    /// 0 to 1, plus the bonuses ([`ALL_WORDS`], [`NAME`]).
    pub points: f32,
    /// The share of the question that the service answers, 0 to 1; words that no service has
    /// count.
    pub cover: f32,
    /// Bit `n` is set when the service has needle `n` anywhere.
    pub any: u16,
    /// The same for title and keywords.
    pub strong: u16,
    /// The same where it is not a guess.
    pub sure: u16,
    /// Title and keywords, in the word itself or another for the same.
    pub held: u16,
    /// The weight of the longest name of the service that the question contains.
    pub name: f32,
    /// Whether acts aside the question is one of its names.
    pub called: bool,
    best: f32,
}

/// The points of each of `slots` services, by slot.
pub fn tally(
    view: &IndexView,
    needles: &QuestionWords,
    slots: usize,
) -> tantivy::Result<Vec<Tally>> {
    let mut tallies = vec![Tally::default(); slots];
    for (bit, needle) in needles.all.iter().enumerate() {
        let mut found = look_up(view, needle, 1 << bit, &mut tallies)?;
        if needles.leading >> bit & 1 == 1 {
            found.extend(of_office(view, &needle.term, 1 << bit, &mut tallies)?);
        }
        for slot in found {
            let tally = &mut tallies[slot as usize];
            let earned = needle.worth * std::mem::take(&mut tally.best);
            tally.points += earned;
            let share = if tally.strong >> bit & 1 == 1 { 1.0 } else { BODY_COVERS };
            tally.cover += if needle.term.decides { earned * share } else { 0.0 };
        }
    }
    for name in &needles.names {
        view.each_slot(Part::Names, &name.term, |slot| {
            if let Some(tally) = tallies.get_mut(slot as usize) {
                tally.name = tally.name.max(name.worth);
            }
        })?;
    }
    if let Some(bare) = &needles.bare {
        view.each_slot(Part::Names, bare, |slot| {
            if let Some(tally) = tallies.get_mut(slot as usize) {
                tally.called = true;
            }
        })?;
    }
    tallies.iter_mut().for_each(|tally| tally.finish(needles));
    Ok(tallies)
}

/// Notes the best that each service has for a needle. Returns the services that have anything, each
/// once.
fn look_up(
    view: &IndexView,
    needle: &Needle,
    bit: u16,
    tallies: &mut [Tally],
) -> tantivy::Result<Vec<u32>> {
    let Needle { term, in_bodies, names_form, .. } = needle;
    let mut found = Vec::new();
    for alternative in &term.alternatives {
        for part in PARTS.into_iter().filter(|part| *in_bodies || *part != Part::Body) {
            view.each_slot(part, &alternative.term, |slot| {
                // A slot is published before the view that names it.
                let Some(tally) = tallies.get_mut(slot as usize) else {
                    return;
                };
                if tally.any & bit == 0 {
                    found.push(slot);
                }
                // A form is the service's own, wherever it says so.
                let part = if *names_form { Part::Keywords } else { part };
                tally.note(bit, part, alternative);
                tally.held |=
                    if part != Part::Body && is_same(term, alternative) { bit } else { 0 };
            })?;
        }
    }
    Ok(found)
}

/// Notes a word that leads for the services of the office that is called by it, as if their owner
/// had kept it as a keyword. Returns those that have it nowhere else.
fn of_office(
    view: &IndexView,
    term: &QueryTerm,
    bit: u16,
    tallies: &mut [Tally],
) -> tantivy::Result<Vec<u32>> {
    let mut found = Vec::new();
    view.each_slot(Part::Names, &owned(&term.own), |slot| {
        let Some(tally) = tallies.get_mut(slot as usize) else { return };
        if tally.any & bit == 0 {
            found.push(slot);
        }
        tally.note(bit, Part::Keywords, &term.alternatives[0]);
        tally.held |= bit;
    })?;
    Ok(found)
}

/// Letters of a word that is too short for a slip in it to be sure: "kuda" is one from "kua".
const SHORT: usize = 4;

/// Related words from this weight on are another name for the same.
const SAME: f32 = 0.8;

/// Whether the term that was found is the word that was typed, and not only near it.
fn is_same(typed: &QueryTerm, found: &Alternative) -> bool {
    match found.via {
        Via::Word | Via::Abbreviation | Via::Clipped => true,
        Via::Related => found.weight >= SAME,
        Via::Meaning => false,
        Via::Typo => {
            let sure = typed.word.chars().count() > SHORT || swaps(&typed.word, &found.term);
            found.weight >= CLOSE && sure
        }
    }
}

/// Letters that only changed places make no other word.
fn swaps(typed: &str, term: &str) -> bool {
    has_same_letters(&folded(typed), term)
}

fn part_weight(part: Part) -> f32 {
    match part {
        Part::Title => 1.0,
        Part::Keywords | Part::Names => 0.85,
        Part::Body => 0.3,
    }
}

impl Tally {
    fn note(&mut self, bit: u16, part: Part, alternative: &Alternative) {
        self.any |= bit;
        self.strong |= if part == Part::Body || alternative.weight < CLOSE { 0 } else { bit };
        let is_guess = matches!(alternative.via, Via::Typo | Via::Meaning);
        self.sure |= if is_guess { 0 } else { bit };
        self.best = self.best.max(alternative.weight * part_weight(part));
    }

    /// A service that answers too little of the words that there are earns nothing, unless it bears
    /// the document that the question names.
    fn finish(&mut self, needles: &QuestionWords) {
        let leads = self.strong & needles.leading != 0;
        if self.any == 0 || !(leads || self.points >= LEAST * needles.worth()) {
            self.points = 0.0;
            return;
        }
        let deciding = needles.deciding;
        self.points /= needles.worth();
        self.cover /= needles.asked.max(f32::MIN_POSITIVE);
        self.points += if self.strong & deciding == deciding { ALL_WORDS } else { 0.0 };
        self.points += NAME * self.name / needles.known.max(f32::MIN_POSITIVE);
        self.points *= match (leads || needles.leading == 0, needles.document) {
            (true, _) => 1.0,
            (false, true) => NOT_THE_DOCUMENT,
            (false, false) => NOT_THE_SUBJECT,
        };
    }
}
