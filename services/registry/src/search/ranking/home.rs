//! The office of the region that a question names.
//!
//! "Kartu kuning lamongan" asks the labour office of Lamongan, whatever words another regency's
//! office has been given. An office serves its own region; a ministry's service serves everybody.

use super::{
    filter::{Candidate, Filter},
    office::Home,
    weak::best_of,
};
use crate::search::{
    asking::{leading::SAME_WORD, needle::QuestionWords},
    indexing::table::{Service, SlotTable},
    words::{analyze::key_terms, vocabulary::NEW},
};

/// What the office of the place that is named earns: more than all that keywords can make of equal
/// answers.
const OWN_OFFICE: f32 = 2.0;

/// What a service for the whole country earns before an office that works elsewhere.
const NOT_ELSEWHERE: f32 = 1.0;

/// Where the first service is neither offered in the place nor its office's, lifts those of the
/// place's own office that answer no less of the question, and those for the whole country before
/// an office that works elsewhere.
pub fn lift(found: &mut [Candidate], table: &SlotTable, needles: &QuestionWords, filter: &Filter) {
    let Some(first) = best_of(found, table) else { return };
    let slot = |one: &Candidate| &table.slots[one.slot as usize];
    let home = |one: &Candidate| filter.home(slot(one).service.as_ref()?);
    let answered = first.strong & needles.deciding;
    let is_elsewhere = home(first) == Some(Home::Elsewhere);
    if answered == 0 || home(first) == Some(Home::There) || filter.is_there(slot(first)) {
        return;
    }
    let plain = |one: &Candidate| {
        slot(one).service.as_ref().is_some_and(|service| is_plain(service, needles))
    };
    let answers = |one: &Candidate| one.strong & answered == answered;
    let serves_all =
        |one: &Candidate| answers(one) && home(one) == Some(Home::Country) && plain(one);
    let is_served = found.iter().any(serves_all);
    for one in found.iter_mut().filter(|one| answers(one)) {
        let earned = match home(one) {
            Some(Home::There) if (is_elsewhere && !is_served) || plain(one) => OWN_OFFICE,
            Some(Home::Country) if is_elsewhere && plain(one) => NOT_ELSEWHERE,
            _ => 0.0,
        };
        one.score += earned;
    }
}

/// Whether the title says nothing beyond the question, other than that it is for a new document:
/// "KTP orang asing" is no answer to "ktp surabaya", whoever gives it.
fn is_plain(service: &Service, needles: &QuestionWords) -> bool {
    let asked = |term: &String| {
        let mut all = needles.all.iter().flat_map(|needle| &needle.term.alternatives);
        all.any(|one| one.weight >= SAME_WORD && one.term == *term)
    };
    let title = key_terms(&service.title_id);
    title.iter().all(|term| asked(term) || NEW.contains(&term.as_str()))
}
