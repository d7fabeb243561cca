//! What fees and times mean, so that two that are worded otherwise compare as equal. Nothing is
//! guessed: what was not surely read has no meaning here, and is compared by its words.

use mpp_api::types::{
    Fee, ServiceTime,
    fee::{Foreign, Kind},
    service_time::Unit,
};

/// A text as words that compare, whatever their spelling and order.
pub type Worded<'a> = &'a dyn Fn(&str) -> String;

/// What fees mean; `None` where one of them was not surely read, or names no amount: two who ask
/// what a regulation says may ask for different sums.
///
/// Of a single fee the label only repeats what the service is.
pub fn of_fees(fees: &[Fee], worded: Worded<'_>) -> Option<String> {
    let one = |fee: &Fee| {
        let label = if fees.len() == 1 { String::new() } else { worded(&fee.label) };
        Some(format!("{label} {}", of_fee(fee, worded)?))
    };
    Some(sorted(fees.iter().map(one).collect::<Option<Vec<_>>>()?))
}

/// A price, with the case in which alone it holds.
fn of_fee(fee: &Fee, worded: Worded<'_>) -> Option<String> {
    let price = match fee.kind() {
        Kind::Free => "0".to_owned(),
        Kind::Fixed => fee.amount_rupiah.to_string(),
        Kind::Range => format!("{}-{}", fee.amount_rupiah, fee.max_rupiah),
        Kind::Formula => format!("by {}", worded(&fee.formula)),
        Kind::Foreign => of_foreign(fee.foreign.as_ref()?),
        Kind::Cases => format!("one of {}", several(&fee.cases, worded)?),
        Kind::Parts => format!("all of {}", several(&fee.parts, worded)?),
        Kind::LocalRegulation
        | Kind::Regulation
        | Kind::Charged
        | Kind::Unparsed
        | Kind::Unspecified => return None,
    };
    Some(format!("{price} per [{}] if [{}]", worded(&fee.unit), worded(&fee.condition)))
}

fn of_foreign(amount: &Foreign) -> String {
    format!("{} {}.{:02}", amount.currency, amount.units, amount.cents)
}

fn several(fees: &[Fee], worded: Worded<'_>) -> Option<String> {
    let one = |fee: &Fee| Some(format!("[{}] {}", worded(&fee.label), of_fee(fee, worded)?));
    Some(sorted(fees.iter().map(one).collect::<Option<Vec<_>>>()?))
}

/// What a time means; `None` where it was not surely read.
///
/// Minutes, hours and calendar days are one measure, working days another. A bound is a bound,
/// whether or not it is called one: nobody is promised that it takes as long.
pub fn of_time(time: &ServiceTime, worded: Worded<'_>) -> Option<String> {
    let minutes = match time.unit() {
        Unit::Minutes => 1,
        Unit::Hours => 60,
        Unit::CalendarDays => 24 * 60,
        Unit::WorkingDays => {
            return Some(length("working days", (time.min_value, time.value), &time.per, worded));
        }
        Unit::Cases => return cases(&time.cases, worded),
        Unit::Unparsed | Unit::Unspecified => return None,
    };
    let ends = (time.min_value.saturating_mul(minutes), time.value.saturating_mul(minutes));
    Some(length("minutes", ends, &time.per, worded))
}

fn length(unit: &str, (least, most): (i64, i64), per: &str, worded: Worded<'_>) -> String {
    format!("{least}-{most} {unit} per {}", worded(per))
}

fn cases(times: &[ServiceTime], worded: Worded<'_>) -> Option<String> {
    let one = |time: &ServiceTime| {
        Some(format!("{}={}", worded(&time.condition), of_time(time, worded)?))
    };
    Some(sorted(times.iter().map(one).collect::<Option<Vec<_>>>()?))
}

fn sorted(mut all: Vec<String>) -> String {
    all.sort_unstable();
    all.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(text: &str) -> String {
        text.trim().to_lowercase()
    }

    fn fixed(amount_rupiah: i64, label: &str) -> Fee {
        Fee { kind: Kind::Fixed.into(), amount_rupiah, label: label.into(), ..Fee::default() }
    }

    fn time(value: i64, unit: Unit) -> ServiceTime {
        ServiceTime { value, unit: unit.into(), ..ServiceTime::default() }
    }

    #[test]
    fn the_words_of_a_source_are_no_part_of_the_meaning() {
        let free = |source_text: &str| Fee {
            kind: Kind::Free.into(),
            source_text: source_text.into(),
            ..Fee::default()
        };
        let meaning = |fees: &[Fee]| of_fees(fees, &lower);
        assert_eq!(meaning(&[free("Gratis")]), meaning(&[free("Tidak dipungut biaya")]));
        assert_ne!(meaning(&[free("Gratis")]), meaning(&[fixed(10_000, "")]));
        assert_eq!(meaning(&[fixed(10_000, "Biaya")]), meaning(&[fixed(10_000, "")]));
        let (one, other) = (fixed(1, "Baru"), fixed(2, "Ganti"));
        let order = [other.clone(), one.clone()];
        assert_eq!(meaning(&[one, other]), meaning(&order), "in whatever order");
        let unread = Fee { kind: Kind::Unparsed.into(), ..free("menyesuaikan") };
        assert_eq!(meaning(&[free(""), unread]), None, "nothing is guessed");
        let by_regulation = Fee { kind: Kind::LocalRegulation.into(), ..Fee::default() };
        assert_eq!(meaning(&[by_regulation]), None, "no sum is known");
        let case = |condition: &str| Fee { condition: condition.into(), ..fixed(5, "") };
        let cases = |condition: &str| Fee {
            kind: Kind::Cases.into(),
            cases: vec![case(condition), case("lain")],
            ..Fee::default()
        };
        assert_ne!(meaning(&[cases("WNI")]), meaning(&[cases("WNA")]), "not for the same people");
    }

    #[test]
    fn a_day_has_hours_and_a_working_day_is_another_measure() {
        let meaning = |one: &ServiceTime| of_time(one, &lower);
        let day = time(1, Unit::CalendarDays);
        assert_eq!(meaning(&time(24, Unit::Hours)), meaning(&day));
        assert_eq!(meaning(&time(60, Unit::Minutes)), meaning(&time(1, Unit::Hours)));
        assert_ne!(meaning(&time(1, Unit::WorkingDays)), meaning(&day));
        let at_most = ServiceTime { at_most: true, ..day.clone() };
        assert_eq!(meaning(&at_most), meaning(&day));
        assert_ne!(
            meaning(&ServiceTime { min_value: 1, ..time(3, Unit::Hours) }),
            meaning(&time(3, Unit::Hours))
        );
        assert_eq!(meaning(&time(0, Unit::Unparsed)), None);
    }
}
