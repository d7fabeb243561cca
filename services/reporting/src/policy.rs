//! The numbers of reporting that an operator may question. When a source is late is none of them:
//! each source declares its own target, and `model/source.rs` compares.

use std::time::Duration;

use mpp_store::Retention;

mpp_core::policy! {
    /// Settings of reporting.
    pub struct Policy {
        /// After this silence a feed is shown as not connected. Feeds send a bookmark every few
        /// seconds, so that a single late one does not count.
        feed_silence_seconds: u64 = 8 in 1..=600,
        /// Seconds after which a change that was committed and not read yet makes the report
        /// incomplete: longer than a bookmark and a burst take, shorter than a person waits to ask.
        lag_tolerated_seconds: u64 = 10 in 1..=600,
        /// Milliseconds that a call waits until this replica stands where the registry does, where
        /// it names what is not there: the caller may have made it just now.
        unknown_wait_millis: u64 = 3_000 in 0..=60_000,
        /// Days for which a follower of reporting's own feed may be away and still go on where it
        /// stood. Each day more keeps a day's changes in the database. Chosen, not measured.
        feed_days: u64 = 7 in 1..=366,
        /// Days for which the name of a deleted record stays refused, so that an old copy somewhere
        /// cannot bring it back.
        tombstone_days: u64 = 400 in 30..=3_660,
        /// Seconds between two looks for what the feed need not keep any longer. A longer pause
        /// keeps it for longer, a shorter one asks more often and finds nothing. Chosen, not
        /// measured.
        feed_tidied_seconds: u64 = 600 in 10..=86_400,
        /// Lease of the replica that projects. When that replica dies, reports stand still until
        /// its lease ends and another one takes over; the lease is renewed three times within it. A
        /// shorter one may be lost to a slow database, a longer one makes reports stand still for
        /// longer. Chosen, not measured.
        projecting_lease_seconds: u64 = 9 in 3..=300,
        /// How often a replica looks for rows that another one has projected. It adds to the time
        /// from an event to the watchers of a replica that does not project. A shorter one costs
        /// the database a question each time. Chosen, not measured.
        look_interval_millis: u64 = 250 in 10..=10_000,
        /// Pause of a replica between two reads of projected rows, so that a burst is read
        /// together. A shorter one reads a burst in more pieces, a longer one adds to how late a
        /// report is. Chosen, not measured.
        read_pause_millis: u64 = 100 in 0..=10_000,
        /// Least time between two messages to a watcher: in a busy hour tickets change some mall's
        /// row dozens of times a second, and nobody reads that fast.
        watch_pace_millis: u64 = 1_000 in 0..=60_000,
        /// How long a report of now stands where nothing comes in: time alone makes a source late
        /// and ends a day. A shorter one works the report out more often for nothing, a longer one
        /// tells of a late source later. Chosen, not measured.
        report_stands_seconds: u64 = 5 in 1..=600,
        /// Changes that are kept for slow watchers. A watcher that is further behind is sent the
        /// whole report again. Fewer send slow watchers the whole more often, more hold more in
        /// memory. Chosen, not measured.
        watch_changes_held: usize = 8 in 1..=100,
        /// Most catalog changes in a report, which says how many there are. More make each report
        /// larger. Chosen, not measured.
        report_changes: usize = 20 in 1..=1_000,
        /// Most counters with their findings in a report, which says how many there are. Scheduling
        /// lists them all. More make each report larger. Chosen, not measured.
        report_counters: usize = 100 in 1..=1_000,
        /// Catalog changes in each replica's memory: as far back as a report with an earlier
        /// `known_on` can show them. The database keeps them all. More take more memory in each
        /// replica. Chosen, not measured.
        memory_changes: usize = 1_000 in 20..=100_000,
    }
}

impl Policy {
    /// The silence after which a feed counts as not connected.
    pub fn feed_silence(&self) -> Duration {
        Duration::from_secs(self.feed_silence_seconds)
    }

    /// [`Policy::unknown_wait_millis`] as a duration.
    pub fn unknown_wait(&self) -> Duration {
        Duration::from_millis(self.unknown_wait_millis)
    }

    /// The time after which a change that was not read counts as missing.
    pub fn lag_tolerated(&self) -> Duration {
        Duration::from_secs(self.lag_tolerated_seconds)
    }

    /// How far back the own feed reaches, and how long deleted names are kept. No answers are
    /// stored, since reporting takes no writes, and no kind of it has a history.
    pub fn retention(&self) -> Retention {
        let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
        let window = days(self.feed_days);
        let (history, requests) = (window, window);
        Retention { window, history, tombstones: days(self.tombstone_days), requests }
    }

    /// The time between two looks for what the own feed need not keep.
    pub fn feed_tidied(&self) -> Duration {
        Duration::from_secs(self.feed_tidied_seconds)
    }

    /// How long the lease of projecting holds.
    pub fn projecting_lease(&self) -> Duration {
        Duration::from_secs(self.projecting_lease_seconds)
    }

    /// The time between two looks for rows that another replica has projected.
    pub fn look_interval(&self) -> Duration {
        Duration::from_millis(self.look_interval_millis)
    }

    /// The time between two reads of projected rows.
    pub fn read_pause(&self) -> Duration {
        Duration::from_millis(self.read_pause_millis)
    }

    /// The time between two messages to a watcher.
    pub fn watch_pace(&self) -> Duration {
        Duration::from_millis(self.watch_pace_millis)
    }

    /// How long a report of now stands without a change.
    pub fn report_stands(&self) -> Duration {
        Duration::from_secs(self.report_stands_seconds)
    }
}
