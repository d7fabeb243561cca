//! The numbers that the keeper of a source may question; the agent's TOML file sets them in its
//! table `[policy]`.

use std::time::Duration;

mpp_core::policy! {
    /// The settings of one source.
    pub struct Policy {
        /// Seconds for which a run goes on trying when the registry, or the server of a database,
        /// cannot be reached. Shorter ends runs for a restart of the registry, longer keeps a run
        /// that is hopeless; with `--every` the next one comes in any case. Chosen, not measured.
        patience_seconds: u64 = 60 in 0..=86_400,
        /// Milliseconds of the first pause after a failed try to reach the registry; each further
        /// one is twice as long, and all are spread, so that agents do not come back at once.
        first_wait_millis: u64 = 250 in 10..=60_000,
        /// Seconds of the longest pause between two tries. So long after the registry is back an
        /// agent may still wait; shorter burdens one that comes back. Chosen, not measured.
        longest_wait_seconds: u64 = 60 in 1..=3600,
        /// Seconds between two looks, while a run waits, whether a registry that was away serves
        /// again; half of it at least, at random. A look is one small call.
        probe_seconds: u64 = 4 in 1..=3600,
        /// Seconds that an answer of the registry may take before the session is given up; also
        /// that a database's server may take to greet, where `page_timeout_seconds` is not less.
        /// Shorter gives up batches of a busy registry, longer notices late that it is gone.
        /// Chosen, not measured.
        answer_timeout_seconds: u64 = 60 in 1..=600,
        /// Batches sent ahead of their answers: two keep the registry busy while answers travel;
        /// more only means more to send again after a cut.
        batches_in_flight: usize = 2 in 1..=16,
        /// Per cent of the records synced before that may be gone at once. With more the run does
        /// not count as complete: a source that suddenly shrinks is broken rather than up to date.
        max_missing_percent: u32 = 10 in 0..=100,
        /// So many records may be gone at once from any source, however small it is.
        max_missing_records: usize = 3 in 0..=1_000,
        /// Hours after which a service or an hours rule that has left the source is withdrawn by
        /// itself, for good, by the first complete run that still does not find it; 0: never,
        /// somebody has to withdraw it. A record that returns before stays. A week is 168. Units,
        /// malls and counters never go by themselves.
        withdraw_absent_hours: u64 = 0 in 0..=87_600,
        /// Per cent of the records in the index that one run withdraws so at the most, or
        /// `max_missing_records` where that is more; of more none goes.
        max_absent_percent: u32 = 10 in 0..=100,
        /// Records read ahead of those that are sent: a catalog of any size takes little memory.
        read_ahead_records: usize = 2_000 in 1..=100_000,
        /// Bytes of mapped records that an agent with `--every` keeps, so that a run after an edit
        /// screens and maps only the rows that differ. What finds no room is mapped in each run
        /// again, at some 300 µs a row; more take more memory.
        remembered_bytes: usize = 268_435_456 in 0..=4_294_967_296,
        /// Seconds after which an agent that has seen no whole source counts as stale, for its
        /// alert: some of its own rounds, and a night for a source that is closed at night.
        stale_seconds: u64 = 21_600 in 60..=31_536_000,
        /// Seconds without the registry after which an agent counts as cut off, for its alert.
        /// Longer than a restart or an upgrade, so that these alert nobody. Chosen, not measured.
        cut_off_seconds: u64 = 900 in 60..=31_536_000,
        /// Problems that a run shows at its end; `mpp agent problems` lists them all. More than a
        /// screen; fewer hide what may matter. Chosen, not measured.
        shown_problems: i64 = 100 in 0..=10_000,
        /// Problems of a run that are kept one by one for `mpp agent problems`; beyond them only
        /// the counts tell. More make the state larger. Chosen, not measured.
        kept_problems: i64 = 10_000 in 100..=1_000_000,
        /// Bytes of a CSV cell. A longer one is a sign of an unclosed quote; the cells of real
        /// catalogs stay far below.
        max_cell_bytes: usize = 262_144 in 1_024..=16_777_216,
        /// Bytes of a row of CSV or of a database, and of a line: so much is held of one that does
        /// not end. Fewer refuse long rows, more hold more memory. Chosen, not measured.
        max_row_bytes: usize = 4_194_304 in 4_096..=67_108_864,
        /// Bytes of a workbook once it is unpacked: one that is packed to a thousandth of what it
        /// holds is meant to do harm.
        max_workbook_bytes: u64 = 134_217_728 in 65_536..=2_147_483_648,
        /// Bytes of one page of JSON. One page is held whole, so more take more memory; a source
        /// with larger ones is to be asked for smaller ones. Chosen, not measured.
        max_page_bytes: u64 = 33_554_432 in 1_024..=1_073_741_824,
        /// Seconds that a database may take for a statement: until the first row of a query, and
        /// for each further part of it. Shorter ends slow queries, and the run is not complete;
        /// longer lets one burden the agency's database. Chosen, not measured.
        statement_timeout_seconds: u64 = 60 in 1..=86_400,
        /// Rows that are asked of a database's cursor at once; so many are held. Fewer cost a round
        /// trip for fewer rows, more take more memory: of the largest rows 128 MiB. Chosen, not
        /// measured.
        rows_at_once: usize = 32 in 1..=10_000,
        /// Milliseconds between two looks whether a database that does not tell, or a file, has
        /// changed. So much later an edit leaves; a shorter pause looks more often for nothing.
        /// Chosen, not measured.
        look_millis: u64 = 1_000 in 100..=3_600_000,
        /// Milliseconds for which the files of a folder have to rest before they are read: one that
        /// was written just now may be half there.
        settle_millis: u64 = 1_000 in 0..=60_000,
        /// Files of a folder; with more it is taken for another one.
        max_files: usize = 1_000 in 1..=100_000,
        /// Pages of one catalog; with more they are taken to lead in a circle.
        max_pages: usize = 10_000 in 1..=1_000_000,
        /// Empty pages in a row that lead to another one; with more they are taken to go on for
        /// ever.
        max_empty_pages: usize = 10 in 0..=10_000,
        /// Seconds that the source may take for one page. Shorter gives up slow sources, longer
        /// notices late that one hangs. Chosen, not measured.
        page_timeout_seconds: u64 = 30 in 1..=600,
        /// Tries of one page before the source counts as failed. Fewer end a run for a short fault,
        /// more make a run hang on a source that is down. Chosen, not measured.
        page_tries: u32 = 5 in 1..=20,
        /// Milliseconds of the pause before a page is tried a second time; each further one is
        /// twice as long, and all are spread. With five tries some seconds in all; shorter burdens
        /// a source that is in trouble. Chosen, not measured.
        page_first_wait_millis: u64 = 500 in 10..=60_000,
        /// Seconds for which a source may ask to be left alone (`Retry-After`). The run waits so
        /// long; where more is asked for, it ends and says so. Shorter ends runs that a little
        /// patience would have made whole, longer makes them stand. Chosen, not measured.
        longest_source_wait_seconds: u64 = 300 in 0..=3_600,
    }
}

