//! The output of an agent's run, during it and at its end.

use std::{collections::HashMap, io::IsTerminal as _, path::Path};

use indicatif::{ProgressBar, ProgressStyle};
use mpp_agent::{Destination, Event, OF_OTHERS, Problem, Run, RunOutcome, Tally, Why, is_place};
use mpp_api::sync::incomplete;

use crate::{
    output::Output,
    program::{as_called_on, path_word, program},
};

/// Ids that one line names.
const NAMED: usize = 20;

/// A progress line on a terminal, JSON lines elsewhere.
pub(in crate::command) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(in crate::command) fn new(output: Output) -> Self {
        let bar = (!output.is_json() && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}");
            ProgressBar::new_spinner()
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        });
        Self { bar }
    }

    pub(in crate::command) fn show(&self, event: Event) {
        match (event, &self.bar) {
            (Event::Progress(tally), Some(bar)) => {
                bar.set_message(format!(
                    "read {}, sent {}, answered {}",
                    tally.read,
                    tally.sent,
                    answered(&tally)
                ));
                bar.tick();
            }
            (Event::Progress(tally), None) => complain!("{}", tally_json("progress", &tally)),
            (Event::Compared { why, records, differ, gone }, Some(bar)) => {
                let text = compared(why, records, differ, gone);
                bar.suspend(|| complain!("  {text}"));
            }
            (Event::Compared { why, records, differ, gone }, None) => {
                let line = serde_json::json!({ "event": "compared", "records": records, "differ": differ, "gone": gone, "why": why.reason_text() });
                complain!("{line}");
            }
            (Event::Retrying { error, wait }, Some(bar)) => {
                bar.set_message(format!("{error}; next try in {:.1} s", wait.as_secs_f64()));
            }
            (Event::Retrying { error, wait }, None) => {
                let line = serde_json::json!({ "event": "retrying", "error": error, "wait_ms": wait.as_millis() as u64 });
                complain!("{line}");
            }
        }
    }

    /// Prints something else, without the line that moves.
    pub(super) fn aside(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    pub(in crate::command) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// What was found by comparing, in words: it stays on the terminal, since a state that was lost is
/// worth a look.
fn compared(why: Why, records: usize, differ: usize, gone: usize) -> String {
    let lone = match gone {
        0 => String::new(),
        gone => format!(", and {gone} that the index holds are not in the source"),
    };
    format!(
        "all {records} records were compared with the index's, since {}: {differ} differ{lone}",
        why.reason_text()
    )
}

fn answered(tally: &Tally) -> i64 {
    tally.applied + tally.unchanged + tally.rejected + tally.quarantined
}

/// The accounting for programs.
pub(in crate::command) fn tally_json(event: &str, tally: &Tally) -> serde_json::Value {
    serde_json::json!({
        "event": event, "read": tally.read, "known": tally.known, "invalid": tally.invalid,
        "suspicious": tally.suspicious, "duplicate": tally.duplicate, "missing": tally.missing,
        "missing_places": tally.missing_places, "missing_others": tally.missing_others,
        "missing_shared": tally.missing_shared,
        "given_back": tally.given_back, "not_read": tally.not_read,
        "headings": tally.headings,
        "withdrawn": tally.withdrawn, "sent": tally.sent, "applied": tally.applied,
        "unchanged": tally.unchanged, "rejected": tally.rejected, "quarantined": tally.quarantined,
    })
}

/// Tells how a run ended.
pub fn print(config: &Path, run: &Run, outcome: &RunOutcome, output: Output) {
    let tally = &outcome.tally;
    if output.is_json() {
        let mut done = tally_json("done", tally);
        done["complete"] = (outcome.lack.is_none() && !outcome.part).into();
        done["part"] = outcome.part.into();
        done["refused"] = outcome.refused.into();
        done["waiting"] = outcome.waiting.into();
        for (key, are_places) in [("withdrawn_ids", false), ("given_back_ids", true)] {
            let ids = outcome.withdrawn.iter().filter(|id| is_place(id) == are_places);
            done[key] = ids.cloned().collect::<Vec<_>>().into();
        }
        say!("{done}");
        return;
    }
    counts(&run.source, tally);
    if outcome.part {
        say!("  only the rows that the database has named were read");
    }
    gone(outcome, run, config);
    not_read(tally);
    headings(tally);
    outcome.problems.iter().for_each(|problem| tell(problem, config));
    if let Some(lack) = &outcome.lack {
        say!("  ! the run is not complete: {}", lack.message());
    }
    let has_shrunk = outcome.lacks == Some(incomplete::Reason::Shrunk) && !outcome.gone_of_others;
    if has_shrunk {
        let (program, config) = (program(), path_word(config));
        let flags = "--all-gone --accept-missing";
        say!("    Where they have gone for good: {program} agent withdraw {config} {flags}");
    }
}

/// The accounting for people.
pub(in crate::command) fn counts(source: &str, tally: &Tally) {
    say!(
        "{source}: read {} = sent {} + known {} + invalid {} + duplicate {}{}",
        tally.read,
        tally.sent,
        tally.known,
        tally.invalid,
        tally.duplicate,
        suspicious(tally)
    );
    say!(
        "{:width$}  sent {} = applied {} + unchanged {} + rejected {} + waiting {}",
        "",
        tally.sent,
        tally.applied,
        tally.unchanged,
        tally.rejected,
        tally.quarantined,
        width = source.len() - 1
    );
}

/// "1 record is", "3 records are".
fn counted(count: impl TryInto<i64>, one: &str, more: &str) -> String {
    let count = count.try_into().unwrap_or(i64::MAX);
    format!("{count} {}", if count == 1 { one } else { more })
}

/// Records that have left the source, or were taken out of the index; after a run that is not
/// complete nobody knows what has left.
fn gone(outcome: &RunOutcome, run: &Run, config: &Path) {
    if outcome.lack.is_none() {
        missing(outcome, config);
    }
    let (places, records): (Vec<_>, Vec<_>) =
        outcome.withdrawn.iter().map(String::as_str).partition(|id| is_place(id));
    if !records.is_empty() {
        let withdrawn = counted(records.len(), "record was", "records were");
        let along = match run.way.destination {
            Destination::Registry => ", with their offerings in all malls",
            Destination::Scheduling => "",
        };
        say!("  {withdrawn} withdrawn{along}: {}", named(&records));
    }
    if !places.is_empty() {
        let given =
            counted(places.len(), "unit, mall or counter was", "units, malls or counters were");
        let stay = "and stays in the index, to be changed by calls";
        say!("  {given} given back, {stay}: {}", named(&places));
    }
}

/// Records of the index that are not in the source, if there are any: places stay in any case.
fn missing(outcome: &RunOutcome, config: &Path) {
    let tally = &outcome.tally;
    let problems = format!("{} agent problems {}", program(), path_word(config));
    let others = tally.missing_places + tally.missing_others + tally.missing_shared;
    let records = tally.missing - others;
    if records > 0 {
        let stay = counted(
            records,
            "record is no longer in the source; it stays in the index until withdrawn",
            "records are no longer in the source; they stay in the index until withdrawn",
        );
        let step = match outcome.gone_of_others {
            true => format!("all are {OF_OTHERS}"),
            false => format!("{} agent withdraw {} --all-gone", program(), path_word(config)),
        };
        say!("  ! {stay}: {step}");
    }
    if tally.missing_others > 0 {
        let stay = counted(
            tally.missing_others,
            "record of this source is not in it, and this state does not know of having sent it; it stays",
            "records of this source are not in it, and this state does not know of having sent them; they stay",
        );
        say!("  ! {stay}: {problems}");
    }
    if tally.missing_shared > 0 {
        let stay = counted(
            tally.missing_shared,
            "record is no longer in the source, and another client may feed it by now; it stays until named",
            "records are no longer in the source, and another client may feed them by now; they stay until named",
        );
        say!("  ! {stay}: {problems}");
    }
    if tally.missing_places > 0 {
        let stay = counted(
            tally.missing_places,
            "unit, mall or counter of this source is not in it; it stays in the index in any case",
            "units, malls or counters of this source are not in it; they stay in the index in any case",
        );
        let step = if outcome.gone_of_others { format!("all are {OF_OTHERS}") } else { problems };
        say!("  ! {stay}: {step}");
    }
}

/// The first of them, and how many others there are.
fn named(ids: &[&str]) -> String {
    let first = &ids[..ids.len().min(NAMED)];
    match ids.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Fees and times that are published as they are written, if there are any.
pub(in crate::command) fn not_read(tally: &Tally) {
    if tally.not_read > 0 {
        let wordings = counted(tally.not_read, "fee or time is", "fees or times are");
        say!("  {wordings} not read, and published as written");
    }
}

/// Rows that repeat the heading, if there are any.
pub(super) fn headings(tally: &Tally) {
    if tally.headings > 0 {
        let rows = counted(tally.headings, "row repeats", "rows repeat");
        say!("  {rows} the heading, and no record was made of it");
    }
}

/// Rows that look like trials, if there are any.
pub(super) fn suspicious(tally: &Tally) -> String {
    match tally.suspicious {
        0 => String::new(),
        some => format!(" + suspicious {some}"),
    }
}

/// A text with its commands as they are called from here, on this configuration.
pub(super) fn pasteable(text: &str, config: &Path) -> String {
    as_called_on(text, Some(config))
}

/// Tells all problems with their ways out; a way out that holds for several stands once, before
/// them.
pub(super) fn tell_all(problems: &[Problem], config: &Path) {
    for (advice, problems) in by_advice(problems) {
        let advice = pasteable(&advice, config);
        match problems.as_slice() {
            [only] => {
                tell(only, config);
                say!("    what to do: {advice}");
            }
            several => {
                say!("  for each of these {}, what to do: {advice}", several.len());
                several.iter().for_each(|problem| tell(problem, config));
            }
        }
    }
}

/// The problems of each advice, in the order in which the first of each came.
fn by_advice(problems: &[Problem]) -> Vec<(String, Vec<&Problem>)> {
    let mut groups: Vec<(String, Vec<&Problem>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for problem in problems {
        let advice = problem.advice();
        let at = *places.entry(advice.clone()).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, group)) => group.push(problem),
            None => groups.push((advice, vec![problem])),
        }
    }
    groups
}

