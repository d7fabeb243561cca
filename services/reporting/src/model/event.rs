//! The inbox's events: one record's change, as an upstream feed sent it.

use bytes::Bytes;
use mpp_api::{
    Document,
    registry::{Counter, Mall, Offering, Region, Service, Unit},
    reporting::freshness,
    scheduling::{Appointment, Deviation, HoursRule, Ticket},
    sync::Source,
};
use mpp_core::{Error, FieldCode, Micros, Result};

/// A feed that reporting follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Upstream {
    /// Directory, catalog and sources.
    Registry,
    /// Deviations, tickets and appointments, and what sources have sent there.
    Scheduling,
}

impl Upstream {
    /// Both, in the order of reports.
    pub const ALL: [Upstream; 2] = [Upstream::Registry, Upstream::Scheduling];

    /// The name that rows carry.
    pub fn as_str(self) -> &'static str {
        match self {
            Upstream::Registry => "registry",
            Upstream::Scheduling => "scheduling",
        }
    }

    /// Its name in the contract.
    pub fn named(self) -> freshness::Feed {
        match self {
            Upstream::Registry => freshness::Feed::Registry,
            Upstream::Scheduling => freshness::Feed::Scheduling,
        }
    }

    /// The upstream of a stored name.
    ///
    /// # Errors
    /// Internal: reporting wrote the name itself.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|upstream| upstream.as_str() == text)
            .ok_or_else(|| Error::internal(format!("'{text}' is not an upstream feed")))
    }

    /// A kind of record that hardly ever changes, so that a watch of it tells little more than how
    /// far the feed is.
    pub fn quiet_kind(self) -> &'static str {
        match self {
            Upstream::Registry => Region::KIND,
            Upstream::Scheduling => HoursRule::KIND,
        }
    }

    /// Kinds of record that are followed.
    pub fn kinds(self) -> &'static [&'static str] {
        match self {
            Upstream::Registry => &[
                Region::KIND,
                Unit::KIND,
                Mall::KIND,
                Counter::KIND,
                Offering::KIND,
                Service::KIND,
                Source::KIND,
            ],
            Upstream::Scheduling => {
                &[Deviation::KIND, Ticket::KIND, Appointment::KIND, Source::KIND]
            }
        }
    }
}

/// A record's change, as the inbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The feed that it comes from.
    pub feed: Upstream,
    /// The feed's revision, and the place within it.
    pub revision: i64,
    /// Counts the changes of one revision from 0.
    pub sub: i64,
    /// Kind of record, such as "mall".
    pub kind: String,
    /// The record's resource name.
    pub name: String,
    /// The record's own version.
    pub version: i64,
    /// The whole record; `None` if it is gone.
    pub doc: Option<Bytes>,
    /// The record's labels, as JSON.
    pub labels: String,
    /// The caller who made the change upstream.
    pub actor: String,
    /// When it was committed upstream: the time at which it became known.
    pub at: Micros,
}

impl Event {
    /// The record, decoded; `None` if it is gone.
    ///
    /// # Errors
    /// `INVALID_FIELD` if the document is not a message of its kind.
    pub fn document<D: Document>(&self) -> Result<Option<D>> {
        let Some(doc) = &self.doc else {
            return Ok(None);
        };
        D::decode(doc.clone()).map(Some).map_err(|error| {
            let text = format!("{} is not a readable {}: {error}", self.name, D::KIND);
            Error::field("document", FieldCode::Unreadable, text)
        })
    }
}
