//! The parts of a service, and its rules for each kind of record.

use std::future::Future;

use mpp_api::types::Tombstone;
use mpp_core::{FieldViolation, Result};
use mpp_rpc::Grant;
use mpp_store::{Db, Labels, Tx};

use crate::{
    call::Call,
    kind::{Kind, Resource},
    memory::{Memory, View},
};

/// One replica of a service.
pub trait Replica: Send + Sync {
    /// What its reads are answered from.
    type View: View;

    /// Its database, which is written to.
    fn db(&self) -> &Db;
    /// Its memory, which is read from.
    fn memory(&self) -> &Memory<Self::View>;
}

/// A service that answers reads of a kind of record.
pub trait Serves<K: Kind>: Replica {
    /// Fills in the fields that are worked out from other records or from the day, which are among
    /// [`mpp_api::Document::ADDED`].
    fn show(&self, _view: &Self::View, _record: &mut K) {}
}

/// The record as readers get it, with what is worked out: the one place where that is filled in.
pub(crate) fn filled<K: Kind, S: Serves<K>>(service: &S, view: &S::View, mut record: K) -> K {
    let stored = cfg!(debug_assertions).then(|| bare(&record));
    service.show(view, &mut record);
    debug_assert!(
        stored.is_none_or(|stored| stored == bare(&record)),
        "an answer adds a field to a {} that mpp_api::document does not name",
        K::KIND
    );
    record
}

fn bare<K: Kind>(record: &K) -> Vec<u8> {
    let mut record = record.clone();
    record.strip();
    record.encode_to_vec()
}

/// A service that keeps a kind of record: the rules by which clients may write it.
///
/// `before` is the record that an update finds, and `None` for a new one.
pub trait Keeps<R: Resource>: Serves<R> {
    /// Whether a record may be made anew under the name of one that was deleted. A tombstone keeps
    /// late writes from bringing a record back; but if a name follows from what the record is
    /// about, there is no other name for a new one.
    const RETURNS: bool = false;

    /// Checks the record's form, alone.
    ///
    /// # Errors
    /// Every wrong field, as a path from the request, such as `mall.display_name.id`.
    fn check(record: &R) -> Result<()>;

    /// Reads the records that this one refers to, locks them against change until the commit, and
    /// files the record: its labels and its owners. So no record ever refers to one that was
    /// deleted meanwhile. References that `before` had already are not judged again.
    ///
    /// # Errors
    /// `REFERENCE_INVALID`, naming the field.
    fn file(
        &self,
        record: &R,
        before: Option<&R>,
        tx: &mut Tx,
    ) -> impl Future<Output = Result<Filing>> + Send;

    /// Decides the fields that the caller does not, such as the state, once the caller is known to
    /// be an owner.
    ///
    /// # Errors
    /// The state, or the caller's rights, do not allow the write.
    fn decide_fields(
        &self,
        _record: &mut R,
        _before: Option<&R>,
        _filing: &mut Filing,
        _call: &Call,
    ) -> Result<()> {
        Ok(())
    }

    /// Warnings for the author of a record that was written, such as names of records that do not
    /// exist yet.
    fn warnings(&self, _view: &Self::View, _record: &R) -> Vec<FieldViolation> {
        Vec::new()
    }

    /// Updates the records below after a change of this one, in the same transaction; the record is
    /// locked.
    ///
    /// # Errors
    /// The records below cannot be updated.
    fn after_change(
        &self,
        _record: &R,
        _before: &R,
        _filing: &Filing,
        _tx: &mut Tx,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Deletes the records that cannot live without this one, in the same transaction; the record
    /// is locked.
    ///
    /// # Errors
    /// The record may not be deleted.
    fn before_delete(
        &self,
        _record: &R,
        _why: &Tombstone,
        _call: &Call,
        _tx: &mut Tx,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// The labels and the owners of a record.
#[derive(Clone, Debug, Default)]
pub struct Filing {
    /// The labels, by which lists and followers filter.
    pub labels: Labels,
    /// Names; the caller must hold one of them to write the record.
    pub owners: Vec<String>,
    /// For a record that one side proposes and another accepts: names, one of which the accepting
    /// caller must hold.
    pub acceptors: Vec<String>,
}

impl Filing {
    /// Checks that the caller may write the record.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub fn check_owner(&self, grant: &Grant) -> Result<()> {
        check(grant, &self.owners)
    }

    /// Checks that the caller may accept the record.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub fn check_acceptor(&self, grant: &Grant) -> Result<()> {
        check(grant, &self.acceptors)
    }
}

fn check(grant: &Grant, names: &[String]) -> Result<()> {
    grant.check(&names.iter().map(String::as_str).collect::<Vec<_>>())
}
