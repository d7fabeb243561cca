//! The roles of a question's words for the document that it names, by where they stand.
//!
//! "Paspor diplomatik" and "cabut NIB" ask for something of the document; "paspor untuk kuliah"
//! tells why, and "selain KTP" excludes it. No list says which words those are: any word beside the
//! document tells it from others of its kind.

use std::ops::Range;

use super::mishap::{Harm, MISHAP, harm};
use crate::search::words::{
    analyze::{Alternative, QueryTerm, Role, Via, folded, is_faint},
    vocabulary::{
        ACTS, AFTER, ASIDE, ENDINGS, EXCEPT, KINDS_OF_DOCUMENTS, NEW, OWNERS, PAPERS, REFUSALS,
        WISHES, WITHIN,
    },
};

/// A word as typed: where it stands, and folded.
pub type Typed = (Range<usize>, String);

/// Gives each term its role. `leads` tells the terms that may be what is asked for, `is_document`
/// those of them that name a document.
pub fn assign(
    text: &str,
    typed: &[Typed],
    terms: &mut [(Range<usize>, QueryTerm)],
    leads: &dyn Fn(&str) -> bool,
    is_document: &dyn Fn(&str) -> bool,
) {
    let documents: Vec<bool> = terms.iter().map(|(_, term)| leads(&term.own)).collect();
    let certain: Vec<bool> = terms.iter().map(|(_, term)| is_document(&term.own)).collect();
    let past = past(typed, terms);
    mark_acts(text, typed, terms, &certain);
    let mut aside = false;
    for at in 0..terms.len() {
        let between = Between::new(text, typed, terms, at);
        aside =
            !documents[at] && (aside || between.sets_aside || is_purpose(terms, &documents, at));
        terms[at].1.role = match documents[at] {
            _ if past.contains(&at) => Role::Aside,
            true if is_excluded(typed, terms, at) => Role::Excluded,
            false if between.says_where => Role::Where,
            false if aside => Role::Aside,
            false if makes(terms, &documents, at) => Role::Makes,
            _ if is_paired(text, typed, terms, &certain, at) => Role::Paired,
            _ => beside(text, typed, terms, &documents, at),
        };
    }
}

/// Tells harm that happened to the document from harm that somebody means to do. A meant act is
/// searched for by its own word only: "bakar ktp" asks for no new one.
pub fn mark_harms(
    typed: &[Typed],
    terms: &mut [(Range<usize>, QueryTerm)],
    is_document: &dyn Fn(&str) -> bool,
) {
    let words: Vec<String> = typed.iter().map(|(_, word)| word.clone()).collect();
    let documents: Vec<Range<usize>> = terms
        .iter()
        .filter(|(_, term)| is_document(&term.own) || PAPERS.contains(&term.own.as_str()))
        .map(|(stands, _)| stands.clone())
        .collect();
    let within =
        |at: usize, of: &Range<usize>| of.start <= typed[at].0.start && typed[at].0.end <= of.end;
    let names_one = |at: usize| documents.iter().any(|stands| within(at, stands));
    for (stands, term) in terms.iter_mut() {
        let Some(at) = typed.iter().position(|(own, _)| own == stands) else { continue };
        term.harm = harm(&words, at, &names_one);
        match term.harm {
            Some(Harm::Meant) => {
                let own = Alternative { term: words[at].clone(), weight: 1.0, via: Via::Word };
                (term.own, term.decides, term.alternatives) = (own.term.clone(), true, vec![own]);
            }
            Some(Harm::Happened(state)) => raise(term, state),
            None => {}
        }
    }
}

/// Lets the document's state answer the verb as well, with the weight [`MISHAP`].
fn raise(term: &mut QueryTerm, state: &str) {
    term.alternatives.retain(|one| one.term != state || one.weight >= MISHAP);
    if term.alternatives.iter().all(|one| one.term != state) {
        let said = Alternative { term: state.to_owned(), weight: MISHAP, via: Via::Related };
        term.alternatives.insert(1.min(term.alternatives.len()), said);
    }
}

