//! What fees and times mean, so that two that are worded otherwise compare as equal. Nothing is
//! guessed: what was not surely read has no meaning here, and is compared by its words.

use mpp_api::types::{
    Fee, ServiceTime,
    fee::{Foreign, Kind},
    service_time::Unit,
};

use super::divergence::{Bound, Openness};

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

/// How much of what fees cost is left to somebody else: two who leave it so alike may ask for
/// different sums.
pub fn openness(fees: &[Fee]) -> Openness {
    let mut sums = Vec::new();
    fees.iter().for_each(|fee| sums_of(fee, &mut sums));
    match (sums.contains(&false), sums.contains(&true)) {
        (true, true) => Openness::Partly,
        (true, false) => Openness::Wholly,
        (false, _) => Openness::No,
    }
}

/// Whether each price of a fee, its cases and parts names a sum.
fn sums_of(fee: &Fee, sums: &mut Vec<bool>) {
    match fee.kind() {
        Kind::Cases => fee.cases.iter().for_each(|one| sums_of(one, sums)),
        Kind::Parts => fee.parts.iter().for_each(|one| sums_of(one, sums)),
        Kind::LocalRegulation | Kind::Regulation | Kind::Charged => sums.push(false),
        Kind::Unparsed | Kind::Unspecified => sums.push(speaks_of_a_sum(&fee.source_text)),
        Kind::Free | Kind::Fixed | Kind::Range | Kind::Formula | Kind::Foreign => sums.push(true),
    }
}

/// Words of a sum without a digit.
const SUMS: [&str; 8] =
    ["rupiah", "ribu", "juta", "gratis", "bebas", "nihil", "dipungut", "tidak dikenakan"];

/// "Sesuai putusan pengadilan" was not read and names no sum; "Rp50.000 belum termasuk leges" does.
fn speaks_of_a_sum(text: &str) -> bool {
    let text = text.to_lowercase();
    text.is_empty()
        || text.contains(|sign: char| sign.is_numeric())
        || SUMS.iter().any(|word| text.contains(word))
}

/// A price, with the only case in which it holds.
fn of_fee(fee: &Fee, worded: Worded<'_>) -> Option<String> {
    let price = match fee.kind() {
        Kind::Free => "0".to_owned(),
        Kind::Fixed => fee.amount_rupiah.to_string(),
        Kind::Range => format!("{}-{}", fee.amount_rupiah, fee.max_rupiah),
        Kind::Formula => format!("by {}", formula(&fee.formula)),
        Kind::Foreign => of_foreign(fee.foreign.as_ref()?),
        Kind::Cases => format!("one of {}", several(&fee.cases, worded)?),
        Kind::Parts => format!("all of {}", several(&fee.parts, worded)?),
        Kind::LocalRegulation
        | Kind::Regulation
        | Kind::Charged
        | Kind::Unparsed
        | Kind::Unspecified => return None,
    };
    let about = if fee.approximate { "about " } else { "" };
    // "Rp5.000 per orang": some write the "per" with the unit.
    let unit = fee.unit.trim_start();
    let unit = worded(unit.strip_prefix("per ").unwrap_or(unit));
    let condition = worded(&fee.condition);
    Some(format!("{about}{price} per [{unit}] if [{condition}]{}", beside(&fee.notes, worded)))
}

/// A formula as it is written: its signs and their order are what it says.
fn formula(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect()
}

/// Words of a note that only says that a time counts from complete papers on, as every time does.
const FROM_COMPLETE: [&str; 16] = [
    "sejak",
    "setelah",
    "terhitung",
    "berkas",
    "dokumen",
    "persyaratan",
    "permohonan",
    "diterima",
    "dinyatakan",
    "lengkap",
    "dan",
    "benar",
    "telah",
    "secara",
    "semua",
    "seluruh",
];

fn only_says_when_it_begins(note: &str) -> bool {
    let words = note.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).all(|word| FROM_COMPLETE.contains(&word.as_str()))
}

