//! `mpp agent`: one run, or one after another.

mod config;
mod told;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args as ClapArgs, Subcommand};
use mpp_agent::{HELPERS, Problem, Run, Store, Tally};
use mpp_core::Result;
use tokio_util::sync::CancellationToken;

pub use config::load;
pub use told::print;

use told::{Progress, suspicious, tell};

use crate::{client::Client, output::Output, service::Service, stop::until_stopped};

#[derive(Subcommand)]
pub enum AgentCommand {
    /// Read the source, send new and changed records, end when all are answered.
    Run(AgentRunArgs),
    /// Read and map the source without a registry; show the first record and every fault.
    Check { config: PathBuf },
    /// Show the records that were refused or could not be sent, and what to do for each.
    Problems { config: PathBuf },
    /// List the filters that a mapping has beside jq's own.
    Functions,
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
    /// Let records move to other units although they are many.
    #[arg(long)]
    pub accept_moves: bool,
}

pub async fn run(command: AgentCommand, client: &Client, output: Output) -> Result<()> {
    match command {
        AgentCommand::Run(args) => repeat(args, client, output).await,
        AgentCommand::Check { config } => check(&config).await,
        AgentCommand::Problems { config } => problems(&config, output).await,
        AgentCommand::Functions => {
            functions();
            Ok(())
        }
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
        accept_moves: args.accept_moves,
        ..load(&args.config)?
    };
    let progress = Progress::new(output);
    let report = |event| progress.show(event);
    let outcome =
        mpp_agent::run(&run, &client.endpoint(Service::Registry)?, &report, shutdown).await;
    progress.end();
    let outcome = outcome?;
    print(&run.source, &outcome, output);
    outcome.verdict(&run.source)
}

async fn check(config: &Path) -> Result<()> {
    let checked = mpp_agent::check(&load(config)?).await;
    if let Some(first) = &checked.first {
        println!("{}", mpp_api::json::write(first)?);
    }
    checked.problems.iter().for_each(tell);
    let Tally { read, invalid, duplicate, .. } = checked.tally;
    let good = read - checked.tally.unread() - duplicate;
    println!(
        "read {read} = good {good} + invalid {invalid} + duplicate {duplicate}{}",
        suspicious(&checked.tally)
    );
    checked.verdict()
}

async fn problems(config: &Path, output: Output) -> Result<()> {
    let run = load(config)?;
    let problems = Store::open(&run.state).await?.problems(10_000).await?;
    if output.is_json() {
        for problem in &problems {
            let Problem { record, field, code, message } = problem;
            let advice = problem.advice();
            println!(
                "{}",
                serde_json::json!({ "record": record, "field": field, "code": code, "message": message, "advice": advice })
            );
        }
        return Ok(());
    }
    if problems.is_empty() {
        println!("No record was refused.");
    }
    for problem in &problems {
        tell(problem);
        println!("    what to do: {}", problem.advice());
    }
    Ok(())
}

fn functions() {
    println!("Beside jq's own filters (https://jqlang.org/manual) a mapping has:");
    for helper in HELPERS {
        println!(
            "  {:<13} {}\n{:16}{} | {}",
            helper.name, helper.what, "", helper.from, helper.name
        );
    }
}
