//! Live by server-sent events: each section that changed, as HTML, to replace the old one by its id.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Query, State},
    http::{Extensions, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, stream};
use serde::Deserialize;
use tokio::{sync::watch, time::timeout};

use super::{
    boards::{Board, Seen},
    permits::Permit,
};
use crate::{
    pages::{Address, Asked, Drawn},
    site::{Shown, Site},
};

/// A browser that hears nothing for so long gives up; the comment keeps it and finds who is gone.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Which page listens.
#[derive(Deserialize)]
pub struct Listen {
    #[serde(default)]
    of: String,
}

/// The stream of a page's changes; every section at once, so that nothing is missed between the
/// page and its stream.
pub async fn events(
    State(site): State<Site>,
    Query(listen): Query<Listen>,
    extensions: Extensions,
) -> Response {
    let Some((lang, address)) = Address::parse(&listen.of).filter(|(_, page)| page.is_live())
    else {
        return (StatusCode::NOT_FOUND, "no such page").into_response();
    };
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let Some(permit) = site.listeners.take(peer.map(|peer| peer.0.ip())) else {
        return busy("too many listeners");
    };
    let board = match site.boards.find(&address, lang) {
        Some(board) => board,
        None => match site.show(&address, &Asked::default(), lang).await {
            Shown::Page { drawn, own } => {
                site.boards.join(&site, &address, lang, Seen { drawn, own })
            }
            Shown::Unknown => return (StatusCode::NOT_FOUND, "no such page").into_response(),
            Shown::NotReady => return busy("not ready"),
        },
    };
    let shutdown = site.shutdown.clone();
    let listener =
        Listener { updates: board.drawn.clone(), _board: board, sent: None, _permit: permit };
    let until = async move { shutdown.cancelled().await };
    let body = Body::from_stream(messages(listener).take_until(Box::pin(until)));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Proxies that would hold the stream back to fill a buffer are told not to.
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, body).into_response()
}

fn busy(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")], why).into_response()
}

struct Listener {
    updates: watch::Receiver<Arc<Drawn>>,
    sent: Option<Arc<Drawn>>,
    _board: Arc<Board>,
    _permit: Permit,
}

fn messages(listener: Listener) -> impl futures::Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(listener, |mut listener| async move {
        let message = listener.next().await?;
        Some((Ok(message), listener))
    })
}

impl Listener {
    /// What changed, or a comment after a silence; `None` once the page is no longer kept.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.sent.is_some() {
                match timeout(HEARTBEAT, self.updates.changed()).await {
                    Ok(changed) => changed.ok()?,
                    Err(_) => return Some(Bytes::from_static(b":\n\n")),
                }
            }
            let now = self.updates.borrow_and_update().clone();
            let message = differing(self.sent.as_deref(), &now);
            self.sent = Some(now);
            if !message.is_empty() {
                return Some(message);
            }
        }
    }
}

/// The messages of the parts that are not the same as before. They were encoded once for all.
fn differing(before: Option<&Drawn>, now: &Drawn) -> Bytes {
    let old: Vec<_> = before.map(|before| before.parts().collect()).unwrap_or_default();
    let changed: Vec<&Bytes> = now
        .parts()
        .filter(|part| !old.iter().any(|old| Arc::ptr_eq(old, part)))
        .map(|part| &part.event)
        .collect();
    match changed.as_slice() {
        [only] => Bytes::clone(only),
        several => {
            let mut all = BytesMut::with_capacity(several.iter().map(|event| event.len()).sum());
            several.iter().for_each(|event| all.extend_from_slice(event));
            all.freeze()
        }
    }
}
