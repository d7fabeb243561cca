//! The pages: which there are, and how each is drawn from what the services say.
//!
//! A page is a list of parts, elements with an id, each of which replaces itself when it changes.

mod address;
mod adoption;
mod compared;
pub mod data;
mod deviations;
pub mod docs;
mod drawn;
mod fee;
mod hall;
mod hours;
mod life_event;
mod life_events;
mod listing;
mod mall;
mod nation;
mod overrides;
mod region;
mod search;
mod service;
mod services;
mod source;
mod standard;
mod standards;
mod ticket;
pub mod upload;
mod withdrawn;

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::{
    registry::GetWithdrawnServiceResponse,
    reporting::{Report, SourceReport},
    sync::ListWaitingRecordsResponse,
};
use mpp_calendar::Zone;
use mpp_core::Micros;

pub use address::{Address, Menu, Style};
pub use drawn::{Block, Drawn, PageSection};
pub use listing::{AddressQuery, Listing};
pub use search::field as search_field;

use crate::{
    components::Look,
    policy::Policy,
    upstream::{
        LifeEventsData, MallData, Missing, OverridesData, PathData, RegionData, SearchAnswer,
        ServiceData, StandardData, StandardsData,
    },
    words::{Lang, table as words},
};

/// The data that a page is drawn from.
#[derive(Clone, Debug)]
pub struct PageView {
    /// The live report.
    pub report: Arc<Report>,
    /// When reporting was last heard: now, unless the connection is lost.
    pub heard: Micros,
    /// The connection to reporting is lost.
    pub lost: bool,
    /// The time at which the page is drawn.
    pub now: Micros,
    /// The page's own answers from the services.
    pub own: PageData,
}

impl PageView {
    /// A source, if the report has it.
    pub fn source(&self, name: &str) -> Option<&SourceReport> {
        self.report.sources.iter().find(|own| own.source == name)
    }
}

/// The data that a page needs beside the report.
#[derive(Clone, Debug)]
pub enum PageData {
    /// The page needs nothing else.
    Nothing,
    /// The malls of a region.
    Region(RegionData),
    /// A mall with its counters and hours.
    Mall(Arc<MallData>),
    /// A service and what belongs to it.
    Service(Arc<ServiceData>),
    /// The fate of a service that is gone: withdrawn, replaced or moved.
    Withdrawn(Arc<GetWithdrawnServiceResponse>),
    /// A page of standards, and where their services differ.
    Standards(Arc<StandardsData>),
    /// A standard and what belongs to it.
    Standard(Arc<StandardData>),
    /// A page of services with fields that curators have set.
    Overrides(Arc<OverridesData>),
    /// A page of life events.
    LifeEvents(Arc<LifeEventsData>),
    /// The path through a life event.
    LifeEvent(Arc<PathData>),
    /// The records of a source that wait; `None` while the registry is silent.
    Source(Option<Arc<ListWaitingRecordsResponse>>),
    /// A question and what answers it.
    Found(Arc<SearchAnswer>),
}

/// Draws a page.
pub fn draw(
    view: &PageView,
    address: &Address,
    asked: &AddressQuery,
    policy: &Policy,
    lang: Lang,
) -> Result<Drawn, Missing> {
    let look = Look { lang, sample: view.report.sample_data, now: view.now };
    match (address, &view.own) {
        (Address::Nation, _) => Ok(nation::draw(look, view)),
        (Address::Table(listing), _) => Ok(listing::draw(look, view, *listing, asked, policy)),
        // The registry knows it, and the report does not hold it yet.
        (Address::Region(code), PageData::Region(data)) => {
            region::draw(look, view, code, data).ok_or(Missing::NotReady)
        }
        (Address::Source(id), PageData::Source(waits)) => {
            source::draw(look, view, id, waits.as_deref()).ok_or(Missing::Unknown)
        }
        (Address::Service(..), PageData::Service(found)) => Ok(service::draw(look, view, found)),
        (Address::Service(unit, id), PageData::Withdrawn(gone)) => {
            Ok(withdrawn::draw(look, view, (unit, id), gone))
        }
        (Address::Standards, PageData::Standards(found)) => Ok(standards::draw(look, view, found)),
        (Address::Standard(_), PageData::Standard(found)) => Ok(standard::draw(look, view, found)),
        (Address::Overrides, PageData::Overrides(found)) => Ok(overrides::draw(look, view, found)),
        (Address::LifeEvents, PageData::LifeEvents(found)) => {
            Ok(life_events::draw(look, view, found))
        }
        (Address::LifeEvent(_), PageData::LifeEvent(found)) => {
            Ok(life_event::draw(look, view, found))
        }
        (Address::Search, PageData::Found(found)) => Ok(search::draw(look, view, found)),
        (_, PageData::Mall(mall)) => of_mall(look, view, address, mall, asked, policy),
        _ => Err(Missing::Unknown),
    }
}

/// A mall's page. While the registry is silent there is one only if another service knows the mall.
fn of_mall(
    look: Look,
    view: &PageView,
    address: &Address,
    mall: &MallData,
    asked: &AddressQuery,
    policy: &Policy,
) -> Result<Drawn, Missing> {
    let records = &*mall.records;
    let known = |is: bool| if is { Ok(()) } else { Err(Missing::Unreachable) };
    known(records.mall.is_some() || mall::names::reported(view, records).is_some())?;
    match address {
        Address::Services(_) => {
            known(records.offerings.is_some())?;
            Ok(services::draw(look, view, mall, asked, policy))
        }
        Address::Hall(_) => {
            known(records.counters.is_some())?;
            Ok(hall::draw(look, view, mall, policy))
        }
        Address::Ticket(_, number) => {
            known(records.counters.is_some())?;
            ticket::draw(look, view, mall, number).ok_or(Missing::Unknown)
        }
        _ => Ok(mall::draw(look, view, mall, asked)),
    }
}

/// "Keadaan per Senin, 30 November 2026, pukul 10.57 WIB": replaced as time goes on; if the
/// connection is lost, it says since when.
fn as_of(look: Look, view: &PageView, zone: Zone) -> Arc<PageSection> {
    let time = crate::words::format::local(view.heard, zone);
    let clock = crate::words::format::clock(look.lang, time);
    let lost = words::LOST.text(look.lang, &[&clock, &zone.to_string()]);
    PageSection::new(
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

/// The title with the line that says what time the page shows, and whether it is live.
fn heading(look: Look, title: &Markup, before: &str, as_of: &PageSection, live: bool) -> Markup {
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

/// Notes on missing parts of the report, in the section that they concern.
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
