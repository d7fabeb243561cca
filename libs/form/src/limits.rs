//! The bounds of the contract, each once: how long, how many, how much.

/// Longest name, title or source's words, in characters.
pub const SHORT: usize = 500;
/// Longest paragraph, such as one requirement, in characters.
pub const LONG: usize = 4_000;
/// No fee of a public service comes near it: 10^12 rupiah.
pub const MOST_RUPIAH: i64 = 1_000_000_000_000;
/// Longest text that says what a session lacked, in characters.
pub const INCOMPLETE: usize = 2_000;
/// Batches that a client may have sent without having their answers.
pub const UNDER_WAY: usize = 100;
/// Ids that one end names as rejected and gone.
pub const REJECTED_GONE: usize = 10_000;
/// Ranges of one message that reconciles.
pub const RECONCILED_RANGES: usize = 1_024;
/// Items of a range that are listed one by one.
pub const LISTED_ITEMS: usize = 256;
/// Items of the registry's own that one answer tells of, beyond those of its first range.
pub const LONE_ITEMS: usize = 4_096;
/// Names of earlier records that a part of a preview gives, of each kind.
pub const PREVIEWED_NAMES: usize = 10_000;
/// Keys that a batch names as not confirmed.
pub const UNCONFIRMED: usize = 200_000;
