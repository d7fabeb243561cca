//! `mpp up`: every service in one process, on SQLite, over the same ports, tokens and streams as in
//! three processes.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use mpp_core::{Caller, Clock, Error, Micros, Result, Role};
use mpp_rpc::{
    Endpoint, TokenSource, Verifier,
    jwt::{self, Jwks, SigningKey},
};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    args::UpArgs,
    command::until_stopped,
    context::Context,
    demo,
    serve::{self, Started, bind, serve_page},
};

/// How long a token of `mpp up` holds; it makes new ones with every start.
const TOKEN_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

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
    let clock = clock(&args)?;
    let data = std::path::absolute(&args.data).map_err(Error::internal)?;
    let keys = Keys::open(&data)?;
    let ports = Ports::bind(args.port).await?;

    let ended = CancellationToken::new();
    let _ended = ended.clone().drop_guard();
    let context = ports.context(&keys)?;
    let serving = start(&data, &clock, &keys, ports, &context, &shutdown, &ended).await?;
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
    let why = if args.at.is_some() {
        "as asked"
    } else {
        "malls are closed now"
    };
    println!("The clock starts at {shown} ({why}).");
    Ok(Clock::starting_at(start))
}

/// A time with its zone, or a date for 10:00 in Jakarta.
fn time(text: &str) -> Result<Micros> {
    let whole = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T10:00:00+07:00")
    };
    let parsed: jiff::Timestamp = whole.parse().map_err(|_| {
        let text = format!("'{text}' is not a time; write 2026-03-02 or 2026-03-02T10:00:00+07:00");
        Error::field("at", "TIME", text)
    })?;
    Ok(parsed.as_microsecond())
}

/// The key of this data folder, and the tokens that it signs.
struct Keys {
    folder: PathBuf,
    signing: SigningKey,
}

impl Keys {
    fn open(data: &Path) -> Result<Self> {
        let folder = data.join("keys");
        fs::create_dir_all(&folder).map_err(|error| {
            let text = format!(
                "{} cannot be made: {error}; name another folder with --data",
                folder.display()
            );
            Error::field("data", "UNWRITABLE", text)
        })?;
        let path = folder.join("signing.pem");
        let signing = if path.exists() {
            SigningKey::load(&path)?
        } else {
            let key = SigningKey::generate()?;
            key.save(&path)?;
            key
        };
        Jwks::write(&folder.join("jwks.json"), &[signing.public()])?;
        Ok(Self { folder, signing })
    }

    /// Tokens are checked by the system's clock, whatever time the services stand at.
    fn verifier(&self) -> Result<Verifier> {
        Ok(Verifier::new(
            Jwks::load(self.folder.join("jwks.json"))?,
            Clock::system(),
        ))
    }

    fn token(&self, file: &str, caller: &Caller) -> Result<PathBuf> {
        let path = self.folder.join(format!("{file}.jwt"));
        let token = jwt::mint(&self.signing, caller, TOKEN_LIFE, Clock::system().now());
        write_private(&path, &token)?;
        Ok(path)
    }

    /// The key that applicants are hashed with; kept, so that a restart knows them again.
    fn applicant_keys(&self) -> Result<Vec<(String, Vec<u8>)>> {
        let path = self.folder.join("applicants.key");
        let key = match fs::read(&path) {
            Ok(key) if key.len() == 32 => key,
            _ => {
                let halves = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
                let fresh: Vec<u8> = halves.iter().flat_map(|half| *half.as_bytes()).collect();
                fs::write(&path, &fresh).map_err(Error::internal)?;
                fresh
            }
        };
        Ok(vec![("up".into(), key)])
    }
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut options = fs::OpenOptions::new();
    let file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(Error::internal)
}

