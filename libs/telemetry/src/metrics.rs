//! Instruments, and the text that Prometheus scrapes.
//!
//! Make an instrument once, in a `LazyLock`, after [`crate::init`]: one that is made before it
//! measures nothing.

use std::sync::OnceLock;

use opentelemetry::{
    KeyValue, global,
    metrics::{Counter, Gauge, Histogram, Meter, UpDownCounter},
};
use prometheus::{Registry, TextEncoder};

pub(crate) static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// Bounds of durations in seconds, from the RPC conventions.
const SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

fn meter() -> Meter {
    global::meter("mpp")
}

/// Counts events that only add up, such as records applied.
pub fn counter(name: &'static str, description: &'static str) -> Counter<u64> {
    meter().u64_counter(name).with_description(description).build()
}

/// Holds a current value, such as a feed's lag.
pub fn gauge(name: &'static str, description: &'static str) -> Gauge<f64> {
    meter().f64_gauge(name).with_description(description).build()
}

/// Like [`gauge`], for a value that is read when the metrics are: a feed's head, a queue's length.
/// Register it once; `read` is called from the scrape's thread and must not block.
pub fn observed(
    name: &'static str,
    description: &'static str,
    labels: &'static [(&'static str, &'static str)],
    read: impl Fn() -> f64 + Send + Sync + 'static,
) {
    let labels: Vec<_> = labels.iter().map(|(key, value)| KeyValue::new(*key, *value)).collect();
    meter()
        .f64_observable_gauge(name)
        .with_description(description)
        .with_callback(move |observer| observer.observe(read(), &labels))
        .build();
}

/// Counts things that come and go, such as open streams.
pub fn up_down(name: &'static str, description: &'static str) -> UpDownCounter<i64> {
    meter().i64_up_down_counter(name).with_description(description).build()
}

/// Distributes durations, in seconds.
pub fn seconds(name: &'static str, description: &'static str) -> Histogram<f64> {
    meter()
        .f64_histogram(name)
        .with_unit("s")
        .with_description(description)
        .with_boundaries(SECONDS.to_vec())
        .build()
}

/// All metrics in Prometheus' text format; empty before [`crate::init`].
pub fn prometheus_text() -> String {
    let families = REGISTRY.get().map(Registry::gather).unwrap_or_default();
    TextEncoder::new().encode_to_string(&families).unwrap_or_default()
}
