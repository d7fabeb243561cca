//! Why a record stays as it is, though the session that wrote it is undone.

use mpp_api::{
    document,
    sync::{UndoSessionRequest, UndoneRecord, undone_record::Change as Did},
    types::tombstone::Reason as Why,
};
use mpp_core::Result;
use mpp_store::{Change, Op, Tx};

use super::{
    Piece,
    then::{before, is_undone, newest_of, undoes},
};
use crate::{
    kind::Synced as _,
    store::touched::{self, Touched},
    syncs::Syncs,
};

/// The version that a record goes back to, `None` if there was none; or why it stays.
type Judged = std::result::Result<Option<Change>, String>;

impl Piece<'_> {
    /// What becomes of a record: what rests on another one stays with it.
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
        match S::rests_on(stands)? {
            Some(name) if self.stays(service, tx, &name).await? => {
                Ok(Err(format!("{name}, on which it rests, stays as it is")))
            }
            _ => Ok(judged),
        }
    }

    /// Whether a record that the session has written is left.
    async fn stays<S: Syncs>(&self, service: &S, tx: &mut Tx, name: &str) -> Result<bool> {
        let judged = self.still_to_undo(service, tx, name).await?;
        Ok(judged.is_some_and(|(_, judged)| judged.is_err()))
    }

    /// How many records rest on one that do not go with the undo.
    pub(super) async fn rest<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        name: &str,
    ) -> Result<usize> {
        service.memory().catch_up(tx.head().await?).await?;
        let mut others = 0;
        for resting in service.resting(name) {
            others += usize::from(!self.goes(service, tx, &resting).await?);
        }
        Ok(others)
    }

    /// Whether a record has gone, or goes with the undo. Places have gone by the time that this is
    /// asked for, save in a preview, which takes each piece back.
    async fn goes<S: Syncs>(&self, service: &S, tx: &mut Tx, name: &str) -> Result<bool> {
        let last = newest_of(tx, name).await?;
        if self.gone.iter().any(|gone| gone == name) || last.is_none_or(|one| one.op == Op::Deleted)
        {
            return Ok(true);
        }
        let Some((one, Ok(before))) = self.still_to_undo(service, tx, name).await? else {
            return Ok(false);
        };
        let is_made = before.is_none_or(|before| before.op == Op::Deleted);
        if !S::Doc::PLACES.contains(&one.kind.as_str()) {
            return Ok(is_made);
        }
        let seems_there = self.request.validate_only && one.versions == 1;
        Ok(is_made && seems_there && Box::pin(self.rest(service, tx, name)).await? == 0)
    }

    /// What the session has written of a record, and what becomes of it; `None` where it is not
    /// the session's, or was undone already.
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
        let Some(one) = touched::of(tx.conn(), of, (kind, name)).await? else { return Ok(None) };
        let Some(last) = newest_of(tx, name).await? else { return Ok(None) };
        if is_undone(tx, session, &last, &one).await? {
            return Ok(None);
        }
        let judged = Box::pin(self.alone(service, tx, (&last, &one))).await?;
        Ok(Some((one, judged)))
    }

    /// What becomes of a record, but for what it rests on.
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
        let why = self.in_the_way(service, tx, (last, then)).await?;
        Ok(why.map_or(Ok(before), Err))
    }

    /// Why a record cannot be put back, though nobody has changed it since.
    async fn in_the_way<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        (last, then): (&Change, Option<&Change>),
    ) -> Result<Option<String>> {
        // What lies in a place is looked at once all else is undone.
        let is_place = S::Doc::PLACES.contains(&last.kind.as_str());
        let rests = match then {
            None if last.op == Op::Put && !is_place => self.rest(service, tx, &last.name).await?,
            _ => 0,
        };
        if rests > 0 {
            return Ok(Some(format!(
                "{rests} records of others rest on it by now, and would go with it; delete it where \
                 that is meant"
            )));
        }
        if !service.may_undo(&self.request.source, then.unwrap_or(last))? {
            let source = &self.request.source;
            return Ok(Some(format!(
                "{source} may not write it any more; whoever runs its place by now changes it"
            )));
        }
        let Some(then) = then else { return Ok(None) };
        if let Some(moved) = last.tombstone.as_ref().filter(|one| one.reason() == Why::Moved)
            && !self.leaves_again(service, tx, &moved.successor).await?
        {
            return Ok(Some(format!("{}, where it has moved to, stays", moved.successor)));
        }
        // A preview takes each piece back, and with it what the next one rests on.
        let is_back = match S::rests_on(then)? {
            Some(name) if self.request.validate_only => self.brings_back(tx, &name).await?,
            _ => false,
        };
        let stands = is_back || service.may_stand(tx, then).await?;
        Ok((!stands).then(|| "what it refers to is not there any more".to_owned()))
    }

    /// Whether the name that a record has moved to is left again: otherwise it would stand twice.
    async fn leaves_again<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        successor: &str,
    ) -> Result<bool> {
        let last = newest_of(tx, successor).await?;
        let UndoSessionRequest { source, session, .. } = self.request;
        let rests = self.rest(service, tx, successor).await?;
        Ok(last.is_none_or(|last| {
            let is_own = last.origin == *source && last.session == *session;
            undoes(&last, session) || (is_own && rests == 0)
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
