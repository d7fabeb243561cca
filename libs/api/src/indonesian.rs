//! Fees and times as a citizen reads them, in Indonesian: "Rp50.000 per lembar", "paling lama 3 hari
//! kerja". What could not be read is shown in the source's words, and said to be so. An error's message
//! in Indonesian is `mpp_core::Reason`'s.

use crate::types::{Fee, ServiceTime, fee, service_time};

/// One fee; of several cases each with its condition.
pub fn fee(fee: &Fee) -> String {
    let price = price(fee);
    let about = if fee.approximate { "sekitar " } else { "" };
    let unit = match fee.unit.as_str() {
        "" => String::new(),
        unit => format!(" per {unit}"),
    };
    with_label(&fee.label, &format!("{about}{price}{unit}"))
}

fn price(fee: &Fee) -> String {
    match fee.kind() {
        fee::Kind::Free => "gratis".to_owned(),
        fee::Kind::Fixed => rupiah(fee.amount_rupiah),
        fee::Kind::Range if fee.amount_rupiah == 0 => {
            format!("paling banyak {}", rupiah(fee.max_rupiah))
        }
        fee::Kind::Range => format!("{} – {}", rupiah(fee.amount_rupiah), rupiah(fee.max_rupiah)),
        fee::Kind::LocalRegulation => by_regulation(fee, "menurut peraturan daerah"),
        fee::Kind::Regulation => by_regulation(fee, "menurut peraturan"),
        fee::Kind::Charged => "berbiaya, besarnya tidak disebut".to_owned(),
        fee::Kind::Formula => format!("dihitung: {}", fee.formula),
        fee::Kind::Foreign => foreign(fee.foreign.as_ref()),
        fee::Kind::Cases => several(&fee.cases, "; "),
        fee::Kind::Parts => several(&fee.parts, " + "),
        _ if fee.source_text.is_empty() => "biaya tidak disebutkan sumbernya".to_owned(),
        fee::Kind::Unparsed | fee::Kind::Unspecified => unread(&fee.source_text),
    }
}

/// By its name, or without one in the pages' words.
fn by_regulation(fee: &Fee, unnamed: &str) -> String {
    match fee.regulation.as_str() {
        "" => unnamed.to_owned(),
        name => format!("sesuai {name}"),
    }
}

fn foreign(amount: Option<&fee::Foreign>) -> String {
    let amount = amount.cloned().unwrap_or_default();
    let cents = match amount.cents {
        0 => String::new(),
        cents => format!(",{cents:02}"),
    };
    format!("{} {}{cents}", amount.currency, grouped(amount.units))
}

fn several(fees: &[Fee], between: &str) -> String {
    let one = |each: &Fee| with_label(&each.condition, &fee(each));
    fees.iter().map(one).collect::<Vec<_>>().join(between)
}

fn with_label(label: &str, text: &str) -> String {
    if label.is_empty() { text.to_owned() } else { format!("{label}: {text}") }
}

/// "belum terbaca: “sesuai jadwal”".
fn unread(source: &str) -> String {
    format!("belum terbaca: “{source}”")
}

/// How long a service takes, with its notes, such as "per sampel"; of several cases each with its
/// condition.
pub fn time(given: &ServiceTime) -> String {
    let unit = match given.unit() {
        service_time::Unit::Minutes => "menit",
        service_time::Unit::Hours => "jam",
        service_time::Unit::WorkingDays => "hari kerja",
        service_time::Unit::CalendarDays => "hari",
        service_time::Unit::Cases => {
            let one = |case: &ServiceTime| with_label(&case.condition, &time(case));
            return given.cases.iter().map(one).collect::<Vec<_>>().join("; ");
        }
        service_time::Unit::Unparsed | service_time::Unit::Unspecified => {
            return unread(&given.source_text);
        }
    };
    let limit = if given.at_most { "paling lama " } else { "" };
    let about = if given.approximate { "sekitar " } else { "" };
    let least = match given.min_value {
        0 => String::new(),
        least => format!("{} – ", grouped(least)),
    };
    let notes = match given.notes.as_slice() {
        [] => String::new(),
        notes => format!(" ({})", notes.join("; ")),
    };
    format!("{limit}{about}{least}{} {unit}{notes}", grouped(given.value))
}

