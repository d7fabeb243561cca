//! The one way in which records of sources are written, whatever their kind: put over what stands,
//! brought back, given up or deleted; and what each is answered.
//!
//! The form of a record was checked before ([`crate::Synced::check`]); source and session are the
//! transaction's author, and the store writes the history. A kind brings its [`Rules`]: where a
//! record of a source may lie, what stays of the one that stands, and what follows.
//!
//! Rejected: one way with the calls of people (`mpp_resource::write`). A call writes one record or
//! is refused as a whole, by etag and mask, and is answered with the record; the records of a batch
//! are written together, and each is answered for itself. What holds for both is one: how a record
//! is filed and what follows it (`mpp_resource::Keeps`), and the store's writes.

use std::future::Future;

use mpp_api::{
    sync::Outcome,
    types::{Tombstone, Warning},
};
use mpp_core::{Error, FieldCode, FieldViolation, Reason, Result};
use mpp_resource::Resource;
use mpp_store::{Buried, Expect, Labels, Put, Record, Tx};

use crate::fate::{Fate, Fates, Taken, fault};

/// The field of a record's own id.
pub const ID: &str = "source_id";
/// The field of the record that is to go.
pub const DELETE: &str = "delete.name";

/// A record of one kind, with its place in the batch and its name.
pub type One<'a, D> = (usize, &'a str, AskedChange<'a, D>);
/// A record that is to be put, with its place in the batch.
pub type PlacedRecord<'a, D> = (usize, &'a D);

