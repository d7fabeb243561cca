//! A second replica of a service.

use std::net::SocketAddr;

use mpp_testkit::free_port;
use tokio::process::Command;

use crate::{
    PATIENCE, Service, Suite, eventually, http,
    process::{Process, Signal},
    wait::that,
};

/// Another `mpp serve`, as a rule over the same database.
pub struct Replica {
    process: Process,
    service: Service,
    grpc: u16,
    health: u16,
}

impl Replica {
    /// Starts a replica with the suite's present binary, and waits until it is ready.
    pub async fn start(suite: &Suite, service: Service) -> Self {
        Self::start_by(suite, service, suite.serve(service)).await
    }

    /// Like [`Replica::start`], by a command that [`Suite::serve`] gave.
    pub async fn start_by(suite: &Suite, service: Service, serve: Command) -> Self {
        let (grpc, health) = (free_port(), free_port());
        let process = launch(suite, serve, service, (grpc, health));
        let replica = Self { process, service, grpc, health };
        replica.ready().await;
        replica
    }

    /// Its place, for a proxy before it.
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.grpc))
    }

    /// Its address, as clients name it.
    pub fn address(&self) -> String {
        format!("http://{}", self.socket())
    }

    async fn ready(&self) {
        let url = format!("http://127.0.0.1:{}/readyz", self.health);
        eventually(PATIENCE, "the second replica is ready", async || {
            let (status, body) = http::get(&url).await?;
            that(status == 200, body)
        })
        .await;
    }

    /// Tells it to end, and waits until it has.
    ///
    /// # Panics
    /// If it calls that no success.
    pub async fn stop(&mut self) {
        self.process.signal(Signal::Terminate).await;
        let status = self.process.end_within(PATIENCE).await;
        assert!(status.success(), "{status}");
    }

    /// Starts again at the same address.
    pub async fn again(&mut self, suite: &Suite) {
        let serve = suite.serve(self.service);
        self.process = launch(suite, serve, self.service, (self.grpc, self.health));
        self.ready().await;
    }

    /// Everything that it has logged, over all its lives.
    pub fn log(&self) -> String {
        self.process.log()
    }
}

fn launch(
    suite: &Suite,
    mut serve: Command,
    service: Service,
    (grpc, health): (u16, u16),
) -> Process {
    serve
        .env("MPP_LISTEN", format!("127.0.0.1:{grpc}"))
        .env("MPP_HEALTH_LISTEN", format!("127.0.0.1:{health}"))
        .env("MPP_INSTANCE", "2");
    let log = suite.home().join(format!("{}-{grpc}.log", service.name()));
    Process::start("the second replica", serve, &log)
}
