//! A server with a small service behind the shell, and callers of every kind.

use std::{net::SocketAddr, path::PathBuf, pin::Pin, sync::Arc, sync::LazyLock, time::Duration};

use futures::{Stream, StreamExt as _, stream};
use http::{HeaderMap, Request};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mpp_api::{
    feed::{self, feed_service_client::FeedServiceClient, feed_service_server},
    scheduling::{
        CallNextRequest, CallNextResponse, CompleteTicketRequest, CompleteTicketResponse,
        GetQueueRequest, GetQueueResponse, IssueTicketRequest, IssueTicketResponse,
        queue_service_client::QueueServiceClient, queue_service_server,
    },
};
use mpp_client::{Channel, Endpoint, TokenSource, connect};
use mpp_core::{Caller, Clock, Error, Result, Role};
use mpp_rpc::{
    Drain, Readiness, Shell, Verifier, caller, grant,
    jwt::{self, Jwks, SigningKey},
    status,
};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tonic::{Response, Status, service::Routes};

pub const NOON: i64 = 1_653_368_400_000_000;
pub const BANYUWANGI: &str = "malls/banyuwangi";

static TELEMETRY: LazyLock<mpp_telemetry::Guard> = LazyLock::new(|| {
    let config = mpp_telemetry::Config { filter: "off".into(), ..Default::default() };
    mpp_telemetry::init(config).expect("telemetry, once")
});

/// An issuer of tokens with its key set in a file.
pub struct Issuer {
    pub key: SigningKey,
    pub clock: Clock,
    dir: TempDir,
}

impl Issuer {
    pub fn new() -> Self {
        let issuer = Self {
            key: SigningKey::generate().expect("a key"),
            clock: Clock::stopped_at(NOON),
            dir: tempfile::tempdir().expect("a directory"),
        };
        issuer.publish(&[&issuer.key]);
        issuer
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("jwks.json")
    }

    pub fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<_> = keys.iter().map(|key| key.public()).collect();
        Jwks::write(&self.file(), &keys).expect("a key set");
    }

    pub fn verifier(&self) -> Verifier {
        Verifier::new(Jwks::load(self.file()).expect("the key set"), self.clock.clone())
    }

    pub fn token(&self, role: Role, namespaces: &[&str]) -> String {
        let caller = who(role, namespaces);
        jwt::mint(&self.key, &caller, Duration::from_secs(600), self.clock.now())
    }
}

