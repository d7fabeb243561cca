//! From a query to a page of results.

use super::analyze::{Via, terms};
use super::answer::{NamedPlace, Results};
use super::explain::hit;
use super::filter::{Candidate, Filter};
use super::geo::{is_point, is_region};
use super::index::{Part, View};
use super::needle::{Needles, is_document};
use super::question::{Error, MAX_PAGE, MAX_TEXT, Query};
use super::reading::{Place, Reading, read};
use super::score::{Tally, tally};
use super::table::Table;
use super::typo::Tolerance;
use super::writer::Published;

/// Refuses a query that cannot be answered, before anything waits for it.
pub fn check(query: &Query) -> Result<(), Error> {
    let invalid = |field, message: String| Err(Error::Invalid { field, message });
    if query.text.chars().count() > MAX_TEXT {
        return invalid(
            "text",
            format!("is longer than {MAX_TEXT} characters; ask with fewer words"),
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
    let called = |term: &str| is_called(&state.view, term);
    // An index that cannot be read fails at the next step.
    let is_document = |term: &str| is_document(&state.view, term).unwrap_or_default();
    let reading = read(&query.text, &called, &is_document);
    let needles = Needles::find(&state.view, &reading, tolerance)?;
    let table = &state.table;
    let filter = Filter::new(table, query, &reading);
    let found = found(state, query, &needles, &filter)?;

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
        weak: !query.text.trim().is_empty() && is_weak(best(&found, table), table, &needles),
        places: named(&reading),
        unanswered: unanswered(best(&found, table), &needles),
    })
}

/// Whether a title or a keyword holds the term. An index that cannot be read fails at the next
/// step.
fn is_called(view: &View, term: &str) -> bool {
    let called = |part| view.frequency(part, term).is_ok_and(|services| services > 0);
    called(Part::Title) || called(Part::Keywords)
}

fn best<'a>(found: &'a [Candidate], table: &Table) -> Option<&'a Candidate> {
    found.iter().min_by(|a, b| a.compare(b, table))
}

/// The share of a question that its best answer has to cover.
const ENOUGH: f32 = 0.5;

/// The same where it bears the document that the question names.
const ENOUGH_OF_DOCUMENT: f32 = 0.12;

/// Whether nothing really answers: the question has no subject, or the best answer leaves most of
/// it out or [open](leaves_open), or shares nothing with it but guesses and no document.
fn is_weak(best: Option<&Candidate>, table: &Table, needles: &Needles) -> bool {
    let Some(best) = best else { return true };
    if !needles.has_subject {
        return !is_titled(best, table, needles);
    }
    let document = best.strong & needles.leading != 0;
    let enough = if document { ENOUGH_OF_DOCUMENT } else { ENOUGH };
    let guessed = best.sure & needles.deciding == 0;
    best.cover < enough || (guessed && !document) || leaves_open(best, needles)
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
    match (best.held & needles.leading != 0, best.named) {
        (true, _) if needles.document => false,
        (true, true) => open * 2 >= asked,
        (_, called) => !called && asked <= SHORT_QUESTION || open * ONE_OPEN_OF > asked,
    }
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

/// The words that no service has. A guess at what one was meant for counts where the best answer
/// bears it out.
fn unanswered(best: Option<&Candidate>, needles: &Needles) -> Vec<String> {
    let has = best.map_or(0, |best| best.has);
    let guessed = needles.all.iter().enumerate().filter(|(bit, needle)| {
        let all = &needle.term.alternatives;
        has >> bit & 1 == 0
            && needle.term.decides
            && all.iter().all(|one| matches!(one.via, Via::Typo | Via::Clipped))
    });
    let guessed = guessed.map(|(_, needle)| &needle.term.word);
    needles.unanswered.iter().chain(&needles.slips).chain(guessed).cloned().collect()
}

fn named(reading: &Reading) -> Vec<NamedPlace> {
    let place = |Place { text, codes, guessed }: &Place| NamedPlace {
        text: text.clone(),
        region_codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        guessed: *guessed,
    };
    reading.places.iter().map(place).collect()
}

fn found(
    state: &Published,
    query: &Query,
    needles: &Needles,
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

fn keep_best(page: &mut Vec<&Candidate>, size: usize, table: &Table) {
    if page.len() > size {
        page.select_nth_unstable_by(size, |a, b| a.compare(b, table));
        page.truncate(size);
    }
    page.sort_unstable_by(|a, b| a.compare(b, table));
}
