//! A follower whose server is away.

use std::time::{Duration, Instant};

use mpp_api::feed::Filter;
use mpp_client::{Endpoint, Follower, connect};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_follower_waits_longer_after_each_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let channel = connect(&Endpoint { address, token: None, tls: None }).expect("an endpoint");
    let mut follower = Follower::new("registry", channel, Filter::default(), None);
    let following = tokio::spawn(async move { follower.next().await });

    // Each try is accepted and then hung up on; the pauses between the first four last at least 50,
    // 100 and 200 ms.
    let first = accept_and_hang_up(&listener).await;
    for _ in 0..2 {
        accept_and_hang_up(&listener).await;
    }
    let waited = accept_and_hang_up(&listener).await - first;
    assert!(waited >= Duration::from_millis(350), "four tries within {waited:?}");
    following.abort();
}

async fn accept_and_hang_up(listener: &TcpListener) -> Instant {
    let (connection, _) = listener.accept().await.expect("a try");
    drop(connection);
    Instant::now()
}
