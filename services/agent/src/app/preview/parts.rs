//! Records that differ, asked for in the batches of a run.

use std::collections::HashSet;

use mpp_api::sync::{
    PreviewRecordsRequest, PreviewRecordsResponse, PreviewSoFar, Range, ReconcileRecordsRequest,
    Reconciliation, Record, RecordPreview, record_preview::Change,
};
use mpp_client::Endpoint;
use mpp_core::Result;
use mpp_form::{
    limits,
    reconcile::SetDifference,
    record::{self, is_place, known_as},
};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{
        plan::{Event, Run, Why},
        returned,
        run::Patience,
    },
    model::{
        batch::{Gathered, Limits},
        difference::{Difference, Digest},
        foreseen::{Changes, ForeseenRecord},
    },
    registry::{Calls, out_of_turn},
    store::Compared,
};

/// Questions to the registry, each asked again as long as a run would try.
pub(super) struct Asking<'a> {
    run: &'a Run,
    client: String,
    calls: Calls,
    patience: Patience,
    report: &'a (dyn Fn(Event) + Sync),
    shutdown: &'a CancellationToken,
}

impl<'a> Asking<'a> {
    pub(super) fn to(
        (run, client): (&'a Run, String),
        endpoint: &Endpoint,
        report: &'a (dyn Fn(Event) + Sync),
        shutdown: &'a CancellationToken,
    ) -> Result<Self> {
        let calls = Calls::to(endpoint, run.policy.answer_timeout())?;
        let patience =
            Patience::new(&run.policy, returned::ServingCheck::new(endpoint, &run.policy));
        Ok(Self { run, client, calls, patience, report, shutdown })
    }

    /// The largest batch that the registry takes.
    pub(super) async fn limits(&mut self) -> Result<Limits> {
        let answer = self.preview(self.request()).await?;
        Ok(Limits::of_sizes(answer.max_batch_records, answer.max_batch_bytes))
    }

    pub(super) async fn reconcile(&mut self, ranges: Vec<Range>) -> Result<Reconciliation> {
        let (source, client) = (self.run.source.clone(), self.client.clone());
        let request = ReconcileRecordsRequest { source, ranges, client };
        loop {
            match self.calls.reconcile(request.clone()).await {
                Err(error) => self.patience.pause(error, self.report, self.shutdown).await?,
                answer => return answer,
            }
        }
    }

    pub(super) fn tell_compared(&self, records: usize, found: &SetDifference) {
        let (differ, gone) = (found.wanted.len(), found.lone.len());
        (self.report)(Event::Compared { why: Why::Asked, records, differ, gone });
    }

    /// A request with the options that a session of this run would have.
    fn request(&self) -> PreviewRecordsRequest {
        PreviewRecordsRequest {
            source: self.run.source.clone(),
            unique_ids: true,
            accept_moves: self.run.accept_moves,
            forms: self.run.way.destination.forms(),
            client: self.client.clone(),
            ..PreviewRecordsRequest::default()
        }
    }

    async fn preview(&mut self, request: PreviewRecordsRequest) -> Result<PreviewRecordsResponse> {
        loop {
            match self.calls.preview(request.clone()).await {
                Err(error) => self.patience.pause(error, self.report, self.shutdown).await?,
                answer => return answer,
            }
        }
    }
}

/// The parts of a preview, one after the other.
pub(super) struct PreviewParts<'a> {
    asking: Asking<'a>,
    limits: Limits,
    tell: &'a mut (dyn FnMut(ForeseenRecord) + Send),
    gathered: Gathered,
    so_far: Option<PreviewSoFar>,
    /// Names that would be new by now.
    there: HashSet<String>,
    /// Names that would be no more.
    gone: HashSet<String>,
    pub(super) changes: Changes,
}

impl<'a> PreviewParts<'a> {
    pub(super) fn new(
        asking: Asking<'a>,
        limits: Limits,
        tell: &'a mut (dyn FnMut(ForeseenRecord) + Send),
    ) -> Self {
        Self {
            asking,
            limits,
            tell,
            gathered: Gathered::default(),
            so_far: None,
            there: HashSet::new(),
            gone: HashSet::new(),
            changes: Changes::default(),
        }
    }

    /// Counts the records for which no preview is needed.
    pub(super) fn count_known(&mut self, compared: &Compared) {
        for one in &compared.confirmed {
            let changes = &mut self.changes;
            let count =
                if one.is_rejected { &mut changes.still_rejected } else { &mut changes.in_sync };
            *count += 1;
        }
    }

    /// Records that stand, or would, as the source has them.
    pub(super) fn standing(&self) -> i64 {
        let Changes { in_sync, unchanged, created, updated, moved, .. } = self.changes;
        in_sync + unchanged + created + updated + moved
    }

    pub(super) async fn add(
        &mut self,
        record: Record,
        digest: Digest,
        seen: &Difference,
    ) -> Result<()> {
        match self.gathered.add(record, digest, self.limits) {
            Some(full) => self.ask(full, seen).await,
            None => Ok(()),
        }
    }

    pub(super) async fn flush(&mut self, seen: &Difference) -> Result<()> {
        let last = std::mem::take(&mut self.gathered);
        if last.records.is_empty() { Ok(()) } else { self.ask(last, seen).await }
    }

    async fn ask(&mut self, part: Gathered, seen: &Difference) -> Result<()> {
        let named = |known: &HashSet<String>| {
            let named = part.records.iter().flat_map(record::refers_to);
            let known: HashSet<&str> = named.filter(|name| known.contains(*name)).collect();
            known.into_iter().take(limits::PREVIEWED_NAMES).map(str::to_owned).collect()
        };
        let request = PreviewRecordsRequest {
            so_far: self.so_far.clone(),
            published_before: named(&self.there),
            gone_before: named(&self.gone),
            records: part.records.clone(),
            ..self.asking.request()
        };
        let answer = self.asking.preview(request).await?;
        if answer.records.len() != part.records.len() {
            return Err(out_of_turn("a preview of each record"));
        }
        self.so_far = answer.so_far;
        for (sent, record) in part.records.into_iter().zip(answer.records) {
            self.note(&record);
            let id = known_as(&sent);
            let place = seen.place(&id).unwrap_or_default().to_owned();
            (self.tell)(ForeseenRecord { place, id, record });
        }
        Ok(())
    }

    fn note(&mut self, record: &RecordPreview) {
        self.gone.extend(record.moved_from.iter().cloned());
        match record.change() {
            Change::Created | Change::Moved => drop(self.there.insert(record.name.clone())),
            Change::Deleted if !is_place(&record.name) => {
                self.gone.insert(record.name.clone());
            }
            Change::Deleted | Change::Updated | Change::Unspecified => {}
        }
        let outcome = record.result.as_ref().map(|result| result.outcome()).unwrap_or_default();
        *self.changes.of(&record.name, record.change(), outcome) += 1;
    }
}
