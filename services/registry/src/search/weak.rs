//! Whether the best answer is one: what it leaves out of the question, and what it leaves open.
//!
//! Whoever names a document gets it. Whether it is what they ask for is another matter: a service
//! of the document that has no part in what is asked of it ("cabut NIB") is near, and no answer.

use super::analyze::{Alternative, QueryTerm, Role, Via, folded, terms};
use super::filter::Candidate;
use super::needle::{Needle, Needles};
use super::shape::is_no_word;
use super::table::Table;
use super::vocabulary::{ACTS, NEW};

/// The share of a question that its best answer has to cover.
const ENOUGH: f32 = 0.5;

/// The same where it bears the document that the question names.
const ENOUGH_OF_DOCUMENT: f32 = 0.12;

/// Whether nothing really answers: the question has no subject, or the best answer leaves most of
/// it out or [open](leaves_open), does not do what is [asked](misses_act), is of another
/// [kind](is_other_kind), or shares nothing with it but guesses and no document.
pub fn is_weak(best: Option<&Candidate>, table: &Table, needles: &Needles) -> bool {
    let Some(best) = best else { return true };
    if !needles.has_subject {
        return !is_titled(best, table, needles);
    }
    let document = best.strong & needles.leading != 0;
    let enough = if document { ENOUGH_OF_DOCUMENT } else { ENOUGH };
    let guessed = best.sure & needles.deciding == 0;
    best.cover < enough
        || (guessed && !document)
        || leaves_open(best, needles)
        || misses_act(best, table, needles)
        || is_other_kind(best, needles)
        || is_refused(best, needles)
}

/// Of so many content words one may be left open.
const ONE_OPEN_OF: usize = 4;

/// Content words of a question that is too short to say by itself which sense of a word is meant:
/// "rumah" is no question for a licence of a "rumah sakit".
const SHORT_QUESTION: usize = 2;

/// Whether title and keywords leave content words open, or have them only within a longer name.
/// Whoever names a document gets it and is told what else was not understood; who names what a
/// service is about, and calls it by that name, may add less than as much again.
fn leaves_open(best: &Candidate, needles: &Needles) -> bool {
    let asked = needles.deciding.count_ones() as usize + needles.unanswered.len();
    let open = asked - (best.held & needles.deciding).count_ones() as usize;
    match (best.held & needles.leading != 0, best.named || best.called) {
        (true, _) if needles.document => false,
        (true, true) => open * 2 >= asked,
        (_, called) => !called && asked <= SHORT_QUESTION || open * ONE_OPEN_OF > asked,
    }
}