/// The change that a record of one kind asks for.
#[derive(Clone, Copy, Debug)]
pub enum AskedChange<'a, D> {
    /// It has to become this.
    Put(&'a D),
    /// It has to go.
    Delete(&'a Tombstone),
}

/// A record as it is put.
#[derive(Debug)]
pub struct Ready<D, O> {
    /// Its place in the batch.
    pub index: usize,
    /// The whole record.
    pub record: D,
    /// What it is filed under.
    pub labels: Labels,
    /// The version at which memory knows it, 0 where it knows none: the write then has to find it
    /// so. `None` where the transaction itself has looked.
    pub known: Option<i64>,
    /// What its rules have to know once it is put.
    pub own: O,
}

/// What happens to a record that its source no longer has.
#[derive(Debug)]
pub enum Going<D> {
    /// It is deleted; remarks for its publisher.
    Wholly(Vec<Warning>),
    /// It stays, as others have it from now on.
    Stays(D, Labels),
    /// It is as its source wants it.
    Already,
}

/// The rules of a kind of record, when sources write it.
pub trait Rules<D: Resource>: Sync {
    /// Whether each record is written before the next one is judged, which may lie in it. Otherwise
    /// those of a batch are put at once, and the deletes follow.
    const ONE_BY_ONE: bool = false;

    /// Whether a record's name says whose it is, so that it may go although what was written of it
    /// is lost.
    const NAME_SAYS_WHOSE: bool = false;

    /// What the rules know of a record on its way.
    type Own: Send;

    /// Makes records ready to be put; one that may not be put gets its outcome.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` after a lost race; `UNAVAILABLE` when the database is away.
    fn prepare(
        &self,
        tx: &mut Tx,
        puts: Vec<PlacedRecord<'_, D>>,
        fates: &mut Fates,
    ) -> impl Future<Output = Result<Vec<Ready<D, Self::Own>>>> + Send;

    /// Whether the source may use a name again that was deleted. One that only a session that was
    /// undone had used is free anyway.
    fn may_return(&self, _name: &str, _buried: &Buried) -> bool {
        false
    }

    /// Does what follows from a record that was put; answers remarks for its publisher.
    ///
    /// # Errors
    /// The same as [`Rules::prepare`].
    fn was_put(
        &self,
        _tx: &mut Tx,
        _own: Self::Own,
    ) -> impl Future<Output = Result<Vec<Warning>>> + Send {
        async { Ok(Vec::new()) }
    }

    /// What happens to a record that stands and that the source no longer has.
    ///
    /// # Errors
    /// Why it is not the source's to take away.
    fn goes(&self, stands: Record<D>) -> Result<Going<D>, FieldViolation>;

    /// Withdraws what cannot exist without records that were deleted.
    ///
    /// # Errors
    /// The same as [`Rules::prepare`].
    fn have_gone(
        &self,
        _tx: &mut Tx,
        _names: &[String],
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// Writes records of one kind, and gives each its outcome.
///
/// # Errors
/// `WRITE_CONFLICT` after a lost race, and what the database refuses: nothing is then kept.
pub async fn write<D: Resource, R: Rules<D>>(
    rules: &R,
    tx: &mut Tx,
    asked: &[One<'_, D>],
    fates: &mut Fates,
) -> Result<()> {
    let at_once = if R::ONE_BY_ONE { 1 } else { asked.len().max(1) };
    for some in asked.chunks(at_once) {
        put(rules, tx, some, fates).await?;
        let mut gone = Vec::new();
        for (index, name, asked) in some {
            if let AskedChange::Delete(tombstone) = asked {
                let (fate, is_gone) = delete(rules, tx, name, tombstone).await?;
                fates.insert(*index, fate);
                gone.extend(is_gone.then(|| (*name).to_owned()));
            }
        }
        rules.have_gone(tx, &gone).await?;
    }
    Ok(())
}

/// A record while it is written.
struct Sent<D, O> {
    index: usize,
    name: String,
    known: Option<i64>,
    /// What is put where the name was deleted; `None` for one that memory knows.
    anew: Option<(D, Labels)>,
    own: O,
}

/// The record that goes to the store, and what is kept of it until that answers.
fn sent<D: Resource, O>(ready: Ready<D, O>) -> ((String, D, Labels), Sent<D, O>) {
    let Ready { index, record, labels, known, own } = ready;
    let name = record.name().to_owned();
    let anew = (known.unwrap_or(0) == 0).then(|| (record.clone(), labels.clone()));
    ((name.clone(), record, labels), Sent { index, name, known, anew, own })
}

async fn put<D: Resource, R: Rules<D>>(
    rules: &R,
    tx: &mut Tx,
    some: &[One<'_, D>],
    fates: &mut Fates,
) -> Result<()> {
    let puts = some.iter().filter_map(|(index, _, asked)| match asked {
        AskedChange::Put(record) => Some((*index, *record)),
        AskedChange::Delete(_) => None,
    });
    let ready = rules.prepare(tx, puts.collect(), fates).await?;
    let (items, sent): (Vec<_>, Vec<_>) = ready.into_iter().map(sent).unzip();
    let written =
        if R::ONE_BY_ONE { put_each(tx, items).await? } else { tx.put_many(items).await? };
    for (one, put) in sent.into_iter().zip(written) {
        let fate = match outcome(rules, tx, &one, put).await? {
            Ok(outcome) => Ok(Taken { outcome, warnings: rules.was_put(tx, one.own).await? }),
            Err(fault) => Err(fault),
        };
        fates.insert(one.index, fate);
    }
    Ok(())
}

/// Puts records one after the other: the transaction remembers what it has read and written of
/// each, which a record that lies in it asks for next.
async fn put_each<D: Resource>(tx: &mut Tx, items: Vec<(String, D, Labels)>) -> Result<Vec<Put>> {
    let mut written = Vec::with_capacity(items.len());
    for (name, record, labels) in items {
        written.push(match tx.put(&name, &record, labels, Expect::Any).await {
            Err(error) if error.reason() == Reason::Tombstoned => {
                Put { tombstoned: true, ..Put::default() }
            }
            put => put?,
        });
    }
    Ok(written)
}

async fn outcome<D: Resource, R: Rules<D>>(
    rules: &R,
    tx: &mut Tx,
    one: &Sent<D, R::Own>,
    put: Put,
) -> Result<Result<Outcome, FieldViolation>> {
    if put.tombstoned {
        // Memory still knew it: the next try sees what has happened to it meanwhile.
        let Some(anew) = &one.anew else { return Err(raced()) };
        return revive(rules, tx, &one.name, anew).await;
    }
    if one.known.is_some_and(|known| put.version != known + i64::from(put.changed)) {
        return Err(raced());
    }
    Ok(Ok(outcome_of(put)))
}

fn outcome_of(put: Put) -> Outcome {
    if put.changed { Outcome::Applied } else { Outcome::Unchanged }
}

/// Puts a record under a name that was deleted, where it may be used again.
async fn revive<D: Resource, R: Rules<D>>(
    rules: &R,
    tx: &mut Tx,
    name: &str,
    (record, labels): &(D, Labels),
) -> Result<Result<Outcome, FieldViolation>> {
    let buried = tx.buried::<D>(name).await?;
    let is_free = buried.is_some_and(|gone| gone.is_undone() || rules.may_return(name, &gone));
    if !is_free {
        let text = "was deleted, and its name is not used again; give the record another source_id";
        return Ok(Err(fault(ID, FieldCode::Tombstoned, text)));
    }
    tx.revive(name, record, labels.clone()).await?;
    Ok(Ok(Outcome::Applied))
}

/// Takes a record away; tells whether it was deleted by that. One that is deleted already is as its
/// source wants it.
async fn delete<D: Resource, R: Rules<D>>(
    rules: &R,
    tx: &mut Tx,
    name: &str,
    tombstone: &Tombstone,
) -> Result<(Fate, bool)> {
    let going = match tx.living::<D>(name).await {
        Ok(stands) => rules.goes(stands),
        Err(error) => match error.reason() {
            Reason::Tombstoned => Ok(Going::Already),
            Reason::NotFound => {
                Err(fault(DELETE, FieldCode::NotFound, "does not exist and never did"))
            }
            Reason::WrongState if R::NAME_SAYS_WHOSE => Ok(Going::Wholly(Vec::new())),
            _ => return Err(error),
        },
    };
    Ok(match going {
        Ok(Going::Wholly(warnings)) => {
            tx.delete::<D>(name, tombstone, Expect::Any).await?;
            (Ok(Taken { outcome: Outcome::Applied, warnings }), true)
        }
        Ok(Going::Stays(record, labels)) => {
            let put = tx.put(name, &record, labels, Expect::Any).await?;
            (Ok(outcome_of(put).into()), false)
        }
        Ok(Going::Already) => (Ok(Outcome::Unchanged.into()), false),
        Err(fault) => (Err(fault), false),
    })
}

/// Deletes a record that its source now has under another name. It is looked up in memory, where it
/// is known at a version: the write then has to find it so.
///
/// # Errors
/// `WRITE_CONFLICT` after a lost race; `UNAVAILABLE` when the database is away.
pub async fn leave<D: Resource>(
    tx: &mut Tx,
    (name, known): (&str, i64),
    tombstone: &Tombstone,
) -> Result<()> {
    let done = tx.delete::<D>(name, tombstone, Expect::Version(known)).await;
    done.map(drop).map_err(|error| match error.reason() {
        Reason::EtagMismatch | Reason::Tombstoned | Reason::NotFound => raced(),
        _ => error,
    })
}

/// The error of a write that has not found what it built on.
pub fn raced() -> Error {
    let message = "the record changed while the batch was written; send it again";
    Error::new(Reason::WriteConflict, message)
}
