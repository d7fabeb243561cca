//! Services: their place, those that are changed at their source, and the offerings that go with
//! one.

use mpp_api::{
    Document as _,
    registry::{HandBackServiceRequest, Offering, Service, UpdateServiceRequest},
    sync::Source,
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::{
    Error, FieldCode, FieldViolation, Overridden, Reason, Result, Role, as_told, check_name,
    parent_of,
};
use mpp_form::screen;
use mpp_resource::{
    Call, Filing, Keeps, Resource as _, Serves, command::Done, derived, handler::not_there_yet,
    write,
};
use mpp_store::{Label, Labels, Tx};

use super::{
    Registry,
    filing::{filing, lineage, owned},
};
use crate::{
    memory::RegistryView,
    model::{
        provenance::{self, By},
        source::check_unit,
        tree::Lineage,
    },
};

impl Serves<Service> for Registry {}

impl Keeps<Service> for Registry {
    fn check(service: &Service) -> Result<()> {
        mpp_form::service::check(service)
    }

    async fn file(
        &self,
        service: &Service,
        _before: Option<&Service>,
        tx: &mut Tx,
    ) -> Result<Filing> {
        let unit = lineage(tx, parent_of(&service.name), "parent").await?;
        let labels = service_labels(service, &unit);
        Ok(Filing { labels, owners: owned(&unit), ..Filing::default() })
    }

    /// A service that a source publishes is changed there. A field that an administrator changes is
    /// overridden: the service stays the source's, and the override says who, when and why.
    fn decide_fields(
        &self,
        service: &mut Service,
        before: Option<&Service>,
        filing: &mut Filing,
        call: &Call,
    ) -> Result<()> {
        let Some(before) = before.filter(|before| !before.source.is_empty()) else {
            return Ok(());
        };
        published_elsewhere(before, call)?;
        if service.source_id != before.source_id {
            let text =
                format!("is {}'s own; a record of another id is another record", before.source);
            return Err(Error::field("service.source_id", FieldCode::Immutable, text));
        }
        let by =
            By { subject: as_told(&call.caller.subject), at: self.now(), reason: &call.reason };
        let after = provenance::overridden(std::mem::take(service), before, by);
        *service = provenance::reasoned(after, &call.reasoned, by);
        label_anew(filing, service);
        Ok(())
    }

    fn warnings(&self, state: &RegistryView, service: &Service) -> Vec<FieldViolation> {
        remarks(service, |name| state.records.row::<Service>(name).is_some())
    }

    /// A source that is deleted meanwhile gets nothing to publish: the row is locked until the
    /// commit.
    async fn after_change(
        &self,
        service: &Service,
        before: &Service,
        _filing: &Filing,
        tx: &mut Tx,
    ) -> Result<()> {
        if service.source != before.source && !service.source.is_empty() {
            tx.require::<Source>(&service.source, "to").await?;
        }
        Ok(())
    }

    async fn before_delete(
        &self,
        service: &Service,
        why: &Tombstone,
        call: &Call,
        tx: &mut Tx,
    ) -> Result<()> {
        published_elsewhere(service, call)?;
        self.memory.catch_up(tx.head().await?).await?;
        if why.reason() == Why::Moved {
            self.move_links(tx, call, (&service.name, &why.successor)).await?;
        }
        self.withdraw_with(tx, &service.name).await
    }
}

impl Registry {
    /// Changes a service, which overrides its source where it has one; answers also what to look
    /// at: references to what does not exist yet, and fields that override the source's.
    ///
    /// # Errors
    /// Those of [`write::update`].
    pub async fn update_service(
        &self,
        mut call: Call,
        request: UpdateServiceRequest,
    ) -> Result<(Done<Service>, Vec<FieldViolation>)> {
        call.reason = provenance::reason(&request.reason)?;
        call.reasoned = reasoned(&request);
        let done = write::update(self, &call, request.service, request.update_mask).await?;
        let mut found = self.warnings(&self.memory.read(), &done.answer);
        found.extend(provenance::override_warnings(&done.answer));
        Ok((done, found))
    }

    /// Gives overridden fields of a service back to its source, or confirms them; all if none is
    /// named. Or hands the service to another publisher.
    ///
    /// # Errors
    /// `WRONG_STATE` if no source publishes it, or the publisher is the one it has; names a
    /// field that is not overridden, or what is wrong with the publisher; `PERMISSION_DENIED` to an
    /// officer who would undo what an administrator has set, or take the service from another's
    /// source; those of an update.
    pub async fn hand_back(
        &self,
        call: &Call,
        asked: &HandBackServiceRequest,
    ) -> Result<Done<Service>> {
        if !asked.to.is_empty() && (asked.keep || !asked.fields.is_empty()) {
            let text = "hands the whole service over; leave `fields` and `keep` out";
            return Err(Error::field("to", FieldCode::Format, text));
        }
        let reason = provenance::reason(&asked.reason)?;
        let by = By { subject: as_told(&call.caller.subject), at: self.now(), reason: &reason };
        write::step::<Service>(self, call, &asked.name, &asked.etag, |service, filing| {
            filing.check_owner(&call.grant)?;
            let service = match asked.to.as_str() {
                "" => handed(service, asked, call, by)?,
                to => {
                    self.check_gives(&service, call)?;
                    let source = self.publisher(&service, to)?;
                    check_ends(&service, source, call)?;
                    provenance::handed_over(service.clone(), source)
                }
            };
            label_anew(filing, &service);
            Ok(service)
        })
        .await
    }

    /// Handing a service over takes it from its publisher: an officer may only take it from a
    /// source of a unit that is theirs, too.
    fn check_gives(&self, service: &Service, call: &Call) -> Result<()> {
        if service.source.is_empty() {
            Ok(())
        } else {
            self.check_takes_from(&service.source, call)
        }
    }

    /// The source that `to` names; empty if it names the service's unit.
    fn publisher<'a>(&self, service: &Service, to: &'a str) -> Result<&'a str> {
        let unit = parent_of(&service.name);
        let source = if to == unit { "" } else { to };
        if source == service.source {
            let message = format!("{to} publishes {} already", service.name);
            return Err(Error::new(Reason::WrongState, message));
        }
        if !source.is_empty() {
            if check_name(to, Source::COLLECTIONS, "to").is_err() {
                let text = format!("must be a source, or {unit} for no source any more");
                return Err(Error::field("to", FieldCode::Name, text));
            }
            let state = self.memory.read();
            let Some(found) = state.records.get::<Source>(to) else {
                let text = format!("{to} does not exist; `mpp list sources` names those there are");
                return Err(Error::field("to", FieldCode::UnknownValue, text));
            };
            let lineage = state.lineage(unit);
            check_unit(&found.doc, unit, lineage.as_ref())
                .map_err(|fault| Error::field("to", fault.code, fault.description))?;
        }
        Ok(source)
    }

    /// How many services with overridden fields stand like this.
    pub fn overridden(&self, stands: Overridden) -> usize {
        self.memory.read().overridden(stands.as_str())
    }

    /// A service goes, and with it all that rests on it. The memory must have caught up while the
    /// service was locked.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if a race was lost.
    pub async fn withdraw_with(&self, tx: &mut Tx, service: &str) -> Result<()> {
        self.withdraw_links_of(tx, service, Why::Withdrawn).await?;
        self.withdraw_offerings(tx, service).await
    }

    /// Withdraws the service's offerings: it is no longer offered anywhere.
    async fn withdraw_offerings(&self, tx: &mut Tx, service: &str) -> Result<()> {
        let offerings: Vec<String> =
            self.memory.read().offerings_of(service).map(|name| name.to_string()).collect();
        derived::withdraw::<Offering>(tx, offerings, Why::Withdrawn).await
    }
}

