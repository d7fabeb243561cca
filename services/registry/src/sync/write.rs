//! Writes the records of a batch that passed their checks, each for itself: puts under what
//! curators have overridden, records that have moved to another unit, deletes.

use std::collections::HashMap;

use mpp_api::{
    registry::Service,
    sync::{Outcome, Source},
    types::{Tombstone, Warning, tombstone::Reason as Why},
};
use mpp_core::{Error, FieldCode, FieldViolation, Reason, Result};
use mpp_store::{Expect, Label, Put, Tx};

use super::{
    plan::{Fate, Taken, Waiting, fault, warning},
    session::Session,
};
use crate::{
    app::{filing::find_lineage, services::service_labels},
    model::{
        provenance,
        source::{Checked, Item, check_unit},
        tree::Lineage,
    },
};

/// Units with those above them; `None` for one that does not exist.
type Lineages = HashMap<String, Option<Lineage>>;

/// A service that is to be put.
struct Asked<'a> {
    index: usize,
    service: &'a Service,
    lineage: &'a Lineage,
}

/// A service that was put, and what its write must find.
struct Sent {
    index: usize,
    name: String,
    /// The version that memory knew; 0 for none.
    version: i64,
    /// Records of the same source and id elsewhere, which have moved here.
    moved: Vec<(String, i64)>,
    warnings: Vec<Warning>,
}

/// A record as this replica's memory has it.
struct Found {
    version: i64,
    owner: String,
    /// Only where a curator has overridden fields.
    overridden: Option<Service>,
}

impl Session {
    /// Writes the records, and gives each its outcome.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        waiting: &[Waiting],
    ) -> Result<HashMap<usize, Fate>> {
        let source = tx.require::<Source>(&self.lease.source, "source").await?.doc;
        let lineages = lineages(tx, waiting.iter().map(|(_, checked)| checked.unit())).await?;
        let mut fates = HashMap::with_capacity(waiting.len());
        let (mut puts, mut deletes) = (Vec::new(), Vec::new());
        for (index, checked) in waiting {
            let lineage = lineages.get(checked.unit()).and_then(Option::as_ref);
            if let Err(fault) = check_unit(&source, checked.unit(), lineage) {
                fates.insert(*index, Err(fault));
                continue;
            }
            match (&checked.item, lineage) {
                (Item::Put(service), Some(lineage)) => {
                    puts.push(Asked { index: *index, service, lineage });
                }
                _ => deletes.push((*index, checked)),
            }
        }
        self.put(tx, &source, puts, &mut fates).await?;
        self.delete(tx, &deletes, &mut fates).await?;
        Ok(fates)
    }

    /// Whose a record is, is looked up in memory, and the version that the write then finds tells
    /// whether memory was right: where it was behind, the batch loses a race and is tried again.
    /// That saves a select of each record in each batch.
    async fn put(
        &self,
        tx: &mut Tx,
        source: &Source,
        puts: Vec<Asked<'_>>,
        fates: &mut HashMap<usize, Fate>,
    ) -> Result<()> {
        let (mut items, mut sent) = (Vec::new(), Vec::new());
        for asked in puts {
            match self.prepare(tx, source, &asked).await? {
                Ok((one, service)) => {
                    let labels = service_labels(&service, asked.lineage);
                    items.push((one.name.clone(), service, labels));
                    sent.push(one);
                }
                Err(fault) => drop(fates.insert(asked.index, Err(fault))),
            }
        }
        let written = tx.put_many(items).await?;
        for (one, put) in sent.into_iter().zip(written) {
            let fate = fate(put, one.version)?;
            if fate.is_ok() {
                self.leave(tx, &one).await?;
            }
            fates.insert(one.index, fate.map(|outcome| Taken { outcome, warnings: one.warnings }));
        }
        Ok(())
    }

    /// The service as it is published; `Err` where the record is another's.
    async fn prepare(
        &self,
        tx: &mut Tx,
        source: &Source,
        asked: &Asked<'_>,
    ) -> Result<Result<(Sent, Service), FieldViolation>> {
        let found = self.found(&asked.service.name);
        if let Some(fault) = found.as_ref().and_then(|found| self.foreign(&found.owner)) {
            return Ok(Err(fault));
        }
        let mut one = Sent {
            index: asked.index,
            name: asked.service.name.clone(),
            version: found.as_ref().map_or(0, |found| found.version),
            moved: Vec::new(),
            warnings: Vec::new(),
        };
        let before = match found {
            Some(found) => found.overridden,
            None => self.moved_here(tx, source, &mut one).await?,
        };
        let service = one.publish(asked.service, before.as_ref(), tx.now());
        Ok(Ok((one, service)))
    }

    /// Looks for the record under other units, where the session has said that ids are unique in
    /// its source. Answers the record that it was, where a curator has overridden fields of it.
    async fn moved_here(
        &self,
        tx: &mut Tx,
        source: &Source,
        one: &mut Sent,
    ) -> Result<Option<Service>> {
        let mut overridden = None;
        for (name, found) in self.elsewhere(&one.name) {
            let unit = name.split_once("/services/").map_or("", |(unit, _)| unit);
            let lineage = find_lineage(tx, unit).await?;
            let may = check_unit(source, unit, lineage.as_ref()).is_ok();
            if may && self.lease.unique_ids {
                overridden = found.overridden.or(overridden);
                one.moved.push((name, found.version));
            } else {
                one.warnings.push(also_elsewhere(&name, may));
            }
        }
        Ok(overridden)
    }

    /// The record has moved: what it was becomes a tombstone that names it.
    async fn leave(&self, tx: &mut Tx, one: &Sent) -> Result<()> {
        let tombstone = Tombstone { reason: Why::Moved.into(), successor: one.name.clone() };
        let mut gone = Vec::new();
        for (before, version) in &one.moved {
            let etag = version.to_string();
            let left = tx.delete::<Service>(before, &tombstone, Expect::Etag(&etag)).await;
            left.map_err(|error| match error.reason() {
                Reason::EtagMismatch | Reason::Tombstoned | Reason::NotFound => raced(),
                _ => error,
            })?;
            gone.push(before.clone());
        }
        self.withdraw(tx, &gone).await
    }

    async fn delete(
        &self,
        tx: &mut Tx,
        deletes: &[(usize, &Checked)],
        fates: &mut HashMap<usize, Fate>,
    ) -> Result<()> {
        let mut gone = Vec::new();
        for (index, checked) in deletes {
            let fate = self.delete_one(tx, checked).await?;
            if matches!(&fate, Ok(taken) if taken.outcome == Outcome::Applied) {
                gone.push(checked.name.clone());
            }
            fates.insert(*index, fate);
        }
        self.withdraw(tx, &gone).await
    }

    /// The offerings of services that are gone.
    async fn withdraw(&self, tx: &mut Tx, gone: &[String]) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        self.registry.memory.catch_up(tx.head().await?).await?;
        for service in gone {
            self.registry.withdraw_offerings(tx, service).await?;
        }
        Ok(())
    }

    /// A record that is deleted already is as the source wants it. What a curator has overridden
    /// keeps no service alive that its owner withdraws.
    async fn delete_one(&self, tx: &mut Tx, checked: &Checked) -> Result<Fate> {
        let Item::Delete(tombstone) = &checked.item else {
            return Err(Error::internal("a put among the deletes"));
        };
        let found = tx.get::<Service>(&checked.name).await?.map(|found| found.doc);
        if let Some(fault) = found.as_ref().and_then(|found| self.foreign(&found.source)) {
            return Ok(Err(fault));
        }
        match tx.delete::<Service>(&checked.name, tombstone, Expect::Any).await {
            Ok(_) => {
                let warnings = found.as_ref().map(gone_with_it).unwrap_or_default();
                Ok(Ok(Taken { outcome: Outcome::Applied, warnings }))
            }
            Err(error) if error.reason() == Reason::Tombstoned => Ok(Ok(Outcome::Unchanged.into())),
            Err(error) if error.reason() == Reason::NotFound => {
                Ok(Err(fault("delete.name", FieldCode::NotFound, "does not exist and never did")))
            }
            Err(error) => Err(error),
        }
    }

    fn found(&self, name: &str) -> Option<Found> {
        let state = self.registry.memory.read();
        let row = state.records.row::<Service>(name)?;
        let overridden = !row.label(Label::Overridden).is_empty();
        Some(Found {
            version: row.stamp.version,
            owner: row.label(Label::Source).to_owned(),
            overridden: overridden.then(|| state.records.get(name)).flatten().map(|kept| kept.doc),
        })
    }

    /// This source's records of the same id under other units.
    fn elsewhere(&self, name: &str) -> Vec<(String, Found)> {
        let names = self.registry.memory.read().namesakes(name);
        let others = names.into_iter().filter_map(|other| Some((self.found(&other)?, other)));
        let own = others.filter(|(found, _)| found.owner == self.lease.source);
        own.map(|(found, other)| (other, found)).collect()
    }

    fn foreign(&self, owner: &str) -> Option<FieldViolation> {
        if owner == self.lease.source {
            return None;
        }
        let owner = if owner.is_empty() { "the API" } else { owner };
        let text =
            format!("the record of this name was published by {owner}; use another source_id");
        Some(fault("source_id", FieldCode::OwnedByOtherSource, &text))
    }
}

