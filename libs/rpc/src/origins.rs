//! The origins whose pages may call from a browser (CORS). A call carries its token in a header
//! that a page has to set, never in a cookie, and by a browser's certificate alone no page of
//! another site may write (see `door`). So CORS grants no right of its own: it lets a page read the
//! answer.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use mpp_core::{Error, FieldCode, Result};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may remember what it was told; none remembers for longer than a day. No
/// setting: it spares a call before each call, and a change of the origins is seen within the hour.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// The origins whose pages may call; none by default.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<HeaderValue>);

impl Origins {
    /// Origins such as `https://mpp.banyuwangikab.go.id`; `*` alone stands for every page.
    ///
    /// # Errors
    /// Names the text that is no origin.
    pub fn parse(origins: &[String]) -> Result<Self> {
        let any = origins.iter().any(|origin| origin == "*");
        if any && origins.len() > 1 {
            return Err(wrong("* stands for every origin; give it alone"));
        }
        origins.iter().map(|origin| parse(origin)).collect::<Result<_>>().map(Self)
    }

    /// The layer that lets them; `None` without any. It answers a browser's question before the
    /// call (OPTIONS) by itself, since that one carries no identity.
    pub(crate) fn layer(&self) -> Option<CorsLayer> {
        let any = self.0.first()? == "*";
        let allowed =
            if any { AllowOrigin::any() } else { AllowOrigin::list(self.0.iter().cloned()) };
        let named = HeaderName::from_static;
        let layer = CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([
                Method::GET,
                Method::HEAD,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
            ])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::CONTENT_ENCODING,
                header::IF_MATCH,
                header::IF_NONE_MATCH,
                named("grpc-timeout"),
                named("idempotency-key"),
                named("last-event-id"),
                named("traceparent"),
                named("tracestate"),
            ])
            .expose_headers([
                header::ETAG,
                header::RETRY_AFTER,
                named("ratelimit"),
                named("ratelimit-policy"),
            ])
            .max_age(REMEMBERED);
        Some(layer)
    }
}

fn parse(origin: &str) -> Result<HeaderValue> {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let is_host = |host: &str| {
        let rest = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:[]".contains(&b);
        !host.is_empty() && host.bytes().all(rest)
    };
    if origin == "*" || host.is_some_and(is_host) {
        return HeaderValue::try_from(origin).map_err(|_| wrong(origin));
    }
    Err(wrong(&format!(
        "'{origin:.100}' is no origin; write scheme, host and port as browsers do, such as \
         https://mpp.banyuwangikab.go.id, without a path and in lower case"
    )))
}

fn wrong(text: &str) -> Error {
    Error::field("cors_origins", FieldCode::Format, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(origins: &[&str]) -> Result<Origins> {
        Origins::parse(&origins.iter().map(|origin| (*origin).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for origins in
            [&["https://mpp.go.id", "http://localhost:3000"][..], &["http://[::1]:8080"], &["*"]]
        {
            assert!(parse(origins).expect("origins").layer().is_some(), "{origins:?}");
        }
        for wrong in
            ["mpp.go.id", "https://mpp.go.id/", "https://", "HTTPS://mpp.go.id", "null", ""]
        {
            let error = parse(&[wrong]).expect_err(wrong);
            assert_eq!(error.violations()[0].field, "cors_origins");
        }
        assert!(parse(&["*", "https://mpp.go.id"]).is_err());
    }

    #[test]
    fn without_origins_there_is_no_layer() {
        assert!(Origins::default().layer().is_none());
    }
}