/// Remarks for a service's author although it was taken: references to services that are not
/// there, and lists that say that they are not whole.
pub fn remarks(service: &Service, is_there: impl Fn(&str) -> bool) -> Vec<FieldViolation> {
    let mut found = missing_references(service, is_there);
    found.extend(screen::cut(&mut service.clone()));
    found
}

/// Services that a requirement names and that are not there. Catalogs arrive in any order, so they
/// may come.
fn missing_references(service: &Service, is_there: impl Fn(&str) -> bool) -> Vec<FieldViolation> {
    let named = service.requirements.iter().enumerate();
    let missing = named.filter(|(_, requirement)| {
        let name = &requirement.satisfied_by;
        !name.is_empty() && !is_there(name)
    });
    missing
        .map(|(index, requirement)| {
            let field = format!("service.requirements[{index}].satisfied_by");
            not_there_yet(&field, &requirement.satisfied_by)
        })
        .collect()
}

/// Refuses a write by the API to a service that a source publishes, saying where to change it.
fn published_elsewhere(service: &Service, call: &Call) -> Result<()> {
    if service.source.is_empty() || call.caller.is(Role::Administrator) {
        return Ok(());
    }
    let message = format!("{} is published by {}; change it there", service.name, service.source);
    Err(Error::new(Reason::WrongState, message))
}

