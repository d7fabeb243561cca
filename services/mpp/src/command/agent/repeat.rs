//! One run after another: after a while, once the source tells of a change, or once the service
//! that it feeds is back.

use std::{collections::BTreeSet, path::Path, time::Duration};

use mpp_agent::{Changed, Edited, Input, Remembered, Watch, is_remote};
use mpp_core::{Code, Error, Reason, Result};
use tokio::time::Instant;

use super::{AgentRunArgs, Calls, keeper, load, once, port::Port};
use crate::{client::Client, output::Output, service::Service, stop::until_stopped};

/// Runs once, or again and again until it is stopped.
pub async fn repeat(mut args: AgentRunArgs, client: &Client, output: Output) -> Result<()> {
    let shutdown = until_stopped()?;
    // A single run beside the service, as a runbook asks for, leaves the service's port alone.
    let mut port = match args.every {
        Some(_) => Port::open(&args.port, fed(&args.config), client).await?,
        None => None,
    };
    let config = args.config.clone();
    let calls = Calls { config: &config, client, output, shutdown: &shutdown };
    let remembered = args.every.map_or_else(Remembered::default, |_| Remembered::watching());
    let mut watch = args.every.and_then(|_| watch(&args.config));
    // The rows that are read; none are named: all.
    let (mut rows, mut due) = (None, Instant::now());
    loop {
        let is_whole = rows.is_none();
        tokio::select! {
            // What was noticed until now is in a whole run anyway, and what a part is of is told.
            () = note(&mut watch), if is_whole => {}
            () = shutdown.cancelled() => return Ok(()),
            () = std::future::ready(()), if !is_whole => {}
        }
        let outcome = once(&calls, &args, (rows.take(), &remembered), port.as_mut()).await;
        let Some(every) = args.every else {
            return outcome;
        };
        if is_whole {
            due = Instant::now() + Duration::from_secs(every);
        }
        // What a part has not brought, a whole run does.
        let has_failed =
            outcome.as_ref().is_err_and(|error| error.reason() != Reason::RecordsRefused);
        let is_away = outcome.as_ref().is_err_and(|error| error.code() == Code::Unavailable);
        // The person who started it has accepted only what is missing in the first run.
        (args.accept_missing, args.reconcile) = (false, false);
        // Whoever serves a port logs how its runs end.
        if let Err(error) = outcome
            && port.is_none()
        {
            complain_of(&error, (!shutdown.is_cancelled()).then_some(due));
        }
        tokio::select! {
            () = tokio::time::sleep_until(due) => {}
            () = until_back(&args.config, client), if is_away => {}
            changed = until_changed(&mut watch) => rows = changed.filter(|_| !has_failed),
            () = shutdown.cancelled() => return Ok(()),
        }
    }
}

/// Tells how a run has failed, and when the next one is, if any.
fn complain_of(error: &Error, next: Option<Instant>) {
    let seconds = |next: Instant| next.saturating_duration_since(Instant::now()).as_secs();
    let next = next.map(|next| format!("; the next run is in {} s", seconds(next)));
    complain!("mpp: {}{}", error.message(), next.unwrap_or_default());
}

/// The service that the agent feeds; the registry if its configuration cannot be read yet.
fn fed(config: &Path) -> Service {
    load(config).map_or(Service::Registry, |run| keeper::service(&run))
}

/// The database or the files that are watched for a change.
enum WatchedInput {
    Database(Box<Watch>),
    Files(Edited),
}

/// Watches files, and a database that tells of its changes; `None` for any other source. A fault of
/// the configuration is reported by the run.
fn watch(config: &Path) -> Option<WatchedInput> {
    let run = load(config).ok()?;
    let file = |path: &Path| Some(WatchedInput::Files(Edited::of_file(path, &run.policy)));
    match &run.input {
        Input::Sql(database) => {
            Watch::of(database, &run.policy).map(|watch| WatchedInput::Database(Box::new(watch)))
        }
        Input::Folder(folder) => Some(WatchedInput::Files(Edited::of_folder(folder, &run.policy))),
        Input::Csv(table) => file(&table.path),
        Input::Sheet(workbook) => file(&workbook.path),
        Input::Template(template) => file(&template.path),
        Input::Json(pages) if is_remote(&pages.location) => None,
        Input::Json(pages) => file(Path::new(&pages.location)),
    }
}

async fn note(watch: &mut Option<WatchedInput>) {
    match watch {
        Some(WatchedInput::Files(edited)) => edited.note().await,
        Some(WatchedInput::Database(watch)) => {
            if let Some(amiss) = watch.note().await {
                complain!("mpp: {amiss}");
            }
        }
        None => {}
    }
}

/// Ends once the source has changed; never if it is not watched. Answers the rows, where they are
/// named.
async fn until_changed(watch: &mut Option<WatchedInput>) -> Option<BTreeSet<String>> {
    match watch {
        Some(WatchedInput::Files(edited)) => edited.changed().await,
        Some(WatchedInput::Database(watch)) => {
            if let Changed::Rows(keys) = watch.changed().await {
                return Some(keys);
            }
        }
        None => std::future::pending().await,
    }
    None
}

/// Ends once the service that it feeds, which was away, serves again; never if its address is not
/// known.
async fn until_back(config: &Path, client: &Client) {
    let looks = || {
        let run = load(config)?;
        let endpoint = client.endpoint(keeper::service(&run))?;
        Ok::<_, Error>((run, endpoint))
    };
    match looks() {
        Ok((run, endpoint)) => mpp_agent::until_back(&endpoint, &run.policy).await,
        Err(_) => std::future::pending().await,
    }
}
