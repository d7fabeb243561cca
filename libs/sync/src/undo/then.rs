//! What a record was before a session, or why it stays as it is.

use mpp_core::{A_PERSON, Result, as_told};
use mpp_store::{Change, Tx, version_of};

use crate::store::{touched::Touched, undone};

/// The origin of changes that undo a session, as the feed names it.
pub(super) const UNDO: &str = "undo";

/// True for a change that has undone the session already.
pub(super) fn is_undone(last: &Change, session: &str) -> bool {
    last.origin == UNDO && last.session == session
}

/// The record's version before the session, `None` if there was none; `Err` says why it stays as it
/// is.
pub(super) async fn before(
    tx: &mut Tx,
    session: &str,
    last: &Change,
    one: &Touched,
) -> Result<Result<Option<Change>, String>> {
    if last.version != one.last && !stands_again(tx, session, last, one).await? {
        return Ok(Err(changed_since(last)));
    }
    if one.last - one.first + 1 != one.versions {
        let text = "somebody has changed it between two changes of the session";
        return Ok(Err(text.to_owned()));
    }
    if one.first == 1 {
        return Ok(Ok(None));
    }
    let key = (last.kind.as_str(), last.name.as_str());
    let then = version_of(tx.conn(), key, one.first - 1).await?;
    Ok(match then {
        Some(then) => Ok(Some(then)),
        None => Err("what it was before is not kept any more".to_owned()),
    })
}

/// Whether the record stands as this session has left it, although it was written since: an undo of
/// a later session has put it back so, or only its labels have followed another record.
async fn stands_again(tx: &mut Tx, session: &str, last: &Change, one: &Touched) -> Result<bool> {
    let key = (last.kind.as_str(), last.name.as_str());
    if last.origin == UNDO && undone::was_undone(tx.conn(), session, key, one.last).await? {
        return Ok(false);
    }
    let left = version_of(tx.conn(), key, one.last).await?;
    Ok(left.is_some_and(|left| left.op == last.op && left.doc == last.doc))
}

fn changed_since(last: &Change) -> String {
    let by = match as_told(&last.actor) {
        A_PERSON => "a person",
        told => told,
    };
    format!("it was changed since, by {by} from {}, at revision {}", last.origin, last.revision)
}
