//! A client that knows the text of `sync.proto` only, and dies at each message, by a stream and by
//! single calls: no record keeps an old mapping, and what is counted is what it has answers of.

use std::collections::BTreeMap;

use mpp_api::{
    registry::Service,
    sync::{
        Batch, BatchResult, Checkpoint, End, EndSessionRequest, Hello, OpenSessionRequest,
        PushBatchRequest, Record, SyncRequest, SyncResponse, Welcome, sync_request::Message as Ask,
        sync_response::Message as Answer,
    },
};
use mpp_testkit::on_both;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use crate::{
    publisher::{record, source},
    pusher::publisher,
    world::{Clients, SOURCE, World},
};

const RECORDS: usize = 5;
const BATCH: usize = 2;

/// What the client keeps over its death.
#[derive(Default)]
struct Kept {
    checkpoint: Option<Checkpoint>,
    /// By id, what was answered and under which sequence.
    answered: BTreeMap<String, (Record, i64)>,
    /// How many answers it has stored.
    answers: i64,
}

/// How it reaches the registry.
enum Line {
    Stream(mpsc::Sender<SyncRequest>, Box<Streaming<SyncResponse>>),
    Calls(Box<Clients>),
}

/// The client has died.
struct Dead;

/// Lets so many messages pass.
struct Fuse(usize);

impl Fuse {
    fn message(&mut self) -> Result<(), Dead> {
        self.0 = self.0.checked_sub(1).ok_or(Dead)?;
        Ok(())
    }
}

impl Line {
    async fn stream(world: &World) -> Self {
        let (asks, requests) = mpsc::channel(4);
        // The answers' headers come with the stream, before the hello.
        let answers = publisher(world).sync.sync(ReceiverStream::new(requests)).await;
        Self::Stream(asks, Box::new(answers.expect("a stream").into_inner()))
    }

    async fn hello(&mut self, hello: Hello) -> Welcome {
        let clients = match self {
            Self::Stream(..) => match self.ask(Ask::Hello(hello)).await {
                Answer::Welcome(welcome) => return welcome,
                other => panic!("no welcome: {other:?}"),
            },
            Self::Calls(clients) => clients,
        };
        let Hello { source, mapping_version, checkpoint, holder, .. } = hello;
        let rest = OpenSessionRequest::default();
        let open = OpenSessionRequest { source, mapping_version, checkpoint, holder, ..rest };
        let opened = clients.sync.open_session(open).await.expect("a session").into_inner();
        opened.welcome.expect("a welcome")
    }

    async fn batch(&mut self, batch: Batch) -> BatchResult {
        let clients = match self {
            Self::Stream(..) => match self.ask(Ask::Batch(batch)).await {
                Answer::BatchResult(result) => return result,
                other => panic!("no answers: {other:?}"),
            },
            Self::Calls(clients) => clients,
        };
        let push = PushBatchRequest { source: SOURCE.into(), batch: Some(batch) };
        let pushed = clients.sync.push_batch(push).await.expect("answers").into_inner();
        pushed.batch_result.expect("answers")
    }

    async fn end(&mut self, fencing_token: i64) {
        match self {
            Self::Stream(..) => {
                self.ask(Ask::End(End::default())).await;
            }
            Self::Calls(clients) => {
                let end = EndSessionRequest {
                    source: SOURCE.into(),
                    fencing_token,
                    ..EndSessionRequest::default()
                };
                clients.sync.end_session(end).await.expect("a summary");
            }
        }
    }

    async fn ask(&mut self, message: Ask) -> Answer {
        let Self::Stream(asks, answers) = self else { panic!("a stream") };
        asks.send(SyncRequest { message: Some(message) }).await.expect("open");
        let answer = answers.message().await.expect("an answer").expect("an answer");
        answer.message.expect("an answer")
    }
}

