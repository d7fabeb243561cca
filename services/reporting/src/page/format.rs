//! Numbers, dates and times as each language writes them. National times are those of Jakarta (WIB).

use mpp_calendar::{Zone, local_time};
use prost_types::Timestamp;

use super::text::Lang;
use crate::model::grouped;

const MONTHS_ID: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS_ID: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];
const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// "Senin–Kamis, Sabtu" or "Mon–Thu, Sat", of days of one week in their order.
pub fn weekdays(lang: Lang, dates: &[&str]) -> String {
    let names = match lang {
        Lang::Id => DAYS_ID,
        Lang::En => DAYS_EN,
    };
    let days: Vec<usize> = dates
        .iter()
        .filter_map(|date| date.parse::<jiff::civil::Date>().ok())
        .map(|date| usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()))
        .collect();
    let runs = days.chunk_by(|day, next| day + 1 == *next);
    let run = |run: &[usize]| match run {
        [] => String::new(),
        [day] => names[*day].to_owned(),
        [first, .., last] => format!("{}–{}", names[*first], names[*last]),
    };
    runs.map(run).collect::<Vec<_>>().join(", ")
}

/// "1.234" or "1,234".
pub fn number(lang: Lang, number: impl Into<i64>) -> String {
    let text = grouped(number.into());
    match lang {
        Lang::Id => text,
        Lang::En => text.replace('.', ","),
    }
}

/// "59,9%" or "59.9%". What is not all is never shown as 100.
pub fn percent(lang: Lang, percent: f64) -> String {
    let shown = if percent < 100.0 { percent.min(99.9) } else { 100.0 };
    let text = format!("{shown:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    match lang {
        Lang::Id => format!("{}%", text.replace('.', ",")),
        Lang::En => format!("{text}%"),
    }
}

/// "24 November 2026"; a text that is no date stays as it is.
pub fn date(lang: Lang, iso: &str) -> String {
    match iso.parse::<jiff::civil::Date>() {
        Ok(date) => day_text(lang, date),
        Err(_) => iso.to_owned(),
    }
}

fn day_text(lang: Lang, date: jiff::civil::Date) -> String {
    let months = match lang {
        Lang::Id => MONTHS_ID,
        Lang::En => MONTHS_EN,
    };
    let month = usize::from(date.month().unsigned_abs()).saturating_sub(1);
    format!("{} {} {}", date.day(), months[month.min(11)], date.year())
}

/// "24 November 2026 pukul 10.32 WIB" or "24 November 2026, 10:32 WIB".
pub fn time(lang: Lang, time: &Timestamp) -> String {
    let Ok(local) = local_time(time.seconds.saturating_mul(1_000_000), Zone::Wib) else {
        return String::new();
    };
    let day = day_text(lang, local.date());
    match lang {
        Lang::Id => format!("{day} pukul {:02}.{:02} WIB", local.hour(), local.minute()),
        Lang::En => format!("{day}, {:02}:{:02} WIB", local.hour(), local.minute()),
    }
}

/// For the `datetime` attribute.
pub fn machine_time(time: &Timestamp) -> String {
    local_time(time.seconds.saturating_mul(1_000_000), Zone::Wib)
        .map(|local| format!("{local}+07:00"))
        .unwrap_or_default()
}

/// "24 jam", "7 hari", "30 menit".
pub fn duration(lang: Lang, seconds: i64) -> String {
    let (value, id, en) = match seconds {
        86_400.. if seconds % 86_400 == 0 => (seconds / 86_400, "hari", "day"),
        3_600.. if seconds % 3_600 == 0 => (seconds / 3_600, "jam", "hour"),
        60.. if seconds % 60 == 0 => (seconds / 60, "menit", "minute"),
        _ => (seconds, "detik", "second"),
    };
    match lang {
        Lang::Id => format!("{} {id}", number(lang, value)),
        Lang::En => format!("{} {en}{}", number(lang, value), if value == 1 { "" } else { "s" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_numbers_its_own_way() {
        assert_eq!(
            (number(Lang::Id, 1234), number(Lang::En, 1234)),
            ("1.234".into(), "1,234".into())
        );
        assert_eq!(
            (percent(Lang::Id, 59.94), percent(Lang::En, 11.0)),
            ("59,9%".into(), "11%".into())
        );
    }

    #[test]
    fn what_is_not_all_is_never_shown_as_all() {
        assert_eq!(percent(Lang::En, 99.99), "99.9%");
        assert_eq!(percent(Lang::En, 100.0), "100%");
    }

    #[test]
    fn times_are_those_of_jakarta() {
        let midnight = Timestamp { seconds: 1_795_478_400, nanos: 0 };
        assert_eq!(time(Lang::Id, &midnight), "24 November 2026 pukul 07.00 WIB");
        assert_eq!(time(Lang::En, &midnight), "24 November 2026, 07:00 WIB");
        assert_eq!(machine_time(&midnight), "2026-11-24T07:00:00+07:00");
    }

    #[test]
    fn days_that_follow_each_other_are_a_range() {
        let dates = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-28"];
        assert_eq!(weekdays(Lang::En, &dates), "Mon–Wed, Sat");
        assert_eq!(weekdays(Lang::Id, &dates), "Senin–Rabu, Sabtu");
    }

    #[test]
    fn durations_use_the_largest_whole_unit() {
        assert_eq!(duration(Lang::Id, 86_400), "1 hari");
        assert_eq!(duration(Lang::En, 7_200), "2 hours");
        assert_eq!(duration(Lang::En, 60), "1 minute");
    }
}
