//! A catalog from a workbook: signing in, choosing the file, what was found in it, and what came of
//! it. Whole without script.

mod changes;
mod faults;
mod found;
mod sign_in;

use std::sync::Arc;

use maud::{Markup, html};
use mpp_agent::{Placed, RunOutcome};

use super::{Block, Drawn, PageSection};
use crate::{
    components::Look,
    words::{Phrase, table as words},
};

pub use found::WorkbookFindings;

/// What a visitor sees.
#[derive(Debug, Default)]
pub struct UploadView {
    /// The visitor; `None` if nobody has signed in.
    pub signed_in: Option<Signed>,
    /// What went wrong just now.
    pub trouble: Option<Trouble>,
    /// The largest file that is taken, in bytes.
    pub limit: u64,
    /// Seconds that a session lasts.
    pub lasts: u64,
}

/// A visitor who has signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Stands in every form.
    pub key: String,
    /// The source that is published.
    pub source: String,
    /// The workbook that waits to be confirmed.
    pub reading: Option<Arc<WorkbookFindings>>,
    /// How the last upload ended.
    pub report: Option<Arc<Report>>,
}

/// How an upload ended.
#[derive(Debug)]
pub struct Report {
    /// What the workbook is called.
    pub file: String,
    /// What became of the rows, in numbers.
    pub outcome: RunOutcome,
    /// What was not taken, and remarks.
    pub placed: Vec<Placed>,
}

impl Report {
    /// How it ended, in a word.
    pub fn word(&self) -> &'static str {
        match (&self.outcome.lack, self.outcome.refused + self.outcome.waiting) {
            (Some(_), _) => "incomplete",
            (None, 0) => "sent",
            (None, _) => "sent_in_part",
        }
    }
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The registry does not know the token, or it is not for this source.
    BadToken,
    /// There is no such source.
    UnknownSource,
    /// The registry is silent.
    Unreachable,
    /// Too many upload just now.
    Busy,
    /// The file is larger than it may be.
    TooLarge,
    /// No file was chosen.
    NoFile,
    /// A fault of ours.
    Broken,
    /// The session's time is over.
    Ended,
    /// The form did not come from our pages.
    Foreign,
    /// In the words of whoever refused it.
    Told(String),
}

impl Trouble {
    /// How a step ended, in a word: `step`, unless it was the suite that could not do it.
    pub fn word(&self, step: &'static str) -> &'static str {
        match self {
            Self::Unreachable | Self::Broken => "unreachable",
            Self::Busy => "busy",
            _ => step,
        }
    }

    fn phrase(&self) -> Phrase {
        match self {
            Self::BadToken => words::UPLOAD_BAD_TOKEN,
            Self::UnknownSource => words::UPLOAD_UNKNOWN_SOURCE,
            Self::Unreachable => words::UNREACHABLE_HELP,
            Self::Busy => words::TOO_BUSY_HELP,
            Self::TooLarge => words::UPLOAD_TOO_LARGE,
            Self::NoFile => words::UPLOAD_NO_FILE,
            Self::Broken => words::UPLOAD_BROKEN,
            Self::Ended => words::UPLOAD_ENDED,
            Self::Foreign => words::UPLOAD_FOREIGN,
            Self::Told(_) => words::UPLOAD_TOLD,
        }
    }
}

/// Draws the page.
pub fn draw(look: Look, desk: &UploadView) -> Drawn {
    let title = look.of(words::UPLOAD_TITLE).to_owned();
    let mut blocks = Vec::new();
    blocks.extend(
        desk.trouble.as_ref().map(|trouble| Block::One(trouble_section(look, trouble, desk))),
    );
    match &desk.signed_in {
        None => blocks.push(Block::One(sign_in::form_of_token(look, desk))),
        Some(signed) => blocks.extend(at_the_desk(look, desk, signed)),
    }
    blocks.push(Block::One(template(look)));
    Drawn {
        description: look.of(words::UPLOAD_DESCRIPTION).to_owned(),
        notice: words::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(words::NATION).to_owned())],
        heading: html! { div.title { h1 { (title) } p { (look.of(words::UPLOAD_DESCRIPTION)) } } },
        title,
        blocks,
        footer: html! { (look.of(words::UPLOAD_LINE)) },
    }
}

fn at_the_desk(look: Look, desk: &UploadView, signed: &Signed) -> Vec<Block> {
    let report = signed.report.as_ref().map(|report| found::report(look, report));
    let main = match &signed.reading {
        Some(reading) => found::waiting(look, signed, reading),
        None => sign_in::file(look, desk, signed),
    };
    let parts = report.into_iter().chain([main, sign_in::leave(look, signed)]);
    parts.map(Block::One).collect()
}

fn trouble_section(look: Look, trouble: &Trouble, desk: &UploadView) -> Arc<PageSection> {
    let most = look.number(i64::try_from(desk.limit / 1024).unwrap_or(i64::MAX));
    PageSection::new(
        "trouble",
        html! {
            section #trouble aria-labelledby="trouble-title" {
                h2 #trouble-title { (look.of(words::UPLOAD_TROUBLE)) }
                p role="alert" { (trouble.phrase().text(look.lang, &[&most])) }
                @if let Trouble::Told(text) = trouble { p lang=[english(look)] { (text) } }
            }
        },
    )
}

/// The language of what is told in English, for a page in another language.
fn english(look: Look) -> Option<&'static str> {
    (look.lang.code() != "en").then_some("en")
}

fn template(look: Look) -> Arc<PageSection> {
    PageSection::new(
        "template",
        html! {
            section #template aria-labelledby="template-title" {
                h2 #template-title { (look.of(words::UPLOAD_TEMPLATE)) }
                p { (look.of(words::UPLOAD_TEMPLATE_HELP)) }
                p {
                    a.button.second href=(look.path("/unggah/templat.xlsx")) download {
                        (look.of(words::UPLOAD_TEMPLATE_GET))
                    }
                }
            }
        },
    )
}

/// A form of a visitor who has signed in, with its key.
fn form(look: Look, signed: &Signed, path: &str, content: &Markup) -> Markup {
    html! {
        form action=(look.path(path)) method="post" {
            input type="hidden" name="kunci" value=(signed.key);
            (content)
        }
    }
}
