//! Offerings: services at counters.
//!
//! The counter's unit proposes, the mall's organiser accepts, and citizens see accepted offerings.
//! The organiser has accepted *that the service is offered there, at these local fees*. So:
//!
//! - A unit that changes the local fees of an accepted offering proposes again. No citizen shall be
//!   asked for a price that the mall has not agreed to.
//! - Quota and slots are how the unit serves; it may change them without asking, or every sick
//!   colleague would take the service off the list until the organiser is back at the desk.
//! - A caller who may accept changes fees without having to accept them in a second step.

use mpp_api::registry::{Offering, Service, offering::State};
use mpp_api::types::Fee;
use mpp_core::{Error, FieldCode, Reason, Result};
use mpp_form::fee::fee;

use super::Check;

/// Many more than any service has kinds of fee; a longer list is a mistake of its author.
const MAX_FEES: usize = 50;

/// Checks an offering's form.
///
/// # Errors
/// Every wrong field.
pub fn check(offering: &Offering) -> Result<()> {
    let mut check = Check::new("offering");
    check.name::<Offering>("name", &offering.name);
    check.name::<Service>("service", &offering.service);
    check.each("fees", &offering.fees, MAX_FEES, fee);
    check.range("quota_per_day", offering.quota_per_day, 0, 100_000);
    match offering.slot_minutes {
        0 if offering.slot_capacity != 0 => {
            check.fail("slot_capacity", FieldCode::NotAllowed, "must be 0 where slot_minutes is 0");
        }
        0 => {}
        minutes => {
            check.range("slot_minutes", minutes, 5, 240);
            check.range("slot_capacity", offering.slot_capacity, 1, 1_000);
        }
    }
    check.finish()
}

/// The fees that hold: the local ones if there are any, or else the service's.
pub fn effective_fees<'a>(local: &'a [Fee], service: &'a [Fee]) -> &'a [Fee] {
    if local.is_empty() { service } else { local }
}

/// The state after an update; see the module's text.
pub fn state_after(before: &Offering, after: &Offering, may_accept: bool) -> State {
    if before.fees != after.fees && !may_accept { State::Proposed } else { before.state() }
}

/// Checks that a unit has proposed the offering, and that it waits to be accepted.
///
/// # Errors
/// `WRONG_STATE` if nothing waits to be accepted.
pub fn check_proposed(offering: &Offering) -> Result<()> {
    if offering.state() == State::Proposed {
        return Ok(());
    }
    let message = format!("{} is accepted already; nothing is left to do", offering.name);
    Err(Error::new(Reason::WrongState, message))
}

#[cfg(test)]
mod tests {
    use mpp_api::types::fee::Kind;

    use super::*;

    fn accepted() -> Offering {
        Offering {
            name: "malls/banyuwangi/counters/dukcapil/offerings/ktp".into(),
            service: "units/kemendagri/services/ktp".into(),
            state: State::Accepted.into(),
            slot_minutes: 15,
            slot_capacity: 2,
            ..Offering::default()
        }
    }

    fn fixed(amount_rupiah: i64) -> Fee {
        Fee { kind: Kind::Fixed.into(), amount_rupiah, ..Fee::default() }
    }

    #[test]
    fn a_new_price_waits_for_the_organiser_and_a_new_quota_does_not() {
        let mut dearer = accepted();
        dearer.fees = vec![fixed(10_000)];
        assert_eq!(state_after(&accepted(), &dearer, false), State::Proposed);
        assert_eq!(state_after(&accepted(), &dearer, true), State::Accepted);

        let mut busier = accepted();
        busier.quota_per_day = 40;
        busier.slot_capacity = 1;
        assert_eq!(state_after(&accepted(), &busier, false), State::Accepted);
    }

    #[test]
    fn only_what_is_proposed_is_accepted() {
        let proposed = Offering { state: State::Proposed.into(), ..accepted() };
        check_proposed(&proposed).expect("waits");
        assert_eq!(check_proposed(&accepted()).expect_err("done").reason(), Reason::WrongState);
    }

    #[test]
    fn local_fees_stand_before_the_services() {
        let (local, service) = ([fixed(5)], [fixed(7)]);
        assert_eq!(effective_fees(&local, &service), &local);
        assert_eq!(effective_fees(&[], &service), &service);
    }

    #[test]
    fn slots_are_5_to_240_minutes_or_none() {
        check(&accepted()).expect("as it is");
        for (slot_minutes, slot_capacity) in
            [(4, 1), (241, 1), (15, 0), (15, 1_001), (0, 1), (-5, 1)]
        {
            let wrong = Offering { slot_minutes, slot_capacity, ..accepted() };
            assert!(check(&wrong).is_err(), "{slot_minutes} {slot_capacity}");
        }
        check(&Offering { slot_minutes: 0, slot_capacity: 0, ..accepted() }).expect("not bookable");
    }
}