/// A word of the question, and whether the best answer has it in title or keywords.
fn words<'a>(
    best: &Candidate,
    needles: &'a Needles,
) -> impl Iterator<Item = (&'a QueryTerm, bool)> + use<'a> {
    let strong = best.strong;
    let known = needles.all.iter().enumerate();
    let known = known.map(move |(bit, needle)| (&needle.term, strong >> bit & 1 == 1));
    known.chain(needles.unanswered.iter().map(|term| (term, false)))
}

/// Whether acts are asked for and the best answer does none of them. Whoever only asks for a new
/// one is answered by whatever does not say that it does something else.
fn misses_act(best: &Candidate, table: &Table, needles: &Needles) -> bool {
    let acts: Vec<(&QueryTerm, bool)> =
        words(best, needles).filter(|(term, _)| is_act(term)).collect();
    let only_new = acts.iter().all(|(term, _)| NEW.contains(&term.own.as_str()));
    !acts.is_empty()
        && acts.iter().all(|(_, held)| !held)
        && (!only_new || does_something_else(best, table))
}

fn is_act(term: &QueryTerm) -> bool {
    match term.role {
        Role::Aside | Role::Where | Role::Excluded => false,
        Role::Makes => true,
        Role::Apart | Role::Beside | Role::Paired => ACTS.contains(&term.own.as_str()),
    }
}

/// Whether the title says an act, other than to make a new one.
fn does_something_else(best: &Candidate, table: &Table) -> bool {
    let service = table.slots[best.slot as usize].service.as_ref();
    let title = service.map(|service| terms(&service.title_id)).unwrap_or_default();
    title.iter().any(|term| ACTS.contains(&term.as_str()))
}

/// Whether words beside the document tell it from what the best answer is about. An act that it
/// does says more than they.
fn is_other_kind(best: &Candidate, needles: &Needles) -> bool {
    let leading = needles.all.iter().enumerate().filter(|(bit, _)| needles.leading >> bit & 1 == 1);
    let leading: Vec<&str> = leading.map(|(_, needle)| needle.term.own.as_str()).collect();
    let leads = |term: &QueryTerm| leading.contains(&term.own.as_str());
    let does = words(best, needles).any(|(term, held)| held && is_act(term) && !leads(term));
    let beside = |term: &&QueryTerm| matches!(term.role, Role::Beside | Role::Paired);
    let unknown = needles.unanswered.iter().filter(beside).any(|term| !is_scrawl(&term.word));
    let lacks = |(bit, needle): (usize, &Needle)| {
        needle.term.decides && needle.term.role == Role::Paired && best.has >> bit & 1 == 0
    };
    let known = needles.all.iter().enumerate().any(lacks);
    best.strong & needles.leading != 0 && !does && (unknown || known)
}

/// Letters from which a word that breaks the rules of words is a slip, and no abbreviation.
const SCRAWL: usize = 6;

/// Whether the letters can be no word: nobody knows what they say, so they tell nothing apart.
fn is_scrawl(word: &str) -> bool {
    let letters = folded(word);
    letters.chars().count() >= SCRAWL && is_no_word(&letters)
}

/// Whether the best answer is what one does not ask for.
fn is_refused(best: &Candidate, needles: &Needles) -> bool {
    let excluded = |(bit, needle): (usize, &Needle)| {
        needle.term.role == Role::Excluded && best.strong >> bit & 1 == 1
    };
    needles.all.iter().enumerate().any(excluded)
}

/// Whether the title is what was asked, word for word: "surat kuasa" says no subject, and is one.
fn is_titled(best: &Candidate, table: &Table, needles: &Needles) -> bool {
    let service = table.slots[best.slot as usize].service.as_ref();
    let words = service.map_or(0, |service| terms(&service.title_id).len());
    let all = best.sure & best.strong & needles.deciding == needles.deciding;
    all && needles.slips.is_empty()
        && needles.unanswered.is_empty()
        && words == needles.deciding.count_ones() as usize
}

fn is_guess(term: &QueryTerm) -> bool {
    let guess = |one: &Alternative| matches!(one.via, Via::Typo | Via::Clipped);
    term.alternatives.iter().all(guess)
}

/// The words that no service has. A guess at what one was meant for counts where the best answer
/// bears it out.
pub fn unanswered(best: Option<&Candidate>, needles: &Needles) -> Vec<String> {
    let has = best.map_or(0, |best| best.has);
    let guessed = needles.all.iter().enumerate().filter(|(bit, needle)| {
        has >> bit & 1 == 0 && needle.term.decides && is_guess(&needle.term)
    });
    let guessed = guessed.map(|(_, needle)| &needle.term.word);
    let unknown = needles.unanswered.iter().map(|term| &term.word);
    unknown.chain(&needles.slips).chain(guessed).cloned().collect()
}

/// The words that some service has and the best answer does not.
pub fn uncovered(best: Option<&Candidate>, needles: &Needles) -> Vec<String> {
    let Some(best) = best else { return Vec::new() };
    let lacks = |(bit, needle): &(usize, &Needle)| {
        best.has >> bit & 1 == 0 && needle.term.decides && !is_guess(&needle.term)
    };
    let lacking = needles.all.iter().enumerate().filter(lacks);
    lacking.map(|(_, needle)| needle.term.word.clone()).collect()
}
