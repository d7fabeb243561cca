//! How abuse of HTTP is answered. Each line is tried on a connection of its own, and what came of
//! it stands in deploy/README.md.

use std::{env, fmt::Write as _, fs, time::Duration};

use futures::future::join_all;
use mpp_api::feed::WatchRequest;
use mpp_core::Role;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::setup::{BANYUWANGI, Server, server, server_with};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/README.md");
const QUEUE: &str = "/v1/malls/banyuwangi/counters/dukcapil/queue";
const CALL: &str = "/v1/malls/banyuwangi/counters/dukcapil/windows/1:callNext";

/// A request of an officer who may call what is called here.
struct Plain<'a> {
    token: &'a str,
}

impl Plain<'_> {
    fn with(&self, line: &str, headers: &str, body: &str) -> Vec<u8> {
        let token = self.token;
        format!("{line}\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{headers}\r\n{body}").into()
    }

    fn get(&self, headers: &str) -> Vec<u8> {
        self.with(&format!("GET {QUEUE} HTTP/1.1"), headers, "")
    }

    fn post(&self, headers: &str, body: &str) -> Vec<u8> {
        self.with(&format!("POST {CALL} HTTP/1.1"), headers, body)
    }

    /// The bytes that are sent.
    fn abuses(&self) -> Vec<(&'static str, Vec<u8>)> {
        [self.framing(), self.heads(), self.forms()].concat()
    }

    /// Requests of which two readers might see different ends.
    fn framing(&self) -> Vec<(&'static str, Vec<u8>)> {
        let chunked = "Transfer-Encoding: chunked\r\n";
        let hidden = "2\r\n{}\r\n0\r\n\r\nGET /v1/feed HTTP/1.1\r\nHost: x\r\n\r\n";
        vec![
            (
                "`Content-Length`, then `Transfer-Encoding`, and a second request in the body",
                self.post(&format!("Content-Length: 2\r\n{chunked}"), hidden),
            ),
            (
                "`Transfer-Encoding`, then `Content-Length`, and a second request in the body",
                self.post(&format!("{chunked}Content-Length: 2\r\n"), hidden),
            ),
            (
                "two lengths that differ",
                self.post("Content-Length: 2\r\nContent-Length: 3\r\n", "{} "),
            ),
            ("a length that is no number (`+2`)", self.post("Content-Length: +2\r\n", "{}")),
            ("`Transfer-Encoding: xchunked`", self.post("Transfer-Encoding: xchunked\r\n", hidden)),
            (
                "`Transfer-Encoding` in HTTP/1.0",
                self.with(&format!("POST {CALL} HTTP/1.0"), chunked, hidden),
            ),
            ("a chunk of 2^68 bytes", self.post(chunked, "FFFFFFFFFFFFFFFFF\r\n{}\r\n")),
            ("a body longer than said", self.post("Content-Length: 1\r\n", "{}\r\n\r\n")),
            ("a body where there is none", self.get_with_body()),
        ]
    }

    fn get_with_body(&self) -> Vec<u8> {
        self.with(&format!("GET {QUEUE} HTTP/1.1"), "Content-Length: 2\r\n", "{}")
    }

    /// Heads that are wrong, or too much.
    fn heads(&self) -> Vec<(&'static str, Vec<u8>)> {
        let many: String = (0..200).map(|n| format!("X-{n}: x\r\n")).collect();
        let line_feeds = String::from_utf8(self.get("")).expect("text").replace("\r\n", "\n");
        vec![
            ("a header folded over two lines", self.get("X-A: a\r\n b\r\n")),
            ("a blank before a colon", self.get("X-A : a\r\n")),
            ("lines that end in LF alone", line_feeds.into_bytes()),
            ("a CR alone within a header", self.get("X-A: a\rb\r\n")),
            ("a NUL within a header", self.get("X-A: a\0b\r\n")),
            ("no `Host`", format!("GET {QUEUE} HTTP/1.1\r\n\r\n").into_bytes()),
            ("two `Host`", self.get("Host: y\r\n")),
            ("a header of 20 KiB", self.get(&format!("X-A: {}\r\n", "a".repeat(20_000)))),
            ("200 headers", self.get(&many)),
            (
                "an address of 20 KiB",
                self.with(&format!("GET {QUEUE}?x={} HTTP/1.1", "a".repeat(20_000)), "", ""),
            ),
            (
                "half a head, and then nothing",
                format!("GET {QUEUE} HTTP/1.1\r\nHost: x\r\nX-Slow: ").into_bytes(),
            ),
        ]
    }

    /// Requests that are right, or nearly, in forms that are seldom seen.
    fn forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        let get = |target: &str| self.with(&format!("GET {target} HTTP/1.1"), "", "");
        let upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\
                       HTTP2-Settings: AAMAAABkAAQAAP__\r\n";
        let grpc = "Content-Type: application/grpc\r\nContent-Length: 5\r\n";
        let no_token = format!(
            "POST {CALL} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        );
        let call = "POST /mpp.scheduling.v1.QueueService/GetQueue HTTP/1.1";
        vec![
            ("three requests at once", [self.get(""), self.get(""), self.get("")].concat()),
            ("an address with another host in it", get(&format!("http://evil.example{QUEUE}"))),
            ("`..` in an address", get("/v1/malls/x/../../regions")),
            ("`%2F` in a name", get("/v1/malls/x%2F..%2Fy/counters/z/queue")),
            ("`CONNECT`", self.with("CONNECT evil.example:443 HTTP/1.1", "", "")),
            ("`OPTIONS *`", self.with("OPTIONS * HTTP/1.1", "", "")),
            ("an upgrade to HTTP/2 (`h2c`)", self.get(upgrade)),
            ("gRPC over HTTP/1.1", self.with(call, grpc, "\0\0\0\0\0")),
            ("`Expect: 100-continue` without a token", no_token.into_bytes()),
            ("HTTP/9.9", self.with(&format!("GET {QUEUE} HTTP/9.9"), "", "")),
            (
                "TLS where there is none",
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abc".to_vec(),
            ),
        ]
    }
}

