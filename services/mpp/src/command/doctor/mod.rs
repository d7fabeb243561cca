//! `mpp doctor`: can every service be reached, does it know us, is it ready, and do all copies hold
//! what they should?
//!
//! All services are asked at once, and the whole ends at one deadline: a frozen service does not
//! hold up the others, and is reported as frozen. A copy that changes while it is read is read
//! again.
//!
//! The exit code is 0 if nothing is at fault, 1 if something is, and if the only fault is that a
//! service could not be asked, the code of that (6 if it is away).

mod catalog;
mod compare;
mod pages;
mod services;
mod sources;
mod told;

use std::time::Duration;

use clap::Args as ClapArgs;
use futures::future::join_all;
use mpp_api::feed::{Copy, GetFeedRequest, feed_service_client::FeedServiceClient};
use mpp_api::feed::{GetFeedResponse, ListCopiesRequest, copy_service_client::CopyServiceClient};
use mpp_client::Channel;
use mpp_core::{Error, Reason, Result};
use tokio::time::{Instant, sleep};

use self::{
    compare::{Source, judge, revisions_of},
    services::{reached, ready, report, waiting, within},
    sources::sources,
    told::{Check, CheckOutcome, refused as refused_line},
};
use crate::{call::refused, client::Client, output::Output, service::Service};

#[derive(ClapArgs)]
pub struct DoctorArgs {
    /// Seconds after which it ends, whatever has not answered by then. A large catalog takes some
    /// to be read whole; each service bounds that, too (compare_seconds of its settings).
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=3600))]
    seconds: u64,
}

/// The first pause before what changed is read again; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// A service's own line, and what its feed tells.
type Stand = (Result<String>, Option<GetFeedResponse>);

/// A service, as it was found.
struct Found {
    service: Service,
    /// An error if it does not answer.
    channel: Result<Channel>,
    ready: Result<String>,
    copies: Result<Vec<Copy>>,
}

pub async fn run(args: DoctorArgs, client: &Client, output: Output) -> Result<()> {
    if let Some(file) = client.context_file().filter(|_| !output.is_json()) {
        say!("context     {} (another: --context FILE, or MPP_CONTEXT)", file.display());
    }
    let until = Instant::now() + Duration::from_secs(args.seconds);
    // Half of the time is for reading the copies, half for the feeds that they are compared with.
    let half = Instant::now() + Duration::from_secs(args.seconds) / 2;
    let found = join_all(Service::ALL.map(|service| find(client, service, half))).await;
    let stands = join_all(found.iter().map(|one| stand(one, &found, until))).await;
    let mut checks = Vec::new();
    for (one, (line, _)) in found.iter().zip(&stands) {
        checks.push(Check::of(one.service.name(), one.service.name(), line));
        checks.push(Check::of(one.service.name(), "  readiness", &one.ready));
        if let (Service::Registry | Service::Scheduling, Ok(channel)) = (one.service, &one.channel)
        {
            let waits = waiting(channel.clone(), until).await;
            checks.push(Check::of(one.service.name(), "  quarantine", &waits));
        }
        if let (Service::Registry, Ok(channel)) = (one.service, &one.channel) {
            let (stand, set, lead, reach) = tokio::join!(
                catalog::standards(channel.clone(), until),
                catalog::overrides(channel.clone(), until),
                catalog::processes(channel.clone(), until),
                catalog::life_events(channel.clone(), until)
            );
            checks.push(Check::of(one.service.name(), "  standards", &stand));
            checks.push(Check::of(one.service.name(), "  overrides", &set));
            checks.push(Check::of(one.service.name(), "  processes", &lead));
            checks.push(Check::of(one.service.name(), "  life events", &reach));
        }
        if let (Service::Reporting, Ok(channel)) = (one.service, &one.channel) {
            let fresh = sources(channel.clone(), until).await;
            checks.push(Check::of(one.service.name(), "  sources", &fresh));
        }
        checks.extend(copies(one, &found, &stands));
    }
    checks.extend(pages::checked(client).await);
    told::print(&checks, output);
    let failed = checks.iter().filter(|check| !check.outcome.is_ok()).count();
    if failed == 0 {
        return Ok(());
    }
    let text = format!("{failed} of {} checks failed; each says why", checks.len());
    Err(Error::new(reason(&checks, &found, &stands), text))
}

