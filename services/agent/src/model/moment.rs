//! Moments as the people beside the agent read them: on the clock of Indonesia's three zones, which
//! know no summer time, so that no data of zones is needed.

use jiff::{Timestamp, tz::Offset};
use mpp_core::Micros;

/// Zones of the system by their names, hours ahead of UTC, and what people call them.
const ZONES: [(&str, i8, &str); 5] = [
    ("Asia/Jakarta", 7, "WIB"),
    ("Asia/Pontianak", 7, "WIB"),
    ("Asia/Makassar", 8, "WITA"),
    ("Asia/Ujung_Pandang", 8, "WITA"),
    ("Asia/Jayapura", 9, "WIT"),
];

/// A moment on the clock of a zone such as "Asia/Jakarta", with the zone's name; for a zone outside
/// Indonesia, in UTC and on Jakarta's clock.
pub fn shown(at: Micros, zone: &str) -> String {
    let Ok(moment) = Timestamp::from_microsecond(at) else { return "a time to come".to_owned() };
    let on =
        |hours| Offset::constant(hours).to_datetime(moment).strftime("%Y-%m-%d %H:%M").to_string();
    match ZONES.iter().find(|(name, ..)| *name == zone) {
        Some((_, hours, called)) => format!("{} {called}", on(*hours)),
        None => format!("{} UTC ({} WIB)", on(0), on(7)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_on_the_clock_of_its_readers_with_the_zones_name() {
        let at = 1_777_654_800_000_000;
        for (zone, told) in [
            ("Asia/Jakarta", "2026-05-02 00:00 WIB"),
            ("Asia/Makassar", "2026-05-02 01:00 WITA"),
            ("Asia/Jayapura", "2026-05-02 02:00 WIT"),
            ("Etc/UTC", "2026-05-01 17:00 UTC (2026-05-02 00:00 WIB)"),
            ("", "2026-05-01 17:00 UTC (2026-05-02 00:00 WIB)"),
        ] {
            assert_eq!(shown(at, zone), told, "{zone}");
        }
        assert_eq!(shown(Micros::MAX, "Asia/Jakarta"), "a time to come");
    }
}
