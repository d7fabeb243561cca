//! The gRPC service `ReportService`.

use std::pin::Pin;

use futures::{Stream, StreamExt};
use jiff::civil::Date;
use mpp_api::{
    report::WatchReportResponse,
    reporting::{
        GetMallReportRequest, GetMallReportResponse, GetReportRequest, GetReportResponse,
        VerifyProjectionsRequest, VerifyProjectionsResponse, WatchReportRequest,
        report_service_server::ReportService,
    },
    time::from_timestamp,
};
use mpp_core::{Error, FieldCode, Micros, Result};
use mpp_rpc::status;
use tonic::{Request, Response, Status};

use crate::{app::Reporting, model::Question};

type ReportStream = Pin<Box<dyn Stream<Item = Result<WatchReportResponse, Status>> + Send>>;

/// Serves the report to callers.
pub struct Reports(pub Reporting);

#[tonic::async_trait]
impl ReportService for Reports {
    type WatchReportStream = ReportStream;

    async fn get_report(
        &self,
        request: Request<GetReportRequest>,
    ) -> Result<Response<GetReportResponse>, Status> {
        let request = request.into_inner();
        let question = question(&request, self.0.now()).map_err(status)?;
        let feeds = least_revisions(&request).map_err(status)?;
        let report = self.0.report(question, feeds).await.map_err(status)?;
        Ok(Response::new(GetReportResponse { report: Some(report) }))
    }

    async fn watch_report(
        &self,
        _: Request<WatchReportRequest>,
    ) -> Result<Response<ReportStream>, Status> {
        Ok(Response::new(Box::pin(self.0.watch().map(|message| message.map_err(status)))))
    }

    async fn get_mall_report(
        &self,
        request: Request<GetMallReportRequest>,
    ) -> Result<Response<GetMallReportResponse>, Status> {
        let request = request.into_inner();
        let revision = least_revision("min_detail_revision", request.min_detail_revision);
        let mall = self.0.mall(&request.mall, revision.map_err(status)?).await.map_err(status)?;
        Ok(Response::new(GetMallReportResponse { mall: Some(mall) }))
    }

    async fn verify_projections(
        &self,
        _: Request<VerifyProjectionsRequest>,
    ) -> Result<Response<VerifyProjectionsResponse>, Status> {
        let verified = self.0.verify().await.map_err(status)?;
        Ok(Response::new(VerifyProjectionsResponse {
            equal: verified.live_digest == verified.rebuilt_digest,
            live_digest: verified.live_digest,
            rebuilt_digest: verified.rebuilt_digest,
            inbox_count: verified.inbox_count,
            differences: verified.differences,
        }))
    }
}

fn question(request: &GetReportRequest, now: Micros) -> Result<Question> {
    let as_of = match request.as_of.as_str() {
        "" => None,
        text => Some(text.parse::<Date>().map_err(|_| {
            Error::field(
                "as_of",
                FieldCode::Date,
                "not a date; write it as 2026-11-24, or leave it empty",
            )
        })?),
    };
    let known_on = request.known_on.as_ref();
    let known_on = known_on.map(|time| from_timestamp(time, "known_on")).transpose()?;
    Ok(Question { as_of, known_on, now })
}

/// In the order of the upstreams.
fn least_revisions(request: &GetReportRequest) -> Result<[i64; 2]> {
    Ok([
        least_revision("min_registry_revision", request.min_registry_revision)?,
        least_revision("min_scheduling_revision", request.min_scheduling_revision)?,
    ])
}

fn least_revision(field: &str, revision: i64) -> Result<i64> {
    if revision < 0 {
        return Err(Error::field(field, FieldCode::OutOfRange, "must not be negative"));
    }
    Ok(revision)
}
