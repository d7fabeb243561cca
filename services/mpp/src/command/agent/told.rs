//! The output of an agent's run, during it and at its end.

use std::{io::IsTerminal as _, path::Path};

use indicatif::{ProgressBar, ProgressStyle};
use mpp_agent::{Event, Outcome, Problem, Tally};

use crate::{
    output::Output,
    program::{as_called_on, path_word, program},
};

/// A progress line on a terminal, JSON lines elsewhere.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(output: Output) -> Self {
        let bar = (!output.is_json() && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}");
            ProgressBar::new_spinner()
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        });
        Self { bar }
    }

    pub(super) fn show(&self, event: Event) {
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
            (Event::Retrying { error, wait }, Some(bar)) => {
                bar.set_message(format!("{error}; next try in {:.1} s", wait.as_secs_f64()));
            }
            (Event::Retrying { error, wait }, None) => {
                let line = serde_json::json!({ "event": "retrying", "error": error, "wait_ms": wait.as_millis() as u64 });
                complain!("{line}");
            }
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn answered(tally: &Tally) -> i64 {
    tally.applied + tally.unchanged + tally.rejected + tally.quarantined
}

fn tally_json(event: &str, tally: &Tally) -> serde_json::Value {
    serde_json::json!({
        "event": event, "read": tally.read, "known": tally.known, "invalid": tally.invalid,
        "suspicious": tally.suspicious, "duplicate": tally.duplicate, "missing": tally.missing, "not_read": tally.not_read,
        "headings": tally.headings,
        "withdrawn": tally.withdrawn, "sent": tally.sent, "applied": tally.applied,
        "unchanged": tally.unchanged, "rejected": tally.rejected, "quarantined": tally.quarantined,
    })
}

/// Tells how a run ended.
pub fn print(config: &Path, source: &str, outcome: &Outcome, output: Output) {
    let tally = &outcome.tally;
    if output.is_json() {
        let mut done = tally_json("done", tally);
        done["complete"] = outcome.lack.is_none().into();
        done["refused"] = outcome.refused.into();
        say!("{done}");
        return;
    }
    counts(source, tally);
    gone(tally, config);
    not_read(tally);
    headings(tally);
    outcome.problems.iter().for_each(|problem| tell(problem, config));
    if let Some(lack) = &outcome.lack {
        say!("  ! the run is not complete: {}", lack.message());
    }
}

fn counts(source: &str, tally: &Tally) {
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
fn counted(count: i64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// Records that have left the source, or were taken out of the index.
fn gone(tally: &Tally, config: &Path) {
    if tally.missing > 0 {
        say!(
            "  ! {} in the registry until withdrawn: {} agent withdraw {} --all-gone",
            counted(
                tally.missing,
                "record is no longer in the source; it stays",
                "records are no longer in the source; they stay"
            ),
            program(),
            path_word(config)
        );
    }
    if tally.withdrawn > 0 {
        let withdrawn = counted(tally.withdrawn, "record was", "records were");
        say!("  {withdrawn} withdrawn");
    }
}

/// Fees and times that are published as they are written, where there are any.
pub(super) fn not_read(tally: &Tally) {
    if tally.not_read > 0 {
        let wordings = counted(tally.not_read, "fee or time is", "fees or times are");
        say!("  {wordings} not read, and published as written");
    }
}

/// Rows that repeat the heading, where there are any.
pub(super) fn headings(tally: &Tally) {
    if tally.headings > 0 {
        let rows = counted(tally.headings, "row repeats", "rows repeat");
        say!("  {rows} the heading, and no record was made of it");
    }
}

/// Rows that look like trials, where there are any.
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

/// Tells a problem on one line.
pub(super) fn tell(problem: &Problem, config: &Path) {
    let Problem { record, field, code, message } = problem;
    let field = if field.is_empty() { String::new() } else { format!(" {field}") };
    say!("  ! {record}:{field} {} [{code}]", pasteable(message, config));
}
