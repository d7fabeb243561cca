//! The subcommands, one module for each group.

pub mod agent;
pub mod deviations;
pub mod doctor;
pub mod get;
pub mod hours;
pub mod list;
pub mod queue;
pub mod report;
pub mod search;
pub mod slots;
pub mod source;
pub mod token;
pub mod watch;

use mpp_core::Result;

use crate::{
    args::{Args, Command},
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
        Command::Cancel(args) => slots::cancel(args, &Client::new(&client)?, output).await,
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
