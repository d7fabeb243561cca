//! Counters (*gerai*) and their windows (*loket*).

use mpp_api::registry::{Counter, Unit, Window, counter};
use mpp_core::{FieldCode, Result};

use crate::{Check, limits::SHORT, localized};

/// Longest floor or zone, in characters: both stand on a sign.
const MAX_PLACE: usize = 40;

/// Checks a counter's form.
///
/// # Errors
/// Every wrong field.
pub fn check(counter: &Counter) -> Result<()> {
    let mut check = Check::new("counter");
    check.name::<Counter>("name", &counter.name);
    localized(&mut check, "display_name", counter.display_name.as_ref());
    check.name::<Unit>("unit", &counter.unit);
    if counter.regime == 0 || counter::Regime::try_from(counter.regime).is_err() {
        check.fail("regime", FieldCode::Required, "must be civil service, army and police, or own");
    }
    let prefix = counter.ticket_prefix.as_bytes();
    if !(1..=3).contains(&prefix.len()) || !prefix.iter().all(u8::is_ascii_uppercase) {
        check.fail("ticket_prefix", FieldCode::Format, "must be one to three letters from A to Z");
    }
    if let Some(agreement) = &counter.agreement {
        check.within("agreement", |part| check_agreement(part, agreement));
    }
    check.text("floor", &counter.floor, MAX_PLACE);
    check.text("zone", &counter.zone, MAX_PLACE);
    check.finish()
}

/// The last day of an agreement may be the day on which it is signed, never one before.
fn check_agreement(check: &mut Check, agreement: &counter::Agreement) {
    check.required("number", &agreement.number, SHORT);
    let signed = check.date("signed_date", &agreement.signed_date);
    let expires = check.date("expire_date", &agreement.expire_date);
    if signed.zip(expires).is_some_and(|(signed, expires)| expires < signed) {
        check.fail("expire_date", FieldCode::Order, "must not be earlier than signed_date");
    }
}

/// Checks a window's form.
///
/// # Errors
/// Every wrong field.
pub fn check_window(window: &Window) -> Result<()> {
    let mut check = Check::new("window");
    check.name::<Window>("name", &window.name);
    localized(&mut check, "display_name", window.display_name.as_ref());
    check.finish()
}

#[cfg(test)]
mod tests {
    use mpp_api::types::LocalizedText;

    use super::*;

    fn counter() -> Counter {
        Counter {
            name: "malls/banyuwangi/counters/dukcapil".into(),
            display_name: Some(LocalizedText { id: "Dukcapil".into(), en: String::new() }),
            unit: "units/dukcapil-banyuwangi".into(),
            regime: counter::Regime::CivilService.into(),
            ticket_prefix: "DC".into(),
            agreement: Some(counter::Agreement {
                number: "PKS 1/2024".into(),
                signed_date: "2024-01-02".into(),
                expire_date: "2027-01-01".into(),
            }),
            ..Counter::default()
        }
    }

    #[test]
    fn a_counter_tells_all_its_faults_at_once() {
        check(&counter()).expect("as it is");
        let mut wrong = counter();
        wrong.ticket_prefix = "dc".into();
        wrong.regime = 9;
        wrong.agreement = Some(counter::Agreement {
            number: String::new(),
            signed_date: "2024-01-02".into(),
            expire_date: "2024-01-01".into(),
        });
        let error = check(&wrong).expect_err("four faults");
        let fields: Vec<_> = error.violations().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "counter.regime",
                "counter.ticket_prefix",
                "counter.agreement.number",
                "counter.agreement.expire_date"
            ]
        );
    }
}
