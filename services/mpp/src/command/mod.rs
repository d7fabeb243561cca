//! The subcommands, one module for each group.

pub mod agent;
mod deviations;
mod doctor;
mod get;
mod hours;
mod list;
mod queue;
mod report;
mod search;
mod slots;
mod source;
mod token;
mod watch;

use mpp_core::{Error, Result};
use tokio_util::sync::CancellationToken;

use crate::{
    args::{Args, Command, Output},
    context::Client,
    serve, up,
};

/// Runs the command that was asked for.
pub async fn run(args: Args) -> Result<()> {
    let output = args.client.output;
    let client = args.client;
    match args.command {
        Command::Up(args) => up::run(args).await,
        Command::Serve { service, serve } => serve::run(service, *serve, &client).await,
        Command::Migrate { service, migrate } => serve::migrate(service, migrate).await,
        Command::Agent { command } => agent::run(command, &Client::new(&client)?, output).await,
        Command::Search(args) => search::run(args, &Client::new(&client)?, output).await,
        Command::Get { name } => get::run(&name, &Client::new(&client)?, output).await,
        Command::List(args) => list::run(args, &Client::new(&client)?, output).await,
        Command::Watch(args) => watch::run(args, &Client::new(&client)?, output).await,
        Command::Hours { command, show } => {
            hours::run(command, show, &Client::new(&client)?, output).await
        }
        Command::Deviations(args) => deviations::run(args, &Client::new(&client)?, output).await,
        Command::Slots(args) => slots::list(args, &Client::new(&client)?, output).await,
        Command::Book(args) => slots::book(args, &Client::new(&client)?, output).await,
        Command::Cancel { appointment } => {
            slots::cancel(appointment, &Client::new(&client)?, output).await
        }
        Command::Queue { command } => queue::run(command, &Client::new(&client)?, output).await,
        Command::Report(args) => report::run(args, &Client::new(&client)?, output).await,
        Command::Source { command } => source::run(command, &Client::new(&client)?, output).await,
        Command::Token(args) => token::run(args, &Client::new(&client)?),
        Command::Doctor => doctor::run(&Client::new(&client)?, output).await,
        Command::Completions { shell } => {
            completions(shell);
            Ok(())
        }
    }
}

fn completions(shell: clap_complete::Shell) {
    use clap::CommandFactory as _;
    clap_complete::generate(shell, &mut Args::command(), "mpp", &mut std::io::stdout());
}

/// Ends with Ctrl-C or SIGTERM.
///
/// # Errors
/// The signals cannot be listened for.
pub fn until_stopped() -> Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    let stopped = CancellationToken::new();
    let token = stopped.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        token.cancel();
    });
    Ok(stopped)
}

/// A fresh id for a write, so that a retry on the way writes once.
pub fn request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// The refusal of a service as an error of ours, with its reason and message.
pub fn refused(status: tonic::Status) -> Error {
    mpp_rpc::refusal(&status)
}

/// True where a program reads the output.
pub fn is_json(output: Output) -> bool {
    output == Output::Json
}
