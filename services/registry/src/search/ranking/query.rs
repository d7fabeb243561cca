//! From a query to a page of results.

use mpp_form::limits::QUESTION;

use super::{
    answer::{NamedPlace, Results},
    explain::hit,
    filter::{Candidate, Filter},
    geo::{is_point, is_region},
    home::lift,
    modified::CatalogNames,
    period,
    score::{Tally, tally},
    weak::{best_of, is_weak, unanswered, uncovered},
};
use crate::search::{
    asking::{
        leading::{is_document, is_subject},
        needle::QuestionWords,
        question::{Error, MAX_PAGE, Query},
        reading::{Place, Reading, read},
        stance::Stance,
    },
    indexing::{
        index::{Part, is_called},
        table::SlotTable,
        writer::Published,
    },
    words::{analyze::Role, typo::Tolerance},
};

/// Refuses a query that cannot be answered, before anything waits for it.
pub fn check(query: &Query) -> Result<(), Error> {
    let invalid = |field, message: String| Err(Error::Invalid { field, message });
    if query.text.chars().count() > QUESTION {
        return invalid(
            "text",
            format!("is longer than {QUESTION} characters; ask with fewer words"),
        );
    }
    if !(1..=MAX_PAGE).contains(&query.page_size) {
        return invalid("page_size", format!("is {}; ask for 1 to {MAX_PAGE}", query.page_size));
    }
    if query.near.is_some_and(|at| !is_point(at)) {
        return invalid(
            "near",
            "is not on the globe; give latitude -90 to 90, longitude -180 to 180".into(),
        );
    }
    if query.region.as_deref().is_some_and(|code| !is_region(code)) {
        return invalid("region", "is not a region code; give one such as 35 or 35.10".into());
    }
    if query.after.as_ref().is_some_and(|(score, _)| !score.is_finite()) {
        return invalid(
            "after",
            "is not a position; pass the one that the page before returned".into(),
        );
    }
    Ok(())
}

/// Answers a query that was checked, from one published state.
pub fn run(state: &Published, query: &Query, tolerance: &Tolerance) -> Result<Results, Error> {
    // An index that cannot be read fails at the next step.
    let called = |term: &str| is_called(&state.view, term).unwrap_or_default();
    let is_document = |term: &str| is_document(&state.view, term).unwrap_or_default();
    let leads = |term: &str| is_document(term) || is_subject(&state.view, term).unwrap_or_default();
    // Characters of a question that nobody sees are no part of it.
    let text = mpp_core::text::line(&query.text);
    let reading = read(&text, &called, &is_document, &leads, query.of_age);
    let needles = QuestionWords::find(&state.view, &reading, tolerance)?;
    let table = &state.table;
    let filter = Filter::new(table, query, &reading);
    let mut found = found(state, query, &needles, &filter)?;
    lift(&mut found, table, &needles, &filter);
    period::lift(&mut found, table, &reading, &needles);
    let best = best_of(&found, table);
    let category = best.and_then(|best| table.slots[best.slot as usize].service.as_ref());
    let category = category.map(|service| service.category);
    let catalog = CatalogNames {
        owned: &|term| category.is_some_and(|category| is_of_category(state, term, category)),
        opened: &|words| state.view.frequency(Part::Names, words).unwrap_or_default(),
    };

    let mut page: Vec<&Candidate> = found.iter().filter(|one| one.is_after(table, query)).collect();
    let more = page.len() > query.page_size;
    keep_best(&mut page, query.page_size, table);
    let next = page
        .last()
        .filter(|_| more)
        .map(|last| (last.score, table.slots[last.slot as usize].name.to_string()));
    Ok(Results {
        hits: page.iter().filter_map(|one| hit(table, one, &needles.all, &filter)).collect(),
        total: found.len() as u64,
        next,
        revision: state.revision,
        weak: !query.text.trim().is_empty() && is_weak(&found, table, &needles, &catalog),
        places: named(&reading, &needles),
        unanswered: unanswered(best, &needles),
        uncovered: uncovered(best, &needles),
    })
}

/// Whether only services of this category have the term in title or keywords. An index that cannot
/// be read fails at the next step.
fn is_of_category(state: &Published, term: &str, category: u32) -> bool {
    let mut only = true;
    let mut look = |slot: u32| {
        let service = state.table.slots.get(slot as usize).and_then(|slot| slot.service.as_ref());
        only &= service.is_none_or(|service| service.category == category);
    };
    [Part::Title, Part::Keywords]
        .into_iter()
        .try_for_each(|part| state.view.each_slot(part, term, &mut look))
        .is_ok_and(|()| only)
}

/// The places that are named, and the words that stand where a place is named but are no known
/// place.
fn named(reading: &Reading, needles: &QuestionWords) -> Vec<NamedPlace> {
    let place = |Place { text, codes, guessed, stance }: &Place| NamedPlace {
        text: text.clone(),
        region_codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        guessed: *guessed,
        stance: *stance,
    };
    let unknown = needles
        .unanswered
        .iter()
        .filter(|term| term.role == Role::Where && !reading.is_guessed_place(&term.word));
    let unknown = unknown.map(|term| NamedPlace {
        text: term.word.clone(),
        region_codes: Vec::new(),
        guessed: true,
        stance: Stance::Wanted,
    });
    reading.places.iter().map(place).chain(unknown).collect()
}

fn found(
    state: &Published,
    query: &Query,
    needles: &QuestionWords,
    filter: &Filter,
) -> Result<Vec<Candidate>, Error> {
    let slots = state.table.slots.iter();
    if query.text.trim().is_empty() {
        let all =
            slots.enumerate().filter_map(|(at, slot)| filter.candidate(at, slot, Tally::default()));
        return Ok(all.collect());
    }
    if needles.all.is_empty() {
        return Ok(Vec::new());
    }
    let tallies = tally(&state.view, needles, state.table.slots.len())?;
    let answering = slots.zip(tallies).enumerate().filter(|(_, (_, tally))| tally.points > 0.0);
    Ok(answering.filter_map(|(at, (slot, tally))| filter.candidate(at, slot, tally)).collect())
}

fn keep_best(page: &mut Vec<&Candidate>, size: usize, table: &SlotTable) {
    if page.len() > size {
        page.select_nth_unstable_by(size, |a, b| a.compare(b, table));
        page.truncate(size);
    }
    page.sort_unstable_by(|a, b| a.compare(b, table));
}