pub fn who(role: Role, namespaces: &[&str]) -> Caller {
    Caller {
        subject: format!("users/{}", role.as_str()),
        roles: vec![role],
        namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// A served shell.
pub struct Server {
    pub issuer: Issuer,
    pub address: SocketAddr,
    pub health: SocketAddr,
    pub readiness: Readiness,
    pub shutdown: CancellationToken,
    pub desk: Desk,
    pub running: JoinHandle<Result<()>>,
}

pub async fn server() -> Server {
    server_with(|_| {}).await
}

pub async fn server_with(change: impl FnOnce(&mut Shell)) -> Server {
    let desk = Desk::default();
    let routes = Routes::new(queue_service_server::QueueServiceServer::new(desk.clone()))
        .add_service(feed_service_server::FeedServiceServer::new(desk.clone()));
    serve(Issuer::new(), desk, routes, change).await
}

pub async fn serve(
    issuer: Issuer,
    desk: Desk,
    routes: Routes,
    change: impl FnOnce(&mut Shell),
) -> Server {
    LazyLock::force(&TELEMETRY);
    let mut shell = Shell::new(issuer.verifier());
    shell.drain = Drain { pause: Duration::ZERO, wait: Duration::from_secs(30) };
    change(&mut shell);
    let grpc = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let probes = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = grpc.local_addr().expect("its address");
    let health = probes.local_addr().expect("its address");
    let (readiness, shutdown) = (Readiness::default(), CancellationToken::new());
    let running = tokio::spawn(mpp_rpc::serve(
        shell,
        routes,
        readiness.clone(),
        grpc,
        probes,
        shutdown.clone(),
    ));
    Server { issuer, address, health, readiness, shutdown, desk, running }
}

impl Server {
    pub fn channel(&self, token: Option<String>) -> Channel {
        let address = format!("http://{}", self.address);
        let token = token.map(TokenSource::Text);
        connect(&Endpoint { address, token, tls: None }).expect("an endpoint")
    }

    pub fn queue(&self, role: Role, namespaces: &[&str]) -> QueueServiceClient<Channel> {
        QueueServiceClient::new(self.channel(Some(self.issuer.token(role, namespaces))))
    }

    pub fn feed(&self, role: Role) -> FeedServiceClient<Channel> {
        FeedServiceClient::new(self.channel(Some(self.issuer.token(role, &[]))))
    }

    /// The feed as a caller of several roles has it.
    pub fn feed_of(&self, roles: &[Role], namespaces: &[&str]) -> FeedServiceClient<Channel> {
        FeedServiceClient::new(self.channel(Some(self.token_of(roles, namespaces))))
    }

    pub fn token_of(&self, roles: &[Role], namespaces: &[&str]) -> String {
        let caller = Caller { roles: roles.to_vec(), ..who(roles[0], namespaces) };
        let (key, now) = (&self.issuer.key, self.issuer.clock.now());
        jwt::mint(key, &caller, Duration::from_secs(600), now)
    }

    /// A call without any client of ours: headers and trailers of the answer, as one map.
    pub async fn raw(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> HeaderMap {
        let tcp = TcpStream::connect(self.address).await.expect("a connection");
        let (mut send, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(tcp))
                .await
                .expect("HTTP/2");
        tokio::spawn(connection);
        let mut request = Request::post(format!("http://{}{path}", self.address))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = axum::body::Body::from(body);
        let response = send.send_request(request.body(body).expect("a request")).await;
        let (parts, body) = response.expect("an answer").into_parts();
        let mut all = parts.headers;
        let collected = http_body_util::BodyExt::collect(body).await.expect("a whole answer");
        all.extend(collected.trailers().cloned().unwrap_or_default());
        all
    }
}

/// A gRPC message with its five bytes before it.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a length").to_be_bytes();
    [&[0], length.as_slice(), message].concat()
}

/// Asks the desk to do something: see [`Desk`].
pub fn ask(what: &str) -> GetQueueRequest {
    GetQueueRequest { counter: what.into() }
}

/// A service whose `GetQueue` obeys the last part of the counter's name: `panic`, `fault`,
/// `gate`, `wait` (at the gate, without a place), `large`.
#[derive(Clone)]
pub struct Desk {
    /// A permit comes with each call that waits at the gate.
    pub entered: Arc<Semaphore>,
    /// A permit lets one of them go on.
    pub gate: Arc<Semaphore>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { entered: Arc::new(Semaphore::new(0)), gate: Arc::new(Semaphore::new(0)) }
    }
}

impl Desk {
    /// Waits until this many calls have come to the gate.
    pub async fn wait_for(&self, calls: u32) {
        self.entered.acquire_many(calls).await.expect("open").forget();
    }

    pub fn release(&self, calls: usize) {
        self.gate.add_permits(calls);
    }

    async fn at_gate(&self) {
        self.entered.add_permits(1);
        self.gate.acquire().await.expect("open").forget();
    }
}

#[tonic::async_trait]
impl queue_service_server::QueueService for Desk {
    async fn get_queue(
        &self,
        request: tonic::Request<GetQueueRequest>,
    ) -> Result<Response<GetQueueResponse>, Status> {
        let who = caller(&request).subject;
        let counter = request.into_inner().counter;
        match counter.rsplit('/').next().unwrap_or_default() {
            "panic" => panic!("password=hunter2"),
            "fault" => return Err(status(Error::internal("password=hunter2"))),
            "gate" => self.at_gate().await,
            "wait" => {
                // Comes to the gate only once it has a place among those that wait.
                let wait = async {
                    tokio::task::yield_now().await;
                    self.at_gate().await;
                };
                mpp_rpc::waiting(wait).await.map_err(status)?;
            }
            "large" => {
                let date = "x".repeat(100_000);
                return Ok(Response::new(GetQueueResponse { date, ..Default::default() }));
            }
            _ => {}
        }
        Ok(Response::new(GetQueueResponse { counter, date: who, ..Default::default() }))
    }

    async fn call_next(
        &self,
        request: tonic::Request<CallNextRequest>,
    ) -> Result<Response<CallNextResponse>, Status> {
        grant(&request).check(&[request.get_ref().window.as_str()]).map_err(status)?;
        Ok(Response::new(Default::default()))
    }

    async fn issue_ticket(
        &self,
        _: tonic::Request<IssueTicketRequest>,
    ) -> Result<Response<IssueTicketResponse>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn complete_ticket(
        &self,
        _: tonic::Request<CompleteTicketRequest>,
    ) -> Result<Response<CompleteTicketResponse>, Status> {
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl feed_service_server::FeedService for Desk {
    type WatchStream =
        Pin<Box<dyn Stream<Item = Result<feed::WatchResponse, Status>> + Send + 'static>>;

    /// One message at once, and one more for each that passes the gate.
    async fn watch(
        &self,
        _: tonic::Request<feed::WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let desk = self.clone();
        let first = stream::iter([Ok(feed::WatchResponse { revision: 1, ..Default::default() })]);
        let rest = stream::unfold(2, move |revision| {
            let desk = desk.clone();
            async move {
                desk.at_gate().await;
                let message = feed::WatchResponse { revision, ..Default::default() };
                Some((Ok(message), revision + 1))
            }
        });
        Ok(Response::new(first.chain(rest).boxed()))
    }

    async fn get_feed(
        &self,
        _: tonic::Request<feed::GetFeedRequest>,
    ) -> Result<Response<feed::GetFeedResponse>, Status> {
        Ok(Response::new(Default::default()))
    }
}

/// Tries until it holds; a test that waits for a file to be read again cannot know when.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..400 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{what} did not come to pass");
}
