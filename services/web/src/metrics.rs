//! Metrics of the pages, beside those of every service.

mpp_telemetry::metrics! {
    /// Steps of uploads by outcome: `not_signed_in`, `read` (a workbook was looked through),
    /// `not_read`, `sent`, `sent_in_part` (some rows were refused or wait), `incomplete`, and
    /// `not_sent`. For any step: `unreachable` where the registry was away, or the pages have
    /// failed, and `busy` where too many upload at once.
    UPLOADS: Counter = "mpp.web.uploads" in "{upload}" by ["outcome"];
    /// Files of the catalog by outcome: `written`, `not_written` (the registry was away, or the
    /// disk is full), `sent`, `unchanged` (who asked has it already), and `busy` where too many are
    /// on their way.
    DATA_FILES: Counter = "mpp.web.data_files" in "{file}" by ["outcome"];
}

/// What can become of a file of the catalog.
const DATA_OUTCOMES: [&str; 5] = ["written", "not_written", "sent", "unchanged", "busy"];

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
    DATA_FILES.begin(DATA_OUTCOMES.map(|outcome| [outcome]));
}
