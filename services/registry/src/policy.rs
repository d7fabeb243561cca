//! The numbers that an operator of the registry may question, as settings.
//!
//! The bounds of a record's form (how long a title may be, how deep the tree of units) are the
//! contract's and stand in `model`; the weights of ranking stand in `search`, beside the judged set
//! that they were found by. Federation's numbers stand in `mpp_sync`. Permissions are no numbers:
//! roles and methods stand in `mpp_rpc::authz`, a publisher's own units in `model/source.rs`.

use std::time::Duration;

use mpp_store::Retention;

mpp_core::policy! {
    /// The registry's settings.
    pub struct Policy {
        /// Days that the change feed reaches back; a follower that was away longer starts again
        /// from the whole state. Each day more keeps a day's changes in the database. Chosen, not
        /// measured.
        feed_days: u64 = 7 in 1..=366,
        /// Days for which a version of a record can still be asked for once another has taken its
        /// place (ten years): what was published, who changed it, and what a bad sync is undone to.
        /// The latest version of each record stays. At least `feed_days`.
        history_days: u64 = 3_650 in 7..=36_600,
        /// Days for which the name of a deleted record is refused: longer than the oldest
        /// checkpoint of a source, so that a late write does not bring the record back.
        tombstone_days: u64 = 400 in 30..=3_660,
        /// Days for which a repeated request id gets its first answer. A repeat that comes later is
        /// written again; each day more keeps a day's answers. Chosen, not measured.
        request_days: u64 = 1 in 1..=30,
        /// Seconds between two looks of the background work at the tasks that are due. A longer
        /// pause means late counts and late tidying, a shorter one more questions to the database.
        /// Chosen, not measured.
        job_every_seconds: u64 = 60 in 1..=3_600,
        /// Seconds for which one replica does the background work (`jobs.rs`) before another may:
        /// two rounds, so that a replica that runs keeps it.
        job_lease_seconds: u64 = 120 in 2..=7_200,
        /// Batches of updates that wait for the search index; the feed waits with more. Fewer hold
        /// up the feed at each commit of the index, more only hold more in memory. Chosen, not
        /// measured.
        search_queue_batches: usize = 16 in 1..=1_024,
        /// Hits on a page of search where the request names no size. Fewer mean more calls for
        /// whoever looks on, more a larger answer for all. Chosen, not measured.
        search_page_hits: usize = 10 in 1..=100,
        /// Letters from which search forgives one slip of the pen: shorter words have too many
        /// neighbours. Of three letters only their exchange counts as a slip, and up to four
        /// letters any slip but an exchange finds what is near and not sure (`SHORT` in
        /// `search/words/typo.rs` and in `search/ranking/score.rs`). A larger number leaves more
        /// misspelt words without an answer.
        search_one_slip_letters: usize = 3 in 1..=40,
        /// Letters from which search forgives two slips of the pen. Shorter words have too many
        /// neighbours of two slips; a larger number leaves more misspelt words without an answer.
        search_two_slip_letters: usize = 7 in 1..=40,
        /// Letters below which a word that the catalog knows is taken as typed: nearly every short
        /// word has a neighbour that is more frequent.
        search_known_word_letters: usize = 5 in 1..=40,
        /// A longer known word is suspected to be a slip when another one is this many times as
        /// frequent: catalogs have misprints. A smaller number takes rare words for slips, a larger
        /// one believes misprints.
        search_far_more_frequent: u64 = 50 in 1..=1_000_000,
        /// Words that one slip of the pen may stand for, the likeliest first. Fewer may miss the
        /// one that was meant, each costs a look into the index. Chosen, not measured.
        search_slip_words: usize = 8 in 0..=100,
        /// Likeness in percent from which a service is suggested for a standard: below it most
        /// pairs of the labelled set are of other kinds (`memory/portraits.rs`).
        suggest_least_percent: u32 = 55 in 1..=100,
        /// Services that are compared with a standard for one answer, out of those that search
        /// finds by its title and keywords and that nobody has decided about. Fewer may miss some,
        /// more take longer. Chosen, not measured.
        suggest_candidates: usize = 1_000 in 100..=100_000,
        /// Services of one standard that are compared with each other, or for one line of a count,
        /// and after which a page ends: more than the nation has regencies and cities, several
        /// each.
        divergence_services: usize = 5_000 in 100..=100_000,
        /// Services that give one goal of a life event, for one answer: more than the nation has
        /// regencies and cities, several each. Those beyond are not looked at.
        goal_services: usize = 5_000 in 100..=100_000,
        /// Services on the way to one for one answer, the nearest first: more than anybody goes
        /// through, and few enough that their titles fit into one message.
        process_steps: usize = 200 in 10..=500,
        /// Requirements of a service for which one answer suggests services: each is a question to
        /// search, or several.
        satisfier_requirements: usize = 30 in 1..=100,
    }
}

impl Policy {
    /// [`Self::job_every_seconds`] as a duration.
    pub fn job_every(&self) -> Duration {
        Duration::from_secs(self.job_every_seconds)
    }

    /// [`Self::job_lease_seconds`] as a duration.
    pub fn job_lease(&self) -> Duration {
        Duration::from_secs(self.job_lease_seconds)
    }

    /// How long the feed, tombstones and answers are kept.
    pub fn retention(&self) -> Retention {
        Retention {
            window: days(self.feed_days),
            history: days(self.history_days),
            tombstones: days(self.tombstone_days),
            requests: days(self.request_days),
        }
    }
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_settings_are_allowed() {
        Policy::default().check().expect("within their ranges");
    }
}
