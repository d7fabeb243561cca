//! How Indonesian names months and days, as catalogs write them.

const MONTHS: [&str; 14] = [
    "januari",
    "februari",
    "pebruari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "nopember",
    "desember",
];

/// The days of the week, in lower case.
pub const DAYS: [&str; 10] =
    ["senin", "selasa", "rabu", "kamis", "jumat", "jum'at", "jum’at", "sabtu", "minggu", "ahad"];

/// True for the name of a month, in lower case.
pub fn is_month(word: &str) -> bool {
    MONTHS.contains(&word)
}

/// True for the name of a day of the week, in lower case.
pub fn is_day(word: &str) -> bool {
    DAYS.contains(&word)
}
