//! What a request says about its visitor: the cookie of a session, and whether a form is our own.

use axum::http::{HeaderMap, HeaderValue, header};

/// Sent only over TLS (which browsers do not ask of their own machine), only to this host, never to
/// a script, never from another site.
const COOKIE: &str = "__Host-mpp-unggah";

/// The session that a visitor's browser names.
pub fn session(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let mut own = pairs.filter(|(name, _)| name.trim() == COOKIE);
    own.next().map(|(_, value)| value.trim())
}

/// The header that keeps a session in the browser for this many seconds; 0 ends it.
pub fn cookie(session: &str, seconds: u64) -> HeaderValue {
    let text =
        format!("{COOKIE}={session}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// Whether a form was sent from a page of ours. Browsers say so; a client that says nothing is no
/// browser, and has no cookie that another site could use.
pub fn is_own_form(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
        (None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (header::HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let all = headers(&[("cookie", "a=b; __Host-mpp-unggah=k1 ;c=d")]);
        assert_eq!(session(&all), Some("k1"));
        assert_eq!(session(&headers(&[("cookie", "mpp-unggah=k1")])), None);
        let kept = cookie("k1", 60);
        let said = kept.to_str().expect("ASCII");
        assert!(said.contains("HttpOnly; SameSite=Strict") && said.contains("Secure"), "{said}");
    }

    #[test]
    fn a_form_of_another_site_is_none_of_ours() {
        for (pairs, own) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://mpp.go.id"), ("host", "mpp.go.id")], true),
            (&[("origin", "https://evil.example"), ("host", "mpp.go.id")], false),
            (&[("origin", "null"), ("host", "mpp.go.id")], false),
            (&[("host", "mpp.go.id")], true),
        ] {
            assert_eq!(is_own_form(&headers(pairs)), own, "{pairs:?}");
        }
    }
}
