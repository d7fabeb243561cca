//! Access over a real network: tokens, certificates, and neither.

use std::{fs, path::Path, time::Duration};

use mpp_api::{
    registry::{
        AcceptOfferingRequest, CreateServiceRequest, GetMallRequest, Service as CatalogService,
        catalog_service_client::CatalogServiceClient,
        directory_service_client::DirectoryServiceClient,
    },
    types::LocalizedText,
};
use mpp_client::{ClientTls, Endpoint, TokenSource, connect, error_of};
use mpp_core::{Caller, Clock, Reason, Role};
use mpp_rpc::jwt::{self, SigningKey};
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Setup, Suite, eventually,
    keys::{ADMINISTRATOR, APP, ORGANISER},
    program::Said,
    tls::{Authority, Identity},
    town::{self, MALL, OFFERING, catalog_of, request_id},
    wait::that,
};
use serde_json::json;
use tonic::{Code, Status};

#[tokio::test]
async fn services_know_each_other_and_their_callers_over_tls() {
    let folder = tempfile::tempdir().expect("a folder");
    let authority = Authority::new(&folder.path().join("own"));
    let setup = Setup { authority: Some(&authority), ..Setup::default() };
    // Ready means that scheduling and reporting follow the registry, by their certificates.
    let suite = Suite::start_with(Backend::Sqlite, setup).await;
    town::open(&suite).await;

    nobody_is_let_in(&suite).await;
    an_expired_token_is_told_so(&suite).await;
    a_reader_accepts_no_offering(&suite).await;
    an_agency_keeps_its_own_catalog_by_its_certificate(&suite, &authority).await;
    another_authoritys_certificate_is_refused(&suite, &folder.path().join("other")).await;
    a_new_authority_is_taken_without_a_restart(&suite, &folder.path().join("own")).await;
    commands_work_over_tls(&suite).await;
}

async fn ask(endpoint: &Endpoint) -> Result<(), Status> {
    let request = GetMallRequest { name: MALL.into(), min_revision: 0 };
    DirectoryServiceClient::new(connect(endpoint).expect("an endpoint"))
        .get_mall(request)
        .await
        .map(drop)
}

async fn nobody_is_let_in(suite: &Suite) {
    let endpoint = Endpoint { token: None, ..suite.endpoint(Service::Registry, APP) };
    let status = ask(&endpoint).await.expect_err("nobody");
    assert_eq!(status.code(), Code::Unauthenticated);
    let error = error_of(&status);
    assert!(
        error.is(Reason::Unauthenticated) && error.indonesian.contains("Identitas"),
        "{error:?}"
    );
}

async fn an_expired_token_is_told_so(suite: &Suite) {
    let key = SigningKey::load(&suite.keys.signing()).expect("the suite's key");
    let caller =
        Caller { subject: "users/siti".into(), roles: vec![Role::Reader], namespaces: Vec::new() };
    let yesterday = Clock::system().now() - 24 * 3600 * 1_000_000;
    let token = jwt::mint(&key, &caller, Duration::from_secs(3600), yesterday);
    let endpoint = Endpoint {
        token: Some(TokenSource::Text(token)),
        ..suite.endpoint(Service::Registry, APP)
    };
    let status = ask(&endpoint).await.expect_err("an expired token");
    assert_eq!(status.code(), Code::Unauthenticated);
    assert!(status.message().contains("expired"), "{}", status.message());
}

async fn a_reader_accepts_no_offering(suite: &Suite) {
    let request = AcceptOfferingRequest {
        name: OFFERING.into(),
        request_id: request_id(),
        ..Default::default()
    };
    let status = catalog_of(suite, APP).accept_offering(request).await.expect_err("a reader");
    assert_eq!(status.code(), Code::PermissionDenied);
    assert!(status.message().contains("organiser"), "it names who may: {}", status.message());
}

fn with_certificate(suite: &Suite, identity: &Identity) -> Endpoint {
    let mut endpoint = Endpoint { token: None, ..suite.endpoint(Service::Registry, APP) };
    let own = (identity.certificate.clone(), identity.key.clone());
    endpoint.tls = endpoint.tls.map(|tls| ClientTls { identity: Some(own), ..tls });
    endpoint
}

