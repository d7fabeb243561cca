//! Peers that read slowly.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::{
    abuse::{get, get_at, http2, status},
    setup::server_with,
};

/// How many times the contract is asked for on one connection: more than the kernel keeps unsent.
const ASKED: usize = 40;

#[tokio::test]
async fn who_reads_slowly_but_steadily_is_not_cut() {
    let unread = Duration::from_secs(1);
    let server = server_with(|shell| shell.limits.unread = unread).await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(16 * 1024).expect("a small buffer");
    let mut tcp = socket.connect(server.address).await.expect("a connection");
    let ask = |_| "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".to_owned();
    let asked: String = (1..ASKED).map(ask).collect();
    let last = "GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    tcp.write_all((asked + last).as_bytes()).await.expect("sent");
    let (mut read, mut piece) = (Vec::new(), vec![0; 16 * 1024]);
    // Some four seconds with a piece every now and then, and then all that is left.
    for _ in 0..100 {
        tokio::time::sleep(unread / 25).await;
        let length = tcp.read(&mut piece).await.expect("not cut");
        read.extend(&piece[..length]);
    }
    tcp.read_to_end(&mut read).await.expect("not cut");
    let answers = String::from_utf8_lossy(&read).matches("HTTP/1.1 200").count();
    assert_eq!(answers, ASKED, "all of {} bytes", read.len());
}

/// The body of an answer over a connection whose streams have a window of this many bytes.
async fn body_through(
    send: &h2::client::SendRequest<bytes::Bytes>,
    request: http::Request<()>,
) -> h2::RecvStream {
    let mut ready = send.clone().ready().await.expect("a stream");
    let (answer, _) = ready.send_request(request, true).expect("sent");
    answer.await.expect("an answer").into_body()
}

#[tokio::test]
async fn an_answer_that_nobody_takes_over_http2_is_given_up_and_its_connection_is_not() {
    let server = server_with(|shell| shell.limits.unread = Duration::from_millis(300)).await;
    for window in [0, 1] {
        let tcp = TcpStream::connect(server.address).await.expect("a connection");
        let mut client = h2::client::Builder::new();
        client.initial_window_size(window);
        let (send, connection) = client.handshake(tcp).await.expect("HTTP/2");
        // It answers pings, so that nothing else ends it.
        tokio::spawn(connection);
        let mut untaken = body_through(&send, get_at(&server, "/openapi.json", &[])).await;
        let end = async {
            loop {
                let piece = untaken.data().await.expect("no end in good order");
                if let Err(error) = piece {
                    break error.reason();
                }
            }
        };
        let end = tokio::time::timeout(Duration::from_secs(20), end).await;
        assert_eq!(end.expect("given up"), Some(h2::Reason::CANCEL), "with a window of {window}");
        assert_eq!(status(send, get(&server, &[])).await, 200, "the connection goes on");
    }
}

#[tokio::test]
async fn an_answer_that_is_taken_slowly_over_http2_comes_whole() {
    // Forty pauses long: a busy machine makes the reader late, too.
    let unread = Duration::from_secs(2);
    let server = server_with(|shell| shell.limits.unread = unread).await;
    let (send, _connection) = http2(&server).await;
    let begun = Instant::now();
    let mut body = body_through(&send, get_at(&server, "/openapi.json", &[])).await;
    let mut length = 0;
    while let Some(piece) = body.data().await {
        let piece = piece.expect("not given up").len();
        length += piece;
        tokio::time::sleep(Duration::from_millis(50)).await;
        body.flow_control().release_capacity(piece).expect("open");
    }
    assert!(length > 200_000, "more than the first window: {length}");
    assert!(begun.elapsed() > unread, "it was taken for longer than nothing may be taken");
}
