//! The deadline of a call: what the caller allows (`grpc-timeout`), at most the server's own
//! limit. A stream has only the caller's, since a watch lives for days.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use mpp_core::{Error, FieldCode, Reason, Result};
use tokio::time::{Instant, timeout_at};

use super::refuse;
use crate::method;

/// Longest deadline that is kept as such.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// When the call must have been answered.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(pub(crate) Instant);

/// When a call must have been answered; `None` without a deadline.
pub fn deadline<T>(request: &tonic::Request<T>) -> Option<Instant> {
    request.extensions().get::<Deadline>().map(|deadline| deadline.0)
}

pub(crate) async fn layer(
    State(longest_call): State<Duration>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = match asked(request.headers()) {
        Ok(asked) => asked,
        Err(error) => return refuse(error),
    };
    let limit = if method::is_streaming(request.uri().path()) {
        asked
    } else {
        Some(asked.map_or(longest_call, |asked| asked.min(longest_call)))
    };
    let Some(limit) = limit else {
        return next.run(request).await;
    };
    let deadline = Instant::now() + limit;
    request.extensions_mut().insert(Deadline(deadline));
    match timeout_at(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(passed()),
    }
}

pub(crate) fn passed() -> Error {
    Error::new(Reason::DeadlineExceeded, "the deadline passed; nothing is known of the outcome")
}

fn asked(headers: &HeaderMap) -> Result<Option<Duration>> {
    let Some(value) = headers.get("grpc-timeout") else {
        return Ok(None);
    };
    let read = value.to_str().ok().and_then(parse);
    read.map(Some).ok_or_else(|| {
        let text = "not up to eight digits and one of H, M, S, m, u, n";
        Error::field("grpc-timeout", FieldCode::Format, text)
    })
}

fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let is_number = (1..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number: u64 = digits.parse().ok().filter(|_| is_number)?;
    let duration = match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    };
    Some(duration.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_of_the_header_is_read() {
        assert_eq!(parse("2H"), Some(Duration::from_secs(7200)));
        assert_eq!(parse("2M"), Some(Duration::from_secs(120)));
        assert_eq!(parse("100m"), Some(Duration::from_millis(100)));
        assert_eq!(parse("7u"), Some(Duration::from_micros(7)));
        assert_eq!(parse("99999999H"), Some(LONGEST));
    }

    #[test]
    fn what_is_no_timeout_is_not_guessed() {
        for text in ["", "S", "1", "123456789S", "+1S", "1s", "1é", "-1S"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
