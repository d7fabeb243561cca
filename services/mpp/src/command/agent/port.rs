//! The health port of an agent that runs again and again: liveness, readiness that says why, and
//! metrics, as every server has them.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use clap::Args as ClapArgs;

use mpp_agent::{Run, RunOutcome, Vitals, is_of_registry};
use mpp_client::{Endpoint, TokenSource};
use mpp_core::{Error, Result};
use mpp_rpc::{Component, HealthPolicy, Readiness, serve_probes};
use mpp_telemetry::Guard;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    client::Client,
    credentials,
    process::{LogArgs, bind},
    service::Service,
};

#[derive(ClapArgs)]
pub struct PortArgs {
    /// Where /livez, /readyz and /metrics are served, in plain text; nothing is unless it is given.
    #[arg(long, env = "MPP_HEALTH_LISTEN", value_name = "ADDRESS")]
    pub health_listen: Option<SocketAddr>,
    #[command(flatten)]
    pub log: LogArgs,
}

/// The files by which the agent is known, and knows the service that it feeds.
fn measure(endpoint: &Endpoint) {
    if let Some(TokenSource::File(token)) = &endpoint.token {
        credentials::measure("agent", "token", Some(token));
    }
    let servers = endpoint.tls.as_ref().map(|tls| tls.ca.clone());
    credentials::measure("agent", "servers", servers.as_ref());
}

/// What an agent's port tells while the agent lives.
pub(super) struct Port {
    configuration: Component,
    source: Component,
    /// The service that it feeds, under its name.
    index: Component,
    vitals: Option<Arc<Vitals>>,
    /// Ends the port when this is dropped.
    _ends: DropGuard,
    /// Last: what is told of the end is told before it.
    _telemetry: Guard,
}

impl Port {
    /// Serves the port of an agent that feeds a service, if a port is wanted.
    pub(super) async fn open(
        args: &PortArgs,
        service: Service,
        client: &Client,
    ) -> Result<Option<Self>> {
        let Some(address) = args.health_listen else { return Ok(None) };
        let telemetry = args.log.telemetry("agent")?;
        let listener = bind(address).await?;
        let address = listener.local_addr().map_err(Error::internal)?;
        measure(&client.endpoint(service)?);
        // It takes no calls that readiness could hold back: it only tells what is missing.
        let readiness = Readiness::new(HealthPolicy::default());
        let component = |name: &str| readiness.component(name).for_the_start();
        let parts = ["configuration", "source", service.name()].map(component);
        let [configuration, source, index] = parts;
        let ended = CancellationToken::new();
        tracing::info!(health = %address, "the agent runs");
        tokio::spawn(serve_probes(listener, readiness, ended.clone()));
        let (vitals, _ends, _telemetry) = (None, ended.drop_guard(), telemetry);
        Ok(Some(Self { configuration, source, index, vitals, _ends, _telemetry }))
    }

    /// A run begins, or its configuration cannot be used.
    pub(super) async fn begins(&mut self, run: &Result<Run>) {
        match run {
            Ok(run) => {
                self.configuration.up();
                if self.vitals.is_none() {
                    self.vitals = Some(Vitals::begin(run).await);
                }
            }
            Err(error) => self.configuration.down(error.message()),
        }
    }

    /// A run has ended.
    pub(super) fn ended(&self, source: &str, run: &Result<RunOutcome>, took: Duration) {
        if let Some(vitals) = &self.vitals {
            vitals.ended(run, took);
        }
        match run {
            Ok(outcome) => self.reached(source, outcome, took),
            Err(error) => self.failed(source, error, took),
        }
    }

    fn reached(&self, source: &str, outcome: &RunOutcome, took: Duration) {
        self.index.up();
        match &outcome.lack {
            None if outcome.part => {}
            None => self.source.up(),
            Some(lack) => self.source.down(lack.message()),
        }
        let tally = &outcome.tally;
        tracing::info!(
            source,
            seconds = took.as_secs_f64(),
            complete = outcome.lack.is_none() && !outcome.part,
            part = outcome.part,
            lack = outcome.lack.as_ref().map(Error::message),
            read = tally.read,
            sent = tally.sent,
            refused = outcome.refused,
            waiting = outcome.waiting,
            "a run has ended"
        );
    }

    fn failed(&self, source: &str, error: &Error, took: Duration) {
        if is_of_registry(error) {
            self.index.down(error.message());
        } else {
            self.configuration.down(error.message());
        }
        tracing::warn!(source, seconds = took.as_secs_f64(), %error, "a run has failed");
    }
}
