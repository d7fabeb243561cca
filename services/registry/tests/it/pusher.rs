//! A publisher behind a gateway: the client's side of a session by single calls.

use mpp_api::sync::{
    Batch, BatchResult, Checkpoint, End, EndSessionRequest, KeepSessionRequest, OpenSessionRequest,
    PushBatchRequest, Record, Summary, Welcome,
};
use mpp_core::Role;
use tonic::Status;

use crate::{
    publisher::{batch_after, record},
    world::{Clients, SOURCE, World},
};

/// A client that keeps between two calls only what a script would.
pub struct Push {
    pub publisher: Clients,
    pub welcome: Welcome,
    /// The last checkpoint that was answered.
    pub checkpoint: Checkpoint,
    pub nonce: i64,
}

impl Push {
    /// Kemendagri's script opens with nothing.
    pub async fn open(world: &World) -> Self {
        Self::with(world, opening()).await.expect("a session")
    }

    pub async fn with(world: &World, request: OpenSessionRequest) -> Result<Self, Status> {
        let mut publisher = publisher(world);
        let opened = publisher.sync.open_session(request).await?.into_inner();
        let welcome = opened.welcome.expect("a welcome");
        let checkpoint = welcome.checkpoint.clone().expect("a checkpoint");
        Ok(Self { publisher, welcome, checkpoint, nonce: 0 })
    }

    /// Its next call is answered by another replica.
    pub fn moves_to(&mut self, world: &World) {
        self.publisher = publisher(world);
    }

    pub fn batch(&mut self, records: Vec<Record>) -> Batch {
        self.nonce += 1;
        batch_after(&self.checkpoint, self.welcome.fencing_token, self.nonce, records)
    }

    pub async fn push(&mut self, batch: Batch) -> Result<BatchResult, Status> {
        let request = PushBatchRequest { source: SOURCE.into(), batch: Some(batch) };
        let answer = self.publisher.sync.push_batch(request).await?.into_inner();
        let result = answer.batch_result.expect("an answer");
        self.checkpoint = result.checkpoint.clone().expect("a checkpoint");
        Ok(result)
    }

    pub async fn send(&mut self, records: Vec<Record>) -> BatchResult {
        let batch = self.batch(records);
        self.push(batch).await.expect("an answer")
    }

    pub async fn try_send(&mut self, records: Vec<Record>) -> Result<BatchResult, Status> {
        let batch = self.batch(records);
        self.push(batch).await
    }

    pub async fn keep(&mut self) -> Result<(), Status> {
        let fencing_token = self.welcome.fencing_token;
        let request = KeepSessionRequest { source: SOURCE.into(), fencing_token };
        self.publisher.sync.keep_session(request).await.map(drop)
    }

    pub async fn end(&mut self) -> Result<Summary, Status> {
        self.end_with(End::default()).await
    }

    pub async fn end_with(&mut self, end: End) -> Result<Summary, Status> {
        let request = EndSessionRequest {
            source: SOURCE.into(),
            fencing_token: self.welcome.fencing_token,
            unread: end.unread,
            incomplete: end.incomplete,
            rejected_gone: end.rejected_gone,
            empty: end.empty,
            part: end.part,
        };
        let answer = self.publisher.sync.end_session(request).await?.into_inner();
        Ok(answer.summary.expect("a summary"))
    }
}

pub fn publisher(world: &World) -> Clients {
    world.caller(Role::Publisher, &[SOURCE])
}

pub fn opening() -> OpenSessionRequest {
    OpenSessionRequest {
        source: SOURCE.into(),
        mapping_version: "1".into(),
        holder: "php-1".into(),
        ..OpenSessionRequest::default()
    }
}

pub fn records(numbers: std::ops::Range<u8>) -> Vec<Record> {
    numbers.map(|number| record(&format!("s{number}"), "Layanan")).collect()
}