/// Tells a problem on one line.
pub(super) fn tell(problem: &Problem, config: &Path) {
    let Problem { record, field, code, message } = problem;
    let field = if field.is_empty() { String::new() } else { format!(" {field}") };
    say!("  ! {record}:{field} {} [{code}]", pasteable(message, config));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(record: &str, code: &str) -> Problem {
        let (field, message) = (String::new(), "so it is".to_owned());
        Problem { record: record.to_owned(), field, code: code.to_owned(), message }
    }

    #[test]
    fn one_way_out_of_many_rows_is_told_once() {
        let rows = ["row 2 (a)", "row 3 (b)", "row 4 (c)", "row 5 (d)", "row 6 (e)"];
        let codes = ["NOT_READ", "SUSPICIOUS", "NOT_READ", "SUSPICIOUS", "NOT_READ"];
        let problems: Vec<_> =
            rows.iter().zip(codes).map(|(row, code)| problem(row, code)).collect();
        let groups = by_advice(&problems);
        let sizes: Vec<_> = groups.iter().map(|(_, problems)| problems.len()).collect();
        assert_eq!(sizes, [3, 1, 1], "each is released by a command of its own");
        assert_eq!(groups[0].1[2].record, "row 6 (e)");
    }

    #[test]
    fn a_state_that_was_lost_is_told_in_words() {
        let told = compared(Why::Lost, 40, 2, 1);
        assert!(told.contains("the agent's state holds nothing of earlier runs"), "{told}");
        assert!(told.ends_with("2 differ, and 1 that the index holds are not in the source"));
    }
}