/// What is said beside a reading: it may say what the reading is for.
fn beside(notes: &[String], worded: Worded<'_>) -> String {
    let told = notes.iter().filter(|note| !only_says_when_it_begins(note));
    let mut notes: Vec<String> = told.map(|note| worded(note)).collect();
    notes.retain(|note| !note.is_empty());
    if notes.is_empty() { String::new() } else { format!(" with [{}]", sorted(notes)) }
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
    let about = if time.approximate { "about " } else { "" };
    let length = match time.unit() {
        Unit::Minutes => length("minutes", time, 1),
        Unit::Hours => length("minutes", time, 60),
        Unit::CalendarDays => length("minutes", time, 24 * 60),
        Unit::WorkingDays => length("working days", time, 1),
        Unit::Cases => format!("one of {}", cases(&time.cases, worded)?),
        Unit::Unparsed | Unit::Unspecified => return None,
    };
    Some(format!("{about}{length} per {}{}", worded(&time.per), beside(&time.notes, worded)))
}

/// The longest that a time may take; `None` where it is approximate, has cases or was not read.
pub fn bound_of_time(time: &ServiceTime, worded: Worded<'_>) -> Option<Bound> {
    let (unit, each) = match time.unit() {
        Unit::Minutes => ("minutes", 1),
        Unit::Hours => ("minutes", 60),
        Unit::CalendarDays => ("minutes", 24 * 60),
        Unit::WorkingDays => ("working days", 1),
        Unit::Cases | Unit::Unparsed | Unit::Unspecified => return None,
    };
    (!time.approximate && time.value > 0).then(|| Bound {
        of: format!("{unit} per {}{}", worded(&time.per), beside(&time.notes, worded)),
        most: time.value.saturating_mul(each),
        is_maximum: time.at_most && time.min_value == 0,
    })
}

/// The most that a single fee costs; `None` where there are several, or it names no sure sum.
pub fn bound_of_fees(fees: &[Fee], worded: Worded<'_>) -> Option<Bound> {
    let [fee] = fees else { return None };
    let is_bare = fee.condition.is_empty() && fee.notes.is_empty();
    let most = match fee.kind() {
        Kind::Free if is_bare => 0,
        Kind::Fixed if fee.amount_rupiah > 0 => fee.amount_rupiah,
        Kind::Range if fee.max_rupiah > 0 => fee.max_rupiah,
        _ => return None,
    };
    let unit = worded(fee.unit.trim_start().trim_start_matches("per "));
    let condition = worded(&fee.condition);
    (!fee.approximate).then(|| Bound {
        of: format!("per [{unit}] if [{condition}]{}", beside(&fee.notes, worded)),
        most,
        is_maximum: fee.kind() == Kind::Range && fee.amount_rupiah == 0,
    })
}

