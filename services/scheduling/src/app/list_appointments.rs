//! The appointments of a mall or a counter, and those that cannot be kept as hours, mall and
//! offering stand now: after such a change, somebody has to tell the holders.

use std::collections::HashMap;

use jiff::civil::Date;
use mpp_api::scheduling::{
    Appointment, ListAppointmentsResponse, ListedAppointment, appointment::State,
};
use mpp_core::{Error, FieldCode, Micros, Reason, Result};
use mpp_form::hours_rule::{Target, lies_within};
use mpp_resource::{
    Call,
    list::Pager,
    page::{OnePage, PageRequest},
};
use mpp_store::Record;

use super::Scheduling;
use crate::{
    model::{
        appointment::{earliest_name, shown},
        conflict::{Broken, broken},
        date,
        schedule::Schedule,
        slot::{SlotName, Terms},
    },
    policy::MOST_DAYS_AHEAD,
};

/// Appointments that one page looks at: if a mall keeps a year of them, a page is cut short.
const LOOK: u16 = 2_000;
/// Days before its own on which an appointment may have been made: the most that a setting allows,
/// and a day for the zone.
const BOOKED_BEFORE: i64 = MOST_DAYS_AHEAD + 1;

/// The appointments that are asked for.
pub struct AppointmentsWanted {
    /// A mall, a counter or an offering.
    pub parent: String,
    /// The first day; `None` for today.
    pub first: Option<Date>,
    /// How many days; 0 for all on which places are sold.
    pub days: i64,
    /// Only in this state.
    pub state: Option<State>,
    /// Only those that cannot be kept.
    pub only_conflicts: bool,
    /// Which page is asked for, and how long it may be.
    pub page: PageRequest,
}

/// What is known of offerings, looked up once for a page; `None` for one that is gone.
type Offerings = HashMap<String, Option<(Schedule, Terms)>>;

/// The days, and the moment that separates what is over from what lies ahead.
struct Days {
    first: String,
    last: String,
    now: Micros,
}

impl Scheduling {
    /// A page of appointments, in the order in which they were booked, for whoever keeps the
    /// counter or its mall.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `UNAVAILABLE`.
    pub async fn list_appointments(
        &self,
        call: &Call,
        wanted: &AppointmentsWanted,
    ) -> Result<OnePage<ListAppointmentsResponse>> {
        let target = Target::parse(&wanted.parent, "parent")?;
        let mall = target.mall().ok_or_else(no_mall)?;
        let schedule = self.known(|| self.memory.read().schedule(&target)).await?;
        self.authorize(call, &target)?;
        let now = self.db.clock().now();
        let first = wanted.first.unwrap_or(schedule.today(now)?);
        let days = if wanted.days == 0 { self.policy.days_ahead } else { wanted.days };
        let last = date::shift(first, days - 1);
        let days = Days { first: first.to_string(), last: last.to_string(), now };
        let rows = self.looked_at(mall, wanted, first).await?;
        self.page_of(wanted, &days, rows)
    }

    async fn looked_at(
        &self,
        mall: &str,
        wanted: &AppointmentsWanted,
        first: Date,
    ) -> Result<Vec<Record<Appointment>>> {
        let prefix = format!("{mall}/appointments/");
        let earliest = earliest_name(&prefix, date::shift(first, -BOOKED_BEFORE))?;
        let after = wanted.page.after.clone().max(earliest);
        let mut read = self.db.read().await?;
        let rows = read.list::<Appointment>(&prefix, &after, LOOK.into()).await?;
        read.end().await?;
        Ok(rows)
    }

    /// The appointments that are wanted, and where the next page begins: after the last that was
    /// looked at.
    fn page_of(
        &self,
        wanted: &AppointmentsWanted,
        days: &Days,
        rows: Vec<Record<Appointment>>,
    ) -> Result<OnePage<ListAppointmentsResponse>> {
        let (mut pager, mut known) = (Pager::new(wanted.page.clone()), Offerings::new());
        let is_all = rows.len() < usize::from(LOOK);
        for row in rows {
            if pager.is_full() {
                break;
            }
            let name = row.doc.name.clone();
            let found = self.found(row, wanted, days, &mut known)?;
            pager.offer(&name, || found);
        }
        if !is_all {
            pager.goes_on();
        }
        let page = pager.finish();
        let response =
            ListAppointmentsResponse { appointments: page.records, ..Default::default() };
        Ok(OnePage { response, next: page.next })
    }

    /// The appointment as the list has it; `None` if it is not wanted.
    fn found(
        &self,
        row: Record<Appointment>,
        wanted: &AppointmentsWanted,
        days: &Days,
        known: &mut Offerings,
    ) -> Result<Option<ListedAppointment>> {
        if !is_wanted(&row.doc, wanted, days) {
            return Ok(None);
        }
        let broken = self.broken(&row.doc, days, known)?;
        Ok((broken.is_some() || !wanted.only_conflicts).then(|| listed(row, broken)))
    }

    /// Why a booked appointment that lies ahead cannot be kept.
    fn broken(
        &self,
        doc: &Appointment,
        days: &Days,
        known: &mut Offerings,
    ) -> Result<Option<Broken>> {
        if doc.state() != State::Booked {
            return Ok(None);
        }
        let slot = SlotName::parse(&doc.slot, "slot")?;
        if !known.contains_key(&doc.offering) {
            let found = match self.memory.offering(&doc.offering, "offering") {
                Err(error) if error.reason() == Reason::NotFound => None,
                found => Some(found?),
            };
            known.insert(doc.offering.clone(), found);
        }
        let offering = known.get(&doc.offering).and_then(Option::as_ref);
        broken(&slot, offering, days.now, self.memory.decrees())
    }
}

fn no_mall() -> Error {
    let text = "appointments are listed of a mall, a counter or an offering: malls/banyuwangi";
    Error::field("parent", FieldCode::Name, text)
}

fn is_wanted(doc: &Appointment, wanted: &AppointmentsWanted, days: &Days) -> bool {
    let is_there = lies_within(&doc.offering, &wanted.parent);
    let is_then = (&*days.first..=&*days.last).contains(&doc.date.as_str());
    let is_so = wanted.state.is_none_or(|state| state == doc.state());
    is_there && is_then && is_so
}

/// The appointment without its code: whoever has that may cancel it.
fn listed(row: Record<Appointment>, broken: Option<Broken>) -> ListedAppointment {
    let appointment = shown(row.doc, String::new(), row.create_time, row.update_time);
    let mut listed = ListedAppointment { appointment: Some(appointment), ..Default::default() };
    if let Some(Broken { conflict, because }) = broken {
        listed.set_conflict(conflict);
        listed.because = because;
    }
    listed
}