/// "Rp1.250.000".
pub fn rupiah(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    format!("{sign}Rp{}", grouped(amount.unsigned_abs() as i64))
}

/// A whole number with dots between its thousands.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: fee::Kind, amount_rupiah: i64) -> Fee {
        Fee { kind: kind.into(), amount_rupiah, ..Fee::default() }
    }

    #[test]
    fn amounts_are_written_with_dots() {
        for (amount, text) in
            [(0, "Rp0"), (950, "Rp950"), (50_000, "Rp50.000"), (1_250_000, "Rp1.250.000")]
        {
            assert_eq!(fee(&of(fee::Kind::Fixed, amount)), text);
        }
    }

    #[test]
    fn a_fee_says_what_it_is_asked_for() {
        let each = Fee { unit: "orang/hari".into(), ..of(fee::Kind::Fixed, 5_000) };
        assert_eq!(fee(&each), "Rp5.000 per orang/hari");
        let most = Fee { max_rupiah: 9_000, ..of(fee::Kind::Range, 0) };
        assert_eq!(fee(&most), "paling banyak Rp9.000");
        let named = Fee { regulation: "PP 76/2020".into(), ..of(fee::Kind::Regulation, 0) };
        assert_eq!(fee(&named), "sesuai PP 76/2020");
        assert_eq!(fee(&of(fee::Kind::LocalRegulation, 0)), "menurut peraturan daerah");
        assert_eq!(fee(&of(fee::Kind::Unparsed, 0)), "biaya tidak disebutkan sumbernya");
        let dollars = fee::Foreign { currency: "USD".into(), units: 1_000, cents: 50 };
        let foreign = Fee { foreign: Some(dollars), ..of(fee::Kind::Foreign, 0) };
        assert_eq!(fee(&foreign), "USD 1.000,50");
    }

    #[test]
    fn cases_show_their_conditions_and_what_was_not_read() {
        let free = Fee { condition: "warga kota".into(), ..of(fee::Kind::Free, 0) };
        let other = Fee { source_text: "wajib iuran".into(), ..of(fee::Kind::Unparsed, 0) };
        let cases = Fee { cases: vec![free, other], ..of(fee::Kind::Cases, 0) };
        assert_eq!(fee(&cases), "warga kota: gratis; belum terbaca: “wajib iuran”");
        let parts = vec![
            Fee { label: "sumpah".into(), ..of(fee::Kind::Fixed, 5) },
            of(fee::Kind::Fixed, 7),
        ];
        assert_eq!(fee(&Fee { parts, ..of(fee::Kind::Parts, 0) }), "sumpah: Rp5 + Rp7");
    }

    #[test]
    fn a_time_says_its_ends() {
        let days = ServiceTime { value: 3, ..ServiceTime::default() };
        let mut days = days;
        days.set_unit(service_time::Unit::WorkingDays);
        assert_eq!(time(&days), "3 hari kerja");
        assert_eq!(
            time(&ServiceTime { at_most: true, ..days.clone() }),
            "paling lama 3 hari kerja"
        );
        assert_eq!(time(&ServiceTime { min_value: 2, ..days.clone() }), "2 – 3 hari kerja");
        let each = ServiceTime { notes: vec!["per sampel".into()], ..days.clone() };
        assert_eq!(time(&each), "3 hari kerja (per sampel)");
        let mut cases = ServiceTime {
            cases: vec![ServiceTime { condition: "pasien baru".into(), ..days }],
            ..ServiceTime::default()
        };
        cases.set_unit(service_time::Unit::Cases);
        assert_eq!(time(&cases), "pasien baru: 3 hari kerja");
    }
}
