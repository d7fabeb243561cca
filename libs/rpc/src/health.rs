//! Readiness, and the port that probes and Prometheus ask.
//!
//! Liveness is the process: it answers while the process runs, and knows nothing of the database,
//! since restarting a server does not mend another's fault. Readiness names what is missing.
//! A component that was up counts as down only after it has been so for a while, and as up again
//! likewise, so that a short fault does not make balancers flap.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use mpp_core::Micros;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{HttpLimits, serve_http};

/// How long a change must last before it counts.
const HOLD: Duration = Duration::from_secs(2);

/// The components that a process needs to serve. Clones speak of the same process.
#[derive(Clone)]
pub struct Readiness(Arc<Mutex<Parts>>);

#[derive(Default)]
struct Parts {
    components: BTreeMap<String, Life>,
    draining: bool,
    hold: Duration,
}

/// One component's life.
struct Life {
    up: bool,
    why: String,
    /// When `up` last changed.
    since: Instant,
    /// The value that counts, which follows `up` with some delay.
    counted: bool,
    was_up: bool,
}

/// One thing that must be up, such as "database" or "feed".
#[derive(Clone)]
pub struct Component {
    readiness: Readiness,
    name: String,
}

impl Default for Readiness {
    fn default() -> Self {
        Self::holding(HOLD)
    }
}

impl Readiness {
    /// Nothing is missing until a component is named.
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`Readiness::new`], with another time for which a change must last.
    pub fn holding(hold: Duration) -> Self {
        Self(Arc::new(Mutex::new(Parts { hold, ..Parts::default() })))
    }

    /// Names a component; it is down ("starting") until it says that it is up.
    pub fn component(&self, name: &str) -> Component {
        let life = Life {
            up: false,
            why: "starting".into(),
            since: Instant::now(),
            counted: false,
            was_up: false,
        };
        self.lock().components.insert(name.to_owned(), life);
        Component { readiness: self.clone(), name: name.to_owned() }
    }

    /// From now on never ready again.
    pub fn drain(&self) {
        self.lock().draining = true;
    }

    /// What is missing, by component, and why; empty if the process is ready.
    pub fn missing(&self) -> BTreeMap<String, String> {
        let mut state = self.lock();
        let hold = state.hold;
        let mut missing: BTreeMap<_, _> = state
            .components
            .iter_mut()
            .filter_map(|(name, life)| {
                (!life.counts(hold)).then(|| (name.clone(), life.why.clone()))
            })
            .collect();
        if state.draining {
            missing.insert("server".into(), "draining".into());
        }
        missing
    }

    /// True if nothing is missing.
    pub fn is_ready(&self) -> bool {
        self.missing().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Parts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, name: &str, up: bool, why: &str) {
        let mut state = self.lock();
        let hold = state.hold;
        if let Some(life) = state.components.get_mut(name) {
            life.counts(hold);
            life.set(up, why);
        }
    }
}

impl Life {
    fn set(&mut self, up: bool, why: &str) {
        if self.up != up {
            tracing::info!(up, why, "a component changed");
            self.since = Instant::now();
            self.up = up;
        }
        why.clone_into(&mut self.why);
    }

    /// The value that counts now: a change once it has lasted, and the first time up at once.
    fn counts(&mut self, hold: Duration) -> bool {
        if self.counted != self.up && (!self.was_up || self.since.elapsed() >= hold) {
            self.counted = self.up;
            self.was_up |= self.up;
        }
        self.counted
    }
}

impl Component {
    /// It works.
    pub fn up(&self) {
        self.readiness.set(&self.name, true, "");
    }

    /// It does not, and why, for whoever reads `/readyz`.
    pub fn down(&self, why: &str) {
        self.readiness.set(&self.name, false, why);
    }
}

/// How far the process' clock may be from the database's.
const CLOCK_LIMIT: Micros = 2_000_000;

impl Component {
    /// For the component "clock": up where two readings, taken at the same time, are at most 2 s
    /// apart, as [`crate::watch_database`] sees to.
    pub fn compare_clocks(&self, process: Micros, database: Micros) {
        let ahead = process.saturating_sub(database);
        if ahead.saturating_abs() <= CLOCK_LIMIT {
            return self.up();
        }
        let (millis, way) =
            (ahead.saturating_abs() / 1000, if ahead > 0 { "ahead of" } else { "behind" });
        self.down(&format!(
            "this machine's clock is {millis} ms {way} the database's; see its NTP"
        ));
    }
}

#[derive(Serialize)]
struct Answer {
    ready: bool,
    missing: BTreeMap<String, String>,
}

/// Serves `/livez`, `/readyz` and `/metrics` over plain HTTP until `stop`.
pub(crate) async fn run(listener: TcpListener, readiness: Readiness, stop: CancellationToken) {
    let router = Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(readiness);
    serve_http(listener, router, HttpLimits::probes(), stop).await;
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let missing = readiness.missing();
    let ready = missing.is_empty();
    let code = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let text = serde_json::to_string(&Answer { ready, missing }).unwrap_or_default();
    (code, [(CONTENT_TYPE, "application/json")], text).into_response()
}

async fn metrics() -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], mpp_telemetry::prometheus_text())
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_started_is_missing_by_name() {
        let readiness = Readiness::new();
        let feed = readiness.component("feed");
        assert_eq!(readiness.missing().get("feed").map(String::as_str), Some("starting"));
        feed.up();
        assert!(readiness.is_ready());
    }

    #[test]
    fn a_short_fault_does_not_make_it_flap() {
        let readiness = Readiness::holding(Duration::from_secs(3600));
        let database = readiness.component("database");
        database.up();
        assert!(readiness.is_ready());
        database.down("connection refused");
        assert!(readiness.is_ready(), "not yet for an hour");
    }

    #[test]
    fn a_lasting_fault_counts() {
        let readiness = Readiness::holding(Duration::ZERO);
        let database = readiness.component("database");
        database.up();
        assert!(readiness.is_ready());
        database.down("connection refused");
        assert_eq!(readiness.missing()["database"], "connection refused");
        database.up();
        assert!(readiness.is_ready());
    }

    #[test]
    fn a_clock_that_is_off_is_missing_with_its_distance() {
        let readiness = Readiness::new();
        let clock = readiness.component("clock");
        clock.compare_clocks(10_000_000, 13_100_000);
        assert!(readiness.missing()["clock"].contains("3100 ms behind"));
        clock.compare_clocks(10_000_000, 11_000_000);
        assert!(readiness.is_ready());
    }

    #[test]
    fn a_draining_server_is_not_ready_whatever_else_is() {
        let readiness = Readiness::new();
        readiness.drain();
        assert_eq!(readiness.missing()["server"], "draining");
    }
}
