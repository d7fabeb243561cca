//! `mpp`: the one binary. Servers, migrations, the agent and the client commands are subcommands.
//!
//! ```text
//! main ── args           which commands there are
//!   ├─ up ── demo        every service in one process, with sample ministries
//!   ├─ serve             one service in a process of its own
//!   └─ command/…         a client's commands, and the agent
//!        apply           records from files: read, put in order, compared, written
//!        record          the kinds of record, and calls by the contract's descriptors
//!        client          where the services are and who is calling
//!        output          how answers are printed
//!        config, policy, keys, service, stop, call, exit
//! ```
//! Modules use those below them, never those above: `demo` runs the same code as the commands do,
//! and no command knows of `args`, `up` or `serve`.

#![forbid(unsafe_code)]

mod apply;
mod args;
mod call;
mod client;
mod command;
mod config;
mod demo;
mod exit;
mod keys;
mod output;
mod policy;
mod record;
mod serve;
mod service;
mod stop;
mod up;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use mpp_core::Result;

use crate::{
    args::{Args, Command},
    client::Client,
    command::{
        accept, agent, delete, deviations, doctor, get, hand_back, hours, list, queue, report,
        search, slots, token, watch,
    },
};

/// A booking or a watch is many small allocations on many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    if args.command.is_client() {
        // `mpp list … | head` ends like any other program when its reader has gone.
        sigpipe::reset();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("mpp: the runtime does not start: {error}");
            return exit::FAILED.into();
        }
    };
    let outcome = runtime.block_on(run(args));
    // A blocked file read must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(&error),
    }
}

/// Runs the command that was asked for.
async fn run(args: Args) -> Result<()> {
    let output = args.client.output;
    let client = || Client::new(&args.client);
    match args.command {
        Command::Up(asked) => up::run(asked).await,
        Command::Serve { service } => serve::run(service, &args.client).await,
        Command::Migrate { service, migrate } => serve::migrate(service, migrate).await,
        Command::Agent { command } => agent::run(command, &client()?, output).await,
        Command::Search(asked) => search::run(asked, &client()?, output).await,
        Command::Get { name } => get::run(&name, &client()?, output).await,
        Command::List(asked) => list::run(asked, &client()?, output).await,
        Command::Apply(asked) => command::apply::run(asked, &client()?, output).await,
        Command::Delete(asked) => delete::run(asked, &client()?, output).await,
        Command::HandBack(asked) => hand_back::run(asked, &client()?, output).await,
        Command::Accept(asked) => accept::run(asked, &client()?, output).await,
        Command::Watch(asked) => watch::run(asked, &client()?, output).await,
        Command::Hours { command, show } => hours::run(command, show, &client()?, output).await,
        Command::Deviations(asked) => deviations::run(asked, &client()?, output).await,
        Command::Slots(asked) => slots::list(asked, &client()?, output).await,
        Command::Book(asked) => slots::book(asked, &client()?, output).await,
        Command::Cancel(asked) => slots::cancel(asked, &client()?, output).await,
        Command::Queue { command } => queue::run(command, &client()?, output).await,
        Command::Report(asked) => report::run(asked, &client()?, output).await,
        Command::Token(asked) => token::run(asked, &client()?),
        Command::Policy { file } => policy::print(file.as_deref()),
        Command::Doctor => doctor::run(&client()?, output).await,
        Command::Openapi => {
            println!("{}", mpp_api::openapi::document());
            Ok(())
        }
        Command::Completions { shell } => {
            completions(shell);
            Ok(())
        }
    }
}

fn completions(shell: clap_complete::Shell) {
    clap_complete::generate(shell, &mut Args::command(), "mpp", &mut std::io::stdout());
}
