//! Services: their place, those that are changed at their source, and the offerings that go with
//! one.

use std::collections::HashSet;

use mpp_api::{
    registry::{Offering, Service},
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::{Error, FieldViolation, Reason, Result, Role};
use mpp_resource::{Call, Filing, Keeps, Serves, handler::not_there_yet};
use mpp_store::{Expect, Label, Labels, Tx};

use super::{
    Registry,
    filing::{filing, lineage, owned, parent_of},
};
use crate::{
    memory::RegistryView,
    model::{self, tree::Lineage},
};

impl Serves<Service> for Registry {}

impl Keeps<Service> for Registry {
    fn check(service: &Service) -> Result<()> {
        model::service::check(service)
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

    /// A service that a source publishes is changed there, or its next run would undo the change
    /// unseen. An administrator takes one over, such as one whose source is gone for good.
    fn settle(
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
        service.source.clear();
        filing.labels.insert(Label::Source, String::new());
        Ok(())
    }

    fn warnings(&self, state: &RegistryView, service: &Service) -> Vec<FieldViolation> {
        missing_references(state, service, &HashSet::new())
    }

    async fn leaving(&self, service: &Service, call: &Call, tx: &mut Tx) -> Result<()> {
        published_elsewhere(service, call)?;
        self.memory.catch_up(tx.head().await?).await?;
        self.withdraw_offerings(tx, &service.name).await
    }
}

impl Registry {
    /// A service goes: it is offered nowhere any more. The memory must have caught up while the
    /// service was locked.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` where a race was lost.
    pub async fn withdraw_offerings(&self, tx: &mut Tx, service: &str) -> Result<()> {
        let offerings: Vec<String> =
            self.memory.read().offerings_of(service).map(|name| name.to_string()).collect();
        let withdrawn = Tombstone { reason: Why::Withdrawn.into(), successor: String::new() };
        for offering in offerings {
            tx.delete::<Offering>(&offering, &withdrawn, Expect::Any).await?;
        }
        Ok(())
    }
}

/// Services that a requirement names and that do not exist. Catalogs arrive in any order, so they
/// may come; `coming` are those that come with it.
pub fn missing_references(
    state: &RegistryView,
    service: &Service,
    coming: &HashSet<&str>,
) -> Vec<FieldViolation> {
    let named = service.requirements.iter().enumerate();
    let missing = named.filter(|(_, requirement)| {
        let name = &requirement.satisfied_by;
        !name.is_empty()
            && !coming.contains(name.as_str())
            && state.records.row::<Service>(name).is_none()
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

/// The labels of a service.
pub fn service_labels(service: &Service, unit: &Lineage) -> Labels {
    let labels = [
        (Label::Unit, unit.unit()),
        (Label::Agency, unit.agency()),
        (Label::Category, &service.category),
        (Label::Source, &service.source),
    ];
    filing(&labels, Vec::new()).labels
}