/// Marks acts and the terms right after them; a word of [`ENDINGS`] is an act only right before a
/// document.
fn mark_acts(
    text: &str,
    typed: &[Typed],
    terms: &mut [(Range<usize>, QueryTerm)],
    certain: &[bool],
) {
    for at in 0..terms.len() {
        let own = terms[at].1.own.as_str();
        let (acts, ends) = (ACTS.contains(&own), ENDINGS.contains(&own) && is_next(certain, at));
        let joined = at + 1 < terms.len() && Between::new(text, typed, terms, at + 1).is_empty;
        if joined {
            terms[at + 1].1.follows = true;
        }
        terms[at].1.decides |= ends || !joined && tells_kind(terms, certain, at);
        terms[at].1.has_object = acts && joined;
        if acts && joined {
            terms[at + 1].1.is_object = true;
        }
    }
}

/// Whether the term ends the name of the document before it: "paspor dinas".
fn tells_kind(terms: &[(Range<usize>, QueryTerm)], certain: &[bool], at: usize) -> bool {
    let term = &terms[at].1;
    let behind = at > 0 && certain[at - 1] && term.follows;
    behind && KINDS_OF_DOCUMENTS.contains(&term.own.as_str())
}

/// The terms that only tell of a past event: "habis nikah" of "habis nikah ganti kk".
fn past(typed: &[Typed], terms: &mut [(Range<usize>, QueryTerm)]) -> Range<usize> {
    let Some(first) = terms.first().map(|(at, _)| at.clone()) else { return 0..0 };
    let opens = |(_, word): &&Typed| AFTER.contains(&word.as_str());
    let after = typed.iter().filter(|(at, _)| at.end <= first.end).find(opens);
    let is_term = after.is_some_and(|(at, _)| first.start <= at.start);
    if after.is_none() || terms.len() <= usize::from(is_term) {
        return 0..0;
    }
    let gap = first.end..terms.get(1).map_or(first.end, |(next, _)| next.start);
    let mut between = typed.iter().filter(|(at, _)| gap.start <= at.start && at.end <= gap.end);
    if is_term && between.any(|(_, word)| !WITHIN.contains(&word.as_str())) {
        return 0..0;
    }
    terms[0].1.decides &= !is_term;
    0..1 + usize::from(is_term)
}

/// Whether a document follows right after.
fn is_next(documents: &[bool], at: usize) -> bool {
    documents.get(at + 1).is_some_and(|next| *next)
}

/// Whether a row of words begins with the term and the document right behind it, and the term asks
/// for more than how.
fn is_paired(
    text: &str,
    typed: &[Typed],
    terms: &[(Range<usize>, QueryTerm)],
    certain: &[bool],
    at: usize,
) -> bool {
    let between = |at: usize| Between::new(text, typed, terms, at);
    let begins = at == 0 || !between(at).is_empty;
    // "Gelar di ktp" is as much of the document as "gelar ktp".
    let joins = || between(at + 1).only_owns || between(at + 1).only_within;
    begins && is_next(certain, at) && joins() && !certain[at] && terms[at].1.decides
}

/// Behind them stands what something becomes: "ganti nama jadi ...".
const BECOMES: [&str; 2] = ["jadi", "menjadi"];

/// Words before a "to" that leads to an act, not to a place: "how to sell my passport".
const DOES_TO: [&str; 6] = ["how", "want", "need", "like", "have", "way"];

/// The words between a term and the one before it.
struct Between {
    sets_aside: bool,
    says_where: bool,
    /// Only a word for the owner stands between: "sell my passport".
    only_owns: bool,
    /// Only a word for within stands between: "gelar di ktp".
    only_within: bool,
    is_empty: bool,
    /// Only a comma stands between: "kakek meninggal, kk gimana".
    is_comma: bool,
}

