//! Tells those who wait that this server is about to end: a call that has not begun its work does
//! better elsewhere.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio_util::sync::CancellationToken;

/// Whether the server that a call came to is about to end; never, by default.
#[derive(Clone, Debug, Default)]
pub struct Moving(CancellationToken);

impl Moving {
    /// Told once `token` is cancelled.
    pub fn by(token: CancellationToken) -> Self {
        Self(token)
    }

    /// Waits until the server is about to end.
    pub async fn until_ending(&self) {
        self.0.cancelled().await;
    }
}

/// Whether the server that a request came to is about to end.
pub fn moving<T>(request: &tonic::Request<T>) -> Moving {
    request.extensions().get::<Moving>().cloned().unwrap_or_default()
}

pub(crate) async fn layer(
    State(moving): State<Moving>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(moving);
    next.run(request).await
}
