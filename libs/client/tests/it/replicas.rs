//! Several replicas of one service.

use mpp_api::registry::{
    GetMallRequest, UpdateMallRequest, directory_service_client::DirectoryServiceClient,
};

use crate::setup::{Desk, Issuer, Server, brisk, channel};

/// Two replicas, each with a desk of its own, and a caller who knows both.
struct Pair {
    desks: [Desk; 2],
    servers: [Server; 2],
    directory: DirectoryServiceClient<mpp_client::Channel>,
}

async fn pair() -> Pair {
    let issuer = Issuer::new();
    let (first, at_first) = Desk::open(&issuer).await;
    let (second, at_second) = Desk::open(&issuer).await;
    let addresses = format!("{}, {}", at_first.url(), at_second.url());
    let directory = DirectoryServiceClient::new(channel(&issuer, &addresses, brisk()));
    Pair { desks: [first, second], servers: [at_first, at_second], directory }
}

impl Pair {
    fn asked(&self) -> [usize; 2] {
        [self.desks[0].asked().len(), self.desks[1].asked().len()]
    }
}

#[tokio::test]
async fn replicas_are_called_by_turns() {
    let mut pair = pair().await;
    for _ in 0..10 {
        pair.directory.get_mall(GetMallRequest::default()).await.expect("answered");
    }
    assert_eq!(pair.asked(), [5, 5]);
}

#[tokio::test]
async fn of_two_replicas_one_ends_and_every_call_is_answered() {
    let pair = pair().await;
    let Pair { desks: [_, left], servers: [ends, _stays], mut directory } = pair;
    for _ in 0..4 {
        directory.get_mall(GetMallRequest::default()).await.expect("answered");
    }
    ends.end().await;
    let before = left.asked().len();
    for _ in 0..10 {
        directory.get_mall(GetMallRequest::default()).await.expect("answered by the other");
        directory.update_mall(UpdateMallRequest::default()).await.expect("done by the other");
    }
    assert_eq!(left.asked().len(), before + 20, "each was done, and each once");
}

#[tokio::test]
async fn what_a_replica_refuses_as_it_goes_away_is_asked_of_another() {
    let mut pair = pair().await;
    pair.desks[0].go_away(1);
    pair.desks[1].go_away(1);
    for _ in 0..2 {
        pair.directory.get_mall(GetMallRequest::default()).await.expect("answered");
    }
    assert_eq!(pair.asked().iter().sum::<usize>(), 4);
}
