//! Why a record stays as it is, though the session that wrote it is undone.

use mpp_api::{
    document,
    sync::{UndoSessionRequest, UndoneRecord, undone_record::Change as Did},
    types::tombstone::Reason as Why,
};
use mpp_core::Result;
use mpp_store::{Change, Op, Tx};

use super::{
    UndoPiece,
    then::{before, is_undone, newest_of, undoes},
};
use crate::{
    kind::Synced as _,
    store::touched::{self, Touched},
    syncs::Syncs,
};

/// The version that a record goes back to, `None` if there was none; or why it stays.
type Judged = std::result::Result<Option<Change>, String>;

impl UndoPiece<'_> {
    /// What happens to a record: one that rests on another stays with it.
    pub(super) async fn judged<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        (last, one): (&Change, &Touched),
    ) -> Result<Judged> {
        let judged = self.alone(service, tx, (last, one)).await?;
        let Ok(before) = &judged else { return Ok(judged) };
        let then = before.as_ref().filter(|before| before.op == Op::Put);
        let Some(stands) = then.or(Some(last).filter(|last| last.op == Op::Put)) else {
            return Ok(judged);
        };
        if let Some(name) = S::rests_on(stands)?
            && self.stays(service, tx, &name).await?
        {
            return Ok(Err(format!("{name}, on which it rests, stays as it is")));
        }
        match self.stays_behind(service, tx, one).await? {
            Some(from) => Ok(Err(format!("{from}, from where it has moved, does not come back"))),
            None => Ok(judged),
        }
    }

    /// The name from which a record that is new has moved, if that name does not come back: both
    /// would be gone.
    async fn stays_behind<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        one: &Touched,
    ) -> Result<Option<String>> {
        for from in touched::moved_to(tx.conn(), one).await? {
            if self.stays(service, tx, &from).await? {
                return Ok(Some(from));
            }
        }
        Ok(None)
    }

    /// Whether a record that the session has written is left.
    async fn stays<S: Syncs>(&self, service: &S, tx: &mut Tx, name: &str) -> Result<bool> {
        let judged = self.still_to_undo(service, tx, name).await?;
        Ok(judged.is_some_and(|(_, judged)| judged.is_err()))
    }

    /// The records that rest on this one and do not go with the undo; `above` are those on which it
    /// rests itself, which are being looked at already.
    pub(super) async fn rest<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        name: &str,
        above: &[&str],
    ) -> Result<Vec<String>> {
        service.memory().catch_up(tx.head().await?).await?;
        let (mut others, asked) = (Vec::new(), [above, &[name]].concat());
        for resting in service.resting(name) {
            if !self.goes(service, tx, &resting, &asked).await? {
                others.push(resting);
            }
        }
        Ok(others)
    }

    /// Whether a record has gone, or goes with the undo. Places have gone by the time that this is
    /// asked for, except in a preview, which takes each piece back.
    async fn goes<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        name: &str,
        above: &[&str],
    ) -> Result<bool> {
        if self.gone.iter().any(|gone| gone == name) {
            return Ok(true);
        }
        if above.contains(&name) {
            return Ok(false);
        }
        let last = newest_of(tx, name).await?;
        if last.is_none_or(|one| one.op == Op::Deleted) {
            return Ok(true);
        }
        let Some((one, Ok(before))) = self.still_to_undo(service, tx, name).await? else {
            return Ok(false);
        };
        let seems_there = self.request.validate_only;
        if let Some(then) = before.filter(|before| before.op == Op::Put) {
            let place = above.last().copied().unwrap_or_default();
            return Ok(seems_there && !S::lies_in(&then, place)?);
        }
        if !S::Doc::PLACES.contains(&one.kind.as_str()) {
            return Ok(true);
        }
        Ok(seems_there && Box::pin(self.rest(service, tx, name, above)).await?.is_empty())
    }

    /// What the session has written of a record, and what happens to it; `None` if it is not the
    /// session's, or was undone already.
    async fn still_to_undo<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        name: &str,
    ) -> Result<Option<(Touched, Judged)>> {
        let UndoSessionRequest { source, session, .. } = self.request;
        let is_told = |told: &UndoneRecord| told.name == name && told.change() != Did::Left;
        if self.told.iter().any(is_told) {
            return Ok(None);
        }
        let Some(kind) = document::kind_of(name) else { return Ok(None) };
        let of = (source.as_str(), session.as_str());
        let one = touched::of(tx.conn(), of, (kind, name)).await?;
        let Some(one) = one.filter(|one| one.said > 0) else { return Ok(None) };
        let Some(last) = newest_of(tx, name).await? else { return Ok(None) };
        if is_undone(tx, session, &last, &one).await? {
            return Ok(None);
        }
        let judged = Box::pin(self.alone(service, tx, (&last, &one))).await?;
        Ok(Some((one, judged)))
    }

    /// What happens to a record, apart from what it rests on.
    async fn alone<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        (last, one): (&Change, &Touched),
    ) -> Result<Judged> {
        let before = match before(tx, last, one).await? {
            Ok(before) => before,
            Err(why) => return Ok(Err(why)),
        };
        let then = before.as_ref().filter(|before| before.op == Op::Put);
        if let Some(why) = self.in_the_way(service, tx, (last, then)).await? {
            return Ok(Err(why));
        }
        match before {
            Some(then) if then.op == Op::Put => self.filed(service, tx, (last, then)).await,
            gone => Ok(Ok(gone)),
        }
    }

    /// Why a record cannot be put back, though nobody has changed it since.
    async fn in_the_way<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        (last, then): (&Change, Option<&Change>),
    ) -> Result<Option<String>> {
        // What lies in a place is looked at once everything else is undone.
        let is_place = S::Doc::PLACES.contains(&last.kind.as_str());
        let rests = match then {
            None if last.op == Op::Put && !is_place => {
                self.rest(service, tx, &last.name, &[]).await?
            }
            _ => Vec::new(),
        };
        if !rests.is_empty() {
            return Ok(Some(format!(
                "records of others rest on it by now, and would go with it: {}; delete it where that \
                 is meant",
                some_of(&rests)
            )));
        }
        if !service.may_undo(&self.request.source, then.unwrap_or(last))? {
            let source = &self.request.source;
            return Ok(Some(format!(
                "{source} may not write it any more; whoever runs its place by now changes it"
            )));
        }
        if then.is_some()
            && let Some(moved) = last.tombstone.as_ref().filter(|one| one.reason() == Why::Moved)
            && !self.leaves_again(service, tx, &moved.successor).await?
        {
            return Ok(Some(format!("{}, where it has moved to, stays", moved.successor)));
        }
        Ok(None)
    }

    /// The record under the labels that it gets if it is put back now, if that is allowed.
    async fn filed<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        (last, then): (&Change, Change),
    ) -> Result<Judged> {
        // A preview takes each piece back, and with it what the next one rests on.
        let is_back = match S::rests_on(&then)? {
            Some(name) if self.request.validate_only => self.brings_back(tx, &name).await?,
            _ => false,
        };
        if is_back {
            return Ok(Ok(Some(then)));
        }
        let filed = service.filed(tx, last, &then).await?;
        let why = |why| format!("it cannot stand as it was before: {why}");
        Ok(filed.map(|labels| Some(Change { labels, ..then })).map_err(why))
    }

    /// Whether the name that a record has moved to is left again: otherwise the record would be
    /// there twice.
    async fn leaves_again<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        successor: &str,
    ) -> Result<bool> {
        let last = newest_of(tx, successor).await?;
        let UndoSessionRequest { source, session, .. } = self.request;
        let rests = self.rest(service, tx, successor, &[]).await?;
        Ok(last.is_none_or(|last| {
            let is_own = last.origin == *source && last.session == *session;
            undoes(&last, session) || (is_own && rests.is_empty())
        }))
    }

    /// Whether the undo brings back a record that the session has deleted.
    async fn brings_back(&self, tx: &mut Tx, name: &str) -> Result<bool> {
        let last = newest_of(tx, name).await?;
        let UndoSessionRequest { source, session, .. } = self.request;
        Ok(last.is_some_and(|last| {
            last.op == Op::Deleted && last.origin == *source && last.session == *session
        }))
    }
}

/// Records that a reason names at the most.
const MOST_NAMED: usize = 3;

/// Some names, and how many others there are.
pub(super) fn some_of(names: &[String]) -> String {
    let named = names.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
