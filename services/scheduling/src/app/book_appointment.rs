//! Booking: an applicant takes a place of a slot.

use mpp_api::scheduling::Appointment;
use mpp_core::{Error, Reason, Result};
use mpp_form::hours_rule::Target;
use mpp_resource::{
    Call,
    command::{self, Done},
};
use mpp_store::{Expect, Tx};

use super::Scheduling;
use crate::{
    metrics::BOOKINGS,
    model::{
        applicant::{Digest, Nik},
        appointment::{NewAppointment, shown},
        schedule::Schedule,
        slot::{self, Planned, SlotName, Terms},
    },
    store::booking as sql,
};

/// A place that is about to be sold to an applicant.
struct Sale {
    slot: SlotName,
    target: Target,
    schedule: Schedule,
    terms: Terms,
    applicant: Vec<Digest>,
}

impl Scheduling {
    /// Books a place of a slot. An app for citizens books anywhere; a counter and its mall their
    /// own.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `APPLICANT_HAS_APPOINTMENT`, `SLOT_FULL`, `QUOTA_USED_UP`,
    /// `COUNTER_CLOSED`; `WRONG_STATE` for a slot that is not on sale, or no longer.
    pub async fn book_appointment(
        &self,
        call: &Call,
        slot: SlotName,
        applicant: &Nik,
    ) -> Result<Done<Appointment>> {
        let sale = self.prepare(call, slot, applicant).await;
        let done = command::run(&self.db, call, async |tx| self.sell(tx, &sale?).await).await;
        BOOKINGS.add(1, [outcome(&done)]);
        done
    }

    /// Looks everything up in memory, before any lock is taken. A refusal takes effect only inside
    /// the command: the same request may have been answered while the offering was there.
    async fn prepare(&self, call: &Call, slot: SlotName, applicant: &Nik) -> Result<Sale> {
        let target = Target::parse(&slot.offering, "slot")?;
        let (schedule, terms) = self.known(|| self.bookable(&slot.offering)).await?;
        self.authorize(call, &target)?;
        let applicant = self.keys.digests(applicant, &terms.service, slot.date);
        Ok(Sale { slot, target, schedule, terms, applicant })
    }

    fn bookable(&self, offering: &str) -> Result<(Schedule, Terms)> {
        let found = self.memory.offering(offering, "slot")?;
        found.1.require_bookable()?;
        Ok(found)
    }

    /// The locks are taken in one order: applicant, day, slot.
    async fn sell(&self, tx: &mut Tx, sale: &Sale) -> Result<Appointment> {
        let Sale { slot, target, schedule, terms, applicant } = sale;
        let (decrees, days_ahead) = (self.memory.decrees(), self.policy.days_ahead);
        let planned = slot::sellable(schedule, terms, slot, tx.now(), decrees, days_ahead)?;
        let new = NewAppointment::new(slot, &planned.name, tx.now(), &mut rand::rng())?;
        let day = slot.date.to_string();
        if !sql::note_applicant(tx, applicant, &new.name, &day).await? {
            let hint = format!("the applicant has an appointment for this service on {day}");
            return Err(Error::new(Reason::ApplicantHasAppointment, hint));
        }
        take_place(tx, &planned, terms, &day).await?;
        sql::keep_code(tx, &new.name, &new.code, &day).await?;
        let code = new.code.clone();
        let doc = new.document();
        tx.put(&doc.name, &doc, target.labels(&schedule.region, &day), Expect::New).await?;
        Ok(shown(doc, code, tx.now(), tx.now()))
    }
}

fn outcome<T>(done: &Result<T>) -> &'static str {
    match done.as_ref().map_err(Error::reason) {
        Ok(_) => "sold",
        Err(Reason::SlotFull | Reason::QuotaUsedUp) => "full",
        Err(_) => "refused",
    }
}

/// Takes a place of the slot, and of the day where it has a quota.
async fn take_place(tx: &mut Tx, slot: &Planned, terms: &Terms, day: &str) -> Result<()> {
    if terms.quota_per_day > 0 {
        sql::hold_day(tx, terms, day).await?;
    }
    if sql::take_place(tx, slot, terms, day).await? {
        return Ok(());
    }
    let booked = sql::booked(tx, &slot.name).await?;
    Err(slot::full_error(slot, terms, day, booked))
}
