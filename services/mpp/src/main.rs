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
//!        archive         what a backup holds
//!        output          how answers are printed
//!        config, policy, process, keys, service, stop, call, exit
//! ```
//! Modules use those below them, never those above: `demo` runs the same code as the commands do,
//! and no command knows of `args`, `up` or `serve`.

#![forbid(unsafe_code)]
// The standard macros panic if nobody reads; `say!` and `complain!` do not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

#[macro_use]
mod output;

mod apply;
mod archive;
mod args;
mod call;
mod client;
mod command;
mod config;
mod credentials;
mod demo;
mod exit;
mod keys;
mod policy;
mod process;
mod program;
mod record;
#[cfg(test)]
mod reference;
mod serve;
mod service;
mod stop;
mod up;

use std::{io::ErrorKind, path::Path, process::ExitCode};

use clap::CommandFactory as _;
use mpp_core::Result;

use crate::{
    args::{Args, Command},
    client::Client,
    command::{
        accept, adopt, adoption, agent, appointments, backup, broken, compare_standard, conform,
        delete, deviations, divergences, doctor, explain, export, get, hand_back, history, hours,
        link, list, overrides, path, quarantine, queue, repair, report, restore, search, slots,
        steps, suggest, template, token, undo, upload, watch,
    },
};

fn main() -> ExitCode {
    let args = match Args::read(std::env::args_os()) {
        Ok(args) => args,
        // Help comes this way, too.
        Err(told) => return not_parsed(&told),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain!("mpp: the runtime does not start: {error}");
            return exit::FAILED.into();
        }
    };
    let named = exit::CommandNames {
        config: args.command.agents_file().map(Path::to_owned),
        counter: args.command.counter(),
        offering: args.command.offering(),
        subject: args.command.subject(),
        called: Client::new(&args.client).map(|client| client.addresses_text()).unwrap_or_default(),
    };
    let outcome = runtime.block_on(while_somebody_reads(args));
    // A blocked file read must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    output::finish(match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(&error, &named),
    })
}

fn not_parsed(told: &clap::Error) -> ExitCode {
    match told.print() {
        Err(error) if !told.use_stderr() && error.kind() != ErrorKind::BrokenPipe => {
            exit::FAILED.into()
        }
        _ => u8::try_from(told.exit_code()).unwrap_or(exit::FAILED).into(),
    }
}

/// A command that only shows something ends when its reader has gone (`mpp list … | head`). A
/// command that changes something goes on to its end, and tells the outcome by its code.
async fn while_somebody_reads(args: Args) -> Result<()> {
    if !args.command.only_shows() {
        return run(args).await;
    }
    tokio::select! {
        outcome = run(args) => outcome,
        () = output::until_lost() => Ok(()),
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
        Command::Agent { command } => agent::run(command, client, output).await,
        Command::Template(asked) => template::run(&asked),
        Command::Upload(asked) => upload::run(asked, &client()?, output).await,
        Command::Search(asked) => search::run(asked, &client()?, output).await,
        Command::Get { name } => get::run(&name, &client()?, output).await,
        Command::History(asked) => history::run(asked, &client()?, output).await,
        Command::List(asked) => list::run(asked, &client()?, output).await,
        Command::Export(asked) => export::run(asked, &client()?).await,
        Command::Apply(asked) => command::apply::run(asked, &client()?, output).await,
        Command::Delete(asked) => delete::run(asked, &client()?, output).await,
        Command::HandBack(asked) => hand_back::run(asked, &client()?, output).await,
        Command::Suggest(asked) => suggest::run(asked, &client()?, output).await,
        Command::Link(asked) => link::run(asked, &client()?, output).await,
        Command::Steps(asked) if asked.is_event() => path::run(asked, &client()?, output).await,
        Command::Steps(asked) => steps::run(asked, &client()?, output).await,
        Command::Broken(asked) => broken::run(asked, &client()?, output).await,
        Command::Overrides(asked) => overrides::run(asked, &client()?, output).await,
        Command::Divergences(asked) => divergences::run(asked, &client()?, output).await,
        Command::CompareStandard(asked) => compare_standard::run(asked, &client()?, output).await,
        Command::Adopt(asked) => adopt::run(asked, &client()?, output).await,
        Command::Explain(asked) => explain::run(asked, &client()?, output).await,
        Command::Adoption(asked) => adoption::run(asked, &client()?, output).await,
        Command::Quarantine { command } => quarantine::run(command, &client()?, output).await,
        Command::Undo(asked) => undo::run(asked, &client()?, output).await,
        Command::Accept(asked) => accept::run(asked, &client()?, output).await,
        Command::Watch(asked) => watch::run(asked, &client()?, output).await,
        Command::Hours(asked) => hours::run(asked, &client()?, output).await,
        Command::Deviations(asked) => deviations::run(asked, &client()?, output).await,
        Command::Slots(asked) => slots::list(asked, &client()?, output).await,
        Command::Appointments(asked) => appointments::run(asked, &client()?, output).await,
        Command::Book(asked) => slots::book(asked, &client()?, output).await,
        Command::Cancel(asked) => slots::cancel(asked, &client()?, output).await,
        Command::Queue { command } => queue::run(command, &client()?, output).await,
        Command::Report(asked) => report::run(asked, &client()?, output).await,
        Command::Token(asked) => token::run(asked, &args.client),
        Command::Policy { file } => policy::print(file.as_deref()),
        Command::Conform { command } => conform::run(command, &args.client, output).await,
        Command::Doctor(asked) => doctor::run(asked, &client()?, output).await,
        Command::Repair(asked) => repair::run(asked, &client()?, output).await,
        Command::Backup(asked) => backup::run(asked, output).await,
        Command::Restore(asked) => restore::run(asked, output).await,
        Command::Openapi => {
            say!("{}", mpp_api::openapi::document());
            Ok(())
        }
        Command::Completions { shell } => {
            completions(shell);
            Ok(())
        }
    }
}

fn completions(shell: clap_complete::Shell) {
    // The generator panics if it cannot write; into memory it always can.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "mpp", &mut script);
    output::print(format_args!("{}", String::from_utf8_lossy(&script)));
}
