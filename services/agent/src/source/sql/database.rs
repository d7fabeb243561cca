//! A database as a source: its address, the statement, and how changes are noticed.

use std::collections::BTreeSet;

use super::{access::Access, amiss::StatementPlace, ask::Ask, noticed::Noticed};
use crate::source::pages::place::Setting;

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
    /// The same, of which only the rows of these keys are read; `None` if no notification carries
    /// any. All of them are meant to be there, and whoever asks finds out which are not. An id is
    /// often its key in small letters: two keys of one id come both.
    pub(crate) fn only(&self, keys: &BTreeSet<String>) -> Option<Self> {
        let column = self.noticed.listen_key.replace('"', "\"\"");
        if column.is_empty() || !matches!(self.access, Access::Postgres(_)) {
            return None;
        }
        let keys: Vec<String> =
            keys.iter().map(|key| format!("lower('{}')", key.replace('\'', "''"))).collect();
        let text = format!(
            "SELECT * FROM (\n{}\n) AS mpp_named WHERE lower(mpp_named.\"{column}\"::text) IN ({})",
            self.ask.statement('"'),
            keys.join(", ")
        );
        let text = Setting { text, place: self.ask.text.place.clone() };
        let ask = Ask { text, is_table: false, is_whole: true };
        Some(Self { ask, ..self.clone() })
    }

    /// The place that its faults name: its address without the password, and the statement's
    /// setting.
    pub(super) fn at(&self) -> StatementPlace {
        StatementPlace { place: self.access.place(), asked: self.ask.text.place.clone() }
    }
}
