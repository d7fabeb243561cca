//! The bounds of the contract, each once: how long, how many, how much.

/// Longest name, title or source's words, in characters.
pub const SHORT: usize = 500;
/// Longest paragraph, such as one requirement, in characters.
pub const LONG: usize = 4_000;
/// Longest time of a service, in any unit; a longer one is a slip.
pub const LONGEST_TIME: i64 = 100_000;
/// Longest question to search, in characters.
pub const QUESTION: usize = 200;
/// Highest amount of a fee: no public service comes near 10^12 rupiah.
pub const MOST_RUPIAH: i64 = 1_000_000_000_000;
/// Longest text that says what a session lacked, in characters.
pub const INCOMPLETE: usize = 2_000;
/// The most batches that a client may have sent without having their answers.
pub const UNDER_WAY: usize = 100;
/// The most ids that one end names as rejected and gone.
pub const REJECTED_GONE: usize = 10_000;
/// The most ranges of one message that reconciles.
pub const RECONCILED_RANGES: usize = 1_024;
/// The most items of a range that are listed one by one.
pub const LISTED_ITEMS: usize = 256;
/// The most items of the registry's own that one answer gives, beyond those of its first range.
pub const LONE_ITEMS: usize = 4_096;
/// The most names of earlier records of each kind that a part of a preview gives.
pub const PREVIEWED_NAMES: usize = 10_000;
/// The most keys that a batch names as not confirmed.
pub const UNCONFIRMED: usize = 200_000;
