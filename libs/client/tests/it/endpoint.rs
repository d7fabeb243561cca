//! Endpoints that cannot be used.

use mpp_api::registry::{GetMallRequest, directory_service_client::DirectoryServiceClient};
use mpp_client::{ClientTls, Endpoint, TokenSource, connect, error_of};
use tonic::Code;

fn refusal(address: &str, tls: Option<ClientTls>, token: Option<TokenSource>) -> String {
    let endpoint = Endpoint { address: address.into(), token, tls };
    connect(&endpoint).err().expect("refused").message().to_owned()
}

#[test]
fn an_endpoint_that_cannot_be_used_says_why() {
    assert!(refusal("registry:7070", None, None).contains("http://HOST:PORT"));
    assert!(refusal("https://registry:7070", None, None).contains("--tls-ca"));
    assert!(refusal("http://127.0.0.1:1, registry", None, None).contains("'registry'"));
    let tls = ClientTls::default();
    assert!(refusal("http://127.0.0.1:1", Some(tls), None).contains("https://"));
    let missing = TokenSource::Env("MPP_TEST_NO_SUCH_VARIABLE".into());
    let text = refusal("http://127.0.0.1:1", None, Some(missing));
    assert!(text.contains("MPP_TEST_NO_SUCH_VARIABLE"), "{text}");
    let missing = TokenSource::File("no/such/token".into());
    assert!(refusal("http://127.0.0.1:1", None, Some(missing)).contains("no/such/token"));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_the_message_says_why() {
    let address = |address: &str| Endpoint { address: address.into(), ..Endpoint::default() };
    for (endpoint, why) in [
        (address("http://127.0.0.1:1"), "refused"),
        (address("http://no.such.host.invalid:7401"), "no.such.host.invalid"),
    ] {
        let mut directory = DirectoryServiceClient::new(connect(&endpoint).expect("an endpoint"));
        let status = directory.get_mall(GetMallRequest::default()).await.expect_err("nobody");
        let error = error_of(&status);
        assert_eq!(error.code, Code::Unavailable, "{error:?}");
        assert!(error.message.contains(why), "{}", error.message);
    }
}
