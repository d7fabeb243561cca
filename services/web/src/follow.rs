//! The one stream of reports that a process follows.

use std::sync::Arc;

use mpp_api::{
    report::WatchReportResponse,
    reporting::{Report, WatchReportRequest, report_service_client::ReportServiceClient},
};
use mpp_client::Channel;
use mpp_core::{Backoff, Clock, Micros};
use mpp_rpc::Component;
use tokio::{sync::watch, time::sleep};
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

/// The present report.
#[derive(Clone, Debug)]
pub struct Current {
    /// The report after the last message.
    pub report: Arc<Report>,
    /// When the connection was lost; `None` while it holds.
    pub lost: Option<Micros>,
}

/// The report that pages read: none before the first one came.
pub type WatchedReport = watch::Receiver<Option<Current>>;

/// Follows the report until `shutdown`, and connects again by itself.
pub struct Follower {
    /// The client of reporting, which sends the report.
    pub reports: ReportServiceClient<Channel>,
    /// The pauses between tries.
    pub backoff: Backoff,
    /// Says when a connection was lost.
    pub clock: Clock,
    /// Tells the present report.
    pub tell: watch::Sender<Option<Current>>,
    /// Up once the first report came. That reporting is away later does not count: the pages say
    /// so themselves.
    pub component: Component,
}

impl Follower {
    /// Runs until `shutdown`.
    pub async fn run(mut self, shutdown: CancellationToken) {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = self.follow() => {}
        }
    }

    async fn follow(&mut self) {
        loop {
            match self.reports.watch_report(WatchReportRequest {}).await {
                Ok(stream) => {
                    self.backoff.reset();
                    let status = self.read(stream.into_inner()).await;
                    self.lost(&status);
                }
                Err(status) => self.lost(&status),
            }
            sleep(self.backoff.pause()).await;
        }
    }

    /// Reads until the stream ends; answers why.
    async fn read(&self, mut stream: Streaming<WatchReportResponse>) -> Status {
        let mut held = Report::default();
        loop {
            let message = match stream.message().await {
                Ok(Some(message)) => message,
                Ok(None) => return Status::unavailable("the stream ended"),
                Err(status) => return status,
            };
            if let Err(error) = message.apply_to(&mut held) {
                return Status::internal(format!("a report that cannot be read: {error}"));
            }
            self.component.up();
            let report = Arc::new(held.clone());
            self.tell.send_replace(Some(Current { report, lost: None }));
        }
    }

    fn lost(&self, status: &Status) {
        let now = self.clock.now();
        let was_live = self.tell.send_if_modified(|current| match current {
            Some(current) if current.lost.is_none() => {
                current.lost = Some(now);
                true
            }
            _ => false,
        });
        if was_live {
            tracing::warn!(code = ?status.code(), "the report is lost: {}", status.message());
        } else if self.tell.borrow().is_none() {
            self.component.down(&format!("reporting cannot be followed: {}", status.message()));
        }
    }
}
