use std::{fs, path::PathBuf};

use mpp_api::scheduling::queue_service_client::QueueServiceClient;
use mpp_client::{Channel, ClientTls, Endpoint, TokenSource, connect, error_of};
use mpp_core::{Reason, Role};
use mpp_rpc::{Readiness, Shell, Tls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer as Authority, KeyPair, SanType};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::setup::{Issuer, Server, ask, eventually, server_with};

/// A certificate authority, and the files of those that it vouches for.
struct Ca {
    dir: TempDir,
    authority: Authority<'static, KeyPair>,
    pem: String,
}

impl Ca {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        let dir = tempfile::tempdir().expect("a directory");
        let ca = Self { dir, authority: Authority::new(params, key), pem };
        fs::write(ca.path("ca.pem"), &ca.pem).expect("written");
        ca.issue("server", vec![SanType::IpAddress([127, 0, 0, 1].into())]);
        ca
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn issue(&self, name: &str, names: Vec<SanType>) {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.subject_alt_names = names;
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.authority).expect("a certificate");
        fs::write(self.path(&format!("{name}.key")), key.serialize_pem()).expect("written");
        fs::write(self.path(&format!("{name}.pem")), certificate.pem()).expect("written");
    }

    fn spiffe(&self, name: &str, path: &str) -> (PathBuf, PathBuf) {
        self.identity(name, &[path])
    }

    fn identity(&self, name: &str, paths: &[&str]) -> (PathBuf, PathBuf) {
        let uri = |path: &&str| {
            let uri = format!("spiffe://mpp.go.id/{path}");
            SanType::URI(uri.try_into().expect("ASCII"))
        };
        self.issue(name, paths.iter().map(uri).collect());
        (self.path(&format!("{name}.pem")), self.path(&format!("{name}.key")))
    }

    fn tls(&self) -> Tls {
        let (certificate, key) = (self.path("server.pem"), self.path("server.key"));
        Tls::load(certificate, key, Some(self.path("ca.pem"))).expect("certificates")
    }

    /// Becomes another authority, in the same files.
    fn renew(&self, other: &Ca) {
        for name in ["ca.pem", "server.key", "server.pem"] {
            fs::copy(other.path(name), self.path(name)).expect("copied");
        }
    }
}

fn secure(server: &Server, ca: &Ca, identity: Option<(PathBuf, PathBuf)>) -> Endpoint {
    let tls = ClientTls { ca: ca.path("ca.pem"), identity, server_name: None };
    Endpoint { address: format!("https://{}", server.address), token: None, tls: Some(tls) }
}

fn queue(endpoint: &Endpoint) -> QueueServiceClient<Channel> {
    QueueServiceClient::new(connect(endpoint).expect("an endpoint"))
}

async fn who(endpoint: &Endpoint) -> Result<String, tonic::Status> {
    Ok(queue(endpoint).get_queue(ask("who")).await?.into_inner().date)
}

#[tokio::test]
async fn a_certificate_says_who_is_calling() {
    let ca = Ca::new();
    let server = server_with(|shell| shell.tls = Some(ca.tls())).await;
    let bkpm = secure(&server, &ca, Some(ca.spiffe("bkpm", "agency/bkpm")));
    assert_eq!(who(&bkpm).await.expect("let in"), "units/bkpm");
    let reporting = secure(&server, &ca, Some(ca.spiffe("reporting", "service/reporting")));
    assert_eq!(who(&reporting).await.expect("let in"), "services/reporting");
}

#[tokio::test]
async fn without_a_certificate_a_token_will_do_and_without_either_nothing() {
    let ca = Ca::new();
    let server = server_with(|shell| shell.tls = Some(ca.tls())).await;
    let mut endpoint = secure(&server, &ca, None);
    let error = error_of(&who(&endpoint).await.expect_err("nobody"));
    assert!(error.is(Reason::Unauthenticated), "{error:?}");
    endpoint.token = Some(TokenSource::Text(server.issuer.token(Role::Reader, &[])));
    assert_eq!(who(&endpoint).await.expect("let in"), "users/reader");
}

