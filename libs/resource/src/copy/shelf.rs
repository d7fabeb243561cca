//! A service's storage for its copy of a feed, as the copy uses it.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use mpp_core::{Digest, Result};
use mpp_store::{Change, Position, Read, Tx};

/// Records by kind and name.
pub type Names = BTreeSet<(String, String)>;

/// A service's storage for its copy of a feed: its tables, and a memory that is filled from them,
/// if it has one.
pub trait Shelf: Send {
    /// Reads the tables as they are at `position`; `None` if no state was ever read whole. Answers
    /// the digest of the records if it has read all of them.
    fn load(
        &mut self,
        read: &mut Read,
        position: Option<&Position>,
    ) -> impl Future<Output = Result<Option<Digest>>> + Send;

    /// The versions in which the tables hold those of these records, by kind and name, that live.
    fn versions(
        &mut self,
        tx: &mut Tx,
        records: &Names,
    ) -> impl Future<Output = Result<BTreeMap<(String, String), i64>>> + Send;

    /// The digest of the tables, read anew. A record whose row was altered counts with a version
    /// that no record has.
    fn held(&mut self, read: &mut Read) -> impl Future<Output = Result<Digest>> + Send;

    /// The whole state follows, from its start.
    fn begin_state(&mut self, read: &mut Read) -> impl Future<Output = Result<()>> + Send;

    /// Records of the state, each as a `Put`. The position has not moved.
    fn add_state(
        &mut self,
        tx: &mut Tx,
        records: Vec<Change>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The state is complete: a record that was not in it has vanished.
    fn end_state(
        &mut self,
        tx: &mut Tx,
        position: &Position,
    ) -> impl Future<Output = Result<()>> + Send;

    /// All changes of one transaction of the feed, in order; none if only the position moves.
    fn write(
        &mut self,
        tx: &mut Tx,
        changes: &[Change],
        position: &Position,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The tables have the whole state, at this revision.
    fn has_state(&mut self, _revision: i64) {}

    /// The tables have these changes, up to this revision, whichever replica wrote them.
    fn has(&mut self, _changes: &[Change], _revision: i64) {}
}
