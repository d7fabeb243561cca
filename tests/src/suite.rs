//! Three services in three processes, with their databases, and the pages over them in a fourth.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use mpp_client::{Channel, ClientTls, Endpoint, TokenSource, connect};
use mpp_testkit::{Backend, TestDatabase, database, free_port};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    PATIENCE,
    cluster::Cluster,
    desk::Desk,
    eventually, http,
    keys::{Keys, REPORTING, SCHEDULING, Who},
    process::{Process, Signal},
    program::{self, Said, command_of},
    service::Service,
    tls::{Authority, Identity},
};

mod web;

/// The ways in which a suite may differ from the usual one.
#[derive(Default)]
pub struct Setup<'a> {
    /// Serve with TLS; services know each other by their certificates, not by tokens.
    pub authority: Option<&'a Authority>,
    /// A server for the databases, instead of the test server.
    pub cluster: Option<&'a Cluster>,
    /// Let one caller call as often as it can: a load is one.
    pub any_rate: bool,
}

/// The suite; its processes and databases end with this value.
pub struct Suite {
    /// One for each service, in the order of [`Service::ALL`].
    services: [Served; 3],
    web: Web,
    program: PathBuf,
    /// The key and the tokens.
    pub keys: Keys,
    tls: Option<(PathBuf, [Identity; 3])>,
    registry_seen_at: Option<String>,
    any_rate: bool,
    /// PostgreSQL's are dropped after the processes have ended.
    _databases: Vec<TestDatabase>,
    home: TempDir,
}

/// A process with the places that it keeps over restarts.
struct Served {
    process: Option<Process>,
    url: String,
    grpc: u16,
    health: u16,
}

/// The process that serves the pages.
struct Web {
    process: Option<Process>,
    pages: u16,
    health: u16,
}

