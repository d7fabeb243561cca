//! The pages over HTTP: an address becomes a page, a page becomes an answer.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Query, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::{
    data::{self, Data},
    document,
    live::{boards::OpenPages, permits::Permits, stream::messages},
    missing,
    pages::{Address, AddressQuery, PageData},
    render::{Renderer, ShownPage},
    security::secure,
    upload::{self, Uploads},
    upstream::Missing,
    words::Lang,
};

/// State that the handlers share.
#[derive(Clone)]
pub struct Site {
    /// Draws the pages.
    pub renderer: Renderer,
    /// Pages that somebody looks at.
    pub boards: OpenPages,
    /// A permit for each browser that listens.
    pub listeners: Permits,
    /// A permit for each page that is being drawn.
    pub drawing: Permits,
    /// Ends the streams.
    pub shutdown: CancellationToken,
}

/// The routes of all pages.
pub fn router(site: Site, uploads: Uploads, data: Data) -> Router {
    let css = include_str!("../assets/style.css");
    let script = include_str!("../assets/live.js");
    let icon = include_str!("../assets/icon.svg");
    Router::new()
        .route("/events", get(events))
        .route("/style.css", get(move || asset("text/css; charset=utf-8", css)))
        .route("/live.js", get(move || asset("text/javascript; charset=utf-8", script)))
        .route("/icon.svg", get(move || asset("image/svg+xml", icon)))
        .route("/openapi.json", get(|headers: HeaderMap| async move { mpp_rpc::openapi(&headers) }))
        .fallback(get(page))
        .with_state(site)
        .merge(upload::router(uploads))
        .merge(data::router(data))
        .layer(middleware::map_response(secure))
}

async fn page(State(site): State<Site>, extensions: Extensions, uri: Uri) -> Response {
    let Some((lang, address)) = Address::parse(uri.path()) else {
        return missing::answer(&site.renderer, Lang::of_path(uri.path()), Missing::Unknown);
    };
    let query = uri.query().unwrap_or_default();
    let kept = site.boards.find(&address, lang).filter(|_| query.is_empty());
    let (drawn, status) = match kept {
        Some(board) => (board.drawn.borrow().clone(), StatusCode::OK),
        None => match show(&site, &extensions, &address, &AddressQuery::read(&uri), lang).await {
            Ok(ShownPage { drawn, own: PageData::Withdrawn(_) }) => (drawn, StatusCode::GONE),
            Ok(ShownPage { drawn, .. }) => (drawn, StatusCode::OK),
            Err(why) => return missing::answer(&site.renderer, lang, why),
        },
    };
    let whole = document::document(site.renderer.look(lang), &address, query, &drawn);
    missing::html(status, whole.into_string())
}

/// Draws a page, if there is a free place for its visitor.
async fn show(
    site: &Site,
    extensions: &Extensions,
    address: &Address,
    asked: &AddressQuery,
    lang: Lang,
) -> Result<ShownPage, Missing> {
    let _permit = site.drawing.take(peer(extensions)).ok_or(Missing::Busy)?;
    site.renderer.show(address, asked, lang).await
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

async fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, text).into_response()
}

/// The page whose changes are listened to.
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
    let Some(permit) = site.listeners.take(peer(&extensions)) else {
        return busy("too many listeners");
    };
    let board = match site.boards.find(&address, lang) {
        Some(board) => board,
        None => match show(&site, &extensions, &address, &AddressQuery::default(), lang).await {
            Ok(seen) => site.boards.join(&site.renderer, &address, lang, seen),
            Err(why @ (Missing::Unknown | Missing::Gone | Missing::Refused)) => {
                return (missing::status(why), "no such page").into_response();
            }
            Err(Missing::Unreachable | Missing::NotReady) => return busy("not ready"),
            Err(Missing::Busy) => return busy("too many pages are drawn"),
        },
    };
    let heartbeat = site.renderer.policy.heartbeat();
    let body = Body::from_stream(messages(board, permit, heartbeat, site.shutdown.clone()));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Proxies that would hold the stream back to fill a buffer are told not to.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, body).into_response()
}

fn busy(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")], why).into_response()
}
