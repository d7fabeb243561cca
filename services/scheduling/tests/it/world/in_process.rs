//! Calls without a network.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use mpp_core::Caller;
use mpp_rpc::Grant;
use tonic::{Status, body::Body, service::Routes};
use tower::Service;

/// Calls the routes without a network, as the identity and authorization layers would have it.
#[derive(Clone)]
pub struct InProcess {
    pub routes: Routes,
    pub caller: Arc<Caller>,
}

impl Service<http::Request<Body>> for InProcess {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let grant = match Grant::find(request.uri().path(), &self.caller) {
            Ok(grant) => grant,
            Err(error) => {
                let refusal = mpp_rpc::status(error).into_http();
                return Box::pin(std::future::ready(Ok(refusal)));
            }
        };
        request.extensions_mut().insert(self.caller.clone());
        request.extensions_mut().insert(grant);
        let answer = self.routes.clone().call(request);
        Box::pin(async move {
            match answer.await {
                Ok(response) => Ok(response),
                Err(error) => Ok(Status::internal(error.to_string()).into_http()),
            }
        })
    }
}
