//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::config::{MigrateArgs, ServeArgs};

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
    #[arg(
        long,
        global = true,
        env = "MPP_SCHEDULING_ADDRESS",
        value_name = "URL"
    )]
    pub scheduling: Option<String>,
    /// Reporting's address.
    #[arg(long, global = true, env = "MPP_REPORTING_ADDRESS", value_name = "URL")]
    pub reporting: Option<String>,
    /// Trust the certificates of this authority (PEM).
    #[arg(long, global = true, env = "MPP_TLS_CA", value_name = "FILE")]
    pub tls_ca: Option<PathBuf>,
    /// How answers are printed.
    #[arg(
        long,
        short,
        global = true,
        env = "MPP_OUTPUT",
        value_enum,
        default_value_t
    )]
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
    Cancel { appointment: String },
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

#[derive(ClapArgs)]
pub struct UpArgs {
    /// Sync sample ministries in.
    #[arg(long)]
    pub demo: bool,
    /// Where everything is kept.
    #[arg(long, env = "MPP_DATA", default_value = "mpp-data", value_name = "DIR")]
    pub data: PathBuf,
    /// Run as if it were this time: 2026-03-02 (10:00 in Jakarta) or 2026-03-02T10:00:00+07:00.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// First of the ports: page, registry, scheduling, reporting follow each other, their health
    /// ports ten above. 0: any that are free.
    #[arg(long, env = "MPP_PORT", default_value_t = 7400)]
    pub port: u16,
}

#[derive(Subcommand)]
pub enum AgentCommand {
    /// Read the source, send what is new, end when all is answered.
    Run(AgentRunArgs),
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
}

#[derive(ClapArgs)]
pub struct SearchArgs {
    /// As one would ask: "kalau ktp hilang gimana".
    pub query: String,
    /// Nearest first: latitude,longitude.
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    pub near: Option<String>,
    /// Only what is offered in this region: 35 or 35.10.
    #[arg(long)]
    pub region: Option<String>,
    /// Only services of this agency: units/kemendagri.
    #[arg(long)]
    pub agency: Option<String>,
    /// Only services without a fee.
    #[arg(long)]
    pub free: bool,
    /// How many hits.
    #[arg(long, default_value_t = 5)]
    pub limit: i32,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Regions,
    Units,
    Malls,
    Counters,
    Windows,
    Services,
    Offerings,
    HoursRules,
}

#[derive(ClapArgs)]
pub struct ListArgs {
    #[arg(value_enum)]
    pub kind: Kind,
    /// Below this record: a mall for counters, a counter for windows, a unit for services, …
    #[arg(long)]
    pub parent: Option<String>,
    /// Regions as of this day.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// At most so many; 0: all.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

#[derive(ClapArgs)]
pub struct WatchArgs {
    /// Whose feed.
    #[arg(value_enum, default_value = "registry")]
    pub service: Service,
    /// Only these kinds: mall, service, offering, ticket, …
    #[arg(long)]
    pub kind: Vec<String>,
    /// Only names that begin so.
    #[arg(long, default_value = "")]
    pub prefix: String,
    /// Only records in this region.
    #[arg(long)]
    pub region: Option<String>,
    /// Show the present state first.
    #[arg(long)]
    pub initial_state: bool,
    /// Go on after this token.
    #[arg(long, value_name = "TOKEN")]
    pub resume: Option<String>,
    /// End after so many changes.
    #[arg(long)]
    pub count: Option<usize>,
}

#[derive(ClapArgs)]
pub struct HoursArgs {
    /// A mall, a counter or an offering.
    pub target: Option<String>,
    /// First day; else today, local to the mall.
    #[arg(long)]
    pub date: Option<String>,
    #[arg(long, default_value_t = 7)]
    pub days: i32,
}

#[derive(Subcommand)]
pub enum HoursCommand {
    /// Give a target hours of its own for a time.
    Set(HoursSetArgs),
}

#[derive(ClapArgs)]
pub struct HoursSetArgs {
    /// "national", a mall, a counter or an offering.
    pub target: String,
    /// Open hours: "mon-thu 08:00-12:00,13:00-15:00" or "fri 08:00-11:00"; once for each group of days.
    #[arg(
        long = "open",
        value_name = "DAYS HOURS",
        required_unless_present = "close"
    )]
    pub open: Vec<String>,
    /// Closed, with the reason.
    #[arg(long, value_name = "REASON", conflicts_with = "open")]
    pub close: Option<String>,
    /// Where citizens are sent while it is closed.
    #[arg(long, requires = "close", default_value = "")]
    pub referral: String,
    /// First day.
    #[arg(long, default_value = "")]
    pub from: String,
    /// Last day.
    #[arg(long, default_value = "")]
    pub to: String,
    /// The letter or decision that it comes from.
    #[arg(long, default_value = "")]
    pub source: String,
}

