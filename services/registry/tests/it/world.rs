//! A served registry, callers of every kind, and the mall of Banyuwangi.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use mpp_api::{
    registry::{
        AcceptOfferingRequest, CreateWindowRequest, Offering, Window,
        catalog_service_client::CatalogServiceClient,
        directory_service_client::DirectoryServiceClient,
        search_service_client::SearchServiceClient, standard_service_client::StandardServiceClient,
        unit::Kind,
    },
    sync::sync_service_client::SyncServiceClient,
};
use mpp_client::{Channel, ClientError, Endpoint, TokenSource, connect, error_of};
use mpp_core::{Caller, Clock, Micros, Reason, Role};
use mpp_registry::{Options, Running};
use mpp_rpc::{
    Drain, Shell, Verifier,
    jwt::{self, Jwks, SigningKey},
};
use mpp_sync::Policy;
use mpp_testkit::TestDatabase;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tonic::Status;

pub use crate::given::{counter, fixed, mall, mall_in, service, text, unit};

/// 1 May 2026, noon in Jakarta.
pub const MAY_2026: Micros = 1_777_611_600_000_000;
/// A second, in the clock's unit.
pub const SECOND: Micros = 1_000_000;
/// How long a story waits for what has to come, on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(240);

pub const KEMENDAGRI: &str = "units/kemendagri";
pub const BKPM: &str = "units/bkpm";
pub const DUKCAPIL: &str = "units/dukcapil-banyuwangi";
pub const DPMPTSP: &str = "units/dpmptsp-banyuwangi";
pub const MALL: &str = "malls/banyuwangi";
pub const COUNTER: &str = "malls/banyuwangi/counters/dukcapil";
pub const KTP: &str = "units/kemendagri/services/ktp-el-baru";
pub const OFFERING: &str = "malls/banyuwangi/counters/dukcapil/offerings/ktp";
pub const SOURCE: &str = "sources/kemendagri";

/// A registry that serves.
pub struct World {
    pub running: Running,
    pub clock: Clock,
    pub address: SocketAddr,
    key: SigningKey,
    shutdown: CancellationToken,
    ended: CancellationToken,
    served: JoinHandle<mpp_core::Result<()>>,
    _keys: TempDir,
}

/// One caller's clients.
pub struct Clients {
    pub channel: Channel,
    pub directory: DirectoryServiceClient<Channel>,
    pub catalog: CatalogServiceClient<Channel>,
    pub search: SearchServiceClient<Channel>,
    pub standards: StandardServiceClient<Channel>,
    pub sync: SyncServiceClient<Channel>,
}

impl World {
    /// Serves an empty registry.
    pub async fn empty(database: &TestDatabase) -> Self {
        Self::at(database, Clock::stopped_at(MAY_2026)).await
    }

    pub async fn at(database: &TestDatabase, clock: Clock) -> Self {
        // Waiting records have stories of their own; elsewhere none is applied by itself.
        let quarantine_look_millis = 600_000;
        let policy = Policy { batch_records: 100, quarantine_look_millis, ..Policy::default() };
        Self::under(database, clock, policy).await
    }

    /// Serves an empty registry under another policy.
    pub async fn under(database: &TestDatabase, clock: Clock, policy: Policy) -> Self {
        // Stories that compare all tables of two moments may take longer than a minute.
        let quiet = mpp_registry::Policy { job_every_seconds: 3_600, ..Default::default() };
        let options = Options {
            migrate: true,
            sync: policy,
            policy: quiet,
            ..Options::new(database.options(clock.clone()))
        };
        let (shutdown, ended) = (CancellationToken::new(), CancellationToken::new());
        let running = mpp_registry::start(options, ended.clone()).await.expect("a registry");
        let keys = tempfile::tempdir().expect("a directory");
        let key = SigningKey::generate().expect("a key");
        Jwks::write(&keys.path().join("jwks.json"), &[key.public()]).expect("a key set");
        let known = Jwks::load(keys.path().join("jwks.json")).expect("the key set");
        let mut shell = Shell::new(Verifier::new(known, Clock::system()));
        shell.drain = Drain { pause: Duration::ZERO, wait: Duration::from_secs(5) };
        let grpc = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let health = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = grpc.local_addr().expect("an address");
        let served = tokio::spawn(mpp_rpc::serve(
            shell,
            running.routes.clone(),
            running.readiness.clone(),
            grpc,
            health,
            shutdown.clone(),
        ));
        let head = running.registry.db.read().await.expect("a snapshot").revision();
        let world = Self { running, clock, address, key, shutdown, ended, served, _keys: keys };
        world.shows(head).await;
        world
    }

