//! The numbers of a replica's memory that an operator may question, as settings.

use std::time::Duration;

use super::Waits;

mpp_core::policy! {
    /// Settings of the memory from which every service answers reads.
    pub struct MemoryPolicy {
        /// Milliseconds that a read waits for a replica's first whole state. A caller that is
        /// turned away then finds another replica sooner than this one.
        loading_wait_millis: u64 = 2_000 in 0..=60_000,
        /// Milliseconds that a write waits until reads of its own replica show it. Shorter answers
        /// before they do, or refuses what names a record that is new (`UNAVAILABLE`); longer keeps
        /// its locks for longer. Less than `database.idle_write_seconds`. Chosen, not measured.
        catch_up_wait_millis: u64 = 5_000 in 0..=60_000,
    }
}

impl MemoryPolicy {
    /// How long the memory lets others wait.
    pub fn waits(&self) -> Waits {
        Waits {
            loading: Duration::from_millis(self.loading_wait_millis),
            catch_up: Duration::from_millis(self.catch_up_wait_millis),
        }
    }
}
