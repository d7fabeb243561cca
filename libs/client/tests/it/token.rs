//! Tokens that end, and where the next one comes from.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use mpp_api::{
    registry::{GetMallRequest, directory_service_client::DirectoryServiceClient},
    reporting::{VerifyProjectionsRequest, report_service_client::ReportServiceClient},
};
use mpp_client::{Channel, Endpoint, TokenSource, connect, error_of};
use mpp_core::{Micros, Reason, Role};

use crate::setup::{Asked, Desk, Issuer, Server, eventually};

/// More than a token's life.
const LATER: Micros = 700_000_000;

fn connected(server: &Server, token: TokenSource) -> Channel {
    let endpoint = Endpoint { address: server.url(), token: Some(token), tls: None };
    connect(&endpoint).expect("an endpoint")
}

async fn read(channel: &Channel) -> Result<(), tonic::Status> {
    let mut directory = DirectoryServiceClient::new(channel.clone());
    directory.get_mall(GetMallRequest::default()).await.map(drop)
}

fn token(asked: &Asked) -> String {
    asked.headers["authorization"].to_str().expect("ASCII").to_owned()
}

#[tokio::test]
async fn a_token_that_has_ended_is_asked_for_again_whatever_the_call() {
    let issuer = Arc::new(Issuer::new());
    let (desk, server) = Desk::open(&issuer).await;
    let (count, own) = (Arc::new(AtomicUsize::new(0)), issuer.clone());
    let times = count.clone();
    let ask = TokenSource::ask(move || {
        times.fetch_add(1, Relaxed);
        let token = own.token(Role::Administrator);
        async move { Ok(token) }
    });
    let channel = connected(&server, ask);
    read(&channel).await.expect("let in");
    issuer.clock.advance(LATER);
    let request = VerifyProjectionsRequest::default();
    let verified = ReportServiceClient::new(channel).verify_projections(request).await;
    verified.expect("refused before it was done, and done with a new token");
    assert_eq!(count.load(Relaxed), 2);
    let asked = desk.asked();
    assert_eq!(asked.len(), 2, "the refused one came no further than the identity layer");
    assert_ne!(token(&asked[0]), token(&asked[1]));
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_is_refused_once_and_said_so() {
    let issuer = Issuer::new();
    let (desk, server) = Desk::open(&issuer).await;
    let channel = connected(&server, TokenSource::Text(issuer.token(Role::Reader)));
    read(&channel).await.expect("let in");
    issuer.clock.advance(LATER);
    let error = error_of(&read(&channel).await.expect_err("ended"));
    assert!(error.is(Reason::Unauthenticated), "{error:?}");
    assert_eq!(desk.asked().len(), 1);
}

#[tokio::test]
async fn an_issuer_that_is_away_is_told_as_what_it_is() {
    let (_desk, server) = Desk::open(&Issuer::new()).await;
    let away = || async {
        Err(mpp_core::Error::new(Reason::Unavailable, "the issuer of tokens does not answer"))
    };
    let error = error_of(&read(&connected(&server, TokenSource::ask(away))).await.expect_err("no"));
    assert!(error.is(Reason::Unavailable) && error.message.contains("issuer"), "{error:?}");
}

#[tokio::test]
async fn a_token_file_is_read_again_when_it_changes_and_when_it_is_refused() {
    let issuer = Issuer::new();
    let (desk, server) = Desk::open(&issuer).await;
    let path = issuer.path("token");
    fs::write(&path, issuer.token(Role::Reader) + "\n").expect("written");
    let channel = connected(&server, TokenSource::File(path.clone()));
    read(&channel).await.expect("let in");

    let auditor = issuer.token(Role::Auditor);
    fs::write(&path, &auditor).expect("written");
    eventually("the new token", async || {
        read(&channel).await.expect("let in");
        desk.asked().last().is_some_and(|asked| token(asked) == format!("Bearer {auditor}"))
    })
    .await;

    issuer.clock.advance(LATER);
    fs::write(&path, issuer.token(Role::Administrator)).expect("written");
    eventually("the file is looked at", async || read(&channel).await.is_ok()).await;
}
