//! The three services as the pages see them: a server that answers each method with what a story
//! says, over real connections.

mod life_events;
mod lists;
mod standards;
mod steps;

use std::{
    collections::HashMap,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
};

use futures::Stream;
use mpp_api::{
    registry::{
        GetMallRequest, GetMallResponse, GetRegionRequest, GetRegionResponse, GetServiceRequest,
        GetServiceResponse, GetUnitRequest, GetUnitResponse, GetWithdrawnServiceRequest,
        ListCountersRequest, ListCountersResponse, ListOfferingsRequest, ListOfferingsResponse,
        ListWindowsRequest, ListWindowsResponse, SearchServicesRequest,
    },
    report::WatchReportResponse,
    reporting::{GetMallReportRequest, GetMallReportResponse, Report, WatchReportRequest},
    scheduling::{GetHoursRequest, GetHoursResponse, GetQueueRequest, GetQueueResponse},
    sync::{
        GetSourceRequest, GetSourceResponse, PreviewRecordsRequest, PreviewRecordsResponse, Source,
    },
};
use mpp_core::{Error, Reason};
use prost::Message;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tokio_stream::{StreamExt as _, wrappers::WatchStream};
use tokio_util::sync::CancellationToken;
use tonic::{
    Request, Response, Status,
    body::Body,
    server::{Grpc, ServerStreamingService, UnaryService},
};
use tonic_prost::ProstCodec;

use crate::world::Nation;

/// A server of all three services.
pub struct Upstream {
    pub address: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<()>,
}

/// The answers of this moment.
#[derive(Clone)]
pub struct Answers {
    pub nation: Arc<Mutex<Nation>>,
    /// Sent to all who watch the report.
    pub report: watch::Sender<WatchReportResponse>,
    /// Methods that fail.
    pub silent: Arc<Mutex<Vec<&'static str>>>,
    /// How often each method was called.
    pub calls: Arc<Mutex<HashMap<String, usize>>>,
    /// Ends the streams of the server that runs now.
    stop: CancellationToken,
}

impl Answers {
    pub fn new(nation: Nation) -> Self {
        let first = WatchReportResponse::whole(&nation.report);
        Self {
            nation: Arc::new(Mutex::new(nation)),
            report: watch::Sender::new(first),
            silent: Arc::default(),
            calls: Arc::default(),
            stop: CancellationToken::new(),
        }
    }

    fn nation<T>(&self, read: impl FnOnce(&Nation) -> T) -> T {
        read(&self.nation.lock().expect("no panic"))
    }

    pub fn tell(&self, report: Report) {
        self.report.send_replace(WatchReportResponse::whole(&report));
    }

    pub fn called(&self, method: &str) -> usize {
        let calls = self.calls.lock().expect("no panic");
        calls.iter().filter(|(path, _)| path.ends_with(method)).map(|(_, many)| many).sum()
    }
}

