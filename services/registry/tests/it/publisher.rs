//! A publisher: the client's side of a session, and the records that it sends.

use mpp_api::{
    registry::Service,
    sync::{
        Batch, BatchResult, Checkpoint, End, GetSourceRequest, Hello, Outcome, Record, Source,
        Summary, SyncRequest, SyncResponse, Welcome,
        record::{Body, Delete},
        sync_request::Message as Ask,
        sync_response::Message as Answer,
    },
    types::{Tombstone, tombstone::Reason},
};
use mpp_client::error_of;
use mpp_core::Role;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use crate::world::{Clients, KEMENDAGRI, SOURCE, World, service};

/// A client of the protocol, as an agent is one.
pub struct Session {
    pub welcome: Welcome,
    pub asks: mpsc::Sender<SyncRequest>,
    answers: Streaming<SyncResponse>,
    /// The last checkpoint that was answered.
    pub checkpoint: Checkpoint,
    pub nonce: i64,
}

impl Session {
    /// Kemendagri's publisher begins with nothing.
    pub async fn begin(world: &World) -> Self {
        Self::with(world, hello()).await.expect("a session")
    }

    pub async fn with(world: &World, hello: Hello) -> Result<Self, Status> {
        let mut publisher = world.caller(Role::Publisher, &[&hello.source]);
        Self::by(&mut publisher, hello).await
    }

    pub async fn by(publisher: &mut Clients, hello: Hello) -> Result<Self, Status> {
        let (asks, requests) = mpsc::channel(1);
        asks.send(ask(Ask::Hello(hello))).await.expect("open");
        let mut answers = publisher.sync.sync(ReceiverStream::new(requests)).await?.into_inner();
        let Some(Answer::Welcome(welcome)) = next(&mut answers).await? else {
            panic!("no welcome")
        };
        let checkpoint = welcome.checkpoint.clone().expect("a checkpoint");
        Ok(Self { welcome, asks, answers, checkpoint, nonce: 0 })
    }

    pub fn batch(&mut self, records: Vec<Record>) -> Batch {
        self.nonce += 1;
        batch_after(&self.checkpoint, self.welcome.fencing_token, self.nonce, records)
    }

    pub async fn try_batch(&mut self, batch: Batch) -> Result<BatchResult, Status> {
        // A stream that has ended takes nothing more; its answer says why.
        let _ = self.asks.send(ask(Ask::Batch(batch))).await;
        match next(&mut self.answers).await? {
            Some(Answer::BatchResult(result)) => {
                self.checkpoint = result.checkpoint.clone().expect("a checkpoint");
                Ok(result)
            }
            other => panic!("no answer to a batch: {other:?}"),
        }
    }

    pub async fn send(&mut self, records: Vec<Record>) -> BatchResult {
        let batch = self.batch(records);
        self.try_batch(batch).await.expect("an answer")
    }

    pub async fn ask(&mut self, message: Ask) -> Result<Option<Answer>, Status> {
        self.asks.send(ask(message)).await.expect("open");
        next(&mut self.answers).await
    }

    /// Ends the session, and waits until the server has ended the stream, too.
    pub async fn end_stream(mut self) {
        let Ok(Some(Answer::Summary(_))) = self.ask(Ask::End(End::default())).await else {
            panic!("no summary")
        };
        assert_eq!(next(&mut self.answers).await.expect("a clean end"), None);
    }

    pub async fn end(self) -> Summary {
        self.end_with(End::default()).await
    }

    pub async fn end_with(mut self, end: End) -> Summary {
        let Ok(Some(Answer::Summary(summary))) = self.ask(Ask::End(end)).await else {
            panic!("no summary")
        };
        summary
    }
}

async fn next(answers: &mut Streaming<SyncResponse>) -> Result<Option<Answer>, Status> {
    Ok(answers.message().await?.and_then(|response| response.message))
}

/// The batch that follows on a checkpoint.
pub fn batch_after(
    checkpoint: &Checkpoint,
    fencing_token: i64,
    nonce: i64,
    records: Vec<Record>,
) -> Batch {
    let sequence = checkpoint.sequence + 1;
    let checkpoint = Some(Checkpoint { sequence, position: format!("row {sequence}"), mark: 0 });
    Batch { nonce, fencing_token, records, checkpoint, reconciled: None }
}

pub fn ask(message: Ask) -> SyncRequest {
    SyncRequest { message: Some(message) }
}

pub fn hello() -> Hello {
    Hello { source: SOURCE.into(), mapping_version: "1".into(), ..Hello::default() }
}

pub fn record(source_id: &str, title: &str) -> Record {
    record_of(KEMENDAGRI, source_id, service(title))
}

pub fn record_of(unit: &str, source_id: &str, service: Service) -> Record {
    let body = Some(Body::Service(service));
    // Stories call their services as briefly as they like.
    let (source_id, unit) = (source_id.into(), unit.into());
    Record { source_id, unit, body, confirmed: true, ..Record::default() }
}

pub fn delete(source_id: &str) -> Record {
    let tombstone = Some(Tombstone { reason: Reason::Withdrawn.into(), successor: String::new() });
    let name = format!("{KEMENDAGRI}/services/{source_id}");
    let body = Some(Body::Delete(Delete { name, tombstone }));
    Record { source_id: source_id.into(), body, ..Record::default() }
}

pub fn outcomes(result: &BatchResult) -> Vec<Outcome> {
    result.results.iter().map(|answer| answer.outcome()).collect()
}

pub fn codes(result: &BatchResult) -> Vec<&str> {
    result.results.iter().map(|answer| answer.code.as_str()).collect()
}

pub async fn source(world: &World) -> Source {
    let request = GetSourceRequest { name: SOURCE.into() };
    world
        .admin()
        .sync
        .get_source(request)
        .await
        .expect("known")
        .into_inner()
        .source
        .expect("a source")
}

/// Tries until the session begins: a stream that broke off lets its lease go a moment later.
pub async fn begin_again(world: &World, hello: Hello) -> Session {
    for _ in 0..400 {
        match Session::with(world, hello.clone()).await {
            Ok(session) => return session,
            Err(status) => assert_eq!(error_of(&status).reason, "LEASE_HELD"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the lease was not let go");
}

/// Breaks the stream off, and waits until the lease is given up.
pub async fn let_go(world: &World, session: Session) {
    drop(session);
    let mut read = world.running.registry.db.read().await.expect("a snapshot");
    for _ in 0..400 {
        let until: i64 = sqlx::query_scalar("select until from sync_lease where source = $1")
            .bind(SOURCE)
            .fetch_one(read.conn())
            .await
            .expect("a lease");
        if until == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        read = world.running.registry.db.read().await.expect("a snapshot");
    }
    panic!("the lease was not let go");
}
