//! The rules of units, malls and counters that sources send: those that the API has for whoever
//! runs them.
//!
//! They are few, so each is read before it is written: there is no memory to be behind.

use std::future::Future;

use mpp_api::{
    registry::{Counter, Mall, Unit},
    sync::Source,
};
use mpp_core::{FieldCode, FieldViolation, Labels, Result, mall_of};
use mpp_resource::Keeps;
use mpp_store::{Label, Record, Tx, newest_version, version_of};
use mpp_sync::{
    Fates, Writer, fault,
    write::{DELETE, Going, ID, PlacedRecord, Ready, Rules},
};

use super::{
    budget::Budget,
    found::{
        in_a_circle, mall_of_source, misplaced, named_in, names_itself, unit_elsewhere,
        unit_of_source,
    },
    order::Needs,
};
use crate::{
    app::{
        Registry,
        filing::find_lineage,
        published::Published,
        relabel::{self, TxRecords},
    },
    model::mall::of_calls,
};

/// The places of a source.
pub(super) struct Places<'a> {
    pub(super) registry: &'a Registry,
    pub(super) writer: Writer<'a>,
    pub(super) source: &'a Source,
    /// What the units of the batch need.
    pub(super) needs: Needs,
}

/// A place as it is put, with its labels; `Err` says why it is not.
type Judged<R> = Result<(R, Labels), FieldViolation>;

/// A kind of place.
pub(super) trait PlaceRules: Published {
    /// Says whether the source may put a place so.
    fn judge(
        places: &Places<'_>,
        tx: &mut Tx,
        given: &Self,
    ) -> impl Future<Output = Result<Judged<Self>>> + Send;
}

impl<R: PlaceRules> Rules<R> for Places<'_>
where
    Registry: Keeps<R>,
{
    const ONE_BY_ONE: bool = true;

    type Own = ();

    async fn prepare(
        &self,
        tx: &mut Tx,
        puts: Vec<PlacedRecord<'_, R>>,
        fates: &mut Fates,
    ) -> Result<Vec<Ready<R, ()>>> {
        let mut ready = Vec::with_capacity(puts.len());
        for (index, given) in puts {
            match R::judge(self, tx, given).await? {
                Ok((record, labels)) => {
                    ready.push(Ready { index, record, labels, known: None, own: () });
                }
                Err(fault) => drop(fates.insert(index, Err(fault))),
            }
        }
        Ok(ready)
    }

    /// A place stays when its source has it no more: records of others lie in it. Whoever may write
    /// it by calls has it back, as it stands: nothing of it is judged anew.
    fn goes(&self, stands: Record<R>) -> Result<Going<R>, FieldViolation> {
        let (mut place, mut labels) = (stands.doc, stands.labels);
        if place.publisher().is_empty() {
            return Ok(Going::Already);
        }
        if place.publisher() != self.writer.lease.source {
            let text = format!("{}, and is not this source's to give up", owned_by(&place));
            return Err(fault(DELETE, FieldCode::OwnedByOtherSource, &text));
        }
        place.set_publisher(String::new());
        labels.remove(&Label::Source);
        labels.remove(&Label::Overridden);
        Ok(Going::Stays(place, labels))
    }
}

impl PlaceRules for Unit {
    async fn judge(places: &Places<'_>, tx: &mut Tx, given: &Self) -> Result<Judged<Self>> {
        if let Some(fault) = names_itself(given) {
            return Ok(Err(fault));
        }
        let before = tx.get::<Self>(&given.name).await?.map(|found| found.doc);
        let elsewhere = unit_elsewhere(tx, places.source, before.as_ref()).await?;
        let foreign = match elsewhere {
            None => places.foreign(tx, before.as_ref()).await?,
            elsewhere => elsewhere,
        };
        let amiss = match foreign {
            None => unit_of_source(tx, places.source, given, before.as_ref()).await?,
            foreign => foreign,
        };
        match amiss {
            Some(fault) => Ok(Err(places.or_in_a_circle(tx, given, fault).await?)),
            None => places.moved(tx, given, before.as_ref()).await,
        }
    }
}

impl PlaceRules for Mall {
    /// An administrator makes malls; what others say of one stays as they have said it.
    async fn judge(places: &Places<'_>, tx: &mut Tx, given: &Self) -> Result<Judged<Self>> {
        let before = match mall_of_source(tx, places.source, &given.name, ID).await? {
            Ok(before) => before,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Some(fault) = places.foreign(tx, Some(&before)).await? {
            return Ok(Err(fault));
        }
        match of_calls(given, &before) {
            Ok(mall) => places.filed(tx, &mall, Some(&before)).await,
            Err(field) => {
                let text = "is set by calls, by a verifier or an administrator, and stands otherwise: \
                            give what stands, or have it changed there first";
                Ok(Err(fault(field, FieldCode::SetByOthers, text)))
            }
        }
    }
}

impl PlaceRules for Counter {
    async fn judge(places: &Places<'_>, tx: &mut Tx, given: &Self) -> Result<Judged<Self>> {
        let mall = mall_of(&given.name);
        if let Err(fault) = mall_of_source(tx, places.source, mall, "parent").await? {
            return Ok(Err(fault));
        }
        let before = tx.get::<Self>(&given.name).await?.map(|found| found.doc);
        if let Some(fault) = places.foreign(tx, before.as_ref()).await? {
            return Ok(Err(fault));
        }
        if let Some(before) = before.as_ref().filter(|before| before.unit != given.unit) {
            let text = format!(
                "the counter of this id is {}'s, for good; give the one of {} another source_id",
                before.unit, given.unit
            );
            return Ok(Err(fault("counter.unit", FieldCode::Immutable, &text)));
        }
        if tx.get::<Unit>(&given.unit).await?.is_none() {
            let text = format!("{} does not exist; create it first", given.unit);
            return Ok(Err(fault("counter.unit", FieldCode::UnitNotFound, &text)));
        }
        places.filed(tx, given, before.as_ref()).await
    }
}

impl Places<'_> {
    /// Why a unit waits that names one which is not there: that one may need it in turn.
    async fn or_in_a_circle(
        &self,
        tx: &mut Tx,
        given: &Unit,
        fault: FieldViolation,
    ) -> Result<FieldViolation> {
        let (name, other) = (given.name.as_str(), named_in(&fault.field, given));
        if fault.code != FieldCode::UnitNotFound || other.is_empty() {
            return Ok(fault);
        }
        let in_turn = self.needs.lead(tx, &self.writer.lease.source, (other, name)).await?;
        Ok(if in_turn { in_a_circle(&fault, (name, other)) } else { fault })
    }

