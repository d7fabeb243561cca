//! Fees and times as a citizen reads them, in Indonesian: "Rp50.000", "paling lama 3 hari kerja".

use mpp_api::{
    registry::service::Requirement,
    types::{Fee, ServiceTime, fee, service_time},
};

use super::facts::bounded;

/// All fees of a service; "belum ditetapkan" where it names none.
pub fn fees(fees: &[Fee]) -> String {
    if fees.is_empty() {
        return "belum ditetapkan".to_owned();
    }
    bounded(&fees.iter().map(one_fee).collect::<Vec<_>>().join("; "))
}

fn one_fee(fee: &Fee) -> String {
    let amount = match fee.kind() {
        fee::Kind::Free => "gratis".to_owned(),
        fee::Kind::Fixed => rupiah(fee.amount_rupiah),
        fee::Kind::Range => {
            format!("{} – {}", rupiah(fee.amount_rupiah), rupiah(fee.max_rupiah))
        }
        fee::Kind::LocalRegulation if fee.source_text.is_empty() => {
            "sesuai peraturan daerah".to_owned()
        }
        fee::Kind::LocalRegulation | fee::Kind::Unparsed | fee::Kind::Unspecified => {
            fee.source_text.clone()
        }
    };
    match fee.label.as_str() {
        "" => amount,
        label => format!("{label}: {amount}"),
    }
}

/// How long a service takes.
pub fn time(time: Option<&ServiceTime>) -> String {
    let Some(time) = time else {
        return "belum ditetapkan".to_owned();
    };
    let unit = match time.unit() {
        service_time::Unit::Minutes => "menit",
        service_time::Unit::Hours => "jam",
        service_time::Unit::WorkingDays => "hari kerja",
        service_time::Unit::CalendarDays => "hari",
        service_time::Unit::Unparsed | service_time::Unit::Unspecified => {
            return bounded(&time.source_text);
        }
    };
    let limit = if time.at_most { "paling lama " } else { "" };
    format!("{limit}{} {unit}", grouped(time.value))
}

/// The requirements, in order.
pub fn requirements(requirements: &[Requirement]) -> String {
    let texts: Vec<_> = requirements.iter().map(|requirement| requirement.text.as_str()).collect();
    bounded(&texts.join("; "))
}

/// "Rp1.250.000".
fn rupiah(amount: i64) -> String {
    format!("Rp{}", grouped(amount))
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

    fn fee(kind: fee::Kind, amount: i64, source: &str) -> Fee {
        let mut fee = Fee { amount_rupiah: amount, source_text: source.into(), ..Fee::default() };
        fee.set_kind(kind);
        fee
    }

    #[test]
    fn amounts_are_written_with_dots() {
        for (amount, text) in
            [(0, "Rp0"), (950, "Rp950"), (50_000, "Rp50.000"), (1_250_000, "Rp1.250.000")]
        {
            assert_eq!(fees(&[fee(fee::Kind::Fixed, amount, "")]), text);
        }
    }

    #[test]
    fn what_could_not_be_parsed_keeps_the_sources_words() {
        assert_eq!(fees(&[fee(fee::Kind::Unparsed, 0, "menyesuaikan")]), "menyesuaikan");
        assert_eq!(fees(&[fee(fee::Kind::LocalRegulation, 0, "Sesuai Perda")]), "Sesuai Perda");
        assert_eq!(fees(&[]), "belum ditetapkan");
    }

    #[test]
    fn several_fees_are_told_apart_by_their_labels() {
        let mut ordinary = fee(fee::Kind::Fixed, 350_000, "");
        ordinary.label = "biasa".into();
        let mut electronic = fee(fee::Kind::Range, 650_000, "");
        electronic.label = "elektronik".into();
        electronic.max_rupiah = 950_000;
        assert_eq!(
            fees(&[ordinary, electronic]),
            "biasa: Rp350.000; elektronik: Rp650.000 – Rp950.000"
        );
    }

    #[test]
    fn a_maximum_is_said() {
        let mut duration = ServiceTime { value: 3, at_most: true, ..ServiceTime::default() };
        duration.set_unit(service_time::Unit::WorkingDays);
        assert_eq!(time(Some(&duration)), "paling lama 3 hari kerja");
    }
}
