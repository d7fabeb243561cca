//! A fault of a source as a whole. It is reported as the source's, with its address, and never as
//! the registry's.

use std::fmt::Display;

use mpp_api::sync::{Incomplete, incomplete};
use mpp_core::{Error, Reason};
use mpp_form::limits;

/// Characters of an answer that an error repeats.
const SHOWN: usize = 160;

/// Why the whole extent of a source is not known.
#[derive(Debug)]
pub struct Fault {
    /// The reason, for the registry.
    pub kind: incomplete::Reason,
    /// The error, for the source's keeper.
    pub error: Error,
}

impl Fault {
    /// The source did not answer, or there is nothing at its address.
    pub fn unreachable(place: &str, text: impl Display) -> Self {
        Self::new(incomplete::Reason::Unreachable, Reason::SourceUnreadable, place, &text)
    }

    /// Something else than a catalog is there.
    pub fn unreadable(place: &str, text: impl Display) -> Self {
        Self::new(incomplete::Reason::Unreadable, Reason::SourceUnreadable, place, &text)
    }

    /// A part of it cannot be told apart, or is missing.
    pub fn torn(place: &str, text: impl Display) -> Self {
        Self::new(incomplete::Reason::Torn, Reason::SourceIncomplete, place, &text)
    }

    /// No row could be read.
    pub fn nothing(place: &str, text: impl Display) -> Self {
        Self::new(incomplete::Reason::NothingRead, Reason::SourceUnreadable, place, &text)
    }

    /// It holds far less than before.
    pub fn shrunk(place: &str, text: impl Display) -> Self {
        Self::new(incomplete::Reason::Shrunk, Reason::SourceIncomplete, place, &text)
    }

    /// A key that the mapping reads is no longer there: every record has come, and each lacks a
    /// part.
    pub fn renamed(place: &str, text: impl Display) -> Self {
        Self::new(incomplete::Reason::Configuration, Reason::SourceIncomplete, place, &text)
    }

    /// The ids of the records do not tell them apart: most of them were not sent.
    pub fn confused(place: &str, text: impl Display) -> Self {
        Self::new(incomplete::Reason::Configuration, Reason::SourceIncomplete, place, &text)
    }

    /// The settings do not fit what is there; `place` names the line that sets them.
    pub fn config(place: &str, text: impl Display) -> Self {
        Self::new(incomplete::Reason::Configuration, Reason::SourceConfig, place, &text)
    }

    /// The mapping cannot be used at all.
    pub fn mapping(error: Error) -> Self {
        Self { kind: incomplete::Reason::Configuration, error }
    }

    /// Several faults, as one that begins like the first.
    pub fn all(faults: Vec<Self>) -> Option<Self> {
        let texts: Vec<&str> = faults.iter().map(|fault| fault.error.message()).collect();
        let text = texts.join("; ");
        let first = faults.first()?;
        Some(Self { kind: first.kind, error: Error::new(first.error.reason(), text) })
    }

    /// The registry found a run incomplete that was complete here.
    pub fn of_registry(source: &str, found: &Incomplete) -> Self {
        let reason = match found.reason() {
            incomplete::Reason::NothingTaken | incomplete::Reason::AllWaiting => {
                Reason::RecordsRefused
            }
            _ => Reason::SourceIncomplete,
        };
        Self::new(found.reason(), reason, source, &found.text)
    }

    /// The same for one of several pages.
    pub fn on_page(self, number: usize) -> Self {
        let text = format!("page {number}: {}", self.error.message());
        Self { error: Error::new(self.error.reason(), text), ..self }
    }

    fn new(kind: incomplete::Reason, reason: Reason, place: &str, text: &dyn Display) -> Self {
        Self { kind, error: Error::new(reason, format!("{place}: {text}")) }
    }

    /// The message to the registry.
    pub fn to_incomplete(&self) -> Incomplete {
        let text = self.error.message().chars().take(limits::INCOMPLETE).collect();
        Incomplete { reason: self.kind.into(), text }
    }
}

/// An address without its query and its user, which may hold a key.
pub fn address(location: &str) -> String {
    let shown = location.split(['?', '#']).next().unwrap_or_default();
    match url::Url::parse(shown) {
        Ok(mut url)
            if url.has_host() && (url.password().is_some() || !url.username().is_empty()) =>
        {
            // Neither fails for an address that has a host.
            let _ = url.set_password(None);
            let _ = url.set_username("");
            url.into()
        }
        _ => shown.to_owned(),
    }
}

/// The start of what was found, on one line; without queries, which may hold a key.
pub fn excerpt(text: &str) -> String {
    let mut line = text.split_whitespace().map(without_query).collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(SHOWN) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Like [`excerpt`], of what should have been an address.
pub fn shown(link: &str) -> String {
    let address = address(link);
    // "#" is nothing but a fragment.
    excerpt(if address.is_empty() { link } else { &address })
}

/// "x?page=2&token=…" up to its query, and of "page=2&token=…" the first name.
fn without_query(word: &str) -> String {
    let query = word.find('?').filter(|at| word[*at..].contains('=')).map(|at| at + 1);
    let pairs = word.find('=').filter(|at| word[at + 1..].contains('=') && word.contains('&'));
    match query.or(pairs.map(|at| at + 1)) {
        Some(end) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}