impl Policy {
    /// [`Self::patience_seconds`] as a duration.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds)
    }

    /// [`Self::first_wait_millis`] as a duration.
    pub fn first_wait(&self) -> Duration {
        Duration::from_millis(self.first_wait_millis)
    }

    /// [`Self::longest_wait_seconds`] as a duration.
    pub fn longest_wait(&self) -> Duration {
        Duration::from_secs(self.longest_wait_seconds)
    }

    /// [`Self::probe_seconds`] as a duration.
    pub fn probe(&self) -> Duration {
        Duration::from_secs(self.probe_seconds)
    }

    /// [`Self::answer_timeout_seconds`] as a duration.
    pub fn answer_timeout(&self) -> Duration {
        Duration::from_secs(self.answer_timeout_seconds)
    }

    /// Seconds that a database's server may take to greet: as much as any answer.
    pub fn greeting_timeout(&self) -> Duration {
        self.answer_timeout().min(self.page_timeout())
    }

    /// [`Self::longest_source_wait_seconds`] as a duration.
    pub fn longest_source_wait(&self) -> Duration {
        Duration::from_secs(self.longest_source_wait_seconds)
    }

    /// [`Self::look_millis`] as a duration.
    pub fn look(&self) -> Duration {
        Duration::from_millis(self.look_millis)
    }

    /// [`Self::settle_millis`] as a duration.
    pub fn settle(&self) -> Duration {
        Duration::from_millis(self.settle_millis)
    }

    /// How long an answer to a statement is waited for: the server ends it by itself before, and
    /// its word has its way to come.
    pub fn statement_patience(&self) -> Duration {
        Duration::from_secs(self.statement_timeout_seconds) + self.page_timeout()
    }

    /// [`Self::page_timeout_seconds`] as a duration.
    pub fn page_timeout(&self) -> Duration {
        Duration::from_secs(self.page_timeout_seconds)
    }
}
