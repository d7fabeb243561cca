//! `mpp up`: every service in one process, on SQLite, over the same ports, tokens and streams as in
//! three processes.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use clap::Args as ClapArgs;
use mpp_core::{Caller, Clock, Error, Micros, Result, Role};
use mpp_rpc::{Endpoint, HttpLimits, TokenSource};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    client::{Client, Context},
    demo,
    keys::{self, Keys},
    output::program,
    policy::Policies,
    serve::{self, Started, bind},
    stop::until_stopped,
};

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
    /// The services' settings (TOML); `mpp policy` prints what can be set, and why.
    #[arg(long, env = "MPP_POLICY_FILE", value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// First of the ports: page, registry, scheduling, reporting follow each other, their health
    /// ports ten above. 0: any that are free.
    #[arg(long, env = "MPP_PORT", default_value_t = 7400)]
    pub port: u16,
}

pub async fn run(args: UpArgs) -> Result<()> {
    let begun = Instant::now();
    let _telemetry = mpp_telemetry::init(mpp_telemetry::Config {
        service: "up".into(),
        instance: "1".into(),
        otlp_endpoint: None,
        log_format: mpp_telemetry::LogFormat::Text,
        filter: std::env::var("MPP_LOG").unwrap_or_else(|_| "warn".into()),
    })
    .map_err(Error::internal)?;
    let shutdown = until_stopped()?;
    let policies = Policies::load(args.policy.as_deref())?;
    let clock = clock(&args)?;
    let data = std::path::absolute(&args.data).map_err(Error::internal)?;
    let keys = Keys::open(&data)?;
    let ports = Ports::bind(args.port).await?;

    let context = ports.context(&keys)?;
    let ground = Ground {
        data: &data,
        demo: args.demo,
        clock: &clock,
        keys: &keys,
        context: &context,
        policies: &policies,
    };
    let serving = start(&ground, ports, &shutdown).await?;
    context.save(&data)?;
    greet(&context, &data, begun.elapsed());

    let stopped = async {
        if args.demo {
            show_demo(&data, &keys, &context, args.port, &shutdown).await?;
        }
        print_next(&context, args.demo);
        shutdown.cancelled().await;
        Ok(())
    };
    let outcome = tokio::select! {
        outcome = stopped => outcome,
        () = shutdown.cancelled() => Ok(()),
    };
    // A failure of the demo ends the servers, too.
    shutdown.cancel();
    println!("\nDraining …");
    finish(serving).await?;
    outcome
}

/// The clock: now, the time that was asked for, or for a demo by night the next working morning.
fn clock(args: &UpArgs) -> Result<Clock> {
    let now = Clock::system();
    let start = match &args.at {
        Some(text) => Some(time(text)?),
        None if args.demo => demo::start_of_demo(now.now()),
        None => None,
    };
    let Some(start) = start else { return Ok(now) };
    let shown = jiff::Timestamp::from_microsecond(start).map_err(Error::internal)?;
    let why =
        if args.at.is_some() { "as asked" } else { "so that malls of all three zones are open" };
    println!("The clock starts at {shown} ({why}).");
    Ok(Clock::starting_at(start))
}

/// A time with its zone, or a date for 10:00 in Jakarta.
fn time(text: &str) -> Result<Micros> {
    let whole = if text.contains('T') { text.to_owned() } else { format!("{text}T10:00:00+07:00") };
    let parsed: jiff::Timestamp = whole.parse().map_err(|_| {
        let text = format!("'{text}' is not a time; write 2026-03-02 or 2026-03-02T10:00:00+07:00");
        Error::field("at", "TIME", text)
    })?;
    Ok(parsed.as_microsecond())
}

/// Bound ports: the page, then each service with its health port.
struct Ports {
    page: TcpListener,
    grpc: [TcpListener; 3],
    health: [TcpListener; 3],
}

const NAMES: [&str; 3] = ["registry", "scheduling", "reporting"];

