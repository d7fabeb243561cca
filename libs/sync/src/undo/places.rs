//! Takes away the places that a session has made, once nothing rests on them.

use mpp_api::{
    sync::{UndoneRecord, undone_record::Change as Did},
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::{Error, FieldCode, Result};
use mpp_store::{Change, Op, Tx, newest_version};

use super::{
    UndoPiece,
    stays::some_of,
    then::{before, is_undone},
};
use crate::{
    kind::Synced as _,
    store::{
        made,
        touched::{self, Touched},
        undone::Undone,
    },
    syncs::Syncs,
};

/// The place after all else of a session, from which the places that it has made are undone.
pub(super) const PLACES: &str = "places";

impl UndoPiece<'_> {
    /// Takes places away that the session has made, from the last one back, before the place that
    /// was told.
    pub(super) async fn undo_places<S: Syncs>(
        &mut self,
        service: &S,
        tx: &mut Tx,
        told: &str,
    ) -> Result<()> {
        let Some(end) = made::read(told) else {
            let text = "is no place in a session; pass on the `next` of the answer before";
            return Err(Error::field("after", FieldCode::Format, text));
        };
        let of = (self.request.source.as_str(), self.request.session.as_str());
        let room = self.most.saturating_sub(self.told.len()).max(1);
        let found = made::made(tx.conn(), of, S::Doc::PLACES, (end, room)).await?;
        if found.is_empty() {
            return Ok(());
        }
        for one in &found {
            self.undo_place(service, tx, &one.touched, &[]).await?;
        }
        if let Some(last) = found.last().filter(|_| found.len() == room) {
            self.next = format!("{PLACES} {}", last.token());
        }
        Ok(())
    }

    /// Takes a place away that the session has made, after those that rest on it; `above` are those
    /// that wait for it so.
    async fn undo_place<S: Syncs>(
        &mut self,
        service: &S,
        tx: &mut Tx,
        touched: &Touched,
        above: &[&str],
    ) -> Result<()> {
        let name = touched.name.as_str();
        let Some(kind) = S::Doc::kind_of(name) else { return Ok(()) };
        let is_done = |told: &UndoneRecord| told.name == name && told.change() != Did::Held;
        if self.told.iter().any(is_done) || above.contains(&name) {
            return Ok(());
        }
        let Some((last, before)) = self.made_so(service, tx, (kind, touched)).await? else {
            return Ok(());
        };
        self.undo_resting(service, tx, name, above).await?;
        let rest = self.rest(service, tx, name, &[]).await?;
        if !rest.is_empty() {
            self.leave(&last, format!("{} rest on it by now, and stay", some_of(&rest)));
            return Ok(());
        }
        self.take_away::<S>(tx, (kind, &last), before).await
    }

    /// A place as it stands, and the tombstone that it had before, where the session has made it.
    /// One that was there before was told already, and so was one that somebody has changed, or
    /// that the source may no longer write.
    async fn made_so<S: Syncs>(
        &self,
        service: &S,
        tx: &mut Tx,
        (kind, touched): (&'static str, &Touched),
    ) -> Result<Option<(Change, Option<Change>)>> {
        let Some(last) = newest_version(tx.conn(), (kind, &touched.name)).await? else {
            return Ok(None);
        };
        if last.op == Op::Deleted || is_undone(tx, &self.request.session, &last, touched).await? {
            return Ok(None);
        }
        let Ok(before) = before(tx, &last, touched).await? else { return Ok(None) };
        let was_there = before.as_ref().is_some_and(|before| before.op == Op::Put);
        let may = !was_there && service.may_undo(&self.request.source, &last)?;
        Ok(may.then_some((last, before)))
    }

    /// Takes places away that the session has made and put into this one later.
    async fn undo_resting<S: Syncs>(
        &mut self,
        service: &S,
        tx: &mut Tx,
        name: &str,
        above: &[&str],
    ) -> Result<()> {
        service.memory().catch_up(tx.head().await?).await?;
        let of = (self.request.source.as_str(), self.request.session.as_str());
        let above = [above, &[name]].concat();
        for resting in service.resting(name) {
            let kind = S::Doc::kind_of(&resting).filter(|kind| S::Doc::PLACES.contains(kind));
            let Some(kind) = kind else { continue };
            if let Some(touched) = touched::of(tx.conn(), of, (kind, &resting)).await? {
                Box::pin(self.undo_place(service, tx, &touched, &above)).await?;
            }
        }
        Ok(())
    }

    async fn take_away<S: Syncs>(
        &mut self,
        tx: &mut Tx,
        (kind, last): (&'static str, &Change),
        before: Option<Change>,
    ) -> Result<()> {
        let undone = Tombstone { reason: Why::Undone.into(), successor: String::new() };
        let gone = before.and_then(|before| before.tombstone).unwrap_or(undone);
        tx.put_back((kind, &last.name, last.version), None, &gone).await?;
        self.tell::<S>(last, None);
        self.gone.push(last.name.clone());
        self.kept.push(Undone { name: last.name.clone(), deletes: false, waited: false });
        Ok(())
    }
}
