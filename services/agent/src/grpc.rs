//! One session of the sync protocol, from Hello to Summary.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use mpp_api::sync::{
    Batch, BatchResult, Checkpoint, End, Hello, KeepAlive, Outcome, Record, Summary, SyncRequest,
    SyncResponse, Welcome, sync_request, sync_response, sync_service_client::SyncServiceClient,
};
use mpp_core::{Error, Reason, Result};
use mpp_rpc::Endpoint;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use crate::{
    Event, Run, Tally,
    source::Item,
    store::{Digest, Store},
};

/// Batches sent ahead of their answers.
const IN_FLIGHT: usize = 2;
/// More than this share gone at once, and a run fails.
const MAX_MISSING_PERCENT: usize = 10;
/// How long an answer may take before the session is given up.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// What a session needs beside its run.
pub struct Plan<'a> {
    pub endpoint: &'a Endpoint,
    pub run: &'a Run,
    pub mapping_version: &'a str,
    pub store: &'a Store,
    pub report: &'a (dyn Fn(Event) + Sync),
}

/// Sends what the registry does not know yet.
///
/// # Errors
/// The source failed, the registry refused the session, or the connection broke. What was answered
/// is stored; the next session goes on from there.
pub async fn session(
    plan: &Plan<'_>,
    items: mpsc::Receiver<Result<Item>>,
) -> Result<(Tally, Summary)> {
    let mut session = Session::open(plan).await?;
    session.send_all(items).await?;
    while !session.waiting.is_empty() {
        session.take_answer().await?;
    }
    session.check_shrinkage()?;
    session.send(sync_request::Message::End(End {})).await?;
    match session.answer().await? {
        sync_response::Message::Summary(summary) => Ok((session.tally, summary)),
        _ => Err(out_of_turn("a summary")),
    }
}

struct Session<'a> {
    plan: &'a Plan<'a>,
    requests: mpsc::Sender<SyncRequest>,
    responses: Streaming<SyncResponse>,
    welcome: Welcome,
    /// What the registry has answered, in this run and before.
    answered: HashMap<String, Digest>,
    /// Ids that were answered in earlier runs, also where everything is sent again.
    answered_before: HashSet<String>,
    /// Ids of this run, so that a duplicate in the source is seen.
    seen: HashSet<String>,
    /// Batches without an answer yet, oldest first.
    waiting: VecDeque<Sent>,
    checkpoint: Checkpoint,
    nonce: i64,
    tally: Tally,
}

struct Sent {
    nonce: i64,
    digests: Vec<Digest>,
    records: Vec<String>,
}

/// Records gathered for the next batch.
#[derive(Default)]
struct Pending {
    records: Vec<Record>,
    digests: Vec<Digest>,
    bytes: usize,
}

impl<'a> Session<'a> {
    async fn open(plan: &'a Plan<'a>) -> Result<Self> {
        let mut client = SyncServiceClient::new(mpp_rpc::connect(plan.endpoint)?);
        let (requests, outgoing) = mpsc::channel(IN_FLIGHT + 1);
        let checkpoint = plan.store.checkpoint().await?;
        let hello = Hello {
            source: plan.run.source.clone(),
            mapping_version: plan.mapping_version.to_owned(),
            checkpoint,
            take_over: plan.run.take_over,
            holder: plan.store.holder().await?,
        };
        let hello = SyncRequest { message: Some(sync_request::Message::Hello(hello)) };
        requests.send(hello).await.map_err(|_| cut())?;
        let mut responses =
            client.sync(ReceiverStream::new(outgoing)).await.map_err(refused)?.into_inner();
        let sync_response::Message::Welcome(welcome) = next_answer(&mut responses).await? else {
            return Err(out_of_turn("a welcome"));
        };
        let agreed = welcome.checkpoint.clone().unwrap_or_default();
        let answered_before = plan.store.answered().await?.into_keys().collect();
        plan.store.resume(&agreed, welcome.send_all).await?;
        Ok(Self {
            answered: plan.store.answered().await?,
            checkpoint: agreed,
            plan,
            requests,
            responses,
            welcome,
            answered_before,
            seen: HashSet::new(),
            waiting: VecDeque::new(),
            nonce: 0,
            tally: Tally::default(),
        })
    }

    async fn send_all(&mut self, mut items: mpsc::Receiver<Result<Item>>) -> Result<()> {
        let lease = u64::try_from(self.welcome.lease_millis).unwrap_or(30_000).max(300);
        let mut keep_alive = tokio::time::interval(Duration::from_millis(lease / 3));
        keep_alive.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut pending = Pending::default();
        loop {
            tokio::select! {
                item = items.recv() => match item {
                    Some(item) => self.gather(item?, &mut pending).await?,
                    None => break,
                },
                _ = keep_alive.tick() => {
                    self.send(sync_request::Message::KeepAlive(KeepAlive {})).await?;
                }
            }
        }
        if !pending.records.is_empty() {
            self.send_batch(&mut pending).await?;
        }
        Ok(())
    }