impl Ports {
    async fn bind(first: u16) -> Result<Self> {
        let at = |offset: u16| {
            let port = if first == 0 { 0 } else { first.saturating_add(offset) };
            bind(SocketAddr::from(([127, 0, 0, 1], port)))
        };
        Ok(Self {
            page: at(0).await?,
            grpc: [at(1).await?, at(2).await?, at(3).await?],
            health: [at(11).await?, at(12).await?, at(13).await?],
        })
    }

    fn context(&self, keys: &Keys) -> Result<Context> {
        let address = |listener: &TcpListener| {
            listener
                .local_addr()
                .map(|address| format!("http://{address}"))
                .map_err(Error::internal)
        };
        let mut tokens = BTreeMap::new();
        for (role, caller) in keys::callers() {
            tokens.insert(role.to_owned(), keys.token(role, &caller)?);
        }
        let mut health = BTreeMap::new();
        for (name, listener) in NAMES.iter().zip(&self.health) {
            health.insert((*name).to_owned(), address(listener)?);
        }
        Ok(Context {
            registry: address(&self.grpc[0])?,
            scheduling: address(&self.grpc[1])?,
            reporting: address(&self.grpc[2])?,
            health,
            page: address(&self.page)?,
            tokens,
            signing_key: keys.folder.join("signing.pem"),
        })
    }
}

/// What every service of this process shares.
struct Ground<'a> {
    data: &'a Path,
    demo: bool,
    clock: &'a Clock,
    keys: &'a Keys,
    context: &'a Context,
    policies: &'a Policies,
}

impl Ground<'_> {
    async fn database(&self, name: &str, schema: &mpp_store::Schema) -> Result<mpp_store::Options> {
        let options = mpp_store::Options {
            url: format!("sqlite:{}", self.data.join(format!("{name}.db")).display()),
            max_connections: 8,
            clock: self.clock.clone(),
        };
        mpp_store::migrate(&options, schema).await?;
        Ok(options)
    }

    /// A service as `caller`, another one, calls it.
    fn upstream(&self, address: &str, caller: &str, role: Role) -> Result<Endpoint> {
        let caller_is = Caller {
            subject: format!("services/{caller}"),
            roles: vec![role],
            namespaces: Vec::new(),
        };
        let token = self.keys.token(&format!("service-{caller}"), &caller_is)?;
        Ok(Endpoint {
            address: address.to_owned(),
            token: Some(TokenSource::File(token)),
            tls: None,
        })
    }

    async fn registry(&self, ended: &CancellationToken) -> Result<Started> {
        let database = self.database("registry", &mpp_registry::SCHEMA).await?;
        serve::registry(database, self.policies.registry.clone(), ended).await
    }

    async fn scheduling(&self, ended: &CancellationToken) -> Result<Started> {
        let options = mpp_scheduling::Options {
            database: self.database("scheduling", &mpp_scheduling::SCHEMA).await?,
            feed: mpp_store::FeedOptions::default(),
            upstream: self.upstream(&self.context.registry, "scheduling", Role::Service)?,
            applicant_keys: self.keys.applicant_keys()?,
            policy: self.policies.scheduling.clone(),
        };
        serve::scheduling(options, ended).await
    }

    async fn reporting(&self, ended: &CancellationToken) -> Result<Started> {
        let database = self.database("reporting", &mpp_reporting::SCHEMA).await?;
        let registry = self.upstream(&self.context.registry, "reporting", Role::Service)?;
        let scheduling = self.upstream(&self.context.scheduling, "reporting", Role::Service)?;
        let options = mpp_reporting::Options {
            // What a demo has left stays made up, however this folder is started later.
            sample_data: self.demo || self.data.join("demo").exists(),
            policy: self.policies.reporting.clone(),
            ..mpp_reporting::Options::new(database, registry, scheduling)
        };
        serve::reporting(options, ended).await
    }

    /// The pages, which read as anybody may.
    fn web(&self, ended: &CancellationToken) -> Result<mpp_web::Running> {
        let options = mpp_web::Options {
            registry: self.upstream(&self.context.registry, "web", Role::Reader)?,
            scheduling: self.upstream(&self.context.scheduling, "web", Role::Reader)?,
            reporting: self.upstream(&self.context.reporting, "web", Role::Reader)?,
            clock: self.clock.clone(),
            policy: self.policies.web.clone(),
        };
        mpp_web::start(options, ended.clone())
    }
}