impl Kept {
    /// One session from hello to end, unless the client dies.
    async fn run(&mut self, line: &mut Line, mapping: &str, fuse: &mut Fuse) -> Result<(), Dead> {
        let hello = Hello {
            source: SOURCE.into(),
            mapping_version: mapping.into(),
            checkpoint: self.checkpoint.clone(),
            holder: "contract".into(),
            ..Hello::default()
        };
        fuse.message()?;
        let welcome = line.hello(hello).await;
        fuse.message()?;
        self.take(&welcome);
        let records = self.to_send(mapping);
        for (place, records) in (0..).zip(records.chunks(BATCH)) {
            let sequence = welcome.next_sequence + place;
            let position = format!("{}:{place}", welcome.session);
            let batch = Batch {
                nonce: place + 1,
                fencing_token: welcome.fencing_token,
                records: records.to_vec(),
                checkpoint: Some(Checkpoint { sequence, position }),
            };
            fuse.message()?;
            let result = line.batch(batch).await;
            fuse.message()?;
            self.store(&result, records);
        }
        fuse.message()?;
        line.end(welcome.fencing_token).await;
        fuse.message()
    }

    /// "Before the first batch the client forgets, for good, every answer that it keeps."
    fn take(&mut self, welcome: &Welcome) {
        if welcome.send_all {
            self.answered.clear();
        }
        self.checkpoint.clone_from(&welcome.checkpoint);
    }

    fn to_send(&self, mapping: &str) -> Vec<Record> {
        let mapped = (0..RECORDS).map(|row| record(&format!("s{row}"), &title(row, mapping)));
        let is_new = |record: &Record| {
            self.answered.get(&record.source_id).is_none_or(|(had, _)| had != record)
        };
        mapped.filter(is_new).collect()
    }

    fn store(&mut self, result: &BatchResult, records: &[Record]) {
        let checkpoint = result.checkpoint.clone().expect("a checkpoint");
        for (answer, record) in result.results.iter().zip(records) {
            let answered = (record.clone(), checkpoint.sequence);
            self.answered.insert(answer.source_id.clone(), answered);
            self.answers += 1;
        }
        self.checkpoint = Some(checkpoint);
    }
}

fn title(row: usize, mapping: &str) -> String {
    format!("Layanan {row} menurut {mapping}")
}

fn titles(world: &World) -> Vec<String> {
    let state = world.running.registry.memory.read();
    let services = state.records.rows::<Service>("units/kemendagri/services/s");
    let title = |name: &str| state.records.get::<Service>(name)?.doc.title.map(|title| title.id);
    services.filter_map(|(name, _)| title(name)).collect()
}

/// With each number of messages a client dies under a new mapping, dies once more a little later,
/// and then comes through.
async fn dies_at_every_message(world: &World, by_calls: bool) {
    let mut kept = Kept::default();
    let mut numbers = Vec::new();
    for messages in 0..=12 {
        let mapping = format!("m{messages}");
        for fuse in [messages, messages / 2 + 1, usize::MAX] {
            let mut line = if by_calls {
                Line::Calls(Box::new(publisher(world)))
            } else {
                Line::stream(world).await
            };
            let died = kept.run(&mut line, &mapping, &mut Fuse(fuse)).await.is_err();
            assert!(fuse < usize::MAX || !died);
        }
        let wanted: Vec<String> = (0..RECORDS).map(|row| title(row, &mapping)).collect();
        assert_eq!(titles(world), wanted, "no record keeps another mapping");
        let shown = source(world).await;
        let counted = shown.accounting.expect("counted");
        assert_eq!(counted.received, kept.answers, "{counted:?}");
        let outcomes = counted.applied + counted.unchanged + counted.rejected;
        assert_eq!(counted.received, outcomes + counted.quarantined);
        numbers.push(shown.checkpoint.expect("a checkpoint").sequence);
    }
    assert!(numbers.is_sorted(), "{numbers:?}");
}

#[tokio::test]
async fn a_client_of_the_contract_that_dies_at_any_message_of_a_stream_loses_nothing() {
    on_both(async |database| {
        dies_at_every_message(&World::with_source(&database).await, false).await;
    })
    .await;
}

#[tokio::test]
async fn a_client_of_the_contract_that_dies_at_any_single_call_loses_nothing() {
    on_both(async |database| {
        dies_at_every_message(&World::with_source(&database).await, true).await;
    })
    .await;
}
