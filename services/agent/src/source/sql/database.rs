//! A database, and what is asked of it.

use super::{access::Access, amiss::At, ask::Ask, noticed::Noticed};

/// A database as a source.
#[derive(Clone, Debug)]
pub struct Database {
    /// Where it is.
    pub access: Access,
    /// The table or the query.
    pub ask: Ask,
    /// How a change of it is noticed between two runs.
    pub noticed: Noticed,
}

impl Database {
    /// Where its faults belong.
    pub(super) fn at(&self) -> At {
        At { place: self.access.place(), asked: self.ask.text.place.clone() }
    }
}
