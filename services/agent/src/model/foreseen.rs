//! What a run would change, as it is foreseen.

use mpp_api::sync::{Outcome, RecordPreview, record_preview::Change};
use mpp_core::Micros;
use mpp_form::record::is_place;

/// A record that would be sent.
#[derive(Clone, Debug)]
pub struct ForeseenRecord {
    /// Where it stands in the source; empty for one that is withdrawn.
    pub place: String,
    /// The id in the source.
    pub id: String,
    /// What would become of it.
    pub record: RecordPreview,
}

/// When a record goes that the source does not have any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    /// With this run.
    Now,
    /// By itself, with the first complete run from then on.
    At(Micros),
    /// Once somebody withdraws it. Even then a place stays.
    Never,
    /// Not by this configuration, whose state does not know of having sent it.
    NotByThis,
}

/// A record that the registry holds and the source does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Its id in the source.
    pub id: String,
    /// Its name in the registry.
    pub name: String,
    /// When it goes.
    pub goes: Goes,
}

impl Gone {
    /// From when on it goes by itself, as an instant in UTC.
    pub fn goes_at(&self) -> Option<String> {
        let Goes::At(due) = self.goes else { return None };
        jiff::Timestamp::from_microsecond(due).ok().map(|due| format!("{due:.0}"))
    }
}

/// Counts of what would become of the source's records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// They stand as they are in the source, and would not be sent.
    pub in_sync: i64,
    /// They stand rejected as they are, and would not be sent.
    pub still_rejected: i64,
    /// Sent, and already stored just so.
    pub unchanged: i64,
    /// Not yet published, and published afterwards.
    pub created: i64,
    /// Published, with other contents afterwards.
    pub updated: i64,
    /// Under another unit than before.
    pub moved: i64,
    /// Taken out of the index.
    pub withdrawn: i64,
    /// Places that the source no longer publishes; they stay in the index.
    pub given_back: i64,
    /// Refused, with a reason.
    pub rejected: i64,
    /// Kept until what they wait for is there.
    pub waiting: i64,
}

impl Changes {
    /// The count of the record of this name.
    pub fn of(&mut self, name: &str, change: Change, outcome: Outcome) -> &mut i64 {
        match (change, outcome) {
            (Change::Deleted, _) if is_place(name) => &mut self.given_back,
            (Change::Created, _) => &mut self.created,
            (Change::Updated, _) => &mut self.updated,
            (Change::Moved, _) => &mut self.moved,
            (Change::Deleted, _) => &mut self.withdrawn,
            (Change::Unspecified, Outcome::Applied | Outcome::Unchanged) => &mut self.unchanged,
            (Change::Unspecified, Outcome::Quarantined) => &mut self.waiting,
            (Change::Unspecified, _) => &mut self.rejected,
        }
    }
}
