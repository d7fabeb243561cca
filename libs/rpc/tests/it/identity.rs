use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mpp_api::scheduling::{CallNextRequest, queue_service_client::QueueServiceClient};
use mpp_client::{ClientError, error_of};
use mpp_core::{Reason, Role};
use mpp_rpc::{
    Verifier,
    jwt::{self, Jwks, SigningKey, Trust},
};

use crate::setup::{BANYUWANGI, Issuer, Server, ask, eventually, server, who};

async fn call_with(server: &Server, token: Option<String>) -> Result<String, ClientError> {
    let mut queue = QueueServiceClient::new(server.channel(token));
    let answer = queue.get_queue(ask("who")).await;
    answer.map(|answer| answer.into_inner().date).map_err(|status| error_of(&status))
}

async fn refusal(server: &Server, token: String) -> String {
    let error = call_with(server, Some(token)).await.expect_err("refused");
    assert!(error.is(Reason::Unauthenticated), "{error:?}");
    assert_eq!(error.code, tonic::Code::Unauthenticated);
    error.message
}

#[tokio::test]
async fn who_names_nobody_is_told_how_to() {
    let server = server().await;
    let error = call_with(&server, None).await.expect_err("nobody");
    assert!(error.is(Reason::Unauthenticated));
    assert!(error.message.contains("mpp token"), "{}", error.message);
    assert_eq!(error.indonesian, Reason::Unauthenticated.indonesian());
}

#[tokio::test]
async fn a_token_says_who_is_calling() {
    let server = server().await;
    let token = server.issuer.token(Role::Auditor, &[]);
    assert_eq!(call_with(&server, Some(token)).await.expect("let in"), "users/auditor");
}

#[tokio::test]
async fn a_token_holds_until_it_expires_though_it_was_good_before() {
    let server = server().await;
    let token = server.issuer.token(Role::Reader, &[]);
    call_with(&server, Some(token.clone())).await.expect("still good");
    server.issuer.clock.advance(3600 * 1_000_000);
    assert!(refusal(&server, token).await.contains("expired"));
}

#[tokio::test]
async fn a_token_of_tomorrow_does_not_hold_today() {
    let server = server().await;
    let tomorrow = server.issuer.clock.now() + 86_400 * 1_000_000;
    let day = Duration::from_secs(86_400);
    let token = jwt::mint(&server.issuer.key, &who(Role::Reader, &[]), day, tomorrow);
    assert!(refusal(&server, token).await.contains("not valid yet"));
}

#[tokio::test]
async fn a_token_for_another_audience_or_of_another_issuer_is_refused() {
    let issuer = Issuer::new();
    let token = issuer.token(Role::Reader, &[]);
    let trusting = |trust: Trust| {
        let keys = Jwks::load(issuer.file()).expect("the key set");
        Verifier::trusting(keys, issuer.clock.clone(), trust)
    };
    let other = Trust { audience: "ministry-payroll".into(), ..Trust::default() };
    let error = trusting(other).verify(&token).expect_err("another audience");
    assert!(error.message().contains("ministry-payroll"));
    let other = Trust { issuer: "https://elsewhere.example".into(), ..Trust::default() };
    assert!(trusting(other).verify(&token).is_err());
    assert!(trusting(Trust::default()).verify(&token).is_ok());
}

#[tokio::test]
async fn a_token_of_an_unknown_key_is_refused() {
    let server = server().await;
    let stranger = SigningKey::generate().expect("a key");
    let now = server.issuer.clock.now();
    let token = jwt::mint(&stranger, &who(Role::Administrator, &[]), Duration::from_secs(60), now);
    assert!(refusal(&server, token).await.contains("key set"));
}

#[tokio::test]
async fn a_token_that_was_tampered_with_is_refused() {
    let server = server().await;
    let token = server.issuer.token(Role::Reader, &[]);
    let parts: Vec<&str> = token.split('.').collect();
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).expect("claims");
    let raised = String::from_utf8(claims).expect("JSON").replace("reader", "administrator");
    let raised = URL_SAFE_NO_PAD.encode(raised);
    let forged = format!("{}.{raised}.{}", parts[0], parts[2]);
    assert!(refusal(&server, forged).await.contains("signature"));

    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"x"}"#);
    let forged = format!("{unsigned}.{raised}.");
    assert!(refusal(&server, forged).await.contains("EdDSA"));
}

