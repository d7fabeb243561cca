//! The pages: which there are, and how each is drawn from what the services say.
//!
//! A page is a list of parts, elements with an id, each of which replaces itself when it changes.

mod differences;
mod hall;
mod hours;
mod listing;
mod mall;
mod nation;
mod region;
mod services;
mod ticket;

use std::sync::Arc;

use bytes::Bytes;
use maud::{Markup, html};
use mpp_api::reporting::Report;
use mpp_calendar::Zone;
use mpp_core::Micros;

pub use listing::{Asked, Listing};

use crate::{
    components::Look,
    policy::Policy,
    upstream::{MallData, RegionData},
    words::{Lang, Phrase, table as words},
};

/// An address, without its language.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// The nation.
    Nation,
    /// A province, regency or city, by its code.
    Region(String),
    /// A mall, by its id.
    Mall(String),
    /// The display in a mall's hall.
    Hall(String),
    /// A number of today's queue: the mall's id, and the number.
    Ticket(String, String),
    /// All services of a mall from A to Z.
    Services(String),
    /// A whole table.
    Table(Listing),
}

/// How the document looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// With menu and footer.
    Page,
    /// One column, one number.
    Ticket,
    /// Read from 8 m.
    Hall,
}

impl Style {
    /// The body's class.
    pub fn class(self) -> Option<&'static str> {
        match self {
            Style::Page => None,
            Style::Ticket => Some("ticket"),
            Style::Hall => Some("hall"),
        }
    }
}

/// An entry of the main menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// The nation.
    Nation,
    /// Regencies and cities.
    Regions,
    /// Malls.
    Malls,
    /// Sources of catalogs.
    Sources,
}

impl Address {
    /// Language and page of a path; `None` where it names no page of ours.
    pub fn parse(path: &str) -> Option<(Lang, Self)> {
        let (lang, path) = match path.strip_prefix(Lang::En.prefix()) {
            Some("") => (Lang::En, "/"),
            Some(rest) if rest.starts_with('/') => (Lang::En, rest),
            _ => (Lang::Id, path),
        };
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        if parts.iter().any(|part| !is_plain(part)) {
            return (path == "/").then_some((lang, Self::Nation));
        }
        let owned = |text: &str| text.to_owned();
        let page = match parts[..] {
            ["regions", code] => Self::Region(owned(code)),
            ["malls", id] => Self::Mall(owned(id)),
            ["malls", id, "layar"] => Self::Hall(owned(id)),
            ["malls", id, "layanan"] => Self::Services(owned(id)),
            ["malls", id, "tiket", number] => Self::Ticket(owned(id), owned(number)),
            [table] => Self::Table(Listing::parse(table)?),
            _ => return None,
        };
        Some((lang, page))
    }

    /// Its path, without the language.
    pub fn path(&self) -> String {
        match self {
            Self::Nation => "/".to_owned(),
            Self::Region(code) => format!("/regions/{code}"),
            Self::Mall(id) => format!("/malls/{id}"),
            Self::Hall(id) => format!("/malls/{id}/layar"),
            Self::Services(id) => format!("/malls/{id}/layanan"),
            Self::Ticket(id, number) => format!("/malls/{id}/tiket/{number}"),
            Self::Table(listing) => format!("/{}", listing.path()),
        }
    }

    /// How its document looks.
    pub fn style(&self) -> Style {
        match self {
            Self::Hall(_) => Style::Hall,
            Self::Ticket(..) => Style::Ticket,
            _ => Style::Page,
        }
    }

    /// False for whole tables, which stand still while they are read.
    pub fn is_live(&self) -> bool {
        !matches!(self, Self::Table(_) | Self::Services(_))
    }

    /// Its entry of the main menu.
    pub fn menu(&self) -> Option<Menu> {
        match self {
            Self::Nation => Some(Menu::Nation),
            Self::Region(_) | Self::Table(Listing::Regions) => Some(Menu::Regions),
            Self::Mall(_) | Self::Services(_) | Self::Table(Listing::Malls) => Some(Menu::Malls),
            Self::Table(Listing::Sources) => Some(Menu::Sources),
            Self::Table(_) | Self::Hall(_) | Self::Ticket(..) => None,
        }
    }
}

/// What ids, codes and numbers are made of; nothing else reaches a resource name.
fn is_plain(part: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    !part.is_empty() && part.len() <= 64 && part != ".." && part != "." && part.bytes().all(letter)
}

/// An element with an id, which replaces itself when it changes.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// Its id.
    pub id: &'static str,
    /// The element.
    pub html: String,
    /// The same as a message of the page's stream, encoded once for all who listen.
    pub event: Bytes,
}

impl Part {
    /// `html` is one element, and `id` is its id.
    pub fn new(id: &'static str, html: Markup) -> Arc<Self> {
        let html = html.into_string();
        let data = serde_json::json!({ "id": id, "html": html });
        let event = Bytes::from(format!("event: section\ndata: {data}\n\n"));
        Arc::new(Self { id, html, event })
    }
}

/// Where parts stand.
#[derive(Clone, Debug)]
pub enum Block {
    /// By itself.
    One(Arc<Part>),
    /// Beside others, from a desk's width.
    Grid(Vec<Arc<Part>>),
    /// Within the heading, which shows it.
    InHeading(Arc<Part>),
}

