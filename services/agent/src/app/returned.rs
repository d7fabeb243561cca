//! Notices that a registry which was away is there again, so that nobody has to wait out the
//! longest pause.
//!
//! While a run waits it looks now and then, at random moments so that a thousand agents do not come
//! at once, whether the registry says that it serves: one small call that needs no session. Only a
//! registry that was seen away before ends the wait: if it serves all the time, and refuses the run
//! for another reason, the pauses stay as long as they are.

use std::time::Duration;

use mpp_client::{Channel, Endpoint};
use tokio::time::{sleep, timeout};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::policy::Policy;

/// Looks whether the registry serves.
pub struct ServingCheck {
    /// `None` if no channel can be made; the run itself says why.
    health: Option<HealthClient<Channel>>,
    every: Duration,
    was_away: bool,
}

impl ServingCheck {
    /// Looks at the registry behind `endpoint`.
    pub fn new(endpoint: &Endpoint, policy: &Policy) -> Self {
        let health = mpp_client::connect(endpoint).ok().map(HealthClient::new);
        Self { health, every: policy.probe(), was_away: false }
    }

    /// Ends once a registry that was away serves; dropping the future loses nothing.
    pub async fn back(&mut self) {
        let Some(mut health) = self.health.clone() else {
            return std::future::pending().await;
        };
        loop {
            sleep(self.every.mul_f64(rand::random_range(0.5..1.0))).await;
            if !serves(&mut health, self.every).await {
                self.was_away = true;
            } else if std::mem::take(&mut self.was_away) {
                return;
            }
        }
    }
}

async fn serves(health: &mut HealthClient<Channel>, limit: Duration) -> bool {
    let answer = timeout(limit, health.check(HealthCheckRequest::default())).await;
    let status = answer.ok().and_then(Result::ok).map(|answer| answer.into_inner().status());
    status == Some(ServingStatus::Serving)
}

/// Ends once the registry behind `endpoint`, which was away, serves again.
pub async fn until_back(endpoint: &Endpoint, policy: &Policy) {
    ServingCheck::new(endpoint, policy).back().await;
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tokio::net::TcpListener;
    use tokio_stream::wrappers::TcpListenerStream;

    use super::*;

    /// Long enough for ten looks.
    const WHILE: Duration = Duration::from_millis(600);
    const PATIENCE: Duration = Duration::from_secs(30);

    fn look(address: SocketAddr) -> ServingCheck {
        let endpoint = Endpoint { address: format!("http://{address}"), ..Endpoint::default() };
        ServingCheck { every: WHILE / 10, ..ServingCheck::new(&endpoint, &Policy::default()) }
    }

    async fn serve(listener: TcpListener) {
        let (_, health) = tonic_health::server::health_reporter();
        let server = tonic::transport::Server::builder().add_service(health);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    }

    #[tokio::test]
    async fn a_registry_that_comes_back_ends_the_wait_and_one_that_was_there_does_not() {
        let first = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = first.local_addr().expect("bound");
        drop(first);
        let mut waiting = look(address);
        assert!(timeout(WHILE, waiting.back()).await.is_err(), "it is away");
        serve(TcpListener::bind(address).await.expect("the same port")).await;
        timeout(PATIENCE, waiting.back()).await.expect("it is back");
        // It serves, so whatever the run was refused for is no outage.
        assert!(timeout(WHILE, waiting.back()).await.is_err());
        assert!(timeout(WHILE, look(address).back()).await.is_err());
    }

    #[tokio::test]
    async fn a_registry_that_is_reached_and_does_not_serve_is_away() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let (reporter, health) = tonic_health::server::health_reporter();
        let serving = async |status| reporter.set_service_status("", status).await;
        serving(tonic_health::ServingStatus::NotServing).await;
        let server = tonic::transport::Server::builder().add_service(health);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let mut waiting = look(address);
        assert!(timeout(WHILE, waiting.back()).await.is_err(), "it says that it does not");
        serving(tonic_health::ServingStatus::Serving).await;
        timeout(PATIENCE, waiting.back()).await.expect("it does now");
    }
}
