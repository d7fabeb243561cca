//! The one place where something missing becomes an answer: 404 only if there is no such thing,
//! 410 if there was one.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::{
    document,
    render::Renderer,
    upstream::Missing,
    words::{Lang, table as words},
};

/// The page that says why there is none.
pub fn answer(renderer: &Renderer, lang: Lang, why: Missing) -> Response {
    let (title, help) = match why {
        Missing::Unknown => (words::NOT_FOUND, words::NOT_FOUND_HELP),
        Missing::Gone => (words::GONE, words::GONE_HELP),
        Missing::Refused => (words::REFUSED, words::REFUSED_HELP),
        Missing::Unreachable => (words::UNREACHABLE, words::UNREACHABLE_HELP),
        Missing::NotReady => (words::NOT_READY, words::NOT_READY_HELP),
        Missing::Busy => (words::TOO_BUSY, words::TOO_BUSY_HELP),
    };
    let page = document::notice(renderer.look(lang), title, help);
    let mut answer = html(status(why), page.into_string());
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

/// The status of such an answer.
pub fn status(why: Missing) -> StatusCode {
    match why {
        Missing::Unknown => StatusCode::NOT_FOUND,
        Missing::Gone => StatusCode::GONE,
        Missing::Refused => StatusCode::BAD_REQUEST,
        Missing::Unreachable | Missing::NotReady | Missing::Busy => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A page that is drawn for each visitor.
pub fn html(status: StatusCode, text: String) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Html(text)).into_response()
}
