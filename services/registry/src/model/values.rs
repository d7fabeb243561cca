//! The values that several records share: localized texts, places, fees, times.

use mpp_api::types::{Fee, LocalizedText, Location, ServiceTime, fee, service_time};
use mpp_core::FieldCode;

use super::{Check, SHORT};

/// No fee of a public service comes near it: 10^12 rupiah.
const MAX_RUPIAH: i64 = 1_000_000_000_000;
/// Longest time of a service, in any unit.
const MAX_TIME: i64 = 100_000;

/// A name or title in Indonesian, with an English rendering where there is one.
pub fn localized(check: &mut Check, field: &str, text: Option<&LocalizedText>) {
    match text {
        None => check.fail(&format!("{field}.id"), FieldCode::Required, "must not be empty"),
        Some(text) => check.within(field, |part| {
            part.required("id", &text.id, SHORT);
            part.text("en", &text.en, SHORT);
        }),
    }
}

/// A place on the earth; whether it is there is the caller's matter.
pub fn location(check: &mut Check, field: &str, place: &Location) {
    check.within(field, |part| {
        part.range("latitude", place.latitude, -90.0, 90.0);
        part.range("longitude", place.longitude, -180.0, 180.0);
        if place.latitude.is_nan() || place.longitude.is_nan() {
            part.fail("", FieldCode::OutOfRange, "must be degrees, such as -8.2192 and 114.3691");
        }
    });
}

/// One fee: its kind says which amounts it has.
pub fn fee(check: &mut Check, fee: &Fee) {
    check.text("label", &fee.label, SHORT);
    check.text("source_text", &fee.source_text, SHORT);
    let (amount, max) = (fee.amount_rupiah, fee.max_rupiah);
    match fee::Kind::try_from(fee.kind) {
        Err(_) | Ok(fee::Kind::Unspecified) => {
            check.fail("kind", FieldCode::Required, "must be a known kind")
        }
        Ok(fee::Kind::Fixed) => {
            check.range("amount_rupiah", amount, 1, MAX_RUPIAH);
            none_of(check, "max_rupiah", max);
        }
        Ok(fee::Kind::Range) => {
            check.range("amount_rupiah", amount, 0, MAX_RUPIAH);
            check.range("max_rupiah", max, amount.saturating_add(1), MAX_RUPIAH);
        }
        Ok(kind @ (fee::Kind::Free | fee::Kind::LocalRegulation | fee::Kind::Unparsed)) => {
            none_of(check, "amount_rupiah", amount);
            none_of(check, "max_rupiah", max);
            if kind == fee::Kind::Unparsed && fee.source_text.trim().is_empty() {
                check.fail(
                    "source_text",
                    FieldCode::Required,
                    "must keep the words that cannot be parsed",
                );
            }
        }
    }
}

fn none_of(check: &mut Check, field: &str, rupiah: i64) {
    if rupiah != 0 {
        check.fail(field, FieldCode::NotAllowed, "must be 0 for this kind of fee");
    }
}

/// How long a service takes.
pub fn time(check: &mut Check, field: &str, time: &ServiceTime) {
    check.within(field, |part| {
        part.text("source_text", &time.source_text, SHORT);
        match service_time::Unit::try_from(time.unit) {
            Err(_) | Ok(service_time::Unit::Unspecified) => {
                part.fail("unit", FieldCode::Required, "must be a known unit");
            }
            Ok(service_time::Unit::Unparsed) => {
                if time.value != 0 {
                    part.fail(
                        "value",
                        FieldCode::NotAllowed,
                        "must be 0 where the words cannot be parsed",
                    );
                }
                part.required("source_text", &time.source_text, SHORT);
            }
            Ok(_) => part.range("value", time.value, 1, MAX_TIME),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(fee_to_check: Fee) -> Vec<(String, FieldCode)> {
        let mut check = Check::new("service");
        check.each("fees", &[fee_to_check], 5, fee);
        let found = check.finish().err();
        found.iter().flat_map(|e| e.violations()).map(|v| (v.field.clone(), v.code)).collect()
    }

    #[test]
    fn the_kind_of_a_fee_says_which_amounts_it_has() {
        let of = |kind: fee::Kind, amount_rupiah, max_rupiah| Fee {
            kind: kind.into(),
            amount_rupiah,
            max_rupiah,
            ..Fee::default()
        };
        assert!(codes(of(fee::Kind::Fixed, 350_000, 0)).is_empty());
        assert!(codes(of(fee::Kind::Range, 0, 100_000)).is_empty());
        assert_eq!(
            codes(of(fee::Kind::Fixed, -1, 5)),
            [
                ("service.fees[0].amount_rupiah".into(), FieldCode::OutOfRange),
                ("service.fees[0].max_rupiah".into(), FieldCode::NotAllowed)
            ]
        );
        assert_eq!(
            codes(of(fee::Kind::Range, 10, 10)),
            [("service.fees[0].max_rupiah".into(), FieldCode::OutOfRange)]
        );
    }

    #[test]
    fn words_that_cannot_be_parsed_are_kept_never_guessed() {
        let unparsed = Fee { kind: fee::Kind::Unparsed.into(), ..Fee::default() };
        assert_eq!(codes(unparsed), [("service.fees[0].source_text".into(), FieldCode::Required)]);
        let mut check = Check::new("service");
        let guessed = ServiceTime {
            value: 3,
            unit: service_time::Unit::Unparsed.into(),
            source_text: "secepatnya".into(),
            ..ServiceTime::default()
        };
        time(&mut check, "time", &guessed);
        assert_eq!(
            check.finish().expect_err("guessed").violations()[0].field,
            "service.time.value"
        );
    }

    #[test]
    fn a_place_must_be_on_the_earth() {
        let mut check = Check::new("");
        location(&mut check, "a", &Location { latitude: 114.3, longitude: -8.2 });
        location(&mut check, "b", &Location { latitude: f64::NAN, longitude: 0.0 });
        let error = check.finish().expect_err("swapped, and not a number");
        assert_eq!(error.violations()[0].field, "a.latitude");
        assert_eq!(error.violations()[1].field, "b");
    }
}
