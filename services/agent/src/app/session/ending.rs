//! The end of a session: it tells what is not known of the source, and what follows if all is
//! known.

use mpp_api::sync::{End, Summary, incomplete};
use mpp_core::{Clock, Error, FieldCode, Result};
use tokio::sync::mpsc;

use super::{Session, keep_fault};
use crate::{
    model::{problem::Problem, tally::some},
    source::{Fault, Yielded},
};

impl Session<'_> {
    /// Sends everything, and tells at the end what is not known of the source.
    pub(super) async fn complete(
        &mut self,
        first: Option<Yielded>,
        items: mpsc::Receiver<Yielded>,
    ) -> Result<Summary> {
        if let Some(first) = first {
            self.take_up(first).await?;
        }
        self.send_all(items).await?;
        while !self.waiting.is_empty() {
            self.store_answer().await?;
        }
        self.flush().await?;
        if self.survey.lack.is_none() {
            let is_empty_meant = self.context.store.is_empty_meant().await?;
            self.survey.lack = self.survey.judge_whole(is_empty_meant);
        }
        if self.survey.lack.is_none() {
            self.withdraw().await?;
        }
        self.context.store.note_kept_back(self.hold().as_deref()).await?;
        let summary = self.end().await?;
        self.context.store.is_back(|id| self.survey.difference.is_there(id)).await?;
        self.context.store.place(|id| self.survey.difference.place(id)).await?;
        self.context.store.hold_back(&self.survey.held_back).await?;
        if self.survey.tally.read > 0 {
            self.context.store.accept_empty(false).await?;
        }
        match &self.survey.lack {
            Some(fault) => self.keep_lack(fault).await?,
            None => self.keep_outcome().await?,
        }
        Ok(summary)
    }

    /// Why what was due to go by itself has not gone, whatever the reason is.
    fn hold(&self) -> Option<String> {
        let unread = self.survey.tally.unread();
        match &self.survey.lack {
            Some(fault) => {
                Some(format!("the last run was not complete: {}", fault.error.message()))
            }
            None if self.too_many_due => Some(
                "more are due at once than may go (max_absent_percent), so that none does"
                    .to_owned(),
            ),
            None => (unread > 0).then(|| rows_first(unread)),
        }
    }

    /// Keeps why the run is not complete and, if too many records have gone, which ones.
    async fn keep_lack(&self, fault: &Fault) -> Result<()> {
        let store = self.context.store;
        keep_fault(store, self.context.run, fault).await?;
        if fault.kind == incomplete::Reason::Torn && self.has_lost_few() {
            return self.keep_unsure().await;
        }
        if fault.kind != incomplete::Reason::Shrunk {
            return Ok(());
        }
        let mut gone = self.survey.difference.own_gone();
        gone.truncate(usize::try_from(self.context.run.policy.kept_problems).unwrap_or(usize::MAX));
        let of_others = self.survey.difference.is_gone_of_others();
        let missing = |id| Problem::missing(id, of_others);
        let gone: Vec<Problem> = gone.into_iter().map(missing).collect();
        store.keep_unsent(&gone).await
    }

    /// True if so few records were not seen that they may be the torn rows, or have gone besides.
    /// After a source that breaks off in the middle all the rest would be named.
    fn has_lost_few(&self) -> bool {
        let most = self.survey.difference.unknown() + self.context.run.policy.max_missing_records;
        self.survey.difference.own_gone().len() <= most
    }

    /// Tells the registry, which may find that its answers contradict a complete run.
    async fn end(&mut self) -> Result<Summary> {
        let incomplete = self.survey.lack.as_ref().map(Fault::to_incomplete);
        let rejected = match incomplete {
            None => self.context.store.rejected().await?,
            Some(_) => Vec::new(),
        };
        let rejected_gone = self.survey.difference.rejected_gone(rejected);
        let unread = self.survey.tally.unpublished();
        let empty = self.survey.tally.read == 0 && incomplete.is_none();
        let end = End { unread, incomplete, rejected_gone, empty, part: false };
        let summary = self.stream.end(end).await?;
        if let (None, Some(found)) = (&self.survey.lack, &summary.incomplete) {
            self.survey.lack = Some(Fault::of_registry(&self.context.run.source, found));
        }
        Ok(summary)
    }

    /// Keeps which records were not seen in a run that could not read some rows: their number, and
    /// each by itself.
    async fn keep_unsure(&self) -> Result<()> {
        let mut gone = self.survey.difference.own_gone();
        if self.survey.difference.is_sure() || gone.is_empty() {
            return Ok(());
        }
        let run = self.context.run;
        let error = Error::field("row", FieldCode::Gone, self.survey.difference.unsure());
        let mut problems = vec![Problem::unsent(&run.input.place(), "", &error)];
        gone.truncate(usize::try_from(run.policy.kept_problems).unwrap_or(usize::MAX));
        let unknown = self.survey.difference.unknown();
        problems.extend(gone.into_iter().map(|id| Problem::not_seen(id, unknown)));
        self.context.store.keep_unsent(&problems).await
    }

    async fn keep_outcome(&self) -> Result<()> {
        let store = self.context.store;
        self.keep_unsure().await?;
        let sure = self.survey.difference.is_sure();
        let gone = if sure { self.survey.difference.gone_to_tell() } else { Vec::new() };
        let forgotten = self.survey.difference.forgotten(store.rejected().await?);
        store.end_run(&gone, &forgotten).await?;
        if self.context.run.is_upload() {
            store.own_all().await?;
        }
        store.know_others().await?;
        store.complete(Clock::system().now()).await?;
        if self.survey.tally.read == 0 {
            store.accept_empty(true).await?;
        }
        if self.context.run.accept_missing {
            store.accept_gone().await?;
        }
        if self.survey.tally.unread() == 0 {
            self.note_absent().await?;
        }
        store.welcome_back(|id| self.survey.difference.is_there(id)).await?;
        match &self.survey.keys {
            Some(keys) => store.rely_on(&keys.relied_on()).await,
            None => Ok(()),
        }
    }

    /// Notes the records that a complete run has not seen, which go by themselves later if the
    /// keeper wants that; what others may feed never does.
    async fn note_absent(&self) -> Result<()> {
        let store = self.context.store;
        let held = store.names().await?;
        let absent =
            held.keys().map(String::as_str).filter(|id| self.survey.difference.may_go_unnamed(id));
        let rule = self.context.run.absence();
        let due = |id: &str, since| rule.due(id, since);
        store.note_absent(&absent.collect(), Clock::system().now(), due).await
    }
}

/// What is to be mended before anything goes by itself.
fn rows_first(unread: i64) -> String {
    some(
        unread,
        "row of the last run was not read or is held back, and nobody knows whose it is; mend it first",
        "rows of the last run were not read or are held back, and nobody knows whose they are; mend them \
         first",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_agrees_with_its_rows() {
        assert!(
            rows_first(1).starts_with("one row of the last run was")
                && !rows_first(1).contains("them")
        );
        assert!(rows_first(4).starts_with("4 rows") && rows_first(4).ends_with("mend them first"));
    }
}
