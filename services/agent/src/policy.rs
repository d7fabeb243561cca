//! The numbers of a source that an operator may question.

use std::time::Duration;

/// What an operator may set for one source.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Batches sent ahead of their answers. Two keep the registry busy while answers travel; more
    /// only means more to send again after a cut.
    pub batches_in_flight: usize,
    /// Per cent of the records synced before that may be gone at once; beyond that the run does not
    /// count as complete, since a source that suddenly shrinks is broken rather than up to date.
    pub max_missing_percent: u32,
    /// How long an answer of the registry may take before the session is given up.
    pub answer_timeout: Duration,
    /// The first pause after a failed try; it doubles, with jitter.
    pub first_wait: Duration,
    /// The longest pause between two tries.
    pub longest_wait: Duration,
    /// Records read ahead of what is sent, so that a catalog of any size takes little memory.
    pub read_ahead: usize,
    /// Problems that a run shows at its end; all are kept.
    pub shown_problems: i64,
    /// Bytes of a CSV cell. A longer one is a sign of an unclosed quote; real catalogs stay far
    /// below.
    pub max_cell_bytes: usize,
    /// Bytes of one page of JSON.
    pub max_page_bytes: u64,
    /// Pages of one catalog: beyond that its pages are taken to lead in a circle.
    pub max_pages: usize,
    /// How long one page may take.
    pub page_timeout: Duration,
    /// How often a page is tried before the source counts as failed.
    pub page_tries: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            batches_in_flight: 2,
            max_missing_percent: 10,
            answer_timeout: Duration::from_secs(60),
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(60),
            read_ahead: 2_000,
            shown_problems: 100,
            max_cell_bytes: 256 * 1024,
            max_page_bytes: 32 * 1024 * 1024,
            max_pages: 10_000,
            page_timeout: Duration::from_secs(30),
            page_tries: 5,
        }
    }
}
