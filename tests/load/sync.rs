//! A first sync, and one in which nothing has changed: by the agent from its file, and by a client
//! that has its records ready, which is the registry's own speed.

use std::time::Instant;

use mpp_api::{
    registry::Service as CatalogService,
    sync::{
        Accounting, Batch, Checkpoint, End, Hello, Record, SyncRequest, SyncResponse, record::Body,
        sync_request, sync_response, sync_service_client::SyncServiceClient,
    },
    types::{Fee, ServiceTime, fee, service_time},
};
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Setup, Suite,
    cluster::Cluster,
    keys::PUBLISHER,
    town::{self, Ministry, SOURCE, row},
};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use crate::verdict;

const RECORDS: usize = 20_000;
/// Batches that wait for their answers.
pub const IN_FLIGHT: usize = 4;

pub async fn measure() {
    for backend in Backend::ALL {
        println!("sync: {RECORDS} records, {backend:?}");
        by_a_client(backend).await;
        by_the_agent(backend).await;
    }
}

pub async fn founded(backend: Backend) -> (Suite, Option<Cluster>) {
    let cluster = if backend == Backend::Postgres { Some(Cluster::start().await) } else { None };
    let suite = Suite::start_with(
        backend,
        Setup { cluster: cluster.as_ref(), any_rate: true, ..Setup::default() },
    )
    .await;
    town::found(&suite).await;
    (suite, cluster)
}

async fn by_a_client(backend: Backend) {
    let (suite, _cluster) = founded(backend).await;
    let (first, sums) = session(&suite).await;
    assert_eq!(usize::try_from(sums.applied), Ok(RECORDS));
    let rate = RECORDS as f64 / first;
    println!(
        "  a client, first: {rate:.0} records/s (goal 10000/s, {})",
        verdict(rate >= 10_000.0)
    );
    let (again, sums) = session(&suite).await;
    assert_eq!(usize::try_from(sums.unchanged), Ok(RECORDS));
    println!(
        "  a client, all sent again, nothing changed: {:.0} records/s",
        RECORDS as f64 / again
    );
}

async fn by_the_agent(backend: Backend) {
    let (suite, _cluster) = founded(backend).await;
    let ministry = Ministry::new(&suite);
    let rows = (0..RECORDS)
        .map(|n| row(&format!("layanan-{n}"), &format!("Layanan nomor {n}"), "Rp 50.000"));
    ministry.publish(&rows.collect::<Vec<_>>());
    for (what, expected) in
        [("first", format!("applied {RECORDS}")), ("nothing changed", format!("known {RECORDS}"))]
    {
        let begun = Instant::now();
        let said = ministry.sync(&suite).await.succeeded();
        let took = begun.elapsed().as_secs_f64();
        assert!(said.contains(&expected), "{said}");
        println!(
            "  the agent, {what}: {took:.2} s from its start to its end, {:.0} records/s",
            RECORDS as f64 / took
        );
    }
}

/// One whole session; the seconds from hello to summary, and its accounting.
async fn session(suite: &Suite) -> (f64, Accounting) {
    let records: Vec<Record> = (0..RECORDS).map(record).collect();
    let bytes: usize = records.iter().map(|record| record.encoded_len()).sum();
    let (requests, outgoing) = mpsc::channel(1);
    let mut client = SyncServiceClient::new(suite.channel(Service::Registry, PUBLISHER));
    let begun = Instant::now();
    send(&requests, sync_request::Message::Hello(hello())).await;
    let mut answers =
        client.sync(ReceiverStream::new(outgoing)).await.expect("a session").into_inner();
    let sync_response::Message::Welcome(welcome) = next(&mut answers).await else {
        panic!("no welcome")
    };
    let size = usize::try_from(welcome.max_batch_records).expect("a size");
    let before = welcome.checkpoint.unwrap_or_default().sequence;
    let mut waiting = 0;
    for (nonce, records) in (1..).zip(records.chunks(size)) {
        let batch = Batch {
            nonce,
            fencing_token: welcome.fencing_token,
            records: records.to_vec(),
            checkpoint: Some(Checkpoint {
                sequence: before + nonce,
                position: nonce.to_string(),
                mark: 0,
            }),
            reconciled: None,
        };
        send(&requests, sync_request::Message::Batch(batch)).await;
        waiting += 1;
        if waiting == IN_FLIGHT {
            answered(&mut answers).await;
            waiting -= 1;
        }
    }
    for _ in 0..waiting {
        answered(&mut answers).await;
    }
    send(&requests, sync_request::Message::End(End::default())).await;
    let sync_response::Message::Summary(summary) = next(&mut answers).await else {
        panic!("no summary")
    };
    let took = begun.elapsed().as_secs_f64();
    println!("    {} bytes a record on average", bytes / RECORDS);
    (took, summary.session.expect("an accounting"))
}

fn hello() -> Hello {
    Hello {
        source: SOURCE.into(),
        mapping_version: "1".into(),
        holder: "load".into(),
        ..Hello::default()
    }
}

pub async fn send(requests: &mpsc::Sender<SyncRequest>, message: sync_request::Message) {
    requests.send(SyncRequest { message: Some(message) }).await.expect("an open stream");
}

pub async fn next(answers: &mut Streaming<SyncResponse>) -> sync_response::Message {
    let answer = answers.message().await.expect("no refusal").expect("no end");
    answer.message.expect("a message")
}

pub async fn answered(answers: &mut Streaming<SyncResponse>) {
    let sync_response::Message::BatchResult(_) = next(answers).await else { panic!("no answers") };
}

pub fn record(number: usize) -> Record {
    let service = CatalogService {
        title: town::text(&format!("Layanan nomor {number}")),
        category: "population".into(),
        keywords: vec!["layanan".into(), format!("nomor {number}")],
        fees: vec![Fee {
            kind: fee::Kind::Fixed.into(),
            amount_rupiah: 50_000,
            source_text: "Rp 50.000".into(),
            ..Default::default()
        }],
        time: Some(ServiceTime {
            value: 1,
            unit: service_time::Unit::WorkingDays.into(),
            at_most: true,
            source_text: "paling lama 1 hari kerja".into(),
            ..ServiceTime::default()
        }),
        procedure: vec![
            "Ambil nomor antrean".into(),
            "Serahkan berkas".into(),
            "Terima hasil".into(),
        ],
        ..Default::default()
    };
    Record {
        source_id: format!("layanan-{number}"),
        unit: "units/kemendagri".into(),
        body: Some(Body::Service(service)),
        confirmed: true,
        ..Record::default()
    }
}
