//! What fees and times mean, so that two that are worded otherwise compare as equal. Nothing is
//! guessed: what was not surely read has no meaning here, and is compared by its words.

use mpp_api::types::{Fee, ServiceTime, fee::Kind, service_time::Unit};

/// A text as words that compare, whatever their spelling and order.
pub type Worded<'a> = &'a dyn Fn(&str) -> String;

/// What fees mean; `None` where one of them was not surely read.
///
/// What a region sets by itself is one meaning, whatever the regulation is called: no amount is
/// known of it. Of a single fee the label only repeats what the service is.
pub fn of_fees(fees: &[Fee], worded: Worded<'_>) -> Option<String> {
    let mut meanings = fees.iter().map(|fee| of_fee(fee, worded)).collect::<Option<Vec<_>>>()?;
    if let [only] = meanings.as_mut_slice() {
        only.0.clear();
    }
    Some(sorted(meanings.into_iter().map(|(label, price)| format!("{label}={price}"))))
}

/// The words of what a fee is for, and its price.
fn of_fee(fee: &Fee, worded: Worded<'_>) -> Option<(String, String)> {
    let price = match fee.kind() {
        Kind::Free => "0".to_owned(),
        Kind::Fixed => fee.amount_rupiah.to_string(),
        Kind::Range => format!("{}-{}", fee.amount_rupiah, fee.max_rupiah),
        Kind::LocalRegulation => "local regulation".to_owned(),
        Kind::Regulation => "regulation".to_owned(),
        Kind::Charged => "charged".to_owned(),
        Kind::Formula => format!("by {}", worded(&fee.formula)),
        Kind::Foreign => fee
            .foreign
            .as_ref()
            .map(|own| format!("{} {}.{:02}", own.currency, own.units, own.cents))?,
        Kind::Cases => several(&fee.cases, worded)?,
        Kind::Parts => format!("sum {}", several(&fee.parts, worded)?),
        Kind::Unparsed | Kind::Unspecified => return None,
    };
    let said = worded(&format!("{} {}", fee.label, fee.condition));
    Some((said, format!("{price} per {}", worded(&fee.unit))))
}

fn several(fees: &[Fee], worded: Worded<'_>) -> Option<String> {
    let all = fees.iter().map(|fee| of_fee(fee, worded)).collect::<Option<Vec<_>>>()?;
    Some(sorted(all.into_iter().map(|(said, price)| format!("{said}={price}"))))
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
    Some(sorted(times.iter().map(one).collect::<Option<Vec<_>>>()?.into_iter()))
}

fn sorted(texts: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = texts.collect();
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
