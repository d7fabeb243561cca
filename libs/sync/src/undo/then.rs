//! What a record was before a session, or why it stays as it is.

use mpp_api::document;
use mpp_core::{Error, Reason, Result, in_words};
use mpp_store::{Change, Tx, newest_version, version_of};

use crate::store::{touched::Touched, undone};

/// The origin of changes that undo a session, as the feed names it.
pub(super) const UNDO: &str = "undo";

/// True for a change that has undone the session.
pub(super) fn undoes(change: &Change, session: &str) -> bool {
    change.origin == UNDO && change.session == session
}

/// Whether the session's writes of a record were undone already: what has become of it since does
/// not concern an undo that is asked for again.
pub(super) async fn is_undone(
    tx: &mut Tx,
    session: &str,
    last: &Change,
    one: &Touched,
) -> Result<bool> {
    let key = (last.kind.as_str(), last.name.as_str());
    Ok(last.version > one.last && undone::was_undone(tx.conn(), session, key, one.last).await?)
}

/// The record's version before the session, `None` if there was none; `Err` says why it stays as it
/// is.
pub(super) async fn before(
    tx: &mut Tx,
    last: &Change,
    one: &Touched,
) -> Result<Result<Option<Change>, String>> {
    let since = content_of(tx, last, one.last).await?;
    if since.version != one.last && !stands_again(tx, &since, one).await? {
        return Ok(Err(changed_since(&since)));
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

/// The change that gave the record the content that it has, back to the version `from`: in those
/// after it only its labels have followed another record.
async fn content_of(tx: &mut Tx, last: &Change, from: i64) -> Result<Change> {
    let (key, mut found) = ((last.kind.as_str(), last.name.as_str()), last.clone());
    while found.version > from {
        match version_of(tx.conn(), key, found.version - 1).await? {
            Some(before) if is_same(&before, &found) => found = before,
            _ => break,
        }
    }
    Ok(found)
}

/// Whether two versions of a record say the same, wherever each is filed.
pub(super) fn is_same(one: &Change, other: &Change) -> bool {
    one.op == other.op && one.doc == other.doc
}

/// Whether an undo of a later session has put the record back to what this one had left.
async fn stands_again(tx: &mut Tx, since: &Change, one: &Touched) -> Result<bool> {
    if since.origin != UNDO {
        return Ok(false);
    }
    let key = (since.kind.as_str(), since.name.as_str());
    let left = version_of(tx.conn(), key, one.last).await?;
    Ok(left.is_some_and(|left| is_same(&left, since)))
}

fn changed_since(last: &Change) -> String {
    let by = in_words(&last.actor);
    format!("it was changed since, by {by} from {}, at revision {}", last.origin, last.revision)
}

/// The newest version of a record of any kind.
pub(super) async fn newest_of(tx: &mut Tx, name: &str) -> Result<Option<Change>> {
    match document::kind_of(name) {
        Some(kind) => newest_version(tx.conn(), (kind, name)).await,
        None => Ok(None),
    }
}

/// The refusal of a session that history knows nothing of.
pub(super) fn unknown(source: &str, session: &str) -> Error {
    let text = format!(
        "{source} has no session {session:.80} that has changed a record, as far as history reaches; `mpp history` tells the session of each version"
    );
    Error::new(Reason::NotFound, text)
}
