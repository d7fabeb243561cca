//! `mpp agent`: one run, or one after another.

mod config;
mod init;
mod keeper;
mod numbers;
mod places;
mod port;
mod preview;
mod repeat;
mod schema;
mod sql;
mod told;
mod withdraw;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::{Args as ClapArgs, Subcommand};
use mpp_agent::{
    Destination, FUNCTIONS, Problem, Remembered, Run, RunOutcome, Store, Tally, Way, Withdraw,
};
use mpp_core::{Error, Reason, Result};
use tokio_util::sync::CancellationToken;

pub use config::load;
pub(super) use preview::{as_json, difference, record, sum, sum_as_json};
pub use told::print;
pub(super) use told::{Progress, counts, not_read, tally_json};
pub(super) use withdraw::warn;

use port::Port;
use told::{pasteable, suspicious};

use crate::{client::Client, output::Output, stop::until_stopped};

#[derive(Subcommand)]
pub enum AgentCommand {
    /// Look at a source that is new here: guess which column holds what, write a first
    /// configuration and mapping, and show three records mapped.
    Init(init::InitArgs),
    /// Read the source, send new and changed records, end when all are answered.
    Run(AgentRunArgs),
    /// Read and map the source without a server; show the first record and every fault.
    Check { config: PathBuf },
    /// Show what a run would change in the index, each record with the difference of each field.
    /// Nothing is changed, neither there nor in the agent's state.
    Preview(preview::PreviewArgs),
    /// Show the records that were refused or could not be sent, and what to do for each.
    Problems { config: PathBuf },
    /// Sync as `run` does, and take out of the index, for good, what is no longer in the source,
    /// with all places where it is offered. Units, malls and counters stay, and are given back to
    /// be changed by calls. Without --yes nothing is changed, and what would go is told.
    Withdraw(WithdrawArgs),
    /// Send records that were held back because they look like trials: a person has looked at them.
    /// The next run sends them, as long as they are called so.
    Release(ReleaseArgs),
    /// List the filters that a mapping has beside jq's own.
    Functions,
    /// Print the JSON Schema of a configuration, for an editor or a check of many.
    Schema,
}

#[derive(ClapArgs)]
pub struct WithdrawArgs {
    /// The agent's configuration (TOML).
    pub config: PathBuf,
    /// Ids in the source, as `mpp agent problems` lists them with GONE.
    #[arg(required_unless_present = "all_gone", conflicts_with = "all_gone")]
    pub ids: Vec<String>,
    /// All that have gone from the source.
    #[arg(long)]
    pub all_gone: bool,
    /// Do it. A service's name is not used again: one that returns under its id is refused.
    #[arg(long)]
    pub yes: bool,
    /// Take the run for complete although more records have gone than may at once.
    #[arg(long)]
    pub accept_missing: bool,
}

#[derive(ClapArgs)]
pub struct ReleaseArgs {
    /// The agent's configuration (TOML).
    pub config: PathBuf,
    /// Ids in the source, as `mpp agent problems` lists them with SUSPICIOUS.
    #[arg(required = true)]
    pub ids: Vec<String>,
    /// Take the release back: the next run does not send them. What was sent stays in the index.
    #[arg(long)]
    pub undo: bool,
}

#[derive(ClapArgs)]
pub struct AgentRunArgs {
    /// The agent's configuration (TOML).
    pub config: PathBuf,
    /// Run again and again, this many seconds apart; sooner after a change of files, or of a
    /// database that tells of its changes.
    #[arg(long, value_name = "SECONDS")]
    pub every: Option<u64>,
    /// Take the lease of a session whose agent is known to be gone.
    #[arg(long)]
    pub take_over: bool,
    /// Take the run for complete although many records, or a heading, have gone.
    #[arg(long)]
    pub accept_missing: bool,
    /// Let records move to other units although they are many.
    #[arg(long)]
    pub accept_moves: bool,
    /// Compare all records with the index's, and send what differs; done by itself where the
    /// state was lost or does not fit.
    #[arg(long)]
    pub reconcile: bool,
    #[command(flatten)]
    pub port: port::PortArgs,
}

impl AgentCommand {
    /// The file that it works on.
    pub fn config(&self) -> Option<&Path> {
        match self {
            Self::Run(args) => Some(&args.config),
            Self::Withdraw(args) => Some(&args.config),
            Self::Preview(args) => Some(&args.config),
            Self::Check { config } | Self::Problems { config } => Some(config),
            Self::Release(args) => Some(&args.config),
            Self::Init(args) => Some(&args.into),
            Self::Functions | Self::Schema => None,
        }
    }
}

/// Commands that need no registry make no client, so that they work without a context, or with a
/// wrong one.
pub async fn run(
    command: AgentCommand,
    client: impl FnOnce() -> Result<Client>,
    output: Output,
) -> Result<()> {
    match command {
        AgentCommand::Run(args) => repeat::repeat(args, &client()?, output).await,
        AgentCommand::Withdraw(args) => withdraw(args, &client()?, output).await,
        AgentCommand::Preview(args) => preview::preview(args, &client()?, output).await,
        AgentCommand::Init(args) => init::init(args).await,
        AgentCommand::Check { config } => check(&config).await,
        AgentCommand::Problems { config } => problems(&config, output).await,
        AgentCommand::Release(args) => release(args).await,
        AgentCommand::Schema => {
            say!("{}", schema::text()?);
            Ok(())
        }
        AgentCommand::Functions => {
            functions();
            Ok(())
        }
    }
}

/// What every run is called with, whether there is one run or many.
struct Calls<'a> {
    config: &'a Path,
    client: &'a Client,
    output: Output,
    shutdown: &'a CancellationToken,
}

