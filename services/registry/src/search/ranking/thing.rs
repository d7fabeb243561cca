//! What a title is about: the things that it names, without what is done about them.

use crate::search::words::{
    analyze::{Token, folded, is_faint, phrased, terms, tokens},
    vocabulary::{ACTS, DEEDS, GENERIC, PAPERS, PEOPLE},
};

/// "Izin apotek" is about a pharmacy.
pub const UNSPOKEN: &str = "izin";

/// How loans for acts end: "rekomendasi".
const ACT_ENDING: &str = "asi";

/// What a title is about: all of it, each of the things that it names before it says for whom or
/// where, those that it lists behind a colon, and a name of one word in brackets.
pub fn things_of(title: &str) -> Vec<Vec<String>> {
    let lower = title.to_lowercase();
    let (said, listed) = lower.split_once(':').unwrap_or((&lower, ""));
    let words = before_for_whom(said);
    let parts = words.split(|word| *word == "dan").enumerate();
    let things = parts.filter(|(at, part)| *at == 0 || says_what_is_done(part));
    let things = things.flat_map(|(_, part)| part.split(|word| *word == "/"));
    let things = things.map(|thing| thing.join(" ")).chain(listed.split(',').map(str::to_owned));
    let things = things.map(|thing| bare(phrased(&subjects_of(&thing))));
    let named = in_brackets(&lower).map(|name| bare(subjects_of(name)));
    std::iter::once(subjects_of(title)).chain(things).chain(named).collect()
}

fn before_for_whom(title: &str) -> Vec<&str> {
    let ends = |word: &&str| word.starts_with('(') || FOR_WHOM.contains(word);
    title.split_whitespace().take_while(|word| !ends(word)).collect()
}

/// The words without deeds and papers, if any other is left: "kematian" of "Akta kematian".
fn bare(thing: Vec<String>) -> Vec<String> {
    let without = |list: &[&str], words: &[String]| -> Vec<String> {
        words.iter().filter(|term| !list.contains(&term.as_str())).cloned().collect()
    };
    let thing = without(DEEDS, &thing);
    let rest = without(GENERIC, &thing);
    if rest.is_empty() { thing } else { rest }
}

/// The words of a title that are neither acts nor people: "gudang" of "Rekomendasi gudang". What
/// has happened is a thing, and stays as it is written: "kematian".
fn subjects_of(title: &str) -> Vec<String> {
    let kept = |Token { term, at }: Token| {
        let written = folded(&title[at]);
        if ACTS.contains(&&*term) && is_event(&written, &term) {
            return Some(written);
        }
        let plain = is_faint(&term) || ACTS.contains(&&*term) || PEOPLE.contains(&&*term);
        (!plain && term != UNSPOKEN && !term.ends_with(ACT_ENDING)).then_some(term)
    };
    tokens(title).into_iter().filter_map(kept).collect()
}

/// "Kematian" is what has happened; "mati" is said of papers as well.
fn is_event(written: &str, term: &str) -> bool {
    written != term && written.starts_with("ke") && written.ends_with("an")
}

/// What stands in brackets, where it is one word: "(KIR)".
fn in_brackets(title: &str) -> impl Iterator<Item = &str> {
    let all = title.split('(').skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    all.filter(|name| !name.contains([' ', ',']))
}

/// Whether a part of a title has a deed or a paper of its own: "tera dan tera ulang timbangan". The
/// second half of one thing has none: "pajak bumi dan bangunan".
fn says_what_is_done(part: &[&str]) -> bool {
    let is_done = |term: &String| [DEEDS, PAPERS].iter().any(|list| list.contains(&term.as_str()));
    terms(&part.join(" ")).iter().any(is_done)
}

/// The words of a title from one that names a thing on, to where it says for whom: "kir kendaraan"
/// of "Uji KIR kendaraan". Twice where an act leads that is said as a thing: "vaksinasi rabies" and
/// "penetapan perwalian" are about the one and the other.
pub fn heads_of(title: &str) -> Vec<Vec<String>> {
    let said = before_for_whom(title).join(" ");
    let own = phrased(&terms(&said));
    let leads = |term: &String| {
        let lists = [ACTS, DEEDS, GENERIC];
        !is_faint(term) && !lists.iter().any(|list| list.contains(&term.as_str()))
    };
    let mut heads = (0..own.len()).filter(|at| leads(&own[*at]));
    let first = heads.next();
    let second = heads.next().filter(|_| first.is_some_and(|at| is_deed(&said, &own[at])));
    first.into_iter().chain(second).map(|at| own[at..].to_vec()).collect()
}

/// "Vaksinasi", "penetapan": what is done, as a thing.
fn is_deed(title: &str, term: &str) -> bool {
    let written = tokens(title).into_iter().find(|token| token.term == term);
    let written = written.map(|token| folded(&title[token.at])).unwrap_or_default();
    let derived = written.starts_with("pe") && written.ends_with("an") && written != term;
    derived || written.ends_with(ACT_ENDING)
}

const FOR_WHOM: &[&str] = &[
    "untuk", "bagi", "di", "pada", "milik", "oleh", "dalam", "dengan", "atas", "dari", "ke",
    "pemegang", "melalui", "karena",
];
