//! Whether the best hit answers the question, by the words that it leaves out or leaves open.
//!
//! A question that names a document finds its services. Whether they are asked for is another
//! matter: a service of the document that does something else than the question ("cabut NIB") is
//! near, and no answer.

use mpp_core::{id_of, unit_of};

use super::{
    filter::Candidate,
    modified::{CatalogNames, is_modified},
    paper::is_other_paper,
    title::{
        SHORT_QUESTION, is_about, is_act, is_begun, is_head, is_head_with_rest, is_whole, words,
    },
};
use crate::search::{
    asking::{
        mishap::Harm,
        needle::{Needle, QuestionWords, is_aside},
        turned::turns,
    },
    indexing::table::SlotTable,
    words::{
        analyze::{Alternative, QueryTerm, Role, Via, folded, terms},
        shape::is_no_word,
        turn::Turn,
        vocabulary::{ACTS, KINDS_OF_DOCUMENTS, NEW, OCCUPATIONS, PAYING, PEOPLE},
    },
};

/// The share of a question that its best answer has to cover.
const ENOUGH: f32 = 0.5;

/// The same if the answer has the document that the question names.
const ENOUGH_OF_DOCUMENT: f32 = 0.12;

/// Whether nothing really answers: the question has no subject, or the best answer leaves most of
/// it out or [open](leaves_open), does not do what is [asked](misses_act), is of another
/// [kind](is_other_kind), or shares nothing with it but guesses and no document. Words behind a
/// whole name of it leave nothing out ([is_modified]).
pub fn is_weak(
    found: &[Candidate],
    table: &SlotTable,
    needles: &QuestionWords,
    catalog: &CatalogNames<'_>,
) -> bool {
    let Some(best) = best_of(found, table) else { return true };
    if !needles.has_subject {
        return !is_titled(best, table, needles);
    }
    let amiss = misses_act(best, table, needles)
        || is_paid_elsewhere(best, table, needles)
        || is_other_paper(best, table, needles)
        || is_refused(best, needles)
        || is_turned(best, table, needles)
        || is_of_kind_unknown(best, needles)
        || is_for_others(best, found, needles);
    if is_modified(best, table, needles, catalog) {
        return amiss;
    }
    let document = best.strong & needles.leading != 0;
    let enough = if document { ENOUGH_OF_DOCUMENT } else { ENOUGH };
    let guessed = best.sure & needles.deciding == 0;
    best.cover < enough
        || (guessed && !document)
        || amiss
        || leaves_open(best, table, needles, catalog)
        || is_other_kind(best, table, needles)
}

/// The best hit.
pub fn best_of<'a>(found: &'a [Candidate], table: &SlotTable) -> Option<&'a Candidate> {
    found.iter().min_by(|a, b| a.compare(b, table))
}

/// Whether an occupation is said for which another service is called by its name: "bpjs tk ojol" is
/// no question for the service of employees where one is kept as "bpjs ojol".
fn is_for_others(best: &Candidate, found: &[Candidate], needles: &QuestionWords) -> bool {
    let says = |(bit, needle): &(usize, &Needle)| {
        let own = needle.term.alternatives.iter().any(|one| OCCUPATIONS.contains(&&*one.term));
        own && best.strong >> bit & 1 == 0
    };
    let mut said = needles.all.iter().enumerate().filter(says);
    said.any(|(bit, _)| found.iter().any(|one| one.named && one.strong >> bit & 1 == 1))
}

/// One of so many content words may be left open.
const ONE_OPEN_OF: usize = 4;

/// Where a document is named, two of three content words may be left open: with more, nothing shows
/// what is asked of it.
const OPEN_BESIDE_DOCUMENT: (usize, usize) = (2, 3);

/// Whether title and keywords leave content words open, or have them only within a longer name.
/// A question that names a document gets it, with the words that were not understood, unless they
/// are most of the question; one that calls a service by its name may add fewer open words than
/// that has.
fn leaves_open(
    best: &Candidate,
    table: &SlotTable,
    needles: &QuestionWords,
    catalog: &CatalogNames<'_>,
) -> bool {
    let asked = needles.deciding.count_ones() as usize + needles.unanswered.len();
    let open = open_words(best, table, needles);
    // A form's number names what one fills it in for.
    if open == 0 && is_of_form(best, needles) {
        return false;
    }
    match (best.held & needles.leading != 0, best.named || best.called) {
        (true, _) if needles.document => {
            open * OPEN_BESIDE_DOCUMENT.1 > asked * OPEN_BESIDE_DOCUMENT.0
        }
        (true, true) => open * 2 >= asked,
        (_, called) => {
            let open = if is_head_with_rest(best, table, needles) { 0 } else { open };
            let short = !called && asked <= SHORT_QUESTION;
            let said = || {
                is_head(best, table, needles)
                    || is_whole(best, table, needles)
                    || is_about(best, table, needles, catalog.owned)
            };
            short && !said() || open * ONE_OPEN_OF > asked
        }
    }
}

