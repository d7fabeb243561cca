//! Traces, metrics and logs of a process, by OpenTelemetry.
//!
//! Spans are made with `tracing`, and go out over OTLP once an endpoint is set. Metrics are
//! OpenTelemetry's too: one set of instruments serves both Prometheus (the health port's
//! `/metrics`) and OTLP. Every line of the log carries the ids of the trace it belongs to, whether
//! traces are exported or not.
//!
//! OTLP goes over gRPC, because tonic is built anyway; HTTP would bring a second client.

#![forbid(unsafe_code)]

mod declared;
mod export;
mod format;
mod metrics;
mod propagate;

pub use declared::{Counter, Gauge, Metric, MetricKind, Point, Seconds};
pub use export::{Config, Guard, LogFormat, init};
pub use metrics::{METRICS, prometheus_text};
pub use opentelemetry::KeyValue;
pub use propagate::{continue_trace, hand_on_trace, trace_id};
