//! The rows of the projections: the part of each record that reporting keeps.
//!
//! Each row follows from one feed alone, so that no interleaving of the two can matter; they meet
//! only in a report.

use mpp_core::Micros;
use serde::{Deserialize, Serialize};

use super::{client::ClientRow, rows::ProjectedRow};

// How much of a row is kept is not a setting: the projections are a function of the inbox alone,
// and with another number the rows written before would differ from the rebuilt ones.

/// Most findings that are kept of a counter and week. A week with hours of its own on Friday has
/// some 18: two or three codes, twice, against three yardsticks.
pub const KEPT_FINDINGS: usize = 32;
/// Longest text that is kept, in characters.
const KEPT_TEXT: usize = 300;

/// A text in Indonesian and, where there is one, in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The text in Indonesian.
    pub id: String,
    /// The text in English; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

impl From<Option<mpp_api::types::LocalizedText>> for Text {
    fn from(text: Option<mpp_api::types::LocalizedText>) -> Self {
        let text = text.unwrap_or_default();
        Self { id: bounded(&text.id), en: bounded(&text.en) }
    }
}

impl From<&Text> for mpp_api::types::LocalizedText {
    fn from(text: &Text) -> Self {
        Self { id: text.id.clone(), en: text.en.clone() }
    }
}

/// The text's first characters; an ellipsis shows that there were more.
pub fn bounded(text: &str) -> String {
    match text.char_indices().nth(KEPT_TEXT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// A time during which something was there, as it became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// When it was learned that it is there.
    pub from: Micros,
    /// When it was learned that it is gone; `None`: it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Micros>,
}

impl Span {
    /// True if it was known to be there at `time`.
    pub fn holds(&self, time: Micros) -> bool {
        self.from <= time && self.until.is_none_or(|until| until > time)
    }
}

/// Opens or closes the last span, as `present` says.
pub fn mark(spans: &mut Vec<Span>, present: bool, at: Micros) {
    let open = spans.last_mut().filter(|span| span.until.is_none());
    match (open, present) {
        (None, true) => spans.push(Span { from: at, until: None }),
        (Some(span), false) => span.until = Some(at),
        (Some(_), true) | (None, false) => {}
    }
}

/// A province, regency or city; `valid_from` and `valid_to` are dates as the registry has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionRow {
    /// Name without translation.
    pub title: String,
    /// Empty for a province.
    pub parent: String,
    /// The IANA name of its time zone.
    pub zone: String,
    /// True for one of the 508 regencies and cities that govern themselves.
    pub autonomous: bool,
    /// The first day on which it is valid; empty: it always was.
    pub valid_from: String,
    /// The first day on which it is no longer valid; empty: it still is.
    pub valid_to: String,
    /// The region whose code it replaced; may be empty.
    pub predecessor: String,
}

/// A body, for the names of owners.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRow {
    /// The body's name today.
    pub title: Text,
}

/// A mall, with its past.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MallRow {
    /// Name, as last known.
    pub title: Text,
    /// Its regency or city, as last known.
    pub region: String,
    /// When it was known to exist.
    pub spans: Vec<Span>,
    /// Every stage that was ever reported, taken back or not.
    pub stages: Vec<StageFact>,
}

/// A stage that a mall reached on a day, and when that became known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageFact {
    /// Number of `mpp.registry.v1.Mall.Stage`.
    pub stage: i32,
    /// The day that it holds for.
    pub date: String,
    /// Place in the mall's list; orders the stages of one day.
    pub place: usize,
    /// Decree, letter or publication that shows it.
    pub evidence: String,
    /// The time at which it became known, and, if it was taken back, when it no longer held.
    pub known: Span,
}

/// A counter of a mall.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterRow {
    /// Name, as last known.
    pub title: Text,
    /// When it was known to exist.
    pub spans: Vec<Span>,
}

/// An offering that the mall's organiser accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferingRow {
    /// When it was known to be offered.
    pub spans: Vec<Span>,
}

/// A source with its accounting, as last known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRow {
    /// The source's name.
    pub title: Text,
    /// It should succeed at least this often.
    pub target_seconds: i64,
    /// The services that it feeds, by its own word; empty if it says nothing.
    #[serde(default)]
    pub feeds: Vec<i32>,
    /// A session has ended, completely or not.
    #[serde(default)]
    pub ended: bool,
    /// When a session last ended completely.
    pub last_success: Option<Micros>,
    /// Since when a client of it is waited for that has never ended completely.
    #[serde(default)]
    pub unheard_since: Option<Micros>,
    /// When it became known at all; a source that never succeeds is late from here.
    pub since: Micros,
    /// Commit time of this state.
    pub known: Micros,
    /// received, applied, unchanged, rejected, quarantined.
    pub accounting: [i64; 5],
    /// Rows that its last session's client could not read.
    pub unread: i64,
    /// Its records that stand rejected now.
    #[serde(default)]
    pub rejected_now: i64,
    /// Its records that wait now for something else.
    #[serde(default)]
    pub waiting_now: i64,
    /// A session has counted these.
    #[serde(default)]
    pub counted: bool,
    /// Why its last session was incomplete, as the contract's reason and a text; `None` if it was
    /// not.
    pub incomplete: Option<(i32, String)>,
    /// Its clients, where they are several.
    #[serde(default)]
    pub clients: Vec<ClientRow>,
}

