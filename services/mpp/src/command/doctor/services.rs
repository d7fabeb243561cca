//! Can a service be reached, does it know us, and is it ready?

use std::time::Duration;

use mpp_api::reporting::{GetReportRequest, report_service_client::ReportServiceClient};
use mpp_api::sync::{ListWaitingRecordsRequest, sync_service_client::SyncServiceClient};
use mpp_client::Channel;
use mpp_core::{Error, Reason, Result};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};
use tonic::{Request, codegen::http::Uri};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::{call::refused, client::Client, command::quarantine::called, service::Service};

// No settings: the doctor is for when all is broken, and whoever waits sits before it. What is
// slower than that is a finding.

/// How long a service may take for an answer that needs no look into its database.
const ANSWER: Duration = Duration::from_secs(3);
/// How long a report may take.
pub const REPORTED: Duration = Duration::from_secs(6);
/// How long a connection to a port of this machine or its network takes.
const CONNECT: Duration = Duration::from_secs(1);

/// A call that ends at a time.
pub fn within<T>(message: T, until: Instant) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(until.saturating_duration_since(Instant::now()));
    request
}

/// Whether anything answers at the service's address, within seconds.
///
/// # Errors
/// Says whether nothing listens there, or what listens does not answer.
pub async fn reached(client: &Client, service: Service, until: Instant) -> Result<Channel> {
    let endpoint = client.endpoint(service)?;
    let channel = client.channel(service)?;
    let begun = Instant::now();
    let request = within(HealthCheckRequest::default(), until.min(begun + ANSWER));
    let answer = HealthClient::new(channel.clone()).check(request).await;
    match answer.map_err(refused) {
        Ok(_) => Ok(channel),
        Err(error) if error.reason() == Reason::NotFound => Ok(channel),
        Err(error) => Err(why_silent(&endpoint.address, error, begun.elapsed()).await),
    }
}

/// A frozen process still has its port, and its machine takes connections for it.
async fn why_silent(address: &str, error: Error, waited: Duration) -> Error {
    if !matches!(error.reason(), Reason::DeadlineExceeded | Reason::Unavailable) {
        return error;
    }
    let Some(place) = host_and_port(address) else { return error };
    let text = match timeout(CONNECT, TcpStream::connect(place)).await {
        // The call or the connection gave up, whichever was first.
        Ok(Ok(_)) if waited >= ANSWER / 2 => format!(
            "{address} takes connections and answers nothing within {} s: its process is frozen, or \
             far too busy; look at its machine, and start it again",
            ANSWER.as_secs()
        ),
        Ok(Ok(_)) => return error,
        Ok(Err(why)) => format!("{address} cannot be reached: {why}; is it running?"),
        Err(_) => format!("{address} cannot be reached: no connection within a second"),
    };
    Error::new(Reason::Unavailable, text)
}

fn host_and_port(address: &str) -> Option<(String, u16)> {
    let uri: Uri = address.parse().ok()?;
    let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    let host = uri.host()?.trim_matches(['[', ']']).to_owned();
    Some((host, uri.port_u16().unwrap_or(usual)))
}

/// Whether reports are complete.
pub async fn report(channel: Channel, until: Instant) -> Result<String> {
    let request = within(GetReportRequest::default(), until.min(Instant::now() + REPORTED));
    let answer = ReportServiceClient::new(channel).get_report(request).await;
    let report = answer.map_err(refused)?.into_inner().report.unwrap_or_default();
    if report.complete {
        return Ok("complete".to_owned());
    }
    Ok(format!("incomplete: {}", report.incomplete_reason.unwrap_or_default().en))
}

/// How many synced records wait, and for what the oldest does. That is no fault of the service: the
/// answer names the record that is missing, so that its keeper can be asked.
pub async fn waiting(channel: Channel, until: Instant) -> Result<String> {
    let request = ListWaitingRecordsRequest {
        parent: "sources/-".into(),
        page_size: 1,
        ..ListWaitingRecordsRequest::default()
    };
    let request = within(request, until.min(Instant::now() + 2 * ANSWER));
    let answer = SyncServiceClient::new(channel).list_waiting_records(request).await;
    let answer = answer.map_err(refused)?.into_inner();
    let (rejected, waits) = (answer.rejected_size, answer.total_size - answer.rejected_size);
    let rejected = match rejected {
        0 => String::new(),
        count => format!("; {count} were rejected when they were tried again"),
    };
    let contested = match answer.contested.first() {
        None => String::new(),
        Some(last) => format!(
            "; {} are sent in other words by two clients of their source, such as {} by {} and {}",
            answer.contested_size,
            last.name,
            called(&last.client),
            called(&last.other_client)
        ),
    };
    let rejected = format!("{rejected}{contested}");
    let Some(oldest) = answer.oldest else {
        return Ok(format!("no record waits{rejected}"));
    };
    let since = oldest.oldest_time.map(|time| time.to_string()).unwrap_or_default();
    Ok(format!(
        "{waits} records wait, the first since {since} ({} of {} for {}); `mpp quarantine list` names \
         them{rejected}",
        oldest.code,
        oldest.source,
        if oldest.awaited.is_empty() { "a decision" } else { &oldest.awaited }
    ))
}

/// Whether it is ready, by its health port where that is known.
pub async fn ready(client: &Client, service: Service, until: Instant) -> Result<String> {
    match client.health(service) {
        Some(address) => readiness(address).await,
        None => told_ready(client, service, until).await,
    }
}

/// Whether a service says over its own connection that it is ready. Only its health port says what
/// is missing, and that port's address is not known here.
async fn told_ready(client: &Client, service: Service, until: Instant) -> Result<String> {
    let mut health = HealthClient::new(client.channel(service)?);
    let mut refused_uses = Vec::new();
    for uses in ["read", "write"] {
        let request = HealthCheckRequest { service: uses.into() };
        let request = within(request, until.min(Instant::now() + ANSWER));
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
    let ((reads, _), (writes, _)) =
        tokio::try_join!(ask(address, "readyz/read"), ask(address, "readyz/write"))?;
    let left = match (reads, writes) {
        (true, true) => "reads and writes are answered all the same",
        (true, false) => "reads are answered, writes are not",
        (false, _) => "neither reads nor writes are answered",
    };
    let text = format!("not ready: {}; {left}", missing(&body));
    Err(Error::new(Reason::Unavailable, text))
}

/// The missing parts that a probe's answer names, each with its reason.
fn missing(body: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let Some(parts) = answer["missing"].as_object() else { return body.to_owned() };
    let parts = parts.iter().map(|(name, why)| format!("{name}: {}", why.as_str().unwrap_or("?")));
    parts.collect::<Vec<_>>().join("; ")
}

/// Asks the health port; answers whether it says yes, and the body.
async fn ask(address: &str, path: &str) -> Result<(bool, String)> {
    let url = format!("{address}/{path}");
    let shown = url.clone();
    let ask = tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER))
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
