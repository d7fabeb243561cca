//! A client that knows the text of `sync.proto` only, and dies at each message, by a stream and by
//! single calls: no record keeps an old mapping, and the counts are those of its answers.

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
    publisher::{begin_again, hello, let_go, record, source},
    pusher::publisher,
    world::{Clients, SOURCE, World},
};

const RECORDS: usize = 5;
const BATCH: usize = 2;

/// The state that survives the client's death.
#[derive(Default)]
struct Kept {
    checkpoint: Option<Checkpoint>,
    /// The answered records by id.
    answered: BTreeMap<String, Record>,
    /// Positions of the batches that it may have sent since its checkpoint.
    under_way: Vec<String>,
    /// Counts its batches on from the welcome's checkpoint.
    counts_on: bool,
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

/// Lets this many messages pass.
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
        let Hello { source, mapping_version, checkpoint, holder, under_way, .. } = hello;
        let rest = OpenSessionRequest { under_way, ..OpenSessionRequest::default() };
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
            under_way: self.under_way.clone(),
            ..Hello::default()
        };
        fuse.message()?;
        let welcome = line.hello(hello).await;
        fuse.message()?;
        self.take(&welcome);
        let records = self.to_send(mapping);
        for (place, records) in (0..).zip(records.chunks(BATCH)) {
            let resumed = welcome.checkpoint.as_ref().map_or(0, |at| at.sequence);
            let first = if self.counts_on { resumed + 1 } else { welcome.next_sequence };
            let sequence = first + place;
            let position = format!("{}:{place}", welcome.session);
            let batch = Batch {
                nonce: place + 1,
                fencing_token: welcome.fencing_token,
                records: records.to_vec(),
                checkpoint: Some(Checkpoint { sequence, position, mark: 0 }),
                reconciled: None,
            };
            self.note(&batch);
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
        let is_new =
            |record: &Record| self.answered.get(&record.source_id).is_none_or(|had| had != record);
        mapped.filter(is_new).collect()
    }

    /// "Before a batch goes out it notes the batch's position and forgets the answers that it keeps
    /// of its records."
    fn note(&mut self, batch: &Batch) {
        self.under_way.extend(batch.checkpoint.iter().map(|at| at.position.clone()));
        for record in &batch.records {
            self.answered.remove(&record.source_id);
        }
    }

    fn store(&mut self, result: &BatchResult, records: &[Record]) {
        let checkpoint = result.checkpoint.clone().expect("a checkpoint");
        for (answer, record) in result.results.iter().zip(records) {
            self.answered.insert(answer.source_id.clone(), record.clone());
            self.answers += 1;
        }
        self.checkpoint = Some(checkpoint);
        self.under_way.clear();
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

/// For each number of messages a client dies under a new mapping, dies once more a little later,
/// and then comes through.
async fn dies_at_every_message(world: &World, by_calls: bool) {
    let mut kept = Kept { counts_on: by_calls, ..Kept::default() };
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

/// "What it had no answers of comes again, also where the source has meanwhile returned to what was
/// answered before."
async fn returns(world: &World, notes: bool) {
    let first = |title: &str| vec![record("s0", title)];
    let mut session = begin_again(world, hello()).await;
    let known = session.send(first("Layanan lama")).await.checkpoint.expect("a checkpoint");
    session.send(first("Layanan baru")).await;
    let lost = session.checkpoint.position.clone();
    let_go(world, session).await;
    let under_way = if notes { vec![lost] } else { Vec::new() };
    let back = Hello { checkpoint: Some(known.clone()), under_way, ..hello() };
    let session = begin_again(world, back).await;
    assert_eq!(session.welcome.checkpoint, Some(known));
    assert_eq!(session.welcome.send_all, !notes, "who keeps no notes cannot know what it sent");
    let_go(world, session).await;
}

#[tokio::test]
async fn who_goes_back_and_keeps_no_notes_of_what_it_sent_sends_everything() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        returns(&world, true).await;
        returns(&world, false).await;
    })
    .await;
}