/// A running service, and how it is told to end.
struct Serving {
    /// Begins its drain.
    shutdown: CancellationToken,
    /// Ends what runs beside, once the last call was answered.
    ended: CancellationToken,
    task: JoinHandle<Result<()>>,
}

/// Starts the services in the order in which they follow each other.
async fn start(
    ground: &Ground<'_>,
    ports: Ports,
    shutdown: &CancellationToken,
) -> Result<Vec<Serving>> {
    let ended: [CancellationToken; 3] = Default::default();
    let started = [
        ground.registry(&ended[0]).await?,
        ground.scheduling(&ended[1]).await?,
        ground.reporting(&ended[2]).await?,
    ];
    // The pages end with the shutdown, before what they show.
    let web = ground.web(shutdown)?;
    let (page, told) = (ports.page, shutdown.clone());
    tokio::spawn(async move {
        let _tasks = web.tasks;
        mpp_rpc::serve_http(page, web.router, HttpLimits::page(), told).await;
    });
    let mut serving = Vec::new();
    let listeners = ports.grpc.into_iter().zip(ports.health);
    for ((service, ended), (grpc, health)) in started.into_iter().zip(ended).zip(listeners) {
        let shell = serve::loopback_shell(ground.keys.verifier()?);
        let shutdown = CancellationToken::new();
        let told = shutdown.clone();
        let task = tokio::spawn(async move {
            let _tasks = service.tasks;
            mpp_rpc::serve(shell, service.routes, service.readiness, grpc, health, told).await
        });
        serving.push(Serving { shutdown, ended, task });
    }
    Ok(serving)
}

/// Ends the services one after another, followers first, so that none sees another go.
async fn finish(serving: Vec<Serving>) -> Result<()> {
    let mut outcome = Ok(());
    for service in serving.into_iter().rev() {
        service.shutdown.cancel();
        outcome = outcome.and(service.task.await.map_err(Error::internal)?);
        service.ended.cancel();
    }
    outcome
}

fn greet(context: &Context, data: &Path, took: Duration) {
    println!("Serving after {} ms, {}; data in {}", took.as_millis(), memory(), data.display());
    println!(
        "  registry    {}\n  scheduling  {}\n  reporting   {}",
        context.registry, context.scheduling, context.reporting
    );
    println!("  page        {}  (English: {0}/en)", context.page);
}

/// Resident memory, as the kernel counts it.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 =
        resident.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
    format!("{} MB of memory", kib / 1024)
}

async fn show_demo(
    data: &Path,
    keys: &Keys,
    context: &Context,
    port: u16,
    shutdown: &CancellationToken,
) -> Result<()> {
    let mint = |file: &str, caller: Caller| keys.token(file, &caller);
    let tokens = demo::Tokens { registry: context.registry.clone(), mint: &mint };
    let api = if port == 0 { 0 } else { port.saturating_add(4) };
    let ministries = demo::lay_out(data, &tokens, api, shutdown).await?;
    demo::run(data, &Client::of(context), &ministries, shutdown).await
}

fn print_next(context: &Context, demo: bool) {
    let mpp = program();
    println!("\nNext, in another terminal:");
    if demo {
        println!("  {mpp} search \"kalau ktp hilang gimana\"");
        println!("  {mpp} search \"biaya paspor\" --near -6.2,106.8");
        println!("  {mpp} hours malls/banyuwangi/counters/dukcapil");
        println!("  {mpp} deviations malls/banyuwangi");
        println!(
            "  {mpp} book malls/banyuwangi/counters/dukcapil/offerings/ktp-el-hilang --nik 3510012345678901"
        );
        println!("  {mpp} list sources");
    }
    println!("  {mpp} report");
    println!("  {mpp} doctor");
    println!("The page: {}   Ctrl-C ends.", context.page);
}
