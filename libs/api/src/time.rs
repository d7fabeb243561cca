//! Times on the wire.

use mpp_core::{Error, FieldCode, Micros, Result};
use prost_types::Timestamp;

const MICROS: i64 = 1_000_000;
/// 0001-01-01 and 9999-12-31, the bounds of a `Timestamp`, in seconds.
const BOUNDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// The protobuf timestamp of a time.
pub fn to_timestamp(time: Micros) -> Timestamp {
    let nanos = time.rem_euclid(MICROS) * 1000;
    Timestamp { seconds: time.div_euclid(MICROS), nanos: i32::try_from(nanos).unwrap_or(0) }
}

/// Reads a timestamp; digits finer than a microsecond are cut off.
///
/// # Errors
/// Names `field` if the timestamp is not one of the years 1 to 9999.
pub fn from_timestamp(time: &Timestamp, field: &str) -> Result<Micros> {
    if !BOUNDS.contains(&time.seconds) || !(0..1_000_000_000).contains(&time.nanos) {
        return Err(Error::field(field, FieldCode::Time, "not a time of the years 1 to 9999"));
    }
    Ok(time.seconds * MICROS + i64::from(time.nanos) / 1000)
}

/// Microseconds of a timestamp that one of our own services has sent, which is always in bounds.
pub fn micros(time: &Timestamp) -> Micros {
    time.seconds.saturating_mul(MICROS).saturating_add(i64::from(time.nanos) / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_back_before_1970_too() {
        for time in [0, 1, -1, 1_653_000_000_123_456, -62_135_596_800_000_000] {
            assert_eq!(from_timestamp(&to_timestamp(time), "t").expect("its own"), time);
        }
    }

    #[test]
    fn what_is_no_time_is_refused_by_name() {
        let wild = Timestamp { seconds: i64::MAX, nanos: 0 };
        let error = from_timestamp(&wild, "as_of").expect_err("no such year");
        assert_eq!(error.violations()[0].field, "as_of");
        assert!(from_timestamp(&Timestamp { seconds: 0, nanos: -1 }, "t").is_err());
    }
}
