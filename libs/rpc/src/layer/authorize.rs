//! May the caller call this method at all? See [`crate::authz`] for the table. The service decides
//! for which records, with the [`Grant`] that is left here.

use std::sync::Arc;

use axum::{extract::Request, middleware::Next, response::Response};
use mpp_api::call;
use mpp_core::{Caller, Error, Reason};

use super::refuse;
use crate::{authz, authz::Grant, identity::nobody};

pub(crate) async fn layer(mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if authz::is_open(path) {
        return next.run(request).await;
    }
    let Some(caller) = request.extensions().get::<Arc<Caller>>() else {
        return refuse(nobody());
    };
    if !call::exists(path) {
        return refuse(Error::new(Reason::Unimplemented, "there is no such method"));
    }
    match Grant::find(path, caller) {
        Ok(grant) => {
            request.extensions_mut().insert(grant);
            next.run(request).await
        }
        Err(error) => refuse(error),
    }
}
