//! The registry's side of federation: units, malls, counters and services, as sources send them.
//! The engine is `mpp_sync`.
//!
//! [`sorted`] has the records of a batch by kind, which are written in that order, all by
//! [`mpp_sync::write`] and each by its kind's rules: [`places`] are those of units (in their
//! [`order`]), malls and counters, where [`found`] says that they may lie; [`services`] those of
//! services under what curators have set over them, [`moves`] finds those that have come from
//! another unit, [`sent`] is one on its way. [`budget`] says how many may move.
//! [`resting`] tells what lies in a record, or refers to it; [`undone`] files what an undo puts
//! back.

mod budget;
mod found;
mod moves;
mod order;
mod places;
mod resting;
mod sent;
mod services;
mod sorted;
mod undone;

use std::collections::HashMap;

use mpp_api::{
    Document as _, document,
    registry::{Counter, Mall, Offering, Region, Service, StandardLink, Unit},
    sync::{OverriddenDifference, Source, source},
    types::tombstone::Reason as Why,
};
use mpp_core::{Error, FieldViolation, Micros, Reason, Result, parent_of};
use mpp_form::record::Entry;
use mpp_store::{Actor, Change, Label, Labels, Tx};
use mpp_sync::{
    Engine, Fates, KnownSource, Sight, Syncs, WaitingRecord, Writer,
    write::{self, raced},
};
use prost::Message as _;

use self::{
    order::{Needs, top_down},
    places::Places,
    services::Services,
    sorted::Sorted,
};
use crate::{
    app::{
        Registry,
        filing::{lineage, owned},
        relabel::TxRecords,
        services::remarks,
    },
    model::{drift, region::check_valid, source::check_unit},
    store::{SCHEMA, own_name},
};

/// What scheduling may have of a mall or a counter that goes.
const UNSEEN: &str = "hours, appointments and tickets that scheduling has of it are not looked at: look \
                      there before it goes";

impl Syncs for Registry {
    const NAME: &'static str = SCHEMA.service;

    const SERVICE: source::Service = source::Service::Registry;

    type Doc = Entry;

    fn engine(&self) -> &Engine {
        &self.sync
    }

    fn own_name() -> Actor {
        own_name()
    }

    /// The source's unit and the units above it.
    async fn speakers(&self, tx: &mut Tx, source: &str) -> Result<Vec<String>> {
        let found = match tx.require::<Source>(source, "source").await {
            Err(error) if error.reason() == Reason::ReferenceInvalid => {
                return Err(no_such(tx, source).await?);
            }
            found => found?,
        };
        Ok(owned(&lineage(tx, &found.doc.unit, "source.unit").await?))
    }

    fn knows(&self, source: &str) -> bool {
        self.memory.read().records.row::<Source>(source).is_some()
    }

    fn known_sources(&self) -> Vec<KnownSource> {
        let state = self.memory.read();
        let known = state.records.rows::<Source>("").map(|(name, row)| {
            let source = Source::decode(row.doc.clone()).unwrap_or_default();
            let source = Source { name: name.to_string(), ..source };
            KnownSource { source, since: row.stamp.create_time }
        });
        known.collect()
    }

    async fn write(
        &self,
        writer: Writer<'_>,
        tx: &mut Tx,
        records: &[WaitingRecord<Entry>],
    ) -> Result<Fates> {
        let source = tx.require::<Source>(&writer.lease.source, "source").await?.doc;
        let Sorted { units, malls, counters, services } = Sorted::of(records)?;
        let is_any_unit = !units.is_empty();
        let (registry, source) = (self, &source);
        let places = Places { registry, writer, source, needs: Needs::of(&units) };
        let mut fates = Fates::with_capacity(records.len());
        write::write(&places, tx, &top_down(units), &mut fates).await?;
        write::write(&places, tx, &malls, &mut fates).await?;
        write::write(&places, tx, &counters, &mut fates).await?;
        let filed = match services.is_empty() || !is_any_unit {
            true => HashMap::new(),
            false => TxRecords::of(self, tx).await?.services(),
        };
        let lineages = services::lineages(tx, &services).await?;
        let own = Services { registry, writer, source, filed, lineages };
        own.write(tx, services, &mut fates).await?;
        Ok(fates)
    }

