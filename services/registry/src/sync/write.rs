//! Writes the services of a batch that passed their checks, each for itself: puts under what
//! curators have overridden, records that have moved to another unit, deletes.

use std::collections::HashMap;

use mpp_api::{
    Document as _,
    registry::Service,
    sync::{Outcome, Source},
    types::{Tombstone, Warning},
};
use mpp_core::{FieldCode, FieldViolation, Reason, Result, in_words, parent_of};
use mpp_store::{Expect, Labels, Put, Tx};
use mpp_sync::{Before, Fate, Taken, Writer, fault, store::lease::Lease, warning};

use super::{
    sent::{FoundRecord, Sent, ids_of, raced},
    sorted::{Asked as Asks, One},
};
use crate::{
    app::{Registry, filing::find_lineage, services::service_labels},
    model::{source::check_unit, tree::Lineage},
};

/// The field of a record's own id.
pub(super) const ID: &str = "source_id";
/// The field of the record that is to go.
pub(super) const DELETE: &str = "delete.name";

/// Units with those above them; `None` for one that does not exist.
type Lineages = HashMap<String, Option<Lineage>>;

/// A service that is to be put.
struct Asked<'a> {
    index: usize,
    service: &'a Service,
    lineage: &'a Lineage,
}

/// Writes services for a source.
pub(super) struct Write<'a> {
    pub(super) registry: &'a Registry,
    /// The source, and what its client has said.
    pub(super) lease: &'a Lease,
    /// Only of a preview: what its parts before would have changed.
    pub(super) previews: Option<&'a Before>,
    /// Services that the batch's units have filed anew, with the versions that they have by that.
    pub(super) filed: HashMap<String, i64>,
}

impl<'a> Write<'a> {
    pub(super) fn of(
        registry: &'a Registry,
        Writer { lease, previews }: Writer<'a>,
        filed: HashMap<String, i64>,
    ) -> Self {
        Self { registry, lease, previews, filed }
    }
}

