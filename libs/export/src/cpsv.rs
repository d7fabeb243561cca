//! Records as CPSV-AP 3.2 has them.

mod around;
mod service;

use jiff::Timestamp;
use mpp_api::types::LocalizedText;
use mpp_core::{Error, FieldCode, Result};
use oxrdf::{Literal, NamedNode, NamedNodeRef};
use prost_types::Timestamp as Stamp;

use crate::{
    graph::Node,
    vocabulary::{CONCEPT, IDENTIFIER, PREF_LABEL},
};

pub use around::surroundings;
pub use service::{is_one_time, service, sum};

/// The parent of all services.
const EVERY_UNIT: &str = "units/-";

/// The names of things: records below the address that answers for them, parts of a record behind
/// a `#`.
pub struct Names {
    base: String,
    unit: String,
}

impl Names {
    /// Of the services of a unit, "units/-" for all.
    ///
    /// # Errors
    /// `base` is no address.
    pub fn new(base: &str, unit: &str) -> Result<Self> {
        let base = if base.ends_with('/') { base.to_owned() } else { format!("{base}/") };
        let web = base.starts_with("https://") || base.starts_with("http://");
        // Everybody would read a password that stands before the host.
        if !web || NamedNode::new(&base).is_err() || base.contains(['#', '?', '@']) {
            let text = format!("'{base}' is no address; write it whole: https://index.example/v1/");
            return Err(Error::field("base", FieldCode::Format, text));
        }
        Ok(Self { base, unit: unit.to_owned() })
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// A unit's services are a data set of their own.
    pub fn dataset(&self) -> NamedNode {
        if self.is_whole() { self.part("dataset") } else { self.of(&self.unit, "dataset", 1) }
    }

    /// True where the data set holds all services.
    pub fn is_whole(&self) -> bool {
        self.unit == EVERY_UNIT
    }

    /// A thing that is no record: the data set, its publisher.
    pub fn part(&self, part: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("{}#{part}", self.base))
    }

    /// Resource names are ASCII, and so are parts of an address as they stand.
    pub fn record(&self, name: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("{}{name}", self.base))
    }

    /// A part of a record: "…/services/ktp#cost-1".
    pub fn of(&self, record: &str, part: &str, number: usize) -> NamedNode {
        NamedNode::new_unchecked(format!("{}{record}#{part}-{number}", self.base))
    }
}

/// A term of our own, with what it means in both languages.
fn concept(iri: NamedNode, id: &str, en: &str) -> Node {
    let mut node = Node::new(iri, CONCEPT);
    node.text(PREF_LABEL, &localized(id, en));
    node
}

/// A thing, and that it bears this name.
fn named(iri: NamedNode, class: NamedNodeRef<'_>, identifier: &str) -> Node {
    let mut node = Node::new(iri, class);
    node.literal(IDENTIFIER, Literal::new_simple_literal(identifier));
    node
}

pub fn localized(id: &str, en: &str) -> LocalizedText {
    LocalizedText { id: id.to_owned(), en: en.to_owned() }
}

pub fn timestamp(stamp: &Stamp) -> Option<Timestamp> {
    Timestamp::new(stamp.seconds, stamp.nanos).ok()
}
