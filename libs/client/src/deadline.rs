//! `grpc-timeout`, the header by which a caller says how long it waits.

use std::time::Duration;

use http::HeaderValue;
use mpp_core::{Error, Reason};

/// The header's name.
pub const HEADER: &str = "grpc-timeout";
/// Longest deadline that is kept as such.
pub const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);
/// The most digits that the header has.
const MOST: u128 = 99_999_999;

/// The refusal of a call whose deadline has passed.
pub fn passed() -> Error {
    Error::new(Reason::DeadlineExceeded, "the deadline passed; nothing is known of the outcome")
}

/// Reads the header's text, at most [`LONGEST`].
pub fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let is_number = (1..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number: u64 = digits.parse().ok().filter(|_| is_number)?;
    let duration = match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    };
    Some(duration.min(LONGEST))
}

/// The header for this deadline.
pub fn header(time: Duration) -> HeaderValue {
    let micros = time.as_micros();
    let text = match micros {
        0..=MOST => format!("{micros}u"),
        _ if micros / 1000 <= MOST => format!("{}m", micros / 1000),
        _ => format!("{}S", time.as_secs().min(LONGEST.as_secs())),
    };
    // Digits and a letter; the zero stands for what cannot be.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("0u"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_of_the_header_is_read() {
        assert_eq!(parse("2H"), Some(Duration::from_secs(7200)));
        assert_eq!(parse("2M"), Some(Duration::from_secs(120)));
        assert_eq!(parse("100m"), Some(Duration::from_millis(100)));
        assert_eq!(parse("7u"), Some(Duration::from_micros(7)));
        assert_eq!(parse("99999999H"), Some(LONGEST));
    }

    #[test]
    fn what_is_no_timeout_is_not_guessed() {
        for text in ["", "S", "1", "123456789S", "+1S", "1s", "1é", "-1S"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for time in [0, 1, 99_999_999, 100_000_000, 30 * 24 * 3600 * 1_000_000] {
            let time = Duration::from_micros(time);
            let text = header(time);
            let read = parse(text.to_str().expect("ASCII")).expect("its own");
            assert!(read <= time && time - read < Duration::from_secs(1), "{time:?}: {read:?}");
        }
    }
}