    /// What a record waits for is a unit, a mall, a region, or a record of its own name.
    fn sight(&self, source: &str, awaited: &str) -> Sight {
        let state = self.memory.read();
        let kind = document::kind_of(awaited).unwrap_or_default();
        if kind == Region::KIND {
            let region = state.records.get::<Region>(awaited).map(|found| found.doc);
            let is_valid = |region| check_valid(&region, self.now(), "region").is_ok();
            return Sight { exists: region.is_some_and(is_valid), ..Sight::default() };
        }
        let owner = state.records.row_of(kind, awaited).map(|row| row.label(Label::Source));
        let unit = undone::unit_in_charge(&state, kind, awaited);
        let lineage = state.lineage(unit);
        let source_doc = state.records.get::<Source>(source).map(|found| found.doc);
        let may_write = source_doc.is_some_and(|doc| {
            lineage.is_some() && check_unit(&doc, unit, lineage.as_ref()).is_ok()
        });
        Sight {
            exists: lineage.is_some(),
            may_write,
            is_foreign: owner.is_some_and(|owner| owner != source),
        }
    }

    /// Where a unit may lie follows from all units above and below it; what others say of a place
    /// stands in its own record.
    fn changed(&self, awaited: &str) -> Micros {
        let state = self.memory.read();
        match document::kind_of(awaited) {
            Some(Unit::KIND) => state.units_changed(),
            kind => {
                let row = state.records.row_of(kind.unwrap_or_default(), awaited);
                row.map_or(0, |row| row.stamp.update_time)
            }
        }
    }

    fn remarks(entry: &Entry, is_there: impl Fn(&str) -> bool) -> Vec<FieldViolation> {
        match entry {
            Entry::Service(service) => remarks(service, is_there),
            Entry::Unit(_) | Entry::Mall(_) | Entry::Counter(_) => Vec::new(),
        }
    }

    /// Only services move.
    fn elsewhere(&self, source: &str, name: &str) -> Vec<String> {
        match document::kind_of(name) {
            Some(Service::KIND) => moves::elsewhere(self, source, name),
            _ => Vec::new(),
        }
    }

    fn resting(&self, name: &str) -> Vec<String> {
        resting::on(&self.memory.read(), name)
    }

    /// Scheduling follows what goes; it is not asked before.
    fn unseen(kind: &str) -> &'static str {
        match kind {
            Mall::KIND | Counter::KIND => UNSEEN,
            _ => "",
        }
    }

    /// The offerings of a service.
    fn goes_along(&self, name: &str) -> usize {
        self.memory.read().offerings_of(name).count()
    }

    async fn filed(
        &self,
        tx: &mut Tx,
        last: &Change,
        then: &Change,
    ) -> Result<std::result::Result<Labels, String>> {
        undone::filed(self, tx, last, then).await
    }

    async fn follow(&self, tx: &mut Tx, names: &[String]) -> Result<()> {
        undone::follow(self, tx, names).await
    }

    fn may_undo(&self, source: &str, record: &Change) -> Result<bool> {
        Ok(undone::may_undo(&self.memory.read(), source, record))
    }

    fn lies_in(record: &Change, place: &str) -> Result<bool> {
        resting::lies_in(record, place)
    }

    fn rests_on(record: &Change) -> Result<Option<String>> {
        match record.kind.as_str() {
            Offering::KIND => Ok(Some(record.decode::<Offering>()?.service)),
            StandardLink::KIND => Ok(Some(parent_of(&record.name).to_owned())),
            _ => Ok(None),
        }
    }

    /// No offering is there of a service that goes, by this replica's memory; by all that was
    /// committed there may be one, which is then seen at the next try. Its links go with it, and
    /// may be made anew as it may.
    async fn gone(&self, tx: &mut Tx, names: &[String]) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        self.memory.catch_up(tx.head().await?).await?;
        let are_on_offer = names.iter().any(|name| self.goes_along(name) > 0);
        if are_on_offer {
            return Err(raced());
        }
        for name in names {
            self.withdraw_links_of(tx, name, Why::Undone).await?;
        }
        Ok(())
    }

    fn overridden(kind: &str, both: [&[u8]; 2]) -> Result<Vec<OverriddenDifference>> {
        if kind != Service::KIND {
            return Ok(Vec::new());
        }
        let [before, after] = both.map(|doc| Service::decode(doc).map_err(Error::internal));
        drift::differences(&before?, &after?)
    }
}

/// The error for a source that never was, or was given up.
async fn no_such(tx: &mut Tx, source: &str) -> Result<Error> {
    if tx.buried::<Source>(source).await?.is_none() {
        return Ok(Error::not_found(source));
    }
    let text = format!(
        "{source} was deleted, and its name is not used again; an administrator can make another \
         source, and the agent then needs its name and a state of its own"
    );
    Ok(Error::new(Reason::NotFound, text))
}
