//! The pages over HTTP: an address becomes a page, a page becomes an answer.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, Uri, header},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use mpp_core::Clock;
use tokio_util::sync::CancellationToken;

use crate::{
    components::{Look, frame},
    live::{boards::Boards, events, permits::Permits, report::Watched},
    pages::{self, Address, Asked, Drawn, Own, View},
    policy::Policy,
    security::secure,
    upstream::Upstream,
    words::{Lang, table as words},
};

/// What the handlers share.
#[derive(Clone)]
pub struct Site {
    /// The three services.
    pub upstream: Upstream,
    /// The live report.
    pub report: Watched,
    /// The numbers.
    pub policy: Arc<Policy>,
    /// The time.
    pub clock: Clock,
    /// Pages that somebody looks at.
    pub boards: Boards,
    /// A permit for each browser that listens.
    pub listeners: Permits,
    /// Ends the streams.
    pub shutdown: CancellationToken,
}

/// What came of asking for a page.
pub enum Shown {
    /// The page, and what it was drawn from.
    Page { drawn: Arc<Drawn>, own: Own },
    /// The index knows nothing of that name.
    Unknown,
    /// No report has come yet.
    NotReady,
}

impl Site {
    /// Draws a page anew.
    pub async fn show(&self, address: &Address, asked: &Asked, lang: Lang) -> Shown {
        if self.report.borrow().is_none() {
            return Shown::NotReady;
        }
        let Some(own) = self.gather(address).await else { return Shown::Unknown };
        match self.draw(address, asked, lang, own.clone()) {
            Some(drawn) => Shown::Page { drawn: Arc::new(drawn), own },
            None => Shown::Unknown,
        }
    }

    /// What a page asks of the services for itself; `None` where they know no such thing.
    pub async fn gather(&self, address: &Address) -> Option<Own> {
        match address {
            Address::Nation | Address::Table(_) => Some(Own::Nothing),
            Address::Region(code) => {
                let report = self.report.borrow().as_ref()?.report.clone();
                let name = format!("regions/{code}");
                Some(Own::Region(self.upstream.region(&report, &name).await))
            }
            Address::Mall(id)
            | Address::Hall(id)
            | Address::Services(id)
            | Address::Ticket(id, _) => {
                let name = format!("malls/{id}");
                let mall = self.upstream.mall(&name, self.clock.now()).await?;
                Some(Own::Mall(Arc::new(mall)))
            }
        }
    }

    /// Draws a page of the report of now; `None` where the index knows nothing of that name.
    pub fn draw(&self, address: &Address, asked: &Asked, lang: Lang, own: Own) -> Option<Drawn> {
        let current = self.report.borrow().clone()?;
        let now = self.clock.now();
        let view = View {
            report: current.report,
            heard: current.lost.unwrap_or(now),
            lost: current.lost.is_some(),
            now,
            own,
        };
        pages::draw(&view, address, asked, &self.policy, lang)
    }

    fn look(&self, lang: Lang) -> Look {
        let sample = self.report.borrow().as_ref().is_some_and(|now| now.report.sample_data);
        Look { lang, sample, now: self.clock.now() }
    }
}

/// The routes of all pages.
pub fn router(site: Site) -> Router {
    let css = include_str!("../assets/style.css");
    let script = include_str!("../assets/live.js");
    let icon = include_str!("../assets/icon.svg");
    Router::new()
        .route("/events", get(events::events))
        .route("/style.css", get(move || asset("text/css; charset=utf-8", css)))
        .route("/live.js", get(move || asset("text/javascript; charset=utf-8", script)))
        .route("/icon.svg", get(move || asset("image/svg+xml", icon)))
        .fallback(get(page))
        .layer(middleware::map_response(secure))
        .with_state(site)
}

async fn page(State(site): State<Site>, uri: Uri) -> Response {
    let asked = Query::<Asked>::try_from_uri(&uri).map(|Query(asked)| asked).unwrap_or_default();
    let Some((lang, address)) = Address::parse(uri.path()) else {
        return not_found(&site, Lang::of_path(uri.path()));
    };
    let plain = uri.query().is_none_or(str::is_empty);
    let kept = site.boards.find(&address, lang).filter(|_| plain);
    let drawn = match kept {
        Some(board) => board.drawn.borrow().clone(),
        None => match site.show(&address, &asked, lang).await {
            Shown::Page { drawn, .. } => drawn,
            Shown::Unknown => return not_found(&site, lang),
            Shown::NotReady => return not_ready(&site, lang),
        },
    };
    html(StatusCode::OK, frame::document(site.look(lang), &address, &drawn).into_string())
}

fn not_found(site: &Site, lang: Lang) -> Response {
    let page = frame::notice(site.look(lang), words::NOT_FOUND, words::NOT_FOUND_HELP);
    html(StatusCode::NOT_FOUND, page.into_string())
}

fn not_ready(site: &Site, lang: Lang) -> Response {
    let page = frame::notice(site.look(lang), words::NOT_READY, words::NOT_READY_HELP);
    let mut answer = html(StatusCode::SERVICE_UNAVAILABLE, page.into_string());
    answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    answer
}

fn html(status: StatusCode, text: String) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Html(text)).into_response()
}

async fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, text).into_response()
}
