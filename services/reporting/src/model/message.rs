//! Texts, counts and times in the contract's messages.

use mpp_api::types::LocalizedText;
pub use mpp_rpc::time::to_timestamp as timestamp;

/// A text in both languages.
pub fn text(id: &str, en: &str) -> LocalizedText {
    LocalizedText { id: id.to_owned(), en: en.to_owned() }
}

/// Counts fit: a nation has fewer counters than `i32` has numbers.
pub fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
