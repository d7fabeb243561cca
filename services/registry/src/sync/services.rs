//! The rules of services that sources send: each lies in a unit that its source may write, stands
//! under what curators have set over it, and leaves what it was where it comes from another unit.

use std::collections::HashMap;

use mpp_api::{Document as _, registry::Service, sync::Source, types::Warning};
use mpp_core::{Error, FieldCode, FieldViolation, Result, in_words, parent_of};
use mpp_store::{Buried, Record, Tx};
use mpp_sync::{
    Fates, Writer, fault, warning,
    write::{self, AskedChange, DELETE, Going, ID, One, PlacedRecord, Ready, Rules},
};

use super::sent::{FoundRecord, Sent, ids_of};
use crate::{
    app::{Registry, filing::find_lineage, services::service_labels},
    model::{source::check_unit, tree::Lineage},
};

/// Units with those above them; `None` for one that does not exist.
type Lineages = HashMap<String, Option<Lineage>>;

/// The services of a source.
pub(super) struct Services<'a> {
    pub(super) registry: &'a Registry,
    pub(super) writer: Writer<'a>,
    pub(super) source: &'a Source,
    /// Services that the batch's units have filed anew, with the versions that they have by that.
    pub(super) filed: HashMap<String, i64>,
    /// The units that services of the batch lie in.
    pub(super) lineages: Lineages,
}

impl Services<'_> {
    /// Writes services, and gives each its outcome.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        services: Vec<One<'_, Service>>,
        fates: &mut Fates,
    ) -> Result<()> {
        let mut inside = Vec::with_capacity(services.len());
        for one in services {
            match self.outside(&one) {
                Some(fault) => drop(fates.insert(one.0, Err(fault))),
                None => inside.push(one),
            }
        }
        write::write(self, tx, &inside, fates).await
    }

    /// Why a service lies where its source may not write.
    fn outside(&self, (_, name, asked): &One<'_, Service>) -> Option<FieldViolation> {
        let unit = parent_of(name);
        let lineage = self.lineages.get(unit).and_then(Option::as_ref);
        let is_delete = matches!(asked, AskedChange::Delete(_));
        // Below a unit that is not there nothing waits for a delete: it is not there, either.
        if is_delete && lineage.is_none() {
            return None;
        }
        let fault = check_unit(self.source, unit, lineage).err()?;
        let field = if is_delete { DELETE.to_owned() } else { fault.field.clone() };
        Some(FieldViolation { field, ..fault })
    }

    /// Looks up services before they are written. Those of others get their outcomes.
    async fn look_up_all<'b>(
        &self,
        tx: &mut Tx,
        puts: Vec<PlacedRecord<'b, Service>>,
        fates: &mut Fates,
    ) -> Result<Vec<(Sent, PlacedRecord<'b, Service>)>> {
        let ids = ids_of(puts.iter().map(|(_, service)| service.name.as_str()));
        let mut found = Vec::with_capacity(puts.len());
        for given in puts {
            match self.look_up(tx, &given.1.name).await? {
                Ok(mut one) => {
                    one.warn_of_twins(&ids);
                    found.push((one, given));
                }
                Err(fault) => drop(fates.insert(given.0, Err(fault))),
            }
        }
        Ok(found)
    }

    /// Looks up a service before it is written; `Err` if the record is another's.
    async fn look_up(&self, tx: &mut Tx, name: &str) -> Result<Result<Sent, FieldViolation>> {
        let found = self.found(name);
        if let Some(fault) = found.as_ref().and_then(|found| self.foreign(&found.owner, name, ID)) {
            return Ok(Err(fault));
        }
        let version = found.as_ref().map_or(0, |found| found.version);
        let (before, known) = found.map_or((None, None), |found| (found.overridden, found.known));
        let (moved, warnings) = (Vec::new(), Vec::new());
        let mut one = Sent { name: name.to_owned(), version, before, known, moved, warnings };
        Ok(self.look_elsewhere(tx, &mut one).await?.map(|()| one))
    }

    fn ready(
        &self,
        mut one: Sent,
        (index, given): PlacedRecord<'_, Service>,
    ) -> Result<Ready<Service, Sent>> {
        let record = one.publish(given, self.writer, self.registry.now())?;
        let lineage = self.lineages.get(parent_of(&one.name)).and_then(Option::as_ref);
        let lineage = lineage.ok_or_else(|| Error::internal("a service without its unit"))?;
        let labels = service_labels(&record, lineage);
        Ok(Ready { index, record, labels, known: Some(one.version), own: one })
    }

    pub(super) fn found(&self, name: &str) -> Option<FoundRecord> {
        let form = self.writer.lease.forms.of(Service::KIND);
        let found = FoundRecord::of(self.registry, name, form)?;
        let version = self.filed.get(name).copied().unwrap_or(found.version);
        Some(FoundRecord { version, ..found })
    }

    fn foreign(&self, owner: &str, name: &str, field: &str) -> Option<FieldViolation> {
        let source = &self.writer.lease.source;
        if owner == source {
            return None;
        }
        let owner = if owner.is_empty() { "the API" } else { owner };
        let text = format!(
            "the record of this name was published by {owner}; use another source_id, or have it \
             handed to this source: mpp hand-back {name} --to {source}"
        );
        Some(fault(field, FieldCode::OwnedByOtherSource, &text))
    }
}

