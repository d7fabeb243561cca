//! Traces and metrics reach a collector over OTLP. One story, since a process sets up its telemetry
//! once.

use std::sync::{Arc, Mutex};

use http::HeaderMap;
use mpp_telemetry::{Config, continue_trace, init};

mpp_telemetry::metrics! {
    /// How long calls took.
    CALLS: Seconds = "rpc.server.call.duration" in "s" by [];
}
use opentelemetry_proto::tonic::collector::{
    metrics::v1::{
        ExportMetricsServiceRequest, ExportMetricsServiceResponse,
        metrics_service_server::{MetricsService, MetricsServiceServer},
    },
    trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, transport::Server};

/// A collector that keeps everything it is sent.
#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
    metrics: Arc<Mutex<Vec<ExportMetricsServiceRequest>>>,
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.spans.lock().expect("unpoisoned").push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.metrics.lock().expect("unpoisoned").push(request.into_inner());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

async fn collector() -> (Collector, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let collector = Collector::default();
    let server = Server::builder()
        .add_service(TraceServiceServer::new(collector.clone()))
        .add_service(MetricsServiceServer::new(collector.clone()))
        .serve_with_incoming(TcpListenerStream::new(listener));
    tokio::spawn(server);
    (collector, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_gets_spans_and_metrics_before_the_process_ends() {
    let (collector, address) = collector().await;
    let guard = init(Config {
        service: "registry".into(),
        otlp_endpoint: Some(address),
        // Spans that the log leaves out are traced all the same.
        filter: "off".into(),
        ..Config::default()
    })
    .expect("set up");
    let mut incoming = HeaderMap::new();
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    incoming.insert("traceparent", parent.parse().expect("a header"));
    let span = tracing::info_span!("rpc", otel.name = "mpp.feed.v1.FeedService/GetFeed");
    continue_trace(&span, &incoming);
    span.in_scope(|| tracing::info_span!("state_digest").in_scope(|| {}));
    drop(span);
    CALLS.record_with(0.02, &[]);
    drop(guard);

    let exports = collector.spans.lock().expect("unpoisoned").clone();
    let resource = exports[0].resource_spans[0].resource.clone().expect("a resource");
    assert!(format!("{resource:?}").contains("mpp-registry"));
    let spans: Vec<_> = exports
        .into_iter()
        .flat_map(|export| export.resource_spans)
        .flat_map(|resource| resource.scope_spans)
        .flat_map(|scope| scope.spans)
        .collect();
    let call = spans
        .iter()
        .find(|span| span.name == "mpp.feed.v1.FeedService/GetFeed")
        .expect("the call's span");
    assert_eq!(call.trace_id[..2], [0x0a, 0xf7]);
    assert_eq!(call.parent_span_id[..2], [0xb7, 0xad]);
    let within = spans.iter().find(|span| span.name == "state_digest").expect("the inner span");
    assert_eq!(within.parent_span_id, call.span_id);
    let metrics = collector.metrics.lock().expect("unpoisoned").clone();
    assert!(format!("{metrics:?}").contains("rpc.server.call.duration"));
}