async fn once(
    calls: &Calls<'_>,
    args: &AgentRunArgs,
    (rows, remembered): (Option<BTreeSet<String>>, &Remembered),
    port: Option<&mut Port>,
) -> Result<()> {
    let run = load(calls.config).map(|run| Run {
        way: Way { remembered: remembered.clone(), ..run.way },
        take_over: args.take_over,
        accept_missing: args.accept_missing,
        accept_moves: args.accept_moves,
        reconcile: args.reconcile,
        rows,
        ..run
    });
    let Some(port) = port else { return carry_out(calls, &run?, |_| {}).await };
    port.begins(&run).await;
    let (run, begun) = (run?, Instant::now());
    carry_out(calls, &run, |outcome| port.ended(&run.source, outcome, begun.elapsed())).await
}

async fn withdraw(args: WithdrawArgs, client: &Client, output: Output) -> Result<()> {
    let ids = args.ids.clone();
    let withdraw = if args.all_gone { Withdraw::AllGone } else { Withdraw::These(ids) };
    let run = Run { withdraw, accept_missing: args.accept_missing, ..load(&args.config)? };
    if !args.yes {
        return preview::would_withdraw(&args.config, &run, client, output).await;
    }
    let shutdown = until_stopped()?;
    let calls = Calls { config: &args.config, client, output, shutdown: &shutdown };
    carry_out(&calls, &run, |_| {}).await
}

async fn carry_out(
    &Calls { config, client, output, shutdown }: &Calls<'_>,
    run: &Run,
    ended: impl FnOnce(&Result<RunOutcome>),
) -> Result<()> {
    let progress = Progress::new(output);
    let report = |event| progress.show(event);
    let outcome =
        mpp_agent::run(run, &client.endpoint(keeper::service(run))?, &report, shutdown).await;
    progress.end();
    ended(&outcome);
    let outcome = outcome?;
    print(config, run, &outcome, output);
    outcome.verdict(&run.source)
}

/// A release that is taken back takes nothing out of the index.
const UNDONE: &str = "is not sent again; where a run has sent it, it stays in the index until it is taken \
                      out of the source and `mpp agent withdraw` names it";

async fn release(args: ReleaseArgs) -> Result<()> {
    let store = Store::open(&load(&args.config)?.state).await?;
    let (titles, what) = if args.undo {
        (store.take_back(&args.ids).await?, UNDONE)
    } else {
        (store.release(&args.ids).await?, "is released; the next run sends it")
    };
    for (id, title) in args.ids.iter().zip(titles) {
        say!("{id} (\"{title}\") {what}");
    }
    Ok(())
}

async fn check(config: &Path) -> Result<()> {
    let run = load(config)?;
    let checked = mpp_agent::check(&run).await;
    if let Some(first) = &checked.first {
        say!("{}", mpp_api::json::write(first)?);
    }
    told::tell_all(&checked.problems, config);
    let Tally { read, invalid, duplicate, rejected, .. } = checked.tally;
    let good = read - checked.tally.unread() - duplicate - rejected;
    say!(
        "read {read} = good {good} + invalid {invalid} + duplicate {duplicate} + to be rejected \
         {rejected}{}",
        suspicious(&checked.tally)
    );
    told::not_read(&checked.tally);
    told::headings(&checked.tally);
    say!(
        "Not judged here, since only {}: whether the {} that are named exist, and whether {} may \
         write there.",
        match run.way.destination {
            Destination::Registry => "the registry knows",
            Destination::Scheduling => "scheduling knows",
        },
        match run.way.destination {
            Destination::Registry => "units and services",
            Destination::Scheduling => "malls and counters",
        },
        run.source
    );
    checked.verdict()
}

async fn problems(config: &Path, output: Output) -> Result<()> {
    let run = load(config)?;
    if !run.state.exists() {
        return Err(never_ran(&run.source));
    }
    let store = Store::open(&run.state).await?;
    let problems = store.problems(run.policy.kept_problems).await?;
    if problems.is_empty() && store.checkpoint().await?.is_none() {
        return Err(never_ran(&run.source));
    }
    if output.is_json() {
        for problem in &problems {
            let Problem { record, field, code, message } = problem;
            let (message, advice) =
                (pasteable(message, config), pasteable(&problem.advice(), config));
            say!(
                "{}",
                serde_json::json!({ "record": record, "field": field, "code": code, "message": message, "advice": advice })
            );
        }
        return Ok(());
    }
    if problems.is_empty() {
        say!("No record was refused.");
    }
    told::tell_all(&problems, config);
    Ok(())
}

/// The refused records of a source that was never read are not known.
fn never_ran(source: &str) -> Error {
    let text = format!(
        "this agent's state holds no answer to a run of {source}, so nothing is known of its records: mpp agent run"
    );
    Error::new(Reason::WrongState, text)
}

fn functions() {
    say!("Beside jq's own filters (https://jqlang.org/manual) a mapping has:");
    for helper in FUNCTIONS {
        say!(
            "  {:<13} {}\n{:16}{} | {}",
            helper.name,
            helper.purpose,
            "",
            helper.from,
            helper.name
        );
        for form in helper.forms {
            say!("{:16}reads: {form}", "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mapping_is_tried_where_no_context_is() {
        let no_context = || Err(Error::internal("a client was asked for"));
        for command in [
            AgentCommand::Check { config: "nowhere.toml".into() },
            AgentCommand::Problems { config: "nowhere.toml".into() },
        ] {
            let error = run(command, no_context, Output::Table).await.expect_err("no such file");
            assert_ne!(error.reason(), Reason::Internal, "{error}");
        }
    }
}
