//! The numbers of a connection to the database that an operator may question. Those of the feed
//! stand in `feed/policy.rs`; how many connections there are in all is a flag of the process.

use std::time::Duration;

use mpp_core::{Backoff, Error, FieldCode, FieldViolation, Result};

mpp_core::policy! {
    /// How many connections read, how long a service waits for its database, and when it gives up a
    /// connection.
    pub struct DatabasePolicy {
        /// Seconds that a request waits for a connection, and a process that starts for a server
        /// that is starting, too. Fewer than `server.call_seconds`, so that the caller is told.
        connection_wait_seconds: u64 = 10 in 1..=300,
        /// Connections that only read, of all that a process has (`MPP_DATABASE_CONNECTIONS`); on
        /// SQLite at least so many. The feed's reader, initial states (`initial_states` of
        /// `[server]`) and catch-ups have to wait neither for each other nor for transactions, some
        /// of which wait for what the reader brings. Fewer than six would have them wait, more are
        /// taken from those that write.
        reading_connections: u32 = 6 in 6..=64,
        /// Seconds that a statement waits for a lock (PostgreSQL); behind a longer one something
        /// hangs. Shorter gives up behind a writer that is only slow. Chosen, not measured.
        lock_wait_seconds: u64 = 10 in 1..=300,
        /// Seconds that a process which starts waits for another one that migrates (PostgreSQL);
        /// then it ends, and whatever runs it starts it again. Chosen, not measured.
        migration_wait_seconds: u64 = 60 in 1..=86_400,
        /// Seconds that one statement may take (PostgreSQL), so that one that went wrong lets go of
        /// its locks. Steps of a migration are not bound by it. Shorter ends large ones that are in
        /// order. Chosen, not measured.
        statement_seconds: u64 = 60 in 1..=3_600,
        /// Seconds for which a transaction may stand open without a statement (PostgreSQL), as that
        /// of a process that hangs does. Longer keeps old rows from being tidied away for longer.
        /// Chosen, not measured.
        idle_transaction_seconds: u64 = 60 in 1..=3_600,
        /// The same for a transaction that writes: others wait for what it has locked, even if its
        /// process has gone without a word. Less than `lock_wait_seconds`, so that they get the
        /// lock before they give up; more than a service's `catch_up_wait_millis`, for which it
        /// waits for its process's memory.
        idle_write_seconds: u64 = 8 in 1..=3_600,
        /// Seconds after which a connection that lay idle is tried before it is used: a network may
        /// have forgotten it without a word. A try costs a round trip.
        trusted_idle_seconds: u64 = 5 in 0..=3_600,
        /// Milliseconds that such a try may take; then a new connection is made. Shorter makes new
        /// connections on a slow network, longer lets a request wait for one that is dead. Chosen,
        /// not measured.
        idle_try_millis: u64 = 2_000 in 10..=60_000,
        /// Seconds that a connection which is given back may take to roll back, or to show that it
        /// still works; then it is closed, and the pool makes another. Shorter closes those of a
        /// slow database that still work, longer keeps dead ones from being replaced. Chosen, not
        /// measured.
        give_back_seconds: u64 = 5 in 1..=60,
        /// Seconds within which a look at the database must be answered; one that takes longer to
        /// tell the time serves nobody, and counts as away.
        look_seconds: u64 = 5 in 1..=60,
        /// Milliseconds after which a look that has no answer yet makes a new connection beside its
        /// own, and then one more each time as long: it is known at once that a server is back,
        /// whatever becomes of the tries before. Together with `look_last_word_millis` less than
        /// `look_seconds`.
        look_beside_millis: u64 = 1_000 in 10..=60_000,
        /// Milliseconds that the look's own connection still has once a new one was answered. A
        /// server that has only stood still for a while answers both; after that, everything that
        /// runs on earlier connections is cut.
        look_last_word_millis: u64 = 500 in 0..=60_000,
        /// Milliseconds of the pause before work on a database that has failed is tried a second
        /// time: the feed, a memory, a copy, a job. Each further one is twice as long, and all are
        /// spread, so that replicas do not come back at once.
        first_pause_millis: u64 = 250 in 10..=60_000,
        /// Milliseconds of the longest pause: so long after the database is back a replica may
        /// still stand still.
        longest_pause_millis: u64 = 2_000 in 10..=60_000,
    }
    and DatabasePolicy::fits_together
}

impl DatabasePolicy {
    fn fits_together(&self) -> impl Iterator<Item = FieldViolation> {
        [self.looks_beside(), self.pauses_grow(), self.frees_locks()].into_iter().flatten()
    }

