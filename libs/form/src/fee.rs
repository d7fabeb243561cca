//! Fees: the kind says which fields a fee has, and what a reader did not understand is kept in the
//! source's words.

use mpp_api::types::{Fee, fee::Kind};
use mpp_core::FieldCode;

use crate::{
    Check,
    limits::{LONG, MOST_RUPIAH, SHORT},
};

/// The most cases, parts or notes of one fee.
const MAX_PARTS: usize = 100;

/// Checks one fee of a service or an offering.
pub fn fee(check: &mut Check, fee: &Fee) {
    one(check, fee);
    check.each("cases", &fee.cases, MAX_PARTS, part_of_one);
    check.each("parts", &fee.parts, MAX_PARTS, part_of_one);
    if !fee.condition.is_empty() {
        check.fail("condition", FieldCode::NotAllowed, "is said of one of a fee's cases");
    }
}

/// Checks a case or a part: a fee that is not made of others.
fn part_of_one(check: &mut Check, fee: &Fee) {
    one(check, fee);
    if matches!(fee.kind(), Kind::Cases | Kind::Parts) {
        check.fail("kind", FieldCode::NotAllowed, "a case or a part has no cases or parts");
    }
}

fn one(check: &mut Check, fee: &Fee) {
    check_texts(check, fee);
    if Kind::try_from(fee.kind).is_err() || fee.kind() == Kind::Unspecified {
        return check.fail("kind", FieldCode::Required, "must be a known kind");
    }
    check_amounts(check, fee);
    check_foreign(check, fee);
    let kind = fee.kind();
    if kind == Kind::Unparsed && fee.source_text.trim().is_empty() {
        let said = "must keep the words that cannot be parsed";
        check.fail("source_text", FieldCode::Required, said);
    }
    belongs(check, "formula", !fee.formula.is_empty(), kind == Kind::Formula);
    belongs(check, "cases", !fee.cases.is_empty(), kind == Kind::Cases);
    belongs(check, "parts", !fee.parts.is_empty(), kind == Kind::Parts);
}

fn check_texts(check: &mut Check, fee: &Fee) {
    let texts = [
        ("label", &fee.label),
        ("unit", &fee.unit),
        ("regulation", &fee.regulation),
        ("formula", &fee.formula),
        ("condition", &fee.condition),
    ];
    for (field, text) in texts {
        check.text(field, text, SHORT);
    }
    check.text("source_text", &fee.source_text, LONG);
    check.texts("notes", &fee.notes, MAX_PARTS, SHORT);
}

fn check_amounts(check: &mut Check, fee: &Fee) {
    let (amount, max) = (fee.amount_rupiah, fee.max_rupiah);
    match fee.kind() {
        Kind::Fixed => {
            check.range("amount_rupiah", amount, 1, MOST_RUPIAH);
            none_of(check, "max_rupiah", max);
        }
        Kind::Range => {
            check.range("amount_rupiah", amount, 0, MOST_RUPIAH);
            check.range("max_rupiah", max, amount.saturating_add(1), MOST_RUPIAH);
        }
        _ => {
            none_of(check, "amount_rupiah", amount);
            none_of(check, "max_rupiah", max);
        }
    }
}

fn none_of(check: &mut Check, field: &str, rupiah: i64) {
    if rupiah != 0 {
        check.fail(field, FieldCode::NotAllowed, "must be 0 for this kind of fee");
    }
}

fn check_foreign(check: &mut Check, fee: &Fee) {
    belongs(check, "foreign", fee.foreign.is_some(), fee.kind() == Kind::Foreign);
    let Some(foreign) = &fee.foreign else {
        return;
    };
    check.within("foreign", |part| {
        let currency = foreign.currency.as_bytes();
        if currency.len() != 3 || !currency.iter().all(u8::is_ascii_uppercase) {
            let said = "must be a currency of ISO 4217, such as USD";
            part.fail("currency", FieldCode::Format, said);
        }
        part.range("units", foreign.units, 0, MOST_RUPIAH);
        part.range("cents", foreign.cents, 0, 99);
    });
}

