//! The pieces that all pages are made of. Classes are those of `assets/style.css`.

pub mod bar;
pub mod growth;
pub mod table;
pub mod tiles;

use maud::{Markup, html};
use mpp_calendar::Zone;
use mpp_core::{A_PERSON, Micros, SOMEBODY, as_told};

use crate::words::{Lang, Phrase, format, table as words};

/// How a page is shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The page's language.
    pub lang: Lang,
    /// The records are made up, which each section of figures says.
    pub sample: bool,
    /// The time at which the page is drawn.
    pub now: Micros,
}

impl Look {
    /// A phrase as it stands.
    pub fn of(self, phrase: Phrase) -> &'static str {
        phrase.of(self.lang)
    }

    /// A line of a list of facts.
    pub fn fact(self, label: Phrase, value: Markup) -> Markup {
        html! { div { dt { (self.of(label)) } dd { (value) } } }
    }

    /// The mark of sample data, beside a title.
    pub fn mark(self) -> Markup {
        html! { @if self.sample { " " span.mark { (self.of(words::SAMPLE_MARK)) } } }
    }

    /// A number as the language writes it.
    pub fn number(self, number: impl Into<i64>) -> String {
        format::number(self.lang, number)
    }

    /// The path of a page in this language.
    pub fn path(self, path: &str) -> String {
        match (self.lang, path) {
            (Lang::En, "/") => self.lang.prefix().to_owned(),
            (lang, path) => format!("{}{path}", lang.prefix()),
        }
    }

    /// "24 November, 10.57": a moment of the last months, for readers and for machines.
    pub fn moment(self, time: Micros, zone: Zone) -> Markup {
        let (local, today) = (format::local(time, zone), format::local(self.now, zone).date());
        let clock = format::clock(self.lang, local);
        let text = if local.date() == today {
            words::TODAY_AT.text(self.lang, &[&clock])
        } else if local.date().year() == today.year() {
            format!("{}, {clock}", format::short_day(self.lang, local.date()))
        } else {
            format::day(self.lang, local.date())
        };
        html! { time datetime=(format::machine(time, zone)) { (text) } }
    }

    /// Who has written something; only the feed gives the names of persons.
    pub fn author(self, subject: &str) -> Markup {
        html! {
            @match as_told(subject) {
                A_PERSON => (self.of(words::AN_OFFICER)),
                SOMEBODY => (self.of(words::UNKNOWN)),
                name => (name),
            }
        }
    }

    /// "pukul 10.57 WIB".
    pub fn time_of_day(self, time: Micros, zone: Zone) -> Markup {
        let clock = format::clock(self.lang, format::local(time, zone));
        let text = words::TIME_IN_ZONE.text(self.lang, &[&clock, &zone.to_string()]);
        html! { time datetime=(format::machine(time, zone)) { (text) } }
    }

    /// "Senin, 30 November 2026, pukul 10.57 WIB".
    pub fn day_and_time(self, time: Micros, zone: Zone) -> Markup {
        let local = format::local(time, zone);
        let day = format::full_day(self.lang, local.date());
        let clock = format::clock(self.lang, local);
        let text = words::DAY_AND_TIME.text(self.lang, &[&day, &clock, &zone.to_string()]);
        html! { time datetime=(format::machine(time, zone)) { (text) } }
    }

    /// A date of the contract, for readers and for machines.
    pub fn date(self, iso: &str) -> Markup {
        html! { time datetime=(iso) { (format::iso_day(self.lang, iso)) } }
    }
}

/// A judgement, which is never told by its colour alone.
#[derive(Clone, Copy, Debug)]
pub enum Tone {
    /// All is well.
    Good,
    /// Not as it should be.
    Bad,
    /// No judgement: the value is not known, or not yet.
    None,
}

/// A link out of these pages, shown as its address. Only addresses of web pages become links,
/// whatever a record holds.
pub fn link(uri: &str) -> Markup {
    let scheme = uri.split_once("://").map_or("", |(scheme, _)| scheme);
    let is_web = ["https", "http"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    html! {
        @if is_web { a href=(uri) rel="external nofollow noopener" { (uri) } }
        @else { (uri) }
    }
}

/// A judgement in a word, with its sign.
pub fn tag(tone: Tone, text: &str) -> Markup {
    let class = match tone {
        Tone::Good => "tag good",
        Tone::Bad => "tag bad",
        Tone::None => "tag none",
    };
    html! { span class=(class) { (text) } }
}

/// The query of an address.
pub fn query(asked: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish()
}
