//! What a service brings to the engine: its kinds of record, and its rules for them.

use std::future::Future;

use mpp_api::{
    Document, forms,
    sync::{OverriddenDifference, Source, source},
};
use mpp_core::{FieldViolation, Micros, Result};
use mpp_resource::Replica;
use mpp_store::{Actor, Change, Labels, Tx};

use crate::{
    before::Before,
    engine::Engine,
    fate::{Fates, WaitingRecord},
    kind::Synced,
    known::KnownSource,
    model::quarantine::Sight,
    policy::Policy,
    store::lease::Lease,
};

/// A service whose records sources send. What a source has sent lies in its memory under the label
/// of the source.
pub trait Syncs: Replica + Clone + 'static {
    /// The service's name in messages to sources, and in commands.
    const NAME: &'static str;

    /// The service as the contract names it.
    const SERVICE: source::Service;

    /// The records that are sent, of all their kinds.
    type Doc: Synced;

    /// The engine's settings, and what it has found.
    fn engine(&self) -> &Engine;

    /// The service as the author of what it writes by itself.
    fn own_name() -> Actor;

    /// The names, besides the source's own, one of which a caller must hold to speak for it; what
    /// they follow from is locked until the commit.
    ///
    /// # Errors
    /// `NOT_FOUND` for a source that does not exist.
    fn speakers(
        &self,
        tx: &mut Tx,
        source: &str,
    ) -> impl Future<Output = Result<Vec<String>>> + Send;

    /// Whether there is such a source, by this replica's memory.
    fn knows(&self, source: &str) -> bool;

    /// The sources, with this service's accounting of each, by this replica's memory.
    fn known_sources(&self) -> Vec<KnownSource>;

    /// Waits until it is sure that a source which this replica does not know does not exist.
    ///
    /// # Errors
    /// `UNAVAILABLE` where that cannot be told.
    fn await_source(&self, _source: &str) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// The source's record with this service's accounting of it, and its labels, locked until the
    /// commit.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away.
    fn account(
        &self,
        tx: &mut Tx,
        source: &str,
    ) -> impl Future<Output = Result<Option<(Source, Labels)>>> + Send {
        async move {
            let found = tx.get::<Source>(source).await?;
            Ok(found.map(|found| (found.doc, found.labels)))
        }
    }

    /// Writes records that passed the checks of their form, and gives each its outcome: those of
    /// each kind by [`crate::write`].
    ///
    /// # Errors
    /// `WRITE_CONFLICT` after a lost race, and what the database refuses: nothing of the batch is
    /// then kept.
    fn write(
        &self,
        writer: Writer<'_>,
        tx: &mut Tx,
        records: &[WaitingRecord<Self::Doc>],
    ) -> impl Future<Output = Result<Fates>> + Send;

    /// The present state of what a source's records wait for, by this replica's memory.
    fn sight(&self, source: &str, awaited: &str) -> Sight;

    /// When a record on which those that wait for this depend last changed, by this replica's
    /// memory; 0 where none is known.
    fn changed(&self, _awaited: &str) -> Micros {
        0
    }

    /// Remarks for the publisher on a record that was taken as it came.
    fn remarks(record: &Self::Doc, is_there: impl Fn(&str) -> bool) -> Vec<FieldViolation>;

    /// The source's own records that a record of this name may have moved from.
    fn elsewhere(&self, _source: &str, _name: &str) -> Vec<String> {
        Vec::new()
    }

    /// The target of a record, if it has room for only so many from one source, and whether the
    /// record is over at that time.
    ///
    /// # Errors
    /// `INTERNAL` for a record that cannot be read.
    fn takes_room(_name: &str, _doc: &[u8], _at: Micros) -> Result<Option<(String, bool)>> {
        Ok(None)
    }

    /// What other services may hold that goes with a record of this kind, and that cannot be seen
    /// from here.
    fn unseen(_kind: &str) -> &'static str {
        ""
    }

    /// How many records go with this one.
    fn goes_along(&self, _name: &str) -> usize {
        0
    }

    /// The labels under which a record is put back that stands as `last` now, by the checks of a
    /// write: what it refers to is there, and stays until the commit. `Err` says why it cannot.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away.
    fn filed(
        &self,
        _tx: &mut Tx,
        _last: &Change,
        then: &Change,
    ) -> impl Future<Output = Result<std::result::Result<Labels, String>>> + Send {
        let labels = then.labels.clone();
        async { Ok(Ok(labels)) }
    }

    /// Brings in line what lies in records that were put back, and are filed elsewhere for it.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` when a race was lost.
    fn follow(&self, _tx: &mut Tx, _names: &[String]) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Whether the source may still write where this record of its lies, by this replica's memory:
    /// what is another's by now is not put back for it.
    ///
    /// # Errors
    /// `INTERNAL` for a record that cannot be read.
    fn may_undo(&self, _source: &str, _record: &Change) -> Result<bool> {
        Ok(true)
    }

    /// The record that sources send without which another one cannot stand.
    ///
    /// # Errors
    /// `INTERNAL` for a record that cannot be read.
    fn rests_on(_record: &Change) -> Result<Option<String>> {
        Ok(None)
    }

    /// The names of records that rest on one: they lie in it, or refer to it, and could not stay
    /// without it; by this replica's memory.
    fn resting(&self, _name: &str) -> Vec<String> {
        Vec::new()
    }

    /// Whether a record rests on a place, or would, in a version of it that may not be the one in
    /// memory.
    ///
    /// # Errors
    /// `INTERNAL` for a record that cannot be read.
    fn lies_in(_record: &Change, _place: &str) -> Result<bool> {
        Ok(true)
    }

    /// Makes sure that nothing rests on records that go, by all that was committed.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` where something does; `UNAVAILABLE` when the database is away.
    fn gone(&self, _tx: &mut Tx, _names: &[String]) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// How a source's words differ from before, in fields that a curator has set over it; for two
    /// encoded records of a kind.
    ///
    /// # Errors
    /// `INTERNAL` for a record that cannot be read.
    fn overridden(_kind: &str, _both: [&[u8]; 2]) -> Result<Vec<OverriddenDifference>> {
        Ok(Vec::new())
    }

    /// The engine's settings.
    fn settings(&self) -> &Policy {
        &self.engine().policy
    }

    /// The time by the process's clock.
    fn time(&self) -> Micros {
        self.db().clock().now()
    }
}

/// Who writes records for a source: a session, a redrive, or a preview.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// The source, and what its client has said.
    pub lease: &'a Lease,
    /// Only of a preview: what its parts before would have changed.
    pub previews: Option<&'a Before>,
}

impl Writer<'_> {
    /// A record as it is put over the one that stands: what the client does not know of stays.
    ///
    /// # Errors
    /// The message is not of the contract.
    pub fn whole<D: Document>(&self, given: &D, stands: Option<&D>) -> Result<D> {
        match stands {
            Some(stands) => forms::kept(given, stands, self.lease.forms.of(D::KIND)),
            None => Ok(given.clone()),
        }
    }
}
