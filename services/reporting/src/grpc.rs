//! `mpp.reporting.v1.ReportService`: wire to model, and back.

use std::{pin::Pin, sync::Arc};

use futures::{Stream, StreamExt, stream};
use jiff::civil::Date;
use mpp_api::{
    report::WatchReportResponse,
    reporting::{
        GetMallReportRequest, GetMallReportResponse, GetReportRequest, GetReportResponse, Report,
        VerifyProjectionsRequest, VerifyProjectionsResponse, WatchReportRequest,
        report_service_server::ReportService,
    },
};
use mpp_core::{Error, Micros, Reason, Result};
use mpp_rpc::{status, time::from_timestamp};
use mpp_store::Db;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::{
    memory::{Memory, Reached},
    model::Question,
    store,
};

/// The service over one replica's memory.
pub struct Reports {
    /// Where answers come from.
    pub memory: Arc<Memory>,
    /// For comparing the projections.
    pub db: Db,
    /// Ends the streams.
    pub shutdown: CancellationToken,
}

type Reported = Pin<Box<dyn Stream<Item = Result<WatchReportResponse, Status>> + Send>>;

#[tonic::async_trait]
impl ReportService for Reports {
    type WatchReportStream = Reported;

    async fn get_report(
        &self,
        request: Request<GetReportRequest>,
    ) -> Result<Response<GetReportResponse>, Status> {
        let report = self.get(&request.into_inner()).await.map_err(status)?;
        Ok(Response::new(GetReportResponse { report: Some(report) }))
    }

    async fn watch_report(
        &self,
        _: Request<WatchReportRequest>,
    ) -> Result<Response<Reported>, Status> {
        Ok(Response::new(self.watch()))
    }

    async fn get_mall_report(
        &self,
        request: Request<GetMallReportRequest>,
    ) -> Result<Response<GetMallReportResponse>, Status> {
        let request = request.into_inner();
        check_revision("min_detail_revision", request.min_detail_revision).map_err(status)?;
        let least = Reached { seq: request.min_detail_revision, ..Reached::default() };
        self.wait_for(least).await.map_err(status)?;
        let mall = self.memory.mall(&request.mall).map_err(status)?;
        Ok(Response::new(GetMallReportResponse { mall: Some(mall) }))
    }

    async fn verify_projections(
        &self,
        _: Request<VerifyProjectionsRequest>,
    ) -> Result<Response<VerifyProjectionsResponse>, Status> {
        let verified = store::verify(&self.db).await.map_err(status)?;
        Ok(Response::new(VerifyProjectionsResponse {
            equal: verified.live_digest == verified.rebuilt_digest,
            live_digest: verified.live_digest,
            rebuilt_digest: verified.rebuilt_digest,
            inbox_count: verified.inbox_count,
            differences: verified.differences,
        }))
    }
}

impl Reports {
    async fn get(&self, request: &GetReportRequest) -> Result<Report> {
        let question = question(request, self.memory.now())?;
        let feeds = [request.min_registry_revision, request.min_scheduling_revision];
        self.wait_for(Reached { feeds, ..Reached::default() }).await?;
        self.memory.report(question)
    }

    /// Waits until the memory has come so far, or the server drains.
    async fn wait_for(&self, least: Reached) -> Result<()> {
        tokio::select! {
            () = self.memory.wait_for(least) => Ok(()),
            () = self.shutdown.cancelled() => Err(draining()),
        }
    }

    fn watch(&self) -> Reported {
        let updates = self.memory.subscribe();
        let steps = stream::unfold((updates, None), |(mut updates, step)| async move {
            if step.is_some() {
                updates.changed().await.ok()?;
            }
            let current = updates.borrow_and_update().clone();
            let messages = current.messages_since(step).into_iter().map(Ok);
            Some((stream::iter(messages), (updates, Some(current.step))))
        });
        let reports = steps.flatten();
        let shutdown = self.shutdown.clone();
        let until = Box::pin(async move { shutdown.cancelled().await });
        let goodbye = stream::once(async { Err(status(draining())) });
        Box::pin(reports.take_until(until).chain(goodbye))
    }
}

fn draining() -> Error {
    Error::new(Reason::Unavailable, "the server drains; connect again")
}

fn question(request: &GetReportRequest, now: Micros) -> Result<Question> {
    let as_of = match request.as_of.as_str() {
        "" => None,
        text => Some(text.parse::<Date>().map_err(|_| {
            Error::field("as_of", "DATE", "not a date; write it as 2026-11-24, or leave it empty")
        })?),
    };
    let known_on = request.known_on.as_ref();
    let known_on = known_on.map(|time| from_timestamp(time, "known_on")).transpose()?;
    check_revision("min_registry_revision", request.min_registry_revision)?;
    check_revision("min_scheduling_revision", request.min_scheduling_revision)?;
    let question = Question { as_of, known_on, now, ..Question::default() };
    question.check()?;
    Ok(question)
}

fn check_revision(field: &str, revision: i64) -> Result<()> {
    if revision < 0 {
        return Err(Error::field(field, "OUT_OF_RANGE", "must not be negative"));
    }
    Ok(())
}
