//! The port that probes and Prometheus ask.
//!
//! Liveness is the process: it answers while the process runs, and knows nothing of the database,
//! since restarting a server does not mend another's fault. Readiness names what is missing: for
//! reads (`/readyz/read`, which balancers ask), for writes (`/readyz/write`), and all of it
//! (`/readyz`).

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{HttpLimits, Readiness, Use, serve_http};

#[derive(Serialize)]
struct HealthAnswer {
    ready: bool,
    missing: BTreeMap<String, String>,
}

/// Serves `/livez`, `/readyz` and `/metrics` over plain HTTP until `stop`.
pub async fn run(listener: TcpListener, readiness: Readiness, stop: CancellationToken) {
    let reads = |State(readiness): State<Readiness>| async move {
        answer(readiness.missing_for(Use::Reads))
    };
    let writes = |State(readiness): State<Readiness>| async move {
        answer(readiness.missing_for(Use::Writes))
    };
    let all = |State(readiness): State<Readiness>| async move { answer(readiness.missing()) };
    let router = Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(all))
        .route("/readyz/read", get(reads))
        .route("/readyz/write", get(writes))
        .route("/metrics", get(metrics))
        .with_state(readiness);
    serve_http(listener, router, HttpLimits::probes(), stop).await;
}

fn answer(missing: BTreeMap<String, String>) -> Response {
    let ready = missing.is_empty();
    let code = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let text = serde_json::to_string(&HealthAnswer { ready, missing }).unwrap_or_default();
    (code, [(CONTENT_TYPE, "application/json")], text).into_response()
}

async fn metrics() -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], mpp_telemetry::prometheus_text())
        .into_response()
}