/// The reason that decides the exit code: a fault that was found goes before a service that could
/// not be asked.
fn reason(checks: &[Check], found: &[Found], stands: &[Stand]) -> Reason {
    let lines = stands.iter().map(|(line, _)| line);
    let away =
        lines.chain(found.iter().map(|one| &one.ready)).filter_map(|line| line.as_ref().err());
    let is_away = away.filter(|error| error.reason() != Reason::PermissionDenied).count();
    let faults = checks.iter().filter(|check| check.outcome == CheckOutcome::Fails).count();
    if faults > is_away { Reason::Internal } else { Reason::Unavailable }
}

async fn find(client: &Client, service: Service, until: Instant) -> Found {
    let (channel, ready) =
        tokio::join!(reached(client, service, until), ready(client, service, until));
    let copies = match &channel {
        Ok(channel) => list_until_still(channel.clone(), until).await,
        Err(error) => Err(Error::new(error.reason(), "the service does not answer")),
    };
    Found { service, channel, ready, copies }
}

/// Lists the copies, again and again while one has changed as it was read and there is time.
async fn list_until_still(channel: Channel, until: Instant) -> Result<Vec<Copy>> {
    let mut pause = PAUSE;
    loop {
        let copies = list(channel.clone(), until).await;
        let moves = |copies: &Vec<Copy>| copies.iter().any(|copy| copy.moving);
        if Instant::now() + pause * 2 >= until || !copies.as_ref().is_ok_and(moves) {
            return copies;
        }
        sleep(pause).await;
        pause *= 2;
    }
}

async fn list(channel: Channel, until: Instant) -> Result<Vec<Copy>> {
    let mut service = CopyServiceClient::new(channel);
    let answer = service.list_copies(within(ListCopiesRequest {}, until)).await.map_err(refused)?;
    Ok(answer.into_inner().copies)
}

/// The service's own line, and what its feed held at the revisions that copies stand at.
async fn stand(one: &Found, all: &[Found], until: Instant) -> Stand {
    let channel = match &one.channel {
        Ok(channel) => channel.clone(),
        Err(error) => return (Err(Error::new(error.reason(), error.message())), None),
    };
    let copies = all.iter().flat_map(|found| found.copies.as_deref().unwrap_or_default());
    let revisions = revisions_of(one.service.name(), copies);
    let request = GetFeedRequest { revisions, ..GetFeedRequest::default() };
    let mut service = FeedServiceClient::new(channel.clone());
    let answer = service.get_feed(within(request, until)).await.map_err(refused);
    let feed = match answer {
        Ok(answer) => answer.into_inner(),
        Err(error) => return (Err(error), None),
    };
    let line = match one.service {
        Service::Reporting => report(channel, until).await,
        Service::Registry | Service::Scheduling => Ok(format!(
            "{} records, revision {}, state {:.12}",
            feed.record_count, feed.head_revision, feed.state_digest
        )),
    };
    (line, Some(feed))
}

/// A line for each copy that a service keeps.
fn copies(one: &Found, all: &[Found], stands: &[Stand]) -> Vec<Check> {
    let told = match &one.copies {
        Ok(told) => told,
        Err(_) if one.channel.is_err() => return Vec::new(),
        Err(error) if error.reason() == Reason::PermissionDenied => {
            let (outcome, text) = refused_line(error);
            return vec![Check::new(one.service.name(), "  copies", outcome, text)];
        }
        Err(error) => {
            let text = format!("not compared: {}", error.message());
            return vec![Check::new(
                one.service.name(),
                "  copies",
                CheckOutcome::NotCompared,
                text,
            )];
        }
    };
    let source = |feed: &str| {
        let at = all.iter().position(|found| found.service.name() == feed);
        let (line, feed) = at.map(|at| &stands[at])?;
        Some(match feed {
            Some(feed) => Source::Told(feed),
            None => Source::Silent(line.as_ref().err().map_or("", |error| error.message())),
        })
    };
    let mut is_unsound = false;
    let check = |copy: &Copy| {
        let (outcome, mut detail) = judge(one.service, copy, source(&copy.feed));
        // The copies stand in the order in which they are made from each other.
        if outcome == CheckOutcome::Fails && is_unsound {
            detail.push_str("; what fails above it comes first");
        }
        is_unsound |= outcome == CheckOutcome::Fails;
        let what = format!("  {}", copy.name.trim_start_matches("copies/"));
        Check::new(one.service.name(), what, outcome, detail)
    };
    told.iter().map(check).collect()
}
