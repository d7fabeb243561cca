//! A small urgent sync beside large first ones: from its hello until it is through, and until a
//! search shows its edit.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use mpp_api::{
    registry::{SearchServicesRequest, search_service_client::SearchServiceClient},
    sync::{
        Batch, Checkpoint, CreateSourceRequest, End, EndSessionRequest, Hello, OpenSessionRequest,
        PushBatchRequest, Record, Source, SyncResponse, Welcome, record::Body, sync_request,
        sync_response, sync_service_client::SyncServiceClient,
    },
};
use mpp_client::{Channel, Endpoint, TokenSource, connect};
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Suite,
    keys::{ADMINISTRATOR, APP, PUBLISHER},
    town,
};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use crate::{
    quantile,
    sync::{IN_FLIGHT, answered, founded, next, record, send},
    verdict,
};

/// Large sources at the same time: a few, and as many as begin their nightly runs at once.
const LARGE: [usize; 2] = [3, 30];
/// Records of each.
pub const RECORDS: usize = 100_000;
const ROUNDS: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);
const LIMIT_MILLIS: f64 = 2_000.0;

pub async fn measure() {
    for backend in Backend::ALL {
        for large in LARGE {
            beside(backend, large).await;
        }
    }
}

async fn beside(backend: Backend, count: usize) {
    let (suite, _cluster) = founded(backend).await;
    let state = Arc::new(State::default());
    let mut large = Vec::new();
    for number in 0..count {
        let channel = source(&suite, &format!("besar-{number}")).await;
        let records = number * RECORDS..(number + 1) * RECORDS;
        let source = format!("sources/besar-{number}");
        large.push(tokio::spawn(first_sync(channel, source, records, Arc::clone(&state))));
    }
    let channel = source(&suite, "kecil").await;
    while state.taken.load(Relaxed) < 500 * count {
        tokio::time::sleep(PAUSE).await;
    }
    let (before, begun) = (state.taken.load(Relaxed), Instant::now());
    let (mut streamed, mut pushed) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        streamed.push(by_stream(&suite, &channel, 2 * round).await);
        tokio::time::sleep(PAUSE).await;
        pushed.push(by_calls(&suite, &channel, 2 * round + 1).await);
        tokio::time::sleep(PAUSE).await;
    }
    let rate = (state.taken.load(Relaxed) - before) as f64 / begun.elapsed().as_secs_f64();
    println!(
        "fair: one edit beside {count} first syncs of {RECORDS}, {rate:.0} records/s, {backend:?}"
    );
    show("by a stream", streamed);
    show("by single calls", pushed);
    end(&state, large).await;
}

/// Ends the first syncs, which are to have gone on until now.
pub async fn end(state: &State, large: Vec<JoinHandle<bool>>) {
    state.over.store(true, Relaxed);
    for sync in large {
        let is_through = sync.await.expect("no refusal");
        assert!(!is_through, "it was done before the measurement: raise RECORDS");
    }
}

/// What the large syncs tell of each other.
#[derive(Default)]
pub struct State {
    pub taken: AtomicUsize,
    pub over: AtomicBool,
}

/// Milliseconds from hello: to the edit's answer, to the summary, and to a search that shows it.
type Took = [f64; 3];

fn show(how: &str, syncs: Vec<Result<Took, Status>>) {
    let refused = syncs.iter().filter(|sync| sync.is_err()).count();
    let times: Vec<Took> = syncs.into_iter().flatten().collect();
    for (at, what) in ["answered", "through", "found"].iter().enumerate() {
        let mut millis: Vec<f64> = times.iter().map(|took| took[at]).collect();
        millis.sort_by(f64::total_cmp);
        let [p50, p99, max] = [500, 990, 1000].map(|part| quantile(&millis, part));
        let is_kept = refused == 0 && max <= LIMIT_MILLIS;
        println!(
            "  {how}, {what}: p50 {p50:.0} ms, p99 {p99:.0} ms, max {max:.0} ms, refused {refused} \
             (limit 2 s, {})",
            verdict(is_kept)
        );
    }
}

/// A source, and its publisher's own connection.
pub async fn source(suite: &Suite, id: &str) -> Channel {
    let mut admin = SyncServiceClient::new(suite.channel(Service::Registry, ADMINISTRATOR));
    let source = Source {
        display_name: town::text(id),
        unit: "units/kemendagri".into(),
        freshness_target_seconds: 3_600,
        ..Source::default()
    };
    let source = Some(source);
    let request = CreateSourceRequest { source_id: id.into(), source, ..Default::default() };
    admin.create_source(request).await.expect("a source");
    let file = suite.keys.issue(suite.home(), &format!("users/{id}"), PUBLISHER).await;
    let token = std::fs::read_to_string(file).expect("a token").trim().to_owned();
    let token = Some(TokenSource::Text(token));
    connect(&Endpoint { token, ..suite.endpoint(Service::Registry, PUBLISHER) })
        .expect("an endpoint")
}

