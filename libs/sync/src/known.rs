//! A source as a service knows it.

use mpp_api::sync::Source;
use mpp_core::Micros;

/// A source, with a service's own accounting of it.
#[derive(Clone, Debug)]
pub struct KnownSource {
    /// The source's record.
    pub source: Source,
    /// Since when it is known there.
    pub since: Micros,
}