#[tokio::test]
async fn a_certificate_that_names_nobody_is_nobody() {
    let ca = Ca::new();
    let server = server_with(|shell| shell.tls = Some(ca.tls())).await;
    for paths in [&["president/x"][..], &["agency/bkpm", "agency/kominfo"], &[]] {
        let other = secure(&server, &ca, Some(ca.identity("other", paths)));
        let error = error_of(&who(&other).await.expect_err("nobody"));
        assert!(error.is(Reason::Unauthenticated), "{paths:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let (ca, stranger) = (Ca::new(), Ca::new());
    let server = server_with(|shell| shell.tls = Some(ca.tls())).await;
    let forged = secure(&server, &ca, Some(stranger.spiffe("bkpm", "agency/bkpm")));
    who(&forged).await.expect_err("not of this authority");
    let misled = secure(&server, &stranger, None);
    who(&misled).await.expect_err("the client does not trust this server");
}

#[tokio::test]
async fn certificates_are_renewed_without_a_restart_and_open_connections_go_on() {
    let (ca, next) = (Ca::new(), Ca::new());
    let server = server_with(|shell| shell.tls = Some(ca.tls())).await;
    // The old client's trusted roots lie on its own machine.
    fs::copy(ca.path("ca.pem"), ca.path("client-ca.pem")).expect("copied");
    let mut old = secure(&server, &ca, Some(ca.spiffe("bkpm", "agency/bkpm")));
    old.tls.as_mut().expect("TLS").ca = ca.path("client-ca.pem");
    let new = secure(&server, &next, Some(next.spiffe("bkpm", "agency/bkpm")));
    let mut open = queue(&old);
    open.get_queue(ask("who")).await.expect("before");

    ca.renew(&next);
    eventually("the new certificate", async || who(&new).await.is_ok()).await;
    open.get_queue(ask("who")).await.expect("the open connection goes on");
    who(&old).await.expect_err("the old authority is no longer the server's");
}

#[tokio::test]
async fn a_clients_certificate_is_renewed_without_a_new_channel() {
    let ca = Ca::new();
    let server = server_with(|shell| shell.tls = Some(ca.tls())).await;
    let mut open = queue(&secure(&server, &ca, Some(ca.spiffe("own", "agency/bkpm"))));
    let answer = open.get_queue(ask("who")).await.expect("before");
    assert_eq!(answer.into_inner().date, "units/bkpm");

    ca.spiffe("own", "agency/investasi");
    let renewed = async || {
        let answer = open.get_queue(ask("who")).await;
        answer.is_ok_and(|answer| answer.into_inner().date == "units/investasi")
    };
    eventually("the renewed certificate", renewed).await;
}

#[tokio::test]
async fn half_written_certificates_do_no_harm() {
    let ca = Ca::new();
    let server = server_with(|shell| shell.tls = Some(ca.tls())).await;
    fs::write(ca.path("server.pem"), "-----BEGIN CERT").expect("written");
    // A handshake looks at the files where the last look is a second old, so the next one does.
    tokio::time::sleep(std::time::Duration::from_millis(1200)).await;
    let bkpm = secure(&server, &ca, Some(ca.spiffe("bkpm", "agency/bkpm")));
    who(&bkpm).await.expect("the certificate from before");
}

async fn serve_on(address: &str, change: impl FnOnce(&mut Shell)) -> mpp_core::Result<()> {
    let mut shell = Shell::new(Issuer::new().verifier());
    change(&mut shell);
    let grpc = TcpListener::bind(address).await.expect("a port");
    let health = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    shell.drain = mpp_rpc::Drain::at_once();
    mpp_rpc::serve(shell, Routes::default(), Readiness::default(), grpc, health, shutdown).await
}

#[tokio::test]
async fn plain_text_beyond_loopback_is_refused_with_the_way_out() {
    let error = serve_on("0.0.0.0:0", |_| {}).await.expect_err("readable by all");
    assert!(error.message().contains("--tls-cert"), "{error}");
    serve_on("127.0.0.1:0", |_| {}).await.expect("loopback may");
    serve_on("0.0.0.0:0", |shell| shell.plain_text_anywhere = true).await.expect("said so");
    let ca = Ca::new();
    serve_on("0.0.0.0:0", |shell| shell.tls = Some(ca.tls())).await.expect("TLS may");
}
