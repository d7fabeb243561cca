//! The services that have records.

/// One of the three services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Directory, catalog, search, federation.
    Registry,
    /// Hours, slots, queues.
    Scheduling,
    /// The service of reports.
    Reporting,
}

impl Service {
    /// All, each after those that it follows.
    pub const ALL: [Service; 3] = [Service::Registry, Service::Scheduling, Service::Reporting];

    /// Its name in commands.
    pub fn name(self) -> &'static str {
        match self {
            Service::Registry => "registry",
            Service::Scheduling => "scheduling",
            Service::Reporting => "reporting",
        }
    }
}
