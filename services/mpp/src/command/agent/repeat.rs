//! One run after another: after a while, once the source tells of a change, or once the registry is
//! back.

use std::{path::Path, time::Duration};

use mpp_agent::{Input, Watch};
use mpp_core::{Code, Error, Result};

use super::{AgentRunArgs, load, once};
use crate::{client::Client, output::Output, service::Service, stop::until_stopped};

/// Runs once, or again and again until it is stopped.
pub async fn repeat(mut args: AgentRunArgs, client: &Client, output: Output) -> Result<()> {
    let shutdown = until_stopped()?;
    let mut watch = args.every.and_then(|_| watch(&args.config));
    loop {
        tokio::select! {
            () = note(&mut watch) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
        let outcome = once(&args, client, output, &shutdown).await;
        let Some(every) = args.every else {
            return outcome;
        };
        // Only what is gone by the first run is known to be right.
        args.accept_missing = false;
        args.reconcile = false;
        let is_away = outcome.as_ref().is_err_and(|error| error.code() == Code::Unavailable);
        if let Err(error) = outcome {
            complain!("mpp: {}; the next run is in {every} s", error.message());
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(every)) => {}
            () = until_back(&args.config, client), if is_away => {}
            () = until_changed(&mut watch) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
    }
}

/// Watches a database that tells of its changes. One whose configuration is at fault is told so by
/// the run.
fn watch(config: &Path) -> Option<Watch> {
    let run = load(config).ok()?;
    match &run.input {
        Input::Sql(database) => Watch::of(database, &run.policy),
        _ => None,
    }
}

async fn note(watch: &mut Option<Watch>) {
    if let Some(watch) = watch
        && let Some(amiss) = watch.note().await
    {
        complain!("mpp: {amiss}");
    }
}

/// Ends once the source has told of a change; never where it tells of none.
async fn until_changed(watch: &mut Option<Watch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}

/// Ends once the registry, which was away, serves again; never where that cannot be looked at.
async fn until_back(config: &Path, client: &Client) {
    let looks = || Ok::<_, Error>((load(config)?, client.endpoint(Service::Registry)?));
    match looks() {
        Ok((run, endpoint)) => mpp_agent::until_back(&endpoint, &run.policy).await,
        Err(_) => std::future::pending().await,
    }
}
