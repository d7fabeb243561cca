//! Records that move from one unit to another: what they leave behind, how many may move at once,
//! and ids that a source publishes twice.

use mpp_api::{
    registry::Service,
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::{FieldCode, FieldViolation, Result, id_of, parent_of};
use mpp_form::reconcile::key_of;
use mpp_store::{Buried, Label, Tx};
use mpp_sync::{
    fault,
    store::{clients, digests},
    write::{self, ID},
};

use super::{
    budget::Budget,
    sent::{FoundRecord, Left, Sent},
    services::{Services, withdraw},
};
use crate::{
    app::{Registry, filing::find_lineage},
    model::source::check_unit,
};

impl Services<'_> {
    /// Looks for the record under other units, also where it stands under its own: a record that
    /// stands twice, from whatever time, is brought together as its source says.
    /// What another client of the source has sent last has not moved; `Err` where it stands in the
    /// way of a record that is new here.
    pub(super) async fn look_elsewhere(
        &self,
        tx: &mut Tx,
        one: &mut Sent,
    ) -> Result<Result<(), FieldViolation>> {
        for (name, found) in self.elsewhere(&one.name) {
            let unit = parent_of(&name);
            let lineage = find_lineage(tx, unit).await?;
            let may = check_unit(self.source, unit, lineage.as_ref()).is_ok();
            if !may || !self.writer.lease.unique_ids {
                one.warn_of(&name, may);
                continue;
            }
            let client = (self.source.name.as_str(), &self.writer.lease.client);
            match clients::sent_by_other(tx, client, key_of(&name)).await? {
                None => self.take_along(one, name, found),
                Some(client) if one.version == 0 => return Ok(Err(of_other(&name, &client))),
                Some(client) => one.warn_of_other(&of_other(&name, &client)),
            }
        }
        Ok(Ok(()))
    }

    /// Curators' overrides move along, unless the service already has overrides here, and so does
    /// what the client does not know of.
    fn take_along(&self, one: &mut Sent, name: String, found: FoundRecord) {
        one.known = one.known.take().or(found.known);
        match (found.overridden, &one.before) {
            (Some(service), None) => one.before = Some(service),
            (Some(service), Some(_)) => one.warn_of_lost(&name, &service),
            (None, _) => {}
        }
        let offered = self.registry.memory.read().offerings_of(&name).count();
        one.moved.push(Left { name, version: found.version, offered });
    }

    fn elsewhere(&self, name: &str) -> Vec<(String, FoundRecord)> {
        let source = &self.writer.lease.source;
        let names = elsewhere(self.registry, source, name).into_iter();
        let found = names.filter_map(|other| self.found(&other).map(|found| (other, found)));
        // Its version counts only of a row that is still the source's: it may have changed hands.
        found.filter(|(_, found)| found.owner == *source).collect()
    }

    /// Why the moves of a batch are not made: they are too many.
    pub(super) async fn too_many_moved(
        &self,
        tx: &mut Tx,
        batch: impl Iterator<Item = &Sent>,
    ) -> Result<Option<FieldViolation>> {
        let moves = batch.filter(|one| !one.moved.is_empty()).count();
        let Self { registry, writer, .. } = *self;
        Budget { registry, writer }.spend(tx, moves, "unit").await
    }

    /// The record has moved: what it was becomes a tombstone that names it.
    pub(super) async fn leave(&self, tx: &mut Tx, one: &mut Sent) -> Result<()> {
        let tombstone = Tombstone { reason: Why::Moved.into(), successor: one.name.clone() };
        let mut gone = Vec::new();
        for left in &one.moved {
            write::leave::<Service>(tx, (&left.name, left.version), &tombstone).await?;
            gone.push(left.name.clone());
        }
        let keys: Vec<u64> = gone.iter().map(|name| key_of(name)).collect();
        digests::remove(tx, &self.writer.lease.source, &keys).await?;
        if !gone.is_empty() {
            self.registry.memory.catch_up(tx.head().await?).await?;
        }
        let left = self.registry.carry_links(tx, &gone, &one.name).await?;
        one.warn_of_links(&left);
        withdraw(self.registry, tx, &gone).await
    }

    /// Whether this source's own record has left a name, which is used again when it moves back.
    pub(super) fn has_left(&self, name: &str, buried: &Buried) -> bool {
        let own = buried.labels.get(&Label::Source) == Some(&self.writer.lease.source);
        let is_same = id_of(&buried.tombstone.successor) == id_of(name);
        own && is_same && buried.tombstone.reason() == Why::Moved
    }
}

/// Why a record has not moved here.
fn of_other(name: &str, client: &str) -> FieldViolation {
    let text = format!(
        "{name}, of the same id, is sent by another client of this source ({client}), and stays: \
         give one of the two another source_id; if this one is meant to move it, have the other \
         delete it first"
    );
    fault(ID, FieldCode::OtherClient, &text)
}

/// A source's records of the same id under other units.
pub(super) fn elsewhere(registry: &Registry, source: &str, name: &str) -> Vec<String> {
    let state = registry.memory.read();
    let is_own = |other: &String| {
        let row = state.records.row::<Service>(other);
        row.is_some_and(|row| row.label(Label::Source) == source)
    };
    state.namesakes(name).into_iter().filter(is_own).collect()
}
