//! An appointment, for its holder and its counter.

use mpp_api::scheduling::Appointment;
use mpp_core::{Error, Result};
use mpp_form::hours_rule::Target;
use mpp_resource::Call;
use mpp_store::Record;

use super::Scheduling;
use crate::{
    model::appointment::{is_code, shown},
    store::booking as sql,
};

impl Scheduling {
    /// The appointment `name`, for those who know its code or keep its counter.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for a wrong code; `PERMISSION_DENIED`; `UNAVAILABLE` while malls load.
    pub async fn get_appointment(
        &self,
        call: &Call,
        name: &str,
        given_code: &str,
    ) -> Result<Appointment> {
        let mut read = self.db.read().await?;
        let stored = read.get::<Appointment>(name).await?;
        let code = sql::code_of(read.conn(), name).await?;
        read.end().await?;
        let Record { doc, create_time, update_time, .. } =
            stored.ok_or_else(|| Error::not_found(name))?;
        self.require_holder(call, &doc, given_code, &code)?;
        Ok(shown(doc, code, create_time, update_time))
    }

    /// An appointment is shown to its holder, by the code, and to its counter and mall. For all
    /// others it does not exist: names are in the feed, so that knowing one proves nothing.
    pub(super) fn require_holder(
        &self,
        call: &Call,
        doc: &Appointment,
        given_code: &str,
        code: &str,
    ) -> Result<()> {
        let owners = self.memory.read().owners(&Target::parse(&doc.offering, "offering")?)?;
        let owners: Vec<_> = owners.iter().map(String::as_str).collect();
        call.grant.check(&owners)?;
        if call.grant.is_owner(&owners) || is_code(given_code, code) {
            return Ok(());
        }
        Err(Error::not_found(&doc.name))
    }
}
