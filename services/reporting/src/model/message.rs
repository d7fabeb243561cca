//! Texts, counts and times in the contract's messages.

pub use mpp_api::time::to_timestamp as timestamp;
use mpp_api::types::LocalizedText;

/// A text in both languages.
pub fn text(id: &str, en: &str) -> LocalizedText {
    LocalizedText { id: id.to_owned(), en: en.to_owned() }
}

/// Counts fit: a nation has fewer counters than `i32` has numbers.
pub fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