    /// A unit as it is put, unless too much below it would be filed anew by that.
    async fn moved(
        &self,
        tx: &mut Tx,
        given: &Unit,
        before: Option<&Unit>,
    ) -> Result<Judged<Unit>> {
        let moves = match before {
            Some(before) if before.parent != given.parent => self.filed_anew(tx, given).await?,
            _ => 0,
        };
        let budget = Budget { registry: self.registry, writer: self.writer };
        if let Some(fault) = budget.spend(tx, moves, "unit_record.parent").await? {
            return Ok(Err(fault));
        }
        let judged = self.filed(tx, given, before).await?;
        if judged.is_err() {
            budget.give_back(tx, moves).await?;
        }
        Ok(judged)
    }

    /// How many records are filed anew where a unit comes to lie so.
    async fn filed_anew(&self, tx: &mut Tx, given: &Unit) -> Result<usize> {
        let Some(above) = find_lineage(tx, &given.parent).await? else { return Ok(0) };
        let standing = TxRecords::of(self.registry, tx).await?;
        Ok(relabel::count((self.registry, &standing), &given.name, above.agency()))
    }

    /// Why the source may not write a record that stands: others publish it, or write it by calls.
    /// One that the source has given up, and that nobody has written since, is its own again.
    async fn foreign<R: Published>(
        &self,
        tx: &mut Tx,
        before: Option<&R>,
    ) -> Result<Option<FieldViolation>> {
        let source = &self.writer.lease.source;
        let others = before.filter(|before| before.publisher() != source);
        let Some(before) = others else { return Ok(None) };
        if before.publisher().is_empty() && self.gave_up::<R>(tx, before.name()).await? {
            return Ok(None);
        }
        let text = format!(
            "{0}; have it handed to this source, and the record is applied by itself: mpp hand-back \
             {1} --to {source}; or use another source_id",
            owned_by(before),
            before.name(),
        );
        Ok(Some(fault(ID, FieldCode::OwnedByOtherSource, &text)))
    }

    /// Whether the last change of what a record says was that this source gave it up; since then it
    /// has only been filed anew, with what it lies in.
    async fn gave_up<R: Published>(&self, tx: &mut Tx, name: &str) -> Result<bool> {
        let (key, source) = ((R::KIND, name), &self.writer.lease.source);
        let Some(mut last) = newest_version(tx.conn(), key).await? else { return Ok(false) };
        while let Some(before) = version_of(tx.conn(), key, last.version - 1).await? {
            if before.op != last.op || before.doc != last.doc {
                break;
            }
            last = before;
        }
        let was = last.labels_before.as_ref().and_then(|labels| labels.get(&Label::Source));
        Ok(last.origin == *source && was == Some(source))
    }

    /// A place that the source may put, with what its client does not know of kept as it was.
    async fn filed<R: Published>(
        &self,
        tx: &mut Tx,
        given: &R,
        before: Option<&R>,
    ) -> Result<Judged<R>>
    where
        Registry: Keeps<R>,
    {
        let mut whole = self.writer.whole(given, before)?;
        // Whose it is, no client says: also one that does not know the field.
        whole.set_publisher(given.publisher().to_owned());
        match self.file(tx, &whole, before).await {
            Ok(mut labels) => {
                // Its source has sent it.
                labels.remove(&Label::Overridden);
                Ok(Ok((whole, labels)))
            }
            Err(error) => misplaced(&error).map_or(Err(error), |fault| Ok(Err(fault))),
        }
    }

    /// The labels of a record, by the rules for calls; the records below follow it.
    async fn file<R: Published>(
        &self,
        tx: &mut Tx,
        record: &R,
        before: Option<&R>,
    ) -> Result<Labels>
    where
        Registry: Keeps<R>,
    {
        let filing = self.registry.file(record, before, tx).await?;
        if let Some(before) = before {
            self.registry.after_change(record, before, &filing, tx).await?;
        }
        Ok(filing.labels)
    }
}

/// Tells whose a record is.
fn owned_by<R: Published>(record: &R) -> String {
    match record.publisher() {
        "" => format!("{} is written by calls", record.name()),
        source => format!("{} is published by {source}", record.name()),
    }
}
