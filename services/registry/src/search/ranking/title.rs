//! Whether a question is a title, or how one begins: then few words are enough.

use super::{
    filter::Candidate,
    thing::{UNSPOKEN, heads_of, things_of},
};
use crate::search::{
    asking::{
        leading::SAME_WORD,
        mishap::mishap,
        needle::{QuestionWords, is_aside},
    },
    indexing::table::SlotTable,
    words::{
        analyze::{QueryTerm, Role, folded, is_faint, phrased, terms},
        derived::root_of,
        vocabulary::{ACTS, DEEDS, PAPERS},
    },
};

/// Content words of a question that is too short to show which sense of a word is meant: "rumah" is
/// no question for a licence of a "rumah sakit".
pub const SHORT_QUESTION: usize = 2;

/// A word of the question, and whether the best answer has it in title or keywords.
pub fn words<'a>(
    best: &Candidate,
    needles: &'a QuestionWords,
) -> impl Iterator<Item = (&'a QueryTerm, bool)> + use<'a> {
    let strong = best.strong;
    let known = needles.all.iter().enumerate();
    let known = known.map(move |(bit, needle)| (&needle.term, strong >> bit & 1 == 1));
    known.chain(needles.unanswered.iter().map(|term| (term, false)))
}

pub fn is_act(term: &QueryTerm) -> bool {
    match term.role {
        Role::Aside | Role::Where | Role::Excluded => false,
        Role::Makes => true,
        Role::Apart | Role::Beside | Role::Paired => {
            let harm = term.harm.is_some() || mishap(&term.own).is_some();
            harm || ACTS.contains(&term.own.as_str())
        }
    }
}

fn means(term: &QueryTerm, own: &str) -> bool {
    term.alternatives.iter().any(|one| one.weight >= SAME_WORD && one.term == own)
}

/// Whether the question is how a title or keyword begins, in its words: "tera timbangan" for "Tera
/// ulang timbangan". One word is too little for that.
pub fn is_head(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
    begins_with(&asked(best, needles), best, table)
}

/// The same with one word behind it that no service has and that nothing is done to: "tera
/// timbangan pasar".
pub fn is_head_with_rest(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
    let mut asked = asked(best, needles);
    asked.sort_by_key(|term| term.at);
    let [rest] = needles.unanswered.as_slice() else { return false };
    let last = asked.pop().is_some_and(|last| last.at == rest.at);
    let begun = says_deed(&asked) && begins_with(&asked, best, table);
    last && !rest.is_object && (begun || is_deed(best, table, needles, Some(rest.at)))
}

/// Whether the question begins as a title does, so that what it says aside leaves nothing open:
/// "sewa gedung olahraga buat badminton".
pub fn is_begun(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
    let asked = asked(best, needles);
    let begun = says_deed(&asked) && begins_with(&asked, best, table);
    begun || is_deed(best, table, needles, None)
}

/// Whether a thing is said, and what is done about it. Papers alone are a name of many ("izin
/// usaha"), and a thing alone asks for nothing ("rumah sakit terdekat").
fn says_deed(asked: &[&QueryTerm]) -> bool {
    let of = |list: &[&str]| asked.iter().filter(|term| list.contains(&term.own.as_str())).count();
    let deeds = of(DEEDS);
    deeds > 0 && asked.len() > deeds + of(PAPERS)
}

fn asked<'a>(best: &Candidate, needles: &'a QuestionWords) -> Vec<&'a QueryTerm> {
    let all = words(best, needles).map(|(term, _)| term);
    all.filter(|term| term.decides && !is_act(term)).collect()
}

fn begins_with(asked: &[&QueryTerm], best: &Candidate, table: &SlotTable) -> bool {
    let says = |own: &String| asked.iter().any(|term| means(term, own));
    let begins = |text: &str| {
        let own = terms(text);
        let mut own = own.iter().filter(|term| !is_faint(term) && !ACTS.contains(&term.as_str()));
        own.next().is_some_and(says) && own.filter(|term| says(term)).count() + 1 >= asked.len()
    };
    let service = table.slots[best.slot as usize].service.as_ref();
    asked.len() >= SHORT_QUESTION
        && service.is_some_and(|service| {
            begins(&service.title_id) || service.keywords.iter().any(|keyword| begins(keyword))
        })
}

/// Whether the question says all of the title, or of one of the things that it names, beside acts
/// and people ("gudang" of "Rekomendasi gudang", "bidan" of "Izin praktik bidan"), or begins as it
/// does, act and all ("sewa ambulans" of "Sewa ambulans jenazah").
pub fn is_whole(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
    let Some(service) = table.slots[best.slot as usize].service.as_ref() else { return false };
    let said = |own: &String| words(best, needles).any(|(term, _)| says(term, own));
    let things = things_of(&service.title_id);
    let whole = things.iter().any(|thing| !thing.is_empty() && thing.iter().all(said));
    whole || is_deed(best, table, needles, None)
}

/// Whether the question begins as the title does with an act, what it says aside and one word left
/// out.
fn is_deed(
    best: &Candidate,
    table: &SlotTable,
    needles: &QuestionWords,
    left_out: Option<usize>,
) -> bool {
    let Some(service) = table.slots[best.slot as usize].service.as_ref() else { return false };
    let says = |term: &&QueryTerm| !is_aside(term) && Some(term.at) != left_out;
    let mut asked: Vec<&QueryTerm> =
        words(best, needles).map(|(term, _)| term).filter(says).collect();
    asked.sort_by_key(|term| term.at);
    let title = phrased(&terms(&service.title_id));
    (SHORT_QUESTION..=title.len()).contains(&asked.len())
        && is_act(asked[0])
        && asked.iter().zip(&title).all(|(term, own)| means(term, own))
}

/// Whether the question says the head of what the title is about and nothing that the title leaves
/// out: "kir" of "Uji KIR kendaraan". A licence for a thing is not the thing: "rumah sakit". A word
/// that services of other kinds have as well names none of them.
pub fn is_about(
    best: &Candidate,
    table: &SlotTable,
    needles: &QuestionWords,
    owned: &dyn Fn(&str) -> bool,
) -> bool {
    let Some(service) = table.slots[best.slot as usize].service.as_ref() else { return false };
    let asked = asked(best, needles);
    let licence = |term: &str| term == UNSPOKEN;
    let licensed = terms(&service.title_id).iter().any(|term| licence(term))
        && !asked.iter().any(|term| licence(&term.own));
    let title = phrased(&terms(&service.title_id));
    let is_own = |term: &&QueryTerm| {
        title.iter().any(|own| says(term, own)) && owned(&term.alternatives[0].term)
    };
    let heads = heads_of(&service.title_id);
    let leads = |term: &&QueryTerm| heads.iter().any(|thing| says(term, &thing[0]));
    !licensed && asked.iter().any(leads) && asked.iter().all(is_own)
}

/// Whether a word of the question is the title's: the same, another for it, or its root.
fn says(term: &QueryTerm, own: &String) -> bool {
    means(term, own) || folded(&term.word) == *own || root_of(own) == Some(&*term.own)
}
