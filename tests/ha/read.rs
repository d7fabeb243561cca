//! Readers of each service, who are answered from its memory, and of what reporting has heard.

use std::{
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use mpp_api::{
    registry::{GetMallRequest, directory_service_client::DirectoryServiceClient},
    reporting::{GetReportRequest, report_service_client::ReportServiceClient},
    scheduling::{ListSlotsRequest, booking_service_client::BookingServiceClient},
};
use mpp_client::{Channel, Settings, connect_with, error_of};
use mpp_tests::{
    Service, Suite,
    keys::{APP, AUDITOR, Who},
    town::{MALL, OFFERING},
};
use tonic::Status;

use crate::Work;

const EVERY: Duration = Duration::from_millis(100);
/// How long a call waits for a report that shows the latest writes; then the next call asks again.
const HEARD_WITHIN: Duration = Duration::from_secs(1);

/// A channel that sends each call once, so that each try is noted.
pub fn insists_not(suite: &Suite, service: Service, who: Who) -> Channel {
    let settings = Settings { tries: 1, own_writes: Duration::ZERO, ..Settings::default() };
    connect_with(&suite.endpoint(service, who), settings).expect("an endpoint")
}

/// Reason and message of a refusal.
pub fn told(status: &Status) -> String {
    let error = error_of(status);
    format!("{} {}", error.reason, error.message)
}

/// A reader for each service.
pub fn start(suite: &Suite, work: &Work) {
    let registry = insists_not(suite, Service::Registry, APP);
    spawn(work, "reads, registry", move || {
        let request = GetMallRequest { name: MALL.into(), ..Default::default() };
        let mut client = DirectoryServiceClient::new(registry.clone());
        async move { client.get_mall(request).await.map(drop) }
    });
    let scheduling = insists_not(suite, Service::Scheduling, APP);
    spawn(work, "reads, scheduling", move || {
        let request = ListSlotsRequest { offering: OFFERING.into(), days: 2, ..Default::default() };
        let mut client = BookingServiceClient::new(scheduling.clone());
        async move { client.list_slots(request).await.map(drop) }
    });
    let reporting = insists_not(suite, Service::Reporting, AUDITOR);
    let report = move |request: GetReportRequest| {
        let mut client = ReportServiceClient::new(reporting.clone());
        let mut asked = tonic::Request::new(request);
        asked.set_timeout(HEARD_WITHIN);
        async move { client.get_report(asked).await.map(drop) }
    };
    let (now, written) = (report.clone(), work.written.clone());
    spawn(work, "reads, reporting", move || now(GetReportRequest::default()));
    spawn(work, "what reporting follows", move || {
        report(GetReportRequest {
            min_registry_revision: written[0].load(Relaxed),
            min_scheduling_revision: written[1].load(Relaxed),
            ..Default::default()
        })
    });
}

fn spawn<F, R>(work: &Work, what: &'static str, read: F)
where
    F: Fn() -> R + Send + 'static,
    R: Future<Output = Result<(), Status>> + Send,
{
    let work = work.clone();
    tokio::spawn(async move {
        while !work.is_over() {
            let begun = Instant::now();
            let answer = read().await;
            work.calls.note(what, begun, &answer.map(|()| 0).map_err(|status| told(&status)));
            tokio::time::sleep(EVERY).await;
        }
    });
}