    /// Takes up a record, unless the registry has answered just these bytes before.
    async fn gather(&mut self, item: Item, pending: &mut Pending) -> Result<()> {
        self.tally.read += 1;
        let record = match item.record {
            Ok(record) => record,
            Err(error) => {
                self.tally.invalid += 1;
                return self.plan.store.unsent(&item.place, "", &error).await;
            }
        };
        if !self.seen.insert(record.source_id.clone()) {
            self.tally.duplicate += 1;
            let error = Error::field(
                "source_id",
                "DUPLICATE",
                "this id came before in the source; the first one counts",
            );
            return self.plan.store.unsent(&item.place, &record.source_id, &error).await;
        }
        let digest = digest(&record);
        if self.answered.get(&record.source_id) == Some(&digest) {
            self.tally.known += 1;
            return Ok(());
        }
        let (bytes, limit) = (record.encoded_len(), self.max_bytes());
        if bytes > limit {
            self.tally.invalid += 1;
            let error =
                Error::field("record", "TOO_LARGE", format!("{bytes} bytes; at most {limit}"));
            return self.plan.store.unsent(&item.place, &record.source_id, &error).await;
        }
        if pending.bytes + bytes > limit || pending.records.len() >= self.max_records() {
            self.send_batch(pending).await?;
        }
        pending.bytes += bytes;
        pending.records.push(record);
        pending.digests.push(digest);
        Ok(())
    }

    /// Counts what the source had before and has no more. Nothing is deleted for it; but a source
    /// that suddenly holds far less is broken rather than up to date, and must not look fresh.
    fn check_shrinkage(&mut self) -> Result<()> {
        let gone = self.answered_before.difference(&self.seen).count();
        self.tally.missing = i64::try_from(gone).unwrap_or(i64::MAX);
        let known = self.answered_before.len();
        if self.plan.run.accept_missing || gone * 100 <= known * MAX_MISSING_PERCENT {
            return Ok(());
        }
        let text = format!(
            "{gone} of {known} records that were synced before are no longer in the source; nothing was \
             deleted and the run does not count as complete. Mend the source, or, if it is right, run \
             again with --accept-missing"
        );
        Err(Error::new(Reason::WrongState, text))
    }

    fn max_records(&self) -> usize {
        usize::try_from(self.welcome.max_batch_records).unwrap_or(0).clamp(1, 10_000)
    }

    /// A little under the registry's limit: the batch's own fields and each record's frame count too.
    fn max_bytes(&self) -> usize {
        let limit = usize::try_from(self.welcome.max_batch_bytes).unwrap_or(0).max(64 * 1024);
        limit - 8 * self.max_records().min(1_000) - 2_048
    }

    async fn send_batch(&mut self, pending: &mut Pending) -> Result<()> {
        let Pending { records, digests, .. } = std::mem::take(pending);
        self.nonce += 1;
        self.checkpoint.sequence += 1;
        self.checkpoint.position = format!("{}:{}", self.plan.mapping_version, self.tally.read);
        let ids = records.iter().map(|record| record.source_id.clone()).collect();
        self.tally.sent += i64::try_from(records.len()).unwrap_or(i64::MAX);
        self.waiting.push_back(Sent { nonce: self.nonce, digests, records: ids });
        self.send(sync_request::Message::Batch(Batch {
            nonce: self.nonce,
            fencing_token: self.welcome.fencing_token,
            records,
            checkpoint: Some(self.checkpoint.clone()),
        }))
        .await?;
        while self.waiting.len() >= IN_FLIGHT {
            self.take_answer().await?;
        }
        Ok(())
    }

    async fn take_answer(&mut self) -> Result<()> {
        let sync_response::Message::BatchResult(result) = self.answer().await? else {
            return Err(out_of_turn("a batch's answers"));
        };
        let sent = self.waiting.pop_front().ok_or_else(|| out_of_turn("no answer"))?;
        check(&sent, &result)?;
        let checkpoint = result.checkpoint.clone().unwrap_or_default();
        self.plan.store.record(&result.results, &sent.digests, &checkpoint).await?;
        for answer in &result.results {
            self.tally.count(answer.outcome());
        }
        (self.plan.report)(Event::Progress(self.tally));
        Ok(())
    }

    async fn send(&mut self, message: sync_request::Message) -> Result<()> {
        let request = SyncRequest { message: Some(message) };
        if self.requests.send(request).await.is_ok() {
            return Ok(());
        }
        // The stream is closed; its status says why.
        match next_answer(&mut self.responses).await {
            Err(error) => Err(error),
            Ok(_) => Err(cut()),
        }
    }

    async fn answer(&mut self) -> Result<sync_response::Message> {
        next_answer(&mut self.responses).await
    }
}

async fn next_answer(responses: &mut Streaming<SyncResponse>) -> Result<sync_response::Message> {
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, responses.message()).await;
    let answer = answer.map_err(|_| {
        Error::new(
            Reason::Unavailable,
            format!("the registry gave no answer in {} s", ANSWER_TIMEOUT.as_secs()),
        )
    })?;
    answer.map_err(refused)?.and_then(|response| response.message).ok_or_else(cut)
}

/// An answer must be for the batch that was sent, record by record.
fn check(sent: &Sent, result: &BatchResult) -> Result<()> {
    let same = result.nonce == sent.nonce
        && result.results.len() == sent.records.len()
        && result.results.iter().zip(&sent.records).all(|(answer, id)| answer.source_id == *id);
    if same { Ok(()) } else { Err(out_of_turn("the answers of the oldest batch")) }
}

fn digest(record: &Record) -> Digest {
    let whole = Sha256::digest(record.encode_to_vec());
    let mut digest = Digest::default();
    digest.copy_from_slice(&whole[..16]);
    digest
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Applied => self.applied += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Quarantined => self.quarantined += 1,
            Outcome::Rejected | Outcome::Unspecified => self.rejected += 1,
        }
    }
}

fn refused(status: tonic::Status) -> Error {
    mpp_rpc::refusal(&status)
}

fn cut() -> Error {
    Error::new(Reason::Unavailable, "the registry closed the stream")
}

fn out_of_turn(expected: &str) -> Error {
    Error::new(
        Reason::ProtocolViolation,
        format!("the registry answered out of turn; expected {expected}"),
    )
}
