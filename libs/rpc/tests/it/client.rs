use std::fs;

use mpp_api::scheduling::queue_service_client::QueueServiceClient;
use mpp_core::Role;
use mpp_rpc::{ClientTls, Endpoint, TokenSource, connect, error_of};
use tonic::Code;

use crate::setup::{ask, eventually, server};

fn refusal(address: &str, tls: Option<ClientTls>, token: Option<TokenSource>) -> String {
    let endpoint = Endpoint { address: address.into(), token, tls };
    connect(&endpoint).err().expect("refused").message().to_owned()
}

#[test]
fn an_endpoint_that_cannot_be_used_says_why() {
    assert!(refusal("registry:7070", None, None).contains("http://HOST:PORT"));
    assert!(refusal("https://registry:7070", None, None).contains("--tls-ca"));
    let tls = ClientTls::default();
    assert!(refusal("http://127.0.0.1:1", Some(tls), None).contains("https://"));
    let missing = TokenSource::Env("MPP_TEST_NO_SUCH_VARIABLE".into());
    let text = refusal("http://127.0.0.1:1", None, Some(missing));
    assert!(text.contains("MPP_TEST_NO_SUCH_VARIABLE"), "{text}");
    let missing = TokenSource::File("no/such/token".into());
    assert!(refusal("http://127.0.0.1:1", None, Some(missing)).contains("no/such/token"));
}

#[tokio::test]
async fn a_token_file_is_read_again_when_it_changes() {
    let server = server().await;
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("token");
    fs::write(&path, server.issuer.token(Role::Reader, &[]) + "\n").expect("written");
    let endpoint = Endpoint {
        address: format!("http://{}", server.address),
        token: Some(TokenSource::File(path.clone())),
        tls: None,
    };
    let mut queue = QueueServiceClient::new(connect(&endpoint).expect("an endpoint"));
    let answer = queue.get_queue(ask("who")).await.expect("let in").into_inner();
    assert_eq!(answer.date, "users/reader");

    fs::write(&path, server.issuer.token(Role::Auditor, &[])).expect("written");
    eventually("the new token", async || {
        let answer = queue.get_queue(ask("who")).await.expect("let in").into_inner();
        answer.date == "users/auditor"
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_the_message_says_why() {
    let endpoint = Endpoint { address: "http://127.0.0.1:1".into(), ..Endpoint::default() };
    let mut queue = QueueServiceClient::new(connect(&endpoint).expect("an endpoint"));
    let status = queue.get_queue(ask("echo")).await.expect_err("nobody listens");
    let error = error_of(&status);
    assert_eq!(error.code, Code::Unavailable, "{error:?}");
    assert!(error.message.contains("refused"), "{}", error.message);
}
