//! How fast a first sync is, beside a bare multi-row insert of the same rows.
//!
//! ```text
//! cargo run --release -p mpp-registry --example sync_bench -- sqlite:bench.db
//! cargo run --release -p mpp-registry --example sync_bench -- postgres://postgres@127.0.0.1/bench
//! ```
//! A number behind it is that of the records (20,000). Then a client that has lost its state
//! reconciles, in sync and with one record in a hundred changed.
//!
//! The sync goes the whole way: a client's stream over loopback, identity, validation, durable
//! batches with their stored answers, the change feed, memory and search. The bare insert writes
//! the same bytes into an empty table of the same columns, in transactions of the same size.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use mpp_api::{
    registry::{
        CreateUnitRequest, Service, Unit, directory_service_client::DirectoryServiceClient,
        unit::Kind,
    },
    sync::{
        Batch, Checkpoint, CreateSourceRequest, End, Hello, Outcome, Reconcile, Reconciled, Record,
        Source, SyncRequest, SyncResponse, Welcome, record::Body, sync_request::Message as Ask,
        sync_response::Message as Answer, sync_service_client::SyncServiceClient,
    },
    types::LocalizedText,
};
use mpp_client::{Channel, Endpoint, TokenSource, connect};
use mpp_core::{Caller, Clock, Role};
use mpp_form::reconcile::{AnswerState, ComparedRecord, Set, Walk, digest, key_of};
use mpp_registry::{Options, Running};
use mpp_rpc::{
    Shell, Verifier,
    jwt::{self, Jwks, SigningKey},
};
use prost::Message;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Streaming;

const BATCH: usize = 500;
const UNIT: &str = "units/bench";
const SOURCE: &str = "sources/bench";

type Outcomes<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcomes<()> {
    let url =
        std::env::args().nth(1).ok_or("name an empty database: sqlite:bench.db or postgres://…")?;
    let clock = Clock::system();
    let database = mpp_store::Options::new(url.clone(), 16, clock);
    let shutdown = CancellationToken::new();
    let options = Options { migrate: true, ..Options::new(database) };
    let running = mpp_registry::start(options, shutdown.clone()).await?;
    let channel = served(&running, shutdown).await?;
    prepare(channel.clone()).await?;

    let records = std::env::args().nth(2).map_or(Ok(20_000), |number| number.parse())?;
    let mut services: Vec<Service> = (0..records).map(service).collect();
    let bytes: usize = services.iter().map(Message::encoded_len).sum();
    println!("{records} records of {} bytes in batches of {BATCH}", bytes / records);
    let rate = |took: Duration| records as f64 / took.as_secs_f64();
    let first = sync(channel.clone(), &services, Outcome::Applied).await?;
    println!("first sync      {:>8.0} records/s", rate(first));
    let again = sync(channel.clone(), &services, Outcome::Unchanged).await?;
    println!("sent unchanged  {:>8.0} records/s", rate(again));
    println!("in sync: {}", reconcile(channel.clone(), &services).await?);
    for service in services.iter_mut().step_by(100) {
        service.product = "Izin lain".into();
    }
    println!("one in a hundred changed: {}", reconcile(channel, &services).await?);
    let bare = bare(&url, &services).await?;
    println!("bare insert     {:>8.0} records/s", rate(bare));
    println!("first sync / bare insert = {:.2}", bare.as_secs_f64() / first.as_secs_f64());
    Ok(())
}

/// A service of about 2 KB, as ministries write them.
fn service(number: usize) -> Service {
    let sentence = format!(
        "Pemohon nomor {number} melengkapi berkas lalu menunggu pemeriksaan petugas loket. "
    );
    Service {
        title: Some(LocalizedText { id: format!("Izin usaha bidang {number}"), en: String::new() }),
        category: "licensing".into(),
        procedure: (0..10).map(|step| format!("{step}. {}", sentence.repeat(2))).collect(),
        product: "Izin".into(),
        ..Service::default()
    }
}

