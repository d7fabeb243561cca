//! Which of an office's services a question means by its period: "samsat 5 tahunan".
//!
//! An office may do one thing each year and another every five years. A period never decides by
//! itself, since a validity or an age is told in the same words; but of services of one office that
//! share a word of the question, the one that bears the period is asked for.

use super::{filter::Candidate, weak::best_of};
use crate::search::{
    asking::{needle::QuestionWords, period::period, reading::Reading},
    indexing::table::{Service, SlotTable},
    words::analyze::folded_words,
};

/// What puts a service before the first one.
const FIRST: f32 = 0.01;

/// Lifts the best service of the first one's office that bears the period, where that one does not.
pub fn lift(
    found: &mut [Candidate],
    table: &SlotTable,
    reading: &Reading,
    needles: &QuestionWords,
) {
    let (Some(years), Some(first)) = (reading.period, best_of(found, table)) else { return };
    let service = |one: &Candidate| table.slots[one.slot as usize].service.as_ref();
    let Some(own) = service(first).filter(|own| !bears(own, years)) else { return };
    let (score, answered) = (first.score, first.strong & needles.deciding);
    let is_asked = |one: &Candidate| {
        one.strong & answered != 0
            && service(one).is_some_and(|other| other.unit == own.unit && bears(other, years))
    };
    let asked = found.iter_mut().filter(|one| is_asked(one));
    if let Some(asked) = asked.max_by(|a, b| a.score.total_cmp(&b.score)) {
        asked.score = score + FIRST;
    }
}

/// Whether title or keywords tell the period.
fn bears(service: &Service, years: usize) -> bool {
    let titles = [&*service.title_id, &*service.title_en].into_iter();
    let mut names = titles.chain(service.keywords.iter().map(|keyword| &**keyword));
    names.any(|name| period(&folded_words(name)) == Some(years))
}
