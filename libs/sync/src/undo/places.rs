//! Places that a session has made go once nothing rests on them.

use mpp_api::types::{Tombstone, tombstone::Reason as Why};
use mpp_core::{Error, FieldCode, Result};
use mpp_store::{Change, Op, Tx, newest_version};

use super::{
    Piece,
    then::{before, is_undone},
};
use crate::{
    kind::Synced as _,
    store::{
        made::{self, Made},
        undone::Undone,
    },
    syncs::Syncs,
};

/// The place after all else of a session, from which the places that it has made are undone.
pub(super) const PLACES: &str = "places";

impl Piece<'_> {
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
            self.undo_place(service, tx, one).await?;
        }
        if let Some(last) = found.last().filter(|_| found.len() == room) {
            self.next = format!("{PLACES} {}", last.told());
        }
        Ok(())
    }

    async fn undo_place<S: Syncs>(&mut self, service: &S, tx: &mut Tx, one: &Made) -> Result<()> {
        let touched = &one.touched;
        let Some(kind) = S::Doc::kind_of(&touched.name) else { return Ok(()) };
        let Some(last) = newest_version(tx.conn(), (kind, &touched.name)).await? else {
            return Ok(());
        };
        if last.op == Op::Deleted || is_undone(tx, &self.request.session, &last, touched).await? {
            return Ok(());
        }
        // One that was there before, and one that somebody has changed, was told already.
        let Ok(before) = before(tx, &last, touched).await? else { return Ok(()) };
        if before.as_ref().is_some_and(|before| before.op == Op::Put) {
            return Ok(());
        }
        let rest = self.rest(service, tx, &touched.name).await?;
        if rest > 0 {
            self.leave(&last, format!("{rest} records rest on it by now, and stay"));
            return Ok(());
        }
        self.take_away(tx, (kind, &last), before).await
    }

    async fn take_away(
        &mut self,
        tx: &mut Tx,
        (kind, last): (&'static str, &Change),
        before: Option<Change>,
    ) -> Result<()> {
        let undone = Tombstone { reason: Why::Undone.into(), successor: String::new() };
        let gone = before.and_then(|before| before.tombstone).unwrap_or(undone);
        tx.put_back((kind, &last.name, last.version), None, &gone).await?;
        self.tell(last, None);
        self.gone.push(last.name.clone());
        self.kept.push(Undone { name: last.name.clone(), deletes: false, waited: false });
        Ok(())
    }
}