impl Write<'_> {
    /// Writes the records, and gives each its outcome.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        source: &Source,
        services: &[One<'_, Service>],
        fates: &mut HashMap<usize, Fate>,
    ) -> Result<()> {
        let lineages = lineages(tx, services.iter().map(|(_, name, _)| parent_of(name))).await?;
        let (mut puts, mut deletes) = (Vec::new(), Vec::new());
        for (index, name, asks) in services {
            let unit = parent_of(name);
            let lineage = lineages.get(unit).and_then(Option::as_ref);
            // Below a unit that is not there nothing waits for a delete: it is not there, either.
            let is_nowhere = lineage.is_none() && matches!(asks, Asks::Delete(_));
            if let Err(fault) = check_unit(source, unit, lineage)
                && !is_nowhere
            {
                let is_delete = matches!(asks, Asks::Delete(_));
                let field = if is_delete { DELETE.to_owned() } else { fault.field.clone() };
                fates.insert(*index, Err(FieldViolation { field, ..fault }));
                continue;
            }
            match (asks, lineage) {
                (Asks::Put(service), Some(lineage)) => {
                    puts.push(Asked { index: *index, service, lineage });
                }
                (Asks::Delete(tombstone), _) => deletes.push((*index, *name, *tombstone)),
                // `check_unit` refuses one without a unit.
                (Asks::Put(_), None) => {}
            }
        }
        self.put(tx, source, puts, fates).await?;
        self.delete(tx, &deletes, fates).await
    }

    /// The owner of a record is looked up in memory, and the version that the write then finds
    /// tells whether memory was right: where it was behind, the batch loses a race and is tried
    /// again. That saves a select of each record in each batch. A name that memory does not know is
    /// believed to be free only once memory has caught up.
    async fn put(
        &self,
        tx: &mut Tx,
        source: &Source,
        puts: Vec<Asked<'_>>,
        fates: &mut HashMap<usize, Fate>,
    ) -> Result<()> {
        if puts.iter().any(|asked| self.found(&asked.service.name).is_none()) {
            self.registry.memory.catch_up(tx.head().await?).await?;
        }
        let prepared = self.prepare_all(tx, source, puts, fates).await?;
        let too_many = self.too_many_moved(tx, prepared.iter().map(|(one, _)| one)).await?;
        let (mut items, mut sent) = (Vec::new(), Vec::new());
        for (mut one, asked) in prepared {
            if let Err(fault) = one.keep_moves(too_many.as_ref()) {
                fates.insert(one.index, Err(fault));
                continue;
            }
            let form = self.lease.forms.of(Service::KIND);
            let service = one.publish(asked.service, form, self.registry.now())?;
            let labels = service_labels(&service, asked.lineage);
            items.push((one.name.clone(), service, labels));
            sent.push(one);
        }
        self.put_all(tx, items, sent, fates).await
    }

    async fn prepare_all<'a>(
        &self,
        tx: &mut Tx,
        source: &Source,
        puts: Vec<Asked<'a>>,
        fates: &mut HashMap<usize, Fate>,
    ) -> Result<Vec<(Sent, Asked<'a>)>> {
        let ids = ids_of(puts.iter().map(|asked| asked.service.name.as_str()));
        let mut prepared = Vec::with_capacity(puts.len());
        for asked in puts {
            match self.prepare(tx, source, &asked).await? {
                Ok(mut one) => {
                    one.warn_of_twins(&ids);
                    prepared.push((one, asked));
                }
                Err(fault) => drop(fates.insert(asked.index, Err(fault))),
            }
        }
        Ok(prepared)
    }

    async fn put_all(
        &self,
        tx: &mut Tx,
        items: Vec<(String, Service, Labels)>,
        sent: Vec<Sent>,
        fates: &mut HashMap<usize, Fate>,
    ) -> Result<()> {
        let new: HashMap<_, _> = items
            .iter()
            .zip(&sent)
            .filter(|(_, one)| one.version == 0)
            .map(|(item, one)| (one.index, item.clone()))
            .collect();
        let written = tx.put_many(items).await?;
        for (mut one, mut put) in sent.into_iter().zip(written) {
            if let Some(item) = new.get(&one.index).filter(|_| put.tombstoned) {
                put = self.revive(tx, item, put).await?;
            }
            let fate = fate(put, one.version)?;
            if fate.is_ok() {
                self.leave(tx, &mut one).await?;
            }
            fates.insert(one.index, fate.map(|outcome| Taken { outcome, warnings: one.warnings }));
        }
        Ok(())
    }

    /// Looks up a service before it is written; `Err` if the record is another's.
    async fn prepare(
        &self,
        tx: &mut Tx,
        source: &Source,
        asked: &Asked<'_>,
    ) -> Result<Result<Sent, FieldViolation>> {
        let found = self.found(&asked.service.name);
        if let Some(fault) =
            found.as_ref().and_then(|found| self.foreign(&found.owner, &asked.service.name, ID))
        {
            return Ok(Err(fault));
        }
        let version = found.as_ref().map_or(0, |found| found.version);
        let (before, known) = found.map_or((None, None), |found| (found.overridden, found.known));
        let mut one = Sent {
            index: asked.index,
            name: asked.service.name.clone(),
            version,
            before,
            known,
            moved: Vec::new(),
            warnings: Vec::new(),
        };
        self.look_elsewhere(tx, source, &mut one).await?;
        Ok(Ok(one))
    }

    async fn delete(
        &self,
        tx: &mut Tx,
        deletes: &[(usize, &str, &Tombstone)],
        fates: &mut HashMap<usize, Fate>,
    ) -> Result<()> {
        let mut gone = Vec::new();
        for (index, name, tombstone) in deletes {
            let fate = self.delete_one(tx, name, tombstone).await?;
            if matches!(&fate, Ok(taken) if taken.outcome == Outcome::Applied) {
                gone.push((*name).to_owned());
            }
            fates.insert(*index, fate);
        }
        withdraw(self.registry, tx, &gone).await
    }

    /// A service that is deleted already is as the source wants it. A curator's overrides do not
    /// keep a service alive that its owner withdraws.
    async fn delete_one(&self, tx: &mut Tx, name: &str, tombstone: &Tombstone) -> Result<Fate> {
        let found = tx.get::<Service>(name).await?.map(|found| found.doc);
        if let Some(fault) =
            found.as_ref().and_then(|found| self.foreign(&found.source, name, DELETE))
        {
            return Ok(Err(fault));
        }
        match tx.delete::<Service>(name, tombstone, Expect::Any).await {
            Ok(_) => {
                let warnings = found.as_ref().map(gone_with_it).unwrap_or_default();
                Ok(Ok(Taken { outcome: Outcome::Applied, warnings }))
            }
            Err(error) if error.reason() == Reason::Tombstoned => Ok(Ok(Outcome::Unchanged.into())),
            Err(error) if error.reason() == Reason::NotFound => {
                Ok(Err(fault(DELETE, FieldCode::NotFound, "does not exist and never did")))
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn found(&self, name: &str) -> Option<FoundRecord> {
        let found = FoundRecord::of(self.registry, name, self.lease.forms.of(Service::KIND))?;
        let version = self.filed.get(name).copied().unwrap_or(found.version);
        Some(FoundRecord { version, ..found })
    }

    fn foreign(&self, owner: &str, name: &str, field: &str) -> Option<FieldViolation> {
        if owner == self.lease.source {
            return None;
        }
        let owner = if owner.is_empty() { "the API" } else { owner };
        let text = format!(
            "the record of this name was published by {owner}; use another source_id, or have it \
             handed to this source: mpp hand-back {name} --to {}",
            self.lease.source
        );
        Some(fault(field, FieldCode::OwnedByOtherSource, &text))
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

/// Lines of all units that the records lie in.
async fn lineages(tx: &mut Tx, units: impl Iterator<Item = &str>) -> Result<Lineages> {
    let mut lineages = HashMap::new();
    for unit in units {
        if !lineages.contains_key(unit) {
            lineages.insert(unit.to_owned(), find_lineage(tx, unit).await?);
        }
    }
    Ok(lineages)
}

/// The outcome of a record that memory knew at `version` (0: not at all), by its write.
fn fate(put: Put, version: i64) -> Result<Result<Outcome, FieldViolation>> {
    // Memory still knew it: what became of it meanwhile is seen by the next try.
    if put.tombstoned && version > 0 {
        return Err(raced());
    }
    if put.tombstoned {
        let text = "was deleted, and its name is not used again; give the record another source_id";
        return Ok(Err(fault("source_id", FieldCode::Tombstoned, text)));
    }
    if put.version != version + i64::from(put.changed) {
        return Err(raced());
    }
    Ok(Ok(if put.changed { Outcome::Applied } else { Outcome::Unchanged }))
}