fn batch(welcome: &Welcome, number: i64, records: Vec<Record>) -> Batch {
    let sequence = welcome.next_sequence + number;
    let position = format!("{}:{number}", welcome.session);
    Batch {
        nonce: number + 1,
        fencing_token: welcome.fencing_token,
        records,
        checkpoint: Some(Checkpoint { sequence, position, mark: 0 }),
        reconciled: None,
    }
}

/// A first sync of these records, until it is through or the measurement is over. True if it is
/// through.
pub async fn first_sync(
    channel: Channel,
    source: String,
    records: Range<usize>,
    state: Arc<State>,
) -> bool {
    let (requests, outgoing) = mpsc::channel(1);
    let hello =
        Hello { source, mapping_version: "1".into(), holder: "load".into(), ..Hello::default() };
    send(&requests, sync_request::Message::Hello(hello)).await;
    let answers = SyncServiceClient::new(channel).sync(ReceiverStream::new(outgoing)).await;
    let mut answers = answers.expect("a session").into_inner();
    let sync_response::Message::Welcome(welcome) = next(&mut answers).await else {
        panic!("no welcome")
    };
    let size = usize::try_from(welcome.max_batch_records).expect("a size");
    let mut waiting = 0;
    for (number, first) in (0..).zip(records.clone().step_by(size)) {
        let records = (first..records.end.min(first + size)).map(record).collect();
        send(&requests, sync_request::Message::Batch(batch(&welcome, number, records))).await;
        waiting += 1;
        if waiting == IN_FLIGHT {
            answered(&mut answers).await;
            state.taken.fetch_add(size, Relaxed);
            waiting -= 1;
        }
        if state.over.load(Relaxed) {
            return false;
        }
    }
    for _ in 0..waiting {
        answered(&mut answers).await;
    }
    true
}

fn edit(round: usize) -> Vec<Record> {
    let mut edited = Record { source_id: "darurat".into(), ..record(0) };
    if let Some(Body::Service(service)) = &mut edited.body {
        service.title = town::text(&format!("Pengumuman darurat gempa {round}"));
    }
    vec![edited]
}

async fn by_stream(suite: &Suite, channel: &Channel, round: usize) -> Result<Took, Status> {
    let begun = Instant::now();
    let (requests, outgoing) = mpsc::channel(1);
    let hello = Hello {
        source: "sources/kecil".into(),
        mapping_version: "1".into(),
        holder: "kecil".into(),
        ..Hello::default()
    };
    send(&requests, sync_request::Message::Hello(hello)).await;
    let answers = SyncServiceClient::new(channel.clone()).sync(ReceiverStream::new(outgoing)).await;
    let mut answers = answers?.into_inner();
    let Some(sync_response::Message::Welcome(welcome)) = told(&mut answers).await? else {
        panic!("no welcome")
    };
    send(&requests, sync_request::Message::Batch(batch(&welcome, 0, edit(round)))).await;
    let Some(sync_response::Message::BatchResult(result)) = told(&mut answers).await? else {
        panic!("no answer")
    };
    let answered = millis(begun);
    send(&requests, sync_request::Message::End(End::default())).await;
    let Some(sync_response::Message::Summary(_)) = told(&mut answers).await? else {
        panic!("no summary")
    };
    let through = millis(begun);
    found(suite, round, result.revision).await?;
    Ok([answered, through, millis(begun)])
}

async fn by_calls(suite: &Suite, channel: &Channel, round: usize) -> Result<Took, Status> {
    let begun = Instant::now();
    let mut client = SyncServiceClient::new(channel.clone());
    let source = "sources/kecil".to_owned();
    let opening = OpenSessionRequest {
        source: source.clone(),
        mapping_version: "1".into(),
        holder: "kecil".into(),
        ..OpenSessionRequest::default()
    };
    let opened = client.open_session(opening).await?.into_inner();
    let welcome = opened.welcome.expect("a welcome");
    let batch = Some(batch(&welcome, 0, edit(round)));
    let pushed = client.push_batch(PushBatchRequest { source: source.clone(), batch }).await;
    let pushed = pushed?.into_inner().batch_result.expect("a result");
    let answered = millis(begun);
    let fencing_token = welcome.fencing_token;
    let ending = EndSessionRequest { source, fencing_token, ..EndSessionRequest::default() };
    client.end_session(ending).await?;
    let through = millis(begun);
    found(suite, round, pushed.revision).await?;
    Ok([answered, through, millis(begun)])
}

async fn told(
    answers: &mut Streaming<SyncResponse>,
) -> Result<Option<sync_response::Message>, Status> {
    Ok(answers.message().await?.and_then(|answer| answer.message))
}

async fn found(suite: &Suite, round: usize, revision: i64) -> Result<(), Status> {
    let mut client = SearchServiceClient::new(suite.channel(Service::Registry, APP));
    let request = SearchServicesRequest {
        query: "pengumuman darurat gempa".into(),
        min_revision: revision,
        ..SearchServicesRequest::default()
    };
    let answer = client.search_services(request).await?.into_inner();
    let shown = format!("{:?}", answer.hits.first());
    assert!(shown.contains(&format!("gempa {round}\"")), "{shown}");
    Ok(())
}

fn millis(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}