impl Rules<Service> for Services<'_> {
    type Own = Sent;

    /// The owner of a record is looked up in memory, and the version that the write then finds
    /// tells whether memory was right: where it was behind, the batch loses a race and is tried
    /// again. That saves a select of each record in each batch. A name that memory does not know is
    /// believed to be free only once memory has caught up.
    async fn prepare(
        &self,
        tx: &mut Tx,
        puts: Vec<PlacedRecord<'_, Service>>,
        fates: &mut Fates,
    ) -> Result<Vec<Ready<Service, Sent>>> {
        if puts.iter().any(|(_, service)| self.found(&service.name).is_none()) {
            self.registry.memory.catch_up(tx.head().await?).await?;
        }
        let found = self.look_up_all(tx, puts, fates).await?;
        let too_many = self.too_many_moved(tx, found.iter().map(|(one, _)| one)).await?;
        let mut ready = Vec::with_capacity(found.len());
        for (mut one, given) in found {
            match one.keep_moves(too_many.as_ref()) {
                Ok(()) => ready.push(self.ready(one, given)?),
                Err(fault) => drop(fates.insert(given.0, Err(fault))),
            }
        }
        Ok(ready)
    }

    fn may_return(&self, name: &str, buried: &Buried) -> bool {
        self.has_left(name, buried)
    }

    async fn was_put(&self, tx: &mut Tx, mut own: Sent) -> Result<Vec<Warning>> {
        self.leave(tx, &mut own).await?;
        Ok(own.warnings)
    }

    /// A curator's overrides do not keep a service alive that its owner withdraws.
    fn goes(&self, stands: Record<Service>) -> Result<Going<Service>, FieldViolation> {
        let Record { name, doc: service, .. } = stands;
        match self.foreign(&service.source, &name, DELETE) {
            Some(fault) => Err(fault),
            None => Ok(Going::Wholly(gone_with_it(&service))),
        }
    }

    async fn have_gone(&self, tx: &mut Tx, names: &[String]) -> Result<()> {
        withdraw(self.registry, tx, names).await
    }
}

/// Withdraws what rests on services that are gone.
pub(super) async fn withdraw(registry: &Registry, tx: &mut Tx, gone: &[String]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    registry.memory.catch_up(tx.head().await?).await?;
    for service in gone {
        registry.withdraw_with(tx, service).await?;
    }
    Ok(())
}

fn gone_with_it(service: &Service) -> Vec<Warning> {
    let gone = service.overrides.iter().map(|kept| {
        let who = in_words(&kept.subject);
        let text = format!("what {who} had set here is gone with the service");
        warning(&format!("service.{}", kept.field), FieldCode::Overridden, &text)
    });
    gone.collect()
}

/// Lines of all units that services lie in.
pub(super) async fn lineages(tx: &mut Tx, services: &[One<'_, Service>]) -> Result<Lineages> {
    let mut lineages = HashMap::new();
    for unit in services.iter().map(|(_, name, _)| parent_of(name)) {
        if !lineages.contains_key(unit) {
            lineages.insert(unit.to_owned(), find_lineage(tx, unit).await?);
        }
    }
    Ok(lineages)
}
