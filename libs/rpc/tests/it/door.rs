//! The door for plain HTTP: one story for each thing that a client without gRPC relies on.

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use mpp_core::Role;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::setup::{BANYUWANGI, Server, server};

const QUEUE: &str = "/v1/malls/banyuwangi/counters/dukcapil/queue";
const CALL: &str = "/v1/malls/banyuwangi/counters/dukcapil/windows/1:callNext";

/// An answer over HTTP/1.1.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub fn reason(&self) -> String {
        self.json()["details"][0]["reason"].as_str().unwrap_or_default().to_owned()
    }
}

/// A plain request of a role.
pub async fn ask(
    server: &Server,
    role: Role,
    verb: &str,
    path: &str,
    more: &[(&str, &str)],
    body: &str,
) -> Answer {
    let token = format!("Bearer {}", server.issuer.token(role, &[BANYUWANGI]));
    let headers = [&[("authorization", token.as_str())], more].concat();
    send(server, verb, path, &headers, body).await
}

pub async fn send(
    server: &Server,
    verb: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let tcp = TcpStream::connect(server.address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    let mut request = Request::builder().method(verb).uri(path).header("host", "registry");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    let (parts, body) = sender.send_request(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a whole answer").to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.into()).expect("text"),
    }
}

#[tokio::test]
async fn a_plain_request_is_the_call_that_its_address_stands_for() {
    let server = server().await;
    let answer = ask(&server, Role::Reader, "GET", QUEUE, &[], "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let expected =
        json!({ "counter": "malls/banyuwangi/counters/dukcapil", "date": "users/reader" });
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("content-type"), "application/json");
}

#[tokio::test]
async fn rights_are_the_same_at_both_doors() {
    let server = server().await;
    let reader = ask(&server, Role::Reader, "POST", CALL, &[], "{}").await;
    assert_eq!(
        (reader.status, reader.reason().as_str()),
        (StatusCode::FORBIDDEN, "PERMISSION_DENIED")
    );
    let officer = ask(&server, Role::CounterOfficer, "POST", CALL, &[], "{}").await;
    assert_eq!(officer.status, StatusCode::OK);
    let nobody = send(&server, "GET", QUEUE, &[], "").await;
    assert_eq!(
        (nobody.status, nobody.header("www-authenticate")),
        (StatusCode::UNAUTHORIZED, "Bearer")
    );
}

#[tokio::test]
async fn whoever_may_not_call_does_not_have_its_body_read() {
    let server = server().await;
    let answer = ask(&server, Role::Reader, "POST", CALL, &[], "this is no JSON").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = ask(&server, Role::CounterOfficer, "POST", CALL, &[], "this is no JSON").await;
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (StatusCode::BAD_REQUEST, "INVALID_FIELD")
    );
}

#[tokio::test]
async fn a_wrong_field_is_named_with_the_way_out() {
    let server = server().await;
    for (path, field, words) in [
        (&*format!("{QUEUE}?colour=red"), "colour", "there are counter"),
        (&*format!("{QUEUE}?counter=malls/x"), "counter", "in another"),
        ("/v1/feed?x=1", "x", "no such parameter"),
    ] {
        let answer = ask(&server, Role::Reader, "GET", path, &[], "").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.body);
        assert!(answer.body.contains(&format!("\"{field}\"")), "{path}: {}", answer.body);
        assert!(answer.body.contains(words), "{path}: {}", answer.body);
    }
    let twice = r#"{"request_id": "a", "request_id": "b"}"#;
    let answer = ask(&server, Role::CounterOfficer, "POST", CALL, &[], twice).await;
    assert!(answer.body.contains("is there twice"), "{}", answer.body);
}

#[tokio::test]
async fn an_unknown_address_and_another_verb_are_told_apart() {
    let server = server().await;
    let nothing = ask(&server, Role::Reader, "GET", "/v1/shops", &[], "").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let verb = ask(&server, Role::Reader, "DELETE", QUEUE, &[], "").await;
    assert_eq!((verb.status, verb.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET"));
    let head = ask(&server, Role::Reader, "HEAD", QUEUE, &[], "").await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    // A method of the contract that another service answers.
    let elsewhere = ask(&server, Role::Reader, "GET", "/v1/malls/banyuwangi", &[], "").await;
    assert_eq!(elsewhere.status, StatusCode::NOT_IMPLEMENTED);
}

#[tokio::test]
async fn a_copy_that_is_still_right_is_not_sent_again() {
    let server = server().await;
    let first = ask(&server, Role::Reader, "GET", QUEUE, &[], "").await;
    let etag = first.header("etag").to_owned();
    let again = ask(&server, Role::Reader, "GET", QUEUE, &[("if-none-match", &etag)], "").await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(again.header("etag"), etag);
    let another = ask(&server, Role::Auditor, "GET", QUEUE, &[("if-none-match", &etag)], "").await;
    assert_eq!(another.status, StatusCode::OK, "it differs for another caller");
}

#[tokio::test]
async fn whoever_has_no_token_yet_can_read_which_addresses_there_are() {
    let server = server().await;
    let document = send(&server, "GET", "/openapi.json", &[], "").await;
    assert_eq!(document.status, StatusCode::OK);
    let path = "/v1/malls/{mall}/counters/{counter}/queue";
    assert!(document.json()["paths"][path]["get"].is_object());
    let known = [("if-none-match", document.header("etag"))];
    let again = send(&server, "GET", "/openapi.json", &known, "").await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
}

#[tokio::test]
async fn a_problem_is_told_as_one_and_in_indonesian_where_that_is_asked_for() {
    let server = server().await;
    let headers = [("accept", "application/problem+json"), ("accept-language", "id")];
    let answer = ask(&server, Role::Reader, "GET", &format!("{QUEUE}?x=1"), &headers, "").await;
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("content-language"), "id");
    let problem = answer.json();
    assert_eq!((&problem["status"], &problem["reason"]), (&json!(400), &json!("INVALID_FIELD")));
    assert_eq!(problem["errors"][0]["code"], "UNKNOWN_VALUE");
    let indonesian = mpp_core::Reason::InvalidField.indonesian();
    assert_eq!((&problem["title"], &problem["detail"]), (&json!(indonesian), &json!(indonesian)));
    assert!(problem["debug"].as_str().is_some_and(|text| text.contains("no such parameter")));
    let english = [("accept", "application/problem+json")];
    let answer = ask(&server, Role::Reader, "GET", &format!("{QUEUE}?x=1"), &english, "").await;
    let problem = answer.json();
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("no such parameter")));
    assert_eq!((&problem["debug"], &problem["title"]), (&Value::Null, &json!("invalid field")));
}

