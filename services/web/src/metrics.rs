//! Metrics of the pages, beside those of every service.

mpp_telemetry::metrics! {
    /// Steps of uploads by outcome: `not_signed_in`, `read` (a workbook was looked through),
    /// `not_read`, `sent`, `sent_in_part` (some rows were refused or wait), `incomplete`, and
    /// `not_sent`. Of whichever step: `unreachable` where the registry was away, or the pages have
    /// failed, and `busy` where too many upload at once.
    UPLOADS: Counter = "mpp.web.uploads" in "{upload}" by ["outcome"];
}

/// The outcomes that an upload can have.
const OUTCOMES: [&str; 9] = [
    "not_signed_in",
    "read",
    "not_read",
    "sent",
    "sent_in_part",
    "incomplete",
    "not_sent",
    "unreachable",
    "busy",
];

/// Reports all outcomes from now on, even those that have not happened yet.
pub fn begin() {
    UPLOADS.begin(OUTCOMES.map(|outcome| [outcome]));
}