/// Everything that comes until the server hangs up, in short.
async fn outcome(server: &Server, sent: &[u8]) -> String {
    let mut tcp = TcpStream::connect(server.address).await.expect("a connection");
    // A server that has refused may have hung up before the last byte.
    let _ = tcp.write_all(sent).await;
    let mut bytes = Vec::new();
    let _ = tcp.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let is_status = |answer: &&str| answer.get(..3).is_some_and(|code| code.parse::<u16>().is_ok());
    let answers: Vec<&str> = text.split("HTTP/1.1 ").filter(is_status).collect();
    let statuses: Vec<&str> = answers.iter().filter_map(|answer| answer.get(..3)).collect();
    let closes = |answer: &&str| answer.contains("connection: close");
    match (answers.last(), text.contains("HTTP/1.0 ")) {
        (_, true) => text.get(9..12).unwrap_or_default().to_owned() + ", and the connection ends",
        (None, _) => "no answer, and the connection ends".to_owned(),
        (Some(last), _) if closes(last) => {
            format!("{}, and the connection ends", statuses.join(", "))
        }
        (Some(_), _) => statuses.join(", "),
    }
}

#[tokio::test]
async fn what_abuse_of_http_gets_is_what_the_readme_says() {
    // A peer that says nothing more is waited for; all cases wait at the same time.
    let server = server_with(|shell| shell.limits.first_call = Duration::from_secs(3)).await;
    let token = server.issuer.token(Role::CounterOfficer, &[BANYUWANGI]);
    let abuses = Plain { token: &token }.abuses();
    let tried = abuses.iter().map(async |(what, sent)| (*what, outcome(&server, sent).await));
    let mut table = String::from("| what comes | what it gets |\n| --- | --- |\n");
    for (what, got) in join_all(tried).await {
        let status: u16 = got.get(..3).and_then(|status| status.parse().ok()).unwrap_or_default();
        assert!(status < 500, "{what}: {got}");
        writeln!(table, "| {what} | {got} |").expect("a string");
    }
    let readme = fs::read_to_string(README).expect("deploy/README.md");
    let (start, end) = ("<!-- abuse -->\n", "<!-- end of abuse -->");
    let (before, rest) = readme.split_once(start).expect("its beginning");
    let (known, after) = rest.split_once(end).expect("its end");
    if env::var_os("WRITE_REFERENCE").is_some() {
        fs::write(README, format!("{before}{start}{table}{end}{after}")).expect("written");
    } else {
        assert_eq!(known, table, "run WRITE_REFERENCE=1 cargo test -p mpp-rpc --test it abuse");
    }
    let good = outcome(&server, &Plain { token: &token }.get("Connection: close\r\n")).await;
    assert_eq!(good, "200, and the connection ends", "others are served on");
}

#[tokio::test]
async fn a_body_that_never_ends_is_waited_for_as_long_as_a_call_may_take() {
    let server = server_with(|shell| {
        shell.limits.call_time = Duration::from_millis(300);
        // A wait that only the end of the stream's own time ends is reported with another reason.
        shell.limits.stream_time = Duration::from_secs(5);
    })
    .await;
    let token = server.issuer.token(Role::CounterOfficer, &[BANYUWANGI]);
    let plain = Plain { token: &token };
    let got = outcome(&server, &plain.post("Content-Length: 100\r\n", "{")).await;
    assert_eq!(got, "504");
    let service = Plain { token: &server.issuer.token(Role::Service, &[]) };
    let watch = service.with("GET /v1/feed:watch HTTP/1.1", "Content-Length: 100\r\n", "");
    assert_eq!(outcome(&server, &watch).await, "504", "a watch begins as soon as a call ends");
    // A caller that may not call at all is not even waited for.
    let stranger = format!("POST {CALL} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{");
    assert_eq!(outcome(&server, stranger.as_bytes()).await, "401");
}