#[tokio::test]
async fn a_fault_behind_the_door_is_one_answer_and_tells_no_secret() {
    let server = server().await;
    // The desk behind fails by the counter's name.
    for fault in ["panic", "fault"] {
        let path = format!("/v1/malls/a/counters/{fault}/queue");
        let answer = ask(&server, Role::Reader, "GET", &path, &[], "").await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{fault}: {}", answer.body);
        assert!(!answer.body.contains("hunter2"), "{}", answer.body);
    }
    let after = ask(&server, Role::Reader, "GET", QUEUE, &[], "").await;
    assert_eq!(after.status, StatusCode::OK);
}

#[tokio::test]
async fn a_header_that_is_not_understood_is_refused_and_not_passed_over() {
    let server = server().await;
    for (name, value) in [
        ("if-match", ""),
        ("if-match", "\"\""),
        ("if-match", "7"),
        ("if-match", "\"1\", \"2\""),
        // It changes no record that has an etag.
        ("if-match", "*"),
        ("if-match", "\"7.ab\""),
        ("if-none-match", "\"7.ab\""),
        ("if-none-match", ""),
        ("idempotency-key", ""),
    ] {
        let answer = ask(&server, Role::CounterOfficer, "POST", CALL, &[(name, value)], "{}").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}: {value}");
        assert!(answer.body.contains(name), "{}", answer.body);
    }
    let key = [("idempotency-key", "0f8fad5b-d9cb-469f-a165-70867728950e")];
    for (other, status) in [
        ("7c9e6679-7425-40de-944b-e07fc1f90ae7", StatusCode::BAD_REQUEST),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", StatusCode::OK),
    ] {
        let body = format!(r#"{{"requestId": "{other}"}}"#);
        let answer = ask(&server, Role::CounterOfficer, "POST", CALL, &key, &body).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    for (name, value) in [("if-match", "W/\"7.ab\""), ("if-none-match", "*")] {
        let answer = ask(&server, Role::CounterOfficer, "POST", CALL, &[(name, value)], "{}").await;
        assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED, "{name}: {value}");
        assert_eq!(answer.reason(), "ETAG_MISMATCH");
    }
}

#[tokio::test]
async fn a_page_of_another_site_does_not_write_without_a_token() {
    let server = server().await;
    for headers in [[("sec-fetch-site", "cross-site")], [("origin", "https://evil.example")]] {
        let answer = send(&server, "POST", CALL, &headers, "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
        let with_token = ask(&server, Role::CounterOfficer, "POST", CALL, &headers, "{}").await;
        assert_eq!(with_token.status, StatusCode::OK);
        let reads = send(&server, "GET", QUEUE, &headers, "").await;
        assert_eq!(reads.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_stream_is_told_as_events_and_ends_with_the_reason() {
    let server = server().await;
    let mut body = events(&server, Role::Reader, "/v1/feed:watch").await;
    let mut heard = String::new();
    while !heard.contains("\"revision\":\"1\"") {
        heard += &next(&mut body).await;
    }
    server.desk.release(1);
    while !heard.contains("\"revision\":\"2\"") {
        heard += &next(&mut body).await;
    }
    server.shutdown.cancel();
    while !heard.contains("event: error") {
        heard += &next(&mut body).await;
    }
    heard += &next(&mut body).await;
    assert!(heard.contains("UNAVAILABLE"), "{heard}");
}

/// Opens a stream of events.
pub async fn events(server: &Server, role: Role, path: &str) -> hyper::body::Incoming {
    let token = format!("Bearer {}", server.issuer.token(role, &[]));
    let tcp = TcpStream::connect(server.address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    let request = Request::get(path).header("host", "x").header("authorization", token);
    let answer = sender.send_request(request.body(Body::empty()).expect("a request")).await;
    let (parts, body) = answer.expect("an answer").into_parts();
    assert_eq!(parts.headers["content-type"], "text/event-stream");
    body
}

pub async fn next(body: &mut hyper::body::Incoming) -> String {
    let frame = body.frame().await.map(|frame| frame.expect("no fault").into_data());
    frame.map_or(String::new(), |data| String::from_utf8(data.expect("data").into()).expect("text"))
}

#[tokio::test]
async fn a_form_that_is_no_json_is_told_what_is_read_here() {
    let server = server().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = ask(&server, Role::CounterOfficer, "POST", CALL, &form, "window=1").await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(answer.body.contains("send application/json"), "{}", answer.body);
}

#[tokio::test]
async fn a_second_identity_is_refused_and_not_passed_over() {
    let server = server().await;
    let second = [("authorization", "Bearer x")];
    let answer = ask(&server, Role::Reader, "GET", QUEUE, &second, "").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(answer.body.contains("is there twice"), "{}", answer.body);
}