/// Checks a field that one kind must have and no other may have.
fn belongs(check: &mut Check, field: &str, there: bool, wanted: bool) {
    match (there, wanted) {
        (true, false) => {
            check.fail(field, FieldCode::NotAllowed, "must be left out for this kind of fee");
        }
        (false, true) => check.fail(field, FieldCode::Required, "is what this kind of fee tells"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::types::fee::Foreign;

    use super::*;

    fn codes(fee_to_check: Fee) -> Vec<(String, FieldCode)> {
        let mut check = Check::new("service");
        check.each("fees", &[fee_to_check], 5, fee);
        let found = check.finish().err();
        found.iter().flat_map(|e| e.violations()).map(|v| (v.field.clone(), v.code)).collect()
    }

    fn of(kind: Kind, amount_rupiah: i64, max_rupiah: i64) -> Fee {
        Fee { kind: kind.into(), amount_rupiah, max_rupiah, ..Fee::default() }
    }

    #[test]
    fn the_kind_of_a_fee_says_which_amounts_it_has() {
        assert!(codes(of(Kind::Fixed, 350_000, 0)).is_empty());
        assert!(codes(of(Kind::Range, 0, 100_000)).is_empty());
        assert_eq!(
            codes(of(Kind::Fixed, -1, 5)),
            [
                ("service.fees[0].amount_rupiah".into(), FieldCode::OutOfRange),
                ("service.fees[0].max_rupiah".into(), FieldCode::NotAllowed)
            ]
        );
        assert_eq!(
            codes(of(Kind::Range, 10, 10)),
            [("service.fees[0].max_rupiah".into(), FieldCode::OutOfRange)]
        );
        assert_eq!(
            codes(of(Kind::Charged, 10, 0)),
            [("service.fees[0].amount_rupiah".into(), FieldCode::NotAllowed)]
        );
    }

    #[test]
    fn words_that_cannot_be_parsed_are_kept_never_guessed() {
        let unparsed = Fee { kind: Kind::Unparsed.into(), ..Fee::default() };
        assert_eq!(codes(unparsed), [("service.fees[0].source_text".into(), FieldCode::Required)]);
    }

    #[test]
    fn cases_are_said_by_a_fee_of_cases_and_by_no_other() {
        let free = Fee { condition: "warga kota".into(), ..of(Kind::Free, 0, 0) };
        let cases = vec![free.clone()];
        assert!(codes(Fee { cases: cases.clone(), ..of(Kind::Cases, 0, 0) }).is_empty());
        assert_eq!(
            codes(Fee { cases: cases.clone(), ..of(Kind::Free, 0, 0) }),
            [("service.fees[0].cases".into(), FieldCode::NotAllowed)]
        );
        assert_eq!(codes(free), [("service.fees[0].condition".into(), FieldCode::NotAllowed)]);
        assert_eq!(
            codes(of(Kind::Cases, 0, 0)),
            [("service.fees[0].cases".into(), FieldCode::Required)]
        );
        let nested = Fee { cases, ..of(Kind::Cases, 0, 0) };
        assert_eq!(
            codes(Fee { cases: vec![nested], ..of(Kind::Cases, 0, 0) }),
            [("service.fees[0].cases[0].kind".into(), FieldCode::NotAllowed)]
        );
    }

    #[test]
    fn another_currency_is_named_by_its_code() {
        let with = |currency: &str| {
            let foreign = Foreign { currency: currency.into(), units: 100, cents: 0 };
            Fee { foreign: Some(foreign), ..of(Kind::Foreign, 0, 0) }
        };
        assert!(codes(with("USD")).is_empty());
        assert_eq!(
            codes(with("dolar")),
            [("service.fees[0].foreign.currency".into(), FieldCode::Format)]
        );
    }
}
