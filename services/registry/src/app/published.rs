//! Units, malls and counters that a source publishes: handed to it and taken back by their field
//! `source`, and changed nowhere else meanwhile.
//!
//! Rejected: overrides field by field, as for services. The organiser of a place keeps its source;
//! whoever sees a fault in it tells the organiser, or takes the record back.

use mpp_api::{
    registry::{Counter, Mall, Unit},
    sync::Source,
};
use mpp_core::{Error, Overridden, Reason, Result};
use mpp_resource::{Call, Filing, Resource};
use mpp_store::{Label, Tx};

use super::Registry;
use crate::model::{source::check_unit, tree::Lineage};

/// A kind of record that says which source publishes it.
pub trait Published: Resource + PartialEq {
    /// The source; empty if it is written by calls.
    fn publisher(&self) -> &str;
    /// Sets the source.
    fn set_publisher(&mut self, source: String);
}

macro_rules! published {
    ($($kind:ty),*) => {$(
        impl Published for $kind {
            fn publisher(&self) -> &str {
                &self.source
            }

            fn set_publisher(&mut self, source: String) {
                self.source = source;
            }
        }
    )*};
}

published!(Unit, Mall, Counter);

/// Files a record under its source. A source that it is newly handed to stays until the commit, and
/// may write the record's unit. Until that source has sent it, what stands is another's: the label
/// says so, and whoever compares is asked for the record.
pub(super) async fn file_published<R: Published>(
    tx: &mut Tx,
    (record, before): (&R, Option<&R>),
    unit: &Lineage,
    filing: &mut Filing,
) -> Result<()> {
    let source = record.publisher();
    if source.is_empty() {
        return Ok(());
    }
    filing.labels.insert(Label::Source, source.to_owned());
    if before.is_some_and(|before| before.publisher() == source) {
        return still_handed::<R>(tx, record.name(), filing).await;
    }
    filing.labels.insert(Label::Overridden, Overridden::Handed.as_str().to_owned());
    let field = format!("{}.source", R::FIELD);
    let found = tx.require::<Source>(source, &field).await?.doc;
    check_unit(&found, unit.unit(), Some(unit))
        .map_err(|fault| Error::field(field, fault.code, fault.description))
}

/// What calls change beside what the source says leaves the label as it is.
async fn still_handed<R: Published>(tx: &mut Tx, name: &str, filing: &mut Filing) -> Result<()> {
    let stands = tx.get::<R>(name).await?;
    let label = stands.and_then(|stands| stands.labels.get(&Label::Overridden).cloned());
    filing.labels.extend(label.map(|label| (Label::Overridden, label)));
    Ok(())
}

impl Registry {
    /// Refuses a call that changes what a source publishes. `may_stay` are records that differ in
    /// nothing that their source says. Taking a record from a source is for whoever holds that
    /// source's unit, too.
    pub(super) fn check_published<R: Published>(
        &self,
        before: &R,
        after: &R,
        call: &Call,
        may_stay: impl Fn(&R, &R) -> bool,
    ) -> Result<()> {
        let source = before.publisher();
        if source.is_empty() {
            return Ok(());
        }
        if source != after.publisher() {
            return self.check_takes_from(source, call);
        }
        if may_stay(before, after) {
            return Ok(());
        }
        let text = format!(
            "{} is published by {source}; change it there, or take it back first: its field `source` \
             empty, named in the mask",
            before.name()
        );
        Err(Error::new(Reason::WrongState, text))
    }

    /// Passes for whoever holds the unit of a source.
    pub(super) fn check_takes_from(&self, source: &str, call: &Call) -> Result<()> {
        let state = self.memory.read();
        let unit = state.records.get::<Source>(source).map(|found| found.doc.unit);
        let lineage = state.lineage(&unit.unwrap_or_default());
        let owners = lineage.as_ref().map(Lineage::names).unwrap_or_default();
        call.grant.check(&owners)
    }
}

/// Whether two states of a record are the same to their source.
pub(super) fn same<R: Published>(before: &R, after: &R) -> bool {
    let bare = |record: &R| {
        let mut record = record.clone();
        record.strip();
        record
    };
    bare(before) == bare(after)
}