/// How many content words the best answer leaves open. Acts are judged apart. If the question has a
/// name of the service, words for its owner or its applicants and words said aside are not open,
/// unless they may tell it from others of its kind: "nikah di bawah umur".
fn open_words(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> usize {
    let owner = owner(&table.slots[best.slot as usize].name);
    let named = best.named || best.held & needles.leading != 0 || is_begun(best, table, needles);
    let leads = best.held & needles.leading != 0 && !needles.document;
    let excused = |term: &QueryTerm| {
        let aside = is_aside(term) && !leads;
        is_act(term) || named && (aside || is_person(term) || owner.contains(&term.own))
    };
    let lacks = |(bit, needle): &(usize, &Needle)| {
        needle.term.decides && best.held >> bit & 1 == 0 && !excused(&needle.term)
    };
    let known = needles.all.iter().enumerate().filter(lacks).count();
    known + needles.unanswered.iter().filter(|term| !excused(term)).count()
}

/// Whether the question has the number of a form that the best answer alone asks for.
fn is_of_form(best: &Candidate, needles: &QuestionWords) -> bool {
    let mut all = needles.all.iter().enumerate();
    all.any(|(bit, needle)| needle.names_form && best.held >> bit & 1 == 1)
}

/// The words of the name of the unit that owns a service: "disnaker" of
/// `units/disnaker-banyuwangi/services/ak1`.
fn owner(service: &str) -> Vec<String> {
    terms(id_of(unit_of(service)))
}

fn is_person(term: &QueryTerm) -> bool {
    PEOPLE.contains(&term.own.as_str())
}

/// Whether acts are asked for and the best answer does none of them, or not the one that is said
/// with its object: "putus sambungan listrik". A question that only asks for a new document is
/// answered by any service that does not say that it does something else.
fn misses_act(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
    let acts: Vec<(&QueryTerm, bool)> =
        words(best, needles).filter(|(term, _)| is_act(term)).collect();
    let missed = acts.iter().any(|(term, held)| term.has_object && !held)
        && acts.iter().all(|(term, held)| !held || term.is_object);
    let only_new = acts.iter().all(|(term, _)| NEW.contains(&term.own.as_str()));
    let none = !acts.is_empty() && acts.iter().all(|(_, held)| !held);
    let harmed = acts.iter().any(|(term, held)| term.harm == Some(Harm::Meant) && !held);
    harmed || !only_new && missed || none && (!only_new || does_something_else(best, table))
}

/// Whether one wants to pay, and the title says another act and no payment: "bayar pbb" asks for no
/// "Mutasi PBB".
fn is_paid_elsewhere(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
    let done = words(best, needles).any(|(term, held)| held && is_act(term));
    let service = table.slots[best.slot as usize].service.as_ref();
    let paid = service.is_some_and(|service| {
        let names = service.keywords.iter().map(|keyword| &**keyword).chain([&*service.title_id]);
        names.flat_map(terms).any(|term| PAYING.contains(&term.as_str()))
    });
    needles.pays && !done && !best.called && !paid && does_something_else(best, table)
}

/// Whether the title says an act, other than to make a new one.
fn does_something_else(best: &Candidate, table: &SlotTable) -> bool {
    let service = table.slots[best.slot as usize].service.as_ref();
    let title = service.map(|service| terms(&service.title_id)).unwrap_or_default();
    title.iter().any(|term| ACTS.contains(&term.as_str()))
}

/// Whether words beside the document tell it from the subject of the best answer. An act that the
/// answer does counts for more than they do, unless it is done to something unknown: "ganti kelamin
/// di ktp".
fn is_other_kind(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
    let owner = owner(&table.slots[best.slot as usize].name);
    let leading = needles.all.iter().enumerate().filter(|(bit, _)| needles.leading >> bit & 1 == 1);
    let leading: Vec<&str> = leading.map(|(_, needle)| needle.term.own.as_str()).collect();
    let leads = |term: &QueryTerm| leading.contains(&term.own.as_str());
    let does = words(best, needles)
        .any(|(term, held)| held && is_act(term) && !leads(term) && term.role != Role::Makes);
    let beside = |term: &&QueryTerm| {
        let plain = is_person(term) || owner.contains(&term.own);
        matches!(term.role, Role::Beside | Role::Paired) && !plain
    };
    let mut unknown = needles.unanswered.iter().filter(|term| !is_scrawl(&term.word));
    let object = unknown.clone().any(|term| term.is_object && term.role == Role::Apart);
    let has = if needles.document { best.strong } else { best.has };
    let lacks = |(bit, needle): (usize, &Needle)| {
        let term = &needle.term;
        // Behind a general name, a word that only bodies have is as good as unknown: "izin usaha
        // perikanan".
        let in_bodies =
            !needles.document && !needle.names_some && best.strong >> bit & 1 == 0 && beside(&term);
        let paired = term.role == Role::Paired && !is_person(term) && has >> bit & 1 == 0;
        term.decides && (paired || in_bodies)
    };
    let known = needles.all.iter().enumerate().any(lacks);
    let other = object || !does && (unknown.any(|term| beside(&term)) || known);
    best.strong & needles.leading != 0 && other
}

/// Whether the name of the document ends in a word that the best answer lacks: "paspor dinas".
fn is_of_kind_unknown(best: &Candidate, needles: &QuestionWords) -> bool {
    let tells = |term: &QueryTerm| KINDS_OF_DOCUMENTS.contains(&term.own.as_str());
    words(best, needles).any(|(term, held)| !held && term.decides && tells(term))
}

/// Letters from which a word that breaks the rules of words is a slip, and no abbreviation.
const SCRAWL: usize = 6;

/// Whether the letters cannot be a word: then they tell no services apart.
fn is_scrawl(word: &str) -> bool {
    let letters = folded(word);
    letters.chars().count() >= SCRAWL && is_no_word(&letters)
}

/// Whether the best answer has a word in title or keywords that the question excludes.
fn is_refused(best: &Candidate, needles: &QuestionWords) -> bool {
    let excluded = |(bit, needle): (usize, &Needle)| {
        needle.term.role == Role::Excluded && best.strong >> bit & 1 == 1
    };
    needles.all.iter().enumerate().any(excluded)
}

/// Whether the best answer has a word that the question turns, and no name of it turns it as well:
/// "belum menikah", "anak hilang".
fn is_turned(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
    let service = table.slots[best.slot as usize].service.as_ref();
    let is_named = |turn: Turn, term: &QueryTerm| {
        service.is_some_and(|service| {
            let mut names = service.keywords.iter().map(|word| &**word).chain([&*service.title_id]);
            names.any(|name| turns(name, turn, term))
        })
    };
    let mut held = needles.all.iter().enumerate().filter(|(bit, _)| best.strong >> bit & 1 == 1);
    held.any(|(_, Needle { term, .. })| term.turn.is_some_and(|turn| !is_named(turn, term)))
}

/// Whether the title is the question, word for word: "surat kuasa" has no subject, and is a title.
fn is_titled(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
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

/// The words that no service has, unless the best answer has the word that one of them was guessed
/// to mean.
pub fn unanswered(best: Option<&Candidate>, needles: &QuestionWords) -> Vec<String> {
    let has = best.map_or(0, |best| best.has);
    let guessed = needles.all.iter().enumerate().filter(|(bit, needle)| {
        has >> bit & 1 == 0 && needle.term.decides && is_guess(&needle.term)
    });
    let guessed = guessed.map(|(_, needle)| &needle.term.word);
    let unknown = needles.unanswered.iter().map(|term| &term.word);
    unknown.chain(&needles.slips).chain(guessed).cloned().collect()
}

/// The words that some service has and the best answer does not.
pub fn uncovered(best: Option<&Candidate>, needles: &QuestionWords) -> Vec<String> {
    let Some(best) = best else { return Vec::new() };
    let lacks = |(bit, needle): &(usize, &Needle)| {
        best.has >> bit & 1 == 0 && needle.term.decides && !is_guess(&needle.term)
    };
    let lacking = needles.all.iter().enumerate().filter(lacks);
    lacking.map(|(_, needle)| needle.term.word.clone()).collect()
}