/// Every role with the namespaces of a demo's officer.
fn callers() -> Vec<(&'static str, Caller)> {
    let of = |role: Role, subject: &str, namespaces: &[&str]| {
        let namespaces = namespaces.iter().map(|name| (*name).to_owned()).collect();
        (
            role.as_str(),
            Caller {
                subject: subject.to_owned(),
                roles: vec![role],
                namespaces,
            },
        )
    };
    vec![
        of(Role::Administrator, "users/administrator", &[]),
        of(Role::Reader, "users/reader", &[]),
        of(
            Role::Publisher,
            "units/kemendagri",
            &["units/kemendagri", "sources/kemendagri"],
        ),
        of(Role::UnitOfficer, "units/kemendagri", &["units/kemendagri"]),
        of(
            Role::CounterOfficer,
            "users/dukcapil-banyuwangi",
            &["malls/banyuwangi/counters/dukcapil"],
        ),
        of(
            Role::Organiser,
            "units/dpmptsp-banyuwangi",
            &["malls/banyuwangi", "units/dpmptsp-banyuwangi"],
        ),
        of(Role::ProvincialObserver, "users/observer", &["regions/35"]),
        of(Role::Verifier, "users/verifier", &[]),
        of(Role::Auditor, "users/auditor", &[]),
    ]
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
            let port = if first == 0 {
                0
            } else {
                first.saturating_add(offset)
            };
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
        for (role, caller) in callers() {
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

type Serving = JoinSet<Result<()>>;

#[allow(clippy::too_many_arguments)]
async fn start(
    data: &Path,
    clock: &Clock,
    keys: &Keys,
    ports: Ports,
    context: &Context,
    shutdown: &CancellationToken,
    ended: &CancellationToken,
) -> Result<Serving> {
    let database = |name: &str| mpp_store::Options {
        url: format!("sqlite:{}", data.join(format!("{name}.db")).display()),
        max_connections: 8,
        clock: clock.clone(),
    };
    for (name, schema) in NAMES.iter().zip([
        &mpp_registry::SCHEMA,
        &mpp_scheduling::SCHEMA,
        &mpp_reporting::SCHEMA,
    ]) {
        mpp_store::migrate(&database(name), schema).await?;
    }
    let upstream = |address: &str, name: &str| -> Result<Endpoint> {
        let caller = Caller {
            subject: format!("services/{name}"),
            roles: vec![Role::Service],
            namespaces: Vec::new(),
        };
        let token = Some(TokenSource::File(
            keys.token(&format!("service-{name}"), &caller)?,
        ));
        Ok(Endpoint {
            address: address.to_owned(),
            token,
            tls: None,
        })
    };
    let registry = serve::registry(database("registry"), ended).await?;
    let scheduling = serve::scheduling(
        database("scheduling"),
        upstream(&context.registry, "scheduling")?,
        keys.applicant_keys()?,
        ended,
    )
    .await?;
    let mut reporting = serve::reporting(
        database("reporting"),
        upstream(&context.registry, "reporting")?,
        upstream(&context.scheduling, "reporting")?,
        ended,
    )
    .await?;
    if let Some(page) = reporting.page.take() {
        tokio::spawn(serve_page(ports.page, page, shutdown.clone()));
    }
    let mut serving = JoinSet::new();
    let started: [Started; 3] = [registry, scheduling, reporting];
    for ((service, grpc), health) in started.into_iter().zip(ports.grpc).zip(ports.health) {
        let shell = serve::loopback_shell(keys.verifier()?);
        let shutdown = shutdown.clone();
        serving.spawn(async move {
            let _tasks = service.tasks;
            mpp_rpc::serve(
                shell,
                service.routes,
                service.readiness,
                grpc,
                health,
                shutdown,
            )
            .await
        });
    }
    Ok(serving)
}

async fn finish(mut serving: Serving) -> Result<()> {
    let mut outcome = Ok(());
    while let Some(ended) = serving.join_next().await {
        outcome = outcome.and(ended.map_err(Error::internal)?);
    }
    outcome
}

fn greet(context: &Context, data: &Path, took: Duration) {
    println!(
        "Serving after {} ms, {}; data in {}",
        took.as_millis(),
        memory(),
        data.display()
    );
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
    let kib: u64 = resident
        .and_then(|text| text.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0);
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
    let tokens = demo::Tokens {
        registry: context.registry.clone(),
        mint: &mint,
    };
    let api = if port == 0 { 0 } else { port.saturating_add(4) };
    let ministries = demo::ministries(data, &tokens, api, shutdown).await?;
    let administrator = |address: &str| Endpoint {
        address: address.to_owned(),
        token: context
            .tokens
            .get("administrator")
            .cloned()
            .map(TokenSource::File),
        tls: None,
    };
    let services = demo::Services {
        registry: administrator(&context.registry),
        scheduling: administrator(&context.scheduling),
    };
    demo::run(data, &services, &ministries, shutdown).await
}

/// How this program was called, so that what is printed can be run as printed.
fn program() -> String {
    let exe = std::env::current_exe().unwrap_or_default();
    let here = std::env::current_dir().unwrap_or_default();
    match exe.strip_prefix(&here) {
        Ok(relative) => relative.display().to_string(),
        Err(_) => exe.display().to_string(),
    }
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
        println!("  {mpp} source list");
    }
    println!("  {mpp} report");
    println!("  {mpp} doctor");
    println!("The page: {}   Ctrl-C ends.", context.page);
}
