//! Texts, counts and times in the contract's messages.

use mpp_api::types::LocalizedText;
use mpp_core::Micros;

/// A text in both languages.
pub fn text(id: &str, en: &str) -> LocalizedText {
    LocalizedText { id: id.to_owned(), en: en.to_owned() }
}

/// Counts fit: a nation has fewer counters than `i32` has numbers.
pub fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Microseconds as the contract's timestamp.
pub fn timestamp(time: Micros) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.div_euclid(1_000_000),
        nanos: i32::try_from(time.rem_euclid(1_000_000) * 1_000).unwrap_or_default(),
    }
}
