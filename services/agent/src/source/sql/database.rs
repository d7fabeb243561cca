//! A database as a source: its address, the statement, and how changes are noticed.

use super::{access::Access, amiss::StatementPlace, ask::Ask, noticed::Noticed};

/// A database as a source.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its kind, address and account.
    pub access: Access,
    /// The table or the query.
    pub ask: Ask,
    /// How a change of it is noticed between two runs.
    pub noticed: Noticed,
}

impl Database {
    /// The place that its faults name: its address without the password, and the statement's
    /// setting.
    pub(super) fn at(&self) -> StatementPlace {
        StatementPlace { place: self.access.place(), asked: self.ask.text.place.clone() }
    }
}
