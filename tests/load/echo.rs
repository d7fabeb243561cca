//! A bare tonic server that answers `GetMall` with one message from memory: no layer, no identity,
//! no lookup. The shell's cost is measured beside it.

use std::{
    convert::Infallible,
    future::Ready,
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use mpp_api::registry::{GetMallRequest, GetMallResponse};
use prost::Message as _;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Response, Status,
    body::Body,
    codegen::http,
    server::{Grpc, NamedService, UnaryService},
    transport::Server,
};

/// The variable by which the answer is handed over: hexadecimal, since it is small.
pub const ANSWER: &str = "LOAD_ECHO_ANSWER";

/// Serves until it is killed.
pub async fn serve(port: &str) {
    let answer = std::env::var(ANSWER).expect("an answer to echo");
    let bytes: Vec<u8> = (0..answer.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&answer[at..at + 2], 16).expect("hexadecimal"))
        .collect();
    let answer = GetMallResponse::decode(bytes.as_slice()).expect("an answer");
    let port: u16 = port.parse().expect("a port");
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
    let incoming = TcpListenerStream::new(listener);
    Server::builder()
        .tcp_nodelay(true)
        .add_service(Echo(answer))
        .serve_with_incoming(incoming)
        .await
        .expect("a server");
}

#[derive(Clone)]
struct Echo(GetMallResponse);

impl NamedService for Echo {
    const NAME: &'static str = "mpp.registry.v1.DirectoryService";
}

impl UnaryService<GetMallRequest> for Echo {
    type Response = GetMallResponse;
    type Future = Ready<Result<Response<GetMallResponse>, Status>>;

    fn call(&mut self, _: Request<GetMallRequest>) -> Self::Future {
        std::future::ready(Ok(Response::new(self.0.clone())))
    }
}

impl tonic::codegen::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move {
            let codec = tonic_prost::ProstCodec::<GetMallResponse, GetMallRequest>::default();
            Ok(Grpc::new(codec).unary(echo, request).await)
        })
    }
}