#[tokio::test]
async fn a_token_that_was_cut_is_told_so_and_not_that_its_key_is_unknown() {
    let server = server().await;
    let stranger = SigningKey::generate().expect("a key");
    let now = server.issuer.clock.now();
    let long = who(Role::Reader, &["malls/banyuwangi", "malls/sidoarjo"]);
    let token = jwt::mint(&stranger, &long, Duration::from_secs(60), now);
    for (at, _) in token.char_indices().skip(1).step_by(7) {
        let told = refusal(&server, token[..at].to_owned()).await;
        assert!(told.contains("not a whole signed JSON Web Token"), "{at}: {told}");
    }
    let told = refusal(&server, "e30.e30.e30".to_owned()).await;
    assert!(told.contains("not signed with EdDSA"), "whole, and signed by nobody: {told}");
    let (middle, rest) = (token.len() / 3, 2 * token.len() / 3);
    let told = refusal(&server, token[..middle].to_owned() + &token[rest + 1..]).await;
    assert!(told.contains("if it was cut"), "{told}");
}

#[tokio::test]
async fn what_is_no_token_is_refused_and_not_repeated() {
    let server = server().await;
    for junk in ["x", "a.b", "a.b.c", "....", &"A".repeat(9000)] {
        let message = refusal(&server, junk.to_owned()).await;
        assert!(message.len() < 200, "{message}");
    }
}

#[tokio::test]
async fn keys_rotate_without_a_restart() {
    let server = server().await;
    let old = server.issuer.token(Role::Reader, &[]);
    call_with(&server, Some(old.clone())).await.expect("the old key holds");

    let next = SigningKey::generate().expect("a key");
    let now = server.issuer.clock.now();
    let new = jwt::mint(&next, &who(Role::Reader, &[]), Duration::from_secs(600), now);
    server.issuer.publish(&[&server.issuer.key, &next]);
    eventually("the new key", async || call_with(&server, Some(new.clone())).await.is_ok()).await;
    call_with(&server, Some(old.clone())).await.expect("both keys hold");

    server.issuer.publish(&[&next]);
    let refused = async || call_with(&server, Some(old.clone())).await.is_err();
    eventually("the end of the old key, though its token is remembered", refused).await;
    call_with(&server, Some(new)).await.expect("the new key holds");
}

#[tokio::test]
async fn a_broken_key_set_leaves_the_last_good_one() {
    let server = server().await;
    std::fs::write(server.issuer.file(), "{ half").expect("written");
    // A call looks at the file where the last look is a second old, so the next one does.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let token = server.issuer.token(Role::Reader, &[]);
    call_with(&server, Some(token)).await.expect("the keys from before");
}

#[tokio::test]
async fn an_officer_writes_at_its_own_counter_only() {
    let server = server().await;
    let mut own = server.queue(Role::CounterOfficer, &["malls/banyuwangi/counters/dukcapil"]);
    let call = |window: &str| CallNextRequest { window: window.into(), ..Default::default() };
    own.call_next(call("malls/banyuwangi/counters/dukcapil/windows/1")).await.expect("its own");
    let refused = own.call_next(call("malls/banyuwangi/counters/samsat/windows/1")).await;
    assert!(error_of(&refused.expect_err("another's")).is(Reason::PermissionDenied));
    let mut mall = server.queue(Role::Organiser, &[BANYUWANGI]);
    mall.call_next(call("malls/banyuwangi/counters/samsat/windows/1")).await.expect("its mall");
}

#[test]
fn a_key_is_read_back_from_its_file_and_others_are_refused_with_the_way_out() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("signing.pem");
    let key = SigningKey::generate().expect("a key");
    key.save(&path).expect("saved");
    assert_eq!(SigningKey::load(&path).expect("loaded").public(), key.public());
    std::fs::write(&path, "not a key").expect("written");
    let error = SigningKey::load(&path).err().expect("no key");
    assert!(error.message().contains("openssl genpkey"), "{error}");
}
