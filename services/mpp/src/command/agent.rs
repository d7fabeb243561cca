//! `mpp agent`: one run, or one after another.

use std::{
    fs,
    io::IsTerminal as _,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args as ClapArgs, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use mpp_agent::{Event, Input, Outcome, Pages, Policy, Run, Store, Tally};
use mpp_core::{Error, FieldCode, Result};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::{client::Client, output::Output, service::Service, stop::until_stopped};

#[derive(Subcommand)]
pub enum AgentCommand {
    /// Read the source, send new and changed records, end when all are answered.
    Run(AgentRunArgs),
    /// Read and map the source without a registry; show the first record and every fault.
    Check { config: PathBuf },
    /// Show the records that were refused or could not be sent.
    Problems { config: PathBuf },
}

#[derive(ClapArgs)]
pub struct AgentRunArgs {
    /// The agent's configuration (TOML).
    pub config: PathBuf,
    /// Run again and again, so many seconds apart.
    #[arg(long, value_name = "SECONDS")]
    pub every: Option<u64>,
    /// Take the lease of a session whose agent is known to be gone.
    #[arg(long)]
    pub take_over: bool,
    /// Take the run for complete although more than a tenth of the records have gone.
    #[arg(long)]
    pub accept_missing: bool,
}

/// The agent's configuration file. Paths are relative to the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// "sources/kemendagri".
    source: String,
    /// The jq program.
    mapping: PathBuf,
    /// The file in which the agent remembers the registry's answers.
    state: PathBuf,
    input: InputConfig,
    #[serde(default)]
    policy: Policy,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", tag = "type", deny_unknown_fields)]
enum InputConfig {
    Csv {
        path: PathBuf,
        #[serde(default = "comma")]
        delimiter: char,
    },
    Json {
        location: String,
        #[serde(default)]
        items: String,
        #[serde(default)]
        next: String,
        /// The environment variable that holds the bearer token.
        token_env: Option<String>,
    },
}

fn comma() -> char {
    ','
}

pub async fn run(command: AgentCommand, client: &Client, output: Output) -> Result<()> {
    match command {
        AgentCommand::Run(args) => repeat(args, client, output).await,
        AgentCommand::Check { config } => check(&config).await,
        AgentCommand::Problems { config } => problems(&config).await,
    }
}

async fn repeat(args: AgentRunArgs, client: &Client, output: Output) -> Result<()> {
    let shutdown = until_stopped()?;
    loop {
        let outcome = once(&args, client, output, &shutdown).await;
        let Some(every) = args.every else {
            return outcome;
        };
        if let Err(error) = outcome {
            eprintln!("mpp: {}; the next run is in {every} s", error.message());
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(every)) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
    }
}

async fn once(
    args: &AgentRunArgs,
    client: &Client,
    output: Output,
    shutdown: &CancellationToken,
) -> Result<()> {
    let run = Run {
        take_over: args.take_over,
        accept_missing: args.accept_missing,
        ..load(&args.config)?
    };
    let progress = Progress::new(output);
    let report = |event| progress.show(event);
    let outcome =
        mpp_agent::run(&run, &client.endpoint(Service::Registry)?, &report, shutdown).await;
    progress.end();
    print(&run.source, &outcome?, output);
    Ok(())
}

/// Reads a configuration.
///
/// # Errors
/// Names the file, and the key that is missing or wrong.
pub fn load(path: &Path) -> Result<Run> {
    let unreadable = |path: &Path, what: &dyn std::fmt::Display| {
        Error::field(
            "config",
            FieldCode::Unreadable,
            format!("{} cannot be used: {what}", path.display()),
        )
    };
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let config: Config = toml::from_str(&text).map_err(|error| unreadable(path, &error))?;
    config.policy.check().map_err(|error| error.within("policy"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mapping = folder.join(&config.mapping);
    let program = fs::read_to_string(&mapping).map_err(|error| unreadable(&mapping, &error))?;
    Ok(Run {
        source: config.source,
        input: input(config.input, folder)?,
        program,
        state: folder.join(config.state),
        take_over: false,
        accept_missing: false,
        policy: config.policy,
    })
}

fn input(config: InputConfig, folder: &Path) -> Result<Input> {
    match config {
        InputConfig::Csv { path, delimiter } => {
            let delimiter = u8::try_from(delimiter).map_err(|_| {
                Error::field(
                    "input.delimiter",
                    FieldCode::Format,
                    "give one ASCII character, such as , or ;",
                )
            })?;
            Ok(Input::Csv { path: folder.join(path), delimiter })
        }
        InputConfig::Json { location, items, next, token_env } => {
            let token = token_env.map(|name| {
                std::env::var(&name).map_err(|_| {
                    Error::field(
                        "input.token_env",
                        FieldCode::Required,
                        format!("the variable {name} is not set"),
                    )
                })
            });
            let is_remote = location.starts_with("http://") || location.starts_with("https://");
            let location =
                if is_remote { location } else { folder.join(location).display().to_string() };
            Ok(Input::Json(Pages { location, items, next, token: token.transpose()? }))
        }
    }
}

/// A progress line on a terminal, JSON lines elsewhere.
struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    fn new(output: Output) -> Self {
        let bar = (!output.is_json() && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}");
            ProgressBar::new_spinner()
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        });
        Self { bar }
    }

    fn show(&self, event: Event) {
        match (event, &self.bar) {
            (Event::Progress(tally), Some(bar)) => {
                bar.set_message(format!(
                    "read {}, sent {}, answered {}",
                    tally.read,
                    tally.sent,
                    answered(&tally)
                ));
                bar.tick();
            }
            (Event::Progress(tally), None) => eprintln!("{}", tally_json("progress", &tally)),
            (Event::Retrying { error, wait }, Some(bar)) => {
                bar.set_message(format!("{error}; next try in {:.1} s", wait.as_secs_f64()));
            }
            (Event::Retrying { error, wait }, None) => {
                let line = serde_json::json!({ "event": "retrying", "error": error, "wait_ms": wait.as_millis() as u64 });
                eprintln!("{line}");
            }
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn answered(tally: &Tally) -> i64 {
    tally.applied + tally.unchanged + tally.rejected + tally.quarantined
}

fn tally_json(event: &str, tally: &Tally) -> serde_json::Value {
    serde_json::json!({
        "event": event, "read": tally.read, "known": tally.known, "invalid": tally.invalid,
        "duplicate": tally.duplicate, "missing": tally.missing, "sent": tally.sent, "applied": tally.applied,
        "unchanged": tally.unchanged, "rejected": tally.rejected, "quarantined": tally.quarantined,
    })
}

/// Tells how a run ended.
pub fn print(source: &str, outcome: &Outcome, output: Output) {
    let tally = &outcome.tally;
    if output.is_json() {
        println!("{}", tally_json("done", tally));
        return;
    }
    println!(
        "{source}: read {} = sent {} + known {} + invalid {} + duplicate {}",
        tally.read, tally.sent, tally.known, tally.invalid, tally.duplicate
    );
    println!(
        "{:width$}  sent {} = applied {} + unchanged {} + rejected {} + quarantined {}",
        "",
        tally.sent,
        tally.applied,
        tally.unchanged,
        tally.rejected,
        tally.quarantined,
        width = source.len() - 1
    );
    if tally.missing > 0 {
        println!(
            "  ! {} records are no longer in the source; they stay in the registry",
            tally.missing
        );
    }
    for problem in &outcome.problems {
        println!("  ! {}: {} {} {}", problem.record, problem.field, problem.code, problem.message);
    }
}

async fn check(config: &Path) -> Result<()> {
    let checked = mpp_agent::check(&load(config)?).await?;
    if let Some(first) = &checked.first {
        println!("{}", mpp_api::json::write(first)?);
    }
    for problem in &checked.problems {
        println!("  ! {}: {} {}", problem.record, problem.code, problem.message);
    }
    let Tally { read, invalid, duplicate, .. } = checked.tally;
    let good = read - invalid - duplicate;
    println!("read {read} = good {good} + invalid {invalid} + duplicate {duplicate}");
    Ok(())
}

async fn problems(config: &Path) -> Result<()> {
    let run = load(config)?;
    let problems = Store::open(&run.state).await?.problems(10_000).await?;
    if problems.is_empty() {
        println!("No record was refused.");
    }
    for problem in problems {
        println!("{}: {} {} {}", problem.record, problem.field, problem.code, problem.message);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_named() {
        let error = toml::from_str::<Config>("sauce = 'x'").err().expect("misspelt").to_string();
        assert!(error.contains("sauce"), "{error}");
    }
}
