//! Setting up a process' telemetry, and flushing it at the end.

use std::{env, io, sync::atomic::Ordering::Relaxed, time::Duration};

use opentelemetry::{KeyValue, global, trace::TracerProvider as _};
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    Resource,
    metrics::SdkMeterProvider,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use prometheus::Registry;
use tracing_subscriber::{
    EnvFilter, Layer, filter::LevelFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::{
    format::{JsonLines, TextLines},
    metrics::{REGISTRY, tell_build},
    propagate::EXPORTS,
};

/// Setting up failed: a filter or an endpoint that cannot be used, or a second call.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// A collector that is away must not hold up the end of the process.
const EXPORT: Duration = Duration::from_secs(3);

/// How lines of the log look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people at a terminal.
    #[default]
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// How a process names itself, and where it sends its telemetry.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// "registry", "scheduling" …; becomes `service.name` "mpp-registry".
    pub service: String,
    /// The replica, such as the pod's name (`service.instance.id`).
    pub instance: String,
    /// The collector's gRPC address, such as `http://collector:4317`. Without one the variable
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` decides; without that nothing is exported.
    pub otlp_endpoint: Option<String>,
    /// How lines look; they go to standard error.
    pub log_format: LogFormat,
    /// The lines to write: "info", "info,mpp_store=debug"; empty means the variable `RUST_LOG`, or
    /// "info".
    pub filter: String,
}

/// Flushes everything unsent when it is dropped. Drop it last, and outside a single-threaded
/// runtime: sending needs its thread.
pub struct Guard {
    tracer: SdkTracerProvider,
    meter: SdkMeterProvider,
}

impl Drop for Guard {
    fn drop(&mut self) {
        // The process ends; anything unsent is lost, and nobody is left to be told.
        let _ = self.tracer.shutdown();
        let _ = self.meter.shutdown();
    }
}

/// Sets up the process' logs, traces and metrics, once. With an endpoint, call it within a tokio
/// runtime.
///
/// # Errors
/// The filter or the endpoint cannot be used, or it was called before.
pub fn init(config: Config) -> Result<Guard, Error> {
    let endpoint = config.otlp_endpoint.clone().or_else(|| env::var(ENDPOINT).ok());
    let endpoint = endpoint.filter(|endpoint| !endpoint.is_empty());
    let resource = resource(&config);
    let tracer = tracer(endpoint.as_deref(), resource.clone())?;
    let meter = meter(endpoint.as_deref(), resource)?;

    // Spans are there whatever the log leaves out.
    let spans = tracing_opentelemetry::layer()
        .with_tracer(tracer.tracer("mpp"))
        // Not needed, and every entry into a span would pay for them.
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(LevelFilter::INFO);
    // A line that cannot be written is lost: a complaint on the same standard error would end the
    // process.
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(false)
        .log_internal_errors(false);
    let lines = match config.log_format {
        LogFormat::Json => lines.event_format(JsonLines).boxed(),
        LogFormat::Text => lines.event_format(TextLines).boxed(),
    };
    let lines = lines.with_filter(filter(&config.filter)?);
    tracing_subscriber::registry().with(spans).with(lines).try_init()?;
    global::set_text_map_propagator(TraceContextPropagator::new());
    global::set_meter_provider(meter.clone());
    tell_build();
    EXPORTS.store(endpoint.is_some(), Relaxed);
    Ok(Guard { tracer, meter })
}

fn filter(text: &str) -> Result<EnvFilter, Error> {
    let text = if text.is_empty() {
        env::var(EnvFilter::DEFAULT_ENV).unwrap_or_else(|_| "info".into())
    } else {
        text.to_owned()
    };
    EnvFilter::try_new(&text).map_err(|error| format!("the log filter '{text}': {error}").into())
}

fn resource(config: &Config) -> Resource {
    Resource::builder()
        .with_service_name(format!("mpp-{}", config.service))
        .with_attributes([
            KeyValue::new("service.namespace", "mpp"),
            KeyValue::new("service.instance.id", config.instance.clone()),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        ])
        .build()
}

/// If there is no endpoint, spans are not recorded, but they have ids, which the log carries.
fn tracer(endpoint: Option<&str>, resource: Resource) -> Result<SdkTracerProvider, Error> {
    let builder = SdkTracerProvider::builder().with_resource(resource);
    let Some(endpoint) = endpoint else {
        return Ok(builder.with_sampler(Sampler::AlwaysOff).build());
    };
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(EXPORT)
        .build()?;
    Ok(builder.with_batch_exporter(exporter).build())
}

fn meter(endpoint: Option<&str>, resource: Resource) -> Result<SdkMeterProvider, Error> {
    let registry = REGISTRY.get_or_init(Registry::new).clone();
    let scraped =
        opentelemetry_prometheus::exporter().with_registry(registry).scope_info_enabled(false);
    let mut builder =
        SdkMeterProvider::builder().with_resource(resource).with_reader(scraped.build()?);
    if let Some(endpoint) = endpoint {
        let sent = MetricExporter::builder().with_tonic().with_endpoint(endpoint);
        builder = builder.with_periodic_exporter(sent.with_timeout(EXPORT).build()?);
    }
    Ok(builder.build())
}
