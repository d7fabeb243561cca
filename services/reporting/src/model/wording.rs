//! Fees, times and requirements as reports show them and compare them, in Indonesian. The notes of
//! a source are left out: they do not count as a difference between two services.

use mpp_api::{
    registry::service::Requirement,
    types::{Fee, ServiceTime},
    wording::{self, Language},
};

use super::facts::bounded;

/// All fees of a service, for readers of English.
pub fn fees_in_english(fees: &[Fee]) -> String {
    bounded(&wording::fees(fees, Language::English))
}

/// How long a service takes, for readers of English.
pub fn time_in_english(time: Option<&ServiceTime>) -> String {
    time.map_or_else(String::new, |time| bounded(&wording::plain_time(time, Language::English)))
}

/// All fees of a service; empty if its source states none, which readers say in their own language.
pub fn fees(fees: &[Fee]) -> String {
    bounded(&wording::fees(fees, Language::Indonesian))
}

/// How long a service takes; empty if its source does not state it.
pub fn time(time: Option<&ServiceTime>) -> String {
    time.map_or_else(String::new, |time| bounded(&wording::plain_time(time, Language::Indonesian)))
}

/// The requirements, in order.
pub fn requirements(requirements: &[Requirement]) -> String {
    let texts: Vec<_> = requirements.iter().map(|requirement| requirement.text.as_str()).collect();
    bounded(&texts.join("; "))
}

#[cfg(test)]
mod tests {
    use mpp_api::types::fee;

    use super::*;

    fn fee(kind: fee::Kind, amount: i64, source: &str) -> Fee {
        let mut fee = Fee { amount_rupiah: amount, source_text: source.into(), ..Fee::default() };
        fee.set_kind(kind);
        fee
    }

    #[test]
    fn what_could_not_be_parsed_keeps_the_sources_words() {
        assert_eq!(
            fees(&[fee(fee::Kind::Unparsed, 0, "menyesuaikan")]),
            "belum terbaca: “menyesuaikan”"
        );
        let unnamed = fees(&[fee(fee::Kind::LocalRegulation, 0, "Sesuai Perda")]);
        assert_eq!(unnamed, "menurut peraturan daerah", "as the pages say it");
    }

    #[test]
    fn nothing_stated_is_no_sentence() {
        assert_eq!((fees(&[]), time(None)), (String::new(), String::new()));
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
            "biasa: Rp350.000; elektronik: Rp650.000 sampai Rp950.000"
        );
    }
}