#[tokio::test]
async fn a_connection_whose_answers_are_not_read_is_cut() {
    let server = server_with(|shell| shell.limits.unread = Duration::from_millis(200)).await;
    let token = server.issuer.token(Role::CounterOfficer, &[BANYUWANGI]);
    let path = format!("/v1/malls/a/counters/{}/queue", "a".repeat(8000));
    let request = Plain { token: &token }.with(&format!("GET {path} HTTP/1.1"), "", "");
    let mut tcp = TcpStream::connect(server.address).await.expect("a connection");
    // It asks on until the server hangs up, which no other bound makes it do within a minute.
    while tcp.write_all(&request).await.is_ok() {}
    let good = outcome(&server, &Plain { token: &token }.get("Connection: close\r\n")).await;
    assert_eq!(good, "200, and the connection ends", "others are served on");
}

/// A connection over HTTP/2 as an abuser holds it.
pub async fn http2(
    server: &Server,
) -> (h2::client::SendRequest<bytes::Bytes>, tokio::task::JoinHandle<Result<(), h2::Error>>) {
    let tcp = TcpStream::connect(server.address).await.expect("a connection");
    let (send, connection) = h2::client::handshake(tcp).await.expect("HTTP/2");
    (send, tokio::spawn(connection))
}

pub fn get(server: &Server, headers: &[(&str, &str)]) -> http::Request<()> {
    get_at(server, QUEUE, headers)
}

pub fn get_at(server: &Server, path: &str, headers: &[(&str, &str)]) -> http::Request<()> {
    let token = server.issuer.token(Role::CounterOfficer, &[BANYUWANGI]);
    let mut request = http::Request::get(format!("http://{}{path}", server.address))
        .header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request")
}

#[tokio::test]
async fn streams_that_are_opened_to_be_reset_end_their_connection() {
    let server = server().await;
    let (send, connection) = http2(&server).await;
    let request = get(&server, &[]);
    for _ in 0..20_000 {
        let Ok(mut ready) = send.clone().ready().await else { break };
        let Ok((_, mut stream)) = ready.send_request(request.clone(), true) else { break };
        stream.send_reset(h2::Reason::CANCEL);
    }
    // It says ENHANCE_YOUR_CALM, which a client that only writes may never read.
    connection.await.expect("no panic").expect_err("the server ends it");
    let (send, _) = http2(&server).await;
    assert_eq!(status(send, get(&server, &[])).await, 200, "others are served on");
}

#[tokio::test]
async fn a_stream_that_has_nothing_to_say_is_not_taken_for_one_that_is_not_read() {
    let unread = Duration::from_millis(100);
    let server = server_with(|shell| shell.limits.unread = unread).await;
    let mut feed = server.feed(Role::Service);
    let mut watch = feed.watch(WatchRequest::default()).await.expect("a stream").into_inner();
    for revision in 1..=3 {
        let message = watch.message().await.expect("it lasts").expect("a message");
        assert_eq!(message.revision, revision);
        // The bound is over, however long this lasts.
        tokio::time::sleep(3 * unread).await;
        server.desk.release(1);
    }
}

#[tokio::test]
async fn heads_are_bounded_over_http2_too() {
    let server = server().await;
    let large = "a".repeat(20_000);
    let (send, _connection) = http2(&server).await;
    assert_eq!(status(send.clone(), get(&server, &[("x-a", &large)])).await, 431);
    assert_eq!(status(send, get(&server, &[])).await, 200, "the connection goes on");
}

pub async fn status(
    send: h2::client::SendRequest<bytes::Bytes>,
    request: http::Request<()>,
) -> u16 {
    let mut ready = send.ready().await.expect("a stream");
    let (answer, _) = ready.send_request(request, true).expect("sent");
    answer.await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn a_head_that_never_ends_over_http2_ends_its_connection() {
    let server = server().await;
    let mut tcp = TcpStream::connect(server.address).await.expect("a connection");
    tcp.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.expect("sent");
    // HEADERS of stream 1, then CONTINUATION without an end: each one header of 1,000 letters.
    let mut header = b"\x00\x01a\x7f\xe9\x06".to_vec();
    header.extend([b'a'; 1000]);
    for kind in [[1].as_slice(), &[9; 10_000]].concat() {
        let length = u32::try_from(header.len()).expect("a length").to_be_bytes();
        let frame = [&length[1..], &[kind, 0], &1_u32.to_be_bytes(), &header].concat();
        if tcp.write_all(&frame).await.is_err() {
            break;
        }
    }
    // Ends only when the server hangs up.
    let _ = tcp.read_to_end(&mut Vec::new()).await;
    let (send, _) = http2(&server).await;
    assert_eq!(status(send, get(&server, &[])).await, 200, "others are served on");
}
