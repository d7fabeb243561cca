//! Peers that read slowly.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpSocket,
};

use crate::setup::server_with;

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
