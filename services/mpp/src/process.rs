//! Shared by all processes that serve something: logs, metrics, and the ports they listen on.

use std::{io::ErrorKind, net::SocketAddr};

use clap::{Args as ClapArgs, ValueEnum};
use mpp_core::{Error, Reason, Result};
use tokio::net::TcpListener;

/// How a process logs.
#[derive(ClapArgs)]
pub struct LogArgs {
    /// The log lines to write, such as "info,mpp_store=debug".
    #[arg(long, env = "MPP_LOG", default_value = "info")]
    pub log: String,
    #[arg(long, env = "MPP_LOG_FORMAT", value_enum, default_value_t)]
    pub log_format: LogFormat,
    /// This replica's name, such as the pod's name.
    #[arg(long, env = "MPP_INSTANCE", default_value = "1")]
    pub instance: String,
}

/// How log lines look.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

impl LogArgs {
    /// Logs, traces and metrics from now on, until the guard is dropped.
    pub fn telemetry(&self, service: &str) -> Result<mpp_telemetry::Guard> {
        let log_format = match self.log_format {
            LogFormat::Text => mpp_telemetry::LogFormat::Text,
            LogFormat::Json => mpp_telemetry::LogFormat::Json,
        };
        mpp_telemetry::init(mpp_telemetry::Config {
            service: service.to_owned(),
            instance: self.instance.clone(),
            otlp_endpoint: None,
            log_format,
            filter: self.log.clone(),
        })
        .map_err(Error::internal)
    }
}

/// Listens on an address.
///
/// # Errors
/// Says which address, and what to do.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let way_out = match error.kind() {
            ErrorKind::AddrInUse => {
                "another process has it, perhaps another mpp: end that one, or choose another port with \
                 --port (`mpp up`), --listen or --health-listen (`mpp serve`)"
            }
            _ => "choose an address of this machine and a port that this user may have",
        };
        let text = format!("{address} cannot be listened on: {error}; {way_out}");
        Error::new(Reason::WrongState, text)
    })
}
