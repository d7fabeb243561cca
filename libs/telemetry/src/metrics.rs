//! The process' own metrics, and the text that Prometheus scrapes.

use std::sync::OnceLock;

use prometheus::{Registry, TextEncoder};

pub(crate) static REGISTRY: OnceLock<Registry> = OnceLock::new();

crate::metrics! {
    /// 1; its labels say which version runs, and whether it was built for release.
    BUILD: Gauge = "mpp.build.info" in "" by ["version", "profile"];
}

/// Publishes which build this is, from now on.
pub(crate) fn tell_build() {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    BUILD.observe_always([env!("CARGO_PKG_VERSION"), profile], || 1.0);
}

/// All metrics in Prometheus' text format; empty before [`crate::init`].
pub fn prometheus_text() -> String {
    let families = REGISTRY.get().map(Registry::gather).unwrap_or_default();
    TextEncoder::new().encode_to_string(&families).unwrap_or_default()
}
