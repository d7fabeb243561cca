//! How many records one session of a source may move without its client saying that it is meant:
//! services that come to lie under another unit, and whatever is filed anew below a unit that comes
//! to another agency. A slip of a mapping moves them all.

use mpp_api::{
    Document as _,
    registry::{Counter, Mall, Service, Unit},
};
use mpp_core::{FieldCode, FieldViolation, Result};
use mpp_store::{Label, Tx};
use mpp_sync::{Writer, fault, store::batches};

use crate::app::Registry;

/// The kinds of record of a source.
const KINDS: [&str; 4] = [Unit::KIND, Mall::KIND, Counter::KIND, Service::KIND];

/// The moves of a session.
pub(super) struct Budget<'a> {
    pub(super) registry: &'a Registry,
    pub(super) writer: Writer<'a>,
}

impl Budget<'_> {
    /// Takes so many moves; says why they are not made where they are, together with those that the
    /// session has made before them, more than a slip should move.
    pub(super) async fn spend(
        &self,
        tx: &mut Tx,
        moves: usize,
        field: &str,
    ) -> Result<Option<FieldViolation>> {
        if moves == 0 || self.writer.lease.accept_moves {
            return Ok(None);
        }
        let moves = i64::try_from(moves).unwrap_or(i64::MAX);
        let sum = batches::add_moved(tx, self.writer.lease, moves).await?;
        let (known, most) = self.most();
        if usize::try_from(sum).is_ok_and(|sum| sum <= most) {
            return Ok(None);
        }
        batches::add_moved(tx, self.writer.lease, -moves).await?;
        let text = format!(
            "{sum} records would have moved to other units in this session, or been filed anew with \
             a unit that comes to another agency, and {} has {known}; more than {most} do only \
             where the client says that it means it: mend the mapping, or say accept_moves in the \
             hello",
            self.writer.lease.source
        );
        Ok(Some(fault(field, FieldCode::TooManyMoved, &text)))
    }

    /// Gives moves back that were taken and are not made.
    pub(super) async fn give_back(&self, tx: &mut Tx, moves: usize) -> Result<()> {
        if moves == 0 || self.writer.lease.accept_moves {
            return Ok(());
        }
        let moves = i64::try_from(moves).unwrap_or(i64::MAX);
        batches::add_moved(tx, self.writer.lease, -moves).await.map(drop)
    }

    /// How many records the source has, and how many one session may move.
    fn most(&self) -> (usize, usize) {
        let state = self.registry.memory.read();
        let rows = KINDS.iter().flat_map(|kind| state.records.rows_of(kind, ""));
        let known =
            rows.filter(|(_, row)| row.label(Label::Source) == self.writer.lease.source).count();
        let more = self.writer.previews.map_or(0, |before| before.published);
        let known = usize::try_from(i64::try_from(known).unwrap_or(i64::MAX) + more).unwrap_or(0);
        let policy = &self.registry.sync.policy;
        (known, policy.always_moved_records.max(known * policy.max_moved_percent / 100))
    }
}
