//! Live by server-sent events: each section that changed, as HTML, to replace the old one by its id.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    extract::{ConnectInfo, Query, State},
    http::{Extensions, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use tokio::sync::watch;

use super::{
    Site,
    permits::Permit,
    sections::{Page, Section},
    text::Lang,
};
use crate::memory::Current;

/// A browser that hears nothing for so long gives up; the comment keeps it and finds who is gone.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Which page listens.
#[derive(Deserialize)]
pub struct Listen {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    page: String,
}

/// The stream of a page's changes; the first message of each section at once, so that nothing is
/// missed between the page and its stream.
pub async fn events(
    State(site): State<Site>,
    Query(listen): Query<Listen>,
    extensions: Extensions,
) -> Response {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let Some(permit) = site.listeners.take(peer.map(|peer| peer.0.ip())) else {
        let wait = [(header::RETRY_AFTER, "30")];
        return (StatusCode::SERVICE_UNAVAILABLE, wait, "too many listeners").into_response();
    };
    let shutdown = site.shutdown.clone();
    let listener = Listener {
        page: Page::parse(&listen.page),
        lang: Lang::parse(&listen.lang),
        updates: site.memory.subscribe(),
        site,
        sent: Arc::default(),
        _permit: permit,
    };
    let until = async move { shutdown.cancelled().await };
    let stream = changes(listener).take_until(Box::pin(until));
    let mut response =
        Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    // Proxies that would hold the stream back to fill a buffer are told not to.
    headers.insert("x-accel-buffering", header::HeaderValue::from_static("no"));
    response
}

struct Listener {
    site: Site,
    page: Page,
    lang: Lang,
    updates: watch::Receiver<Arc<Current>>,
    sent: Arc<Vec<Section>>,
    _permit: Permit,
}

fn changes(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    let batches = stream::unfold((listener, true), |(mut listener, first)| async move {
        if !first {
            listener.updates.changed().await.ok()?;
        }
        let current = listener.updates.borrow_and_update().clone();
        let sections = listener.page.sections_of(&listener.site.memory, &current, listener.lang)?;
        let events = differing(&listener.sent, &sections);
        listener.sent = sections;
        Some((stream::iter(events), (listener, false)))
    });
    batches.flatten()
}

fn differing(sent: &[Section], now: &[Section]) -> Vec<Result<Event, Infallible>> {
    let changed = now.iter().filter(|section| !sent.contains(section));
    changed
        .map(|section| {
            let data = serde_json::json!({ "id": section.id, "html": section.html });
            Ok(Event::default().event("section").data(data.to_string()))
        })
        .collect()
}
