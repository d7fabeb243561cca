//! A question that calls a service by a name and says more behind it: "izin warung kopi".
//!
//! In Indonesian the head comes first, and what follows tells which one of its kind is meant. A
//! catalog has a licence for stalls, and none for each thing that a stall sells; so words behind a
//! whole name leave nothing open where no service is told apart by them. One word is no name:
//! "paspor diplomatik" is another passport, and "toko obat" no licence. An act and its thing are
//! one where the thing tells the office: "pasang listrik sawah". The thing alone asks for no act.

use super::filter::Candidate;
use crate::search::{
    asking::{
        leading::SAME_WORD,
        needle::{Needle, QuestionWords, is_aside},
    },
    indexing::{
        names::{opening, opening_of},
        table::SlotTable,
    },
    words::{
        analyze::{QueryTerm, is_faint, terms},
        vocabulary::{ACTS, PAPERS},
    },
};

/// Most words that a modifier behind a name has: "ternak ayam".
const LONGEST: usize = 2;

/// Fewest words of a name: one alone has many senses.
const WORDS_OF_A_NAME: usize = 2;

/// Whether the question begins with a name of the best answer, words that ask how aside, and says
/// behind it only words by which no service is told from others.
///
/// A name with which titles of several services begin, as "izin usaha", names none of them by
/// itself: what follows decides which is meant.
pub fn is_modified(
    best: &Candidate,
    table: &SlotTable,
    needles: &QuestionWords,
    catalog: &CatalogNames<'_>,
) -> bool {
    let Some(service) = table.slots[best.slot as usize].service.as_ref() else { return false };
    let said = Said::of(best, needles);
    let titles = [&*service.title_id, &*service.title_en];
    let names = titles.into_iter().chain(service.keywords.iter().map(|keyword| &**keyword));
    let names = names.map(terms).flat_map(|name| [spoken(&name), name]);
    let names = names.filter(|name| name.len() >= WORDS_OF_A_NAME);
    let is_asked = |name: &[String]| is_of_paper(name) || !said.leaves_out_act(&service.title_id);
    let longest = names
        .filter_map(|name| Some((said.end_of(&name)?, name)))
        .filter(|(_, name)| is_name(name) && is_asked(name) || is_deed(name, catalog.owned))
        .filter(|(_, name)| !is_of_several(name, &service.title_id, catalog.opened))
        .map(|(end, _)| end)
        .max();
    longest.is_some_and(|end| said.is_modifier(end))
}

/// What the catalog says of names.
pub struct CatalogNames<'a> {
    /// The things that services of the answer's category alone are about.
    pub owned: &'a dyn Fn(&str) -> bool,
    /// How many titles begin with two words and go on ([`opening`]).
    pub opened: &'a dyn Fn(&str) -> u64,
}

/// Whether titles of other services begin with the name, too, and go on.
fn is_of_several(name: &[String], title: &str, opened: &dyn Fn(&str) -> u64) -> bool {
    let spoken = spoken(name);
    let [first, second] = (if spoken.is_empty() { name } else { &spoken[..] }) else {
        return false;
    };
    let words = opening(first, second);
    opened(&words) > u64::from(opening_of(title).is_some_and(|own| own == words))
}

/// A licence or another paper without the words before it: "izin usaha" of "surat izin usaha".
fn spoken(name: &[String]) -> Vec<String> {
    let said = name.iter().position(|term| is_paper(term) && !is_faint(term));
    said.map_or_else(Vec::new, |first| name[first..].to_vec())
}

fn is_paper(term: &str) -> bool {
    PAPERS.contains(&term)
}

/// Whether enough words say what a service is. All do behind a paper, as in "surat pindah"; before
/// one an act does not, as in "ganti plat".
fn is_name(terms: &[String]) -> bool {
    let paper = terms.iter().position(|term| is_paper(term)).unwrap_or(terms.len());
    let says = |(at, term): &(usize, &String)| {
        *at >= paper || !is_faint(term) && !ACTS.contains(&term.as_str())
    };
    terms.iter().enumerate().filter(says).count() >= WORDS_OF_A_NAME
}

fn is_of_paper(name: &[String]) -> bool {
    name.iter().any(|term| is_paper(term))
}

/// Whether the name is an act and the thing that it is done to, which tells the office by itself:
/// "pasang listrik". Another's name or certificate may be changed as well.
fn is_deed(name: &[String], owned: &dyn Fn(&str) -> bool) -> bool {
    match name {
        [act, thing] => ACTS.contains(&act.as_str()) && !is_faint(thing) && owned(thing),
        _ => false,
    }
}

/// A word of the question.
struct Word<'a> {
    term: &'a QueryTerm,
    /// The best answer has it in title or keywords.
    held: bool,
    /// Some service has it there, or a word of which it can only be a slip.
    known: bool,
}

/// The words of the question, in order.
struct Said<'a>(Vec<Word<'a>>);

impl<'a> Said<'a> {
    fn of(best: &Candidate, needles: &'a QuestionWords) -> Self {
        let known = needles.all.iter().enumerate().map(|(bit, needle): (usize, &Needle)| Word {
            term: &needle.term,
            held: best.held >> bit & 1 == 1,
            known: needle.names_some,
        });
        let unknown = needles.unanswered.iter();
        let unknown = unknown.map(|term| Word { term, held: false, known: false });
        let mut words: Vec<_> = known.chain(unknown).collect();
        words.sort_by_key(|word| word.term.at);
        Self(words)
    }

    /// Whether the title begins with an act, and the question says none: "air pdam keruh" asks for
    /// no new connection.
    fn leaves_out_act(&self, title: &str) -> bool {
        let first = terms(title).into_iter().find(|term| !is_faint(term));
        let does = first.is_some_and(|first| ACTS.contains(&first.as_str()));
        does && !self.0.iter().any(|word| ACTS.contains(&word.term.own.as_str()))
    }

    /// The place after a name, if the question says it, and before it nothing that decides.
    fn end_of(&self, name: &[String]) -> Option<usize> {
        let means = |word: &Word<'_>, term: &String| {
            word.term.alternatives.iter().any(|one| one.weight >= SAME_WORD && one.term == *term)
        };
        let fits =
            |words: &[Word<'_>]| words.iter().zip(name).all(|(word, term)| means(word, term));
        let start = self.0.windows(name.len()).position(fits)?;
        self.0[..start].iter().all(|word| !word.term.decides).then_some(start + name.len())
    }

    /// Whether the words from there on tell nothing from others: no service has them, they are few,
    /// and no act is done to them ("surat pindah sekolah").
    fn is_modifier(&self, end: usize) -> bool {
        let open = |word: &&Word<'_>| word.term.decides && !word.held && !is_aside(word.term);
        let open: Vec<_> = self.0[end..].iter().filter(open).collect();
        (1..=LONGEST).contains(&open.len())
            && open.iter().all(|word| !word.known && !word.term.is_object)
    }
}
