//! `mpp doctor`: can every service be reached, does it know us, and is it ready?

use std::time::Duration;

use mpp_api::feed::{GetFeedRequest, feed_service_client::FeedServiceClient};
use mpp_api::reporting::{GetReportRequest, report_service_client::ReportServiceClient};
use mpp_core::{Error, Reason, Result};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{
    call::refused,
    client::Client,
    output::{Output, Table},
    service::Service,
};

struct Check {
    what: &'static str,
    outcome: Result<String>,
}

pub async fn run(client: &Client, output: Output) -> Result<()> {
    if let Some(file) = client.context_file().filter(|_| !output.is_json()) {
        say!("context     {} (another: --context FILE, or MPP_CONTEXT)", file.display());
    }
    let mut checks = Vec::new();
    for service in [Service::Registry, Service::Scheduling, Service::Reporting] {
        let outcome = check(client, service).await;
        checks.push(Check { what: service.name(), outcome });
        let outcome = match client.health(service) {
            Some(address) => readiness(address).await,
            None => told_ready(client, service).await,
        };
        checks.push(Check { what: "  readiness", outcome });
    }
    print(&checks, output);
    let failed = checks.iter().filter(|check| check.outcome.is_err()).count();
    if failed == 0 {
        return Ok(());
    }
    Err(Error::new(Reason::Unavailable, format!("{failed} of {} checks failed", checks.len())))
}

async fn check(client: &Client, service: Service) -> Result<String> {
    let endpoint = client.endpoint(service)?;
    let channel = mpp_client::connect(&endpoint)?;
    let outcome = match service {
        Service::Reporting => {
            let answer =
                ReportServiceClient::new(channel).get_report(GetReportRequest::default()).await;
            let report = answer.map_err(refused)?.into_inner().report.unwrap_or_default();
            if report.complete {
                "complete".to_owned()
            } else {
                format!("incomplete: {}", report.incomplete_reason.unwrap_or_default().en)
            }
        }
        Service::Registry | Service::Scheduling => {
            let answer = FeedServiceClient::new(channel).get_feed(GetFeedRequest::default()).await;
            let feed = answer.map_err(refused)?.into_inner();
            format!(
                "{} records, revision {}, state {:.12}",
                feed.record_count, feed.head_revision, feed.state_digest
            )
        }
    };
    Ok(format!("{}  {outcome}", endpoint.address))
}

/// Whether a service says over its own connection that it is ready. What is missing stands on its
/// health port, whose address is not known here.
async fn told_ready(client: &Client, service: Service) -> Result<String> {
    let mut health = HealthClient::new(client.channel(service)?);
    let mut refused_uses = Vec::new();
    for uses in ["read", "write"] {
        let request = HealthCheckRequest { service: uses.into() };
        let answer = health.check(request).await.map_err(refused)?.into_inner();
        if answer.status() != ServingStatus::Serving {
            refused_uses.push(uses);
        }
    }
    if refused_uses.is_empty() {
        return Ok("reads and writes are answered".to_owned());
    }
    let text = format!(
        "not ready to {}; its health port (/readyz) and its log say what is missing",
        refused_uses.join(" and ")
    );
    Err(Error::new(Reason::Unavailable, text))
}

/// The missing components of a service, and what it can still do.
async fn readiness(address: &str) -> Result<String> {
    let (ready, body) = ask(address, "readyz").await?;
    if ready {
        return Ok(body);
    }
    let (reads, _) = ask(address, "readyz/read").await?;
    let (writes, _) = ask(address, "readyz/write").await?;
    let left = match (reads, writes) {
        (true, true) => "reads and writes are answered all the same",
        (true, false) => "reads are answered, writes are not",
        (false, _) => "neither reads nor writes are answered",
    };
    let text = format!("not ready: {}; {left}", missing(&body));
    Err(Error::new(Reason::Unavailable, text))
}

/// Each part that is missing with its reason, of a probe's answer.
fn missing(body: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let Some(parts) = answer["missing"].as_object() else { return body.to_owned() };
    let parts = parts.iter().map(|(name, why)| format!("{name}: {}", why.as_str().unwrap_or("?")));
    parts.collect::<Vec<_>>().join("; ")
}

/// Asks the health port; answers whether that is a yes, and the body.
async fn ask(address: &str, path: &str) -> Result<(bool, String)> {
    let url = format!("{address}/{path}");
    let shown = url.clone();
    let ask = tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(3)))
            .http_status_as_error(false)
            .build();
        let mut answer = ureq::Agent::from(config).get(&url).call()?;
        let body = answer.body_mut().with_config().limit(64 * 1024).read_to_string()?;
        Ok::<_, ureq::Error>((answer.status().is_success(), body))
    });
    let (ready, body) = ask.await.map_err(Error::internal)?.map_err(|error| {
        Error::new(Reason::Unavailable, format!("{shown} cannot be reached: {error}"))
    })?;
    Ok((ready, body.trim().to_owned()))
}

fn print(checks: &[Check], output: Output) {
    if output.is_json() {
        for check in checks {
            let (ok, detail) = match &check.outcome {
                Ok(detail) => (true, detail.clone()),
                Err(error) => (false, error.message().to_owned()),
            };
            say!(
                "{}",
                serde_json::json!({ "check": check.what.trim(), "ok": ok, "detail": detail })
            );
        }
        return;
    }
    let mut table = Table::new(["check", "", "detail"]);
    for check in checks {
        let (mark, detail) = match &check.outcome {
            Ok(detail) => ("ok", detail.clone()),
            Err(error) => ("FAILS", error.message().to_owned()),
        };
        table.row([check.what.to_owned(), mark.to_owned(), detail]);
    }
    table.print();
}
