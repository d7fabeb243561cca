//! `mpp`: the one binary. Servers, migrations, the agent and the client commands are subcommands.

#![forbid(unsafe_code)]

mod args;
mod call;
mod command;
mod config;
mod context;
mod demo;
mod exit;
mod keys;
mod output;
mod serve;
mod stop;
mod up;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;

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
    let outcome = runtime.block_on(command::run(args));
    // A blocked file read must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(&error),
    }
}