/// A page as drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The document's title.
    pub title: String,
    /// For search engines.
    pub description: String,
    /// What is said of sample data at the top.
    pub notice: Phrase,
    /// The pages above: path without language, and name.
    pub crumbs: Vec<(String, String)>,
    /// The heading, from where the parts follow.
    pub heading: Markup,
    /// The parts.
    pub blocks: Vec<Block>,
    /// Where the figures come from.
    pub footer: Markup,
}

impl Drawn {
    /// All parts in their order.
    pub fn parts(&self) -> impl Iterator<Item = &Arc<Part>> {
        self.blocks.iter().flat_map(|block| match block {
            Block::One(part) | Block::InHeading(part) => std::slice::from_ref(part),
            Block::Grid(parts) => parts,
        })
    }

    /// The parts of `before` stand wherever they still hold, so that one look at the pointer tells
    /// what changed.
    #[must_use]
    pub fn keeping(mut self, before: &Drawn) -> Self {
        let old: Vec<&Arc<Part>> = before.parts().collect();
        let keep = |part: &mut Arc<Part>| {
            if let Some(same) = old.iter().find(|old| ***old == *part) {
                *part = Arc::clone(same);
            }
        };
        for block in &mut self.blocks {
            match block {
                Block::One(part) | Block::InHeading(part) => keep(part),
                Block::Grid(parts) => parts.iter_mut().for_each(keep),
            }
        }
        self
    }
}

/// What a page is drawn from.
#[derive(Clone, Debug)]
pub struct View {
    /// The live report.
    pub report: Arc<Report>,
    /// When reporting was last heard: now, unless the connection is lost.
    pub heard: Micros,
    /// The connection to reporting is lost.
    pub lost: bool,
    /// The time.
    pub now: Micros,
    /// What the page asked of the services for itself.
    pub own: Own,
}

/// What a page needs beside the report.
#[derive(Clone, Debug)]
pub enum Own {
    /// Nothing.
    Nothing,
    /// The malls of a region.
    Region(RegionData),
    /// A mall.
    Mall(Arc<MallData>),
}

/// Draws a page; `None` where the index knows nothing of that name.
pub fn draw(
    view: &View,
    address: &Address,
    asked: &Asked,
    policy: &Policy,
    lang: Lang,
) -> Option<Drawn> {
    let look = Look { lang, sample: view.report.sample_data, now: view.now };
    match (address, &view.own) {
        (Address::Nation, _) => Some(nation::draw(look, view)),
        (Address::Table(listing), _) => Some(listing::draw(look, view, *listing, asked, policy)),
        (Address::Region(code), Own::Region(data)) => region::draw(look, view, code, data),
        (Address::Mall(_), Own::Mall(mall)) => Some(mall::draw(look, view, mall, asked)),
        (Address::Services(_), Own::Mall(mall)) => {
            Some(services::draw(look, view, mall, asked, policy))
        }
        (Address::Hall(_), Own::Mall(mall)) => Some(hall::draw(look, view, mall, policy)),
        (Address::Ticket(_, number), Own::Mall(mall)) => ticket::draw(look, view, mall, number),
        _ => None,
    }
}

/// "Keadaan per Senin, 30 November 2026, pukul 10.57 WIB": replaced as time goes on, and where the
/// connection is lost it says since when.
fn as_of(look: Look, view: &View, zone: Zone) -> Arc<Part> {
    let time = crate::words::format::local(view.heard, zone);
    let clock = crate::words::format::clock(look.lang, time);
    let lost = words::LOST.text(look.lang, &[&clock, &zone.to_string()]);
    Part::new(
        "as-of",
        html! {
            span #as-of data-lost=(lost) {
                @if view.lost {
                    strong { (lost) } " " (look.of(words::LOST_UPSTREAM))
                } @else {
                    (words::AS_OF.say(look.lang, &[&look.day_and_time(view.heard, zone)]))
                }
            }
        },
    )
}

/// The title with the line that says of when the page is, and whether it is live.
fn heading(look: Look, title: &Markup, before: &str, as_of: &Part, live: bool) -> Markup {
    html! {
        div.title {
            h1 { (title) (look.mark()) }
            p {
                (before) @if !before.is_empty() { " " }
                (maud::PreEscaped(as_of.html.as_str()))
                @if live { span #live role="status" data-live=(format!(", {}", look.of(words::LIVE))) {} }
            }
        }
    }
}

/// What is missing of the report, in the section that it concerns.
fn incomplete(look: Look, report: &Report) -> Markup {
    html! {
        @if !report.complete {
            p.note {
                strong { (look.of(words::INCOMPLETE)) } " "
                (crate::words::local(report.incomplete_reason.as_ref(), look.lang))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for path in [
            "/",
            "/regions/35",
            "/regions/35.10",
            "/malls/banyuwangi",
            "/malls/banyuwangi/layar",
            "/malls/banyuwangi/layanan",
            "/malls/banyuwangi/tiket/A-017",
            "/regions",
            "/malls",
            "/hours",
            "/changes",
            "/sources",
        ] {
            let (lang, address) = Address::parse(path).expect(path);
            assert_eq!((lang, address.path().as_str()), (Lang::Id, path));
            let english = if path == "/" { "/en".to_owned() } else { format!("/en{path}") };
            assert_eq!(Address::parse(&english), Some((Lang::En, address)));
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for path in [
            "",
            "/en2",
            "/malls/",
            "/malls/..",
            "/malls/a%2fb",
            "/malls/a/b",
            "/regions/<b>",
            "/wp-login.php",
            "//",
            "/malls/a/tiket",
        ] {
            assert_eq!(Address::parse(path), None, "{path}");
        }
    }
}
