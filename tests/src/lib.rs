//! The harness of the end-to-end tests: the built binary in as many processes as in production.
//!
//! Nothing here links a service. A [`Suite`] is three databases and three `mpp serve` processes,
//! set up as an operator would: keys and tokens by `mpp token`, schemas by `mpp migrate`, addresses
//! and files by environment variables. Tests call it as a client would, over gRPC or by commands.
//!
//! Processes write their logs to files, which are shown when a test fails, and never outlive it.
//! The harness panics when something does not work: it has no caller that could do better.

#![forbid(unsafe_code)]

pub mod backup;
pub mod cluster;
pub mod copy;
pub mod desk;
pub mod doors;
#[cfg(test)]
mod guide;
#[cfg(test)]
mod habits;
pub mod http;
pub mod keys;
pub mod pooler;
pub mod process;
pub mod program;
pub mod proxy;
pub mod replica;
pub mod service;
#[cfg(test)]
mod sources;
pub mod suite;
pub mod tls;
pub mod town;
pub mod wait;

pub use service::Service;
pub use suite::{Setup, Suite};
pub use wait::{PATIENCE, eventually};