/// Serves on loopback; answers an administrator's channel.
async fn served(running: &Running, shutdown: CancellationToken) -> Outcomes<Channel> {
    let keys = tempfile::tempdir()?;
    let file = keys.path().join("jwks.json");
    let key = SigningKey::generate()?;
    Jwks::write(&file, &[key.public()])?;
    let shell = Shell::new(Verifier::new(Jwks::load(file)?, Clock::system()));
    let grpc = TcpListener::bind("127.0.0.1:0").await?;
    let health = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", grpc.local_addr()?);
    tokio::spawn(mpp_rpc::serve(
        shell,
        running.routes.clone(),
        running.readiness.clone(),
        grpc,
        health,
        shutdown,
    ));
    let caller = Caller {
        subject: "users/bench".into(),
        roles: vec![Role::Administrator],
        namespaces: Vec::new(),
    };
    let token = jwt::mint(&key, &caller, Duration::from_secs(3600), Clock::system().now());
    Ok(connect(&Endpoint { address, token: Some(TokenSource::Text(token)), tls: None })?)
}

async fn prepare(channel: Channel) -> Outcomes<()> {
    let display_name = Some(LocalizedText { id: "Bench".into(), en: String::new() });
    let unit =
        Unit { display_name: display_name.clone(), kind: Kind::Ministry.into(), ..Unit::default() };
    let request =
        CreateUnitRequest { unit_id: "bench".into(), unit: Some(unit), ..Default::default() };
    DirectoryServiceClient::new(channel.clone()).create_unit(request).await?;
    let source = Source {
        display_name,
        unit: UNIT.into(),
        freshness_target_seconds: 3600,
        ..Source::default()
    };
    let request = CreateSourceRequest {
        source_id: "bench".into(),
        source: Some(source),
        ..Default::default()
    };
    SyncServiceClient::new(channel).create_source(request).await?;
    Ok(())
}

/// All as records that were taken.
fn answered(services: &[Service]) -> Vec<ComparedRecord> {
    let one = |(number, service)| {
        let record = record(number, service);
        let key = key_of(&format!("{UNIT}/services/{}", record.source_id));
        ComparedRecord::new(key, &digest(&record), AnswerState::Taken)
    };
    services.iter().enumerate().map(one).collect()
}

/// A client without a state finds what differs, and confirms the rest: bytes both ways with the
/// session's hello and its end, and seconds.
async fn reconcile(channel: Channel, services: &[Service]) -> Outcomes<String> {
    let items = answered(services);
    let started = Instant::now();
    let set = Set::new(items);
    let (asks, requests) = mpsc::channel(1);
    let hello = Hello { source: SOURCE.into(), mapping_version: "1".into(), ..Hello::default() };
    let mut bytes = 0;
    let mut count = |message: usize| bytes += message + 5;
    let first = ask(Ask::Hello(hello));
    count(first.encoded_len());
    asks.send(first).await?;
    let mut client = SyncServiceClient::new(channel);
    let mut answers = client.sync(ReceiverStream::new(requests)).await?.into_inner();
    let answer = next(&mut answers).await?;
    let Answer::Welcome(welcome) = &answer else { return Err("no welcome".into()) };
    count(SyncResponse { message: Some(answer.clone()) }.encoded_len());
    let mut walk = Walk::new(set);
    while let Some(ranges) = walk.next_message() {
        let asked = ask(Ask::Reconcile(Reconcile { ranges }));
        count(asked.encoded_len());
        asks.send(asked).await?;
        let Answer::Reconciliation(found) = next(&mut answers).await? else {
            return Err("no comparison".into());
        };
        count(found.encoded_len());
        walk.hear(found)?;
    }
    let found = walk.found();
    let batch = confirming(welcome, found.reconciled());
    for message in [Ask::Batch(batch), Ask::End(End::default())] {
        let message = ask(message);
        count(message.encoded_len());
        asks.send(message).await?;
        let answer = next(&mut answers).await?;
        count(SyncResponse { message: Some(answer) }.encoded_len());
    }
    let (rounds, differ) = (found.rounds, found.wanted.len());
    let took = started.elapsed().as_secs_f64();
    Ok(format!("{differ} found in {rounds} rounds, {bytes} bytes and {took:.2} s"))
}

