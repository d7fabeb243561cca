//! What was found in a workbook, before it is sent and after.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_agent::{ForeseenRecord, Goes, Placed, Previewed};
use mpp_core::FieldCode;

use super::{PageSection, Report, Signed, changes::changes, english, faults::faults, form};
use crate::{components::Look, words::table as words};

/// What was found in a workbook that waits to be confirmed.
#[derive(Debug)]
pub struct WorkbookFindings {
    /// What it is called.
    pub file: String,
    /// What sending it would do.
    pub previewed: Previewed,
    /// Faults and remarks.
    pub placed: Vec<Placed>,
    /// What would become of records that differ, of as many as are shown.
    pub foreseen: Vec<ForeseenRecord>,
}

impl WorkbookFindings {
    /// Rows that can be sent.
    fn good(&self) -> i64 {
        let tally = &self.previewed.tally;
        tally.read - tally.unread() - tally.duplicate
    }

    /// Whether the form has a box to tick for it.
    fn has_tick(&self, placed: &Placed) -> bool {
        let gone = self.previewed.gone.iter().any(|one| one.id == placed.id);
        match FieldCode::of(&placed.code) {
            Some(FieldCode::Suspicious) => !placed.id.is_empty() && self.good() > 0,
            Some(FieldCode::Gone) => gone && self.good() > 0,
            _ => false,
        }
    }

    /// Codes of rows that a person has to look at before they are sent.
    fn held_back(&self) -> impl Iterator<Item = &Placed> {
        let held = |one: &&Placed| FieldCode::of(&one.code) == Some(FieldCode::Suspicious);
        self.placed.iter().filter(held).filter(|one| !one.id.is_empty())
    }
}

/// The workbook that waits: its faults, what it would change, and the form that sends it.
pub fn waiting(look: Look, signed: &Signed, findings: &WorkbookFindings) -> Arc<PageSection> {
    let (read, good) = (look.number(findings.previewed.tally.read), look.number(findings.good()));
    PageSection::new(
        "found",
        html! {
            section #found aria-labelledby="found-title" {
                h2 #found-title { (words::UPLOAD_FOUND.text(look.lang, &[&findings.file])) }
                p { (words::UPLOAD_COUNTS.text(look.lang, &[&read, &good])) }
                @if let Some(lack) = &findings.previewed.lack { (incomplete(look, lack.message())) }
                (faults(look, &findings.placed, &|one| findings.has_tick(one)))
                (changes(look, &findings.previewed, &findings.foreseen))
                @if findings.good() > 0 {
                    p { (look.of(words::UPLOAD_PARTLY)) }
                    (form(look, signed, "/unggah/kirim", &choices(look, findings)))
                }
                (form(look, signed, "/unggah/batal", &html! {
                    button.button.second type="submit" { (look.of(words::UPLOAD_CANCEL)) }
                }))
            }
        },
    )
}

fn choices(look: Look, findings: &WorkbookFindings) -> Markup {
    let good = look.number(findings.good());
    // What another client of the source sends is not to be taken out here.
    let gone = findings.previewed.gone.iter().filter(|one| one.goes != Goes::NotByThis);
    let gone: Vec<_> = gone.collect();
    html! {
        @if findings.held_back().next().is_some() {
            fieldset {
                legend { (look.of(words::UPLOAD_RELEASE)) }
                @for (at, one) in findings.held_back().enumerate() {
                    (tick(&format!("lepas-{at}"), "lepas", &one.id, &html! { code { (one.id) } }))
                }
            }
        }
        @if !gone.is_empty() {
            fieldset {
                legend { (look.of(words::UPLOAD_WITHDRAW)) }
                @for (at, one) in gone.iter().enumerate() {
                    (tick(&format!("tarik-{at}"), "tarik", &one.id, &html! { code { (one.id) } }))
                }
            }
        }
        (tick("hilang", "hilang", "ya", &html! { (look.of(words::UPLOAD_ACCEPT_MISSING)) }))
        (tick("pindah", "pindah", "ya", &html! { (look.of(words::UPLOAD_ACCEPT_MOVES)) }))
        button.button type="submit" { (words::UPLOAD_SEND.text(look.lang, &[&good])) }
    }
}

fn tick(id: &str, name: &str, value: &str, label: &Markup) -> Markup {
    html! {
        p.tick {
            input id=(id) type="checkbox" name=(name) value=(value);
            " " label for=(id) { (label) }
        }
    }
}

/// How an upload ended.
pub fn report(look: Look, report: &Report) -> Arc<PageSection> {
    let outcome = &report.outcome;
    let withdrawn = i64::try_from(outcome.withdrawn.len()).unwrap_or(i64::MAX);
    let facts = [
        (words::UPLOAD_APPLIED, outcome.tally.applied),
        (words::UPLOAD_UNCHANGED, outcome.tally.known + outcome.tally.unchanged),
        (words::UPLOAD_DELETED, withdrawn),
        (words::UPLOAD_WAITING, outcome.waiting),
        (words::UPLOAD_REFUSED, outcome.refused),
    ];
    PageSection::new(
        "report",
        html! {
            section #report aria-labelledby="report-title" role="status" {
                h2 #report-title { (words::UPLOAD_DONE.text(look.lang, &[&report.file])) }
                dl.facts { @for (label, count) in facts {
                    (look.fact(label, html! { (look.number(count)) }))
                } }
                @if let Some(lack) = &outcome.lack { (incomplete(look, lack.message())) }
                (faults(look, &report.placed, &|_| false))
            }
        },
    )
}

fn incomplete(look: Look, lack: &str) -> Markup {
    html! {
        p.note { strong { (look.of(words::UPLOAD_INCOMPLETE)) } " " span lang=[english(look)] { (lack) } }
    }
}