/// Overrides end if no source publishes the service any more: an officer would undo what an
/// administrator has set that way.
fn check_ends(service: &Service, source: &str, call: &Call) -> Result<()> {
    if !source.is_empty() || service.overrides.is_empty() || call.caller.is(Role::Administrator) {
        return Ok(());
    }
    let text = format!(
        "an administrator has set {} over what {} says, and only an administrator ends that; ask one \
         to hand the service over, or to give these fields back first",
        provenance::named(service),
        service.source
    );
    Err(Error::new(Reason::PermissionDenied, text))
}

/// Fields of a service that are given back or confirmed, by those who set them.
fn handed(
    service: Service,
    asked: &HandBackServiceRequest,
    call: &Call,
    by: By<'_>,
) -> Result<Service> {
    if !call.caller.is(Role::Administrator) {
        let text = "what an administrator has set only an administrator gives back or confirms; the \
                    unit's officers may hand the whole service to another publisher (`to`)";
        return Err(Error::new(Reason::PermissionDenied, text));
    }
    if service.source.is_empty() {
        let message = format!(
            "no source publishes {}; `to` hands it to one that has it as well",
            service.name
        );
        return Err(Error::new(Reason::WrongState, message));
    }
    if asked.keep {
        provenance::confirmed(service, &asked.fields, by)
    } else {
        provenance::handed_back(service, &asked.fields)
    }
}

/// How a service stands to what its source says; empty if it says the same.
fn overridden_label(service: &Service) -> &'static str {
    if !service.source.is_empty() && service.source_id.is_empty() {
        Overridden::Handed.as_str()
    } else if service.overrides.iter().any(|kept| kept.drift_time.is_some()) {
        Overridden::Drifting.as_str()
    } else if service.overrides.is_empty() {
        ""
    } else {
        Overridden::Settled.as_str()
    }
}

/// The labels of a service.
pub fn service_labels(service: &Service, unit: &Lineage) -> Labels {
    let [category, source, overridden] = own_labels(service);
    let place = [(Label::Unit, unit.unit()), (Label::Agency, unit.agency())];
    filing(&[place[0], place[1], category, source, overridden], Vec::new()).labels
}

/// After a service has been changed in its transaction.
fn label_anew(filing: &mut Filing, service: &Service) {
    filing.labels.extend(own_labels(service).map(|(label, value)| (label, value.to_owned())));
}

/// The labels that follow from what a service says itself; the labels of its place follow from its
/// unit.
fn own_labels(service: &Service) -> [(Label, &str); 3] {
    [
        (Label::Category, &service.category),
        (Label::Source, &service.source),
        (Label::Overridden, overridden_label(service)),
    ]
}

/// The fields that an update gives, changed or not: those of its mask, or those that are set.
fn reasoned(request: &UpdateServiceRequest) -> Vec<String> {
    let first = |path: &str| path.split('.').next().unwrap_or(path).to_owned();
    let mask = request.update_mask.iter().flat_map(|mask| &mask.paths);
    let named: Vec<String> = mask.map(|path| first(path)).collect();
    let set = request.service.iter().flat_map(|given| given.set_paths()).map(first);
    if named.is_empty() { set.collect() } else { named }
}
