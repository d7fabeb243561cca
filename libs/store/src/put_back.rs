//! Puts a record back to an earlier version of it, as a new change.

use mpp_api::types::Tombstone;
use mpp_core::{Error, Result};
use prost::Message as _;

use crate::{
    Change, Tx,
    error::write_conflict,
    record::{StoredRow, encode_labels},
};

impl Tx {
    /// Writes a record of any kind, which stands at version `last`, as it was in an earlier
    /// version; `None` if there was no record then, so that it is deleted, with this tombstone. It
    /// becomes the next version, and is the record that it was: made when it was made then.
    ///
    /// # Errors
    /// `NOT_FOUND` if there never was one; `NEWER_FORM` for a record whose fields this program
    /// would lose; `WRITE_CONFLICT` if it stands at another version.
    pub async fn put_back(
        &mut self,
        (kind, name, last): (&'static str, &str, i64),
        version: Option<&Change>,
        gone: &Tombstone,
    ) -> Result<()> {
        let stored = self.locked(kind, name).await?.ok_or_else(|| Error::not_found(name))?;
        if stored.version != last {
            return Err(write_conflict());
        }
        match version {
            Some(version) => {
                let labels = encode_labels(name, &version.doc, &version.labels)?;
                let then = StoredRow { create_time: version.create_time, ..stored };
                self.update(kind, name, then, version.doc.clone(), labels).await.map(drop)
            }
            None if stored.deleted => Ok(()),
            None => self.bury(kind, name, stored, gone.encode_to_vec().into()).await.map(drop),
        }
    }
}
