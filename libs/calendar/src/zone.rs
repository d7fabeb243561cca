//! Indonesia's three time zones (Keppres 41/1987). None of them has daylight saving time, so each
//! is a fixed offset, no time zone database is needed, and every local day is exactly 24 hours
//! long.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use crate::error::{Error, Problem};

/// A time zone of Indonesia.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// Western time (*Waktu Indonesia Barat*), UTC+7: Sumatra, Java, western and central
    /// Kalimantan.
    Wib,
    /// Central time (*Waktu Indonesia Tengah*), UTC+8: Bali, Nusa Tenggara, Sulawesi, the rest of
    /// Kalimantan.
    Wita,
    /// Eastern time (*Waktu Indonesia Timur*), UTC+9: Maluku and Papua.
    Wit,
}

impl Zone {
    /// All zones, from west to east.
    pub const ALL: [Self; 3] = [Self::Wib, Self::Wita, Self::Wit];

    /// Hours ahead of UTC.
    pub const fn utc_offset_hours(self) -> i8 {
        match self {
            Zone::Wib => 7,
            Zone::Wita => 8,
            Zone::Wit => 9,
        }
    }

    /// The IANA name, as regions carry it.
    pub const fn iana_name(self) -> &'static str {
        match self {
            Zone::Wib => "Asia/Jakarta",
            Zone::Wita => "Asia/Makassar",
            Zone::Wit => "Asia/Jayapura",
        }
    }

    /// The zone of an IANA name; `Asia/Pontianak` has shared WIB since 1988.
    pub fn from_iana(name: &str) -> Option<Zone> {
        match name {
            "Asia/Jakarta" | "Asia/Pontianak" => Some(Zone::Wib),
            "Asia/Makassar" | "Asia/Ujung_Pandang" => Some(Zone::Wita),
            "Asia/Jayapura" => Some(Zone::Wit),
            _ => None,
        }
    }

    const fn offset(self) -> Offset {
        Offset::constant(self.utc_offset_hours())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Zone::Wib => "WIB",
            Zone::Wita => "WITA",
            Zone::Wit => "WIT",
        })
    }
}

impl FromStr for Zone {
    type Err = Error;

    /// Reads `WIB`, `WITA`, `WIT` or an IANA name.
    fn from_str(text: &str) -> Result<Zone, Error> {
        match text {
            "WIB" => Ok(Zone::Wib),
            "WITA" => Ok(Zone::Wita),
            "WIT" => Ok(Zone::Wit),
            _ => Zone::from_iana(text).ok_or_else(|| {
                let hint = "use WIB, WITA, WIT, Asia/Jakarta, Asia/Makassar or Asia/Jayapura";
                Error::new("time_zone", Problem::Unreadable(hint.into()))
            }),
        }
    }
}

/// The wall clock in `zone` at an instant in microseconds since 1970 UTC.
///
/// # Errors
/// [`Problem::OutOfRange`] for an instant outside the years -9999 to 9999.
pub fn local_time(instant_micros_utc: i64, zone: Zone) -> Result<DateTime, Error> {
    let instant = Timestamp::from_microsecond(instant_micros_utc)
        .map_err(|_| Error::new("instant", Problem::OutOfRange))?;
    Ok(zone.offset().to_datetime(instant))
}

/// "Today" for a mall in `zone` at an instant in microseconds since 1970 UTC.
///
/// # Errors
/// The same as [`local_time`].
pub fn local_date(instant_micros_utc: i64, zone: Zone) -> Result<Date, Error> {
    local_time(instant_micros_utc, zone).map(DateTime::date)
}

/// The instant, in microseconds since 1970 UTC, of `minute` (0 to 1440, where 1440 is the next
/// midnight) on a local date.
///
/// # Errors
/// [`Problem::AfterMidnight`] for a minute above 1440, [`Problem::OutOfRange`] at the ends of time.
pub fn local_to_utc_micros(date: Date, minute: u16, zone: Zone) -> Result<i64, Error> {
    if minute > crate::interval::DAY {
        return Err(Error::new("minute", Problem::AfterMidnight(minute)));
    }
    date.at(0, 0, 0, 0)
        .checked_add(Span::new().minutes(i64::from(minute)))
        .and_then(|local| zone.offset().to_timestamp(local))
        .map(Timestamp::as_microsecond)
        .map_err(|_| Error::new("date", Problem::OutOfRange))
}

/// First instant of a local date and first instant after it, in microseconds since 1970 UTC.
///
/// # Errors
/// The same as [`local_to_utc_micros`].
pub fn day_bounds(date: Date, zone: Zone) -> Result<(i64, i64), Error> {
    let start = local_to_utc_micros(date, 0, zone)?;
    let end = local_to_utc_micros(date, crate::interval::DAY, zone)?;
    Ok((start, end))
}

/// Days from `from` to `to`, negative when `to` is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

/// `date` moved by `days`, within the years that can be expressed.
pub(crate) fn shift(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().days(days))
}
