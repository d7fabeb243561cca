//! The services of the suite, as the command line names them.

use clap::ValueEnum;

/// A service with an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Service {
    Registry,
    Scheduling,
    Reporting,
}

impl Service {
    /// All of them, each before those that follow it.
    pub const ALL: [Self; 3] = [Self::Registry, Self::Scheduling, Self::Reporting];

    /// Those that take what sources send.
    pub const SYNCING: [Self; 2] = [Self::Registry, Self::Scheduling];

    pub const fn name(self) -> &'static str {
        match self {
            Service::Registry => "registry",
            Service::Scheduling => "scheduling",
            Service::Reporting => "reporting",
        }
    }
}
