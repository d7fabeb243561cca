//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::{
    command::{
        agent::AgentCommand,
        deviations::DeviationsArgs,
        hours::{HoursArgs, HoursCommand},
        list::ListArgs,
        queue::QueueCommand,
        report::ReportArgs,
        search::SearchArgs,
        slots::{BookArgs, CancelArgs, SlotsArgs},
        source::SourceCommand,
        token::TokenArgs,
        watch::WatchArgs,
    },
    config::{MigrateArgs, ServeArgs},
    up::UpArgs,
};

/// The shared index of Indonesia's public service malls (Mal Pelayanan Publik).
#[derive(Parser)]
#[command(name = "mpp", version, about, after_help = EXIT_CODES)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub client: ClientArgs,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 command line, 3 not found, 4 not allowed, \
5 conflict or state, 6 unavailable, 7 invalid field";

/// Where the services are, and who is calling. `mpp up` writes a file that answers both.
#[derive(ClapArgs, Clone)]
pub struct ClientArgs {
    /// The context file that `mpp up` wrote; else ./mpp-data/context.json, else the last `mpp up`.
    #[arg(long, global = true, env = "MPP_CONTEXT", value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// Call as this role of the context (administrator, reader, organiser, …).
    #[arg(long = "as", global = true, env = "MPP_AS", value_name = "ROLE")]
    pub role: Option<String>,
    /// Call with the token in this file.
    #[arg(long, global = true, env = "MPP_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The registry's address.
    #[arg(long, global = true, env = "MPP_REGISTRY_ADDRESS", value_name = "URL")]
    pub registry: Option<String>,
    /// Scheduling's address.
    #[arg(long, global = true, env = "MPP_SCHEDULING_ADDRESS", value_name = "URL")]
    pub scheduling: Option<String>,
    /// Reporting's address.
    #[arg(long, global = true, env = "MPP_REPORTING_ADDRESS", value_name = "URL")]
    pub reporting: Option<String>,
    /// Trust the certificates of this authority (PEM).
    #[arg(long, global = true, env = "MPP_TLS_CA", value_name = "FILE")]
    pub tls_ca: Option<PathBuf>,
    /// How answers are printed.
    #[arg(long, short, global = true, env = "MPP_OUTPUT", value_enum, default_value_t)]
    pub output: Output,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    #[default]
    Table,
    /// For programs: the answer as proto3 JSON, streams one document a line.
    Json,
}

impl Output {
    /// True where a program reads the output.
    pub fn is_json(self) -> bool {
        self == Output::Json
    }
}

#[derive(Subcommand)]
pub enum Command {
    /// Run everything in one process, on SQLite.
    Up(UpArgs),
    /// Run one service.
    Serve {
        #[arg(value_enum)]
        service: Service,
        #[command(flatten)]
        serve: Box<ServeArgs>,
    },
    /// Bring a service's database to this version's schema.
    Migrate {
        #[arg(value_enum)]
        service: Service,
        #[command(flatten)]
        migrate: MigrateArgs,
    },
    /// Sync a ministry's own catalog into the registry.
    Agent {
        #[command(subcommand)]
        command: AgentCommand,
    },
    /// Find a service as a citizen would ask for it.
    Search(SearchArgs),
    /// Show one record by its name.
    Get { name: String },
    /// List records of a kind.
    List(ListArgs),
    /// Follow a service's changes.
    Watch(WatchArgs),
    /// Show when a mall, counter or offering is open and why, or set its hours.
    Hours {
        #[command(subcommand)]
        command: Option<HoursCommand>,
        #[command(flatten)]
        show: HoursArgs,
    },
    /// Show where counters' hours deviate, and from what.
    Deviations(DeviationsArgs),
    /// Show the slots of an offering.
    Slots(SlotsArgs),
    /// Book a slot.
    Book(BookArgs),
    /// Cancel an appointment.
    Cancel(CancelArgs),
    /// Work a counter's queue.
    Queue {
        #[command(subcommand)]
        command: QueueCommand,
    },
    /// Show the national report.
    Report(ReportArgs),
    /// Show the sources and how they fare.
    Source {
        #[command(subcommand)]
        command: SourceCommand,
    },
    /// Make a token for a role.
    Token(TokenArgs),
    /// Check that every service can be reached and is ready, and say what is not.
    Doctor,
    /// Print a completion script for a shell.
    Completions { shell: clap_complete::Shell },
}

impl Command {
    /// False for what serves or syncs, and must end in order.
    pub fn is_client(&self) -> bool {
        !matches!(
            self,
            Command::Up(_)
                | Command::Serve { .. }
                | Command::Migrate { .. }
                | Command::Agent { .. }
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Service {
    Registry,
    Scheduling,
    Reporting,
}

impl Service {
    pub fn name(self) -> &'static str {
        match self {
            Service::Registry => "registry",
            Service::Scheduling => "scheduling",
            Service::Reporting => "reporting",
        }
    }
}
