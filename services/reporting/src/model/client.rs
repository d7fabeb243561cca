//! A client of a source that has several, by its source's record, and in a report.

use mpp_api::{
    freshness::late_by,
    reporting::source_report::Client,
    sync::{Incomplete, SourceClient},
    time::micros,
};
use mpp_core::Micros;
use serde::{Deserialize, Serialize};

use super::message::timestamp;

/// How a client stands by its own sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRow {
    /// As it calls itself.
    pub name: String,
    /// When it first came; one that never succeeds is late from here.
    pub first: Micros,
    /// When a session of it last ended completely.
    pub last_success: Option<Micros>,
    /// Rows that it could not read in its last session.
    pub unread: i64,
    /// Why that was incomplete, as the contract's reason and a text.
    pub incomplete: Option<(i32, String)>,
    /// It has stayed away too long to count.
    pub away: bool,
    /// Nobody says that it comes again, as with a workbook that a person uploads.
    #[serde(default)]
    pub unscheduled: bool,
}

impl From<SourceClient> for ClientRow {
    fn from(client: SourceClient) -> Self {
        Self {
            name: client.name,
            first: client.first_time.as_ref().map_or(0, micros),
            last_success: client.last_success_time.as_ref().map(micros),
            unread: client.unread_now,
            incomplete: client.incomplete.map(|found| (found.reason, found.text)),
            away: client.away,
            unscheduled: client.unscheduled,
        }
    }
}

impl ClientRow {
    /// The client in a report, by its source's target.
    pub fn to_client(&self, target_seconds: i64, now: Micros) -> Client {
        let last = self.last_success.unwrap_or(self.first);
        let incomplete = self.incomplete.clone();
        Client {
            name: self.name.clone(),
            last_success_time: self.last_success.map(timestamp),
            late: !self.away && !self.unscheduled && late_by(last, target_seconds, now) > 0,
            incomplete: incomplete.map(|(reason, text)| Incomplete { reason, text }),
            unread_now: self.unread,
            away: self.away,
            unscheduled: self.unscheduled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_late_by_its_own_runs_and_one_that_is_away_is_not_waited_for() {
        let late = |row: &ClientRow, now| row.to_client(60, now).late;
        let row = ClientRow { first: 1_000_000, ..ClientRow::default() };
        assert!(!late(&row, 61_000_000) && late(&row, 61_000_001), "it never was whole");
        let whole = ClientRow { last_success: Some(9_000_000), ..row };
        assert!(!late(&whole, 69_000_000) && late(&whole, 69_000_001));
        assert!(!late(&ClientRow { away: true, ..whole.clone() }, 99_000_000));
        assert!(!late(&ClientRow { unscheduled: true, ..whole }, 99_000_000), "an upload");
    }
}
