//! The numbers of reporting that an operator may question.

use std::time::Duration;

mpp_core::policy! {
    /// Settings of reporting.
    pub struct Policy {
        /// A feed that says nothing for so long is shown as not connected. Feeds send a bookmark
        /// every few seconds, so that one which is late alone does not count.
        feed_silence_seconds: u64 = 8 in 1..=600,
        /// The replica that projects holds its lease so long without a sign of life. The others
        /// wait for it when it dies: reports stand still meanwhile. It is renewed every third of it.
        projecting_lease_seconds: u64 = 9 in 3..=300,
        /// A replica looks so often for what another one has projected; it adds to the time from
        /// an event to who watches.
        look_interval_milliseconds: u64 = 250 in 10..=10_000,
        /// A replica reads what was projected at most so often, so that a burst is read at once.
        read_pause_milliseconds: u64 = 100 in 0..=10_000,
        /// Who watches is sent changes at most so often: a nation's tickets change a mall's row
        /// dozens of times a second, and nobody reads faster.
        watch_pace_milliseconds: u64 = 1_000 in 0..=60_000,
        /// A report of now is worked out again after so long even where nothing came in: time
        /// alone makes a source late and ends a day.
        report_stands_seconds: u64 = 5 in 1..=600,
        /// Who watches and is more changes behind is sent the whole report again.
        watch_changes_held: usize = 8 in 1..=100,
        /// Catalog changes in a report; it says how many there are.
        report_changes: usize = 20 in 1..=1_000,
        /// Counters whose findings are in a report; it says how many there are. Scheduling lists
        /// them all.
        report_counters: usize = 100 in 1..=1_000,
        /// Catalog changes in each replica's memory, of which an earlier `known_on` shows more; the
        /// database keeps them all.
        memory_changes: usize = 1_000 in 20..=100_000,
    }
}

// What follows is no setting: the projections are a function of the inbox alone, and with another
// number the rows that were written before would differ from the rebuilt ones.

/// Findings that are kept of a counter. A week with hours of its own on Friday has some 18: two or
/// three codes, twice, against three yardsticks.
pub const KEPT_FINDINGS: usize = 32;
/// Longest text that is kept, in characters.
pub const KEPT_TEXT: usize = 300;

impl Policy {
    /// After which a feed counts as not connected.
    pub fn feed_silence(&self) -> Duration {
        Duration::from_secs(self.feed_silence_seconds)
    }

    /// How long the lease of projecting holds.
    pub fn projecting_lease(&self) -> Duration {
        Duration::from_secs(self.projecting_lease_seconds)
    }

    /// Between two looks for what another replica has projected.
    pub fn look_interval(&self) -> Duration {
        Duration::from_millis(self.look_interval_milliseconds)
    }

    /// Between two reads of what was projected.
    pub fn read_pause(&self) -> Duration {
        Duration::from_millis(self.read_pause_milliseconds)
    }

    /// Between two messages to who watches.
    pub fn watch_pace(&self) -> Duration {
        Duration::from_millis(self.watch_pace_milliseconds)
    }

    /// How long a report of now stands without a change.
    pub fn report_stands(&self) -> Duration {
        Duration::from_secs(self.report_stands_seconds)
    }
}