impl Sent {
    /// The service as it is published, over what curators have overridden of it.
    fn publish(&mut self, given: &Service, before: Option<&Service>, now: i64) -> Service {
        let mut service = given.clone();
        if let Some(before) = before {
            service = provenance::published(service, before, now);
        }
        self.warnings.extend(service.overrides.iter().map(|kept| {
            let text = format!(
                "{} has set this over the source's value, which is kept beside it: {}",
                kept.subject, kept.reason
            );
            warning(&format!("service.{}", kept.field), FieldCode::Overridden, &text)
        }));
        self.warnings.extend(self.moved.iter().map(|(from, _)| {
            let text = format!("{from} is now a tombstone that names {}", self.name);
            warning("unit", FieldCode::Moved, &text)
        }));
        service
    }
}

fn also_elsewhere(name: &str, may: bool) -> Warning {
    let way_out = if may {
        "if it is the same record, delete that one as moved, or say unique_ids in the hello"
    } else {
        "the source may not write there any more; if it is the same record, have it deleted"
    };
    let text = format!("the source also publishes {name}, of the same id; {way_out}");
    warning("source_id", FieldCode::AlsoElsewhere, &text)
}

fn gone_with_it(service: &Service) -> Vec<Warning> {
    let gone = service.overrides.iter().map(|kept| {
        let text = format!("what {} had set here is gone with the service", kept.subject);
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
    if put.tombstoned {
        let text = "was deleted, and its name is not used again; give the record another source_id";
        return Ok(Err(fault("source_id", FieldCode::Tombstoned, text)));
    }
    if put.version != version + i64::from(put.changed) {
        return Err(raced());
    }
    Ok(Ok(if put.changed { Outcome::Applied } else { Outcome::Unchanged }))
}

fn raced() -> Error {
    let message = "the record changed while the batch was written; send it again";
    Error::new(Reason::WriteConflict, message)
}