impl Suite {
    /// The usual suite, ready.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, Setup::default()).await
    }

    /// A suite, ready.
    pub async fn start_with(backend: Backend, setup: Setup<'_>) -> Self {
        let mut suite = Self::prepare(backend, setup).await;
        suite.run_all().await;
        suite
    }

    /// Migrates all databases, starts all services, and waits until they are ready.
    pub async fn run_all(&mut self) {
        for service in Service::ALL {
            self.migrate(service).await.succeeded();
        }
        Service::ALL.into_iter().for_each(|service| self.launch(service));
        for service in Service::ALL {
            self.ready(service).await;
        }
        self.launch_web();
        self.web_ready().await;
    }

    /// Lets scheduling and reporting know the registry by another address: a proxy's.
    pub fn see_registry_at(&mut self, address: String) {
        self.registry_seen_at = Some(address);
    }

    /// Keys, ports and empty databases; nothing runs yet.
    pub async fn prepare(backend: Backend, setup: Setup<'_>) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let keys = Keys::make(home.path()).await;
        let mut databases = Vec::new();
        let mut services = Vec::new();
        for service in Service::ALL {
            let url = match setup.cluster {
                Some(cluster) => cluster.database(service.name()).await,
                None => {
                    databases.push(database(backend).await);
                    databases[databases.len() - 1].url().to_owned()
                }
            };
            let (grpc, health) = (free_port(), free_port());
            services.push(Served { process: None, url, grpc, health });
        }
        let tls = setup.authority.map(|authority| {
            let identities =
                Service::ALL.map(|service| authority.issue(&format!("service/{}", service.name())));
            (authority.certificate(), identities)
        });
        let services = services.try_into().unwrap_or_else(|_| unreachable!("there are three"));
        let web = Web { process: None, pages: free_port(), health: free_port() };
        Self {
            services,
            web,
            program: program::path(),
            keys,
            tls,
            registry_seen_at: None,
            any_rate: setup.any_rate,
            _databases: databases,
            home,
        }
    }

    /// The folder in which commands run.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The URL of a service's database.
    pub fn database(&self, service: Service) -> &str {
        &self.of(service).url
    }

    /// Runs everything that begins from now on by another binary, such as an older release's.
    pub fn use_program(&mut self, program: &Path) {
        program.clone_into(&mut self.program);
    }

    /// Lets a service reach its database by another address: a pooler's.
    pub fn reach_database_at(&mut self, service: Service, url: String) {
        self.services[service as usize].url = url;
    }

    /// Runs `mpp migrate`.
    pub async fn migrate(&self, service: Service) -> Said {
        let mut migrate = command_of(&self.program, self.home());
        migrate.args(["migrate", service.name()]).env("MPP_DATABASE_URL", self.database(service));
        Said::by(migrate).await
    }

    /// Starts a service, and does not wait for it.
    pub fn launch(&mut self, service: Service) {
        let serve = self.serve(service);
        self.launch_by(service, serve);
    }

    /// Like [`Suite::launch`], by a command that [`Suite::serve`] gave.
    pub fn launch_by(&mut self, service: Service, serve: Command) {
        let log = self.home().join(format!("{}.log", service.name()));
        let process = Process::start(service.name(), serve, &log);
        self.services[service as usize].process = Some(process);
    }

    /// `mpp serve`, as this suite would start it.
    pub fn serve(&self, service: Service) -> Command {
        let of = self.of(service);
        let local = |port: u16| format!("127.0.0.1:{port}");
        let registry =
            self.registry_seen_at.clone().unwrap_or_else(|| self.address(Service::Registry));
        let mut serve = command_of(&self.program, self.home());
        serve
            .args(["serve", service.name()])
            .env("MPP_DATABASE_URL", &of.url)
            .env("MPP_LISTEN", local(of.grpc))
            .env("MPP_HEALTH_LISTEN", local(of.health))
            .env("MPP_JWKS_FILE", self.keys.jwks())
            .env("MPP_APPLICANT_KEYS_FILE", self.keys.applicants())
            .env("MPP_REGISTRY_ADDRESS", registry)
            .env("MPP_SCHEDULING_ADDRESS", self.address(Service::Scheduling))
            .env("MPP_DRAIN_PAUSE_MILLIS", "200");
        if self.any_rate {
            for class in ["READS", "WRITES", "STREAMS"] {
                serve.env(format!("MPP_{class}_PER_MINUTE"), "0");
            }
        }
        match &self.tls {
            None => {
                let who = if service == Service::Reporting { REPORTING } else { SCHEDULING };
                serve.env("MPP_TOKEN_FILE", self.keys.token(who));
            }
            Some((authority, identities)) => {
                let own = &identities[service as usize];
                serve
                    .env("MPP_TLS_CERT", &own.certificate)
                    .env("MPP_TLS_KEY", &own.key)
                    .env("MPP_TLS_CA", authority)
                    .env("MPP_TLS_CLIENT_CA", authority);
            }
        }
        serve
    }

    /// Waits until a service says that it is ready.
    ///
    /// # Panics
    /// If it ends instead, or does not get ready.
    pub async fn ready(&mut self, service: Service) {
        let what = format!("{} is ready", service.name());
        let url = self.health(service, "readyz");
        let process = self.process(service);
        eventually(PATIENCE, &what, async || {
            if let Some(status) = process.ended() {
                panic!("{} ended with {status}", service.name());
            }
            match http::get(&url).await? {
                (200, _) => Ok(()),
                (status, body) => Err(format!("{status}: {body}")),
            }
        })
        .await;
    }

    /// Kills a service at once, with nothing put in order.
    pub async fn kill(&mut self, service: Service) {
        self.process(service).kill().await;
    }

    /// Tells a service to end, waits until it has, and checks that it calls that a success.
    pub async fn stop(&mut self, service: Service) {
        let process = self.process(service);
        process.signal(Signal::Terminate).await;
        let status = process.end_within(PATIENCE).await;
        assert!(status.success(), "{} was told to end and ended with {status}", service.name());
    }

    /// The process of a service.
    ///
    /// # Panics
    /// If it was never started.
    pub fn process(&mut self, service: Service) -> &mut Process {
        self.services[service as usize].process.as_mut().expect("a service that was started")
    }

    /// The address at which a service answers gRPC.
    pub fn address(&self, service: Service) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.of(service).grpc)
    }

    /// The same, for a proxy before it.
    pub fn socket(&self, service: Service) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.of(service).grpc))
    }

    /// A path on a service's health port.
    pub fn health(&self, service: Service, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.of(service).health)
    }

    /// A path of the pages.
    pub fn page(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.web.pages)
    }

    /// How `who` calls a service by a token.
    pub fn endpoint(&self, service: Service, who: Who) -> Endpoint {
        let tls =
            self.tls.as_ref().map(|(ca, _)| ClientTls { ca: ca.clone(), ..ClientTls::default() });
        Endpoint {
            address: self.address(service),
            token: Some(TokenSource::File(self.keys.token(who))),
            tls,
        }
    }

    /// A channel of its own; hand it to a generated client.
    pub fn channel(&self, service: Service, who: Who) -> Channel {
        connect(&self.endpoint(service, who)).expect("an endpoint")
    }

    /// The settings with which `who` gives commands.
    pub fn desk(&self, who: Who) -> Desk {
        let mut settings = vec![
            ("MPP_REGISTRY_ADDRESS", self.address(Service::Registry).into()),
            ("MPP_SCHEDULING_ADDRESS", self.address(Service::Scheduling).into()),
            ("MPP_REPORTING_ADDRESS", self.address(Service::Reporting).into()),
            ("MPP_TOKEN_FILE", self.keys.token(who).into()),
        ];
        if let Some((authority, _)) = &self.tls {
            settings.push(("MPP_TLS_CA", authority.into()));
        }
        Desk { program: self.program.clone(), home: self.home().to_owned(), settings }
    }

    /// A client command that `who` gives.
    pub fn command(&self, who: Who, args: &[&str]) -> Command {
        self.desk(who).command(args)
    }

    /// Runs a client command that `who` gives.
    pub async fn run(&self, who: Who, args: &[&str]) -> Said {
        Said::by(self.command(who, args)).await
    }

    /// Everything that a service has logged, over all its lives.
    pub fn log(&mut self, service: Service) -> String {
        self.process(service).log()
    }

    fn of(&self, service: Service) -> &Served {
        &self.services[service as usize]
    }
}
