//! The page: one rendered page in Indonesian and English, complete without JavaScript, live with it.
//!
//! It is public and shows aggregates only. Nothing comes from another host, nothing is inline, and
//! everything that a record says is escaped by the templates (maud).

mod deviations;
mod document;
mod format;
mod live;
mod map;
mod nation;
mod permits;
mod place;
mod quality;
mod sections;
mod text;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use tokio_util::sync::CancellationToken;

use permits::Permits;
pub use sections::{Page, Section};
pub use text::Lang;

use crate::memory::Memory;

/// What a browser may do with the page: load its own script, styles and images, and listen.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Sent with every answer.
const SECURITY: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// What the handlers share.
#[derive(Clone)]
struct Site {
    memory: Arc<Memory>,
    /// One permit for each browser that listens.
    listeners: Permits,
    shutdown: CancellationToken,
}

/// The page's routes. Streams end when `shutdown` is cancelled; at most `listeners` browsers
/// listen, a quarter of them from one address where the server tells it ([`ConnectInfo`]).
///
/// [`ConnectInfo`]: axum::extract::ConnectInfo
pub fn router(memory: Arc<Memory>, listeners: usize, shutdown: CancellationToken) -> Router {
    let site = Site { memory, listeners: Permits::new(listeners), shutdown };
    Router::new()
        .route("/", get(|site| show(site, Lang::Id, Page::Nation)))
        .route("/en", get(|site| show(site, Lang::En, Page::Nation)))
        .route("/malls/{id}", get(|site, Path(id)| show(site, Lang::Id, Page::mall(id))))
        .route("/en/malls/{id}", get(|site, Path(id)| show(site, Lang::En, Page::mall(id))))
        .route("/regions/{id}", get(|site, Path(id)| show(site, Lang::Id, Page::province(id))))
        .route("/en/regions/{id}", get(|site, Path(id)| show(site, Lang::En, Page::province(id))))
        .route("/events", get(live::events))
        .route(
            "/app.css",
            get(|| asset("text/css; charset=utf-8", include_str!("../../assets/app.css"))),
        )
        .route(
            "/app.js",
            get(|| asset("text/javascript; charset=utf-8", include_str!("../../assets/app.js"))),
        )
        .route(
            "/favicon.svg",
            get(|| asset("image/svg+xml", include_str!("../../assets/favicon.svg"))),
        )
        .fallback(|| async { not_found(Lang::Id) })
        .layer(middleware::map_response(secure))
        .with_state(site)
}

async fn show(State(site): State<Site>, lang: Lang, page: Page) -> Response {
    match page.sections(&site.memory, lang) {
        Some(sections) => {
            let title = page.title(&site.memory, lang);
            html(StatusCode::OK, document::page(lang, &page, &title, &sections).into_string())
        }
        None => not_found(lang),
    }
}

fn not_found(lang: Lang) -> Response {
    html(StatusCode::NOT_FOUND, document::not_found(lang).into_string())
}

fn html(status: StatusCode, text: String) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Html(text)).into_response()
}

async fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, text).into_response()
}

async fn secure(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in SECURITY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