/// A source as scheduling has it, by its own accounting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FedRow(pub SourceRow);

/// The last known version of a service, to compare the next one with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRow {
    /// The service's title.
    pub title: Text,
    /// Fees as a text; empty if its source states none.
    pub fees: String,
    /// Time as a text; empty if its source states none.
    pub time: String,
    /// Requirements as a text.
    pub requirements: String,
    /// Fees for readers of English.
    #[serde(default)]
    pub fees_en: String,
    /// Time for readers of English.
    #[serde(default)]
    pub time_en: String,
}

/// A change that a citizen would notice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// Name of the service.
    pub service: String,
    /// Its title, after the change.
    pub title: Text,
    /// Number of `mpp.reporting.v1.CatalogChange.Field`.
    pub field: i32,
    /// Before, in Indonesian; empty if its source stated nothing.
    pub before: String,
    /// After, in Indonesian; empty if its source states nothing.
    pub after: String,
    /// Both in English, where that can be said.
    #[serde(default)]
    pub english: (String, String),
    /// When the change was committed, in microseconds since 1970 UTC.
    pub at: Micros,
    /// The caller who made it.
    pub actor: String,
}

/// A counter's hours against its yardsticks, for one week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviationRow {
    /// The mall that the counter is in.
    pub mall: String,
    /// Monday of the week.
    pub week: String,
    /// No finding speaks of the mall or the national template.
    pub uniform: bool,
    /// Its hours are known on no day of the week: nobody can say whether it is uniform.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unknown: bool,
    /// One finding for each yardstick, code and text.
    pub findings: Vec<Finding>,
    /// Findings beyond the bound, each day for itself, which are not kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u32,
    /// When the deviation was committed, in microseconds since 1970 UTC.
    pub known: Micros,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A finding, on one day of the week or alike on several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Number of `mpp.scheduling.v1.Deviation.Finding.Code`.
    pub code: i32,
    /// What was found, in words.
    pub text: Text,
    /// Number of `mpp.scheduling.v1.Deviation.Yardstick`.
    pub yardstick: i32,
    /// Follows from other findings of its days.
    #[serde(default, skip_serializing_if = "is_false")]
    pub implied: bool,
    /// The days, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<String>,
}

/// Most days of a finding: those of its week.
const MAX_DATES: usize = 7;

impl Finding {
    /// True if nothing but the days may differ.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.code, &self.text, self.yardstick, self.implied)
            == (other.code, &other.text, other.yardstick, other.implied)
    }

    /// Adds days on which it was found alike.
    pub fn add(&mut self, dates: Vec<String>) {
        self.dates.extend(dates);
        self.dates.sort_unstable();
        self.dates.dedup();
        self.dates.truncate(MAX_DATES);
    }
}

/// The part of a ticket or an appointment that is kept: what it adds to its day's sums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRow {
    /// Key of its [`DayRow`].
    pub day: String,
    /// What it adds to that row.
    pub count: DayRow,
}

/// Tickets and appointments of a mall on its local date. The key is `{date} {mall}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRow {
    /// Tickets that were issued.
    pub issued: i32,
    /// Tickets that were completed.
    pub completed: i32,
    /// Appointments that were not cancelled.
    pub booked: i32,
    /// Commit time of the last change that it counts.
    #[serde(default)]
    pub known: Micros,
}

/// The projections that only projecting reads; memories do not hold them.
pub const NOT_IN_MEMORY: [&str; 2] = [ServiceRow::TABLE, VisitRow::TABLE];

macro_rules! tables {
    ($($row:ty => $table:literal),* $(,)?) => {
        $(impl ProjectedRow for $row { const TABLE: &'static str = $table; })*
    };
}

tables! {
    RegionRow => "region",
    UnitRow => "unit",
    MallRow => "mall",
    CounterRow => "counter",
    OfferingRow => "offering",
    SourceRow => "source",
    FedRow => "fed",
    ServiceRow => "service",
    ChangeRow => "change",
    DeviationRow => "deviation",
    VisitRow => "visit",
    DayRow => "day",
}