    fn frees_locks(&self) -> Option<FieldViolation> {
        let (idle, wait) = (self.idle_write_seconds, self.lock_wait_seconds);
        (idle >= wait).then(|| FieldViolation {
            field: "idle_write_seconds".into(),
            description: format!(
                "is {idle}; with lock_wait_seconds = {wait} it must be less, so that what a process \
                 has locked that is gone is free before others give up"
            ),
            code: FieldCode::OutOfRange,
        })
    }

    /// Passes where a writing transaction may stand still for that long, as while it waits for its
    /// process's memory.
    ///
    /// # Errors
    /// `FIELD_INVALID`, naming `field`.
    pub fn check_wait(&self, field: &str, wait: Duration) -> Result<()> {
        let idle = self.idle_write_seconds;
        if wait < Duration::from_secs(idle) {
            return Ok(());
        }
        let description = format!(
            "is {} milliseconds; with database.idle_write_seconds = {idle} it must be less than \
             those, or the database ends a write that waits",
            wait.as_millis()
        );
        let (field, code) = (field.to_owned(), FieldCode::OutOfRange);
        Err(Error::fields(vec![FieldViolation { field, description, code }]))
    }

    fn pauses_grow(&self) -> Option<FieldViolation> {
        let (first, longest) = (self.first_pause_millis, self.longest_pause_millis);
        (longest < first).then(|| FieldViolation {
            field: "longest_pause_millis".into(),
            description: format!("is {longest}; with first_pause_millis = {first} at least that"),
            code: FieldCode::OutOfRange,
        })
    }

    fn looks_beside(&self) -> Option<FieldViolation> {
        let last_word = self.look_last_word_millis;
        let most = self.look_seconds.saturating_mul(1_000).saturating_sub(last_word);
        (self.look_beside_millis >= most).then(|| FieldViolation {
            field: "look_beside_millis".into(),
            description: format!(
                "is {}; with look_seconds = {} and look_last_word_millis = {last_word} it must be \
                 less than {most}, or the look ends before another connection counts",
                self.look_beside_millis, self.look_seconds
            ),
            code: FieldCode::OutOfRange,
        })
    }

    /// How long a request waits for a connection.
    pub fn connection_wait(&self) -> Duration {
        Duration::from_secs(self.connection_wait_seconds)
    }

    /// [`Self::migration_wait_seconds`] as a duration.
    pub fn migration_wait(&self) -> Duration {
        Duration::from_secs(self.migration_wait_seconds)
    }

    /// How long a connection may lie idle before it is tried.
    pub fn trusted_idle(&self) -> Duration {
        Duration::from_secs(self.trusted_idle_seconds)
    }

    /// How long such a try may take.
    pub fn idle_try(&self) -> Duration {
        Duration::from_millis(self.idle_try_millis)
    }

    /// How long a connection that is given back may take.
    pub fn give_back(&self) -> Duration {
        Duration::from_secs(self.give_back_seconds)
    }

    /// How long a look may take to be answered.
    pub fn look(&self) -> Duration {
        Duration::from_secs(self.look_seconds)
    }

    /// When another connection is tried beside the look's own.
    pub fn look_beside(&self) -> Duration {
        Duration::from_millis(self.look_beside_millis)
    }

    /// How long the look's own connection has once another was answered.
    pub fn look_last_word(&self) -> Duration {
        Duration::from_millis(self.look_last_word_millis)
    }

    /// The pauses after a failure.
    pub fn backoff(&self) -> Backoff {
        let millis = Duration::from_millis;
        Backoff::new(millis(self.first_pause_millis), millis(self.longest_pause_millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_settings_are_allowed_and_a_look_that_never_tries_another_connection_is_not() {
        DatabasePolicy::default().check().expect("within their ranges");
        let policy = DatabasePolicy { look_beside_millis: 5_000, ..DatabasePolicy::default() };
        let error = policy.check().expect_err("too late");
        assert_eq!(error.violations()[0].field, "look_beside_millis");
        let policy = DatabasePolicy { look_last_word_millis: 4_000, ..DatabasePolicy::default() };
        assert!(policy.check().is_err(), "the other one is answered when the look has ended");
    }

    #[test]
    fn a_lock_is_free_before_others_give_up_and_no_write_is_ended_while_it_waits() {
        let policy = DatabasePolicy { idle_write_seconds: 10, ..DatabasePolicy::default() };
        let error = policy.check().expect_err("others give up at the same moment");
        assert_eq!(error.violations()[0].field, "idle_write_seconds");
        let policy = DatabasePolicy { lock_wait_seconds: 60, idle_write_seconds: 20, ..policy };
        policy.check().expect("both are longer");
        let wait =
            |millis| policy.check_wait("catch_up_wait_millis", Duration::from_millis(millis));
        wait(19_999).expect("it waits for less");
        let error = wait(20_000).expect_err("the server ends it");
        assert_eq!(error.violations()[0].field, "catch_up_wait_millis");
    }
}
