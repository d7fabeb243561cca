//! How a server ends: it stops being ready, lets the balancers notice, stops accepting and tells
//! open streams to move, waits for what is still running, and only then cuts.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::Readiness;

/// The times of a drain.
#[derive(Clone, Copy, Debug)]
pub struct Drain {
    /// How long the server goes on as before once it is not ready, so that balancers see it.
    pub pause: Duration,
    /// How long running calls may then take before they are cut.
    pub wait: Duration,
}

impl Default for Drain {
    /// For Kubernetes, whose endpoints take some seconds to follow; the sum stays below its 30 s
    /// of grace.
    fn default() -> Self {
        Self { pause: Duration::from_secs(5), wait: Duration::from_secs(20) }
    }
}

impl Drain {
    /// No pause, for a process that no balancer stands before.
    pub fn at_once() -> Self {
        Self { pause: Duration::ZERO, wait: Duration::from_secs(5) }
    }

    /// Waits until it is time to stop accepting.
    pub(crate) async fn pause(&self, readiness: &Readiness, shutdown: &CancellationToken) {
        shutdown.cancelled().await;
        tracing::info!("draining");
        readiness.drain();
        tokio::time::sleep(self.pause).await;
    }
}