    /// Returns once memory shows a revision. On a busy machine that takes longer than a call waits.
    pub async fn shows(&self, revision: i64) {
        let until = Instant::now() + PATIENCE;
        while let Err(error) = self.running.registry.memory.wait_for(revision).await {
            let waits = error.reason() == Reason::Unavailable && Instant::now() < until;
            assert!(waits, "memory does not show revision {revision}: {error:?}");
        }
    }

    /// The token of a caller with one role.
    pub fn token(&self, role: Role, namespaces: &[&str]) -> String {
        self.token_of(&[role], namespaces)
    }

    fn token_of(&self, roles: &[Role], namespaces: &[&str]) -> String {
        let caller = Caller {
            subject: format!("users/{}", roles[0].as_str()),
            roles: roles.to_vec(),
            namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
        };
        jwt::mint(&self.key, &caller, Duration::from_secs(600), Clock::system().now())
    }

    pub fn channel(&self, role: Role, namespaces: &[&str]) -> Channel {
        self.channel_of(&[role], namespaces)
    }

    pub fn channel_of(&self, roles: &[Role], namespaces: &[&str]) -> Channel {
        let address = format!("http://{}", self.address);
        let token = Some(TokenSource::Text(self.token_of(roles, namespaces)));
        connect(&Endpoint { address, token, tls: None }).expect("an endpoint")
    }

    /// A caller with one role.
    pub fn caller(&self, role: Role, namespaces: &[&str]) -> Clients {
        let channel = self.channel(role, namespaces);
        Clients {
            directory: DirectoryServiceClient::new(channel.clone()),
            catalog: CatalogServiceClient::new(channel.clone()),
            search: SearchServiceClient::new(channel.clone()),
            standards: StandardServiceClient::new(channel.clone()),
            sync: SyncServiceClient::new(channel.clone()),
            channel,
        }
    }

    pub fn admin(&self) -> Clients {
        self.caller(Role::Administrator, &[])
    }

    /// Serves a registry in which Banyuwangi's mall offers an identity card.
    pub async fn banyuwangi(database: &TestDatabase) -> Self {
        Self::empty(database).await.filled().await
    }

    async fn filled(self) -> Self {
        let world = self;
        let mut admin = world.admin();
        for (id, kind, parent) in [
            ("kemendagri", Kind::Ministry, ""),
            ("bkpm", Kind::Ministry, ""),
            ("pemkab-banyuwangi", Kind::LocalGovernment, ""),
            ("dpmptsp-banyuwangi", Kind::Office, "units/pemkab-banyuwangi"),
            ("dukcapil-banyuwangi", Kind::Office, "units/pemkab-banyuwangi"),
        ] {
            admin.create_unit(id, unit(id, kind, parent)).await.expect("a unit");
        }
        admin.create_mall("banyuwangi", mall()).await.expect("a mall");
        admin.create_counter(MALL, "dukcapil", counter(DUKCAPIL)).await.expect("a counter");
        let window = Window { display_name: text("Loket 1"), ..Window::default() };
        let request = CreateWindowRequest {
            parent: COUNTER.into(),
            window_id: "1".into(),
            window: Some(window),
            ..Default::default()
        };
        admin.directory.create_window(request).await.expect("a window");
        admin
            .create_service(KEMENDAGRI, "ktp-el-baru", service("KTP elektronik baru"))
            .await
            .expect("a service");
        admin
            .propose("ktp", Offering { service: KTP.into(), ..Offering::default() })
            .await
            .expect("an offering");
        let accept = AcceptOfferingRequest { name: OFFERING.into(), ..Default::default() };
        admin.catalog.accept_offering(accept).await.expect("accepted");
        world
    }

    /// Like [`World::banyuwangi`], with Kemendagri's source.
    pub async fn with_source(database: &TestDatabase) -> Self {
        Self::banyuwangi(database).await.sourced().await
    }

    /// Like [`World::with_source`], under another policy.
    pub async fn with_source_under(database: &TestDatabase, policy: Policy) -> Self {
        let world = Self::under(database, Clock::stopped_at(MAY_2026), policy).await;
        world.filled().await.sourced().await
    }

    async fn sourced(self) -> Self {
        self.admin().create_source("kemendagri", KEMENDAGRI).await.expect("a source");
        self
    }

    /// Begins to end it: what runs may come to its end.
    pub fn drains(&self) {
        self.shutdown.cancel();
    }

    /// Ends it as a process ends.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.served.await.expect("no panic").expect("a clean end");
        self.ended.cancel();
        self.running.registry.db.close().await;
    }
}

type Answer<T> = Result<T, Status>;

/// The text of a refusal.
pub fn refused<T: std::fmt::Debug>(answer: Answer<T>) -> ClientError {
    error_of(&answer.expect_err("a refusal"))
}

/// The stable reason of a refusal.
pub fn reason<T: std::fmt::Debug>(answer: Answer<T>) -> String {
    refused(answer).reason
}
