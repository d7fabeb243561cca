//! The numbers that an operator may question. The law's own numbers are in the calendar's decrees.
//! No setting says how long a place is held for somebody who has not booked yet: nothing is held,
//! since there is no form to fill in meanwhile (`lib.rs`, "Rejected"); a booking is immediate.

use std::time::Duration;

use mpp_core::Micros;
use mpp_store::Retention;

/// The most that `days_ahead` allows: bookings of a day are looked for no further back.
pub const MOST_DAYS_AHEAD: i64 = 366;

mpp_core::policy! {
    /// Scheduling's settings.
    pub struct Policy {
        /// Days ahead for which hours are told and slots are sold: a quarter. Holidays beyond the
        /// last decree are unknown anyway. A key that applicants are hashed under has to stay in
        /// force as long.
        days_ahead: i64 = 92 in 1..=366,
        /// Days of one list of slots: a month, as a calendar on a screen shows it.
        slot_list_days: i64 = 31 in 1..=92,
        /// Hours rules of one target that are made by the API and not over, and as many from each
        /// source that writes there; more are a mistake of their author, and each slows every
        /// answer about the target's hours. So no source can use up the room of the mall itself.
        /// Rules that are over do not count: they stay, so that earlier hours can be answered.
        rules_per_target: usize = 64 in 1..=1000,
        /// Hours rules of one target and hand that are over and kept: at forty closures a year
        /// those of 25 years. Once there are so many, no further one is taken until some are
        /// deleted: otherwise there would be no bound for somebody who lets rules end one after the
        /// other.
        past_rules_per_target: usize = 1_024 in 1..=10_000,
        /// Minutes by which the holder of an appointment may be late and keep its place in the
        /// queue; later than that it counts as a walk-in. Shorter sends more of them behind
        /// walk-ins, longer makes those who came on time wait. Chosen, not measured.
        late_grace_minutes: i64 = 15 in 0..=120,
        /// Waiting tickets that a queue's display is given; nobody reads further down.
        waiting_tickets_shown: i64 = 50 in 1..=1000,
        /// Called tickets that a queue's display is given: more than any counter has windows.
        called_tickets_shown: i64 = 200 in 1..=1000,
        /// Days for which slots and queues stay after their own, so that a week can be looked back
        /// on. The applicants' digests go as soon as the day is over everywhere.
        kept_days: i64 = 8 in 1..=400,
        /// Days for which a follower of the feed may be away and still go on where it stood. Each
        /// day more keeps a day's changes in the database. Chosen, not measured.
        feed_days: u64 = 7 in 1..=366,
        /// Days for which a version of an hours rule can still be asked for once another has taken
        /// its place (ten years): when a counter was to be open, by whom. At least `feed_days`.
        history_days: u64 = 3_650 in 7..=36_600,
        /// Days for which the name of a deleted record stays refused, so that an old copy somewhere
        /// cannot bring it back.
        tombstone_days: u64 = 400 in 30..=3_660,
        /// Days for which a request that is sent again gets its first answer. A repeat that comes
        /// later is done again; each day more keeps a day's answers. Chosen, not measured.
        request_days: u64 = 1 in 1..=30,
        /// Milliseconds that a call waits for this replica's copy of the registry where it names
        /// what is not there: the caller may have made it just now.
        unknown_wait_millis: u64 = 3_000 in 0..=60_000,
        /// Seconds after which the position in the registry's feed is saved though nothing changed.
        /// A longer time means more to read again after a restart, a shorter one more writes.
        /// Chosen, not measured.
        bookmark_seconds: u64 = 60 in 1..=3600,
        /// Seconds after which another replica takes over the measuring of deviations from one that
        /// gives no sign of life; a sign is given three times as often. A shorter one may be lost
        /// to a slow database, a longer one leaves deviations unmeasured for longer. Chosen, not
        /// measured.
        measuring_lease_seconds: u64 = 10 in 3..=600,
        /// Seconds between two measurings of every counter, which mend whatever was missed. A
        /// longer pause leaves it unmended for longer, a shorter one measures more that has not
        /// changed. Chosen, not measured.
        sweep_seconds: u64 = 60 in 10..=3600,
        /// Counters whose deviations one transaction writes: enough to be quick, few enough to let
        /// bookings through.
        measured_at_once: usize = 400 in 1..=10_000,
        /// Seconds between two counts of those who wait, for the metrics; Prometheus asks as often.
        waiting_counted_seconds: u64 = 30 in 5..=3600,
        /// Seconds between two counts of the places that today's slots offer, for the metrics; a
        /// hundred times what a count takes where that is longer, since it plans every offering.
        offered_counted_seconds: u64 = 60 in 5..=86_400,
        /// Seconds between two looks for past days to erase. A longer pause keeps the applicants'
        /// digests for longer than the day, a shorter one asks more often and finds nothing.
        /// Chosen, not measured.
        erase_every_seconds: u64 = 600 in 10..=86_400,
        /// Seconds for which one replica erases before another may. Shorter than the pause between
        /// two looks, so that each look is somebody's and none is missed when a replica goes.
        erasing_lease_seconds: u64 = 300 in 5..=43_200,
        /// Rows that one transaction erases, so that bookings never wait long for it.
        erased_at_once: u64 = 1000 in 1..=100_000,
    }
}

impl Policy {
    /// [`Policy::late_grace_minutes`] in microseconds.
    pub fn late_grace(&self) -> Micros {
        self.late_grace_minutes * 60 * 1_000_000
    }

    /// [`Policy::unknown_wait_millis`] as a duration.
    pub fn unknown_wait(&self) -> Duration {
        Duration::from_millis(self.unknown_wait_millis)
    }

    /// How far back the feed reaches, and how long deleted names and answers are kept.
    pub fn retention(&self) -> Retention {
        let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
        Retention {
            window: days(self.feed_days),
            history: days(self.history_days),
            tombstones: days(self.tombstone_days),
            requests: days(self.request_days),
        }
    }

    /// [`Policy::bookmark_seconds`] as a duration.
    pub fn bookmark(&self) -> Duration {
        Duration::from_secs(self.bookmark_seconds)
    }

    /// [`Policy::measuring_lease_seconds`] as a duration.
    pub fn measuring_lease(&self) -> Duration {
        Duration::from_secs(self.measuring_lease_seconds)
    }

    /// [`Policy::sweep_seconds`] as a duration.
    pub fn sweep(&self) -> Duration {
        Duration::from_secs(self.sweep_seconds)
    }

    /// [`Policy::erase_every_seconds`] as a duration.
    pub fn erase_every(&self) -> Duration {
        Duration::from_secs(self.erase_every_seconds)
    }

    /// [`Policy::erasing_lease_seconds`] as a duration.
    pub fn erasing_lease(&self) -> Duration {
        Duration::from_secs(self.erasing_lease_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_days_ahead_are_what_the_setting_allows() {
        let ahead = |days_ahead| Policy { days_ahead, ..Policy::default() };
        assert!(ahead(MOST_DAYS_AHEAD).check().is_ok());
        assert!(ahead(MOST_DAYS_AHEAD + 1).check().is_err());
    }
}
