//! The one way in which a client's write goes: replay → form → references → who may → put → commit.

use mpp_api::types::Tombstone;
use mpp_core::{Caller, Error, Micros, Result, check_id, check_name};
use mpp_rpc::{Grant, mask::check_paths};
use mpp_store::{Actor, Expect, RequestKey, Tx};
use prost_types::FieldMask;

use super::{
    Registry,
    place::{Place, Placed},
};
use crate::{
    model::values::checked_tombstone,
    resource::{Stamp, merged},
};

/// Who calls, and how the call is to be taken.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who it is.
    pub caller: Caller,
    /// What the method's line in the authorization table allows.
    pub grant: Grant,
    /// Set where the client gave a request id.
    pub key: Option<RequestKey>,
    /// Everything is checked and nothing kept.
    pub validate_only: bool,
}

impl Call {
    fn actor(&self) -> Actor {
        Actor { origin: "api".into(), subject: self.caller.subject.clone() }
    }
}

/// A record as its author gets it back.
#[derive(Debug)]
pub struct Written<R> {
    /// With etag, times and what is worked out.
    pub record: R,
    /// The revision that shows it; 0 for a call that only validates.
    pub revision: i64,
}

/// Where a new record goes.
#[derive(Debug)]
pub struct NewName<'a> {
    /// The record above; empty at the top.
    pub parent: &'a str,
    /// The last part of the name to be.
    pub id: &'a str,
    /// The request's field that holds the id, such as `mall_id`.
    pub id_field: &'static str,
}

