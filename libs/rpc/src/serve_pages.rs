//! The shell of a process that serves pages: plain HTTP, with the probes and the drain of all
//! others.

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{Drain, HttpLimits, Readiness, health, serve_http};

/// How pages are served.
#[derive(Clone, Copy, Debug)]
pub struct PageShell {
    /// The bounds of the pages' port.
    pub limits: HttpLimits,
    /// How it ends.
    pub drain: Drain,
}

/// Serves `router` on `pages` and the probes on `health` until `shutdown`, and then for the drain's
/// pause. `ended` is cancelled after it: streams of events end by that.
pub async fn serve_pages(
    shell: PageShell,
    router: Router,
    readiness: Readiness,
    pages: TcpListener,
    health: TcpListener,
    shutdown: CancellationToken,
    ended: CancellationToken,
) {
    let probes = CancellationToken::new();
    let _stop_with_us = (ended.clone().drop_guard(), probes.clone().drop_guard());
    tokio::spawn(health::run(health, readiness.clone(), probes.clone()));
    let serving = serve_http(pages, router, shell.limits, ended.clone());
    tokio::pin!(serving);
    tokio::select! {
        // Only `ended` ends it.
        () = &mut serving => return,
        () = shell.drain.pause(&readiness, &shutdown) => {}
    }
    ended.cancel();
    serving.await;
}