#[derive(ClapArgs)]
pub struct DeviationsArgs {
    /// A counter, a mall or a region; else the nation.
    pub scope: Option<String>,
    /// Any day of the week asked for.
    #[arg(long)]
    pub date: Option<String>,
    /// Counters that agree, too.
    #[arg(long)]
    pub all: bool,
}

#[derive(ClapArgs)]
pub struct SlotsArgs {
    pub offering: String,
    #[arg(long)]
    pub date: Option<String>,
    #[arg(long, default_value_t = 7)]
    pub days: i32,
    /// Full and past ones, too.
    #[arg(long)]
    pub all: bool,
}

#[derive(ClapArgs)]
pub struct BookArgs {
    /// A slot that `mpp slots` shows, or an offering for its first free slot.
    pub slot: String,
    /// The applicant's NIK, 16 digits; it is not stored.
    #[arg(long)]
    pub nik: String,
    /// A UUID; the same one books once, however often it is sent.
    #[arg(long)]
    pub request_id: Option<String>,
}

#[derive(Subcommand)]
pub enum QueueCommand {
    /// Who waits and who is called.
    Show { counter: String },
    /// Give the next number.
    Issue {
        counter: String,
        /// Elderly, disabled or pregnant.
        #[arg(long)]
        priority: bool,
        /// The appointment that has come.
        #[arg(long, default_value = "")]
        appointment: String,
    },
    /// Call the next one to a window.
    Next { window: String },
    /// Complete a called ticket.
    Complete { ticket: String },
}

#[derive(ClapArgs)]
pub struct ReportArgs {
    /// Facts that hold for this day.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Facts that were known by then.
    #[arg(long, value_name = "TIME")]
    pub known_on: Option<String>,
    /// Show it again whenever it changes.
    #[arg(long)]
    pub watch: bool,
    /// Rebuild the projections beside the live ones and compare them.
    #[arg(long)]
    pub verify: bool,
}

#[derive(Subcommand)]
pub enum SourceCommand {
    /// All sources.
    List,
    /// One source.
    Show { name: String },
}

#[derive(ClapArgs)]
pub struct TokenArgs {
    /// reader, publisher, unit-officer, counter-officer, organiser, provincial-observer, verifier,
    /// auditor, service or administrator; several are joined by commas.
    #[arg(long, value_delimiter = ',', required_unless_present = "new_key")]
    pub role: Vec<String>,
    /// Names whose subtree it may write: units/bkpm, malls/banyuwangi, sources/bkpm.
    #[arg(long, value_delimiter = ',')]
    pub namespace: Vec<String>,
    /// Who it is.
    #[arg(long, default_value = "users/operator")]
    pub subject: String,
    /// How long it holds.
    #[arg(long, default_value_t = 24)]
    pub hours: u64,
    /// The signing key (PEM); else the one of `mpp up`.
    #[arg(long, env = "MPP_SIGNING_KEY", value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Make a signing key and its JWKS in this folder instead of a token.
    #[arg(long, value_name = "DIR")]
    pub new_key: Option<PathBuf>,
}
