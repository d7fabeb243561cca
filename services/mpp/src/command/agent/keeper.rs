//! The service that an agent's records go to, as its configuration and the command line name it.

use clap::ValueEnum;
use mpp_agent::{Destination, Run};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::service::Service;

/// The key `service`.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(super) enum Keeper {
    /// The records are services of a catalog.
    #[default]
    Registry,
    /// The records are hours rules.
    Scheduling,
}

impl Keeper {
    /// The line of a configuration that names it; empty if none is needed.
    pub(super) const fn line(self) -> &'static str {
        match self {
            Self::Registry => "",
            Self::Scheduling => "service = \"scheduling\"\n",
        }
    }

    /// The same for the agent.
    pub(super) const fn destination(self) -> Destination {
        match self {
            Self::Registry => Destination::Registry,
            Self::Scheduling => Destination::Scheduling,
        }
    }
}

/// The service that a run's records go to.
pub(super) const fn service(run: &Run) -> Service {
    match run.way.destination {
        Destination::Registry => Service::Registry,
        Destination::Scheduling => Service::Scheduling,
    }
}
