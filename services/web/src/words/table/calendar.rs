//! Days, months and units of time.

use crate::words::Phrase;

phrases! {
    // Days, months, units
    MONDAY: "Senin", "Monday";
    TUESDAY: "Selasa", "Tuesday";
    WEDNESDAY: "Rabu", "Wednesday";
    THURSDAY: "Kamis", "Thursday";
    FRIDAY: "Jumat", "Friday";
    SATURDAY: "Sabtu", "Saturday";
    SUNDAY: "Minggu", "Sunday";
    JANUARY: "Januari", "January";
    FEBRUARY: "Februari", "February";
    MARCH: "Maret", "March";
    APRIL: "April", "April";
    MAY: "Mei", "May";
    JUNE: "Juni", "June";
    JULY: "Juli", "July";
    AUGUST: "Agustus", "August";
    SEPTEMBER: "September", "September";
    OCTOBER: "Oktober", "October";
    NOVEMBER: "November", "November";
    DECEMBER: "Desember", "December";
    DAYS: "{0} hari", "{0} days";
    HOURS_LONG: "{0} jam", "{0} hours";
    MINUTES: "{0} menit", "{0} minutes";
    SECONDS: "{0} detik", "{0} seconds";
}

/// The names of the months, from January on.
pub const MONTHS: [Phrase; 12] = [
    JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE, JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER,
    DECEMBER,
];
