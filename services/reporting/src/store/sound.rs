//! Whether the inbox is as it was appended. Projections that are made anew from an altered or
//! incomplete inbox say less than those that are there.

use mpp_core::{Error, Reason, Result};
use mpp_store::Db;

use super::{lost_events, received};
use crate::model::Upstream;

/// Passes if no event of the inbox is gone, and none was altered.
///
/// # Errors
/// `WRONG_STATE`, which says what to do first; `UNAVAILABLE` if the database is away.
pub async fn inboxes_are_sound(db: &Db) -> Result<()> {
    let mut read = db.read().await?;
    if !lost_events(read.conn()).await?.is_empty() {
        let text = "events of the inbox are gone, and projections without them would say less than \
                    those that are there: restore a backup, or `mpp repair reporting bookkeeping \
                    --accept-altered` first, and then this";
        return Err(Error::new(Reason::WrongState, text));
    }
    for upstream in Upstream::ALL {
        if !received(&mut read, upstream).await?.altered.is_empty() {
            let feed = upstream.as_str();
            let text = format!(
                "the inbox of {feed} holds altered events: `mpp repair reporting {feed}-inbox` first, \
                 and this once `mpp doctor` says that the inbox is well; --accept-altered takes them \
                 as they are"
            );
            return Err(Error::new(Reason::WrongState, text));
        }
    }
    read.end().await
}
