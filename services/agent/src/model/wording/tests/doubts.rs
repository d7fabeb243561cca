//! Laws for texts that may mean two things: none of the two is taken.

use super::*;

const DAYS: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];

/// Lengths in calendar days, with days of the week beside them.
fn beside_a_week(length: &str, week: &str, shape: usize) -> String {
    match shape % 4 {
        0 => format!("{length} ({week})"),
        1 => format!("{length}, {week}"),
        2 => format!("{length} {week}"),
        _ => format!("{length} ({week}, 08.00 - 15.00)"),
    }
}

proptest! {
    /// Five days from Monday to Friday are days of work, or those on which an office is open.
    #[test]
    fn days_beside_days_of_the_week_are_no_calendar_days(
        count in 1u32..40, first in 0usize..7, last in 0usize..7, shape in 0usize..4,
        join in select(&["-", " - ", " s/d ", " sampai "][..]),
    ) {
        let week = format!("{}{join}{}", DAYS[first], DAYS[last]);
        let text = beside_a_week(&format!("{count} hari"), &week, shape);
        prop_assert_eq!(told(&time::read(&text)), "0 0 UNPARSED", "{}", text);
        let text = beside_a_week(&format!("{count} hari kerja"), &week, shape);
        prop_assert_eq!(told(&time::read(&text)), format!("{count} {count} WORKING_DAYS"), "{}", text);
    }

    /// Calculators write three decimals behind a dot, and nobody a time in thousands of hours.
    #[test]
    fn hours_with_three_digits_behind_a_dot_are_not_read(whole in 1u32..30, rest in 0u32..1_000) {
        let text = format!("{whole}.{rest:03} jam");
        prop_assert_eq!(told(&time::read(&text)), "0 0 UNPARSED", "{}", text);
    }

    /// Of two times that do not follow on each other nobody knows when it is which.
    #[test]
    fn one_number_or_another_is_a_range_only_if_none_lies_between(
        one in 1i64..60, other in 1i64..60,
        unit in select(&[("menit", "MINUTES"), ("jam", "HOURS"), ("hari kerja", "WORKING_DAYS")][..]),
    ) {
        let (unit, name) = unit;
        let told = told(&time::read(&format!("{one} atau {other} {unit}")));
        let expected = match one + 1 == other {
            true => format!("{one} {other} {name}"),
            false => "0 0 UNPARSED".to_owned(),
        };
        prop_assert_eq!(told, expected, "{} atau {} {}", one, other, unit);
    }

    /// Whoever brings the stamp: it is a part of which no amount is told.
    #[test]
    fn a_stamp_that_nobody_is_said_to_bring_is_a_part_that_is_not_read(
        thousands in 1u32..900, duty in 3u32..20,
        stamp in select(&["materai", "meterai"][..]), plus in select(&[" + ", " +", " ditambah "][..]),
        shape in 0usize..3,
    ) {
        let duty = ["".to_owned(), format!(" Rp {duty}.000"), format!(" Rp{duty}.000")];
        let text = format!("Rp {thousands}.000{plus}{stamp}{}", duty[shape]);
        let fee = fee::read(&text);
        let parts: Vec<String> = fee.parts.iter().map(priced).collect();
        let fixed = format!("FIXED {thousands}000 0");
        prop_assert_eq!(parts, [fixed, "UNPARSED 0 0".to_owned()], "{}", text);
        prop_assert!(fee.parts[1].source_text.contains(stamp), "{}", text);
    }

    /// All other hours are too many or too few for a door that is always open.
    #[test]
    fn hours_alone_are_a_time_unless_they_are_a_whole_day(hours in 1i64..100) {
        let read = is_one_time(&time::read(&format!("{hours} jam")));
        prop_assert_eq!(read, hours != 24, "{}", hours);
    }
}

#[test]
fn a_whole_day_is_a_time_where_anything_says_so() {
    for text in ["24 jam", "24 Jam.", "(24 jam)", "24 (dua puluh empat) jam", "dua puluh empat jam"]
    {
        assert_eq!(time::read(text).unit(), Unit::Unparsed, "{text}");
    }
    for text in [
        "maksimal 24 jam",
        "24 jam maksimal",
        "sekitar 24 jam",
        "1 x 24 jam",
        "Waktu penyelesaian 24 jam",
        "diselesaikan dalam 24 jam",
        "24 jam sejak berkas lengkap",
        "24 jam per dokumen",
        "12 - 24 jam",
    ] {
        assert_eq!(time::read(text).unit(), Unit::Hours, "{text}");
    }
}