impl Upstream {
    /// Serves at an address; with port 0 at any that is free.
    pub async fn start(mut answers: Answers, at: SocketAddr) -> Self {
        let stop = CancellationToken::new();
        answers.stop = stop.clone();
        let listener = loop {
            match TcpListener::bind(at).await {
                Ok(listener) => break listener,
                // The old listener is about to go.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        };
        let address = listener.local_addr().expect("bound");
        let router = axum::Router::new().fallback(answer).with_state(answers);
        let routes = tonic::service::Routes::from(router);
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        let told = stop.clone();
        let server = tokio::spawn(async move {
            let served = tonic::transport::Server::builder().add_routes(routes);
            let ends = told.cancelled_owned();
            served.serve_with_incoming_shutdown(incoming, ends).await.expect("served");
        });
        Self { address, stop, server }
    }

    /// Cuts every connection.
    pub async fn end(self) -> SocketAddr {
        self.stop.cancel();
        self.server.await.expect("the server ends");
        self.address
    }
}

async fn answer(
    axum::extract::State(answers): axum::extract::State<Answers>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let path = request.uri().path().to_owned();
    let method = path.rsplit('/').next().unwrap_or_default().to_owned();
    *answers.calls.lock().expect("no panic").entry(path).or_default() += 1;
    let silent = answers.silent.lock().expect("no panic").contains(&method.as_str());
    if silent {
        return Status::unavailable("silent").into_http::<Body>().map(axum::body::Body::new);
    }
    let request = request.map(Body::new);
    let response = match method.as_str() {
        "WatchReport" => {
            let mut grpc = Grpc::new(ProstCodec::default());
            grpc.server_streaming(Watch(answers), request).await
        }
        "GetMallReport" => {
            unary(request, move |asked: GetMallReportRequest| {
                let found = answers.nation(|nation| nation.details.get(&asked.mall).cloned());
                let mall = Some(found.ok_or_else(absent)?);
                Ok(GetMallReportResponse { mall })
            })
            .await
        }
        "GetMall" => {
            unary(request, move |asked: GetMallRequest| {
                let found = answers.nation(|nation| nation.malls.get(&asked.name).cloned());
                Ok(GetMallResponse { mall: Some(found.ok_or_else(absent)?) })
            })
            .await
        }
        "GetSource" | "PreviewRecords" if token(&request) != Some("Bearer tok-baik") => {
            let reason = match token(&request) {
                Some("Bearer of-another") => Reason::PermissionDenied,
                _ => Reason::Unauthenticated,
            };
            let status = mpp_rpc::status(Error::new(reason, "not of this source"));
            return status.into_http::<Body>().map(axum::body::Body::new);
        }
        "GetSource" => {
            unary(request, move |asked: GetSourceRequest| match asked.name.as_str() {
                "sources/pacitan" => {
                    let unit = "units/pacitan".to_owned();
                    Ok(GetSourceResponse { source: Some(Source { unit, ..Source::default() }) })
                }
                _ => Err(mpp_rpc::status(Error::not_found(&asked.name))),
            })
            .await
        }
        "PreviewRecords" => {
            unary(request, |_: PreviewRecordsRequest| Ok(PreviewRecordsResponse::default())).await
        }
        "GetUnit" => {
            unary(request, move |asked: GetUnitRequest| {
                let found = answers.nation(|nation| nation.units.get(&asked.name).cloned());
                Ok(GetUnitResponse { unit: Some(found.ok_or_else(absent)?) })
            })
            .await
        }
        "GetService" => {
            unary(request, move |asked: GetServiceRequest| {
                let found = answers.nation(|nation| nation.services.get(&asked.name).cloned());
                Ok(GetServiceResponse { service: Some(found.ok_or_else(absent)?) })
            })
            .await
        }
        "GetWithdrawnService" => {
            unary(request, move |asked: GetWithdrawnServiceRequest| {
                let found = answers.nation(|nation| nation.withdrawn.get(&asked.name).cloned());
                found.ok_or_else(absent)
            })
            .await
        }
        "GetRegion" => {
            unary(request, move |asked: GetRegionRequest| {
                let known = answers.nation(|nation| nation.regions.contains(&asked.name));
                if known { Ok(GetRegionResponse::default()) } else { Err(absent()) }
            })
            .await
        }
        "SearchServices" => {
            unary(request, move |asked: SearchServicesRequest| {
                if asked.query.chars().count() > 200 || asked.page_token == "x" {
                    return Err(Status::invalid_argument("refused"));
                }
                let found = answers.nation(|nation| nation.questions.get(&asked.query).cloned());
                Ok(found.unwrap_or_default())
            })
            .await
        }
        "ListCounters" => {
            unary(request, move |asked: ListCountersRequest| {
                let counters = answers.nation(|nation| below(&nation.counters, &asked.parent));
                let (counters, next_page_token) = page(counters, &asked.page_token);
                Ok(ListCountersResponse { counters, next_page_token, ..Default::default() })
            })
            .await
        }
        "ListWindows" => {
            unary(request, move |asked: ListWindowsRequest| {
                let mall = asked.parent.trim_end_matches("/counters/-").to_owned();
                let windows = answers.nation(|nation| below(&nation.windows, &mall));
                let (windows, next_page_token) = page(windows, &asked.page_token);
                Ok(ListWindowsResponse { windows, next_page_token, ..Default::default() })
            })
            .await
        }
        "ListOfferings" => {
            unary(request, move |asked: ListOfferingsRequest| {
                let of_service = |nation: &Nation| {
                    let all = nation.offerings.values();
                    let any = asked.service.is_empty();
                    all.filter(|own| any || own.service == asked.service).cloned().collect()
                };
                let offerings = answers.nation(|nation| match asked.parent.as_str() {
                    "malls/-" => of_service(nation),
                    parent => below(&nation.offerings, parent),
                });
                let (offerings, next_page_token) = page(offerings, &asked.page_token);
                Ok(ListOfferingsResponse { offerings, next_page_token, ..Default::default() })
            })
            .await
        }
        "GetHours" => {
            unary(request, move |asked: GetHoursRequest| {
                let days = answers.nation(|nation| nation.days(&asked));
                Ok(GetHoursResponse { days })
            })
            .await
        }
        "GetQueue" => {
            unary(request, move |asked: GetQueueRequest| {
                let found = answers.nation(|nation| nation.queues.get(&asked.counter).cloned());
                Ok(GetQueueResponse { counter: asked.counter, ..found.unwrap_or_default() })
            })
            .await
        }
        "PlanSteps" => steps::answer(answers, request).await,
        "ListLifeEvents" => life_events::listed(answers, request).await,
        "PlanLifeEvent" => life_events::planned(answers, request).await,
        listed @ ("ListServices" | "ListMalls" | "ListUnits" | "ListRegions") => {
            lists::answer(answers, listed, request).await
        }
        other => match standards::answer(answers, other, request).await {
            Some(answer) => answer,
            None => Status::unimplemented(other.to_owned()).into_http(),
        },
    };
    response.map(axum::body::Body::new)
}

fn absent() -> Status {
    Status::not_found("absent")
}

fn below<T: Clone>(records: &std::collections::BTreeMap<String, T>, parent: &str) -> Vec<T> {
    let prefix = format!("{parent}/");
    let own = records.iter().filter(|(name, _)| name.starts_with(&prefix));
    own.map(|(_, record)| record.clone()).collect()
}

/// The page that begins at the record whose number is the token: one record, so that every list
/// has several pages, and the next token.
fn page<T>(all: Vec<T>, token: &str) -> (Vec<T>, String) {
    let first = token.parse().unwrap_or(0);
    let next = if first + 1 < all.len() { (first + 1).to_string() } else { String::new() };
    (all.into_iter().skip(first).take(1).collect(), next)
}

fn token(request: &axum::http::Request<Body>) -> Option<&str> {
    request.headers().get("authorization").and_then(|value| value.to_str().ok())
}

async fn unary<Q, A>(
    request: axum::http::Request<Body>,
    answer: impl Fn(Q) -> Result<A, Status> + Send + Sync + 'static,
) -> axum::http::Response<Body>
where
    Q: Message + Default + Send + 'static,
    A: Message + Default + Send + 'static,
{
    let mut grpc = Grpc::new(ProstCodec::<A, Q>::default());
    grpc.unary(Call(answer, std::marker::PhantomData), request).await
}

struct Call<F, Q, A>(F, std::marker::PhantomData<fn(Q) -> A>);

impl<F, Q, A> UnaryService<Q> for Call<F, Q, A>
where
    F: Fn(Q) -> Result<A, Status>,
{
    type Response = A;
    type Future = std::future::Ready<Result<Response<A>, Status>>;

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        std::future::ready((self.0)(request.into_inner()).map(Response::new))
    }
}

struct Watch(Answers);

impl ServerStreamingService<WatchReportRequest> for Watch {
    type Response = WatchReportResponse;
    type ResponseStream =
        Pin<Box<dyn Stream<Item = Result<WatchReportResponse, Status>> + Send + 'static>>;
    type Future = std::future::Ready<Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, _: Request<WatchReportRequest>) -> Self::Future {
        let reports = WatchStream::new(self.0.report.subscribe()).map(Ok);
        let stop = self.0.stop.clone();
        let until = Box::pin(async move { stop.cancelled().await });
        let reports = futures::StreamExt::take_until(reports, until);
        std::future::ready(Ok(Response::new(Box::pin(reports))))
    }
}
