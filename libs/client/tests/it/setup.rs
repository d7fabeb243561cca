//! A server of the suite's own kind, behind whose layers stands a desk that answers as it is told.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Body, extract::State};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use mpp_client::{Channel, Endpoint, Settings, TokenSource, connect_with};
use mpp_core::{Caller, Clock, Error, Reason, Result, Role};
use mpp_rpc::{
    Drain, Readiness, Shell, Verifier,
    jwt::{self, Jwks, SigningKey},
};
use prost::Message;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

/// An issuer of tokens with its key set in a file.
pub struct Issuer {
    key: SigningKey,
    pub clock: Clock,
    dir: TempDir,
}

impl Issuer {
    pub fn new() -> Self {
        let key = SigningKey::generate().expect("a key");
        let dir = tempfile::tempdir().expect("a directory");
        Jwks::write(&dir.path().join("jwks.json"), &[key.public()]).expect("a key set");
        // The real time, since a client looks at the end of its token by its own clock.
        Self { key, clock: Clock::stopped_at(Clock::system().now()), dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn verifier(&self) -> Verifier {
        let keys = Jwks::load(self.path("jwks.json")).expect("the key set");
        Verifier::new(keys, self.clock.clone())
    }

    /// A token that holds for ten minutes.
    pub fn token(&self, role: Role) -> String {
        let subject = format!("users/{}", role.as_str());
        let caller = Caller { subject, roles: vec![role], namespaces: Vec::new() };
        jwt::mint(&self.key, &caller, Duration::from_secs(600), self.clock.now())
    }

    pub fn administrator(&self) -> Option<TokenSource> {
        Some(TokenSource::Text(self.token(Role::Administrator)))
    }
}

/// A served shell.
pub struct Server {
    pub address: SocketAddr,
    pub shutdown: CancellationToken,
    pub running: JoinHandle<Result<()>>,
}

pub async fn serve(issuer: &Issuer, address: &str, routes: Routes) -> Server {
    let mut shell = Shell::new(issuer.verifier());
    shell.drain = Drain::at_once();
    let grpc = TcpListener::bind(address).await.expect("a port");
    let probes = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = grpc.local_addr().expect("its address");
    let shutdown = CancellationToken::new();
    let serving =
        mpp_rpc::serve(shell, routes, Readiness::default(), grpc, probes, shutdown.clone());
    Server { address, shutdown, running: tokio::spawn(serving) }
}

impl Server {
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn end(self) {
        self.shutdown.cancel();
        self.running.await.expect("no panic").expect("an end in good order");
    }
}

/// A service that answers each call of any method with the next planned answer, or an empty message
/// when none is left, and notes the calls.
#[derive(Clone, Default)]
pub struct Desk(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    planned: VecDeque<Result<Vec<u8>>>,
    asked: Vec<Asked>,
}

/// A call that came to the desk.
#[derive(Clone)]
pub struct Asked {
    pub path: String,
    pub headers: HeaderMap,
    message: Vec<u8>,
}

impl Asked {
    pub fn read<M: Message + Default>(&self) -> M {
        M::decode(self.message.as_slice()).expect("a message of this type")
    }
}

impl Desk {
    pub async fn open(issuer: &Issuer) -> (Self, Server) {
        let desk = Self::default();
        let server = desk.serve(issuer).await;
        (desk, server)
    }

    /// One more replica of the same desk.
    pub async fn serve(&self, issuer: &Issuer) -> Server {
        let router = Router::new().fallback(answer).with_state(self.clone());
        serve(issuer, "127.0.0.1:0", Routes::from(router)).await
    }

    /// Refuses the next call.
    pub fn refuse(&self, error: Error) {
        self.plan(Err(error));
    }

    /// Refuses the next calls, as a server does that goes away.
    pub fn go_away(&self, calls: usize) {
        (0..calls).for_each(|_| self.refuse(Error::new(Reason::Unavailable, "about to end")));
    }

    /// Answers the next call with this.
    pub fn answer(&self, message: &impl Message) {
        self.plan(Ok(message.encode_to_vec()));
    }

    fn plan(&self, answer: Result<Vec<u8>>) {
        self.0.lock().expect("unpoisoned").planned.push_back(answer);
    }

    /// All requests that the desk got.
    pub fn asked(&self) -> Vec<Asked> {
        self.0.lock().expect("unpoisoned").asked.clone()
    }
}

async fn answer(State(desk): State<Desk>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.expect("a whole request").to_bytes();
    let path = parts.uri.path().to_owned();
    let message = body.get(5..).unwrap_or_default().to_vec();
    let mut notes = desk.0.lock().expect("unpoisoned");
    notes.asked.push(Asked { path, headers: parts.headers, message });
    match notes.planned.pop_front().unwrap_or(Ok(Vec::new())) {
        Err(error) => mpp_rpc::status(error).into_http(),
        Ok(message) => answered(&message),
    }
}

fn answered(message: &[u8]) -> Response<Body> {
    let length = u32::try_from(message.len()).expect("short").to_be_bytes();
    let framed = [&[0], length.as_slice(), message].concat();
    let trailers = HeaderMap::from_iter([("grpc-status".parse().expect("a name"), OK)]);
    let body = Full::from(framed).with_trailers(async { Some(Ok(trailers)) });
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    response
}

const OK: HeaderValue = HeaderValue::from_static("0");

/// The administrator's channel, with short pauses.
pub fn channel(issuer: &Issuer, address: &str, settings: Settings) -> Channel {
    let address = address.to_owned();
    let endpoint = Endpoint { address, token: issuer.administrator(), tls: None };
    connect_with(&endpoint, settings).expect("an endpoint")
}

/// Pauses that a test need not wait for.
pub fn brisk() -> Settings {
    Settings { first_pause: Duration::from_millis(1), ..Settings::default() }
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