impl NewName<'_> {
    fn resolve<R: Placed>(&self) -> Result<String> {
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

/// What a write has done in its transaction, before the commit.
struct Done<R> {
    tx: Tx,
    record: R,
}

impl Registry {
    /// Makes a record.
    ///
    /// # Errors
    /// Every wrong field; `REFERENCE_INVALID`, `PERMISSION_DENIED`, `ALREADY_EXISTS`, `TOMBSTONED`.
    pub async fn create<R: Placed>(
        &self,
        call: &Call,
        name: NewName<'_>,
        record: Option<R>,
    ) -> Result<Written<R>> {
        self.once(call, async {
            let mut record = required(record)?;
            record.clear_output();
            record.set_name(name.resolve::<R>()?);
            record.check()?;
            let mut tx = self.db.begin(&call.actor()).await?;
            let mut place = record.place(None, &mut tx).await?;
            place.check(&call.grant)?;
            record.settle(None, &mut place, call)?;
            self.keep(tx, record, place, Expect::New, None).await
        })
        .await
    }

    /// Changes the fields of a record that the mask names.
    ///
    /// # Errors
    /// As for a new record; `NOT_FOUND`, `ETAG_MISMATCH`.
    pub async fn update<R: Placed>(
        &self,
        call: &Call,
        given: Option<R>,
        mask: Option<FieldMask>,
    ) -> Result<Written<R>> {
        self.once(call, async {
            let given = required(given)?;
            let name_field = format!("{}.name", R::FIELD);
            check_name(given.name(), R::COLLECTIONS, &name_field)?;
            let paths = check_paths(&mask.unwrap_or_default(), R::PATHS, "update_mask")?;
            let mut tx = self.db.begin(&call.actor()).await?;
            let found = tx.get::<R>(given.name()).await?;
            let before = found.ok_or_else(|| Error::not_found(given.name()))?;
            let mut after = merged(&before.doc, &given, &paths)?;
            after.check()?;
            let own = before.doc.place(Some(&before.doc), &mut tx).await?;
            own.check(&call.grant)?;
            let mut place = after.place(Some(&before.doc), &mut tx).await?;
            after.settle(Some(&before.doc), &mut place, call)?;
            after.moved(&before.doc, &place, self, &mut tx).await?;
            let stamp = (before.create_time, before.update_time);
            self.keep(tx, after, place, Expect::Etag(given.etag()), Some(stamp)).await
        })
        .await
    }

    /// Changes a record in a way that is not a client's to describe, such as its state.
    ///
    /// # Errors
    /// As for an update, and what `step` finds wrong.
    pub async fn step<R: Placed>(
        &self,
        call: &Call,
        name: &str,
        etag: &str,
        step: impl Fn(R, &mut Place) -> Result<R>,
    ) -> Result<Written<R>> {
        self.once(call, async {
            check_name(name, R::COLLECTIONS, "name")?;
            let mut tx = self.db.begin(&call.actor()).await?;
            let before = tx.get::<R>(name).await?.ok_or_else(|| Error::not_found(name))?;
            let mut place = before.doc.place(Some(&before.doc), &mut tx).await?;
            let after = step(before.doc, &mut place)?;
            let stamp = (before.create_time, before.update_time);
            self.keep(tx, after, place, Expect::Etag(etag), Some(stamp)).await
        })
        .await
    }

    /// Deletes a record; a typed tombstone stays. Answers the revision.
    ///
    /// # Errors
    /// `NOT_FOUND`, `ETAG_MISMATCH`, `TOMBSTONED`, `PERMISSION_DENIED`.
    pub async fn delete<R: Placed>(
        &self,
        call: &Call,
        name: &str,
        etag: &str,
        tombstone: Option<&Tombstone>,
        may: impl Fn(&R) -> Result<()>,
    ) -> Result<i64> {
        let written = self.once(call, async {
            check_name(name, R::COLLECTIONS, "name")?;
            let tombstone = checked_tombstone(tombstone, name, R::COLLECTIONS, "tombstone")?;
            let mut tx = self.db.begin(&call.actor()).await?;
            let before = tx.get::<R>(name).await?.ok_or_else(|| Error::not_found(name))?;
            before.doc.place(Some(&before.doc), &mut tx).await?.check(&call.grant)?;
            may(&before.doc)?;
            tx.delete::<R>(name, &tombstone, Expect::Etag(etag)).await?;
            before.doc.leaving(self, &mut tx).await?;
            Ok(Done { tx, record: before.doc })
        });
        Ok(written.await?.revision)
    }

    /// Puts a record; its author gets it with the stamp that it has from now on.
    async fn keep<R: Placed>(
        &self,
        mut tx: Tx,
        mut record: R,
        place: Place,
        expect: Expect<'_>,
        times: Option<(Micros, Micros)>,
    ) -> Result<Done<R>> {
        let put = tx.put(record.name(), &record, place.labels, expect).await?;
        let now = tx.now();
        let (create_time, before) = times.unwrap_or((now, now));
        let update_time = if put.changed { now } else { before };
        record.stamp(&Stamp { version: put.version, create_time, update_time });
        Ok(Done { tx, record })
    }

    /// Runs a write at most once for each request id, and answers when reads here show it.
    async fn once<R: Placed>(
        &self,
        call: &Call,
        write: impl Future<Output = Result<Done<R>>>,
    ) -> Result<Written<R>> {
        if let Some(answer) = self.replayed(call).await? {
            return Ok(answer);
        }
        match self.written(call, write).await {
            // The same request may have been answered meanwhile, which is why this one failed.
            Err(error) => self.replayed(call).await?.ok_or(error),
            written => written,
        }
    }

    async fn written<R: Placed>(
        &self,
        call: &Call,
        write: impl Future<Output = Result<Done<R>>>,
    ) -> Result<Written<R>> {
        let Done { mut tx, record } = write.await?;
        if call.validate_only {
            tx.rollback().await?;
            return Ok(self.shown(record, 0));
        }
        if let Some(key) = &call.key {
            tx.remember(key, &record).await?;
        }
        let revision = tx.commit().await?;
        self.see(revision).await;
        Ok(self.shown(record, revision))
    }

    /// The stored answer. Its revision is the one that reads here show, which is not before the
    /// write's own: as `min_revision` it shows the write just as well.
    async fn replayed<R: Placed>(&self, call: &Call) -> Result<Option<Written<R>>> {
        let Some(key) = &call.key else {
            return Ok(None);
        };
        let Some(answer) = self.db.replay(key).await? else {
            return Ok(None);
        };
        self.catch_up().await?;
        let record = R::decode(answer).map_err(Error::internal)?;
        Ok(Some(self.shown(record, self.memory.revision())))
    }

    fn shown<R: Placed>(&self, mut record: R, revision: i64) -> Written<R> {
        record.show(&self.memory.read(), self.now());
        Written { record, revision }
    }
}

fn required<R: Placed>(record: Option<R>) -> Result<R> {
    record.ok_or_else(|| Error::field(R::FIELD, "REQUIRED", "must be set"))
}
