//! The one way in which clients write records: form → references → owners → etag → put.

use mpp_api::{text, types::Tombstone};
use mpp_core::{Error, FieldCode, Micros, Result, check_id, check_name};
use mpp_rpc::mask::check_paths;
use mpp_store::{Expect, Put, Record, Tx};
use prost_types::FieldMask;

use crate::{
    call::Call,
    command::{self, Done},
    faults,
    kind::{Resource, Stamp, merged},
    service::{Filing, Keeps, Serves, filled},
};

/// The place of a new record.
#[derive(Clone, Copy, Debug)]
pub struct NewName<'a> {
    /// The record above; empty at the top.
    pub parent: &'a str,
    /// The last part of the name to be.
    pub id: &'a str,
    /// The request's field that holds the id, such as `mall_id`.
    pub id_field: &'static str,
}

impl NewName<'_> {
    fn resolve<R: Resource>(&self) -> Result<String> {
        let (own, above) =
            R::COLLECTIONS.split_last().ok_or_else(|| Error::internal("no collection"))?;
        check_id(self.id, self.id_field)?;
        if above.is_empty() {
            return Ok(format!("{own}/{}", self.id));
        }
        check_name(self.parent, above, "parent")?;
        Ok(format!("{}/{own}/{}", self.parent, self.id))
    }
}

/// Makes a record; answers it with the stamp that it has from now on.
///
/// # Errors
/// Every wrong field; `REFERENCE_INVALID`, `PERMISSION_DENIED`, `ALREADY_EXISTS`, `TOMBSTONED`.
pub async fn create<S: Keeps<R>, R: Resource>(
    service: &S,
    call: &Call,
    name: NewName<'_>,
    record: Option<R>,
) -> Result<Done<R>> {
    let mut record = self::given(record)?;
    record.clear_output();
    record.set_name(name.resolve::<R>()?);
    faults::check(S::check, &record, None)?;
    let done = command::run(service.db(), call, async |tx| {
        let mut filing = service.file(&record, None, tx).await?;
        filing.check_owner(&call.grant)?;
        service.decide_fields(&mut record, None, &mut filing, call)?;
        let put = match S::RETURNS {
            true => tx.put_anew(record.name(), &record, filing.labels).await?,
            false => tx.put(record.name(), &record, filing.labels, Expect::New).await?,
        };
        Ok(stamped(tx, record, put, None))
    });
    shown(service, call, done.await?).await
}

/// Changes the fields of a record that the mask names.
///
/// # Errors
/// The same as for a new record; `NOT_FOUND`, `ETAG_MISMATCH`.
pub async fn update<S: Keeps<R>, R: Resource>(
    service: &S,
    call: &Call,
    given: Option<R>,
    mask: Option<FieldMask>,
) -> Result<Done<R>> {
    let given = self::given(given)?;
    check_name(given.name(), R::COLLECTIONS, &format!("{}.name", R::FIELD))?;
    let paths = check_paths::<R>(&mask.unwrap_or_default(), R::PATHS, "update_mask")?;
    let done = command::run(service.db(), call, async |tx| {
        let before = tx.living::<R>(given.name()).await?;
        let after = merged(&before.doc, &given, &paths)?;
        change(service, call, tx, before, after, given.etag()).await
    });
    shown(service, call, done.await?).await
}

/// Changes a record to `after` by the rules of its kind, in a transaction that changes others, too.
///
/// # Errors
/// The same as for an update.
pub async fn change<S: Keeps<R>, R: Resource>(
    service: &S,
    call: &Call,
    tx: &mut Tx,
    before: Record<R>,
    mut after: R,
    etag: &str,
) -> Result<R> {
    let Record { doc: before, create_time, update_time, .. } = before;
    faults::check(S::check, &after, Some(&before))?;
    service.file(&before, Some(&before), tx).await?.check_owner(&call.grant)?;
    let mut filing = service.file(&after, Some(&before), tx).await?;
    service.decide_fields(&mut after, Some(&before), &mut filing, call)?;
    service.after_change(&after, &before, &filing, tx).await?;
    let put = tx.put(after.name(), &after, filing.labels, Expect::Etag(etag)).await?;
    Ok(stamped(tx, after, put, Some((create_time, update_time))))
}

/// Changes a record in a way that a client cannot describe, such as its state.
///
/// # Errors
/// The same as for an update, and the errors of `step`.
pub async fn step<R: Resource>(
    service: &impl Keeps<R>,
    call: &Call,
    name: &str,
    etag: &str,
    step: impl FnOnce(R, &mut Filing) -> Result<R>,
) -> Result<Done<R>> {
    check_name(name, R::COLLECTIONS, "name")?;
    let done = command::run(service.db(), call, async |tx| {
        let Record { doc: before, create_time, update_time, .. } = tx.living::<R>(name).await?;
        let mut filing = service.file(&before, Some(&before), tx).await?;
        let after = step(before.clone(), &mut filing)?;
        service.after_change(&after, &before, &filing, tx).await?;
        let put = tx.put(after.name(), &after, filing.labels, Expect::Etag(etag)).await?;
        Ok(stamped(tx, after, put, Some((create_time, update_time))))
    });
    shown(service, call, done.await?).await
}

/// Deletes a record; a typed tombstone stays. Answers the revision.
///
/// # Errors
/// `NOT_FOUND`, `ETAG_MISMATCH`, `TOMBSTONED`, `PERMISSION_DENIED`.
pub async fn delete<R: Resource>(
    service: &impl Keeps<R>,
    call: &Call,
    name: &str,
    etag: &str,
    tombstone: &Tombstone,
) -> Result<i64> {
    check_name(name, R::COLLECTIONS, "name")?;
    let done: Done<()> = command::run(service.db(), call, async |tx| {
        let before = tx.living::<R>(name).await?.doc;
        service.file(&before, Some(&before), tx).await?.check_owner(&call.grant)?;
        service.before_delete(&before, tombstone, call, tx).await?;
        tx.delete::<R>(name, tombstone, Expect::Etag(etag)).await.map(drop)
    })
    .await?;
    service.memory().see(done.revision, call.deadline).await;
    Ok(done.revision)
}

/// A record that was put, with its etag and times; `times` are those of the record that it changes.
fn stamped<R: Resource>(tx: &Tx, mut record: R, put: Put, times: Option<(Micros, Micros)>) -> R {
    let etag = tx.etag::<R>(record.name());
    let now = tx.now();
    let (create_time, before) = times.unwrap_or((now, now));
    let update_time = if put.changed { now } else { before };
    record.stamp(etag, &Stamp { version: put.version, create_time, update_time });
    record
}

/// Answers once reads here show the write, so that its author can read it.
async fn shown<R: Resource>(
    service: &impl Serves<R>,
    call: &Call,
    done: Done<R>,
) -> Result<Done<R>> {
    let Done { answer, revision } = done;
    service.memory().see(revision, call.deadline).await;
    Ok(Done { answer: filled(service, &service.memory().read(), answer), revision })
}

/// The record that a client gave, with its texts cleaned.
fn given<R: Resource>(record: Option<R>) -> Result<R> {
    let missing = || Error::field(R::FIELD, FieldCode::Required, "must be set");
    let mut record = record.ok_or_else(missing)?;
    let faults = text::clean(&mut record, R::FIELD);
    if faults.is_empty() { Ok(record) } else { Err(Error::fields(faults)) }
}
