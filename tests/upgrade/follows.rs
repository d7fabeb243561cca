//! Records that follow from others: the report's and the deviations. Whichever release runs keeps
//! them up.

use mpp_api::{
    reporting::{GetReportRequest, report_service_client::ReportServiceClient},
    scheduling::Deviation,
};
use mpp_tests::{
    PATIENCE, Service,
    copy::{Copy, feed},
    eventually,
    keys::{ADMINISTRATOR, APP, AUDITOR},
    town::{self, DUKCAPIL},
    wait::that,
};

use crate::stage::{Release, Stage};

/// The field's text, where the next release fills it in.
const MADE: &[u8] = b"made by the next";

/// The report of this release shows what registry and scheduling have written last.
pub async fn all_is_known(stage: &Stage, release: Release) {
    let mut heads = [0; 2];
    for (head, service) in heads.iter_mut().zip([Service::Registry, Service::Scheduling]) {
        let channel = stage.channel(release, service, AUDITOR);
        *head = feed(&channel).await.expect("a head").head_revision;
    }
    let mut reports = ReportServiceClient::new(stage.channel(release, Service::Reporting, APP));
    let request = GetReportRequest {
        min_registry_revision: heads[0],
        min_scheduling_revision: heads[1],
        ..Default::default()
    };
    eventually(PATIENCE, "the report shows all of it", async || {
        let answer = reports.get_report(request.clone()).await;
        let report = answer.map_err(|status| status.to_string())?.into_inner().report;
        that(report.is_some_and(|report| report.complete), "it is not complete")
    })
    .await;
}

/// Hours change while the old release is alone: the deviation of before was written by the next
/// one, and so were the report's rows.
pub async fn go_on_after_a_rollback(stage: &Stage) {
    let before = measured(stage, Release::Old).await;
    town::set_hours(&stage.suite, ADMINISTRATOR, "loket", DUKCAPIL, ("09:00", "10:00")).await;
    eventually(PATIENCE, "the counter's hours are measured", async || {
        let now = measured(stage, Release::Old).await;
        that(now != before, "its deviation stands as it was")
    })
    .await;
    all_is_known(stage, Release::Old).await;
}

/// The next release measures the counter again, which the old one measured meanwhile.
pub async fn is_measured_by_the_next(stage: &Stage) {
    eventually(PATIENCE, "the next release has measured the counter", async || {
        let now = measured(stage, Release::Next).await;
        that(now.windows(MADE.len()).any(|part| part == MADE), "without its field")
    })
    .await;
}

/// The bytes of the counter's deviation.
async fn measured(stage: &Stage, release: Release) -> Vec<u8> {
    let channel = stage.channel(release, Service::Scheduling, AUDITOR);
    let copy = Copy::of(&channel).await.expect("a copy");
    let key = (<Deviation as mpp_api::Document>::KIND.to_owned(), format!("{DUKCAPIL}/deviation"));
    copy.records.get(&key).map(|(_, document)| document.clone()).unwrap_or_default()
}