fn length(unit: &str, time: &ServiceTime, each: i64) -> String {
    let (least, most) = (time.min_value.saturating_mul(each), time.value.saturating_mul(each));
    format!("{least}-{most} {unit}")
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
    }

    #[test]
    fn what_is_open_of_a_fee_is_told_however_deep_it_stands() {
        let of = |fees: &[Fee]| openness(fees);
        let free = Fee { kind: Kind::Free.into(), ..Fee::default() };
        let by_regulation = Fee { kind: Kind::LocalRegulation.into(), ..Fee::default() };
        let unread = |text: &str| Fee {
            kind: Kind::Unparsed.into(),
            source_text: text.into(),
            ..Fee::default()
        };
        let nested = Fee {
            kind: Kind::Cases.into(),
            cases: vec![free.clone(), by_regulation.clone()],
            ..Fee::default()
        };
        assert_eq!(of(std::slice::from_ref(&by_regulation)), Openness::Wholly);
        assert_eq!(of(&[nested]), Openness::Partly, "however deep it stands");
        assert_eq!(of(&[free, by_regulation]), Openness::Partly);
        assert_eq!(of(&[unread("Sesuai putusan pengadilan")]), Openness::Wholly);
        assert_eq!(of(&[unread("Rp 50.000 di luar leges")]), Openness::No);
    }

    #[test]
    fn fees_of_other_conditions_notes_or_formulas_mean_something_else() {
        let meaning = |fees: &[Fee]| of_fees(fees, &lower);
        let case = |condition: &str| Fee { condition: condition.into(), ..fixed(5, "") };
        let cases = |condition: &str| Fee {
            kind: Kind::Cases.into(),
            cases: vec![case(condition), case("lain")],
            ..Fee::default()
        };
        assert_ne!(meaning(&[cases("WNI")]), meaning(&[cases("WNA")]), "not for the same people");
        let about = Fee { approximate: true, ..fixed(5, "") };
        assert_ne!(meaning(&[about]), meaning(&[fixed(5, "")]));
        let without = Fee { notes: vec!["belum termasuk meterai".into()], ..fixed(5, "") };
        assert_ne!(meaning(&[without]), meaning(&[fixed(5, "")]), "something comes on top");
        let by = |formula: &str| Fee {
            kind: Kind::Formula.into(),
            formula: formula.into(),
            ..Fee::default()
        };
        assert_ne!(meaning(&[by("a - b")]), meaning(&[by("b - a")]));
        assert_eq!(meaning(&[by("A-b")]), meaning(&[by("a - b")]));
    }

    #[test]
    fn less_than_a_maximum_is_within_it_and_only_where_both_were_surely_read() {
        use super::super::divergence::{Saying, within};
        let of = |bound: Option<Bound>| Saying { bound, ..Saying::default() };
        let timed = |one: &ServiceTime| of(bound_of_time(one, &lower));
        let at_most = |days: i64| ServiceTime { at_most: true, ..time(days, Unit::WorkingDays) };
        let five = timed(&at_most(5));
        let keeps = |own: &ServiceTime| within(&five, &timed(own));
        assert!(keeps(&time(3, Unit::WorkingDays)) && keeps(&at_most(5)));
        assert!(keeps(&ServiceTime { min_value: 1, ..time(4, Unit::WorkingDays) }));
        assert!(!keeps(&time(6, Unit::WorkingDays)), "longer");
        assert!(!keeps(&time(3, Unit::CalendarDays)), "another measure");
        assert!(!keeps(&ServiceTime { approximate: true, ..time(3, Unit::WorkingDays) }));
        let later = ServiceTime { notes: vec!["setelah survei".into()], ..at_most(3) };
        assert!(!keeps(&later), "it begins later");
        assert!(!keeps(&time(0, Unit::Unparsed)));
        assert!(!within(&timed(&time(5, Unit::WorkingDays)), &timed(&at_most(3))), "no maximum");

        let fee = |one: Fee| of(bound_of_fees(&[one], &lower));
        let range = |least: i64, most: i64| Fee {
            kind: Kind::Range.into(),
            amount_rupiah: least,
            max_rupiah: most,
            ..Fee::default()
        };
        let free = Fee { kind: Kind::Free.into(), ..Fee::default() };
        let below = |own: Fee| within(&fee(range(0, 50_000)), &fee(own));
        assert!(below(fixed(50_000, "")) && below(range(10, 20)) && below(free.clone()));
        assert!(!below(fixed(50_001, "")));
        assert!(!below(Fee { unit: "lembar".into(), ..fixed(5, "") }), "several may cost more");
        assert!(!below(Fee { notes: vec!["belum termasuk meterai".into()], ..free }));
        assert!(!within(&fee(range(10, 50)), &fee(fixed(5, ""))), "a range is no maximum");
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
        assert_ne!(meaning(&ServiceTime { approximate: true, ..day.clone() }), meaning(&day));
        let noted = |note: &str| ServiceTime { notes: vec![note.into()], ..day.clone() };
        let usual = "sejak berkas diterima lengkap dan benar";
        assert_eq!(meaning(&noted(usual)), meaning(&day), "as everywhere");
        let later = "setelah verifikasi lapangan 6 bulan";
        assert_ne!(meaning(&noted(later)), meaning(&day), "it begins later");
    }
}
