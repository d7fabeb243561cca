//! Finds out the caller: from a bearer token, or else from the connection's client certificate. An
//! invalid token is refused even if the certificate would do, so that the fault is noticed.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::header::AUTHORIZATION,
    middleware::Next,
    response::Response,
};
use mpp_core::{Caller, Error, Reason, Result};
use tokio::time::Instant;

use super::refuse;
use crate::{Verifier, authz, identity::nobody, peer::Peer};

/// When the token that a call came with has expired. A client certificate sets none: a stream of
/// its holder ends with the longest time of a stream, and the next handshake looks at it again.
#[derive(Clone, Copy)]
pub(crate) struct Expiry(pub(crate) Instant);

/// Longest time that a timer can be set to without overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

pub(crate) async fn layer(
    State(verifier): State<Verifier>,
    mut request: Request,
    next: Next,
) -> Response {
    match identify(&verifier, &request) {
        Ok((caller, expiry)) => {
            tracing::Span::current().record("caller", &caller.subject);
            request.extensions_mut().insert(caller);
            if let Some(expiry) = expiry {
                request.extensions_mut().insert(expiry);
            }
        }
        Err(_) if authz::is_open(request.uri().path()) => {}
        Err(error) => return refuse(error),
    }
    next.run(request).await
}

fn identify(verifier: &Verifier, request: &Request) -> Result<(Arc<Caller>, Option<Expiry>)> {
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        let peer = request.extensions().get::<Peer>();
        let certified = peer.and_then(|peer| peer.certified.clone());
        return Ok((certified.ok_or_else(nobody)?, None));
    };
    let token = header.to_str().ok().and_then(bearer).ok_or_else(|| {
        Error::new(Reason::Unauthenticated, "authorization is not of the form `Bearer TOKEN`")
    })?;
    let verified = verifier.verify(token)?;
    let expiry = Expiry(Instant::now() + verifier.left(verified.until).min(LONGEST));
    Ok((verified.caller, Some(expiry)))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