/// The one batch of a session that only confirms.
fn confirming(welcome: &Welcome, reconciled: Reconciled) -> Batch {
    Batch {
        nonce: 1,
        fencing_token: welcome.fencing_token,
        checkpoint: Some(Checkpoint { sequence: welcome.next_sequence, ..Default::default() }),
        reconciled: Some(reconciled),
        ..Batch::default()
    }
}

/// One session that sends everything; each batch follows the answer to the one before.
async fn sync(channel: Channel, services: &[Service], expected: Outcome) -> Outcomes<Duration> {
    let started = Instant::now();
    let (asks, requests) = mpsc::channel(1);
    let hello = Hello { source: SOURCE.into(), mapping_version: "1".into(), ..Hello::default() };
    asks.send(ask(Ask::Hello(hello))).await?;
    let mut client = SyncServiceClient::new(channel);
    let mut answers = client.sync(ReceiverStream::new(requests)).await?.into_inner();
    let Answer::Welcome(welcome) = next(&mut answers).await? else {
        return Err("no welcome".into());
    };
    for (index, chunk) in services.chunks(BATCH).enumerate() {
        let sequence = i64::try_from(index)? + 1;
        let records =
            chunk.iter().enumerate().map(|(at, service)| record(index * BATCH + at, service));
        let batch = Batch {
            nonce: sequence,
            fencing_token: welcome.fencing_token,
            records: records.collect(),
            checkpoint: Some(Checkpoint { sequence, position: sequence.to_string(), mark: 0 }),
            reconciled: None,
        };
        asks.send(ask(Ask::Batch(batch))).await?;
        let Answer::BatchResult(result) = next(&mut answers).await? else {
            return Err("no result".into());
        };
        if let Some(other) = result.results.iter().find(|answer| answer.outcome() != expected) {
            return Err(format!("{other:?}").into());
        }
    }
    asks.send(ask(Ask::End(End::default()))).await?;
    next(&mut answers).await?;
    Ok(started.elapsed())
}

fn ask(message: Ask) -> SyncRequest {
    SyncRequest { message: Some(message) }
}

async fn next(answers: &mut Streaming<SyncResponse>) -> Outcomes<Answer> {
    let response = answers.message().await?.ok_or("the stream ended")?;
    response.message.ok_or_else(|| "an empty message".into())
}

fn record(number: usize, service: &Service) -> Record {
    let body = Some(Body::Service(service.clone()));
    let (source_id, unit) = (format!("s{number}"), UNIT.into());
    Record { source_id, unit, body, confirmed: true, ..Record::default() }
}

/// The same rows, with nothing around them.
async fn bare(url: &str, services: &[Service]) -> Outcomes<Duration> {
    let mut conn = AnyConnection::connect(url).await?;
    let (setup, bytes) = match url.starts_with("sqlite") {
        true => (
            "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000",
            "blob",
        ),
        false => ("set jit = off", "bytea"),
    };
    sqlx::raw_sql(setup).execute(&mut conn).await?;
    let table = format!(
        "create table bare (kind text, name text, version bigint, deleted bigint, labels text,
         doc {bytes}, create_time bigint, update_time bigint, primary key (kind, name))"
    );
    sqlx::raw_sql(AssertSqlSafe(table)).execute(&mut conn).await?;
    let labels = format!(
        r#"{{"agency":"{UNIT}","category":"licensing","source":"{SOURCE}","unit":"{UNIT}"}}"#
    );
    let rows: Vec<(String, Vec<u8>)> = services
        .iter()
        .enumerate()
        .map(|(number, service)| (format!("{UNIT}/services/s{number}"), service.encode_to_vec()))
        .collect();
    let values: Vec<String> = (0..BATCH)
        .map(|row| {
            format!("('service',${},1,0,${},${},0,0)", row * 3 + 1, row * 3 + 2, row * 3 + 3)
        })
        .collect();
    let text = format!("insert into bare values {}", values.join(","));
    let started = Instant::now();
    for chunk in rows.chunks(BATCH) {
        let mut query = sqlx::query(AssertSqlSafe(text.clone()));
        for (name, doc) in chunk {
            query = query.bind(name).bind(&labels).bind(&doc[..]);
        }
        query.execute(&mut conn).await?;
    }
    Ok(started.elapsed())
}
