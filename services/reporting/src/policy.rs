//! The numbers of reporting that an operator may question. When a source is late is none of them:
//! each source declares its own target, and `model/source.rs` compares.

use std::time::Duration;

mpp_core::policy! {
    /// Settings of reporting.
    pub struct Policy {
        /// After this silence a feed is shown as not connected. Feeds send a bookmark every few
        /// seconds, so that a single late one does not count.
        feed_silence_seconds: u64 = 8 in 1..=600,
        /// Lease of the replica that projects. When that replica dies, reports stand still until
        /// its lease ends and another one takes over; the lease is renewed three times within it.
        projecting_lease_seconds: u64 = 9 in 3..=300,
        /// How often a replica looks for rows that another one has projected. It adds to the time
        /// from an event to the watchers of a replica that does not project.
        look_interval_millis: u64 = 250 in 10..=10_000,
        /// Pause of a replica between two reads of projected rows, so that a burst is read
        /// together.
        read_pause_millis: u64 = 100 in 0..=10_000,
        /// Least time between two messages to a watcher: in a busy hour tickets change some mall's
        /// row dozens of times a second, and nobody reads that fast.
        watch_pace_millis: u64 = 1_000 in 0..=60_000,
        /// How long a report of now stands where nothing comes in: time alone makes a source late
        /// and ends a day.
        report_stands_seconds: u64 = 5 in 1..=600,
        /// Changes that are kept for slow watchers. A watcher that is further behind is sent the
        /// whole report again.
        watch_changes_held: usize = 8 in 1..=100,
        /// Most catalog changes in a report, which says how many there are.
        report_changes: usize = 20 in 1..=1_000,
        /// Most counters with their findings in a report, which says how many there are. Scheduling
        /// lists them all.
        report_counters: usize = 100 in 1..=1_000,
        /// Catalog changes in each replica's memory: as far back as a report with an earlier
        /// `known_on` can show them. The database keeps them all.
        memory_changes: usize = 1_000 in 20..=100_000,
    }
}

// These two are no settings. The projections are a function of the inbox alone; with another number
// the rows written before would differ from the rebuilt ones.

/// Most findings that are kept of a counter and week. A week with hours of its own on Friday has
/// some 18: two or three codes, twice, against three yardsticks.
pub const KEPT_FINDINGS: usize = 32;
/// Longest text that is kept, in characters.
pub const KEPT_TEXT: usize = 300;

/// Most bytes of findings in one answer, whatever the settings: clients refuse a message of more
/// than 4 MiB, and the rest of a report takes up to one.
pub const FINDINGS_BYTES: usize = mpp_resource::list::MAX_PAGE_BYTES;

impl Policy {
    /// After which a feed counts as not connected.
    pub fn feed_silence(&self) -> Duration {
        Duration::from_secs(self.feed_silence_seconds)
    }

    /// How long the lease of projecting holds.
    pub fn projecting_lease(&self) -> Duration {
        Duration::from_secs(self.projecting_lease_seconds)
    }

    /// Between two looks for rows that another replica has projected.
    pub fn look_interval(&self) -> Duration {
        Duration::from_millis(self.look_interval_millis)
    }

    /// Between two reads of projected rows.
    pub fn read_pause(&self) -> Duration {
        Duration::from_millis(self.read_pause_millis)
    }

    /// Between two messages to a watcher.
    pub fn watch_pace(&self) -> Duration {
        Duration::from_millis(self.watch_pace_millis)
    }

    /// How long a report of now stands without a change.
    pub fn report_stands(&self) -> Duration {
        Duration::from_secs(self.report_stands_seconds)
    }
}