impl Between {
    fn new(text: &str, typed: &[Typed], terms: &[(Range<usize>, QueryTerm)], at: usize) -> Self {
        let from = at.checked_sub(1).map_or(0, |before| terms[before].0.end);
        let gap = from..terms[at].0.start.max(from);
        let mut words =
            typed.iter().filter(|(word, _)| gap.start <= word.start && word.end <= gap.end);
        let does = |(at, word): &Typed| {
            let before = typed.iter().rfind(|(other, _)| other.end <= at.start);
            word == "to" && before.is_some_and(|(_, word)| DOES_TO.contains(&word.as_str()))
        };
        let marked = text[gap.clone()].contains([',', '.', '?', '!', ';', ':']);
        let owns = |(_, word): &Typed| OWNERS.contains(&word.as_str());
        let within = |(_, word): &Typed| WITHIN.contains(&word.as_str());
        Self {
            only_within: words.clone().all(within) && !marked,
            only_owns: words.clone().all(owns) && !marked,
            sets_aside: words.clone().any(|word| ASIDE.contains(&word.1.as_str()) && !does(word))
                || at > 0 && words.clone().any(|(_, word)| BECOMES.contains(&word.as_str())),
            says_where: words
                .clone()
                .next_back()
                .is_some_and(|(_, word)| WITHIN.contains(&word.as_str())),
            is_comma: words.clone().next().is_none() && text[gap.clone()].trim() == ",",
            is_empty: words.next().is_none() && !marked,
        }
    }
}

/// "Buat" behind a document tells what it is for; before one it asks for it.
fn is_purpose(terms: &[(Range<usize>, QueryTerm)], documents: &[bool], at: usize) -> bool {
    let behind = |at: usize| documents[..at].contains(&true);
    at.checked_sub(1).is_some_and(|before| is_making(&terms[before].1) && behind(before))
}

/// Whether a term such as "bikin" asks for a new document: "bikin sim", "sim baru".
fn makes(terms: &[(Range<usize>, QueryTerm)], documents: &[bool], at: usize) -> bool {
    let next = is_next(documents, at);
    let before = at.checked_sub(1).is_some_and(|before| documents[before]);
    is_making(&terms[at].1) && (next || before && terms.len() == at + 1)
}

fn is_making(term: &QueryTerm) -> bool {
    NEW.contains(&term.own.as_str())
}

/// Most content words of a name that one of them tells from others: a longer row is a story.
const WORDS_OF_A_NAME: usize = 3;

/// Whether the term stands in one short row of words with another that names a document. Words that
/// ask how do not part them, others do; a word that asks for a new document begins a row: what
/// stands before it tells no kind of document ("katanya bikin skck").
fn beside(
    text: &str,
    typed: &[Typed],
    terms: &[(Range<usize>, QueryTerm)],
    documents: &[bool],
    at: usize,
) -> Role {
    let joined = |one: usize| {
        let between = Between::new(text, typed, terms, one);
        between.is_empty || between.is_comma
    };
    let begins =
        |one: &usize| !joined(*one) || is_making(&terms[*one].1) && is_next(documents, *one);
    let first = (1..=at).rev().find(begins).unwrap_or(0);
    let after = (at + 1..terms.len()).find(begins).unwrap_or(terms.len());
    let content = terms[first..after].iter().filter(|(_, term)| !is_faint(&term.own)).count();
    let names_one = (first..after).any(|one| one != at && documents[one]);
    match content {
        _ if !names_one => Role::Apart,
        2 => Role::Paired,
        1..=WORDS_OF_A_NAME if !documents[at] => Role::Beside,
        _ => Role::Apart,
    }
}

/// Whether a word excludes the words after it.
pub fn excludes(word: &str) -> bool {
    let word = folded(word);
    REFUSALS.contains(&word.as_str()) || EXCEPT.contains(&word.as_str())
}

/// Whether a word before says that this one is not asked for; faint words may stand between.
fn is_excluded(typed: &[Typed], terms: &[(Range<usize>, QueryTerm)], at: usize) -> bool {
    let content =
        |(_, term): &(Range<usize>, QueryTerm)| !is_faint(&term.own) && !excludes(&term.word);
    let from = terms[..at].iter().rfind(|one| content(one)).map_or(0, |(before, _)| before.end);
    let until = terms[at].0.start;
    let words: Vec<&str> = typed
        .iter()
        .filter(|(word, _)| from <= word.start && word.end <= until)
        .map(|(_, word)| word.as_str())
        .collect();
    let refused = |two: &[&str]| REFUSALS.contains(&two[0]) && WISHES.contains(&two[1]);
    words.iter().any(|word| EXCEPT.contains(word)) || words.windows(2).any(refused)
}
