//! `mpp up`: every service in one process, on SQLite, over the same ports, tokens and streams as in
//! processes of their own.

mod clock;
mod ports;
mod services;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use clap::Args as ClapArgs;
use mpp_core::{Caller, Error, Result};
use tokio_util::sync::CancellationToken;

pub use self::services::newest_commit;
use self::{ports::Ports, services::SuiteParts};
use crate::{
    client::{Client, Context},
    demo,
    keys::Keys,
    policy::Policies,
    program::{path_word, program},
    stop::until_stopped,
};

#[derive(ClapArgs)]
pub struct UpArgs {
    /// Sync sample ministries in.
    #[arg(long)]
    pub demo: bool,
    /// The folder that everything is kept in.
    #[arg(long, env = "MPP_DATA", default_value = "mpp-data", value_name = "DIR")]
    pub data: PathBuf,
    /// Run as if it were this time: 2026-03-02 (10:00 in Jakarta) or 2026-03-02T10:00:00+07:00.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The services' settings (TOML); `mpp policy` prints all of them with their reasons.
    #[arg(long, env = "MPP_POLICY_FILE", value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// This machine's clock is right, although records in the folder are dated later than it.
    #[arg(long, env = "MPP_CLOCK_IS_RIGHT", conflicts_with = "at")]
    pub clock_is_right: bool,
    /// First of the ports: page, registry, scheduling, reporting follow each other, their health
    /// ports ten above. 0: any that are free.
    #[arg(long, env = "MPP_PORT", default_value_t = 7400)]
    pub port: u16,
    /// How many days its tokens hold; every start makes new ones.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
    pub token_days: u16,
}

pub async fn run(args: UpArgs) -> Result<()> {
    let begun = Instant::now();
    let _telemetry = telemetry()?;
    let shutdown = until_stopped()?;
    let policies = Policies::load(args.policy.as_deref())?;
    let data = std::path::absolute(&args.data).map_err(Error::internal)?;
    let keys = Keys::open(&data, Duration::from_secs(u64::from(args.token_days) * 24 * 3600))?;
    let ports = Ports::bind(args.port).await?;
    let clock = clock::of(&args, &data).await?;

    let context = ports.context(&keys)?;
    let shared = SuiteParts {
        data: &data,
        demo: args.demo,
        clock: &clock,
        keys: &keys,
        context: &context,
        policies: &policies,
    };
    let serving = services::start(&shared, ports, &shutdown).await?;
    context.save(&data)?;
    let missing = services::missing(&serving, &shutdown).await;
    greet(&context, &data, begun.elapsed(), &missing);

    let outcome = tokio::select! {
        // Nothing that Ctrl-C breaks off is told as held up.
        biased;
        () = shutdown.cancelled() => Ok(()),
        outcome = until_the_end(&args, &shared, &shutdown) => outcome,
    };
    // A failure of the demo ends the servers, too.
    shutdown.cancel();
    say!("\nDraining …");
    services::finish(serving).await?;
    outcome
}

async fn until_the_end(
    args: &UpArgs,
    shared: &SuiteParts<'_>,
    shutdown: &CancellationToken,
) -> Result<()> {
    if args.demo {
        show_demo(shared, args.port, shutdown).await?;
    }
    print_next(shared.context, shared.data, args.demo);
    shutdown.cancelled().await;
    Ok(())
}

fn telemetry() -> Result<mpp_telemetry::Guard> {
    mpp_telemetry::init(mpp_telemetry::Config {
        service: "up".into(),
        instance: "1".into(),
        otlp_endpoint: None,
        log_format: mpp_telemetry::LogFormat::Text,
        filter: std::env::var("MPP_LOG").unwrap_or_else(|_| "warn".into()),
    })
    .map_err(Error::internal)
}

fn greet(context: &Context, data: &Path, took: Duration, missing: &[String]) {
    let begin = if missing.is_empty() { "Serving" } else { "Not serving all" };
    say!("{begin} after {} ms, {}; data in {}", took.as_millis(), memory(), data.display());
    missing.iter().for_each(|missing| say!("  missing: {missing}"));
    say!(
        "  registry    {}\n  scheduling  {}\n  reporting   {}",
        context.registry,
        context.scheduling,
        context.reporting
    );
    say!("  page        {}  (English: {0}/en)", context.page);
}

/// Resident memory, as the kernel counts it.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 =
        resident.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
    format!("{} MB of memory", kib / 1024)
}

async fn show_demo(shared: &SuiteParts<'_>, port: u16, shutdown: &CancellationToken) -> Result<()> {
    let SuiteParts { data, keys, context, .. } = shared;
    let mint = |file: &str, caller: Caller| keys.token(file, &caller);
    let tokens = demo::Tokens { registry: context.registry.clone(), mint: &mint };
    let api = if port == 0 { 0 } else { port.saturating_add(4) };
    let ministries = demo::lay_out(data, &tokens, api, shutdown).await?;
    demo::run(data, &Client::of(context), &ministries, shutdown).await
}

/// Says which other services commands from here would reach, if any, and how to reach these.
fn point_here(context: &Context, data: &Path) {
    let own = data.join("context.json");
    match Context::current() {
        Some((_, current)) if current.is_same(context) => {}
        Some((path, current)) => {
            say!("  export MPP_CONTEXT={}", path_word(&own));
            say!(
                "Without that line commands reach {} (by {}, which was left as it is).",
                current.registry,
                path.display()
            );
        }
        None => say!("  export MPP_CONTEXT={}", path_word(&own)),
    }
}

fn print_next(context: &Context, data: &Path, demo: bool) {
    let mpp = program();
    say!("\nNext, in another terminal:");
    point_here(context, data);
    if demo {
        say!("  {mpp} search \"kalau ktp hilang gimana\"");
        say!("  {mpp} search \"biaya paspor\" --near -6.2,106.8");
        say!("  {mpp} steps lifeEvents/kelahiran --mall malls/banyuwangi");
        say!("  {mpp} hours malls/banyuwangi/counters/dukcapil");
        say!("  {mpp} deviations malls/banyuwangi");
        say!(
            "  {mpp} book malls/banyuwangi/counters/dukcapil/offerings/ktp-el-hilang --nik 3510014107900001"
        );
        say!("  {mpp} list sources");
        say!("  {mpp} agent problems {}", path_word(&data.join("demo/madiun.toml")));
    }
    say!("  {mpp} report");
    say!("  {mpp} doctor");
    say!("The page: {}   Ctrl-C ends.", context.page);
}
