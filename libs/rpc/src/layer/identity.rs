//! Who is calling: a bearer token, or else the connection's client certificate. A token that does
//! not hold is refused even where the certificate would do, so that a fault is seen.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::header::AUTHORIZATION,
    middleware::Next,
    response::Response,
};
use mpp_core::{Caller, Error, Reason, Result};

use super::refuse;
use crate::{Verifier, authz, identity::nobody, listen::Peer};

pub(crate) async fn layer(
    State(verifier): State<Verifier>,
    mut request: Request,
    next: Next,
) -> Response {
    match identify(&verifier, &request) {
        Ok(caller) => {
            tracing::Span::current().record("caller", &caller.subject);
            request.extensions_mut().insert(caller);
        }
        Err(_) if authz::is_open(request.uri().path()) => {}
        Err(error) => return refuse(error),
    }
    next.run(request).await
}

fn identify(verifier: &Verifier, request: &Request) -> Result<Arc<Caller>> {
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        let peer = request.extensions().get::<Peer>();
        return peer
            .and_then(|peer| peer.certified.clone())
            .ok_or_else(nobody);
    };
    let token = header.to_str().ok().and_then(bearer).ok_or_else(|| {
        Error::new(
            Reason::Unauthenticated,
            "authorization is not of the form `Bearer TOKEN`",
        )
    })?;
    verifier.verify(token)
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