async fn an_agency_keeps_its_own_catalog_by_its_certificate(suite: &Suite, authority: &Authority) {
    let endpoint = with_certificate(suite, &authority.issue("agency/kemendagri"));
    let mut catalog = CatalogServiceClient::new(connect(&endpoint).expect("an endpoint"));
    let publish = |unit: &str| CreateServiceRequest {
        parent: unit.to_owned(),
        service_id: "kia".into(),
        service: Some(CatalogService {
            title: Some(LocalizedText { id: "Kartu Identitas Anak".into(), en: String::new() }),
            category: "population".into(),
            ..Default::default()
        }),
        request_id: request_id(),
        ..Default::default()
    };
    catalog.create_service(publish("units/kemendagri")).await.expect("its own catalog");
    let status =
        catalog.create_service(publish("units/dpmptsp-banyuwangi")).await.expect_err("another's");
    assert_eq!(status.code(), Code::PermissionDenied);
    assert!(status.message().contains("units/dpmptsp-banyuwangi"), "{}", status.message());
}

async fn another_authoritys_certificate_is_refused(suite: &Suite, folder: &Path) {
    let stranger = Authority::new(folder).issue("agency/kemendagri");
    let status = ask(&with_certificate(suite, &stranger)).await.expect_err("a stranger");
    // The handshake fails: what the client sees is a broken connection, and no answer of ours.
    assert_eq!(error_of(&status).reason, "", "{status:?}");
}

/// All files are replaced by those of a new authority, while the services run: a client that trusts
/// only the new one is served once they are read again.
async fn a_new_authority_is_taken_without_a_restart(suite: &Suite, folder: &Path) {
    let old = fs::read(folder.join("ca.pem")).expect("a file");
    let renewed = Authority::new(folder);
    for service in Service::ALL {
        renewed.issue(&format!("service/{}", service.name()));
    }
    assert_ne!(old, fs::read(renewed.certificate()).expect("a file"));
    eventually(PATIENCE, "the new certificates are served", async || {
        let answer = ask(&suite.endpoint(Service::Registry, APP)).await;
        answer.map_err(|status| status.to_string())?;
        let hours = suite.run(APP, &["hours", MALL]).await;
        that(hours.code == 0, hours.err)
    })
    .await;
}

async fn commands_work_over_tls(suite: &Suite) {
    let said = suite.run(APP, &["get", MALL]).await.succeeded();
    assert!(said.contains("Banyuwangi"), "{said}");
    let hours = rule_of_hours(suite.home());
    let refused = suite.run(APP, &["apply", &hours]).await;
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains("next:"), "{}", refused.err);
}

/// A file with hours of the mall.
fn rule_of_hours(folder: &Path) -> String {
    let rule = json!({
        "name": "hoursRules/mornings", "target": MALL, "season": "SEASON_ANY",
        "weekly": { "mon": [{ "open": "08:00", "close": "09:00" }] }, "basis": "SE 1/2026",
    });
    let file = folder.join("hours.json");
    fs::write(&file, rule.to_string()).expect("a file");
    file.display().to_string()
}

#[tokio::test]
async fn plain_text_is_served_on_loopback_only() {
    let suite = Suite::prepare(Backend::Sqlite, Setup::default()).await;
    suite.migrate(Service::Registry).await.succeeded();
    let mut serve = suite.serve(Service::Registry);
    serve.env("MPP_LISTEN", "0.0.0.0:0");
    let said = Said::by(serve).await;
    assert_eq!(said.code, 7, "{}{}", said.out, said.err);
    assert!(said.err.contains("--tls-cert"), "it says what to do: {}", said.err);
}

#[tokio::test]
async fn a_token_that_names_no_subtree_writes_nothing() {
    let suite = Suite::start(Backend::Sqlite).await;
    town::open(&suite).await;
    let homeless = mpp_tests::keys::Who { namespaces: "", ..ORGANISER };
    let token = suite.keys.issue(suite.home(), "users/homeless", homeless).await;
    let mut hours = suite.command(ADMINISTRATOR, &["apply", &rule_of_hours(suite.home())]);
    hours.env("MPP_TOKEN_FILE", token);
    let said = Said::by(hours).await;
    assert_eq!(said.code, 4, "{}{}", said.out, said.err);
    that(said.out.contains(MALL), "it names what would be needed").expect("named");
}
